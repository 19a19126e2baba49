//! A server that answers as it is told, and keeps what it was asked.

use std::sync::{Arc, Mutex};

use cobro_whatsapp::{WhatsAppApi, WhatsAppOptions};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone)]
pub(crate) enum Reply {
    /// With the time that the server has.
    Dated(&'static str, String),
    Answer(u16, String),
    /// One answer after the other; the last one from then on.
    Each(Vec<String>),
    /// A file, also from the middle on.
    File(Vec<u8>),
    /// The file breaks off after so many bytes.
    Broken(Vec<u8>, usize),
    /// The file stops after so many bytes, and the connection stays.
    Stalled(Vec<u8>, usize),
    /// The request is read, and the connection closed without a word.
    Lost,
}

#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) target: String,
    pub(crate) head: String,
    pub(crate) body: Value,
    /// The body as it came, whatever it is.
    pub(crate) text: String,
}

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    reply: Reply,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    pub(crate) async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            reply,
            received: Arc::default(),
        };
        let listening = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = listening.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        server
    }

    pub(crate) async fn answering(status: u16, body: &str) -> Self {
        Self::start(Reply::Answer(status, body.to_owned())).await
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub(crate) fn api(&self) -> WhatsAppApi {
        api_at(&self.url)
    }

    async fn serve(&self, mut stream: TcpStream) {
        while let Some(request) = read_request(&mut stream).await {
            self.received.lock().unwrap().push(request);
            let Some(answer) = self.answer() else { return };
            let _ = stream.write_all(&answer).await;
            if matches!(self.reply, Reply::Broken(..)) {
                return;
            }
        }
    }

    fn answer(&self) -> Option<Vec<u8>> {
        let received = self.received();
        let asked = &received.last()?.head;
        match &self.reply {
            Reply::Dated(date, body) => {
                let header = format!("Date: {date}\r\n");
                Some(answer(200, &header, body.as_bytes(), body.len()))
            }
            Reply::Answer(status, body) => Some(answer(*status, "", body.as_bytes(), body.len())),
            Reply::Each(bodies) => {
                let body = bodies.get(received.len() - 1).or(bodies.last())?;
                Some(answer(200, "", body.as_bytes(), body.len()))
            }
            Reply::File(file) => Some(ranged(file, asked)),
            Reply::Broken(file, until) | Reply::Stalled(file, until) => {
                Some(answer(200, "", &file[..*until], file.len()))
            }
            Reply::Lost => None,
        }
    }
}

fn answer(status: u16, headers: &str, body: &[u8], length: usize) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\n\r\n").into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn ranged(file: &[u8], head: &str) -> Vec<u8> {
    let from = head.lines().find_map(|line| {
        line.strip_prefix("range: bytes=")?
            .strip_suffix('-')?
            .parse()
            .ok()
    });
    match from {
        None => answer(200, "", file, file.len()),
        Some(from) if from < file.len() => {
            let range = format!(
                "Content-Range: bytes {from}-{}/{}\r\n",
                file.len() - 1,
                file.len()
            );
            answer(206, &range, &file[from..], file.len() - from)
        }
        Some(_) => answer(416, &format!("Content-Range: bytes */{}\r\n", file.len()), b"", 0),
    }
}

pub(crate) fn api_at(url: &str) -> WhatsAppApi {
    patient_api_at(url, std::time::Duration::from_secs(5))
}

pub(crate) fn patient_api_at(url: &str, timeout: std::time::Duration) -> WhatsAppApi {
    let _ = rustls::crypto::ring::default_provider().install_default();
    WhatsAppApi::new(WhatsAppOptions {
        base_url: url.to_owned(),
        token: "EAAfixture".into(),
        version: "v25.0".into(),
        timeout,
    })
    .unwrap()
}

async fn read_request(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    loop {
        if let Some((head, body)) = whole(&bytes) {
            return Some(Received {
                target: head.lines().next()?.to_owned(),
                body: serde_json::from_str(&body).unwrap_or_default(),
                text: body,
                head: head.to_ascii_lowercase(),
            });
        }
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
    }
}

fn whole(bytes: &[u8]) -> Option<(String, String)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let body = &bytes[end + 4..];
    let length = head.to_ascii_lowercase();
    let length = length
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0);
    (body.len() >= length).then(|| (head, String::from_utf8_lossy(body).into_owned()))
}
