//! `X-Hub-Signature-256`: who signed a webhook's raw bytes.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Returns whether one of `secrets` signed `body`.
///
/// `header` is the value of `X-Hub-Signature-256`: `sha256=<hex>`. An empty
/// secret never matches: anyone could sign with it.
pub fn is_valid(header: &str, body: &[u8], secrets: &[SecretString]) -> bool {
    let Some(Ok(given)) = header.trim().strip_prefix("sha256=").map(hex::decode) else {
        return false;
    };
    secrets.iter().any(|secret| {
        let secret = secret.expose_secret().as_bytes();
        !secret.is_empty() && mac_of(body, secret).is_some_and(|mac| mac.verify_slice(&given).is_ok())
    })
}

fn mac_of(body: &[u8], secret: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(body);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"{\"object\":\"whatsapp_business_account\"}";

    fn signed_with(secret: &str) -> String {
        let mac = mac_of(BODY, secret.as_bytes()).unwrap();
        format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
    }

    fn secrets(of: &[&str]) -> Vec<SecretString> {
        of.iter().map(|secret| SecretString::from(*secret)).collect()
    }

    #[test]
    fn any_of_several_secrets_is_enough() {
        assert!(is_valid(&signed_with("new"), BODY, &secrets(&["old", "new"])));
        assert!(!is_valid(&signed_with("new"), BODY, &secrets(&["old"])));
    }

    #[test]
    fn one_changed_byte_is_refused() {
        assert!(!is_valid(
            &signed_with("s"),
            b"{\"object\":\"whatsapp_business_accounT\"}",
            &secrets(&["s"])
        ));
    }

    #[test]
    fn an_empty_secret_or_signature_never_matches() {
        assert!(!is_valid(&signed_with(""), BODY, &secrets(&[""])));
        assert!(!is_valid("", BODY, &secrets(&["s"])));
        assert!(!is_valid("sha256=", BODY, &secrets(&["s"])));
        assert!(!is_valid("sha256=zz", BODY, &secrets(&["s"])));
    }
}
