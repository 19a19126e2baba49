//! Groups that stand behind one another in the writer's queue.

use std::time::Duration;

use super::shop::{Shop, ago, ana, says};
use crate::receive::{Applying, Parsed};
use crate::store::envelopes;

#[tokio::test]
async fn what_stands_behind_a_group_that_found_no_room_is_not_applied_before_it() {
    let mut shop = Shop::open().await;
    let (large, small) = two_groups(&mut shop);
    let journal = shop.journal;
    // There is room for the small group, not for the large one.
    let pages = shop
        .inbox
        .store
        .write(|tx| {
            let pages: u32 = tx.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            let most = format!("PRAGMA max_page_count = {}", pages + 40);
            Ok(tx.query_row(&most, [], |row| row.get::<_, u32>(0))?)
        })
        .await
        .unwrap();

    let mut applying = Applying::new(shop.inbox.clone(), journal);
    assert_eq!(applying.group(large).await.unwrap(), None, "it is queued");
    let error = applying.group(small).await.unwrap_err();
    assert!(error.is_of_the_disk(), "{error}");
    let applied = |tx: &rusqlite::Connection| Ok((envelopes::newest_applied(tx)?.0, envelopes::any(tx)?));
    let after = shop.inbox.store.write(move |tx| applied(tx)).await.unwrap();
    assert_eq!(after, (0, false), "{pages} pages");

    // Once there is room the relay is read from where it was.
    shop.inbox
        .store
        .write(|tx| Ok(tx.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(()))?))
        .await
        .unwrap();
    let (large, small) = two_groups(&mut shop);
    let mut applying = Applying::new(shop.inbox.clone(), journal);
    applying.group(large).await.unwrap();
    applying.group(small).await.unwrap();
    assert_eq!(applying.settle().await.unwrap().map(|seq| seq.0), Some(802));
}

#[tokio::test]
async fn what_stands_behind_a_large_envelope_follows_it_and_a_wait_that_is_given_up_begins_again() {
    let mut shop = Shop::open().await;
    let large = (0..5000)
        .flat_map(|n| says(ana(&format!("w{n}"), "pan", ago(9))))
        .collect();
    let (large, small) = (
        shop.parsed(large),
        shop.parsed(says(ana("last", "¿Sigue ahí?", ago(1)))),
    );
    let mut applying = Applying::new(shop.inbox.clone(), shop.journal);
    applying.group(vec![large, small]).await.unwrap();
    let given_up = tokio::time::timeout(Duration::ZERO, applying.settle()).await;
    let to = match given_up {
        Ok(to) => to.unwrap(),
        Err(_) => applying.settle().await.unwrap(),
    };
    assert_eq!(to.map(|seq| seq.0), Some(2));
    let row = shop.only().await;
    assert_eq!((row.unread, row.snippet.as_str()), (5001, "¿Sigue ahí?"));
}

/// Many long messages, and a short one.
fn two_groups(shop: &mut Shop) -> (Vec<Parsed>, Vec<Parsed>) {
    let large = (0..400)
        .map(|n| shop.parsed(says(ana(&format!("w{n}"), &"pan ".repeat(1000), ago(9)))))
        .collect();
    let small = shop.parsed(says(ana("last", "¿Sigue ahí?", ago(1))));
    (large, vec![small])
}
