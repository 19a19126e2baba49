//! The sandbox's pay page, as a customer's browser has it. The desk's own tests pay on it too.

use reqwest::{Client, RequestBuilder, Url};

/// Returns a browser that goes to the sandbox and nowhere else: after paying, a session leads back to WhatsApp.
pub fn browser() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let stays = reqwest::redirect::Policy::custom(|attempt| match attempt.url().host_str() {
        Some("127.0.0.1") => attempt.follow(),
        _ => attempt.stop(),
    });
    Client::builder().no_proxy().redirect(stays).build().unwrap()
}

/// A page that is open.
#[derive(Debug)]
pub struct PayPage {
    browser: Client,
    at: Url,
    html: String,
}

impl PayPage {
    pub async fn open(address: &str) -> Self {
        let mut page = Self {
            browser: browser(),
            at: address.parse().unwrap(),
            html: String::new(),
        };
        page.show(page.browser.get(page.at.clone())).await;
        page
    }

    /// Types a card and everything else that the page may ask for, and pays.
    pub async fn by_card(&mut self, number: &str) {
        self.posts(&format!(
            "method=card&number={number}&expiry=12%2F34&cvc=123&name=Ana+Souza&email=ana%40example.com\
             &phone=%2B525512345678&line1=Av.+Ju%C3%A1rez+1&city=CDMX&postal_code=06000&country=MX"
        ))
        .await;
    }

    /// Chooses another way of paying.
    pub async fn by(&mut self, method: &str) {
        self.posts(&format!("method={method}&name=Ana+Souza")).await;
    }

    /// Presses one of two buttons: at the bank, at the store.
    pub async fn presses(&mut self, answer: &str) {
        self.posts(&format!("answer={answer}")).await;
    }

    /// Sends so much by transfer.
    pub async fn sends(&mut self, amount: &str) {
        self.posts(&format!("amount={amount}")).await;
    }

    /// Posts a form to where the page's own form goes; to the page itself where it says nothing.
    async fn posts(&mut self, fields: &str) {
        let to = match self.html.split_once("action=\"") {
            Some((_, rest)) => self.at.join(rest.split('"').next().unwrap()).unwrap(),
            None => self.at.clone(),
        };
        let request = self
            .browser
            .post(to)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(fields.to_owned());
        self.show(request).await;
    }

    async fn show(&mut self, request: RequestBuilder) {
        let answer = request.send().await.unwrap();
        let status = answer.status();
        assert!(status.is_success() || status.is_redirection(), "{status}");
        self.at = answer.url().clone();
        self.html = answer.text().await.unwrap();
    }
}
