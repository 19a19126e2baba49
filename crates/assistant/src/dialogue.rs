//! Where the conversation stands: asked → selected → recapped → confirmed → charged.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, Place};
use crate::grant::Grant;
use crate::mention::{Context, Fit};
use crate::order::{Level, Line};
use crate::read::Language;

/// How the customer agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Consent {
    /// "sí", to a question that asked for it.
    Yes,
    /// "me lo llevo": needs a price that was said.
    Accept,
    /// "mándame el link", "charge me".
    Pay,
}

/// What the shop asked last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    None,
    Confirm,
    Upsell,
    Option,
    Quantity,
    Delivery,
    Detail,
    Other,
}

/// What the shop's amounts say about the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Price {
    /// Not said since the order changed.
    Unsaid,
    /// Unit prices were said.
    Quoted,
    /// The total was said, and it is ours.
    Verified,
    /// The shop wrote an amount that the order does not explain.
    Mismatch,
}

/// Why an agreement does not count for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    Cancelled,
    Later,
    Hold,
    Conditional,
    /// A question came with it.
    Question,
    /// Cash, or another way that needs no link.
    OtherPayment,
}

#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about one conversation"
)]
pub(crate) struct State {
    pub(crate) lines: Vec<Line>,
    /// Items that the shop named last.
    pub(crate) offer: Vec<Place>,
    pub(crate) topic: Vec<Place>,
    pub(crate) consent: Option<(Consent, usize)>,
    pub(crate) doubt: Option<Doubt>,
    pub(crate) price: Price,
    /// Items whose price the shop has said.
    pub(crate) quoted: BTreeSet<Place>,
    /// Every amount that the shop wrote, in minor units.
    pub(crate) shop_amounts: BTreeSet<i64>,
    pub(crate) grant: Option<Grant>,
    pub(crate) question: Question,
    /// The words of the shop's last question: "¿conforme?" is answered by "conforme".
    pub(crate) question_words: Vec<String>,
    /// Where the customer spoke of goods that nobody sells here.
    pub(crate) unknown: Option<usize>,
    /// Something about the order is open until the shop says the total.
    pub(crate) unsettled: bool,
    /// The round in which the customer asked about several items as one order.
    pub(crate) together: Option<usize>,
    pub(crate) free_delivery: bool,
    /// Items that common words of the last messages may mean: "2 sesiones".
    pub(crate) hinted: BTreeSet<Place>,
    /// The customer wanted to pay, and asked something that had to be answered first.
    pub(crate) pays_once_answered: bool,
    /// What the customer's last messages may count, and 1 where they said "only one".
    pub(crate) numbers: BTreeSet<i64>,
    /// What the customer's last messages may count instead of what was ordered.
    pub(crate) corrections: BTreeSet<i64>,
    /// Everything that the customer may have counted since the order began.
    pub(crate) heard: BTreeSet<i64>,
    /// Items of which the customer wrote a word since the order began.
    pub(crate) touched: BTreeSet<Place>,
    /// Items of which the customer wrote a word that many share: "caja de 6".
    pub(crate) brushed: BTreeSet<Place>,
    /// The shop named one price or another: "$440, o con el ramo $890".
    pub(crate) alternatives: bool,
    /// The customer spoke of a part of a kilo: no sum of whole ones is meant.
    pub(crate) in_parts: bool,
    /// The customer spoke of having it brought.
    pub(crate) delivers: bool,
    /// The shop's last message ends with the total, so that a mere yes can only be to it.
    pub(crate) ends_with_total: bool,
    /// The customer said one number or another, and the shop has not added up since.
    pub(crate) wavers: bool,
    /// The shop's last message says that it has to look, or ask, before it knows.
    pub(crate) checks: bool,
    /// How often the shop has asked which one is meant.
    pub(crate) options_asked: u32,
    /// What the shop offered on top, and nobody has taken or refused yet.
    pub(crate) extras: Option<Vec<Place>>,
    /// The shop asked whether to bring it, and said for how much.
    pub(crate) fee_asked: bool,
    /// The shop said what one of them costs, and that it is for each.
    pub(crate) priced_each: bool,
    /// The customer just asked for another price, or offered one.
    pub(crate) haggles: bool,
    /// What the order's price was, but for a delivery that the shop named apart.
    pub(crate) price_without_fee: Option<Price>,
    /// The customer just took something off, or asked what it costs without.
    pub(crate) takes_off: bool,
    /// A number of the message at hand was for what was spoken of before.
    pub(crate) counted: bool,
    /// The shop asked for something to be brought: "llevarlo" is not buying then.
    pub(crate) brings: bool,
    /// A link is out for what was ordered.
    pub(crate) linked: bool,
    pub(crate) paid: bool,
    /// It was paid so short a time ago that it may be thanked for.
    pub(crate) paid_lately: bool,
    /// The shop wrote since the link, or to say that the money came.
    pub(crate) answered: bool,
    /// What was charged last, for "the same again".
    pub(crate) last: Vec<(Place, u32)>,
    /// Rounds: the customer's messages up to the shop's next.
    pub(crate) round: usize,
    /// The message that the order rests on.
    pub(crate) order_turn: Option<usize>,
    pub(crate) price_turn: Option<usize>,
    pub(crate) grant_turn: Option<usize>,
    pub(crate) language: Language,
}

impl State {
    pub(crate) fn new(language: Language) -> Self {
        Self {
            lines: Vec::new(),
            offer: Vec::new(),
            topic: Vec::new(),
            consent: None,
            doubt: None,
            price: Price::Unsaid,
            quoted: BTreeSet::new(),
            shop_amounts: BTreeSet::new(),
            grant: None,
            question: Question::None,
            question_words: Vec::new(),
            unknown: None,
            unsettled: false,
            together: None,
            free_delivery: false,
            pays_once_answered: false,
            hinted: BTreeSet::new(),
            numbers: BTreeSet::new(),
            corrections: BTreeSet::new(),
            heard: BTreeSet::new(),
            touched: BTreeSet::new(),
            brushed: BTreeSet::new(),
            alternatives: false,
            in_parts: false,
            delivers: false,
            ends_with_total: false,
            wavers: false,
            checks: false,
            options_asked: 0,
            extras: None,
            fee_asked: false,
            priced_each: false,
            haggles: false,
            price_without_fee: None,
            takes_off: false,
            counted: false,
            brings: false,
            linked: false,
            paid: false,
            paid_lately: false,
            answered: false,
            last: Vec::new(),
            round: 0,
            order_turn: None,
            price_turn: None,
            grant_turn: None,
            language,
        }
    }

    pub(crate) fn context(&self) -> Context {
        Context {
            pending: self
                .lines
                .iter()
                .find(|line| line.places.len() > 1)
                .map(|line| line.places.clone())
                .unwrap_or_default(),
            topic: if self.topic.is_empty() {
                self.offer.clone()
            } else {
                self.topic.clone()
            },
        }
    }

    /// "¿a qué hora?", "¿para cuántas personas?": a number that answers it counts no goods.
    pub(crate) fn asks_another_number(&self) -> bool {
        self.question_words.iter().any(|word| {
            matches!(
                word.as_str(),
                "hora"
                    | "horas"
                    | "time"
                    | "when"
                    | "cuando"
                    | "quando"
                    | "anos"
                    | "edad"
                    | "idade"
                    | "age"
                    | "old"
                    | "dia"
                    | "day"
                    | "date"
                    | "fecha"
                    | "data"
                    | "personas"
                    | "pessoas"
                    | "people"
                    | "invitados"
                    | "convidados"
                    | "guests"
                    | "talla"
                    | "size"
                    | "tamanho"
                    | "piso"
                    | "numero"
            )
        })
    }

    pub(crate) fn has_wanted(&self) -> bool {
        self.lines.iter().any(|line| line.level == Level::Wanted)
    }

    /// Returns the lines that an agreement would be about.
    ///
    /// What was wanted; or else what was asked for last. A delivery that was
    /// only asked about is nobody's order.
    pub(crate) fn selected(&self, catalog: &Catalog) -> Vec<&Line> {
        let is_delivery = |line: &Line| line.places.iter().all(|place| is_delivery(catalog, *place));
        if self.has_wanted() {
            return self
                .lines
                .iter()
                .filter(|line| line.level == Level::Wanted)
                .collect();
        }
        let goods: Vec<&Line> = self.lines.iter().filter(|line| !is_delivery(line)).collect();
        let last = goods.iter().map(|line| line.round).max();
        goods
            .into_iter()
            .filter(|line| Some(line.round) == last)
            .collect()
    }

    /// Returns each selected item with its quantity, if nothing is open.
    pub(crate) fn resolved(&self, catalog: &Catalog) -> Option<Vec<(Place, u32)>> {
        let lines = self.selected(catalog);
        let pairs: Option<Vec<(Place, u32)>> = lines
            .into_iter()
            .map(|line| Some((line.place()?, line.quantity.value()?)))
            .collect();
        pairs.filter(|pairs| !pairs.is_empty())
    }

    /// Returns an item of each line with its quantity, where an open option makes no difference to the price.
    pub(crate) fn priced_pairs(&self, catalog: &Catalog) -> Option<Vec<(Place, u32)>> {
        let pairs: Option<Vec<(Place, u32)>> = self
            .selected(catalog)
            .into_iter()
            .map(|line| {
                let (first, others) = line.places.split_first()?;
                let price = catalog.price(*first);
                let same = others.iter().all(|place| catalog.price(*place) == price);
                same.then_some((*first, line.quantity.value()?))
            })
            .collect();
        pairs.filter(|pairs| !pairs.is_empty())
    }

    pub(crate) fn fits_exactly(&self, catalog: &Catalog) -> bool {
        self.selected(catalog).iter().all(|line| line.fit == Fit::Exact)
    }

    /// The order is not what it was: what the shop said of its price no longer holds.
    pub(crate) fn changed(&mut self, catalog: &Catalog, turn: usize) {
        self.order_turn = Some(turn);
        // The shop's amount was not explained: something here was misread.
        self.unsettled |= self.price == Price::Mismatch;
        let quoted = self
            .selected(catalog)
            .iter()
            .all(|line| line.place().is_some_and(|place| self.quoted.contains(&place)));
        self.price = if quoted && !self.lines.is_empty() {
            Price::Quoted
        } else {
            Price::Unsaid
        };
        if matches!(self.grant, Some(Grant::Total(_))) {
            // A price for everything was for everything as it was.
            self.grant = None;
        }
    }

    pub(crate) fn forget_order(&mut self) {
        self.lines.clear();
        self.topic.clear();
        self.offer.clear();
        self.consent = None;
        self.price = Price::Unsaid;
        self.grant = None;
        self.unknown = None;
        self.unsettled = false;
        self.pays_once_answered = false;
        self.heard.clear();
        self.touched.clear();
        self.brushed.clear();
        self.in_parts = false;
        self.delivers = false;
        self.extras = None;
        self.options_asked = 0;
        self.wavers = false;
        self.ends_with_total = false;
    }
}

pub(crate) fn is_delivery(catalog: &Catalog, place: Place) -> bool {
    catalog.index.entry(place).is_some_and(|entry| entry.delivery)
}

/// Returns the one item that a delivery is charged with.
pub(crate) fn delivery_item(catalog: &Catalog) -> Option<Place> {
    match catalog.index.with_key("~delivery") {
        [place] => Some(*place),
        _ => None,
    }
}

/// Returns what the lines cost by the catalog; `None` if that is more than can be held.
pub(crate) fn sum(catalog: &Catalog, pairs: &[(Place, u32)]) -> Option<i64> {
    pairs.iter().try_fold(0_i64, |total, (place, quantity)| {
        total.checked_add(catalog.price(*place).checked_mul(i64::from(*quantity))?)
    })
}
