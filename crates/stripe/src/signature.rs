//! `Stripe-Signature`: who signed a webhook's raw bytes, and when.

use std::time::Duration;

use cobro_protocol::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// How far the signature's own time may be from the arrival.
pub const TOLERANCE: Duration = Duration::from_mins(5);

/// Returns whether one of `secrets` signed `body` near `arrived_at`.
///
/// `header` is `t=<unix>,v1=<hex>[,v1=<hex>…]`; any `v1` may match any secret,
/// so that secrets can be rotated. An empty secret never matches.
pub fn is_valid(header: &str, body: &[u8], secrets: &[SecretString], arrived_at: Timestamp) -> bool {
    let Some(signed) = Signed::from_header(header) else {
        return false;
    };
    let at = Timestamp::from_secs(signed.at);
    if arrived_at.since(at).max(at.since(arrived_at)) > TOLERANCE {
        return false;
    }
    secrets
        .iter()
        .any(|secret| signed.is_by(secret.expose_secret().as_bytes(), body))
}

struct Signed {
    at: i64,
    v1: Vec<Vec<u8>>,
}

impl Signed {
    fn from_header(header: &str) -> Option<Self> {
        let mut at = None;
        let mut v1 = Vec::new();
        for part in header.split(',') {
            match part.trim().split_once('=') {
                Some(("t", value)) => at = Some(value.parse().ok()?),
                Some(("v1", value)) => v1.extend(hex::decode(value).ok()),
                _ => {}
            }
        }
        Some(Self { at: at?, v1 })
    }

    fn is_by(&self, secret: &[u8], body: &[u8]) -> bool {
        !secret.is_empty()
            && self
                .v1
                .iter()
                .any(|given| mac_of(self.at, body, secret).is_some_and(|mac| mac.verify_slice(given).is_ok()))
    }
}

fn mac_of(at: i64, body: &[u8], secret: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(format!("{at}.").as_bytes());
    mac.update(body);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"{\"id\":\"evt_1\"}";
    const AT: i64 = 1_790_000_000;

    fn header(secret: &str) -> String {
        let mac = mac_of(AT, BODY, secret.as_bytes()).unwrap();
        format!("t={AT},v1={}", hex::encode(mac.finalize().into_bytes()))
    }

    fn check(header: &str, secrets: &[&str], arrived: i64) -> bool {
        let secrets: Vec<_> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
        is_valid(header, BODY, &secrets, Timestamp::from_secs(arrived))
    }

    #[test]
    fn any_signature_by_any_secret_is_enough() {
        let both = format!(
            "{},v1={}",
            header("old"),
            header("new").split_once("v1=").unwrap().1
        );
        assert!(check(&both, &["new"], AT));
        assert!(check(&header("new"), &["old", "new"], AT + 299));
    }

    #[test]
    fn tolerance_is_measured_at_arrival() {
        assert!(!check(&header("s"), &["s"], AT + 301));
        assert!(!check(&header("s"), &["s"], AT - 301));
    }

    #[test]
    fn empty_missing_and_wrong_are_refused() {
        assert!(!check(&header(""), &[""], AT));
        assert!(!check("", &["s"], AT));
        assert!(!check("t=1", &["s"], 1));
        assert!(!check(&format!("t={AT},v1="), &["s"], AT));
        assert!(!check(&header("other"), &["s"], AT));
    }
}
