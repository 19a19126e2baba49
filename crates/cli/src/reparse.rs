//! `cobro reparse`: what was kept, read again with what this version has learned.

use std::process::ExitCode;

use cobro_desk::{ControlRequest, DeskError, Settings};

pub(crate) async fn run(settings: Settings) -> Result<ExitCode, DeskError> {
    let answer = crate::reach::perform(settings, ControlRequest::Reparse).await?;
    println!("{answer}");
    Ok(ExitCode::SUCCESS)
}
