//! What the shop sends: taken, checked against what is known, and on its way to the phone.

use std::sync::Arc;

use super::business::Line;
use super::customer::{Author, Status};
use super::notice::{self, Address};
use super::outgoing::Outgoing;
use super::refusal::Refusal;
use super::templates::{self, Filled};
use super::world::{self, Introduction};
use super::{WhatsApp, ids};

/// How long "typing…" shows unless a message ends it.
const TYPING_MS: i64 = 25_000;

/// Whom a request names, and how the answer names them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recipient<'a> {
    pub(super) named: &'a str,
    pub(super) address: Address,
}

/// What is answered to a message that was accepted.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) wamid: String,
    pub(super) phone: String,
}

impl WhatsApp {
    /// Takes a message and lets it travel. With `fails` it never arrives.
    pub(super) fn accept(
        self: &Arc<Self>,
        line: &Line,
        to: Recipient,
        mut message: Outgoing,
        fails: Option<i64>,
    ) -> Result<Accepted, Refusal> {
        let now_ms = self.clock.now_ms();
        if to.address == Address::Phone && ids::digits(to.named) == line.display {
            return Err(Refusal::coded(131_021));
        }
        self.fill_in(&mut message)?;
        let broken = self.look_up_files(&mut message, now_ms)?;
        let wamid = ids::wamid();
        let mut world = self.world();
        if to.address == Address::UserId && !world.knows(to.named) {
            return Err(Refusal::value("Recipient user ID is not known to this business"));
        }
        let customer = world.introduce(to.named, Introduction::default());
        let phone = customer.phone.clone();
        if let Err(code) = self.pace().take(&line.id, &phone, now_ms) {
            return Err(Refusal::coded(code));
        }
        customer.shop_types_until_ms = 0;
        let talk = customer.talk_mut(&line.id);
        talk.answered(now_ms);
        let talk = *talk;
        let closed = message.template.is_none() && !talk.window_is_open(now_ms);
        let target = message.about.as_deref().and_then(|about| customer.bubble(about));
        let reacts_to_nothing = message.kind == "reaction" && target.is_none();
        let fails = fails
            .or(broken.then_some(131_053))
            .or(closed.then_some(131_047))
            .or(reacts_to_nothing.then_some(131_009));
        let category = message
            .template
            .as_ref()
            .and_then(|template| template.category.clone());
        let mut bubble = world::bubble_from(&wamid, &line.id, message, self.clock.now());
        bubble.pricing = notice::pricing(category.as_deref(), &talk, now_ms);
        world.keep(&phone, bubble, Some(to.address));
        drop(world);
        let journey = Arc::clone(self).travel(wamid.clone(), fails);
        self.tasks
            .spawn(self.stop.clone().run_until_cancelled_owned(journey));
        Ok(Accepted { wamid, phone })
    }

    /// Writes a template as the customer will read it.
    fn fill_in(&self, message: &mut Outgoing) -> Result<(), Refusal> {
        let Some(call) = &mut message.template else {
            return Ok(());
        };
        let book = self.templates();
        let found = book.find(&call.name, &call.language);
        let filled = templates::fill(found, &call.name, &call.language, &call.components)?;
        let Filled {
            header,
            text,
            footer,
            button,
            choices,
            category,
            files,
        } = filled;
        call.category = Some(category);
        message.header = header;
        message.text = text;
        message.footer = footer;
        message.button = button;
        message.choices = choices;
        message.attached = files;
        Ok(())
    }

    /// Looks up the files of a message; returns whether one is not what it is sent as.
    fn look_up_files(&self, message: &mut Outgoing, now_ms: i64) -> Result<bool, Refusal> {
        let shelf = self.shelf();
        let mut broken = false;
        let unknown = |kind: &str| {
            Refusal::parameter(format!(
                "(#100) Param {kind}['id'] is not a valid whatsapp business account media attachment ID"
            ))
        };
        if let Some(file) = &mut message.file
            && let Some(id) = &file.id
        {
            let stored = shelf.find(id, now_ms).ok_or_else(|| unknown(&message.kind))?;
            broken |= !stored.fits(&message.kind, file.voice);
            file.mime = Some(stored.mime.clone());
            file.sha256 = Some(stored.sha256_hex());
            file.size = stored.bytes.len() as u64;
            file.filename = file.filename.take().or_else(|| stored.filename.clone());
        }
        for (kind, id) in &message.attached {
            let stored = shelf.find(id, now_ms).ok_or_else(|| unknown(kind))?;
            broken |= !stored.fits(kind, false);
        }
        Ok(broken)
    }

    async fn travel(self: Arc<Self>, wamid: String, fails: Option<i64>) {
        self.clock.sleep(self.options.sent_after).await;
        if fails.is_some() {
            return self.progress(&wamid, Status::Failed, fails);
        }
        self.progress(&wamid, Status::Sent, None);
        // WhatsApp tells nothing more of a reaction.
        if !self.reacts(&wamid) {
            self.clock.sleep(self.options.delivered_after).await;
            self.progress(&wamid, Status::Delivered, None);
        }
    }

    /// Puts a reaction on the message that it is for; returns whether the message is one.
    fn reacts(&self, wamid: &str) -> bool {
        let mut world = self.world();
        let Some((customer, _)) = world.receiver_of(wamid) else {
            return false;
        };
        let Some(bubble) = customer.bubble(wamid).filter(|bubble| bubble.kind == "reaction") else {
            return false;
        };
        let (about, emoji) = (bubble.about.clone(), bubble.text.clone());
        if let Some(target) = about.and_then(|about| customer.bubble_mut(&about)) {
            target.react(Author::Shop, &emoji);
        }
        drop(world);
        self.changed();
        true
    }

    /// Moves a message of the shop's on and tells of it; it never moves back.
    pub(super) fn progress(&self, wamid: &str, status: Status, error: Option<i64>) {
        let now_s = self.clock.now_s();
        let mut world = self.world();
        let Some((customer, address)) = world.receiver_of(wamid) else {
            return;
        };
        let Some(bubble) = customer.bubble_mut(wamid) else {
            return;
        };
        if bubble.status >= status {
            return;
        }
        bubble.status = status;
        let bubble = bubble.clone();
        if let Some(line) = self.line(Some(&bubble.line)) {
            let sender = self.sender(line);
            let body = notice::status(&sender, customer, &bubble, address, now_s, error);
            self.tell(wamid, status.name(), &body);
        }
        drop(world);
        self.changed();
    }

    /// Marks a customer's message, and those before it, as read by the shop.
    pub(super) fn shop_reads(&self, wamid: &str, types: bool) -> Result<(), Refusal> {
        let until_ms = self.clock.now_ms().saturating_add(TYPING_MS);
        let mut world = self.world();
        let customer = world.writer_of(wamid).ok_or_else(|| {
            Refusal::parameter(
                "(#100) Invalid parameter: the message_id is not of a message that was received",
            )
        })?;
        for bubble in customer
            .bubbles
            .iter_mut()
            .filter(|bubble| bubble.from == Author::Customer)
        {
            bubble.status = Status::Read;
            if bubble.wamid == wamid {
                break;
            }
        }
        if types {
            customer.shop_types_until_ms = until_ms;
        }
        drop(world);
        self.changed();
        Ok(())
    }

    /// Lets a customer see everything that has arrived; returns how many messages were new.
    pub(crate) fn read_all(&self, named: &str) -> Option<usize> {
        self.move_on(named, Status::Read, |bubble| bubble.status == Status::Delivered)
    }

    /// Lets a customer listen to every voice message; returns how many were new.
    pub(crate) fn play_all(&self, named: &str) -> Option<usize> {
        self.move_on(named, Status::Played, |bubble| {
            let voice = bubble.file.as_ref().is_some_and(|file| file.voice);
            voice && matches!(bubble.status, Status::Delivered | Status::Read)
        })
    }

    fn move_on(&self, named: &str, to: Status, whose: impl Fn(&super::Bubble) -> bool) -> Option<usize> {
        let those: Vec<String> = {
            let world = self.world();
            let bubbles = world.find(named)?.bubbles.iter();
            let arrived =
                bubbles.filter(|bubble| bubble.from == Author::Shop && !bubble.from_phone && whose(bubble));
            arrived.map(|bubble| bubble.wamid.clone()).collect()
        };
        for wamid in &those {
            self.progress(wamid, to, None);
        }
        Some(those.len())
    }
}
