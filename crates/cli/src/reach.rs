//! Reaching a profile's desk: the one that runs, or one started for this command.

use cobro_desk::core::Store;
use cobro_desk::{ControlClient, ControlRequest, Desk, DeskError, Kind, Profile, Settings};
use serde_json::Value;

/// Gives the command to the running desk, or starts the core for it where none runs.
pub(crate) async fn perform(settings: Settings, request: ControlRequest) -> Result<Value, DeskError> {
    let profile = Profile::existing(&settings.profile)?;
    let Some(running) = running(&profile) else {
        let desk = Desk::open(settings, Kind::Command).await?;
        let answer = desk.perform(request).await;
        desk.until_sent().await;
        desk.shutdown().await;
        return answer;
    };
    let database = settings.database.clone();
    let key = tokio::task::spawn_blocking(move || profile.key_to_read(&database))
        .await
        .map_err(anyhow::Error::new)??;
    ControlClient::new(&running, &key)?.perform(&request).await
}

/// Opens the profile's database to look at, also beside a running desk.
pub(crate) async fn store_to_read(settings: &Settings) -> Result<Store, DeskError> {
    let profile = settings.existing_profile()?;
    let (folder, database) = (profile.clone(), settings.database.clone());
    let key = tokio::task::spawn_blocking(move || folder.key_to_read(&database))
        .await
        .map_err(anyhow::Error::new)??;
    Ok(Store::open_to_read(profile.database(), key).await?)
}

/// A desk that was killed leaves its address behind; only the lock tells.
fn running(profile: &Profile) -> Option<cobro_desk::RunningDesk> {
    match profile.lock() {
        Err(DeskError::ProfileInUse { .. }) => profile.running(),
        _ => None,
    }
}
