//! Files: opening, saving and adding them, and recording voice messages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cobro_core::domain::{MediaPolicy, MessageId, StagedFile};
use cobro_core::{Error, Inbox, media};
use cobro_voice::{Recording, VoiceError};
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt as _;
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::{Mutex, oneshot};

use super::{Answer, Desk};
use crate::error::CommandError;
use crate::opened::Opened;

/// The recording under way, if there is one.
#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<Option<Recording>>);

/// Whether a voice message can be recorded.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecorderState {
    available: bool,
    /// Why not, and what to do.
    problem: Option<String>,
}

/// Asks for a message's file now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn fetch_media(desk: Desk<'_>, message: MessageId) -> Answer<()> {
    Ok(media::fetch(&desk.inbox()?, message).await?)
}

/// Keeps a video's first frame as its small picture.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_frame(desk: Desk<'_>, message: MessageId, base64: String) -> Answer<()> {
    let frame = STANDARD.decode(base64).map_err(|_| {
        Error::Invalid("The video's first picture is not base64. Play the video again".into())
    })?;
    Ok(media::keep_frame(&desk.inbox()?, message, frame).await?)
}

/// Opens a message's file in the system's program for it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_media(
    app: AppHandle,
    desk: Desk<'_>,
    opened: State<'_, Opened>,
    message: MessageId,
) -> Answer<()> {
    let inbox = desk.inbox()?;
    let file = here(&inbox, message).await?;
    if !media::may_be_opened(&file.name) {
        return Err(Error::Invalid(
            "A file of this type may be a program. Save it, and open it only if you know who made it".into(),
        )
        .into());
    }
    let path = opened.place(message, &file.name).map_err(|error| {
        Error::Other(anyhow::Error::new(error).context("The file could not be laid out to be opened"))
    })?;
    media::save(&inbox, message, path.clone()).await?;
    app.opener()
        .open_path(path.to_string_lossy(), None::<&str>)
        .map_err(|error| {
            Error::Other(anyhow::Error::new(error).context("No program opens this file. Save it instead"))
        })?;
    Ok(())
}

/// Saves a message's file where a person says. Returns where, or nothing if they changed their mind.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_media(
    window: WebviewWindow,
    app: AppHandle,
    desk: Desk<'_>,
    message: MessageId,
) -> Answer<Option<String>> {
    let inbox = desk.inbox()?;
    let file = here(&inbox, message).await?;
    let (say, chosen) = oneshot::channel();
    app.dialog()
        .file()
        .set_parent(&window)
        .set_file_name(&file.name)
        .save_file(move |path| {
            let _ = say.send(path);
        });
    let Some(path) = chosen.await.ok().flatten().and_then(|path| path.into_path().ok()) else {
        return Ok(None);
    };
    media::save(&inbox, message, path.clone()).await?;
    Ok(Some(path.to_string_lossy().into_owned()))
}

/// Begins a file that the window sends piece by piece. Returns its id.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_start(desk: Desk<'_>, name: String, mime: String, size: u32) -> Answer<String> {
    Ok(media::stage_start(&desk.inbox()?, name, mime, size.into()).await?)
}

/// Adds a piece to a file that was begun.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_append(desk: Desk<'_>, id: String, base64: String) -> Answer<()> {
    let bytes = STANDARD
        .decode(base64)
        .map_err(|_| Error::Invalid("The piece of the file is not base64. Add the file again".into()))?;
    Ok(media::stage_append(&desk.inbox()?, &id, bytes).await?)
}

/// Ends a file: it is checked against what WhatsApp takes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_finish(desk: Desk<'_>, id: String) -> Answer<StagedFile> {
    Ok(media::stage_finish(&desk.inbox()?, &id).await?)
}

/// Forgets a file that is not sent after all.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_discard(desk: Desk<'_>, id: String) -> Answer<()> {
    Ok(media::stage_discard(&desk.inbox()?, &id).await?)
}

/// Returns which files come by themselves.
#[tauri::command]
#[specta::specta]
pub(crate) async fn media_policy(desk: Desk<'_>) -> Answer<MediaPolicy> {
    Ok(media::policy(&desk.inbox()?).await?)
}

/// Changes which files come by themselves.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_media_policy(desk: Desk<'_>, policy: MediaPolicy) -> Answer<()> {
    Ok(media::set_policy(&desk.inbox()?, policy).await?)
}

/// Returns whether a voice message can be recorded, and if not, why.
#[tauri::command]
#[specta::specta]
pub(crate) async fn recorder_state(recorder: State<'_, Recorder>) -> Answer<RecorderState> {
    // The microphone that records is there, whatever another look at it would say.
    let problem = match recorder.0.lock().await.as_ref() {
        Some(_) => None,
        None => apart(cobro_voice::microphone).await.err(),
    };
    Ok(RecorderState {
        available: problem.is_none(),
        problem: problem.map(|problem| problem.to_string()),
    })
}

/// Begins to record a voice message.
#[tauri::command]
#[specta::specta]
pub(crate) async fn record_start(recorder: State<'_, Recorder>) -> Answer<()> {
    let mut recorder = recorder.0.lock().await;
    if recorder.is_some() {
        return Err(Error::Conflict("A voice message is being recorded. End it first".into()).into());
    }
    *recorder = Some(apart(Recording::start).await?);
    Ok(())
}

/// Ends the recording and stages it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn record_stop(desk: Desk<'_>, recorder: State<'_, Recorder>) -> Answer<StagedFile> {
    let inbox = desk.inbox()?;
    let Some(recording) = recorder.0.lock().await.take() else {
        return Err(Error::Conflict("Nothing is being recorded. Begin again".into()).into());
    };
    let recorded = apart(move || recording.stop()).await?;
    Ok(media::stage_voice(&inbox, recorded).await?)
}

/// Ends the recording and forgets it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn record_cancel(recorder: State<'_, Recorder>) -> Answer<()> {
    if let Some(recording) = recorder.0.lock().await.take() {
        apart(move || {
            drop(recording);
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Devices are waited for off the async threads.
async fn apart<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, VoiceError> + Send + 'static,
) -> Result<T, VoiceError> {
    tokio::task::spawn_blocking(job)
        .await
        .unwrap_or_else(|error| Err(VoiceError::Other(error.to_string())))
}

async fn here(inbox: &Inbox, message: MessageId) -> Result<media::Served, CommandError> {
    media::serve(inbox, message).await?.ok_or_else(|| {
        Error::Conflict("The file is not here yet. Fetch it first, and open it once it has come".into())
            .into()
    })
}
