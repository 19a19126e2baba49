//! How the page is painted where there is no graphics processor.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// WebKit's own switch: set, it paints without the graphics libraries.
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// What else is set then, where nobody has set it.
///
/// A page that lives on nine megabytes of JavaScript let a hundred grow around them while somebody
/// scrolled: what an engine made for large pages keeps until it is worth a full look.
const FRUGAL: [(&str, &str); 9] = [
    // How many heaps the C library's threads share. By default each thread has one, and what is free
    // in one is of no use to the others: the readers of the database alone keep ten megabytes so.
    ("MALLOC_ARENA_MAX", "2"),
    // What a large answer took goes back to the system: left alone, the library learns from the first one
    // to keep as much for the next.
    ("MALLOC_MMAP_THRESHOLD_", "131072"),
    ("MALLOC_TRIM_THRESHOLD_", "131072"),
    // No graphics library for the frame of the window.
    ("GDK_GL", "disable"),
    // The page's garbage is looked for everywhere each time. Its pauses stay below ten milliseconds.
    ("JSC_useGenerationalGC", "false"),
    // It is looked for after eight megabytes, not thirty-two, and then after half of what lives.
    ("JSC_largeHeapSize", "8388608"),
    ("JSC_heapGrowthMaxIncrease", "0.5"),
    // A page that waits for its user has no loops worth the compiler's later steps: they keep megabytes
    // of code, and compile on the processor that paints.
    ("JSC_useDFGJIT", "false"),
    ("JSC_useFTLJIT", "false"),
];
/// Where the kernel shows graphics processors to programs.
const DEVICES: &str = "/dev/dri";

/// Starts this program again, painting plainly, where there is nothing that paints faster.
///
/// Without a graphics processor WebKit asks a library to play one: on a virtual
/// machine or a remote desktop that takes a processor and a hundred megabytes
/// from the window that it paints. WebKit reads the switch from the
/// environment, which only a new start can change; what else only a start can
/// change is set with it. What a person set stays.
pub(crate) fn suit_the_machine() {
    if std::env::var_os(SWITCH).is_some() || has_graphics(Path::new(DEVICES)) {
        return;
    }
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => {
            tracing::debug!(%error, "This program does not know where it is");
            return;
        }
    };
    let frugal = FRUGAL.iter().filter(|(name, _)| std::env::var_os(name).is_none());
    let error = Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(SWITCH, "1")
        .envs(frugal.copied())
        .exec();
    // Only a failure returns. It paints as WebKit would have.
    tracing::warn!(%error, "The window can't be painted plainly");
}

/// Returns whether a graphics processor can be asked to draw.
fn has_graphics(devices: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(devices) else {
        return false;
    };
    entries
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_a_render_node_has_no_graphics() {
        let devices = tempfile::tempdir().unwrap();
        assert!(!has_graphics(&devices.path().join("none")));
        std::fs::write(devices.path().join("card0"), "").unwrap();
        assert!(!has_graphics(devices.path()));
        std::fs::write(devices.path().join("renderD128"), "").unwrap();
        assert!(has_graphics(devices.path()));
    }
}
