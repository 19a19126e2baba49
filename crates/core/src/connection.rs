//! The connection to WhatsApp: what the token may do, which numbers it reaches,
//! and whether webhooks arrive. Secrets are the desk's; what Meta told is kept here.

use std::time::Duration;

use cobro_whatsapp::{
    AppData, Draft, DraftBody, FailureKind, PhoneNumber, Recipient, TokenInfo, WhatsAppApi, WhatsAppError,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::domain::{Account, Connection, LineId, Number, Permission, Timestamp, WebhookState, Words};
use crate::store::lines::Learned;
use crate::store::{envelopes, lines, meta, templates};
use crate::{CoreEvent, Error, Inbox, KnownLine, Result};

/// What a token needs, and what for. The last one helps where Meta does not say which accounts there are.
const PERMISSIONS: [(&str, &str); 3] = [
    (
        "whatsapp_business_messaging",
        "Sending and receiving messages, and their files",
    ),
    (
        "whatsapp_business_management",
        "Seeing the numbers, making templates, and setting the webhook",
    ),
    (
        "business_management",
        "Not needed, but it names the accounts of a business",
    ),
];
/// Those without which something does not work.
const NEEDED: usize = 2;

/// What the app hears of. One that Meta does not know refuses them all; then the fewer are asked for.
const FIELDS: [&str; 19] = [
    "messages",
    "history",
    "smb_message_echoes",
    "smb_app_state_sync",
    "user_id_update",
    "user_preferences",
    "account_alerts",
    "account_review_update",
    "account_settings_update",
    "account_update",
    "business_capability_update",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "template_category_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "calls",
];
const FEWER_FIELDS: [&str; 6] = [
    "messages",
    "account_alerts",
    "account_update",
    "message_template_status_update",
    "phone_number_quality_update",
    "security",
];

/// How long before a token ends a person is told.
const AHEAD: Duration = Duration::from_hours(7 * 24);
/// How often Meta is asked by itself, and how long after a start at the earliest.
const ASKED_EVERY: Duration = Duration::from_hours(12);
const FIRST_ASKED: Duration = Duration::from_secs(20);
const TOKEN_PROBLEM: &str = "whatsapp.token";

/// What the desk knows of its own secrets.
#[derive(Debug, Clone, Default)]
pub struct OwnFacts {
    pub app_id: Option<String>,
    pub has_app_secret: bool,
    pub can_tunnel: bool,
}

/// What was last heard, kept between runs. No secret is in it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Heard {
    app_id: Option<String>,
    token_expires_at: Option<i64>,
    checked_at: Option<i64>,
    granted: Vec<String>,
    accounts: Vec<HeardAccount>,
    problem: Option<HeardProblem>,
    chosen: Vec<Chosen>,
    webhook: Option<HeardWebhook>,
    webhook_problem: Option<HeardProblem>,
    handed_over: Vec<HandedOver>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct HeardAccount {
    waba_id: String,
    name: Option<String>,
    subscribed: bool,
    numbers: Vec<HeardNumber>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct HeardNumber {
    id: String,
    display: Option<String>,
    name: Option<String>,
    quality: Option<String>,
    registered: bool,
    coexists: bool,
}

/// A number that a person chose, with what to call it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Chosen {
    id: String,
    name: String,
    waba_id: Option<String>,
}

/// What a number's phone was asked for, and WhatsApp agreed to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct HandedOver {
    id: String,
    contacts: bool,
    chats: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct HeardProblem {
    code: String,
    title: String,
    advice: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct HeardWebhook {
    url: String,
    set_at: i64,
    /// The newest envelope when it was set: what proves it comes behind.
    mark: i64,
    proved_at: Option<i64>,
    /// The numbers that it was set for.
    numbers: Vec<String>,
    #[serde(default)]
    by_tunnel: bool,
}

/// Returns how the connection stands, as far as it was heard.
pub async fn view(inbox: &Inbox, own: OwnFacts) -> Result<Connection> {
    prove_if_heard(inbox).await?;
    let whatsapp = inbox.whatsapp();
    let in_use: Vec<String> = whatsapp
        .iter()
        .flat_map(|whatsapp| &whatsapp.lines)
        .map(|line| line.phone_number_id.clone())
        .collect();
    let has_token = whatsapp.is_some();
    inbox
        .store
        .read(move |conn| {
            let heard = heard(conn)?;
            let known = lines::all(conn)?;
            let line_of = |id: &str| {
                known
                    .iter()
                    .find(|line| line.phone_number_id == id)
                    .map(|line| line.id)
            };
            Ok(connection_of(heard, own, has_token, &in_use, line_of))
        })
        .await
}

fn connection_of(
    heard: Heard,
    own: OwnFacts,
    has_token: bool,
    in_use: &[String],
    line_of: impl Fn(&str) -> Option<LineId>,
) -> Connection {
    let checked = heard.checked_at.is_some();
    Connection {
        app_id: own.app_id.or(heard.app_id),
        has_app_secret: own.has_app_secret,
        has_token,
        token_expires_at: heard.token_expires_at.map(Timestamp::from_millis),
        checked_at: heard.checked_at.map(Timestamp::from_millis),
        permissions: PERMISSIONS
            .iter()
            .filter(|_| checked)
            .map(|(name, needed_for)| Permission {
                name: (*name).into(),
                granted: heard.granted.iter().any(|granted| granted == name),
                needed_for: (*needed_for).into(),
            })
            .collect(),
        accounts: heard
            .accounts
            .into_iter()
            .map(|account| account_of(account, in_use, &line_of))
            .collect(),
        webhook: WebhookState {
            url: heard.webhook.as_ref().map(|webhook| webhook.url.clone()),
            set_at: heard
                .webhook
                .as_ref()
                .map(|webhook| Timestamp::from_millis(webhook.set_at)),
            proved_at: heard
                .webhook
                .as_ref()
                .and_then(|webhook| webhook.proved_at)
                .map(Timestamp::from_millis),
            problem: heard.webhook_problem.map(Words::from),
        },
        problem: heard.problem.map(Words::from),
        can_tunnel: own.can_tunnel,
    }
}

fn account_of(
    account: HeardAccount,
    in_use: &[String],
    line_of: &impl Fn(&str) -> Option<LineId>,
) -> Account {
    Account {
        waba_id: account.waba_id,
        name: account.name,
        subscribed: account.subscribed,
        numbers: account
            .numbers
            .into_iter()
            .map(|number| Number {
                line: line_of(&number.id),
                chosen: in_use.contains(&number.id),
                phone_number_id: number.id,
                display_phone: number.display,
                verified_name: number.name,
                quality: number.quality,
                registered: number.registered,
                coexists: number.coexists,
            })
            .collect(),
    }
}

/// Asks Meta what the token may do and reaches, and keeps the answer. What goes
/// wrong is in it, in words: a check that finds a fault has not failed.
pub async fn check(inbox: &Inbox) -> Result<()> {
    let Some(whatsapp) = inbox.whatsapp() else {
        return change(inbox, |heard| {
            heard.problem = Some(HeardProblem::new(
                "no_token",
                "No access token is set",
                "Make a system-user token at Meta with whatsapp_business_messaging and whatsapp_business_management, and put it in",
            ));
        })
        .await;
    };
    let found = look(inbox, &whatsapp.api, &whatsapp.token).await;
    match found {
        Ok(found) => {
            if let Some(error) = found.refused.as_ref().filter(|_| found.accounts.is_empty()) {
                inbox.problems.whatsapp(error);
            }
            keep(inbox, found).await?;
        }
        Err(error) => {
            inbox.problems.whatsapp(&error);
            change(inbox, move |heard| heard.problem = Some(HeardProblem::of(&error))).await?;
        }
    }
    warn_of_the_end(inbox).await?;
    inbox.emit(CoreEvent::ConnectionChanged);
    Ok(())
}

/// What Meta told in one look.
struct Found {
    token: TokenInfo,
    accounts: Vec<HeardAccount>,
    learned: Vec<Learned>,
    /// Accounts that could not be asked just now: what was heard of them stays.
    missed: Vec<String>,
    /// The first refusal of an account.
    refused: Option<WhatsAppError>,
}

/// Looks at every account that the token may reach. One that refuses hides none of the others.
async fn look(inbox: &Inbox, api: &WhatsAppApi, token: &SecretString) -> Result<Found, WhatsAppError> {
    let token = api.debug_token(token).await?;
    let mut found = Found {
        token,
        accounts: Vec::new(),
        learned: Vec::new(),
        missed: Vec::new(),
        refused: None,
    };
    if !found.token.is_valid {
        return Ok(found);
    }
    for waba in reached(inbox, &found.token).await {
        match look_at(api, &waba, found.token.app_id.as_deref()).await {
            Ok((account, numbers)) => {
                let learned = numbers.iter().map(|number| learned_of(&waba, number));
                found.learned.extend(learned);
                found.accounts.push(account);
            }
            Err(error) => {
                if matches!(error.kind(), FailureKind::Retry { .. } | FailureKind::Ambiguous) {
                    found.missed.push(waba);
                }
                found.refused.get_or_insert(error);
            }
        }
    }
    Ok(found)
}

/// Returns the accounts that the token names, and those that are known otherwise.
async fn reached(inbox: &Inbox, token: &TokenInfo) -> Vec<String> {
    let mut accounts: Vec<String> = token
        .granular
        .iter()
        .filter(|(scope, _)| scope.starts_with("whatsapp_business"))
        .flat_map(|(_, accounts)| accounts.clone())
        .collect();
    let known = inbox
        .store
        .read(|conn| {
            Ok(lines::all(conn)?
                .into_iter()
                .filter_map(|line| line.waba_id)
                .collect::<Vec<_>>())
        })
        .await
        .unwrap_or_default();
    accounts.extend(known);
    accounts.sort_unstable();
    accounts.dedup();
    accounts
}

async fn look_at(
    api: &WhatsAppApi,
    waba: &str,
    app_id: Option<&str>,
) -> Result<(HeardAccount, Vec<PhoneNumber>), WhatsAppError> {
    let named = api.account(waba).await?;
    let numbers = api.phone_numbers(waba).await?;
    let apps = api.subscribed_apps(waba).await?;
    let account = HeardAccount {
        waba_id: waba.to_owned(),
        name: named.name,
        subscribed: apps.iter().any(|app| Some(app.id.as_str()) == app_id),
        numbers: numbers.iter().map(number_of).collect(),
    };
    Ok((account, numbers))
}

fn number_of(number: &PhoneNumber) -> HeardNumber {
    HeardNumber {
        id: number.id.clone(),
        display: number.display_phone_number.clone(),
        name: number.verified_name.clone(),
        quality: number.quality_rating.clone(),
        registered: number.platform_type.as_deref() == Some("CLOUD_API"),
        coexists: number.is_on_biz_app == Some(true),
    }
}

fn learned_of(waba: &str, number: &PhoneNumber) -> Learned {
    Learned {
        phone_number_id: number.id.clone(),
        waba_id: waba.to_owned(),
        display_phone: number.display_phone_number.clone(),
        verified_name: number.verified_name.clone(),
        quality: number.quality_rating.clone(),
        throughput: number.throughput.as_deref().and_then(per_second),
        coexists: number.is_on_biz_app == Some(true),
    }
}

/// Returns what Meta's word for a throughput means, in messages a second.
fn per_second(level: &str) -> Option<u32> {
    match level.to_ascii_uppercase().as_str() {
        "STANDARD" => Some(80),
        "HIGH" => Some(1000),
        _ => None,
    }
}

async fn keep(inbox: &Inbox, found: Found) -> Result<()> {
    let now = Timestamp::now();
    inbox
        .store
        .write(move |tx| {
            for learned in &found.learned {
                lines::learn_number(tx, learned)?;
            }
            let numbers = found.accounts.iter().flat_map(|account| &account.numbers);
            for number in numbers.filter(|number| number.registered) {
                lines::answers(tx, &number.id, now)?;
            }
            let mut heard = heard(tx)?;
            heard.problem = problem_of(&found);
            heard.app_id = found.token.app_id.or(heard.app_id);
            heard.checked_at = Some(now.millis());
            // A token ends by itself, or when the app loses its access to data.
            heard.token_expires_at = [found.token.expires_at, found.token.data_access_expires_at]
                .into_iter()
                .flatten()
                .map(Timestamp::millis)
                .min();
            heard.granted = granted(&found.token.scopes, &found.token.granular);
            heard
                .accounts
                .retain(|account| found.missed.contains(&account.waba_id));
            heard.accounts.extend(found.accounts);
            save(tx, &heard)
        })
        .await
}

fn granted(scopes: &[String], granular: &[(String, Vec<String>)]) -> Vec<String> {
    let mut all: Vec<String> = scopes.to_vec();
    all.extend(granular.iter().map(|(scope, _)| scope.clone()));
    all.sort_unstable();
    all.dedup();
    all
}

fn problem_of(found: &Found) -> Option<HeardProblem> {
    if !found.token.is_valid {
        return Some(HeardProblem::new(
            "token_invalid",
            "WhatsApp no longer takes the access token",
            "It has expired or was withdrawn. Make a new system-user token at Meta and put it in",
        ));
    }
    let granted = granted(&found.token.scopes, &found.token.granular);
    let missing: Vec<&str> = PERMISSIONS
        .iter()
        .take(NEEDED)
        .map(|(name, _)| *name)
        .filter(|name| !granted.iter().any(|granted| granted == name))
        .collect();
    if !missing.is_empty() {
        return Some(HeardProblem::new(
            "permission_missing",
            format!("The access token lacks {}", missing.join(" and ")),
            "Make the system-user token anew at Meta with this permission ticked, and put it in",
        ));
    }
    found.accounts.is_empty().then(|| match &found.refused {
        Some(error) => HeardProblem::of(error),
        None => HeardProblem::new(
            "no_accounts",
            "The access token does not say which accounts it reaches",
            "Give the system user the WhatsApp account at Meta, or name the account in cobro.toml (whatsapp.waba_id)",
        ),
    })
}

/// Raises the end of the token a week before it comes.
async fn warn_of_the_end(inbox: &Inbox) -> Result<()> {
    let heard = inbox.store.read(heard).await?;
    match words_of_the_end(
        heard.token_expires_at.map(Timestamp::from_millis),
        Timestamp::now(),
    ) {
        Some(words) => inbox.problems.raise(TOKEN_PROBLEM, words),
        None => inbox.problems.clear(TOKEN_PROBLEM),
    }
    Ok(())
}

const NEW_TOKEN: &str = "Make a new system-user token at Meta, one that never ends if you can, and put it in under Settings → WhatsApp. What is queued meanwhile waits";

fn words_of_the_end(ends: Option<Timestamp>, now: Timestamp) -> Option<Words> {
    let ends = ends?;
    if ends <= now {
        return Some(Words::new(
            "token_ended",
            "WhatsApp's access token has ended",
            NEW_TOKEN,
        ));
    }
    let left = ends.since(now);
    let days = left.as_secs() / (24 * 60 * 60);
    let when = match days {
        0 => "within a day".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    };
    (left <= AHEAD).then(|| {
        Words::new(
            "token_ends",
            format!("WhatsApp's access token ends {when}"),
            NEW_TOKEN,
        )
    })
}

/// Finds the account that a number belongs to, and remembers it.
pub(crate) async fn find_account(inbox: &Inbox, api: &WhatsAppApi, number: String) -> Result<String> {
    let whatsapp = inbox.require_whatsapp()?;
    let token = api.debug_token(&whatsapp.token).await?;
    let (mut any_worked, mut refused) = (false, None);
    for waba in reached(inbox, &token).await {
        let numbers = match api.phone_numbers(&waba).await {
            Ok(numbers) => numbers,
            Err(error) => {
                refused.get_or_insert(error);
                continue;
            }
        };
        any_worked = true;
        if numbers.iter().any(|known| known.id == number) {
            let (kept, of) = (waba.clone(), number);
            inbox
                .store
                .write(move |tx| templates::set_account_of_line(tx, &of, &kept))
                .await?;
            return Ok(waba);
        }
    }
    if let Some(error) = refused.filter(|_| !any_worked) {
        return Err(error.into());
    }
    Err(Error::Conflict(
        "Cobro does not know which WhatsApp account this number belongs to, and the access token does not say. Name it in cobro.toml (whatsapp.waba_id), or give the system user the account at Meta"
            .into(),
    ))
}

/// Returns the account of a line: as settings name it, as it is known, or asked of Meta.
async fn account_of_line(inbox: &Inbox, api: &WhatsAppApi, line: &KnownLine) -> Result<String> {
    if let Some(waba) = &line.waba_id {
        return Ok(waba.clone());
    }
    let number = line.phone_number_id.clone();
    let known = inbox
        .store
        .read(move |conn| templates::account_of_line(conn, &number))
        .await?;
    match known {
        Some(waba) => Ok(waba),
        None => find_account(inbox, api, line.phone_number_id.clone()).await,
    }
}

/// Remembers which numbers this desk answers from. Returns them as lines.
pub async fn choose(inbox: &Inbox, ids: Vec<String>) -> Result<Vec<KnownLine>> {
    inbox
        .store
        .write(move |tx| {
            let mut heard = heard(tx)?;
            let mut chosen = Vec::new();
            for id in ids {
                let found = heard.accounts.iter().find_map(|account| {
                    let number = account.numbers.iter().find(|number| number.id == id)?;
                    Some((account.waba_id.clone(), number))
                });
                let Some((waba, number)) = found else {
                    return Err(Error::Invalid(
                        "One of these numbers is not among those that the access token reaches. Check the connection again and choose from its list".into(),
                    ));
                };
                let name = number.name.clone().or_else(|| number.display.clone());
                chosen.push(Chosen {
                    name: name.unwrap_or_else(|| "WhatsApp".into()),
                    waba_id: Some(waba),
                    id,
                });
            }
            heard.chosen = chosen;
            save(tx, &heard)?;
            Ok(lines_of(&heard.chosen))
        })
        .await
}

/// Returns the numbers that a person chose.
pub async fn chosen(inbox: &Inbox) -> Result<Vec<KnownLine>> {
    inbox.store.read(|conn| Ok(lines_of(&heard(conn)?.chosen))).await
}

fn lines_of(chosen: &[Chosen]) -> Vec<KnownLine> {
    chosen
        .iter()
        .map(|chosen| KnownLine {
            phone_number_id: chosen.id.clone(),
            name: chosen.name.clone(),
            waba_id: chosen.waba_id.clone(),
        })
        .collect()
}

/// Registers a number for the Cloud API with its PIN, and looks again.
pub async fn register(inbox: &Inbox, number: &str, pin: &SecretString) -> Result<()> {
    use secrecy::ExposeSecret;
    let whatsapp = inbox.require_whatsapp()?;
    whatsapp.api.register(number, pin.expose_secret().trim()).await?;
    check(inbox).await
}

/// What WhatsApp is told of where to post.
#[derive(Debug)]
pub struct NewWebhook {
    /// Complete, such as `https://relay.example/webhooks/whatsapp`.
    pub url: String,
    pub verify_token: SecretString,
    pub app_id: Option<String>,
    pub app_secret: SecretString,
    /// Whether the tunnel built in leads there: it must be opened again at every start.
    pub by_tunnel: bool,
}

/// Tells WhatsApp where to post, for the app and for the account of every number
/// in use. WhatsApp asks that address at once, so this fails while it is not reached.
pub async fn set_webhook(inbox: &Inbox, new: NewWebhook) -> Result<()> {
    let told = tell_webhook(inbox, &new).await;
    let problem = told.as_ref().err().map(|error| match error {
        Error::WhatsApp(error) => HeardProblem::of(error),
        other => HeardProblem::new("webhook", "The webhook was not set", other.to_string()),
    });
    let numbers = told.as_ref().cloned().unwrap_or_default();
    let failed = told.is_err();
    inbox
        .store
        .write(move |tx| {
            let mut heard = heard(tx)?;
            heard.webhook_problem = problem;
            if !failed {
                heard.webhook = Some(HeardWebhook {
                    url: new.url,
                    set_at: Timestamp::now().millis(),
                    mark: envelopes::newest_key(tx)?,
                    proved_at: None,
                    numbers,
                    by_tunnel: new.by_tunnel,
                });
            }
            save(tx, &heard)
        })
        .await?;
    inbox.connecting.notify_one();
    inbox.emit(CoreEvent::ConnectionChanged);
    told.map(drop)
}

/// Returns where WhatsApp posts through the tunnel built in, if that is the way it was told.
pub async fn tunnelled(inbox: &Inbox) -> Result<Option<String>> {
    let webhook = inbox.store.read(heard).await?.webhook;
    Ok(webhook
        .filter(|webhook| webhook.by_tunnel)
        .map(|webhook| webhook.url))
}

/// Forgets that the webhook was proved: other credentials are in use now.
pub async fn doubt_webhook(inbox: &Inbox) -> Result<()> {
    inbox
        .store
        .write(|tx| {
            let mut heard = heard(tx)?;
            if let Some(webhook) = &mut heard.webhook {
                webhook.proved_at = None;
                webhook.mark = envelopes::newest_key(tx)?;
            }
            save(tx, &heard)
        })
        .await?;
    inbox.connecting.notify_one();
    Ok(())
}

/// Returns the numbers that it was set for.
async fn tell_webhook(inbox: &Inbox, new: &NewWebhook) -> Result<Vec<String>> {
    let whatsapp = inbox.require_whatsapp()?;
    if whatsapp.lines.is_empty() {
        return Err(Error::Conflict(
            "No number is chosen yet. Choose the numbers that this desk answers from first".into(),
        ));
    }
    let app_id = match &new.app_id {
        Some(app_id) => app_id.clone(),
        None => whatsapp
            .api
            .debug_token(&whatsapp.token)
            .await?
            .app_id
            .ok_or_else(|| {
                Error::Invalid(
                    "The app id is not known. Put it in: it stands in the app's dashboard at Meta".into(),
                )
            })?,
    };
    let set = |fields: &'static [&'static str]| {
        whatsapp
            .api
            .set_app_webhook(&app_id, &new.app_secret, &new.url, &new.verify_token, fields)
    };
    if let Err(error) = set(&FIELDS).await {
        // Only a field that Meta does not know is mended by asking for fewer.
        if !matches!(&error, WhatsAppError::Graph { code: 100, .. }) {
            return Err(error.into());
        }
        set(&FEWER_FIELDS).await?;
    }
    let mut accounts = Vec::new();
    for line in &whatsapp.lines {
        accounts.push(account_of_line(inbox, &whatsapp.api, line).await?);
    }
    accounts.sort_unstable();
    accounts.dedup();
    for waba in &accounts {
        whatsapp
            .api
            .subscribe(waba, Some((&new.url, &new.verify_token)))
            .await?;
    }
    Ok(whatsapp
        .lines
        .into_iter()
        .map(|line| line.phone_number_id)
        .collect())
}

/// Sends Meta's own `hello_world` to a phone: its status webhooks prove the way.
/// Without a phone nothing is sent, and any message that a customer writes proves it.
pub async fn prove(inbox: &Inbox, number: &str, to: &str) -> Result<()> {
    let whatsapp = inbox.require_whatsapp()?;
    if inbox
        .store
        .read(|conn| Ok(heard(conn)?.webhook.is_none()))
        .await?
    {
        return Err(Error::Conflict("The webhook is not set yet. Set it first".into()));
    }
    let phone: String = to.chars().filter(char::is_ascii_digit).collect();
    if to.trim().is_empty() {
        inbox.connecting.notify_one();
        return Ok(());
    }
    if phone.len() < 7 || phone.len() > 15 {
        return Err(Error::Invalid(
            "The phone to send the test to must be written with its country code, such as +52 55 1234 5678"
                .into(),
        ));
    }
    let to = Recipient::Phone(phone);
    let draft = Draft {
        to: &to,
        opaque: "cobro-test",
        reply_to: None,
        body: DraftBody::Template {
            name: "hello_world",
            language: "en_US",
            header: &[],
            body: &[],
            buttons: &[],
        },
    };
    match whatsapp.api.send(number, &draft).await {
        Ok(_) => {}
        Err(WhatsAppError::Graph {
            code: 132_000..=132_999,
            ..
        }) => {
            return Err(Error::Conflict(
                "This account has no hello_world template to test with. Write any message to the number from a phone instead: that proves it too".into(),
            ));
        }
        Err(error) => return Err(error.into()),
    }
    inbox.connecting.notify_one();
    Ok(())
}

/// Asks the shop's phone for its contacts and then its chats. WhatsApp allows each
/// once, within a day of connecting; what comes arrives as webhooks. What was agreed
/// to before is not asked for again, unless both were: then the phone was connected anew.
pub async fn request_history(inbox: &Inbox, line: LineId) -> Result<()> {
    let whatsapp = inbox.require_whatsapp()?;
    let (number, before) = inbox
        .store
        .read(move |conn| {
            let number = lines::all(conn)?
                .into_iter()
                .find(|known| known.id == line)
                .map(|line| line.phone_number_id)
                .ok_or(Error::NotFound("This number"))?;
            let handed_over = heard(conn)?.handed_over;
            let before = handed_over.into_iter().find(|known| known.id == number);
            Ok((number, before.unwrap_or_default()))
        })
        .await?;
    let (contacts, chats) = if before.contacts && before.chats {
        (false, false)
    } else {
        (before.contacts, before.chats)
    };
    let mut refused = None;
    let mut agreed = HandedOver {
        id: number.clone(),
        contacts,
        chats,
    };
    for (what, is_agreed) in [
        (AppData::Contacts, &mut agreed.contacts),
        (AppData::History, &mut agreed.chats),
    ] {
        if *is_agreed {
            continue;
        }
        match whatsapp.api.sync_app_data(&number, what).await {
            Ok(_) => *is_agreed = true,
            Err(error) => {
                refused.get_or_insert(error);
            }
        }
    }
    let (contacts, chats) = (agreed.contacts, agreed.chats);
    if contacts || chats {
        change(inbox, move |heard| {
            heard.handed_over.retain(|known| known.id != number);
            heard.handed_over.push(agreed);
        })
        .await?;
        inbox.emit(CoreEvent::ImportsChanged);
    }
    let Some(error) = refused else {
        return Ok(());
    };
    let (there, missing) = match (contacts, chats) {
        (true, false) => ("contacts", "chats"),
        (false, true) => ("chats", "contacts"),
        _ => return Err(error.into()),
    };
    Err(Error::Conflict(format!(
        "The phone's {there} were asked for and come by themselves; its {missing} were refused: {}. {}",
        error.title(),
        error.advice()
    )))
}

/// Notices when the webhook is proved, and sees the end of the token coming.
pub(crate) async fn run(inbox: Inbox) {
    let mut pause = FIRST_ASKED;
    loop {
        if !inbox.rest(Some(&inbox.connecting), pause).await {
            return;
        }
        pause = match turn(&inbox).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, "The connection could not be looked at");
                Duration::from_mins(5)
            }
        };
    }
}

async fn turn(inbox: &Inbox) -> Result<Duration> {
    let waits = prove_if_heard(inbox).await?;
    let checked_at = inbox.store.read(|conn| Ok(heard(conn)?.checked_at)).await?;
    let is_old = checked_at.is_none_or(|at| Timestamp::now().since(Timestamp::from_millis(at)) > ASKED_EVERY);
    if is_old && !waits && inbox.whatsapp().is_some() {
        check(inbox).await?;
    }
    warn_of_the_end(inbox).await?;
    Ok(Duration::from_secs(if waits { 1 } else { 15 * 60 }))
}

/// Writes that the webhook is proved once something came through it. Returns
/// whether that is still awaited.
async fn prove_if_heard(inbox: &Inbox) -> Result<bool> {
    let awaited = inbox
        .store
        .read(|conn| {
            let awaited = heard(conn)?.webhook.filter(|webhook| webhook.proved_at.is_none());
            let Some(webhook) = awaited else {
                return Ok(None);
            };
            let came = envelopes::came_for(conn, webhook.mark, &webhook.numbers)?;
            Ok(Some(came))
        })
        .await?;
    let Some(came) = awaited else {
        return Ok(false);
    };
    let Some(at) = came else {
        return Ok(true);
    };
    change(inbox, move |heard| {
        if let Some(webhook) = &mut heard.webhook {
            webhook.proved_at.get_or_insert(at.millis());
        }
    })
    .await?;
    inbox.emit(CoreEvent::ConnectionChanged);
    Ok(false)
}

fn heard(conn: &rusqlite::Connection) -> Result<Heard> {
    let kept = meta::get(conn, meta::CONNECTION)?;
    // What can't be read was written by another version: Meta is asked again.
    Ok(kept
        .and_then(|kept| serde_json::from_str(&kept).ok())
        .unwrap_or_default())
}

fn save(conn: &rusqlite::Connection, heard: &Heard) -> Result<()> {
    let text = serde_json::to_string(heard).map_err(anyhow::Error::new)?;
    Ok(meta::set(conn, meta::CONNECTION, &text)?)
}

async fn change(inbox: &Inbox, how: impl FnOnce(&mut Heard) + Send + 'static) -> Result<()> {
    inbox
        .store
        .write(move |tx| {
            let mut heard = heard(tx)?;
            how(&mut heard);
            save(tx, &heard)
        })
        .await
}

impl HeardProblem {
    fn new(code: &str, title: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            title: title.into(),
            advice: advice.into(),
        }
    }

    fn of(error: &WhatsAppError) -> Self {
        Self::new(&error.code_text(), error.title(), error.advice())
    }
}

impl From<HeardProblem> for Words {
    fn from(problem: HeardProblem) -> Self {
        Self::new(problem.code, problem.title, problem.advice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(days: u64) -> Duration {
        Duration::from_hours(24 * days)
    }

    #[test]
    fn the_end_of_a_token_is_said_a_week_before_it_comes() {
        let now = Timestamp::from_secs(1_800_000_000);
        let says = |ends: Timestamp| words_of_the_end(Some(ends), now).map(|words| words.title);
        assert_eq!(words_of_the_end(None, now), None);
        assert_eq!(says(now.plus(days(8))), None);
        assert_eq!(
            says(now.plus(days(5))).unwrap(),
            "WhatsApp's access token ends in 5 days"
        );
        assert_eq!(
            says(now.plus(Duration::from_hours(2))).unwrap(),
            "WhatsApp's access token ends within a day"
        );
        assert_eq!(
            says(now.minus(days(1))).unwrap(),
            "WhatsApp's access token has ended"
        );
    }

    #[test]
    fn a_missing_permission_is_named() {
        let token = |is_valid, scopes: &[&str]| Found {
            token: TokenInfo {
                app_id: None,
                is_valid,
                expires_at: None,
                data_access_expires_at: None,
                scopes: scopes.iter().map(|scope| (*scope).into()).collect(),
                granular: vec![],
                kind: None,
            },
            accounts: vec![],
            learned: vec![],
            missed: vec![],
            refused: Some(WhatsAppError::Graph {
                code: 100,
                subcode: None,
                status: 400,
                details: None,
                retry_after: None,
                trace: None,
            }),
        };
        let both = ["whatsapp_business_messaging", "whatsapp_business_management"];
        let one_account = Found {
            accounts: vec![HeardAccount::default()],
            ..token(true, &both)
        };
        assert!(
            problem_of(&one_account).is_none(),
            "an account that works is enough"
        );
        assert_eq!(problem_of(&token(true, &both)).unwrap().code, "100");
        let title = problem_of(&token(true, &both[..1])).unwrap().title;
        assert_eq!(title, "The access token lacks whatsapp_business_management");
        assert_eq!(problem_of(&token(false, &both)).unwrap().code, "token_invalid");
    }
}
