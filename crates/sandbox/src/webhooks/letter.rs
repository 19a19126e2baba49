//! One webhook: its body, and how it is signed when it leaves.

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;

/// Who a webhook comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    WhatsApp,
    Stripe,
}

impl Source {
    pub(crate) const ALL: [Self; 2] = [Self::WhatsApp, Self::Stripe];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WhatsApp => "whatsapp",
            Self::Stripe => "stripe",
        }
    }

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::WhatsApp => "/webhooks/whatsapp",
            Self::Stripe => "/webhooks/stripe",
        }
    }
}

/// A webhook's body, and what is needed to sign it.
#[derive(Clone)]
pub struct Letter {
    source: Source,
    id: String,
    kind: String,
    body: String,
    secret: String,
}

impl Letter {
    /// `id` is the wamid it is about, `kind` is `message` or the name of a status.
    pub fn whatsapp(id: &str, kind: &str, body: String, app_secret: &str) -> Self {
        Self::new(Source::WhatsApp, id, kind, body, app_secret)
    }

    /// `id` and `kind` are the event's; `secret` is the whole `whsec_…`.
    pub fn stripe(id: &str, kind: &str, body: String, secret: &str) -> Self {
        Self::new(Source::Stripe, id, kind, body, secret)
    }

    fn new(source: Source, id: &str, kind: &str, body: String, secret: &str) -> Self {
        Self {
            source,
            id: id.to_owned(),
            kind: kind.to_owned(),
            body,
            secret: secret.to_owned(),
        }
    }

    pub fn source(&self) -> Source {
        self.source
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn kind(&self) -> &str {
        &self.kind
    }

    pub(crate) fn body(&self) -> &str {
        &self.body
    }

    /// Returns the headers of an attempt made at `now_s`, which is real time: receivers compare it
    /// with their own clock, whatever was skipped here.
    pub(crate) fn headers(&self, now_s: i64) -> [(&'static str, String); 3] {
        match self.source {
            Source::WhatsApp => [
                ("content-type", "application/json".to_owned()),
                ("user-agent", "facebookexternalua".to_owned()),
                (
                    "x-hub-signature-256",
                    format!("sha256={}", seal(&self.secret, &[&self.body])),
                ),
            ],
            Source::Stripe => {
                let time = now_s.to_string();
                let seal = seal(&self.secret, &[&time, ".", &self.body]);
                [
                    ("content-type", "application/json; charset=utf-8".to_owned()),
                    (
                        "user-agent",
                        "Stripe/1.0 (+https://stripe.com/docs/webhooks)".to_owned(),
                    ),
                    ("stripe-signature", format!("t={time},v1={seal}")),
                ]
            }
        }
    }
}

/// Returns the hexadecimal HMAC-SHA256 of the parts, one after the other.
fn seal(secret: &str, parts: &[&str]) -> String {
    // HMAC takes keys of any length; no seal at all is what a receiver refuses.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    for part in parts {
        mac.update(part.as_bytes());
    }
    hex::encode(mac.finalize().into_bytes())
}

impl std::fmt::Debug for Letter {
    /// Leaves the body and the secret out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter")
            .field("source", &self.source)
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Letter;

    #[test]
    fn signatures_are_those_of_openssl() {
        // printf '{"a":1}' | openssl dgst -sha256 -hmac secret
        let body = || r#"{"a":1}"#.to_owned();
        let [_, _, (name, value)] = Letter::whatsapp("wamid.1", "message", body(), "secret").headers(0);
        assert_eq!(name, "x-hub-signature-256");
        assert_eq!(
            value,
            "sha256=aa9e2e3575f5d7098b6caccd790888c36d5fdb63342a73bada2d6a51747a8494"
        );
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_secret
        let [_, _, (name, value)] =
            Letter::stripe("evt_1", "x", body(), "whsec_secret").headers(1_700_000_000);
        assert_eq!(name, "stripe-signature");
        assert_eq!(
            value,
            "t=1700000000,v1=94d16e1619634d17316fbd1ec4703d0969ff5871235e5d41f28a0cd9bcf6da7c"
        );
    }
}
