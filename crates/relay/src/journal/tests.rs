//! The journal by itself: order, pruning, bad neighbours, a full disk.

use cobro_protocol::{Seq, Source, Timestamp};
use tempfile::TempDir;

use super::{Appended, DeskMark, Entry, Journal, JournalError};

fn entry(id: &str, body: String) -> Entry {
    Entry {
        id: id.to_owned(),
        source: Source::Whatsapp,
        received_at: Timestamp::from_secs(1_764_000_000),
        headers: "{}".to_owned(),
        body,
    }
}

async fn journal(folder: &TempDir) -> Journal {
    Journal::open(&folder.path().join("journal.db"), Some(&[1; 32].into()))
        .await
        .unwrap()
}

async fn filled(folder: &TempDir, entries: u32) -> Journal {
    let journal = journal(folder).await;
    for nth in 0..entries {
        journal
            .append(entry(&nth.to_string(), "{}".to_owned()))
            .await
            .unwrap();
    }
    journal
}

#[tokio::test]
async fn a_place_is_never_given_twice() {
    let folder = TempDir::new().unwrap();
    let journal_before = filled(&folder, 5).await;
    assert_eq!(journal_before.prune(Seq(99)).await, Ok(5));
    journal_before.close().await;

    let journal = journal(&folder).await;
    assert_eq!(*journal.last().borrow(), Seq(5));
    assert_eq!(
        journal.append(entry("new", "{}".to_owned())).await,
        Ok(Appended::New(Seq(6)))
    );
    assert_eq!(journal.id(), journal_before.id());
    assert_eq!(
        journal_before.append(entry("late", "{}".to_owned())).await,
        Err(JournalError::Closed)
    );
}

#[tokio::test]
async fn pruning_takes_only_what_is_before() {
    let folder = TempDir::new().unwrap();
    let journal = journal(&folder).await;
    append_all(&journal, 0..2500).await;
    assert_eq!(journal.prune(Seq(2401)).await, Ok(2400));
    let left = journal.page(Seq(0)).await.unwrap();
    assert_eq!((left.len(), left[0].seq), (100, Seq(2401)));
    // An id is forgotten with its entry, and only then.
    assert_eq!(
        journal.append(entry(&left[99].id, "{}".to_owned())).await,
        Ok(Appended::Duplicate)
    );
    assert_eq!(
        journal.append(entry("1", "{}".to_owned())).await,
        Ok(Appended::New(Seq(2501)))
    );
}

#[tokio::test]
async fn a_full_disk_refuses_the_large_and_keeps_the_small() {
    let folder = TempDir::new().unwrap();
    let journal = filled(&folder, 1).await;
    let Journal::Sqlite(sqlite) = &journal;
    sqlite.limit_pages(40).await.unwrap();
    let large = "x".repeat(300_000);
    let (small_one, refused, small_two) = tokio::join!(
        journal.append(entry("a", "{}".to_owned())),
        journal.append(entry("b", large.clone())),
        journal.append(entry("c", "{}".to_owned())),
    );
    assert!(matches!(small_one, Ok(Appended::New(_))), "{small_one:?}");
    assert_eq!(refused, Err(JournalError::Full));
    assert!(matches!(small_two, Ok(Appended::New(_))), "{small_two:?}");

    assert_eq!(
        journal.append(entry("b", large.clone())).await,
        Err(JournalError::Full)
    );
    sqlite.limit_pages(100_000).await.unwrap();
    assert_eq!(journal.problem().await, None);
    assert!(matches!(
        journal.append(entry("b", large)).await,
        Ok(Appended::New(_))
    ));
    let places: Vec<i64> = journal
        .page(Seq(0))
        .await
        .unwrap()
        .iter()
        .map(|entry| entry.seq.0)
        .collect();
    assert_eq!(places, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_problem_is_known_until_writing_works_again() {
    let folder = TempDir::new().unwrap();
    let journal = filled(&folder, 1).await;
    let Journal::Sqlite(sqlite) = &journal;
    sqlite.limit_pages(1).await.unwrap();
    assert_eq!(
        journal.append(entry("b", "x".repeat(300_000))).await,
        Err(JournalError::Full)
    );
    assert_eq!(journal.problem().await, Some(JournalError::Full));
    sqlite.limit_pages(100_000).await.unwrap();
    assert_eq!(journal.problem().await, None);
}

#[tokio::test]
async fn marks_of_desks_are_replaced_by_newer_ones() {
    let folder = TempDir::new().unwrap();
    let journal = journal(&folder).await;
    let mark = |applied| DeskMark {
        desk: "caja".to_owned(),
        applied: Seq(applied),
        seen_at: Timestamp::from_secs(applied),
    };
    journal.mark(vec![mark(1)]).await.unwrap();
    journal.mark(vec![mark(9)]).await.unwrap();
    assert_eq!(journal.marks().await.unwrap(), [mark(9)]);
}

async fn append_all(journal: &Journal, ids: std::ops::Range<u32>) -> Vec<Appended> {
    let mut appended = Vec::new();
    for some in ids.collect::<Vec<_>>().chunks(500) {
        let some = some
            .iter()
            .map(|id| journal.append(entry(&id.to_string(), "{}".to_owned())));
        appended.extend(futures_util::future::try_join_all(some).await.unwrap());
    }
    appended
}

/// Enough for ids to be in memory, on their way into the index, and in it.
#[tokio::test]
async fn every_id_is_known_however_long_ago_and_after_a_crash() {
    let folder = TempDir::new().unwrap();
    let journal = journal(&folder).await;
    let first = append_all(&journal, 0..20_000).await;
    assert!(first.iter().all(|appended| matches!(appended, Appended::New(_))));
    let again = append_all(&journal, 0..20_000).await;
    assert!(again.iter().all(|appended| *appended == Appended::Duplicate));

    // What a crash would leave.
    let crashed = TempDir::new().unwrap();
    for file in ["journal.db", "journal.db-wal"] {
        std::fs::copy(folder.path().join(file), crashed.path().join(file)).unwrap();
    }
    for _ in 0..2 {
        let journal = self::journal(&crashed).await;
        let again = append_all(&journal, 0..20_000).await;
        assert!(again.iter().all(|appended| *appended == Appended::Duplicate));
        journal.close().await;
    }

    journal.prune(Seq(19_001)).await.unwrap();
    let after = append_all(&journal, 0..20_000).await;
    assert!(
        after[..19_000]
            .iter()
            .all(|appended| matches!(appended, Appended::New(_)))
    );
    assert!(
        after[19_000..]
            .iter()
            .all(|appended| *appended == Appended::Duplicate)
    );
}
