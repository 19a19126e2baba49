//! Who is asking: the secret key, the restricted key, or nobody we know.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::options::StripeOptions;
use super::refusal::Refusal;
use super::routes::Route;

/// What a request's key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Secret,
    Restricted,
}

/// Returns who is asking, or Stripe's 401.
pub(crate) fn caller(options: &StripeOptions, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let Some(key) = key_from_headers(headers) else {
        return Err(Refusal::unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using \
             Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication \
             for details, or we can help at https://support.stripe.com/.",
        ));
    };
    if key == options.secret_key {
        Ok(Caller::Secret)
    } else if key == options.restricted_key {
        Ok(Caller::Restricted)
    } else if key.starts_with("pk_") {
        let message = "This API call cannot be made with a publishable API key. Please use a secret API key. \
             You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.";
        Err(Refusal::unauthorized(message).code("secret_key_required"))
    } else {
        Err(Refusal::unauthorized(format!(
            "Invalid API Key provided: {}",
            masked(&key)
        )))
    }
}

/// Refuses what a restricted key was not given, naming the permission as Stripe does.
pub(crate) fn permit(options: &StripeOptions, caller: Caller, route: &Route) -> Result<(), Refusal> {
    let needed = route.needs();
    let given = |name: &str| options.permissions.contains(name);
    let allowed = match caller {
        Caller::Secret => true,
        Caller::Restricted => given(&needed) || given(&format!("{}_write", route.permission)),
    };
    if allowed {
        return Ok(());
    }
    Err(Refusal::forbidden(format!(
        "The provided key '{}' does not have the required permissions for this endpoint on account '{}'. \
         Having the '{needed}' permission would allow this request to continue.",
        masked(&options.restricted_key),
        options.account
    )))
}

/// Returns the key from `Bearer key` or from Basic's user name.
fn key_from_headers(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(credentials.trim().to_owned()),
        "basic" => {
            let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
            decoded.split(':').next().map(str::to_owned)
        }
        _ => None,
    }
    .filter(|key| !key.is_empty())
}

/// Returns the key with all but its kind and its last four letters hidden.
fn masked(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    let hidden_until = letters.len().saturating_sub(4);
    let shown = |at: usize| at < 8 || at >= hidden_until;
    letters
        .iter()
        .enumerate()
        .map(|(at, letter)| if shown(at) { *letter } else { '*' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_key_is_shown_by_its_kind_and_its_end() {
        assert_eq!(masked("rk_test_abcdefghij1234"), "rk_test_**********1234");
    }
}
