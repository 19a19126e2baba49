//! The sandbox as a process of its own, and its control API.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::{Home, Process, binary, http, until};

const PATIENCE: Duration = Duration::from_secs(30);

/// A running sandbox.
#[derive(Debug)]
pub struct Sandbox {
    process: Process,
    http: reqwest::Client,
    ready: Ready,
}

/// What it says when it is ready.
#[derive(Debug, Clone, Deserialize)]
pub struct Ready {
    pub whatsapp: WhatsApp,
    pub stripe: Stripe,
    pub control: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct WhatsApp {
    pub url: String,
    pub token: String,
    pub phone_number_id: String,
    pub app_secret: String,
    pub verify_token: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Stripe {
    pub url: String,
    pub key: String,
    pub webhook_secret: String,
}

/// One message on a customer's phone.
#[derive(Debug, Clone, Deserialize)]
pub struct Bubble {
    pub wamid: String,
    pub from: From,
    #[serde(default)]
    pub text: String,
    pub button: Option<Button>,
    pub status: String,
    /// The message type, such as `image`.
    #[serde(rename = "type", default)]
    pub kind: String,
    pub file: Option<PhoneFile>,
}

/// A file on a customer's phone.
#[derive(Debug, Clone, Deserialize)]
pub struct PhoneFile {
    pub sha256: Option<String>,
    pub size: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    Shop,
    Customer,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Button {
    pub text: String,
    pub url: String,
}

/// A webhook that was answered with a 2xx.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Acknowledged {
    pub source: String,
    /// A wamid, or a Stripe event's id.
    pub id: String,
    pub kind: String,
}

impl Sandbox {
    /// Starts one in which nobody writes unless told to.
    pub async fn start(home: &Home) -> Result<Self> {
        Self::run(home, home.command(binary("cobro-sandbox")?)).await
    }

    /// Starts one that takes no processor from the desk: the outside world has machines of its own.
    #[cfg(unix)]
    pub async fn start_aside(home: &Home) -> Result<Self> {
        let mut command = home.command("nice");
        command.args(["-n", "19"]).arg(binary("cobro-sandbox")?);
        Self::run(home, command).await
    }

    async fn run(home: &Home, mut command: Command) -> Result<Self> {
        command.args(["--whatsapp", "127.0.0.1:0", "--stripe", "127.0.0.1:0"]);
        let mut process = Process::start("The sandbox", command, &home.log("sandbox"))?;
        let ready = process.ready(PATIENCE).await?;
        let ready = serde_json::from_value(ready).context("The sandbox's ready line is not as documented")?;
        process.ignore_output();
        Ok(Self {
            process,
            http: http()?,
            ready,
        })
    }

    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Returns the settings of a desk that takes this sandbox for WhatsApp and Stripe.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let Ready { whatsapp, stripe, .. } = &self.ready;
        vec![
            ("COBRO_WHATSAPP_API", whatsapp.url.clone()),
            ("COBRO_WHATSAPP_TOKEN", whatsapp.token.clone()),
            ("COBRO_WHATSAPP_PHONE_NUMBER_ID", whatsapp.phone_number_id.clone()),
            ("COBRO_WHATSAPP_APP_SECRET", whatsapp.app_secret.clone()),
            ("COBRO_WHATSAPP_VERIFY_TOKEN", whatsapp.verify_token.clone()),
            ("COBRO_STRIPE_API", stripe.url.clone()),
            ("COBRO_STRIPE_KEY", stripe.key.clone()),
            ("COBRO_STRIPE_WEBHOOK_SECRET", stripe.webhook_secret.clone()),
        ]
    }

    /// Sends webhooks to this relay from now on.
    pub async fn deliver_to(&self, relay: &str) -> Result<()> {
        self.put("webhooks", &json!({ "url": relay })).await
    }

    /// Lets a customer write. Returns the message's wamid.
    pub async fn customer_writes(&self, phone: &str, name: &str, text: &str) -> Result<String> {
        let path = format!("customers/{phone}/messages");
        let answer: Value = self.post(&path, &json!({ "text": text, "name": name })).await?;
        Ok(answer["wamid"]
            .as_str()
            .context("The sandbox named no wamid")?
            .to_owned())
    }

    /// Lets a customer send anything, in the control API's words.
    pub async fn customer_sends(&self, phone: &str, message: &Value) -> Result<()> {
        self.post::<Value>(&format!("customers/{phone}/messages"), message)
            .await
            .map(drop)
    }

    /// Returns what a customer's phone shows, oldest first.
    pub async fn phone(&self, phone: &str) -> Result<Vec<Bubble>> {
        self.get(&format!("customers/{phone}/phone")).await
    }

    /// Waits until the phone shows a message of the shop of which `is_it` is true.
    pub async fn phone_shows(
        &self,
        phone: &str,
        what: &str,
        is_it: impl Fn(&Bubble) -> bool,
    ) -> Result<Bubble> {
        let find = || async {
            let bubbles = self.phone(phone).await.ok()?;
            bubbles
                .into_iter()
                .find(|bubble| bubble.from == From::Shop && is_it(bubble))
        };
        let found = until(PATIENCE, find).await;
        found.with_context(|| format!("{what} did not reach the customer's phone in {PATIENCE:?}"))
    }

    /// Marks everything on the phone read.
    pub async fn customer_reads(&self, phone: &str) -> Result<()> {
        self.post::<Value>(&format!("customers/{phone}/read"), &json!({}))
            .await
            .map(drop)
    }

    /// Lets the customer pay at a link, as on the pay page. Returns the outcome.
    pub async fn customer_pays(&self, phone: &str, url: &str, card: &str) -> Result<Value> {
        self.post(
            &format!("customers/{phone}/pay"),
            &json!({ "url": url, "card": card }),
        )
        .await
    }

    /// Lets a customer's card, as Stripe keeps it, fail or work from now on.
    pub async fn set_card(&self, customer: &str, works: bool) -> Result<()> {
        let path = format!("stripe/customers/{customer}/card");
        self.post::<Value>(&path, &json!({ "works": works }))
            .await
            .map(drop)
    }

    /// Sets what goes wrong, in the control API's words.
    pub async fn set_faults(&self, faults: &Value) -> Result<()> {
        self.put("faults", faults).await
    }

    pub async fn clear_faults(&self) -> Result<()> {
        let request = self.http.delete(self.url("faults"));
        self.ask(request).await.map(drop)
    }

    /// Lets its time pass.
    pub async fn advance(&self, by: Duration) -> Result<()> {
        self.post::<Value>("time/advance", &json!({ "seconds": by.as_secs_f64() }))
            .await
            .map(drop)
    }

    /// Returns the webhooks that were answered with a 2xx.
    pub async fn acknowledged(&self) -> Result<Vec<Acknowledged>> {
        self.get("webhooks/acknowledged").await
    }

    /// Lets the shop's phone share its history, made up as the plan says.
    pub async fn phone_shares_history(&self, plan: &Value) -> Result<Value> {
        self.post("history", plan).await
    }

    /// Returns every message of the history as it must stand in the desk in the end, in order of time.
    pub async fn history(&self) -> Result<Vec<Value>> {
        let mut report: Value = self.get("history?entries=true").await?;
        match report["entries"].take() {
            Value::Array(entries) => Ok(entries),
            _ => bail!("The sandbox's history has no entries"),
        }
    }

    /// Waits until every webhook has been answered.
    pub async fn delivered(&self, patience: Duration) -> Result<()> {
        let none_left = || async {
            let status: Value = self.get("status").await.ok()?;
            (status["webhooks"]["pending"] == 0).then_some(())
        };
        until(patience, none_left)
            .await
            .with_context(|| format!("Webhooks still wait after {patience:?}"))
    }

    /// Returns all of Stripe's objects of a kind, such as `payment_link`.
    pub async fn stripe_objects(&self, kind: &str) -> Result<Vec<Value>> {
        self.get(&format!("stripe/objects/{kind}")).await
    }

    /// Ends it, as when somebody forgot to start it.
    pub async fn stop(&mut self) -> Result<()> {
        self.process.kill().await
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.ready.control)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let answer = self.ask(self.http.get(self.url(path))).await?;
        serde_json::from_slice(&answer)
            .with_context(|| format!("The sandbox's answer about {path} is not as documented"))
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T> {
        let answer = self.ask(self.http.post(self.url(path)).json(body)).await?;
        serde_json::from_slice(&answer)
            .with_context(|| format!("The sandbox's answer to {path} is not as documented"))
    }

    async fn put(&self, path: &str, body: &Value) -> Result<()> {
        self.ask(self.http.put(self.url(path)).json(body)).await.map(drop)
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Result<Vec<u8>> {
        let answer = request.send().await.context("The sandbox can't be asked")?;
        let (status, url) = (answer.status(), answer.url().path().to_owned());
        let body = answer.bytes().await.context("The sandbox's answer broke off")?;
        if !status.is_success() {
            bail!(
                "The sandbox answered {status} to {url}: {}",
                String::from_utf8_lossy(&body)
            );
        }
        Ok(body.into())
    }
}
