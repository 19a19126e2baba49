//! How a sandbox is started.

use crate::script::Script;
use crate::stripe::StripeOptions;
use crate::whatsapp::WhatsAppOptions;

/// Everything has a default: fixed ids and secrets that nobody could take for real ones, so that a
/// profile written once keeps working. Stripe's account alone is a new one: what an earlier one was
/// paid is not in it.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Where the Graph API listens; port 0 takes a free one.
    pub whatsapp_listen: String,
    /// Where Stripe's API and the pay page listen.
    pub stripe_listen: String,
    /// The base of the relay's `/webhooks/…`; webhooks wait until there is one.
    pub webhooks: Option<String>,
    /// Where customers reach the pay page, if not at the address it listens on.
    pub public_stripe_url: Option<String>,
    pub whatsapp: WhatsAppOptions,
    /// Its `public_url` is filled in at the start.
    pub stripe: StripeOptions,
    pub script: Script,
    /// Repeats the script's choices.
    pub seed: u64,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        let whatsapp = WhatsAppOptions::default();
        let stripe = StripeOptions {
            secret_key: "sk_test_51Sandbox0000000000000000000000000".to_owned(),
            restricted_key: "rk_test_51Sandbox0000000000000000000000000".to_owned(),
            webhook_secret: "whsec_sandbox000000000000000000000000000".to_owned(),
            shop: whatsapp.verified_name.clone(),
            ..StripeOptions::new("")
        };
        Self {
            whatsapp_listen: "127.0.0.1:0".to_owned(),
            stripe_listen: "127.0.0.1:0".to_owned(),
            webhooks: None,
            public_stripe_url: None,
            whatsapp,
            stripe,
            script: Script::None,
            seed: 1,
        }
    }
}
