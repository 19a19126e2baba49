//! Files through a whole desk: from customers' phones into the thread.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod shop;

use cobro_core::domain::{MediaState, MediaView, Message, MessageKind};
use cobro_core::{conversation, media};
use shop::{TestCustomer, TestShop};

async fn files(shop: &TestShop, customer: &TestCustomer) -> Vec<Message> {
    let page = conversation::thread(shop.inbox(), customer.conversation, None)
        .await
        .unwrap();
    let mut files: Vec<_> = page
        .rows
        .into_iter()
        .filter(|message| message.media.is_some())
        .collect();
    files.reverse();
    files
}

async fn until_here(shop: &TestShop, customer: &TestCustomer, count: usize) -> Vec<Message> {
    shop.until_async("the files are here", || async {
        let files = files(shop, customer).await;
        files.len() == count && files.iter().all(|file| view(file).state == MediaState::Ready)
    })
    .await;
    files(shop, customer).await
}

fn view(message: &Message) -> &MediaView {
    message.media.as_ref().unwrap()
}

#[tokio::test]
async fn whatever_file_a_customer_sends_is_here_and_can_be_looked_at() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let samples = [
        "photo",
        "picture",
        "voice",
        "tune",
        "video",
        "pdf",
        "text",
        "sticker",
        "animated_sticker",
    ];
    for sample in samples {
        ana.phone.sends_sample(sample, "").unwrap();
    }
    let files = until_here(&shop, &ana, samples.len()).await;
    for file in &files {
        let media = view(file);
        assert!(
            media.size.is_some_and(|size| size > 0),
            "{:?} has no size",
            file.kind
        );
        let (is_seen, is_heard) = match file.kind {
            MessageKind::Image | MessageKind::Sticker => (true, false),
            MessageKind::Audio | MessageKind::Voice | MessageKind::Video => (false, true),
            _ => (false, false),
        };
        assert_eq!(media.has_thumbnail, is_seen, "{:?}, {}", file.kind, media.mime);
        assert_eq!(media.width.is_some(), is_seen, "{:?}, {}", file.kind, media.mime);
        assert_eq!(
            media.duration_ms.is_some(),
            is_heard,
            "{:?}, {}",
            file.kind,
            media.mime
        );
    }
    let voices = files.iter().filter(|file| view(file).voice).count();
    assert_eq!(voices, 1);
    shop.close().await;
}

#[tokio::test]
async fn a_file_is_still_here_after_a_restart_and_as_it_was_sent() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let invoice = [b"%PDF-1.7\n".to_vec(), vec![7; 600_000]].concat();
    ana.phone
        .sends_file("document", "application/pdf", "Factura 7.pdf", invoice.clone())
        .unwrap();
    until_here(&shop, &ana, 1).await;
    let shop = shop.restart().await;
    let files = files(&shop, &ana).await;
    let served = media::serve(shop.inbox(), files[0].id).await.unwrap().unwrap();
    assert_eq!(served.name, "Factura 7.pdf");
    let read = media::read(shop.inbox(), &served, 0, served.size).await.unwrap();
    assert!(read == invoice, "other bytes came");
    shop.close().await;
}
