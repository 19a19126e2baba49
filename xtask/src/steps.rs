//! Steps that are run one after another, timed, and summed up at the end.

use std::collections::VecDeque;
use std::fmt;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::commands::shown;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    /// Something that it needs had failed.
    Left,
    /// This machine has not what it needs.
    Skipped,
}

struct Step {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

/// How many tests a runner counted.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

/// How many of a failed step's last lines are shown again at the end.
const LAST_LINES: usize = 80;

/// Runs steps; a failure stops only what needs it.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<Step>,
    tests: Count,
    /// What the failed runners of tests said last, under the step's name.
    last_words: Vec<(&'static str, VecDeque<String>)>,
    /// Why steps were skipped.
    skipped: Vec<String>,
}

impl Steps {
    /// Runs a step. Returns whether it passed.
    pub(crate) fn run(&mut self, name: &'static str, mut command: Command) -> bool {
        self.time(name, || {
            let status = command.status();
            status
                .inspect_err(|error| not_started(&command, error))
                .is_ok_and(|status| status.success())
        })
    }

    /// Does a step that is no command. Returns whether it passed.
    pub(crate) fn does(&mut self, name: &'static str, step: impl FnOnce() -> anyhow::Result<()>) -> bool {
        self.time(name, || {
            step().inspect_err(|error| eprintln!("{error:#}")).is_ok()
        })
    }

    /// Runs a step whose output says how many tests there were. `read` finds it in a line.
    pub(crate) fn tests(
        &mut self,
        name: &'static str,
        command: Command,
        read: fn(&str) -> Option<Count>,
    ) -> bool {
        let mut counted = Count::default();
        let mut last = VecDeque::new();
        let passed = self.time(name, || {
            let (passed, heard) = watch(command, read);
            counted = heard.count.unwrap_or_default();
            last = heard.last;
            passed
        });
        if !passed {
            self.last_words.push((name, last));
        }
        self.tests.passed += counted.passed;
        // A runner that stopped before it counted has failed all the same.
        self.tests.failed += if passed {
            counted.failed
        } else {
            counted.failed.max(1)
        };
        passed
    }

    /// Notes that a step was left out because of an earlier failure.
    pub(crate) fn leave(&mut self, name: &'static str) {
        self.done.push(Step {
            name,
            outcome: Outcome::Left,
            took: Duration::ZERO,
        });
    }

    /// Notes that a step can't be run on this machine: nothing fails for it, and the end says so.
    pub(crate) fn skip(&mut self, name: &'static str, why: &str) {
        println!("\n── {name}\n{why}");
        self.skipped.push(format!("{name} – {why}"));
        self.done.push(Step {
            name,
            outcome: Outcome::Skipped,
            took: Duration::ZERO,
        });
    }

    /// Prints what failed once more, every step, then the tests in one line, and returns what the process should
    /// end with.
    pub(crate) fn finish(self) -> ExitCode {
        for (name, lines) in &self.last_words {
            println!("\n── {name}, its last lines again");
            for line in lines {
                println!("{line}");
            }
        }
        println!("\n{self}");
        println!("{}", self.sum());
        if self.count().failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// Returns what the tests say nothing of, and then the tests in one line.
    fn sum(&self) -> String {
        let Count { passed, failed } = self.count();
        let mut lines: Vec<_> = self
            .skipped
            .iter()
            .map(|why| format!("NOT TESTED: {why}"))
            .collect();
        lines.push(format!("{passed} passed, {failed} failed"));
        lines.join("\n")
    }

    /// Counts the tests; a failed step that counts none is a failure too.
    fn count(&self) -> Count {
        let steps = self
            .done
            .iter()
            .filter(|step| matches!(step.outcome, Outcome::Failed | Outcome::Left))
            .count() as u64;
        Count {
            passed: self.tests.passed,
            failed: self.tests.failed.max(steps),
        }
    }

    fn time(&mut self, name: &'static str, step: impl FnOnce() -> bool) -> bool {
        println!("\n── {name}");
        let _ = std::io::stdout().flush();
        let started = Instant::now();
        let passed = step();
        let outcome = if passed { Outcome::Passed } else { Outcome::Failed };
        self.done.push(Step {
            name,
            outcome,
            took: started.elapsed(),
        });
        passed
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.done {
            let (mark, word) = match step.outcome {
                Outcome::Passed => ('✓', ""),
                Outcome::Failed => ('✗', "  FAILED"),
                Outcome::Left => ('–', "  not run"),
                Outcome::Skipped => ('–', "  NOT TESTED on this machine"),
            };
            writeln!(
                f,
                "{mark} {:<28}{:>7.1} s{word}",
                step.name,
                step.took.as_secs_f64()
            )?;
        }
        Ok(())
    }
}

fn not_started(command: &Command, error: &std::io::Error) {
    eprintln!("{} could not be started: {error}", shown(command));
}

/// What was heard of a runner of tests.
#[derive(Default)]
struct Heard {
    count: Option<Count>,
    /// The end of both of its outputs, as it came, without colours.
    last: VecDeque<String>,
}

impl Heard {
    fn hear(&mut self, line: &str, read: fn(&str) -> Option<Count>) {
        self.count = read(line).or(self.count);
        self.last.push_back(line.trim_end().to_owned());
        if self.last.len() > LAST_LINES {
            self.last.pop_front();
        }
    }
}

/// Runs a command, passes on what it prints, and reads the count in it. Returns whether it passed, too.
fn watch(mut command: Command, read: fn(&str) -> Option<Count>) -> (bool, Heard) {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = child.inspect_err(|error| not_started(&command, error)) else {
        return (false, Heard::default());
    };
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let heard = Mutex::new(Heard::default());
    thread::scope(|scope| {
        scope.spawn(|| pass_on(out, std::io::stdout(), &heard, read));
        pass_on(err, std::io::stderr(), &heard, read);
    });
    let passed = child.wait().is_ok_and(|status| status.success());
    (passed, heard.into_inner().unwrap_or_default())
}

/// Copies lines, and hears them.
fn pass_on(
    from: Option<impl Read>,
    mut to: impl Write,
    heard: &Mutex<Heard>,
    read: fn(&str) -> Option<Count>,
) {
    let Some(from) = from else { return };
    let mut lines = BufReader::new(from);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        let _ = to.write_all(&line).and_then(|()| to.flush());
        if let Ok(mut heard) = heard.lock() {
            heard.hear(&plain(&String::from_utf8_lossy(&line)), read);
        }
        line.clear();
    }
}

/// Takes the colours out of a line.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.split_once('m').map_or("", |(_, rest)| rest)
    })
}

/// Reads nextest's summary: `Summary [ 1.2s] 5 tests run: 4 passed (1 slow), 1 failed, 2 skipped`.
pub(crate) fn of_nextest(line: &str) -> Option<Count> {
    let counts = line
        .trim_start()
        .strip_prefix("Summary [")?
        .split_once(" run: ")?
        .1;
    Some(Count {
        passed: before(counts, "passed").unwrap_or(0),
        failed: before(counts, "failed").unwrap_or(0) + before(counts, "timed out").unwrap_or(0),
    })
}

/// Reads vitest's summary: `Tests  1 failed | 4 passed (5)`.
pub(crate) fn of_vitest(line: &str) -> Option<Count> {
    let counts = line.trim_start().strip_prefix("Tests  ")?;
    Some(Count {
        passed: before(counts, "passed").unwrap_or(0),
        failed: before(counts, "failed").unwrap_or(0),
    })
}

/// Returns the number that stands before a word.
fn before(text: &str, word: &str) -> Option<u64> {
    let at = text.find(word)?;
    text.get(..at)?.split_whitespace().next_back()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::command;

    #[test]
    fn the_runners_own_summaries_are_read() {
        let nextest =
            "     Summary [   1.234s] 6 tests run: 4 passed (1 slow), 1 failed, 1 timed out, 2 skipped";
        assert_eq!(of_nextest(nextest), Some(Count { passed: 4, failed: 2 }));
        assert_eq!(
            of_nextest("     Summary [   0.1s] 1 test run: 1 passed, 0 skipped"),
            Some(Count { passed: 1, failed: 0 })
        );
        assert_eq!(
            of_vitest("      Tests  1 failed | 4 passed (5)\n"),
            Some(Count { passed: 4, failed: 1 })
        );
        assert_eq!(
            of_vitest("      Tests  129 passed (129)"),
            Some(Count {
                passed: 129,
                failed: 0
            })
        );
        assert_eq!(of_vitest(" Test Files  3 passed (3)"), None);
        assert_eq!(
            plain("\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m4 passed\u{1b}[39m"),
            "      Tests  4 passed"
        );
    }

    #[test]
    fn a_failed_step_fails_the_whole() {
        let mut steps = Steps::default();
        assert!(steps.does("fine", || Ok(())));
        assert!(!steps.does("broken", || anyhow::bail!("this is what a failure looks like")));
        assert_eq!(steps.count(), Count { passed: 0, failed: 1 });
        assert!(steps.to_string().contains("✗ broken"));
    }

    #[test]
    fn what_this_machine_cannot_run_fails_nothing_and_is_said_at_the_end() {
        let mut steps = Steps::default();
        steps.does("fine", || Ok(()));
        steps.skip("in a browser", "No Chromium was found");
        assert_eq!(steps.count(), Count { passed: 0, failed: 0 });
        assert!(steps.to_string().contains("NOT TESTED on this machine"));
        assert_eq!(
            steps.sum(),
            "NOT TESTED: in a browser – No Chromium was found\n0 passed, 0 failed"
        );
    }

    #[cfg(unix)]
    #[test]
    fn tests_that_never_got_counted_count_as_failed() {
        let mut steps = Steps::default();
        let mut runner = command("sh");
        runner.args(["-c", "echo building; echo 'could not compile' >&2; exit 101"]);
        assert!(!steps.tests("tests", runner, of_nextest));
        let (name, last) = &steps.last_words[0];
        assert_eq!(*name, "tests");
        assert!(last.contains(&"could not compile".to_owned()));
        assert_eq!(steps.count(), Count { passed: 0, failed: 1 });
    }
}
