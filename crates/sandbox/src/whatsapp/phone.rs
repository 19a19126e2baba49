//! The shop's own phone: what is written on it, its phone book, and when it leaves the Cloud API.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::business::Line;
use super::customer::{Author, Status};
use super::history::{HistoryPlan, HistoryReport};
use super::inbound::{self, FileToSend, object};
use super::world::{self, Introduction};
use super::{WhatsApp, ids, notice, refusal};

/// What the phone has to share when it is asked for.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) history: Option<HistoryPlan>,
    /// The shop does not share its history.
    pub(crate) declined: bool,
    pub(crate) phone_book: Vec<PhoneBookEntry>,
    /// The last history that was sent.
    pub(crate) told: Option<HistoryReport>,
}

/// One contact of the phone's.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhoneBookEntry {
    pub(crate) phone: String,
    pub(crate) full_name: Option<String>,
    pub(crate) first_name: Option<String>,
    #[serde(default)]
    pub(crate) removed: bool,
}

/// Something done on the shop's phone in a customer's chat.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhoneMessage {
    pub(crate) to: String,
    pub(crate) line: Option<String>,
    pub(crate) wamid: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) file: Option<FileToSend>,
    /// A wamid, or `last` for the phone's newest message.
    pub(crate) edit: Option<String>,
    pub(crate) revoke: Option<String>,
    /// Any message, as it would stand in the webhook.
    pub(crate) raw: Option<Map<String, Value>>,
}

impl PhoneMessage {
    pub(crate) fn text(to: &str, text: &str) -> Self {
        Self {
            to: to.to_owned(),
            text: Some(text.to_owned()),
            ..Self::default()
        }
    }
}

/// Why a number leaves the Cloud API.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Disconnection {
    pub(crate) line: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) initiated_by: Option<String>,
}

impl WhatsApp {
    /// Writes to a customer from the shop's phone; the desk hears it as an echo.
    pub(crate) fn write_on_phone(&self, message: PhoneMessage) -> Result<String, String> {
        let line = self.known_line(message.line.as_deref())?;
        let named = message.to.clone();
        self.introduce(&named, Introduction::default());
        let wamid = message.wamid.clone().unwrap_or_else(ids::wamid);
        let content = self.phone_content(&line, message)?;
        let mut world = self.world();
        let customer = world.introduce(&named, Introduction::default());
        world::change_target(customer, Author::Shop, &content);
        let mut told = Map::new();
        told.insert("from".to_owned(), line.display.clone().into());
        match customer.known_phone() {
            Some(phone) => told.insert("to".to_owned(), phone.into()),
            None => told.insert("to_user_id".to_owned(), customer.user_id.clone().into()),
        };
        told.insert("id".to_owned(), wamid.clone().into());
        told.insert("timestamp".to_owned(), self.clock.now_s().to_string().into());
        let mut bubble = world::bubble_of(&wamid, &line.id, &content, self.clock.now());
        bubble.from = Author::Shop;
        bubble.from_phone = true;
        bubble.status = Status::Delivered;
        told.extend(content);
        let value = json!({"message_echoes": [told]});
        if !world.has_message(&wamid) {
            world.keep(&named, bubble, None);
        }
        drop(world);
        let body = notice::on_line(&self.sender(line), "smb_message_echoes", value);
        self.tell(&wamid, "smb_message_echoes", &body);
        self.changed();
        Ok(wamid)
    }

    fn phone_content(&self, line: &Line, message: PhoneMessage) -> Result<Map<String, Value>, String> {
        let own = |target: &str| {
            self.message_in_chat(&message.to, target, Author::Shop)
                .map(|(wamid, _)| wamid)
        };
        if let Some(target) = &message.edit {
            let text = message.text.as_deref().ok_or("an edit needs its new 'text'")?;
            return Ok(inbound::edit(&own(target)?, text));
        }
        if let Some(target) = &message.revoke {
            return Ok(inbound::revoke(&own(target)?));
        }
        if let Some(raw) = message.raw {
            return Ok(raw);
        }
        if let Some(file) = message.file {
            return self.shelve(line, file).map(|(_, content)| content);
        }
        let text = message
            .text
            .ok_or("give 'text', 'file', 'edit', 'revoke' or 'raw'")?;
        Ok(object(json!({"type": "text", "text": {"body": text}})))
    }

    /// Tells of contacts in the phone's book, and keeps those for later synchronizations.
    pub(crate) fn change_phone_book(
        &self,
        line: Option<&str>,
        entries: Vec<PhoneBookEntry>,
    ) -> Result<usize, String> {
        let line = self.known_line(line)?;
        let count = entries.len();
        self.tell_phone_book(line, &entries);
        let mut memory = super::locked(&self.memory);
        for entry in entries {
            memory
                .phone_book
                .retain(|known| ids::digits(&known.phone) != ids::digits(&entry.phone));
            if !entry.removed {
                memory.phone_book.push(entry);
            }
        }
        Ok(count)
    }

    /// Keeps contacts that the phone tells of once it is asked.
    pub(crate) fn fill_phone_book(&self, entries: Vec<PhoneBookEntry>) {
        super::locked(&self.memory).phone_book = entries;
    }

    fn tell_phone_book(&self, line: Line, entries: &[PhoneBookEntry]) {
        let now_s = self.clock.now_s().to_string();
        let told: Vec<Value> = entries
            .iter()
            .map(|entry| {
                let mut contact = Map::new();
                if !entry.removed {
                    for (name, value) in [("full_name", &entry.full_name), ("first_name", &entry.first_name)]
                    {
                        if let Some(value) = value {
                            contact.insert(name.to_owned(), value.clone().into());
                        }
                    }
                }
                contact.insert("phone_number".to_owned(), ids::digits(&entry.phone).into());
                let action = if entry.removed { "remove" } else { "add" };
                json!({"type": "contact", "contact": contact, "action": action,
                       "metadata": {"timestamp": now_s}})
            })
            .collect();
        let sender = self.sender(line);
        for part in told.chunks(500) {
            let body = notice::on_line(&sender, "smb_app_state_sync", json!({"state_sync": part}));
            self.tell("phone-book", "smb_app_state_sync", &body);
        }
    }

    /// Lets the phone share what it was asked for by the API.
    pub(super) fn synchronize(&self, line: Line, what: &str) {
        if what == "smb_app_state_sync" {
            let entries = super::locked(&self.memory).phone_book.clone();
            return self.tell_phone_book(line, &entries);
        }
        let (plan, declined) = {
            let memory = super::locked(&self.memory);
            (memory.history.clone(), memory.declined)
        };
        if declined {
            return self.decline_history(line);
        }
        // A phone that nobody prepared remembers a little.
        let plan = plan.unwrap_or(HistoryPlan {
            messages: 60,
            threads: 6,
            ..HistoryPlan::default()
        });
        let plan = HistoryPlan {
            line: Some(line.id),
            ..plan
        };
        if let Err(error) = self.send_history(plan) {
            tracing::warn!(%error, "The history could not be made");
        }
    }

    /// Prepares what the phone answers when its history is asked for.
    pub(crate) fn remember(&self, history: Option<HistoryPlan>, declined: bool) {
        let mut memory = super::locked(&self.memory);
        memory.history = history;
        memory.declined = declined;
    }

    pub(crate) fn decline_history_of(&self, line: Option<&str>) -> Result<(), String> {
        self.decline_history(self.known_line(line)?);
        Ok(())
    }

    /// Tells that the shop does not share its phone's history.
    fn decline_history(&self, line: Line) {
        let value = json!({"history": [{"errors": [refusal::webhook_error(2_593_109)]}]});
        let body = notice::on_line(&self.sender(line), "history", value);
        self.tell("history", "history", &body);
    }

    /// Takes a number off the Cloud API, as when the shop does so on its phone.
    pub(crate) fn disconnect(&self, disconnection: Disconnection) -> Result<(), String> {
        let line = self.known_line(disconnection.line.as_deref())?;
        if let Some(number) = self.business().number_mut(&line.id) {
            number.registered = false;
        }
        let value = json!({
            "event": "PARTNER_REMOVED",
            "waba_info": {"waba_id": self.options.waba_id, "owner_business_id": self.options.business_id},
            "disconnection_info": {
                "reason": disconnection.reason.unwrap_or_else(|| "ACCOUNT_DISCONNECTED".to_owned()),
                "initiated_by": disconnection.initiated_by.unwrap_or_else(|| "BUSINESS".to_owned()),
            },
            "phone_number": line.display,
        });
        let body = self.about_account("account_update", value);
        self.tell("account", "account_update", &body);
        Ok(())
    }

    /// Brings a number back, for which synchronizations may be asked for again.
    pub(crate) fn reconnect(&self, line: Option<&str>) -> Result<(), String> {
        let line = self.known_line(line)?;
        let now_ms = self.clock.now_ms();
        if let Some(number) = self.business().number_mut(&line.id) {
            number.registered = true;
            number.onboarded_ms = now_ms;
            number.synchronized.clear();
        }
        let value = json!({"event": "ACCOUNT_RECONNECTED", "phone_number": line.display});
        let body = self.about_account("account_update", value);
        self.tell("account", "account_update", &body);
        Ok(())
    }
}
