//! Pictures of products: one each, kept after a restart, gone with their product's word.

use cobro_core::catalog::image;
use cobro_core::media;

use super::*;

/// A picture of one pixel.
const PIXEL: &str = "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63\
                     6460f85f0f0002870180eb47ba920000000049454e44ae426082";

async fn staged(shop: &TestShop, name: &str, bytes: Vec<u8>) -> String {
    let file = media::stage_bytes(shop.inbox(), name, bytes).await.unwrap();
    file.id
}

#[tokio::test]
async fn a_product_keeps_its_picture_until_it_gets_another() {
    let shop = TestShop::open().await;
    let cake = shop.cake().await;
    let picture = staged(&shop, "torta.png", hex::decode(PIXEL).unwrap()).await;
    for _ in 0..2 {
        let shown = image::set(shop.inbox(), Actor::Person, cake.id, &picture)
            .await
            .unwrap();
        assert_eq!(shown.image.map(|file| file.to_string()), Some(picture.clone()));
    }
    let shop = shop.restart().await;
    let served = image::serve(shop.inbox(), cake.id).await.unwrap().unwrap();
    assert!(served.mime.starts_with("image/"), "{}", served.mime);
    let bytes = media::read(shop.inbox(), &served, 0, served.size).await.unwrap();
    assert_eq!(bytes.len() as u64, served.size);
    assert!(image::thumbnail(shop.inbox(), cake.id).await.unwrap().is_some());

    let other = staged(&shop, "otra.png", hex::decode(PIXEL).unwrap()).await;
    image::set(shop.inbox(), Actor::Person, cake.id, &other)
        .await
        .unwrap();
    assert!(
        media::read(shop.inbox(), &served, 0, served.size)
            .await
            .unwrap()
            .is_empty(),
        "the old picture's bytes are gone"
    );
    let without = image::remove(shop.inbox(), Actor::Person, cake.id).await.unwrap();
    assert_eq!(without.image, None);
    assert!(image::serve(shop.inbox(), cake.id).await.unwrap().is_none());
    shop.close().await;
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_changes_nothing() {
    let shop = TestShop::open().await;
    let cake = shop.cake().await;
    let text = staged(&shop, "torta.txt", b"no picture".to_vec()).await;
    let refused = image::set(shop.inbox(), Actor::Person, cake.id, &text)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("photo"), "{refused}");
    let gone = image::set(shop.inbox(), Actor::Person, cake.id, &cake.id.to_string())
        .await
        .unwrap_err();
    assert!(gone.to_string().contains("not here any more"), "{gone}");
    assert_eq!(shop.catalog_image(&cake).await, None);
    shop.close().await;
}

impl TestShop {
    async fn catalog_image(&self, product: &Product) -> Option<cobro_core::domain::FileId> {
        catalog::product(self.inbox(), product.id).await.unwrap().image
    }
}
