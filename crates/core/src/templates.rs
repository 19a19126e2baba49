//! Templates: listing them, filling them in, and making the kit at Meta.

mod fill;
mod kit;
mod parse;

use cobro_whatsapp::{WhatsAppApi, WhatsAppError};
use rusqlite::Connection;

use self::fill::FilledTemplate;
use crate::domain::{
    Charge, ConversationId, Kit, KitEntry, KitPart, LineId, ParameterPlace, Template, TemplatePreview,
    TemplateStatus, TemplateValue, Timestamp,
};
use crate::store::templates::{self as store, Kept};
use crate::store::{charges, conversations, lines, meta};
use crate::{CoreEvent, Error, Inbox, Language, Result, connection};

/// An account with more than this many pages of templates is none of a shop.
const PAGES: usize = 50;
/// Where Stripe's links are, unless the shop has a domain of its own.
const USUAL_BASE: &str = "https://buy.stripe.com/";
const BASE_LIMIT: usize = 2000 - 200;

/// Returns the templates that a conversation's line may send, approved ones first.
///
/// Where none is known yet, or of one only that it exists, they are asked of Meta.
pub async fn list(inbox: &Inbox, conversation: ConversationId) -> Result<Vec<Template>> {
    let (known, line) = inbox
        .store
        .read(move |conn| {
            let address = conversations::address(conn, conversation)?;
            let line = lines::all(conn)?
                .into_iter()
                .find(|line| line.phone_number_id == address.phone_number_id);
            let known = of_number(conn, &address.phone_number_id)?;
            let is_whole = !known.is_empty() && !known.iter().any(|template| template.body.is_empty());
            Ok((known, line.filter(|_| !is_whole)))
        })
        .await?;
    match line {
        Some(line) if inbox.whatsapp().is_some() => match sync(inbox, line.id).await {
            Err(_) if !known.is_empty() => Ok(sorted(known)),
            asked => asked,
        },
        _ => Ok(sorted(known)),
    }
}

/// Reads a line's templates from Meta.
pub async fn sync(inbox: &Inbox, line: LineId) -> Result<Vec<Template>> {
    let (api, waba) = account(inbox, line).await?;
    // What Meta tells by itself while we ask is newer than the answer.
    let asked_at = Timestamp::now();
    let kept = all_of(&api, &waba).await?;
    let templates = inbox
        .store
        .write(move |tx| {
            store::replace(tx, &waba, &kept, asked_at, Timestamp::now())?;
            Ok(store::of_account(tx, &waba)?
                .iter()
                .map(parse::template)
                .collect())
        })
        .await?;
    inbox.emit(CoreEvent::TemplatesChanged);
    Ok(sorted(templates))
}

/// Returns how a template would read, and everything that speaks against sending it.
pub async fn preview(
    inbox: &Inbox,
    conversation: ConversationId,
    name: String,
    language: String,
    values: Vec<TemplateValue>,
) -> Result<TemplatePreview> {
    inbox
        .store
        .read(move |conn| {
            let address = conversations::address(conn, conversation)?;
            let template = find(conn, &address.phone_number_id, &name, &language)?;
            let mut problems: Vec<String> = fill::why_not(&template).into_iter().collect();
            problems.extend(fill::problems(&template, &values));
            Ok(TemplatePreview {
                text: fill::render(&template, &values),
                problems,
            })
        })
        .await
}

/// Returns how far each part of the kit has come at Meta.
pub async fn kit(inbox: &Inbox, line: LineId) -> Result<Kit> {
    inbox
        .store
        .read(move |conn| {
            let number = number_of(conn, line)?;
            let base = chosen_base(conn)?;
            let mut kit = kit_of(&of_number(conn, &number)?, base);
            if kit.base.is_none() {
                kit.base = charges::newest_link(conn)?.as_deref().and_then(base_of_link);
            }
            Ok(kit)
        })
        .await
}

/// Makes the kit at Meta, with `base` as the address of its pay buttons. What is
/// there already stays; with another base the parts that have a button get a new
/// version, since Meta looks at each address anew.
pub async fn create_kit(inbox: &Inbox, line: LineId, base: String) -> Result<Kit> {
    let base = checked_base(&base)?;
    let (api, waba) = account(inbox, line).await?;
    let there: Vec<Template> = sync(inbox, line).await?;
    let mut refused: Option<WhatsAppError> = None;
    for part in kit::PARTS {
        for language in kit::LANGUAGES {
            let Some(version) = version_to_make(&there, part, language, &base) else {
                continue;
            };
            let new = kit::new_template(part, language, version, &base);
            if let Err(error) = api.create_template(&waba, &new).await {
                // It may be there since a moment ago: reading again tells.
                refused.get_or_insert(error);
            }
        }
    }
    let chosen = base.clone();
    inbox
        .store
        .write(move |tx| Ok(meta::set(tx, meta::KIT_BASE, &chosen)?))
        .await?;
    let there = sync(inbox, line).await?;
    let kit = kit_of(&there, Some(base));
    let missing = kit
        .parts
        .iter()
        .any(|part| part.status == TemplateStatus::Missing);
    match refused {
        Some(error) if missing => Err(error.into()),
        _ => Ok(kit),
    }
}

/// Returns the template filled in, or everything that WhatsApp would refuse.
pub(crate) fn filled(
    conn: &Connection,
    phone_number_id: &str,
    name: &str,
    language: &str,
    values: &[TemplateValue],
) -> Result<FilledTemplate> {
    fill::filled(&find(conn, phone_number_id, name, language)?, values)
}

/// The shop's payment request: how a link goes out where the window is closed.
pub(crate) struct LinkTemplate {
    template: Template,
    base: String,
}

impl LinkTemplate {
    /// Returns the newest approved one whose button leads to `link`, in the shop's
    /// language if there is one; else an error that says what to do. Without a link
    /// yet, the newest of the shop's stands for it.
    pub(crate) fn find(
        conn: &Connection,
        conversation: ConversationId,
        language: Language,
        link: Option<&str>,
    ) -> Result<Self> {
        Self::of_part(conn, conversation, language, link, KitPart::PaymentRequest)
    }

    /// The same of another part that carries a link, such as the reminder.
    pub(crate) fn of_part(
        conn: &Connection,
        conversation: ConversationId,
        language: Language,
        link: Option<&str>,
        part: KitPart,
    ) -> Result<Self> {
        let address = conversations::address(conn, conversation)?;
        let requests: Vec<Template> = of_number(conn, &address.phone_number_id)?
            .into_iter()
            .filter(|template| template.kit == Some(part))
            .collect();
        if requests.is_empty() {
            return Err(Error::NoLinkTemplate(
                "The customer last wrote more than 24 hours ago, so the link can only go as a template. Create the template kit under Settings → Templates, or wait until the customer writes".into(),
            ));
        }
        let wanted = chosen_base(conn)?.unwrap_or_else(|| USUAL_BASE.into());
        let links_are_at = match link {
            Some(link) => Some(link.to_owned()),
            None => charges::newest_link(conn)?,
        };
        let mut best: Option<(bool, u32, Self)> = None;
        for template in requests {
            let Some(base) = kit::base_of(&template).map(str::to_owned) else {
                continue;
            };
            let fits = links_are_at
                .as_deref()
                .map_or(base == wanted, |link| link.starts_with(&base));
            if template.status != TemplateStatus::Approved || !fits {
                continue;
            }
            let version = kit::version_of(part, &template.name).unwrap_or(0);
            let rank = (template.language == kit::code(language), version);
            if best
                .as_ref()
                .is_none_or(|(ours, known, _)| (*ours, *known) < rank)
            {
                best = Some((rank.0, rank.1, Self { template, base }));
            }
        }
        best.map(|(_, _, found)| found).ok_or_else(|| {
            Error::NoLinkTemplate(
                "The customer last wrote more than 24 hours ago, and WhatsApp has not approved a payment request whose button leads to your links. Look at the kit under Settings → Templates, or wait until the customer writes".into(),
            )
        })
    }

    /// Returns the request filled in, unless its button leads elsewhere than this link.
    pub(crate) fn fill(
        &self,
        language: Language,
        customer: &str,
        charge: &Charge,
        link: &str,
    ) -> Result<FilledTemplate> {
        let Some(suffix) = link.strip_prefix(&self.base).filter(|suffix| !suffix.is_empty()) else {
            return Err(Error::NoLinkTemplate(format!(
                "The payment request's button leads to {}, and this link does not. Create the kit again with the address of your links, or wait until the customer writes",
                self.base
            )));
        };
        let amount = language.asked(&charge.terms, &charge.totals);
        let what = charge.description.as_str();
        fill::filled(&self.template, &values(language, customer, what, &amount, suffix))
    }

    /// Returns how the request reads before there is a link.
    pub(crate) fn text(&self, language: Language, customer: &str, what: &str, amount: &str) -> String {
        fill::render(&self.template, &values(language, customer, what, amount, ""))
    }

    pub(crate) fn name(&self) -> &str {
        &self.template.name
    }
}

/// Returns one of the kit's templates filled in, in the shop's language if it is approved in it.
pub(crate) fn kit_message(
    conn: &Connection,
    conversation: ConversationId,
    language: Language,
    part: KitPart,
    body: &[String],
) -> Result<FilledTemplate> {
    let address = conversations::address(conn, conversation)?;
    let template = of_number(conn, &address.phone_number_id)?
        .into_iter()
        .filter(|template| template.kit == Some(part) && template.status == TemplateStatus::Approved)
        .max_by_key(|template| {
            let ours = template.language == kit::code(language);
            (ours, kit::version_of(part, &template.name))
        })
        .ok_or_else(|| {
            Error::NoLinkTemplate(
                "The customer last wrote more than 24 hours ago, and WhatsApp has not approved the template for this. Create the kit under Settings → Templates, or wait until the customer writes".into(),
            )
        })?;
    let values: Vec<TemplateValue> = (1..)
        .zip(body)
        .map(|(number, value)| TemplateValue {
            place: ParameterPlace::Body,
            button: None,
            name: number.to_string(),
            value: one_line(value),
        })
        .collect();
    fill::filled(&template, &values)
}

/// Returns what was bought in one line; something where it was not described.
pub(crate) fn what(language: Language, description: &str) -> String {
    let what = one_line(description);
    if what.is_empty() {
        language.a_purchase().to_owned()
    } else {
        what
    }
}

fn values(language: Language, customer: &str, what: &str, amount: &str, suffix: &str) -> Vec<TemplateValue> {
    let body = [
        language.called(customer),
        self::what(language, what),
        amount.to_owned(),
    ];
    let mut values: Vec<TemplateValue> = (1..)
        .zip(body)
        .map(|(number, value)| TemplateValue {
            place: ParameterPlace::Body,
            button: None,
            name: number.to_string(),
            value,
        })
        .collect();
    values.push(TemplateValue {
        place: ParameterPlace::Button,
        button: Some(0),
        name: "1".into(),
        value: suffix.to_owned(),
    });
    values
}

/// Templates take no line breaks where something is filled in.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the version to ask Meta for; `None` where a fitting one is there.
fn version_to_make(there: &[Template], part: KitPart, language: Language, base: &str) -> Option<u32> {
    let has_button = kit::words(part, language).button.is_some();
    let mut newest = 0;
    for template in there {
        let Some(version) = kit::version_of(part, &template.name) else {
            continue;
        };
        let fits = !has_button || kit::base_of(template) == Some(base);
        // A name that was refused can't be had again, so it needs a new version.
        let is_lost = matches!(
            template.status,
            TemplateStatus::Rejected | TemplateStatus::Disabled
        );
        if template.language == kit::code(language) && fits && !is_lost {
            return None;
        }
        let fits = fits && !(is_lost && template.language == kit::code(language));
        // All languages of one version share their address.
        newest = newest.max(if fits { version - 1 } else { version });
    }
    Some(newest + 1)
}

fn kit_of(templates: &[Template], base: Option<String>) -> Kit {
    let parts = kit::PARTS
        .into_iter()
        .flat_map(|part| {
            let base = base.as_deref();
            kit::LANGUAGES
                .into_iter()
                .map(move |language| entry(templates, part, language, base))
        })
        .collect();
    let base = base.or_else(|| {
        templates
            .iter()
            .filter(|template| template.kit == Some(KitPart::PaymentRequest))
            .find_map(|template| kit::base_of(template).map(str::to_owned))
    });
    Kit { base, parts }
}

/// Returns the newest version of a part, one with the chosen address if there is one.
fn entry(templates: &[Template], part: KitPart, language: Language, base: Option<&str>) -> KitEntry {
    let found = templates
        .iter()
        .filter(|template| template.kit == Some(part) && template.language == kit::code(language))
        .max_by_key(|template| {
            let fits = base.is_none() || kit::base_of(template).is_none_or(|its| Some(its) == base);
            (fits, kit::version_of(part, &template.name))
        });
    KitEntry {
        part,
        language: kit::code(language).into(),
        status: found.map_or(TemplateStatus::Missing, |template| template.status),
        reason: found.and_then(|template| template.reason.clone()),
    }
}

fn checked_base(base: &str) -> Result<String> {
    let base = base.trim();
    let base = base.strip_suffix("{{1}}").unwrap_or(base);
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|start| base.starts_with(start));
    let rest = base.strip_prefix("https://").or(local.then_some(base));
    let is_base = rest.is_some_and(|rest| rest.contains('.') || local)
        && base.ends_with(['/', '=', '-', '_'])
        && !base.contains(char::is_whitespace)
        && !base.contains("{{");
    if is_base && base.len() <= BASE_LIMIT {
        return Ok(base.to_owned());
    }
    Err(Error::Invalid(format!(
        "The address of the pay buttons must start with https:// and end in a slash, such as {USUAL_BASE}. What differs from link to link comes behind it"
    )))
}

/// Returns the address before what differs from link to link.
fn base_of_link(link: &str) -> Option<String> {
    let (base, _) = link.split(['?', '#']).next()?.rsplit_once('/')?;
    checked_base(&format!("{base}/")).ok()
}

fn chosen_base(conn: &Connection) -> Result<Option<String>> {
    Ok(meta::get(conn, meta::KIT_BASE)?)
}

fn find(conn: &Connection, phone_number_id: &str, name: &str, language: &str) -> Result<Template> {
    let account = store::account_of_line(conn, phone_number_id)?;
    let kept = match account {
        Some(waba) => store::find(conn, &waba, name, language)?,
        None => None,
    };
    kept.as_ref()
        .map(parse::template)
        .ok_or(Error::NotFound("This template"))
}

fn of_number(conn: &Connection, phone_number_id: &str) -> Result<Vec<Template>> {
    let Some(waba) = store::account_of_line(conn, phone_number_id)? else {
        return Ok(Vec::new());
    };
    Ok(store::of_account(conn, &waba)?
        .iter()
        .map(parse::template)
        .collect())
}

fn number_of(conn: &Connection, line: LineId) -> Result<String> {
    lines::all(conn)?
        .into_iter()
        .find(|known| known.id == line)
        .map(|line| line.phone_number_id)
        .ok_or(Error::NotFound("This number"))
}

/// What can be sent stands first.
fn sorted(mut templates: Vec<Template>) -> Vec<Template> {
    templates
        .sort_by_key(|template| template.status != TemplateStatus::Approved || template.unsendable.is_some());
    templates
}

/// Returns the client, and the account that the line belongs to: asked of Meta where it is not known.
async fn account(inbox: &Inbox, line: LineId) -> Result<(WhatsAppApi, String)> {
    let whatsapp = inbox.require_whatsapp()?;
    let (number, known) = inbox
        .store
        .read(move |conn| {
            let number = number_of(conn, line)?;
            let known = store::account_of_line(conn, &number)?;
            Ok((number, known))
        })
        .await?;
    let waba = match known {
        Some(waba) => waba,
        None => connection::find_account(inbox, &whatsapp.api, number).await?,
    };
    Ok((whatsapp.api, waba))
}

async fn all_of(api: &WhatsAppApi, waba: &str) -> Result<Vec<Kept>> {
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let page = api.templates(waba, after.as_deref()).await?;
        all.extend(page.items.into_iter().map(|info| Kept {
            name: info.name,
            language: info.language,
            meta_id: Some(info.id),
            category: info.category,
            status: info.status,
            quality: info.quality,
            reason: info.reason,
            components: info.components,
        }));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(all)
}
