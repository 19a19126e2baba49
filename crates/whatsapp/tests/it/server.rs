//! A server that answers as it is told, and keeps what it was asked.

use std::sync::{Arc, Mutex};

use cobro_whatsapp::{WhatsAppApi, WhatsAppOptions};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone)]
pub(crate) enum Reply {
    Answer(u16, String),
    /// The request is read, and the connection closed without a word.
    Lost,
}

#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) target: String,
    pub(crate) head: String,
    pub(crate) body: Value,
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
            let Reply::Answer(status, body) = &self.reply else {
                return;
            };
            let answer = format!(
                "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    }
}

pub(crate) fn api_at(url: &str) -> WhatsAppApi {
    let _ = rustls::crypto::ring::default_provider().install_default();
    WhatsAppApi::new(WhatsAppOptions {
        base_url: url.to_owned(),
        token: "EAAfixture".into(),
        version: "v25.0".into(),
        timeout: std::time::Duration::from_secs(5),
    })
    .unwrap()
}

async fn read_request(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    loop {
        if let Some((head, body)) = whole(&bytes) {
            return Some(Received {
                target: head.lines().next()?.to_owned(),
                body: serde_json::from_str(body).unwrap_or_default(),
                head: head.to_ascii_lowercase(),
            });
        }
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
    }
}

fn whole(bytes: &[u8]) -> Option<(&str, &str)> {
    let (head, body) = std::str::from_utf8(bytes).ok()?.split_once("\r\n\r\n")?;
    let length = head.to_ascii_lowercase();
    let length = length
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0);
    (body.len() >= length).then_some((head, body))
}
