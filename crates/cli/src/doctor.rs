//! `cobro doctor`: what is wrong, and what to do.

use std::process::ExitCode;

use cobro_desk::{DeskError, Level, Settings, examine};

/// Prints each finding. The exit code is 1 if one is a problem.
pub(crate) async fn run(settings: Settings, json: bool) -> Result<ExitCode, DeskError> {
    let found = examine(&settings).await;
    let worst = found
        .iter()
        .map(|finding| finding.level)
        .max()
        .unwrap_or(Level::Ok);
    if json {
        let report = serde_json::json!({ "ok": worst < Level::Problem, "findings": found });
        println!("{report}");
    } else {
        for finding in &found {
            let mark = match finding.level {
                Level::Ok => "ok      ",
                Level::Warning => "warning ",
                Level::Problem => "problem ",
            };
            println!("{mark} {}: {}", finding.what, finding.says);
        }
    }
    Ok(if worst < Level::Problem {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
