//! The shop's own work on conversations: resolved, put aside, given to somebody, labelled, noted.

use std::time::Duration;

use crate::action::{Action, Actor, Work, apply};
use crate::domain::{ConversationId, LabelId, MemberId, Message, MessageId, MessageKind, Timestamp};
use crate::store::{conversations, messages, work};
use crate::{CoreEvent, Error, Inbox, Result};

/// Conversations that one change may touch.
const MOST: usize = 1000;
/// How long a note may be, in letters.
const NOTE: usize = 4096;
/// A computer that slept wakes with its clocks behind: due times are looked at this often.
const LOOK: Duration = Duration::from_secs(20);

/// Marks conversations done. A new message of the customer opens them again.
pub async fn resolve(inbox: &Inbox, conversations: Vec<ConversationId>) -> Result<()> {
    each(inbox, conversations, |conversation| Work::Resolve {
        conversation,
    })
    .await
}

/// Opens conversations again. `done_at` takes a resolving back as if it had not been.
pub async fn reopen(
    inbox: &Inbox,
    conversations: Vec<ConversationId>,
    done_at: Option<Timestamp>,
) -> Result<()> {
    each(inbox, conversations, move |conversation| Work::Reopen {
        conversation,
        done_at,
    })
    .await
}

/// Puts conversations aside until then; `None` brings them back. A customer's message does too.
pub async fn snooze(
    inbox: &Inbox,
    conversations: Vec<ConversationId>,
    until: Option<Timestamp>,
) -> Result<()> {
    if until.is_some_and(|until| until <= Timestamp::now()) {
        return Err(Error::Invalid(
            "The time to come back is over already. Choose a later one".into(),
        ));
    }
    each(inbox, conversations, move |conversation| match until {
        Some(until) => Work::Snooze { conversation, until },
        None => Work::Unsnooze { conversation },
    })
    .await
}

/// Gives conversations to somebody, or to nobody.
pub async fn assign(inbox: &Inbox, conversations: Vec<ConversationId>, to: Option<MemberId>) -> Result<()> {
    each(inbox, conversations, move |conversation| Work::Assign {
        conversation,
        to,
    })
    .await
}

/// Puts a label on conversations, or takes it off.
pub async fn label(
    inbox: &Inbox,
    conversations: Vec<ConversationId>,
    label: LabelId,
    on: bool,
) -> Result<()> {
    each(inbox, conversations, move |conversation| {
        if on {
            Work::GiveLabel { conversation, label }
        } else {
            Work::TakeLabel { conversation, label }
        }
    })
    .await
}

/// Writes a note into a thread. It is never sent. The same id twice is one note.
pub async fn note(
    inbox: &Inbox,
    id: MessageId,
    conversation: ConversationId,
    text: String,
) -> Result<Message> {
    let text = cobro_protocol::cards::mask_text(text.trim()).into_owned();
    if text.is_empty() {
        return Err(Error::Invalid("The note is empty. Write something first".into()));
    }
    if text.chars().count() > NOTE {
        return Err(Error::Invalid(format!(
            "The note is longer than {NOTE} letters. Make two of it"
        )));
    }
    let message = inbox
        .store
        .write(move |tx| {
            conversations::address(tx, conversation)?;
            let note = Work::Note {
                message: id,
                conversation,
                text,
            };
            apply(tx, Actor::Person, &Action::Work(note), Timestamp::now())?;
            messages::get(tx, id)
        })
        .await?;
    inbox.emit(CoreEvent::ConversationChanged { conversation });
    Ok(message)
}

/// Takes a note out of its thread.
pub async fn remove_note(inbox: &Inbox, message: MessageId) -> Result<()> {
    let conversation = inbox
        .store
        .write(move |tx| {
            let known = messages::get(tx, message)?;
            if known.kind != MessageKind::Note {
                return Err(Error::Invalid(
                    "Only notes can be removed. What was said to or by a customer stays".into(),
                ));
            }
            apply(
                tx,
                Actor::Person,
                &Action::Work(Work::RemoveNote { message }),
                Timestamp::now(),
            )?;
            Ok(known.conversation)
        })
        .await?;
    inbox.emit(CoreEvent::ConversationChanged { conversation });
    Ok(())
}

/// Makes the same change to each conversation, in one transaction.
async fn each(
    inbox: &Inbox,
    conversations: Vec<ConversationId>,
    change: impl Fn(ConversationId) -> Work + Send + 'static,
) -> Result<()> {
    if conversations.len() > MOST {
        return Err(Error::Invalid(format!(
            "At most {MOST} conversations can be changed at once. Choose fewer"
        )));
    }
    let changed = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let mut changed = Vec::new();
            for conversation in conversations {
                if apply(tx, Actor::Person, &Action::Work(change(conversation)), now)? {
                    changed.push(conversation);
                }
            }
            Ok(changed)
        })
        .await?;
    tell(inbox, &changed);
    inbox.waking.notify_one();
    Ok(())
}

fn tell(inbox: &Inbox, changed: &[ConversationId]) {
    for conversation in changed {
        inbox.emit(CoreEvent::ConversationChanged {
            conversation: *conversation,
        });
    }
    if !changed.is_empty() {
        inbox.emit(CoreEvent::StatusChanged);
    }
}

/// Brings conversations back when their time has come, also one that came while Cobro or the computer slept.
pub(crate) async fn run(inbox: Inbox) {
    loop {
        let pause = match wake_due(&inbox).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, "What was put aside could not be brought back");
                LOOK
            }
        };
        if !inbox.rest(Some(&inbox.waking), pause).await {
            return;
        }
    }
}

/// Brings back what is due. Returns how long until the next look.
async fn wake_due(inbox: &Inbox) -> Result<Duration> {
    let announced = inbox.announces;
    let now = Timestamp::now();
    let (next, due) = inbox
        .store
        .read(move |conn| Ok((work::next_due(conn)?, work::due(conn, now)?)))
        .await?;
    if due.is_empty() {
        return Ok(next.map_or(LOOK * 15, |next| {
            next.since(now).clamp(Duration::from_millis(50), LOOK)
        }));
    }
    let woken = inbox
        .store
        .write(move |tx| {
            let mut woken = Vec::new();
            for conversation in due {
                let wake = Work::Wake {
                    conversation,
                    announced,
                };
                if apply(tx, Actor::Rule, &Action::Work(wake), now)? {
                    woken.push(conversation);
                }
            }
            Ok(woken)
        })
        .await?;
    tell(inbox, &woken);
    inbox.notices.notify_one();
    Ok(Duration::from_millis(50))
}
