//! Pictures of products: one each, kept encrypted beside the files of messages.

use crate::action::{Action, Actor, apply};
use crate::domain::{FileId, FileKind, Product, ProductId, Timestamp};
use crate::media::{self, Served};
use crate::store::{files, products, staged};
use crate::{CoreEvent, Error, Inbox, Result};

/// Gives a product the staged picture in place of the one that it has.
///
/// The row is moved in one transaction; the old picture's bytes go after it, so that a crash leaves
/// bytes without a row at the most, which the next start erases.
pub async fn set(inbox: &Inbox, actor: Actor, product: ProductId, file: &str) -> Result<Product> {
    let file: FileId = file
        .parse()
        .map_err(|_| Error::Invalid("This is no staged file. Choose the picture again".into()))?;
    let (after, old) = inbox
        .store
        .write(move |tx| {
            let known = products::get(tx, product)?;
            if known.image == Some(file) {
                return Ok((known, None));
            }
            let picture = staged::find(tx, file)?
                .ok_or_else(|| Error::Invalid("The picture is not here any more. Choose it again".into()))?;
            if let Some(problem) = picture.problem {
                return Err(Error::Invalid(problem.advice));
            }
            if picture.kind != Some(FileKind::Image) {
                return Err(Error::Invalid(
                    "A product's picture is a photo: JPEG, PNG or WebP. Choose another file".into(),
                ));
            }
            products::set_image(tx, product, &picture)?;
            staged::remove(tx, file)?;
            apply(
                tx,
                actor,
                &Action::ShowProduct {
                    product,
                    image: Some(file),
                },
                Timestamp::now(),
            )?;
            Ok((products::get(tx, product)?, known.image))
        })
        .await?;
    forget(inbox, old).await?;
    inbox.emit(CoreEvent::CatalogChanged);
    Ok(after)
}

/// Takes a product's picture away.
pub async fn remove(inbox: &Inbox, actor: Actor, product: ProductId) -> Result<Product> {
    let (after, old) = inbox
        .store
        .write(move |tx| {
            let old = products::get(tx, product)?.image;
            if old.is_some() {
                products::remove_image(tx, product)?;
                apply(
                    tx,
                    actor,
                    &Action::ShowProduct { product, image: None },
                    Timestamp::now(),
                )?;
            }
            Ok((products::get(tx, product)?, old))
        })
        .await?;
    forget(inbox, old).await?;
    inbox.emit(CoreEvent::CatalogChanged);
    Ok(after)
}

async fn forget(inbox: &Inbox, file: Option<FileId>) -> Result<()> {
    match file {
        Some(file) => inbox.files.write(move |tx| files::erase(tx, file)).await,
        None => Ok(()),
    }
}

/// Returns the product's picture, if it has one.
pub async fn serve(inbox: &Inbox, product: ProductId) -> Result<Option<Served>> {
    let image = inbox
        .store
        .read(move |conn| products::image(conn, product))
        .await?;
    Ok(image.map(|image| Served::picture(image.file, image.mime, image.size)))
}

/// Returns the product's small picture with its type, if it has one.
pub async fn thumbnail(inbox: &Inbox, product: ProductId) -> Result<Option<(Vec<u8>, &'static str)>> {
    let bytes = inbox
        .store
        .read(move |conn| Ok(products::image(conn, product)?.and_then(|image| image.thumbnail)))
        .await?;
    Ok(bytes.map(media::with_type))
}
