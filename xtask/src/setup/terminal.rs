//! Whether somebody sits there, and asking them.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin};

/// Returns whether a question would be answered.
pub(super) fn can_ask() -> bool {
    let automatic = std::env::var("CI").is_ok_and(|value| !["", "0", "false"].contains(&value.as_str()));
    !automatic && stdin().is_terminal() && stderr().is_terminal()
}

/// Asks a question; Enter alone is a yes.
pub(super) fn agrees(question: &str) -> bool {
    eprint!("{question} [Y/n] ");
    let _ = stderr().flush();
    let mut answer = String::new();
    // An end of input is no answer, and no answer is a no.
    let answered = stdin().lock().read_line(&mut answer).is_ok_and(|read| read > 0);
    answered && is_yes(&answer)
}

fn is_yes(answer: &str) -> bool {
    ["", "y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        for (answer, yes) in [
            ("\n", true),
            ("Y\n", true),
            ("yes\n", true),
            ("n\n", false),
            ("what\n", false),
        ] {
            assert_eq!(is_yes(answer), yes, "{answer:?}");
        }
    }
}
