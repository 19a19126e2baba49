//! Child processes that never outlive their test.
//!
//! They stay in the test's own process group, so that Ctrl-C and a runner's
//! time limit reach them too; a panic reaches them by `Drop`.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// Returns a program that was built with this test.
pub fn binary(name: &str) -> Result<PathBuf> {
    let this = std::env::current_exe().context("This test's own path is not known")?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    // Tests lie in `deps`, one level below the programs.
    let found = this
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file());
    found.with_context(|| {
        format!("{name} is not built. Run `cargo xtask test`, or first `cargo build --workspace --bins --features cobro-desktop/custom-protocol`")
    })
}

/// A running child with all its descendants; dropping it kills them.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    out: Option<BufReader<ChildStdout>>,
    log: PathBuf,
}

impl Process {
    /// Starts a program. What it says goes to `log`, but for standard output that [`Self::ready`] reads.
    pub fn start(name: &str, mut command: Command, log: &Path) -> Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| format!("{} can't be written", log.display()))?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{name} could not be started"))?;
        let out = child.stdout.take().map(BufReader::new);
        Ok(Self {
            name: name.to_owned(),
            child,
            out,
            log: log.to_owned(),
        })
    }

    /// Returns the first line it says on standard output.
    pub async fn first_line(&mut self, patience: Duration) -> Result<String> {
        let out = self.out.as_mut().context("Its output was read before")?;
        let mut line = String::new();
        match timeout(patience, out.read_line(&mut line)).await {
            Ok(Ok(length)) if length > 0 => Ok(line.trim_end().to_owned()),
            Ok(Ok(_)) => bail!(
                "{} ended before it was ready. It said: {}",
                self.name,
                self.said()
            ),
            Ok(Err(error)) => Err(error).with_context(|| format!("{}'s output can't be read", self.name)),
            Err(_) => bail!(
                "{} was not ready in {patience:?}. It said: {}",
                self.name,
                self.said()
            ),
        }
    }

    /// Returns the JSON line by which a program of ours says that it is ready.
    pub async fn ready(&mut self, patience: Duration) -> Result<Value> {
        let line = self.first_line(patience).await?;
        let ready: Value =
            serde_json::from_str(&line).with_context(|| format!("{} said {line:?}", self.name))?;
        if ready["ready"] == true {
            Ok(ready)
        } else {
            Err(anyhow!("{} is not ready: {line}", self.name))
        }
    }

    /// Lets standard output go nowhere: a full pipe would hold the program up.
    pub fn ignore_output(&mut self) {
        if let Some(mut out) = self.out.take() {
            tokio::spawn(async move { tokio::io::copy(&mut out, &mut tokio::io::sink()).await });
        }
    }

    /// Returns what it has said on standard error.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Returns the process id, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it with SIGKILL, as a crash or a power cut would, and waits until it is gone.
    pub async fn kill(&mut self) -> Result<()> {
        self.child
            .kill()
            .await
            .with_context(|| format!("{} could not be killed", self.name))
    }

    /// Asks it to end, with SIGTERM, and waits for that.
    pub async fn terminate(&mut self, patience: Duration) -> Result<ExitStatus> {
        if let Some(id) = self.id() {
            terminate(id)?;
        }
        let ended = timeout(patience, self.child.wait()).await;
        let ended = ended.map_err(|_| {
            anyhow!(
                "{} did not end in {patience:?}. It said: {}",
                self.name,
                self.said()
            )
        })?;
        ended.with_context(|| format!("{} can't be waited for", self.name))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let Some(id) = self.child.id() else {
            return; // It has ended, and was waited for.
        };
        let family = descendants(id);
        let _ = self.child.start_kill();
        family.into_iter().for_each(kill);
        // A lock or a port of it may be wanted at once.
        let killed = Instant::now();
        while self.is_running() && killed.elapsed() < Duration::from_secs(2) {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Sends SIGTERM, as a system does that shuts down.
#[cfg(unix)]
pub fn terminate(id: u32) -> Result<()> {
    let process = pid(id).context("This is no process id")?;
    rustix::process::kill_process(process, rustix::process::Signal::TERM).context("SIGTERM could not be sent")
}

#[cfg(not(unix))]
pub fn terminate(_id: u32) -> Result<()> {
    bail!("There is no SIGTERM on this system")
}

#[cfg(unix)]
fn kill(id: u32) {
    if let Some(process) = pid(id) {
        // It may be gone already.
        let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill(_id: u32) {}

#[cfg(unix)]
fn pid(id: u32) -> Option<rustix::process::Pid> {
    rustix::process::Pid::from_raw(id.try_into().ok()?)
}

/// Returns the ids of all children, and of theirs, where the system lists them in /proc.
pub fn descendants(id: u32) -> Vec<u32> {
    let all = parents();
    let mut found = vec![id];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(
            all.iter()
                .filter(|(_, of)| *of == parent)
                .map(|(child, _)| *child),
        );
        next += 1;
    }
    found.remove(0);
    found
}

/// Returns when a process started, to a hundredth of a second, where the system tells in /proc.
pub fn started_at(id: u32) -> Result<SystemTime> {
    const TICKS_A_SECOND: f64 = 100.0;
    let now = SystemTime::now();
    let up = std::fs::read_to_string("/proc/uptime")?;
    let up: f64 = up.split_whitespace().next().context("No uptime")?.parse()?;
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name before may hold blanks; what follows it begins with the third field.
    let (_, fields) = stat.rsplit_once(')').context("No process name")?;
    let started: f64 = fields.split_whitespace().nth(19).context("No start")?.parse()?;
    let age = Duration::try_from_secs_f64(up - started / TICKS_A_SECOND)?;
    Ok(now - age)
}

/// Returns the path of the program that a process runs.
pub fn program_of(id: u32) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{id}/exe")).ok()
}

/// Returns every process with its parent.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    ids.filter_map(|id| {
        Some((
            id,
            parent_of(&std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?,
        ))
    })
    .collect()
}

/// Reads the parent in /proc's words; the name before it may hold spaces and brackets.
fn parent_of(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn shell(script: &str) -> (tempfile::TempDir, Process) {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let process = Process::start("sh", command, &folder.path().join("log")).unwrap();
        (folder, process)
    }

    const PATIENCE: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn a_dropped_process_takes_its_descendants_with_it() {
        let (_folder, mut process) = shell("sh -c 'sleep 100 & echo started; wait' & wait");
        process.first_line(PATIENCE).await.unwrap();
        let family = descendants(process.id().unwrap());
        assert!(family.len() >= 2, "{family:?}");
        drop(process);
        let gone = crate::until(PATIENCE, || async {
            let left = family.iter().filter(|id| program_of(**id).is_some()).count();
            (left == 0).then_some(())
        });
        gone.await.expect("a descendant was left behind");
    }

    #[tokio::test]
    async fn a_process_that_ends_early_says_why() {
        let (_folder, mut process) = shell("echo 'the port is taken' >&2; exit 1");
        let error = process.ready(PATIENCE).await.unwrap_err().to_string();
        assert!(error.contains("the port is taken"), "{error}");
    }

    #[tokio::test]
    async fn only_a_ready_line_is_ready() {
        let (_folder, mut process) = shell("echo '{\"ready\":true,\"relay\":\"x\"}'; sleep 100");
        assert_eq!(process.ready(PATIENCE).await.unwrap()["relay"], "x");
        let (_folder, mut process) = shell("echo '{\"ready\":false}'; sleep 100");
        process.ready(PATIENCE).await.unwrap_err();
        assert!(process.is_running());
        process.terminate(PATIENCE).await.unwrap();
    }

    #[test]
    fn a_name_with_brackets_hides_no_parent() {
        assert_eq!(parent_of("42 (a (b) c) S 7 42 42 0 -1"), Some(7));
    }
}
