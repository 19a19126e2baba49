//! What the command line says.

use std::path::PathBuf;

use clap::Parser;
use cobro_core::domain::ConversationId;

/// An inbox for people who sell over WhatsApp and are paid with Stripe
#[derive(Debug, Parser, PartialEq, Eq)]
#[command(name = "cobro-desktop", version, about)]
pub(crate) struct Args {
    /// The profile folder; the usual one if left out
    #[arg(long, value_name = "DIR", env = "COBRO_PROFILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Show this conversation, in the window that is open or in a new one
    #[arg(long, value_name = "CONVERSATION_ID")]
    pub(crate) open: Option<ConversationId>,
}

impl Args {
    /// Returns what the arguments of a later start ask of this one.
    pub(crate) fn of_later_start(arguments: Vec<String>) -> Option<Self> {
        Self::try_parse_from(arguments).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_start_names_the_conversation_to_show() {
        let id = ConversationId::new();
        let arguments = vec!["cobro-desktop".into(), "--open".into(), id.to_string()];
        assert_eq!(Args::of_later_start(arguments).unwrap().open, Some(id));
    }

    #[test]
    fn a_later_start_that_makes_no_sense_asks_nothing() {
        assert_eq!(
            Args::of_later_start(vec!["cobro-desktop".into(), "--open=nothing".into()]),
            None
        );
    }
}
