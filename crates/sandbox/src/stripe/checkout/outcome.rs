//! How a customer pays, and how it ended.

use serde::{Deserialize, Serialize};

use super::slip::Slip;
use crate::stripe::objects::charge::Failure;
use crate::stripe::objects::session::Buyer;

/// How a customer pays a link.
#[derive(Debug, Clone)]
pub struct PayWith {
    pub(crate) means: Means,
    pub(crate) buyer: Buyer,
}

#[derive(Clone)]
pub(crate) enum Means {
    Card(CardEntry),
    Slip(Slip),
    Transfer,
}

/// A card as typed.
#[derive(Clone)]
pub(crate) struct CardEntry {
    pub(crate) number: String,
    pub(crate) month: i64,
    pub(crate) year: i64,
    pub(crate) challenge: Challenge,
    /// To pay the bank in so many months.
    pub(crate) months: Option<i64>,
}

/// What the customer does when the bank asks for 3-D Secure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Challenge {
    /// Leaves the question open; the page asks it.
    #[default]
    Leave,
    Complete,
    Fail,
}

/// A way of paying, in the control API's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Method {
    Card,
    Oxxo,
    Boleto,
    Pix,
    Transfer,
}

impl PayWith {
    /// Pays as the control API was told to: by the card that always works, unless it names another or another way.
    pub(crate) fn told(method: Option<Method>, card: Option<String>) -> Self {
        match method {
            Some(Method::Oxxo) => Self::oxxo(),
            Some(Method::Boleto) => Self::boleto(),
            Some(Method::Pix) => Self::pix(),
            Some(Method::Transfer) => Self::transfer(),
            Some(Method::Card) | None => Self::card(card.unwrap_or_else(|| "4242424242424242".to_owned())),
        }
    }

    /// Pays by card; spaces in the number don't matter.
    pub fn card(number: impl Into<String>) -> Self {
        let entry = CardEntry {
            number: number.into(),
            month: 12,
            year: 2034,
            challenge: Challenge::Leave,
            months: None,
        };
        Self {
            means: Means::Card(entry),
            buyer: Buyer::default(),
        }
    }

    /// Takes a voucher to pay in cash at an OXXO store.
    pub fn oxxo() -> Self {
        Self::slip(Slip::Oxxo)
    }

    /// Takes a slip to pay at a Brazilian bank.
    pub fn boleto() -> Self {
        Self::slip(Slip::Boleto)
    }

    /// Takes a code to scan with a Pix app.
    pub fn pix() -> Self {
        Self::slip(Slip::Pix)
    }

    pub(crate) fn slip(slip: Slip) -> Self {
        Self {
            means: Means::Slip(slip),
            buyer: Buyer::default(),
        }
    }

    /// Sends the money from a bank; see [`super::super::Stripe::transfer`].
    pub fn transfer() -> Self {
        Self {
            means: Means::Transfer,
            buyer: Buyer::default(),
        }
    }

    /// Pays the bank in so many months, where the checkout and the card allow it.
    #[must_use]
    pub fn in_months(mut self, months: i64) -> Self {
        if let Means::Card(card) = &mut self.means {
            card.months = Some(months);
        }
        self
    }

    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.buyer.name = Some(name.into());
        self
    }

    #[must_use]
    pub fn with_email(mut self, email: impl Into<String>) -> Self {
        self.buyer.email = Some(email.into());
        self
    }

    /// Decides what happens if the card asks for 3-D Secure.
    #[must_use]
    pub fn challenged(mut self, challenge: Challenge) -> Self {
        if let Means::Card(card) = &mut self.means {
            card.challenge = challenge;
        }
        self
    }
}

impl std::fmt::Debug for Means {
    /// Leaves the card number out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Card(_) => "Card",
            Self::Slip(slip) => slip.name(),
            Self::Transfer => "Transfer",
        })
    }
}

/// How an attempt to pay ended; in JSON `outcome` says which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum PayOutcome {
    Paid {
        session: Option<String>,
        payment_intent: String,
        charge: String,
    },
    Declined {
        session: Option<String>,
        payment_intent: String,
        code: String,
        decline_code: Option<String>,
        message: String,
    },
    /// The bank asks for 3-D Secure at `url`.
    NeedsAuthentication {
        session: Option<String>,
        payment_intent: String,
        url: String,
    },
    /// A voucher waits to be paid at a store.
    Voucher {
        session: Option<String>,
        payment_intent: String,
        number: String,
        expires_at: i64,
        url: String,
    },
    /// Money is to be sent to this account.
    Transfer {
        session: Option<String>,
        payment_intent: String,
        clabe: String,
        url: String,
    },
    /// A part of the money came.
    PartlyFunded {
        session: Option<String>,
        payment_intent: String,
        remaining: i64,
    },
    VoucherExpired {
        session: Option<String>,
        payment_intent: String,
    },
    /// It had been paid before; nothing was taken now.
    AlreadyPaid {
        session: Option<String>,
        payment_intent: String,
    },
    /// The link or session no longer sells.
    Inactive { message: Option<String> },
    /// Nothing was tried: a wrong number, a method that isn't offered.
    Refused { message: String },
    /// There is no such link, session or payment.
    NotFound { what: String },
}

impl PayOutcome {
    /// Returns whether money came, now or before.
    pub fn is_paid(&self) -> bool {
        matches!(self, Self::Paid { .. } | Self::AlreadyPaid { .. })
    }

    pub(crate) fn declined(session: Option<String>, payment_intent: &str, failure: Failure) -> Self {
        Self::Declined {
            session,
            payment_intent: payment_intent.to_owned(),
            code: failure.code.to_owned(),
            decline_code: failure.decline_code.map(str::to_owned),
            message: failure.message.to_owned(),
        }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::NotFound {
            what: what.to_owned(),
        }
    }
}
