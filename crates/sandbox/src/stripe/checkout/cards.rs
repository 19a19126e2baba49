//! Stripe's test cards and what each of them does.

use crate::stripe::objects::charge::Failure;
use crate::stripe::objects::payment_method::Face;

/// A test card, recognised by its number; the number itself is not kept.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    brand: &'static str,
    last4: String,
    funding: &'static str,
    country: &'static str,
    pub(crate) behaviour: Behaviour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Approves,
    Declines(Failure),
    /// Asks for 3-D Secure first, then approves or declines.
    Authenticates(Option<Failure>),
}

const fn declined(decline_code: &'static str, message: &'static str) -> Failure {
    Failure {
        code: "card_declined",
        decline_code: Some(decline_code),
        message,
    }
}

const fn failed(code: &'static str, message: &'static str) -> Failure {
    Failure {
        code,
        decline_code: Some(code),
        message,
    }
}

const GENERIC: Failure = declined("generic_decline", "Your card was declined.");
pub(crate) const NO_FUNDS: Failure = declined("insufficient_funds", "Your card has insufficient funds.");
const LOST: Failure = declined("lost_card", "Your card was declined.");
const STOLEN: Failure = declined("stolen_card", "Your card was declined.");
const VELOCITY: Failure = declined(
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
);
const EXPIRED: Failure = failed("expired_card", "Your card has expired.");
const WRONG_CVC: Failure = failed("incorrect_cvc", "Your card's security code is incorrect.");
const PROCESSING: Failure = failed(
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
);
const LIVE_CARD: Failure = declined(
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test card. \
     For a list of valid test cards, visit: https://stripe.com/docs/testing.",
);
/// What Stripe answers to a number with a wrong check digit.
pub(crate) const INCORRECT_NUMBER: Failure = Failure {
    code: "incorrect_number",
    decline_code: None,
    message: "Your card number is incorrect.",
};
/// What Stripe leaves on a payment whose 3-D Secure failed.
pub(crate) const NOT_AUTHENTICATED: Failure = Failure {
    code: "payment_intent_authentication_failure",
    decline_code: None,
    message: "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
};

/// Number, the name of its ready-made payment method, funding, country, behaviour.
const CARDS: &[(&str, &str, &str, &str, Behaviour)] = &[
    (
        "4242424242424242",
        "pm_card_visa",
        "credit",
        "US",
        Behaviour::Approves,
    ),
    (
        "4000056655665556",
        "pm_card_visa_debit",
        "debit",
        "US",
        Behaviour::Approves,
    ),
    (
        "5555555555554444",
        "pm_card_mastercard",
        "credit",
        "US",
        Behaviour::Approves,
    ),
    ("2223003122003222", "", "credit", "US", Behaviour::Approves),
    (
        "5200828282828210",
        "pm_card_mastercard_debit",
        "debit",
        "US",
        Behaviour::Approves,
    ),
    (
        "378282246310005",
        "pm_card_amex",
        "credit",
        "US",
        Behaviour::Approves,
    ),
    (
        "6011111111111117",
        "pm_card_discover",
        "credit",
        "US",
        Behaviour::Approves,
    ),
    (
        "4000004840008001",
        "pm_card_mx",
        "credit",
        "MX",
        Behaviour::Approves,
    ),
    ("5062210000000009", "", "credit", "MX", Behaviour::Approves),
    (
        "4000000760000002",
        "pm_card_br",
        "credit",
        "BR",
        Behaviour::Approves,
    ),
    (
        "4000001700000003",
        "pm_card_co",
        "credit",
        "CO",
        Behaviour::Approves,
    ),
    (
        "4000001520000001",
        "pm_card_cl",
        "credit",
        "CL",
        Behaviour::Approves,
    ),
    (
        "4000000000007726",
        "pm_card_pendingRefund",
        "credit",
        "US",
        Behaviour::Approves,
    ),
    (
        "4000000000005126",
        "pm_card_refundFail",
        "credit",
        "US",
        Behaviour::Approves,
    ),
    (
        "4000000000000259",
        "pm_card_createDispute",
        "credit",
        "US",
        Behaviour::Approves,
    ),
    (
        "4000000000000002",
        "pm_card_chargeDeclined",
        "credit",
        "US",
        Behaviour::Declines(GENERIC),
    ),
    (
        "4000000000009995",
        "pm_card_chargeDeclinedInsufficientFunds",
        "credit",
        "US",
        Behaviour::Declines(NO_FUNDS),
    ),
    (
        "4000000000009987",
        "pm_card_chargeDeclinedLostCard",
        "credit",
        "US",
        Behaviour::Declines(LOST),
    ),
    (
        "4000000000009979",
        "pm_card_chargeDeclinedStolenCard",
        "credit",
        "US",
        Behaviour::Declines(STOLEN),
    ),
    (
        "4000000000000069",
        "pm_card_chargeDeclinedExpiredCard",
        "credit",
        "US",
        Behaviour::Declines(EXPIRED),
    ),
    (
        "4000000000000127",
        "pm_card_chargeDeclinedIncorrectCvc",
        "credit",
        "US",
        Behaviour::Declines(WRONG_CVC),
    ),
    (
        "4000000000000119",
        "pm_card_chargeDeclinedProcessingError",
        "credit",
        "US",
        Behaviour::Declines(PROCESSING),
    ),
    (
        "4000000000006975",
        "pm_card_chargeDeclinedVelocityLimitExceeded",
        "credit",
        "US",
        Behaviour::Declines(VELOCITY),
    ),
    (
        "4000002760003184",
        "pm_card_authenticationRequired",
        "credit",
        "DE",
        Behaviour::Authenticates(None),
    ),
    (
        "4000000000003220",
        "pm_card_threeDSecure2Required",
        "credit",
        "US",
        Behaviour::Authenticates(None),
    ),
    (
        "4000002500003155",
        "pm_card_authenticationRequiredOnSetup",
        "credit",
        "FR",
        Behaviour::Authenticates(None),
    ),
    (
        "4000008400001629",
        "pm_card_threeDSecureRequiredChargeDeclined",
        "credit",
        "US",
        Behaviour::Authenticates(Some(GENERIC)),
    ),
];

impl Card {
    /// Recognises a number, however it is spaced. A real card is known too: it is always declined.
    pub(crate) fn read(number: &str) -> Result<Self, Failure> {
        let digits: String = number
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect();
        let plausible = (13..=19).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plausible || !passes_luhn(&digits) {
            return Err(INCORRECT_NUMBER);
        }
        let known = CARDS.iter().find(|(number, ..)| *number == digits);
        let (_, _, funding, country, behaviour) =
            known
                .copied()
                .unwrap_or(("", "", "unknown", "US", Behaviour::Declines(LIVE_CARD)));
        let last4 = digits.get(digits.len() - 4..).unwrap_or_default().to_owned();
        Ok(Self {
            brand: brand(&digits),
            last4,
            funding,
            country,
            behaviour,
        })
    }

    /// Returns the card behind one of Stripe's ready-made payment methods, such as `pm_card_visa`.
    pub(crate) fn ready_made(method: &str) -> Option<Self> {
        let (number, ..) = CARDS
            .iter()
            .find(|(_, name, ..)| *name == method && !name.is_empty())?;
        Self::read(number).ok()
    }

    /// Returns the test card with these last digits.
    pub(crate) fn by_last4(last4: &str) -> Option<Self> {
        let (number, ..) = CARDS.iter().find(|(number, ..)| number.ends_with(last4))?;
        Self::read(number).ok()
    }

    /// Returns the test card with these last digits that asks for 3-D Secure.
    pub(crate) fn challenged(last4: &str) -> Option<Self> {
        let asks = |behaviour: Behaviour| matches!(behaviour, Behaviour::Authenticates(_));
        let (number, ..) = CARDS
            .iter()
            .find(|(number, _, _, _, b)| number.ends_with(last4) && asks(*b))?;
        Self::read(number).ok()
    }

    /// Returns whether the bank lets the customer pay in months: Mexican credit cards only.
    pub(crate) fn takes_installments(&self) -> bool {
        self.country == "MX" && self.funding == "credit"
    }

    /// Returns what may be told of the card. The same card has the same fingerprint.
    pub(crate) fn face(&self, month: i64, year: i64) -> Face {
        Face {
            brand: self.brand,
            last4: self.last4.clone(),
            month,
            year,
            funding: self.funding,
            country: self.country,
            fingerprint: format!("sandbox{}{}", self.brand, self.last4),
            authenticated: None,
            months: None,
        }
    }
}

fn brand(digits: &str) -> &'static str {
    match digits.as_bytes() {
        [b'4', ..] => "visa",
        [b'5', b'1'..=b'5', ..] | [b'2', b'2'..=b'7', ..] => "mastercard",
        [b'3', b'4' | b'7', ..] => "amex",
        [b'3', b'0' | b'6' | b'8', ..] => "diners",
        [b'3', b'5', ..] => "jcb",
        [b'6', ..] => "discover",
        _ => "unknown",
    }
}

fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match (place % 2, digit) {
                (0, _) => digit,
                (_, 5..) => digit * 2 - 9,
                _ => digit * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::{Behaviour, CARDS, Card, INCORRECT_NUMBER};

    #[test]
    fn every_test_card_has_a_right_check_digit_and_its_behaviour() {
        for (number, name, _, _, behaviour) in CARDS {
            let card = Card::read(number).unwrap_or_else(|_| panic!("{number} fails its check digit"));
            assert_eq!(card.behaviour, *behaviour);
            if !name.is_empty() {
                assert_eq!(Card::ready_made(name).unwrap().last4, card.last4);
            }
        }
    }

    #[test]
    fn numbers_may_be_spaced_and_wrong_ones_are_refused() {
        assert_eq!(Card::read("4242 4242-4242 4242").unwrap().last4, "4242");
        assert_eq!(Card::read("4242424242424241").unwrap_err(), INCORRECT_NUMBER);
        assert_eq!(Card::read("0000").unwrap_err(), INCORRECT_NUMBER);
    }

    #[test]
    fn a_card_that_is_not_a_test_card_is_declined() {
        let Behaviour::Declines(failure) = Card::read("4111111111111111").unwrap().behaviour else {
            panic!()
        };
        assert_eq!(failure.decline_code, Some("test_mode_live_card"));
    }
}
