//! Events: hints that something changed, from a webhook or by asking.
//!
//! An event's payload has the account's API version, may be late, and may
//! repeat: only what it names is taken from it, and that is read back.

use cobro_protocol::Timestamp;
use serde::Deserialize;
use stripe_client_core::StripeRequest;
use stripe_core::event::ListEvent;

use crate::list::{self, List, PAGE};
use crate::objects::Nothing;
use crate::read::{Expanded, Metadata, if_readable, place_of};
use crate::{StripeApi, StripeError, metadata};

/// What is asked for. Stripe takes at most twenty types, so those are left out
/// that always come with another: a refund's making, a cancelled payment.
pub const EVENT_TYPES: [&str; 20] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.requires_action",
    "payment_intent.partially_funded",
    "payment_intent.payment_failed",
    "charge.updated",
    "charge.refunded",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "invoice.paid",
    "invoice.payment_failed",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "payout.paid",
];

/// What a hint of a dispute is to read back.
pub const DISPUTED_PAYMENT: &str = "disputed_payment";

/// The cursor of an account that has had no event yet.
const BEGINNING: &str = "beginning";
/// Pages taken at once; the next poll goes on from there.
const MOST_PAGES: usize = 20;

/// That something happened to an object. Not what: read it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventHint {
    pub id: String,
    /// Such as `checkout.session.completed`.
    pub kind: String,
    pub created: Timestamp,
    pub object_id: Option<String>,
    /// Such as `checkout.session`.
    pub object_kind: Option<String>,
    pub livemode: bool,
    /// The ids that the object names, for finding whom it concerns.
    pub payment_intent: Option<String>,
    pub payment_link: Option<String>,
    pub stripe_charge: Option<String>,
    pub customer: Option<String>,
    /// The subscription that it is, or that an invoice is for.
    pub subscription: Option<String>,
    /// Our own charge, where the object carries its id.
    pub charge: Option<String>,
}

impl EventHint {
    /// Reads a webhook's body. Its signature is checked elsewhere.
    pub fn from_webhook_body(body: &str) -> Result<Self, StripeError> {
        let wire: Wire = serde_json::from_str(body)
            .map_err(|error| StripeError::decode(format!("the event ({})", place_of(&error))))?;
        Ok(wire.into_hint())
    }

    /// Returns kind and id of the object to read back: for a refund or a
    /// dispute, the payment that it is about.
    ///
    /// A disputed payment is a kind of its own: an inquiry takes no money, so the
    /// payment alone does not tell that there is one.
    pub fn to_read_back(&self) -> Option<(&str, &str)> {
        let (about, payment) = match self.object_kind.as_deref()? {
            "refund" => (None, "payment_intent"),
            "dispute" => (None, DISPUTED_PAYMENT),
            // One that is only announced can't be read: its subscription tells when it comes.
            "invoice"
                if self
                    .object_id
                    .as_deref()
                    .is_none_or(|id| id.starts_with("upcoming")) =>
            {
                return self.subscription.as_deref().map(|id| ("subscription", id));
            }
            kind => (self.object_id.as_deref().map(|id| (kind, id)), "payment_intent"),
        };
        about
            .or_else(|| self.payment_intent.as_deref().map(|id| (payment, id)))
            .or_else(|| self.stripe_charge.as_deref().map(|id| ("charge", id)))
    }
}

/// One page, newest first, as Stripe gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    pub events: Vec<EventHint>,
    pub has_more: bool,
}

/// Where in the list of events a page lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventPlace<'a> {
    Newest,
    /// Right after this event in time.
    After(&'a str),
    /// Right before this event in time.
    Before(&'a str),
}

/// What happened since the last time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvents {
    /// Oldest first.
    pub events: Vec<EventHint>,
    /// To be saved together with what the events changed, and given next time.
    pub cursor: Option<String>,
    /// The cursor was older than Stripe keeps events: what came between is not here. Reconcile.
    pub gap: bool,
}

impl StripeApi {
    /// Returns a page of at most `limit` events (1–100) of these types; all types where there are none.
    pub async fn events(
        &self,
        types: &[&str],
        place: EventPlace<'_>,
        limit: u8,
    ) -> Result<EventPage, StripeError> {
        let mut request = ListEvent::new().limit(i64::from(limit.clamp(1, 100)));
        if !types.is_empty() {
            request = request.types(types.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>());
        }
        request = match place {
            EventPlace::Newest => request,
            EventPlace::After(id) => request.ending_before(id),
            EventPlace::Before(id) => request.starting_after(id),
        };
        let answer = self.get(request.build()).await?;
        let List { items, has_more, .. } = list::read_items(&answer, "event", EventHint::from_webhook_body)?;
        Ok(EventPage {
            events: items,
            has_more,
        })
    }

    /// Returns what happened since `cursor`. Without one there is no past: the
    /// first call returns only the cursor to go on from.
    ///
    /// Costs one read where nothing happened.
    pub async fn new_events(&self, cursor: Option<&str>) -> Result<NewEvents, StripeError> {
        match cursor {
            None => self.start(false).await,
            Some(BEGINNING) => self.all_there_are().await,
            Some(cursor) => match self.since(cursor).await {
                Err(error) if error.is_not_found() => self.start(true).await,
                other => other,
            },
        }
    }

    async fn start(&self, gap: bool) -> Result<NewEvents, StripeError> {
        let page = self.events(&EVENT_TYPES, EventPlace::Newest, 1).await?;
        let newest = page.events.into_iter().next().map(|event| event.id);
        Ok(NewEvents {
            events: Vec::new(),
            cursor: Some(newest.unwrap_or_else(|| BEGINNING.to_owned())),
            gap,
        })
    }

    /// `ending_before` gives the events right after the cursor, newest first:
    /// each page is turned round, and its newest event leads to the next page.
    async fn since(&self, cursor: &str) -> Result<NewEvents, StripeError> {
        let mut news = NewEvents {
            events: Vec::new(),
            cursor: Some(cursor.to_owned()),
            gap: false,
        };
        for pages in 0..MOST_PAGES {
            let place = EventPlace::After(news.cursor.as_deref().unwrap_or(cursor));
            let page = match self.events(&EVENT_TYPES, place, 100).await {
                Ok(page) => page,
                Err(error) if pages == 0 => return Err(error),
                // What came so far is whole; the rest comes next time.
                Err(_) => break,
            };
            let Some(newest) = page.events.first() else {
                break;
            };
            news.cursor = Some(newest.id.clone());
            news.events.extend(page.events.into_iter().rev());
            if !page.has_more {
                break;
            }
        }
        Ok(news)
    }

    /// There was no event to go on from, so all there are now are new.
    async fn all_there_are(&self) -> Result<NewEvents, StripeError> {
        let mut newest_first: Vec<EventHint> = Vec::new();
        for _ in 0..MOST_PAGES {
            let oldest = newest_first.last().map(|event| event.id.clone());
            let place = oldest.as_deref().map_or(EventPlace::Newest, EventPlace::Before);
            let page = self.events(&EVENT_TYPES, place, 100).await?;
            let is_last = !page.has_more || page.events.is_empty();
            newest_first.extend(page.events);
            if is_last {
                break;
            }
        }
        let newest = newest_first.first().map(|event| event.id.clone());
        newest_first.reverse();
        Ok(NewEvents {
            events: newest_first,
            cursor: Some(newest.unwrap_or_else(|| BEGINNING.to_owned())),
            gap: false,
        })
    }
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    livemode: bool,
    #[serde(default, deserialize_with = "if_readable")]
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    object: About,
}

#[derive(Deserialize)]
struct About {
    id: Option<String>,
    object: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
    #[serde(default)]
    payment_intent: Expanded<Nothing>,
    #[serde(default)]
    payment_link: Expanded<Nothing>,
    #[serde(default)]
    charge: Expanded<Nothing>,
    #[serde(default)]
    customer: Expanded<Nothing>,
    #[serde(default)]
    subscription: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    parent: Option<Parent>,
}

#[derive(Deserialize)]
struct Parent {
    #[serde(default, deserialize_with = "if_readable")]
    subscription_details: Option<OfSubscription>,
}

#[derive(Deserialize)]
struct OfSubscription {
    #[serde(default)]
    subscription: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
}

impl About {
    fn of_subscription(&self) -> Option<&OfSubscription> {
        self.parent.as_ref()?.subscription_details.as_ref()
    }

    fn subscription_id(&self) -> Option<String> {
        if self.object.as_deref() == Some("subscription") {
            return self.id.clone();
        }
        let of = self.of_subscription().and_then(|of| of.subscription.id());
        of.or(self.subscription.id()).map(str::to_owned)
    }

    fn charge_of_ours(&self) -> Option<String> {
        let own = self.metadata.as_ref();
        let of = self.of_subscription().and_then(|of| of.metadata.as_ref());
        let charge = |metadata: &Metadata| metadata.get(metadata::CHARGE).cloned();
        own.and_then(charge).or_else(|| of.and_then(charge))
    }
}

impl Wire {
    fn into_hint(self) -> EventHint {
        let about = self.data.map(|data| data.object);
        let id_of = |field: fn(&About) -> &Expanded<Nothing>| {
            about
                .as_ref()
                .and_then(|about| field(about).id().map(str::to_owned))
        };
        let charge = about.as_ref().and_then(About::charge_of_ours);
        let subscription = about.as_ref().and_then(About::subscription_id);
        EventHint {
            payment_intent: id_of(|about| &about.payment_intent),
            payment_link: id_of(|about| &about.payment_link),
            stripe_charge: id_of(|about| &about.charge),
            customer: id_of(|about| &about.customer),
            subscription,
            charge,
            id: self.id,
            kind: self.kind,
            created: Timestamp::from_secs(self.created),
            livemode: self.livemode,
            object_kind: about.as_ref().and_then(|about| about.object.clone()),
            object_id: about.and_then(|about| about.id),
        }
    }
}

const _: () = assert!(PAGE == 100 && EVENT_TYPES.len() <= 20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invoice_tells_whose_subscription_it_is_for() {
        let hint = EventHint::from_webhook_body(
            r#"{"id":"evt_1","type":"invoice.paid","data":{"object":{"id":"in_1","object":"invoice","customer":"cus_1",
                "metadata":{},"parent":{"type":"subscription_details","subscription_details":{"subscription":"sub_1",
                "metadata":{"cobro_charge":"c1"}}}}}}"#,
        )
        .unwrap();
        assert_eq!(hint.to_read_back(), Some(("invoice", "in_1")));
        assert_eq!(hint.subscription.as_deref(), Some("sub_1"));
        assert_eq!(hint.customer.as_deref(), Some("cus_1"));
        assert_eq!(hint.charge.as_deref(), Some("c1"));
    }

    #[test]
    fn an_invoice_that_is_announced_leads_to_its_subscription() {
        for id in [r#""id":"upcoming_in_1","#, ""] {
            let body = format!(
                r#"{{"id":"evt_1","type":"invoice.upcoming","data":{{"object":{{{id}"object":"invoice",
                    "parent":{{"subscription_details":{{"subscription":"sub_1"}}}}}}}}}}"#
            );
            let hint = EventHint::from_webhook_body(&body).unwrap();
            assert_eq!(hint.to_read_back(), Some(("subscription", "sub_1")));
        }
    }

    #[test]
    fn an_event_is_taken_as_a_hint_and_an_id() {
        let hint = EventHint::from_webhook_body(
            r#"{"id":"evt_1","object":"event","type":"checkout.session.completed","created":1790000000,"livemode":false,
                "api_version":"2019-01-01","data":{"object":{"id":"cs_1","object":"checkout.session","payment_link":"plink_1",
                "payment_intent":{"id":"pi_1","status":"anything"},"metadata":{"cobro_charge":"c1"},"payment_status":"paid"}}}"#,
        )
        .unwrap();
        assert_eq!(hint.to_read_back(), Some(("checkout.session", "cs_1")));
        assert_eq!(hint.payment_intent.as_deref(), Some("pi_1"));
        assert_eq!(hint.payment_link.as_deref(), Some("plink_1"));
        assert_eq!(hint.charge.as_deref(), Some("c1"));
        assert_eq!(hint.created, Timestamp::from_secs(1_790_000_000));
    }

    #[test]
    fn a_refund_or_dispute_leads_to_its_payment() {
        let of = |object: &str| {
            let body = format!(r#"{{"id":"evt_1","type":"x","data":{{"object":{object}}}}}"#);
            EventHint::from_webhook_body(&body).unwrap()
        };
        let refund = of(r#"{"id":"re_1","object":"refund","payment_intent":"pi_1","charge":"ch_1"}"#);
        assert_eq!(refund.to_read_back(), Some(("payment_intent", "pi_1")));
        let dispute = of(r#"{"id":"dp_1","object":"dispute","payment_intent":"pi_1","charge":"ch_1"}"#);
        assert_eq!(dispute.to_read_back(), Some((DISPUTED_PAYMENT, "pi_1")));
        let dispute = of(r#"{"id":"dp_1","object":"dispute","payment_intent":null,"charge":"ch_1"}"#);
        assert_eq!(dispute.to_read_back(), Some(("charge", "ch_1")));
        let balance = of(r#"{"object":"balance","available":[]}"#);
        assert_eq!(balance.to_read_back(), None);
    }

    #[test]
    fn an_event_of_any_shape_with_an_id_and_a_type_is_a_hint() {
        for data in ["null", "[]", "7", r#"{"object":[1]}"#, r#"{"object":{"id":1}}"#] {
            let body = format!(r#"{{"id":"evt_1","type":"new.thing","data":{data}}}"#);
            assert_eq!(
                EventHint::from_webhook_body(&body).unwrap().to_read_back(),
                None,
                "{data}"
            );
        }
        assert!(EventHint::from_webhook_body("{}").is_err());
        assert!(EventHint::from_webhook_body("<html>").is_err());
    }
}
