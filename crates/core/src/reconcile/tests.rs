//! What a crash leaves of a reading.

use std::time::Duration;

use cobro_stripe::ledger::Range;

use super::reading;
use crate::domain::{ReconcileId, ReconcileState, Timestamp};
use crate::store::{books, meta};
use crate::{Inbox, Options};

#[tokio::test]
async fn a_finished_reading_that_a_crash_left_half_judged_is_judged_again() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::open(Options::for_tests(folder.path())).await.unwrap();
    let id = ReconcileId::new();
    let judged = || {
        inbox.store.read(|conn| {
            Ok((
                conn.query_row("SELECT class IS NOT NULL FROM book_objects", [], |row| {
                    row.get::<_, bool>(0)
                })?,
                meta::get(conn, meta::JUDGING)?.is_some(),
            ))
        })
    };
    inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let since = now.minus(Duration::from_hours(24));
            books::begin(tx, id, Range { since, until: now }, false, now)?;
            let run = books::find(tx, id)?.unwrap();
            books::set_state(tx, run.n, ReconcileState::Done, None, now)?;
            tx.execute(
                "INSERT INTO book_objects (run, shelf, id, at, amount_minor, currency, status, fee_minor, net_minor,
                     payment_intent, refunded_minor, disputed)
                 VALUES (?1, 'charge', 'ch_1', ?2, 5000, 'MXN', 'succeeded', 0, 5000, 'pi_1', 0, 0)",
                rusqlite::params![run.n, since.millis()],
            )?;
            meta::set(tx, meta::JUDGING, &id.to_string())?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(judged().await.unwrap(), (false, true));
    reading::judge_on(&inbox).await.unwrap();
    assert_eq!(judged().await.unwrap(), (true, false));
    inbox.shutdown().await;
}
