//! What the sandboxed WhatsApp Business account is like.

use std::time::Duration;

/// The account and the number that [`super::WhatsApp`] plays.
#[derive(Clone)]
pub struct WhatsAppOptions {
    pub token: String,
    pub app_secret: String,
    pub verify_token: String,
    pub phone_number_id: String,
    pub waba_id: String,
    pub app_id: String,
    /// The business portfolio that owns the account.
    pub business_id: String,
    /// How many numbers the account has; the others' ids follow the first's.
    pub lines: usize,
    /// The numbers' two-step verification PIN.
    pub pin: String,
    /// The numbers live in the WhatsApp Business app too: history, echoes, phone book.
    pub on_phone: bool,
    /// Refuses what comes too fast, as WhatsApp does.
    pub rate_limits: bool,
    /// How long Meta reviews a template, in virtual time.
    pub review_takes: Duration,
    /// Where files are fetched; filled in at the start.
    pub public_url: String,
    /// The shop's number as webhooks show it: digits alone.
    pub display_phone_number: String,
    pub verified_name: String,
    /// How long after it was accepted a message counts as sent, in virtual time.
    pub sent_after: Duration,
    /// How long after that it reaches the customer's phone.
    pub delivered_after: Duration,
}

impl Default for WhatsAppOptions {
    fn default() -> Self {
        Self {
            token: "EAAsandbox0000000000000000000000token".to_owned(),
            app_secret: "sandbox0app0secret0000000000000000".to_owned(),
            verify_token: "sandbox-verify-token".to_owned(),
            phone_number_id: "100000000000001".to_owned(),
            waba_id: "200000000000002".to_owned(),
            app_id: "300000000000003".to_owned(),
            business_id: "500000000000005".to_owned(),
            lines: 1,
            pin: "123456".to_owned(),
            on_phone: true,
            rate_limits: false,
            review_takes: Duration::from_secs(1),
            public_url: String::new(),
            display_phone_number: "5215550000000".to_owned(),
            verified_name: "Pastelería Luna".to_owned(),
            sent_after: Duration::from_millis(60),
            delivered_after: Duration::from_millis(180),
        }
    }
}

impl std::fmt::Debug for WhatsAppOptions {
    /// Leaves the secrets out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WhatsAppOptions")
            .field("phone_number_id", &self.phone_number_id)
            .field("waba_id", &self.waba_id)
            .field("verified_name", &self.verified_name)
            .finish_non_exhaustive()
    }
}
