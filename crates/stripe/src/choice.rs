//! Link or session: which of Stripe's two objects can do what a charge needs, and why.

use serde::Serialize;
use specta::Type;

use crate::{links, sessions};

/// What a charge needs of the object that it is paid through. The default is the plainest charge.
#[expect(
    clippy::struct_excessive_bools,
    reason = "needs are independent of each other"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Need<'a> {
    /// Stripe's names of the methods asked for, such as `oxxo`; none leaves it to the account.
    pub methods: &'a [&'a str],
    pub lines: usize,
    pub recurring: bool,
    /// It is to be payable for longer than a day.
    pub lasts_over_a_day: bool,
    /// Many customers pay the same.
    pub reusable: bool,
    /// Taken off before the page opens; a code that the customer types needs nothing.
    pub discount: bool,
    /// It is to be booked on a customer that Stripe knows.
    pub known_customer: bool,
    /// Meses sin intereses.
    pub installments: bool,
    /// Days or seconds for a voucher other than Stripe's own.
    pub voucher_days: bool,
    /// Ways of delivery to choose from, each with its price.
    pub shipping_choices: bool,
    /// The page is to speak one language, not the browser's.
    pub language: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum StripeObject {
    PaymentLink,
    CheckoutSession,
}

/// Why it is this object: the key of one line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// A link does all of it, and stays until it is switched off.
    LinkLasts,
    /// A link can be paid many times.
    LinkIsReusable,
    /// Only a session takes transfers.
    Spei,
    Installments,
    VoucherDays,
    Discount,
    ShippingChoices,
    KnownCustomer,
    Language,
    /// A link has at most twenty lines.
    ManyLines,
}

/// The object to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    pub object: StripeObject,
    pub reason: Reason,
    /// It was to last longer, but must be issued again each day.
    pub ends_within_a_day: bool,
}

/// Why neither object can do it. The reason says what asks for a session, where something does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase", tag = "kind", content = "reason")]
pub enum NotPossible {
    #[error("Stripe can't make this payable by many: {0:?} needs a session, which is paid once")]
    ReusableSession(Reason),
    #[error("Stripe takes at most 100 lines for one payment and 20 for a subscription: put some together")]
    TooManyLines,
    #[error(
        "One of the methods is for a single payment only: leave out OXXO, Pix and SPEI, or the repetition"
    )]
    MethodIsForOnePayment,
    #[error("Meses sin intereses are for a single payment: leave them out, or the repetition")]
    InstallmentsAreForOnePayment,
}

/// Names of methods that only take single payments.
const ONE_PAYMENT: [&str; 3] = ["oxxo", "pix", SPEI];
/// Stripe's name for a transfer: money that a customer's balance receives.
pub const SPEI: &str = "customer_balance";

/// Returns which object to make. A link where it can do all of it, since it lasts.
pub fn choose(need: &Need<'_>) -> Result<Choice, NotPossible> {
    check_recurring(need)?;
    let most = if need.recurring {
        links::MOST_LINES
    } else {
        sessions::MOST_LINES
    };
    if need.lines > most {
        return Err(NotPossible::TooManyLines);
    }
    match session_reason(need) {
        Some(reason) if need.reusable => Err(NotPossible::ReusableSession(reason)),
        Some(reason) => Ok(Choice {
            object: StripeObject::CheckoutSession,
            reason,
            ends_within_a_day: need.lasts_over_a_day,
        }),
        None => Ok(Choice {
            object: StripeObject::PaymentLink,
            reason: if need.reusable {
                Reason::LinkIsReusable
            } else {
                Reason::LinkLasts
            },
            ends_within_a_day: false,
        }),
    }
}

fn check_recurring(need: &Need<'_>) -> Result<(), NotPossible> {
    if !need.recurring {
        return Ok(());
    }
    if need.installments {
        return Err(NotPossible::InstallmentsAreForOnePayment);
    }
    if need.methods.iter().any(|method| ONE_PAYMENT.contains(method)) {
        return Err(NotPossible::MethodIsForOnePayment);
    }
    Ok(())
}

/// Returns the first thing that a link can't do.
fn session_reason(need: &Need<'_>) -> Option<Reason> {
    let reasons = [
        (need.methods.contains(&SPEI), Reason::Spei),
        (need.installments, Reason::Installments),
        (need.voucher_days, Reason::VoucherDays),
        (need.discount, Reason::Discount),
        (need.shipping_choices, Reason::ShippingChoices),
        (need.known_customer, Reason::KnownCustomer),
        (need.language, Reason::Language),
        (need.lines > links::MOST_LINES, Reason::ManyLines),
    ];
    reasons
        .into_iter()
        .find_map(|(needed, reason)| needed.then_some(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Need<'_> = Need {
        methods: &[],
        lines: 1,
        recurring: false,
        lasts_over_a_day: false,
        reusable: false,
        discount: false,
        known_customer: false,
        installments: false,
        voucher_days: false,
        shipping_choices: false,
        language: false,
    };

    fn chosen(need: Need<'_>) -> (StripeObject, Reason) {
        let choice = choose(&need).unwrap();
        (choice.object, choice.reason)
    }

    #[test]
    fn a_link_does_what_it_can() {
        let link = StripeObject::PaymentLink;
        for methods in [&["card"] as &[_], &["oxxo"], &["boleto"], &["pix"], &[]] {
            assert_eq!(chosen(Need { methods, ..PLAIN }), (link, Reason::LinkLasts));
        }
        assert_eq!(chosen(Need { lines: 20, ..PLAIN }), (link, Reason::LinkLasts));
        assert_eq!(
            chosen(Need {
                recurring: true,
                ..PLAIN
            }),
            (link, Reason::LinkLasts)
        );
        assert_eq!(
            chosen(Need {
                lasts_over_a_day: true,
                ..PLAIN
            }),
            (link, Reason::LinkLasts)
        );
        assert_eq!(
            chosen(Need {
                reusable: true,
                ..PLAIN
            }),
            (link, Reason::LinkIsReusable)
        );
    }

    #[test]
    fn a_session_does_what_a_link_cannot_and_says_why() {
        for (need, reason) in [
            (
                Need {
                    methods: &["card", "customer_balance"],
                    ..PLAIN
                },
                Reason::Spei,
            ),
            (
                Need {
                    installments: true,
                    ..PLAIN
                },
                Reason::Installments,
            ),
            (
                Need {
                    voucher_days: true,
                    ..PLAIN
                },
                Reason::VoucherDays,
            ),
            (
                Need {
                    discount: true,
                    ..PLAIN
                },
                Reason::Discount,
            ),
            (
                Need {
                    shipping_choices: true,
                    ..PLAIN
                },
                Reason::ShippingChoices,
            ),
            (
                Need {
                    known_customer: true,
                    ..PLAIN
                },
                Reason::KnownCustomer,
            ),
            (
                Need {
                    language: true,
                    ..PLAIN
                },
                Reason::Language,
            ),
            (Need { lines: 21, ..PLAIN }, Reason::ManyLines),
        ] {
            assert_eq!(chosen(need), (StripeObject::CheckoutSession, reason));
            let lasting = choose(&Need {
                lasts_over_a_day: true,
                ..need
            })
            .unwrap();
            assert!(lasting.ends_within_a_day, "{reason:?}");
            let many = choose(&Need {
                reusable: true,
                ..need
            });
            assert_eq!(many, Err(NotPossible::ReusableSession(reason)));
        }
    }

    #[test]
    fn what_neither_can_do_is_said() {
        assert_eq!(
            choose(&Need { lines: 101, ..PLAIN }),
            Err(NotPossible::TooManyLines)
        );
        let monthly = Need {
            recurring: true,
            ..PLAIN
        };
        assert_eq!(
            choose(&Need { lines: 21, ..monthly }),
            Err(NotPossible::TooManyLines)
        );
        for methods in [&["oxxo"], &["pix"], &["customer_balance"]] {
            assert_eq!(
                choose(&Need { methods, ..monthly }),
                Err(NotPossible::MethodIsForOnePayment)
            );
        }
        let msi = choose(&Need {
            installments: true,
            ..monthly
        });
        assert_eq!(msi, Err(NotPossible::InstallmentsAreForOnePayment));
    }
}
