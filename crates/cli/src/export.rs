//! `cobro export`: everything that is kept, beside a running desk too.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use cobro_desk::core::export;
use cobro_desk::{DeskError, Settings};

pub(crate) async fn run(settings: Settings, out: Option<PathBuf>) -> Result<ExitCode, DeskError> {
    let profile = settings.existing_profile()?;
    let (folder, database) = (profile.clone(), settings.database.clone());
    let key = tokio::task::spawn_blocking(move || folder.key_to_read(&database))
        .await
        .map_err(anyhow::Error::new)??;
    let out: Box<dyn Write + Send> = match &out {
        Some(path) => Box::new(std::fs::File::create(path).map_err(|error| {
            DeskError::Setting(format!("--out {} can't be written: {error}", path.display()))
        })?),
        None => Box::new(std::io::stdout()),
    };
    export::write(profile.database(), key, BufWriter::new(out)).await?;
    Ok(ExitCode::SUCCESS)
}
