//! Reading a request's body within limits, whoever sends it.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// The largest body: WhatsApp sends up to this.
pub(crate) const LIMIT: usize = 3 * 1024 * 1024;
/// How many bytes of bodies may be held at once.
const HELD: usize = 256 * 1024 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of a body that is too large is read, so that its sender hears the answer.
const DRAINED: usize = 16 * 1024 * 1024;
const DRAIN_PATIENCE: Duration = Duration::from_secs(5);

/// Why a body was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    TooLarge,
    Incomplete,
    Busy,
}

/// A body, and its share of what all bodies together may hold.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) bytes: Bytes,
    share: Option<OwnedSemaphorePermit>,
}

/// Reads bodies, and knows how much of them is held.
#[derive(Debug)]
pub(crate) struct Bodies {
    free: Arc<Semaphore>,
}

impl Bodies {
    pub(crate) fn new() -> Self {
        Self {
            free: Arc::new(Semaphore::new(HELD)),
        }
    }

    /// Returns the whole body.
    pub(crate) async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Held, BodyError> {
        let mut chunks = body.into_data_stream();
        let read = if announced(headers).is_some_and(|length| length > LIMIT as u64) {
            Err(BodyError::TooLarge)
        } else {
            patiently(self.collect(&mut chunks)).await
        };
        if read.as_ref().is_err_and(|error| *error == BodyError::TooLarge)
            && !headers.contains_key(header::EXPECT)
        {
            let _ = timeout(DRAIN_PATIENCE, drain(&mut chunks)).await;
        }
        read
    }

    async fn collect(&self, chunks: &mut BodyDataStream) -> Result<Held, BodyError> {
        let mut held = Held {
            bytes: Bytes::new(),
            share: None,
        };
        let mut many = Vec::new();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| BodyError::Incomplete)?;
            if many.len() + held.bytes.len() + chunk.len() > LIMIT {
                return Err(BodyError::TooLarge);
            }
            self.take_share(&mut held, chunk.len())?;
            if held.bytes.is_empty() && many.is_empty() {
                held.bytes = chunk; // Nearly every body comes in one piece.
            } else {
                many.extend_from_slice(&std::mem::take(&mut held.bytes));
                many.extend_from_slice(&chunk);
            }
        }
        if !many.is_empty() {
            held.bytes = Bytes::from(many);
        }
        Ok(held)
    }

    fn take_share(&self, held: &mut Held, length: usize) -> Result<(), BodyError> {
        let length = u32::try_from(length).map_err(|_| BodyError::TooLarge)?;
        let share = Arc::clone(&self.free)
            .try_acquire_many_owned(length)
            .map_err(|_| BodyError::Busy)?;
        match &mut held.share {
            Some(first) => first.merge(share),
            none => *none = Some(share),
        }
        Ok(())
    }
}

/// Waits for a body as long as [`PATIENCE`] allows.
///
/// Nearly every body is there already, at the second look: only then a timer is set.
async fn patiently(read: impl Future<Output = Result<Held, BodyError>>) -> Result<Held, BodyError> {
    let mut read = std::pin::pin!(read);
    let mut looks = 0;
    let at_once = poll_fn(|context| {
        looks += 1;
        match read.as_mut().poll(context) {
            Poll::Ready(read) => Poll::Ready(Some(read)),
            Poll::Pending if looks == 2 => Poll::Ready(None),
            Poll::Pending => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    });
    if let Some(read) = at_once.await {
        return read;
    }
    timeout(PATIENCE, read)
        .await
        .unwrap_or(Err(BodyError::Incomplete))
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn drain(chunks: &mut BodyDataStream) {
    let mut drained = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        drained += chunk.len();
        if drained > DRAINED {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn chunks(of: &[&'static [u8]]) -> Body {
        let chunks: Vec<_> = of.iter().map(|chunk| Ok::<_, std::io::Error>(*chunk)).collect();
        Body::from_stream(stream::iter(chunks))
    }

    #[tokio::test]
    async fn pieces_are_joined_in_order() {
        let bodies = Bodies::new();
        let cases: [&[&'static [u8]]; 4] = [&[], &[b"one"], &[b"", b"one"], &[b"o", b"n", b"", b"e!"]];
        for pieces in cases {
            let held = bodies.read(&HeaderMap::new(), chunks(pieces)).await.unwrap();
            assert_eq!(held.bytes, pieces.concat());
        }
    }

    #[tokio::test]
    async fn all_bodies_together_hold_no_more_than_there_is_room() {
        let bodies = Bodies {
            free: Arc::new(Semaphore::new(10)),
        };
        let none = HeaderMap::new();
        let held = bodies.read(&none, chunks(&[b"1234", b"567"])).await.unwrap();
        let refused = bodies.read(&none, chunks(&[b"1234"])).await;
        assert_eq!(refused.err(), Some(BodyError::Busy));
        drop(held);
        assert!(bodies.read(&none, chunks(&[b"1234"])).await.is_ok());
        assert_eq!(bodies.free.available_permits(), 10);
    }
}
