use cobro_protocol::{Source, Timestamp};
use cobro_relay::{Entry, Journal};
fn cpu(name: &str) -> u64 {
    let mut t = 0;
    for d in std::fs::read_dir("/proc/self/task").unwrap() {
        let p = d.unwrap().path();
        if std::fs::read_to_string(p.join("comm")).unwrap().trim() == name {
            t += std::fs::read_to_string(p.join("schedstat"))
                .unwrap()
                .split(' ')
                .next()
                .unwrap()
                .parse::<u64>()
                .unwrap();
        }
    }
    t
}
fn main() {
    let group: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let n = 60_000 / group;
    let rt = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    rt.block_on(async {
        for _ in 0..2 {
            let dir = tempfile::tempdir().unwrap();
            let j = Journal::open(&dir.path().join("j.db"), Some(&[9u8; 32].into()))
                .await
                .unwrap();
            let start = std::time::Instant::now();
            for i in 0..n {
                let futs = (0..group).map(|k| {
                    let id = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(format!("{i} {k}")));
                    j.append(Entry {
                        id,
                        source: Source::Whatsapp,
                        received_at: Timestamp::from_secs(1),
                        headers: "{\"content-type\":\"application/json\"}".into(),
                        body: "x".repeat(1060),
                    })
                });
                futures_util::future::join_all(futs).await;
            }
            println!(
                "journal group {group}: cpu {:.2} us/entry, wall {:.0}/s, file {:?}",
                cpu("journal") as f64 / (n * group) as f64 / 1000.0,
                (n * group) as f64 / start.elapsed().as_secs_f64(),
                std::fs::metadata(dir.path().join("j.db")).unwrap().len()
            );
            j.close().await;
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("b.db");
            let h = std::thread::Builder::new()
                .name("bare".into())
                .spawn(move || {
                    let conn = rusqlite::Connection::open(path).unwrap();
                    conn.execute_batch(&format!(
                        "PRAGMA key = \"x'{}'\"; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE bodies (seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;",
                        hex::encode([9u8; 32])
                    ))
                    .unwrap();
                    let body = "x".repeat(1060);
                    let start = std::time::Instant::now();
                    for _ in 0..n {
                        conn.execute_batch("BEGIN IMMEDIATE").unwrap();
                        let mut s = conn
                            .prepare_cached("INSERT INTO bodies (body) VALUES (?1)")
                            .unwrap();
                        for _ in 0..group {
                            s.execute([body.as_bytes()]).unwrap();
                        }
                        drop(s);
                        conn.execute_batch("COMMIT").unwrap();
                    }
                    println!(
                        "bare    group {group}: cpu {:.2} us/entry, wall {:.0}/s",
                        cpu("bare") as f64 / (n * group) as f64 / 1000.0,
                        (n * group) as f64 / start.elapsed().as_secs_f64()
                    );
                })
                .unwrap();
            h.join().unwrap();
        }
    });
}
