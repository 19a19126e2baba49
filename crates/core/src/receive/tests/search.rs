//! Search: everything that was said is found, and what was taken back is not.

use std::collections::HashSet;
use std::time::Duration;

use cobro_whatsapp::webhook::MessageKind;

use super::shop::{Shop, ago, ana, change, old, picture, says, text};
use crate::domain::{MessageId, SearchHit, SearchPage};
use crate::search::find;
use crate::work;

impl Shop {
    async fn search(&self, query: &str) -> SearchPage {
        find(&self.inbox, query.into(), None).await.unwrap()
    }

    /// Receives a phone's history that is too long to be indexed at once.
    async fn hears_of_bread(&mut self) {
        let said = |n| ana(&format!("w{n}"), &format!("pan número {n}"), ago(5));
        self.hears((0..600).map(|n| old(said(n), false, None)).collect())
            .await;
    }

    /// Brings in what large transactions left to the index.
    async fn index_catches_up(&self) {
        let step = || self.inbox.store.write(crate::store::search::catch_up_step);
        while step().await.unwrap() {}
    }

    /// Returns the hits as they are shown, with the words in brackets.
    async fn found(&self, query: &str) -> Vec<String> {
        self.search(query).await.hits.iter().map(shown).collect()
    }
}

fn shown(hit: &SearchHit) -> String {
    let piece = |part: &crate::domain::SnippetPart| {
        if part.is_hit {
            format!("[{}]", part.text)
        } else {
            part.text.clone()
        }
    };
    hit.snippet.iter().map(piece).collect()
}

#[tokio::test]
async fn words_are_found_without_accents_and_while_they_are_typed() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana(
        "w1",
        "¿Tienes PASTEL de cumpleaños para mañana?",
        ago(5),
    )))
    .await;
    shop.hears(says(ana("w2", "el pastel, por favor", ago(3)))).await;

    assert_eq!(
        shop.found("pastel").await,
        [
            "el [pastel], por favor",
            "¿Tienes [PASTEL] de cumpleaños para mañana?"
        ]
    );
    assert_eq!(
        shop.found("manana cumpl").await,
        ["¿Tienes PASTEL de [cumpleaños] para [mañana]?"]
    );
    assert_eq!(
        shop.found("cumple ").await,
        Vec::<String>::new(),
        "a finished word is a whole one"
    );
    assert!(shop.found("galletas").await.is_empty());
}

#[tokio::test]
async fn amounts_are_found_by_their_digits() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "te deposito MX$1,250.00 hoy", ago(5))))
        .await;
    for query in ["1250", "1,250", "$1,250.00", "1.250,00"] {
        assert_eq!(
            shop.found(query).await,
            ["te deposito MX$[1,250.00] hoy"],
            "{query}"
        );
    }
    assert!(shop.found("125 ").await.is_empty());
}

#[tokio::test]
async fn customers_are_found_by_name_and_by_any_end_of_their_number() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(5)))).await;
    shop.hears(says(text("w2", "5215548217730", "Iñaki Núñez", "hola", ago(4))))
        .await;
    for query in ["nunez", "INA", "7730", "+52 1 55 4821 7730", "4821773"] {
        let people = shop.search(query).await.people;
        let names: Vec<_> = people.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["Iñaki Núñez"], "{query}");
    }
}

#[tokio::test]
async fn filters_narrow_what_is_found() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "un pastel", ago(3 * 24 * 60)))).await;
    shop.hears(says(text("w2", "5215548217730", "Iñaki", "otro pastel", ago(1))))
        .await;
    shop.hears(says(picture("w3", "mi pastel", ago(1)))).await;

    assert_eq!(shop.found("from:inaki pastel").await, ["otro [pastel]"]);
    assert_eq!(shop.found("de:ana pastel tiene:archivo").await, ["mi [pastel]"]);
    assert_eq!(shop.found("has:file").await, ["mi pastel"]);
    assert_eq!(shop.found("pastel before:2d").await, ["un [pastel]"]);
    assert_eq!(shop.found("after:2d").await.len(), 2);
    assert!(shop.found("pastel has:payment").await.is_empty());
    assert_eq!(
        shop.search("pastel before:soon").await.unclear.as_deref(),
        Some("before:soon")
    );
}

#[tokio::test]
async fn edits_and_deletions_are_honoured() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "dos pasteles", ago(5)))).await;
    shop.hears(says(change(
        MessageKind::Edit,
        "e1",
        "w1",
        "dos gelatinas",
        ago(4),
    )))
    .await;
    assert!(shop.found("pasteles").await.is_empty());
    assert_eq!(shop.found("gelat").await, ["dos [gelatinas]"]);

    shop.hears(says(change(MessageKind::Revoke, "r1", "w1", "", ago(3))))
        .await;
    assert!(shop.found("gelat").await.is_empty());
}

#[tokio::test]
async fn old_messages_that_come_late_stand_where_they_belong() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "pastel de hoy", ago(5)))).await;
    shop.hears(vec![old(
        ana("w0", "pastel de antes", ago(60 * 24 * 30)),
        false,
        None,
    )])
    .await;
    assert_eq!(
        shop.found("pastel").await,
        ["[pastel] de hoy", "[pastel] de antes"]
    );
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let mut shop = Shop::open().await;
    let all = (0..75).map(|n| says(ana(&format!("w{n}"), &format!("pastel n{n}"), ago(200 - n))));
    shop.hears_all(all.collect()).await;
    for query in ["pastel", "from:ana pastel"] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = find(&shop.inbox, query.into(), after).await.unwrap();
            seen.extend(page.hits.iter().map(|hit| hit.message));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 75, "{query}");
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 75, "{query}");
    }
}

#[tokio::test]
async fn a_single_letter_finds_what_is_new_and_what_lies_deep() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w", "zapatos y pan", ago(9)))).await;
    shop.hears_of_bread().await;
    shop.index_catches_up().await;

    assert_eq!(shop.found("z").await, ["[zapatos] y pan"]);
    assert_eq!(shop.found("pan z").await, ["[zapatos] y [pan]"]);
    let mut seen = HashSet::new();
    let mut after = None;
    loop {
        let page = find(&shop.inbox, "p".into(), after).await.unwrap();
        seen.extend(page.hits.iter().map(|hit| hit.message));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 601, "page after page, each of them");
}

#[tokio::test]
async fn what_changes_while_a_history_waits_is_found_as_it_is_then() {
    let mut shop = Shop::open().await;
    shop.hears_of_bread().await;
    shop.inbox
        .store
        .write(|tx| {
            tx.execute("UPDATE messages SET text = 'un bolillo' WHERE wamid = 'w7'", [])?;
            tx.execute("DELETE FROM messages WHERE wamid = 'w599'", [])?;
            Ok(())
        })
        .await
        .unwrap();
    // It is given the number of the one that is gone.
    shop.hears(says(ana("last", "y un pastel", ago(1)))).await;
    assert_eq!(shop.found("pastel").await.len(), 1, "news does not wait");
    shop.index_catches_up().await;
    for (query, hits) in [("bolillo", 1), ("pastel", 1), ("n599", 0), ("599", 0), ("598", 1)] {
        assert_eq!(shop.found(query).await.len(), hits, "{query}");
    }
}

#[tokio::test]
async fn a_history_from_before_is_brought_in_step_by_step() {
    let mut shop = Shop::open().await;
    let all = (0..900).map(|n| says(ana(&format!("w{n}"), &format!("pastel n{n}"), ago(1000 - n))));
    shop.hears_all(all.collect()).await;
    // As an older Cobro left it.
    shop.inbox
        .store
        .write(|tx| {
            tx.execute_batch(
                "INSERT INTO message_search (message_search) VALUES ('delete-all');
                 INSERT INTO people_search (people_search) VALUES ('delete-all');
                 DELETE FROM people;
                 INSERT INTO meta VALUES ('search.messages_before', '901'), ('search.people_after', '');",
            )?;
            Ok(())
        })
        .await
        .unwrap();
    assert!(shop.search("pastel").await.is_building && shop.found("pastel").await.is_empty());

    shop.inbox.start();
    for _ in 0..200 {
        if !shop.search("pastel").await.is_building {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(shop.found("n0 ").await, ["pastel [n0]"]);
    assert_eq!(shop.found("n899 ").await.len(), 1);
    assert_eq!(shop.search("ana").await.people.len(), 1);
}

#[tokio::test]
async fn a_history_is_found_once_it_is_through_and_says_so_until_then() {
    let mut shop = Shop::open().await;
    shop.hears_of_bread().await;
    shop.hears(says(ana("last", "y un pastel", ago(1)))).await;
    let early = shop.search("número").await;
    assert!(
        early.is_building && early.hits.is_empty(),
        "what waits is not hidden"
    );

    shop.index_catches_up().await;
    assert!(!shop.search("número").await.is_building);
    for (query, found) in [
        ("599", "pan número [599]"),
        ("\"número 0\"", "pan [número] [0]"),
        ("pastel", "y un [pastel]"),
    ] {
        assert_eq!(
            shop.found(query).await.first().map(String::as_str),
            Some(found),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_message_that_takes_a_removed_notes_number_is_found() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(5)))).await;
    let conversation = shop.only().await.id;
    let note = MessageId::new();
    work::note(&shop.inbox, note, conversation, "quiere factura".into())
        .await
        .unwrap();
    work::remove_note(&shop.inbox, note).await.unwrap();
    shop.hears(says(ana("w2", "un pastel", ago(1)))).await;
    assert_eq!(shop.found("pastel").await, ["un [pastel]"]);
    assert!(shop.found("factura").await.is_empty());
}
