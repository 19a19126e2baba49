//! What customers send, tap, change and call, in the shapes that Meta documents.

use axum::body::Bytes;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::business::Line;
use super::customer::{Author, Bubble, Customer};
use super::media::{Class, Stored, is_animated};
use super::world::{self, Introduction};
use super::{WhatsApp, ids, notice, put_in, samples};

/// What may stand around any message of a customer's.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Letterhead {
    /// The id or display number of the shop's number; absent: the first.
    pub(crate) line: Option<String>,
    pub(crate) wamid: Option<String>,
    /// A wamid, or `last` for the shop's newest message.
    pub(crate) reply_to: Option<String>,
    pub(crate) forwarded: bool,
    pub(crate) often_forwarded: bool,
    /// The ad that led here; `true` for one that is made up.
    pub(crate) referral: Option<Value>,
    /// The shop's product that this is about.
    pub(crate) product: Option<String>,
}

/// A file that somebody sends: a sample, base64, or a file on this machine.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FileToSend {
    pub(crate) sample: Option<String>,
    pub(crate) base64: Option<String>,
    pub(crate) path: Option<String>,
    /// Image, audio, voice, video, document or sticker; absent: by the type.
    pub(crate) kind: Option<String>,
    pub(crate) mime: Option<String>,
    pub(crate) filename: Option<String>,
    pub(crate) caption: Option<String>,
    #[serde(skip)]
    pub(crate) bytes: Option<Bytes>,
}

/// A file with everything that is known about it.
struct Ready {
    kind: String,
    voice: bool,
    mime: String,
    filename: Option<String>,
    caption: Option<String>,
    bytes: Bytes,
}

impl FileToSend {
    /// Finds the bytes and fills in what was not told.
    fn ready(self) -> Result<Ready, String> {
        let sample = match self.sample.as_deref() {
            Some(name) => Some(samples::named(name).ok_or_else(|| {
                format!(
                    "there is no sample '{name}': take one of {}",
                    samples::NAMES.join(", ")
                )
            })?),
            None => None,
        };
        let bytes = match (&sample, self.base64, self.path, self.bytes) {
            (Some(sample), None, None, None) => Bytes::from(sample.bytes.clone().into_owned()),
            (None, Some(text), None, None) => {
                let decoded = BASE64_STANDARD.decode(text.trim());
                Bytes::from(decoded.map_err(|error| format!("'base64' is not base64: {error}"))?)
            }
            (None, None, Some(path), None) => {
                let read = std::fs::read(&path);
                Bytes::from(read.map_err(|error| format!("the file {path} can't be read: {error}"))?)
            }
            (None, None, None, Some(bytes)) => bytes,
            _ => return Err("give one of 'sample', 'base64' and 'path'".to_owned()),
        };
        let mime = self
            .mime
            .or_else(|| sample.as_ref().map(|sample| sample.mime.to_owned()));
        let mime = mime.unwrap_or_else(|| guessed(&bytes).to_owned());
        let told = self
            .kind
            .or_else(|| sample.as_ref().map(|sample| sample.kind.to_owned()));
        let told = told.unwrap_or_else(|| kind_of(&mime).to_owned());
        let voice = told == "voice" || sample.as_ref().is_some_and(|sample| sample.name == "voice");
        let kind = if told == "voice" { "audio".to_owned() } else { told };
        if Class::of_kind(&kind).is_none() {
            return Err(format!(
                "'{kind}' is no kind of file: take image, audio, voice, video, document or sticker"
            ));
        }
        let filename = self
            .filename
            .or_else(|| sample.map(|sample| sample.filename.to_owned()));
        Ok(Ready {
            voice,
            mime,
            filename: filename.filter(|_| kind == "document"),
            kind,
            caption: self.caption,
            bytes,
        })
    }
}

fn guessed(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'%', b'P', b'D', b'F', ..] => "application/pdf",
        [b'O', b'g', b'g', b'S', ..] => "audio/ogg; codecs=opus",
        [b'I', b'D', b'3', ..] => "audio/mpeg",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        _ => "application/octet-stream",
    }
}

fn kind_of(mime: &str) -> &'static str {
    match mime.split('/').next() {
        Some("image") if mime.starts_with("image/webp") => "sticker",
        Some("image") => "image",
        Some("audio") => "audio",
        Some("video") => "video",
        _ => "document",
    }
}

/// Returns an object of what is there.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

impl WhatsApp {
    /// Lets a customer send a message: `content` has at least `type` and what goes with it.
    ///
    /// The same wamid again is the same message again: a webhook, but nothing new on the phone.
    /// Returns `None` if the shop has no such number.
    pub(crate) fn receive(
        &self,
        named: &str,
        line: Option<&str>,
        wamid: Option<String>,
        content: Map<String, Value>,
    ) -> Option<String> {
        let line = self.line(line)?;
        let now_ms = self.clock.now_ms();
        let wamid = wamid.unwrap_or_else(ids::wamid);
        let mut world = self.world();
        let known = world.has_message(&wamid);
        let customer = world.introduce(named, Introduction::default());
        let talk = customer.talk_mut(&line.id);
        talk.wrote_ms = Some(now_ms);
        if content.contains_key("referral") {
            talk.clicked_ms = Some(now_ms);
        }
        let bubble = world::bubble_of(&wamid, &line.id, &content, self.clock.now());
        if !known {
            world::change_target(customer, Author::Customer, &content);
        }
        let body = notice::message(
            &self.sender(line),
            customer,
            &wamid,
            now_ms.div_euclid(1000),
            content,
        );
        if !known {
            world.keep(named, bubble, None);
        }
        self.tell(&wamid, "message", &body);
        drop(world);
        self.changed();
        Some(wamid)
    }

    /// Lets a customer send a message with what stands around it.
    pub(crate) fn receive_under(
        &self,
        named: &str,
        head: Letterhead,
        mut content: Map<String, Value>,
    ) -> Result<String, String> {
        let line = self.known_line(head.line.as_deref())?;
        if let Some(context) = self.context(named, &head, &line)? {
            content.insert("context".to_owned(), context);
        }
        match head.referral {
            None | Some(Value::Bool(false) | Value::Null) => {}
            Some(Value::Bool(true)) => {
                content.insert("referral".to_owned(), an_ad());
            }
            Some(referral) => {
                content.insert("referral".to_owned(), referral);
            }
        }
        let wamid = head
            .wamid
            .or_else(|| content.get("id").and_then(Value::as_str).map(str::to_owned));
        let received = self.receive(named, Some(&line.id), wamid, content);
        received.ok_or_else(|| "the shop has no such number".to_owned())
    }

    pub(super) fn known_line(&self, named: Option<&str>) -> Result<Line, String> {
        self.line(named).ok_or_else(|| {
            format!(
                "the shop has no number '{}': GET /sandbox/numbers lists them",
                named.unwrap_or_default()
            )
        })
    }

    fn context(&self, named: &str, head: &Letterhead, line: &Line) -> Result<Option<Value>, String> {
        let mut context = Map::new();
        if let Some(target) = &head.reply_to {
            let (wamid, author) = self.message_in_chat(named, target, Author::Shop)?;
            let from = match author {
                Author::Shop => line.display.clone(),
                Author::Customer => self
                    .world()
                    .find(named)
                    .map(|customer| customer.phone.clone())
                    .unwrap_or_default(),
            };
            context.insert("from".to_owned(), from.into());
            context.insert("id".to_owned(), wamid.into());
        }
        if head.forwarded {
            context.insert("forwarded".to_owned(), true.into());
        }
        if head.often_forwarded {
            context.insert("frequently_forwarded".to_owned(), true.into());
        }
        if let Some(product) = &head.product {
            context.insert("from".to_owned(), line.display.clone().into());
            context
                .entry("id".to_owned())
                .or_insert_with(|| ids::wamid().into());
            context.insert(
                "referred_product".to_owned(),
                json!({"catalog_id": "194836987003835", "product_retailer_id": product}),
            );
        }
        Ok((!context.is_empty()).then_some(Value::Object(context)))
    }

    /// Returns a message's wamid and author; `last` is the newest of `whose`.
    pub(crate) fn message_in_chat(
        &self,
        named: &str,
        target: &str,
        whose: Author,
    ) -> Result<(String, Author), String> {
        let world = self.world();
        let customer = world
            .find(named)
            .ok_or_else(|| format!("nobody is called '{named}': let the customer write first"))?;
        let fits = |bubble: &&Bubble| match target {
            "last" => bubble.from == whose && bubble.is_on_the_phone() && !bubble.deleted,
            wamid => bubble.wamid == wamid,
        };
        let found = customer.bubbles.iter().rfind(fits);
        // Where the shop wrote nothing yet, people quote and like their own words.
        let own = || {
            let any = |bubble: &&Bubble| bubble.is_on_the_phone() && !bubble.deleted;
            let is_last = target == "last" && whose == Author::Shop;
            customer.bubbles.iter().rfind(|bubble| is_last && any(bubble))
        };
        match found.or_else(own) {
            Some(bubble) => Ok((bubble.wamid.clone(), bubble.from)),
            // Any id may be tried, as for messages from before the sandbox began.
            None if target != "last" => Ok((target.to_owned(), whose)),
            None => Err(format!(
                "'last' names nothing: this chat has no message of the {} yet. Let them write first, or name a wamid",
                if whose == Author::Shop {
                    "shop's or the customer's"
                } else {
                    "customer's"
                }
            )),
        }
    }

    /// Lets a customer send a file.
    pub(crate) fn receive_file(
        &self,
        named: &str,
        head: Letterhead,
        file: FileToSend,
    ) -> Result<(String, String), String> {
        let line = self.known_line(head.line.as_deref())?;
        let (stored, content) = self.shelve(&line, file)?;
        let wamid = self.receive_under(named, head, content)?;
        if let Some(file) = self
            .world()
            .introduce(named, Introduction::default())
            .bubble_mut(&wamid)
            .and_then(|bubble| bubble.file.as_mut())
        {
            file.size = stored.bytes.len() as u64;
            file.sha256 = Some(stored.sha256_hex());
        }
        Ok((wamid, stored.id))
    }

    /// Keeps a file and returns the message that shows it.
    pub(super) fn shelve(
        &self,
        line: &Line,
        file: FileToSend,
    ) -> Result<(Stored, Map<String, Value>), String> {
        let ready = file.ready()?;
        let now_ms = self.clock.now_ms();
        let mut shelf = self.shelf();
        let stored = shelf.receive(
            &line.id,
            &ready.mime,
            ready.filename.clone(),
            ready.bytes.clone(),
            now_ms,
        );
        let hash = shelf.link(&stored.id, now_ms);
        drop(shelf);
        let mut told = Map::new();
        told.insert("mime_type".to_owned(), stored.mime.clone().into());
        told.insert("sha256".to_owned(), stored.sha256_base64().into());
        told.insert("id".to_owned(), stored.id.clone().into());
        let url = file_url(&self.options.public_url, &stored.id, &hash);
        told.insert("url".to_owned(), url.into());
        if let Some(caption) = ready.caption.filter(|caption| !caption.is_empty()) {
            told.insert("caption".to_owned(), caption.into());
        }
        if let Some(filename) = ready.filename {
            told.insert("filename".to_owned(), filename.into());
        }
        match ready.kind.as_str() {
            "audio" => {
                told.insert("voice".to_owned(), ready.voice.into());
            }
            "sticker" => {
                told.insert("animated".to_owned(), is_animated(&ready.bytes).into());
            }
            _ => {}
        }
        let kind = ready.kind;
        let mut content = Map::new();
        content.insert("type".to_owned(), kind.clone().into());
        content.insert(kind, told.into());
        Ok((stored, content))
    }

    /// Lets a customer tap a button or a row that the shop sent: by id, title, or the first.
    pub(crate) fn tap(
        &self,
        named: &str,
        wamid: Option<&str>,
        choice: Option<&str>,
    ) -> Result<String, String> {
        let (bubble, line) = {
            let world = self.world();
            let customer = world
                .find(named)
                .ok_or_else(|| format!("nobody is called '{named}': let the customer write first"))?;
            let fits = |bubble: &&Bubble| {
                bubble.from == Author::Shop
                    && bubble.is_on_the_phone()
                    && !bubble.choices.is_empty()
                    && wamid.is_none_or(|wamid| bubble.wamid == wamid)
            };
            let bubble = customer.bubbles.iter().rfind(fits).cloned();
            let bubble = bubble.ok_or_else(|| "nothing on this phone can be tapped".to_owned())?;
            let line = bubble.line.clone();
            (bubble, line)
        };
        let fits = |one: &&super::Choice| choice.is_none_or(|choice| one.id == choice || one.title == choice);
        let Some(chosen) = bubble.choices.iter().find(fits) else {
            let titles: Vec<&str> = bubble.choices.iter().map(|one| one.title.as_str()).collect();
            return Err(format!(
                "there is no such choice: take one of {}",
                titles.join(", ")
            ));
        };
        let content = if bubble.template.is_some() {
            json!({"type": "button", "button": {"payload": chosen.id, "text": chosen.title}})
        } else if chosen.description.is_some() || bubble.choices.len() > 3 {
            json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": chosen}})
        } else {
            let reply = json!({"id": chosen.id, "title": chosen.title});
            json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": reply}})
        };
        let head = Letterhead {
            line: Some(line),
            reply_to: Some(bubble.wamid.clone()),
            ..Letterhead::default()
        };
        self.receive_under(named, head, object(content))
    }

    /// Gives a customer another number, as WhatsApp tells it. The user id changes with it.
    pub(crate) fn change_number(&self, named: &str, line: Option<&str>, to: &str) -> Result<String, String> {
        let to = ids::digits(to);
        if !(7..=15).contains(&to.len()) {
            return Err("'number' must be a phone number with its country code".to_owned());
        }
        let line = self.known_line(line)?;
        let before = self.known_customer(named)?;
        let content = json!({"type": "system", "system": {
            "body": format!("User {} changed from {} to {to}", before.name, before.phone),
            "wa_id": to, "user_id": ids::user_id(&to), "type": "user_changed_number",
        }});
        let wamid = self.announce(&line, &before, object(content));
        self.introduce(
            named,
            Introduction {
                phone: Some(to.clone()),
                user_id: Some(ids::user_id(&to)),
                ..Introduction::default()
            },
        );
        Ok(wamid)
    }

    /// Gives a customer another user id, told by both webhooks that Meta documents.
    pub(crate) fn change_user_id(&self, named: &str, line: Option<&str>, to: &str) -> Result<String, String> {
        if !world::is_user_id(to) {
            return Err("'user_id' must look like MX.13491208655302741918".to_owned());
        }
        let line = self.known_line(line)?;
        let before = self.known_customer(named)?;
        let content = json!({"type": "system", "system": {
            "body": format!("User {} changed from {} to {to}", before.name, before.user_id),
            "wa_id": before.known_phone(), "user_id": to, "type": "user_changed_user_id",
        }});
        let wamid = self.announce(&line, &before, object(content));
        let mut update = json!({
            "detail": format!("User id for {} has been updated.", before.name),
            "user_id": {"previous": before.user_id, "current": to},
            "timestamp": self.clock.now_s().to_string(),
        });
        let mut contact = json!({"profile": {"name": before.name}});
        if let Some(phone) = before.known_phone() {
            put_in(&mut update, "wa_id", phone);
            put_in(&mut contact, "wa_id", phone);
        }
        let value = json!({"contacts": [contact], "user_id_update": [update]});
        let body = notice::on_line(&self.sender(line), "user_id_update", value);
        self.tell(&wamid, "user_id_update", &body);
        let user_id = Some(to.to_owned());
        self.introduce(
            named,
            Introduction {
                user_id,
                ..Introduction::default()
            },
        );
        Ok(wamid)
    }

    /// Tells that a customer's security code is another.
    pub(crate) fn change_identity(&self, named: &str, line: Option<&str>) -> Result<String, String> {
        let line = self.known_line(line)?;
        let customer = self.known_customer(named)?;
        let content = json!({"type": "system", "system": {
            "body": format!("The security code of {} changed", customer.name),
            "identity": ids::token(12), "wa_id": customer.known_phone(), "type": "customer_identity_changed",
        }});
        Ok(self.announce(&line, &customer, object(content)))
    }

    /// Tells that a customer does not want marketing any more, or does again.
    pub(crate) fn change_preference(
        &self,
        named: &str,
        line: Option<&str>,
        value: &str,
    ) -> Result<String, String> {
        if !matches!(value, "stop" | "resume") {
            return Err("'marketing' must be stop or resume".to_owned());
        }
        let line = self.known_line(line)?;
        let customer = self.known_customer(named)?;
        self.world()
            .introduce(named, Introduction::default())
            .no_marketing = value == "stop";
        let mut preference = json!({
            "user_id": customer.user_id, "detail": format!("User requested to {value} marketing messages"),
            "category": "marketing_messages", "value": value, "timestamp": self.clock.now_s(),
        });
        if let Some(phone) = customer.known_phone() {
            put_in(&mut preference, "wa_id", phone);
        }
        let contact = notice::contact(&customer, customer.known_phone(), true);
        let value = json!({"contacts": [contact], "user_preferences": [preference]});
        let body = notice::on_line(&self.sender(line), "user_preferences", value);
        let id = format!("preference-{}", ids::token(8));
        self.tell(&id, "user_preferences", &body);
        Ok(id)
    }

    /// Lets a customer call; that opens the service window as a message does.
    pub(crate) fn call(&self, named: &str, line: Option<&str>, event: &str) -> Result<String, String> {
        let line = self.known_line(line)?;
        let now_ms = self.clock.now_ms();
        let mut world = self.world();
        let customer = world.introduce(named, Introduction::default());
        customer.talk_mut(&line.id).wrote_ms = Some(now_ms);
        let id = format!("wacid.{}", ids::token(24));
        let mut call = notice::told(
            customer,
            &id,
            now_ms.div_euclid(1000),
            object(json!({
                "to": line.display, "event": event, "direction": "USER_INITIATED",
            })),
        );
        if event == "terminate" {
            call.extend(object(json!({"status": "COMPLETED", "duration": 42})));
        } else {
            let sdp = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
            call.insert("session".to_owned(), json!({"sdp_type": "offer", "sdp": sdp}));
        }
        let contact = notice::contact(customer, customer.known_phone(), true);
        let value = json!({"contacts": [contact], "calls": [call]});
        let body = notice::on_line(&self.sender(line), "calls", value);
        self.tell(&id, "calls", &body);
        drop(world);
        self.changed();
        Ok(id)
    }

    fn known_customer(&self, named: &str) -> Result<Customer, String> {
        let found = self.world().find(named).cloned();
        found.ok_or_else(|| format!("nobody is called '{named}': let the customer write first"))
    }

    /// Sends a system message: it stands under the customer, but opens no window.
    fn announce(&self, line: &Line, customer: &Customer, content: Map<String, Value>) -> String {
        let wamid = ids::wamid();
        let told = notice::told(customer, &wamid, self.clock.now_s(), content);
        let value = json!({"messages": [told]});
        let body = notice::on_line(&self.sender(line.clone()), "messages", value);
        self.tell(&wamid, "message", &body);
        wamid
    }
}

/// Returns where a file can be fetched.
pub(super) fn file_url(base: &str, id: &str, hash: &str) -> String {
    format!("{base}/whatsapp_business/attachments/?mid={id}&source=getMedia&hash={hash}")
}

fn an_ad() -> Value {
    json!({
        "source_url": "https://fb.me/3cr4Wqqkv", "source_id": "120226305854810726", "source_type": "ad",
        "headline": "Pasteles para tu fiesta", "body": "Pide por WhatsApp y recógelo mañana",
        "media_type": "image", "image_url": "https://example.com/ad.jpg",
        "ctwa_clid": format!("Aff-{}", ids::token(60)),
        "welcome_message": {"text": "¡Hola! ¿Qué te gustaría pedir?"},
    })
}

/// Returns a reaction; an empty emoji takes it away, which WhatsApp writes as none.
pub(crate) fn reaction(target: &str, emoji: &str) -> Map<String, Value> {
    let mut reaction = json!({"message_id": target});
    if !emoji.is_empty() {
        put_in(&mut reaction, "emoji", emoji);
    }
    object(json!({"type": "reaction", "reaction": reaction}))
}

/// Returns the edit of a text.
pub(crate) fn edit(target: &str, text: &str) -> Map<String, Value> {
    let message = json!({"context": {"id": "M0"}, "type": "text", "text": {"body": text}});
    object(json!({"type": "edit", "edit": {"original_message_id": target, "message": message}}))
}

pub(crate) fn revoke(target: &str) -> Map<String, Value> {
    object(json!({"type": "revoke", "revoke": {"original_message_id": target}}))
}

/// Returns a cart: a list of `product`, `quantity`, `price` and `currency`.
pub(crate) fn order(items: &[Value], text: &str) -> Map<String, Value> {
    let item = |item: &Value| {
        let part = |name: &str, or: Value| item.get(name).cloned().unwrap_or(or);
        json!({
            "product_retailer_id": part("product", "producto".into()),
            "quantity": part("quantity", 1.into()),
            "item_price": part("price", 100.into()),
            "currency": part("currency", "MXN".into()),
        })
    };
    let items: Vec<Value> = items.iter().map(item).collect();
    object(
        json!({"type": "order", "order": {"catalog_id": "194836987003835", "text": text, "product_items": items}}),
    )
}

/// Returns a filled-in flow; its answers travel as text, as WhatsApp writes them.
pub(crate) fn flow(answers: &Value) -> Map<String, Value> {
    let mut whole = object(json!({"flow_token": "unused"}));
    whole.extend(object(answers.clone()));
    let reply = json!({"name": "flow", "body": "Sent", "response_json": Value::Object(whole).to_string()});
    object(json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}}))
}

/// Returns what WhatsApp does not show to programs.
pub(crate) fn unsupported(what: &str) -> Map<String, Value> {
    object(json!({
        "type": "unsupported", "unsupported": {"type": what},
        "errors": [{"code": 131_051, "title": "Message type unknown", "message": "Message type unknown",
                    "error_data": {"details": "Message type is currently not supported."}}],
    }))
}
