//! A video's small picture. The core unpacks no videos: the window, which plays them, gives their first frame.

use super::{looks, pictures};
use crate::domain::MessageId;
use crate::store::{media, messages};
use crate::{CoreEvent, Error, Inbox, Result};

/// A frame that the window made smaller first is far below this.
const LARGEST_FRAME: usize = 2 * 1024 * 1024;

/// Keeps `frame`, a picture, as the small picture of the message's video.
///
/// The first one stays: which frame is first does not change.
pub async fn keep_frame(inbox: &Inbox, message: MessageId, frame: Vec<u8>) -> Result<()> {
    let unreadable =
        || Error::Invalid("The video's first picture can't be read. Play the video again".into());
    if frame.len() > LARGEST_FRAME {
        return Err(unreadable());
    }
    let small = looks::apart(move || {
        let picture = pictures::unpack(&frame)?;
        Some((picture.width(), picture.height(), picture.thumbnail()?))
    });
    let (width, height, thumbnail) = small.await.ok_or_else(unreadable)?;
    let conversation = inbox
        .store
        .write(move |tx| {
            if media::keep_frame(tx, message, width, height, &thumbnail)? {
                Ok(Some(messages::get(tx, message)?.conversation))
            } else {
                Ok(None)
            }
        })
        .await?;
    if let Some(conversation) = conversation {
        inbox.emit(CoreEvent::ConversationChanged { conversation });
    }
    Ok(())
}
