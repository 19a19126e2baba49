//! Connections that read, and wait for work in between.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// Readers of one kind that are kept open. More may exist for a moment.
const KEPT: usize = 4;
/// How long one of them waits for work while others have it. Each keeps pages and statements of its own.
const RESTS: Duration = Duration::from_secs(10);

/// What a reader is for: how many pages it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReaderOf {
    /// Rows of a view. There are several, and what one of them counts once a minute would fill eight megabytes
    /// in each; the system keeps the file's pages for all of them.
    Views,
    /// The search, which comes back to the same pages with every letter.
    Search,
}

impl ReaderOf {
    /// The most that it keeps of the database.
    pub(crate) fn cache_kib(self) -> i32 {
        match self {
            Self::Views => 2048,
            Self::Search => 16_384,
        }
    }
}

/// The readers that wait.
#[derive(Default)]
pub(crate) struct Readers {
    /// The one that came last at the end.
    waiting: Mutex<Vec<Rested>>,
}

struct Rested {
    reader: Connection,
    of: ReaderOf,
    since: Instant,
}

impl Readers {
    /// Returns one that waits for such work, if there is any.
    pub(crate) fn take(&self, of: ReaderOf) -> Option<Connection> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let at = waiting.iter().rposition(|rested| rested.of == of)?;
        Some(waiting.remove(at).reader)
    }

    /// Keeps a reader for the next one who reads, and ends those that nobody has needed for a while.
    pub(crate) fn put_back(&self, reader: Connection, of: ReaderOf) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = rested_long(&mut waiting);
        if waiting.iter().filter(|rested| rested.of == of).count() < KEPT {
            let since = Instant::now();
            waiting.push(Rested { reader, of, since });
        }
        drop(waiting);
        // Ending takes a while: others read meanwhile.
        drop(ended);
    }

    /// Ends all that wait.
    pub(crate) fn end(&self) {
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

/// Takes out the readers that have waited for long.
fn rested_long(waiting: &mut Vec<Rested>) -> Vec<Rested> {
    let still = waiting
        .iter()
        .position(|rested| rested.since.elapsed() < RESTS)
        .unwrap_or(waiting.len());
    waiting.drain(..still).collect()
}

#[cfg(test)]
mod tests {
    use super::ReaderOf::{Search, Views};
    use super::*;

    fn rested(of: ReaderOf, seconds: u64) -> Rested {
        Rested {
            reader: Connection::open_in_memory().unwrap(),
            of,
            since: Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap(),
        }
    }

    #[test]
    fn readers_that_nobody_needed_for_a_while_are_ended() {
        let readers = Readers::default();
        *readers.waiting.lock().unwrap() = vec![rested(Search, 40), rested(Views, 11), rested(Views, 5)];
        let reader = readers.take(Views).unwrap();
        readers.put_back(reader, Views);
        let waiting = readers.waiting.lock().unwrap();
        assert_eq!(waiting.len(), 1);
        assert!(waiting[0].since.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_search_never_takes_the_reader_of_the_views() {
        let readers = Readers::default();
        readers.put_back(Connection::open_in_memory().unwrap(), Views);
        assert!(readers.take(Search).is_none());
        assert!(readers.take(Views).is_some());
        assert!(readers.take(Views).is_none());
    }

    #[test]
    fn only_a_few_are_kept() {
        let readers = Readers::default();
        for _ in 0..KEPT + 2 {
            readers.put_back(Connection::open_in_memory().unwrap(), Search);
        }
        readers.put_back(Connection::open_in_memory().unwrap(), Views);
        assert_eq!(readers.waiting.lock().unwrap().len(), KEPT + 1);
        readers.end();
        assert!(readers.take(Views).is_none());
    }
}
