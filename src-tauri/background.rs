//! The desk's own threads, which give way to the window's.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

/// How much the desk's threads give way on Linux: the window gets nine tenths of a processor that both want.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Returns the runtime that the desk lives on.
///
/// A phone's history keeps every processor busy for seconds. Threads made by
/// these, such as the database's writer, are as patient as they are; what the
/// window asks for runs elsewhere.
pub(crate) fn runtime() -> std::io::Result<&'static Runtime> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let made = Builder::new_multi_thread()
        .thread_name("cobro-desk")
        .on_thread_start(give_way)
        .enable_all()
        .build()?;
    Ok(RUNTIME.get_or_init(|| made))
}

#[cfg(target_os = "linux")]
fn give_way() {
    // Of a thread, although it is named after processes. Refused, it is as before.
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "The desk's threads do not give way");
    }
}

/// Other systems favour the window in front by themselves.
#[cfg(not(target_os = "linux"))]
fn give_way() {}
