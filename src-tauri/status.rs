//! What the window shows of the desk as a whole.

use cobro_core::domain::{Line, Problem};
use cobro_core::{StreamState, conversation, health};
use serde::Serialize;
use specta::Type;

use crate::error::CommandError;
use crate::shell::{OpenDesk, Phase, Shell};

#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "state", rename_all = "camelCase")]
pub(crate) enum Startup {
    Starting,
    Ready,
    Failed { error: CommandError },
}

/// Which money this desk moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Mode {
    Sandbox,
    Test,
    Live,
    /// Stripe is not set up, or the desk is not open.
    Unset,
}

/// How often Stripe was read this month, and how often it may be.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StripeReads {
    used: u32,
    allowance: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    startup: Startup,
    mode: Mode,
    stream: StreamState,
    lines: Vec<Line>,
    unread: u32,
    outbox_depth: u32,
    default_currency: String,
    default_expiry_hours: u32,
    /// How long a charge can be taken back before it is created.
    hold_seconds: u32,
    stripe_reads: StripeReads,
    /// Where WhatsApp and Stripe post, if the relay is inside this desk.
    relay_url: Option<String>,
    profile: String,
    problems: Vec<Problem>,
}

/// Returns how the desk is; while it is not open, only how far it has come.
pub(crate) async fn of(shell: &Shell) -> Result<Status, CommandError> {
    let profile = shell.profile().display().to_string();
    match shell.phase() {
        Phase::Starting => Ok(Status::without_desk(Startup::Starting, profile)),
        Phase::Failed(error) => Ok(Status::without_desk(Startup::Failed { error }, profile)),
        Phase::Ready(desk) => Status::of_desk(desk, profile).await,
    }
}

impl Status {
    fn without_desk(startup: Startup, profile: String) -> Self {
        Self {
            startup,
            mode: Mode::Unset,
            stream: StreamState::Stopped,
            lines: Vec::new(),
            unread: 0,
            outbox_depth: 0,
            default_currency: "MXN".into(),
            default_expiry_hours: 0,
            hold_seconds: 0,
            stripe_reads: StripeReads {
                used: 0,
                allowance: 0,
            },
            relay_url: None,
            profile,
            problems: Vec::new(),
        }
    }

    async fn of_desk(desk: OpenDesk, profile: String) -> Result<Self, CommandError> {
        let inbox = &desk.inbox;
        let (used, allowance) = health::stripe_reads(inbox).await?;
        Ok(Self {
            startup: Startup::Ready,
            mode: desk.mode.into(),
            stream: inbox.stream_state(),
            lines: conversation::all_lines(inbox).await?,
            unread: conversation::unread(inbox).await?,
            outbox_depth: health::outbox_depth(inbox).await?,
            default_currency: inbox.default_currency.code().to_owned(),
            default_expiry_hours: inbox.default_expiry_hours,
            hold_seconds: desk.hold_seconds,
            stripe_reads: StripeReads {
                used: shown(used),
                allowance: shown(allowance),
            },
            relay_url: desk.relay_url,
            profile,
            problems: inbox.problems.all(),
        })
    }
}

impl From<cobro_desk::Mode> for Mode {
    fn from(mode: cobro_desk::Mode) -> Self {
        match mode {
            cobro_desk::Mode::Sandbox => Self::Sandbox,
            cobro_desk::Mode::Test => Self::Test,
            cobro_desk::Mode::Live => Self::Live,
            cobro_desk::Mode::Unset => Self::Unset,
        }
    }
}

fn shown(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
