//! From where the conversation stands to what should be done.

mod as_priced;
mod unread;

use std::cmp::Ordering;

use crate::catalog::{Catalog, Place};
use crate::consent;
use crate::conversation::{Conversation, KnownState, Role};
use crate::customer::{take_customer_turn, take_order};
use crate::dialogue::{Consent, Doubt, Price, Question, State, delivery_item, sum};
use crate::grant::readings;
use crate::guards;
use crate::mention::Fit;
use crate::order::Level;
use crate::price::{Trouble, priced};
use crate::proposal::{Decision, Evidence, Flag, HandoffReason, Proposal, Step, StepLine, Why};
use crate::read::{Language, Sense, Token, language_of};
use crate::reply;
use crate::residue;
use crate::rules::Rules;
use crate::said::{Said, tokens_of_turn};
use crate::shop::{settle, take_shop_turn};

/// From so many of an item on, a charge needs the shop's word.
const MANY: u32 = 20;

/// So often is asked which one is meant.
const OFTEN_ENOUGH: u32 = 2;

/// What the customer has said since the shop last wrote: (turn, read).
pub(crate) type Burst = Vec<(usize, Said)>;

/// Returns what should be done next in the conversation.
///
/// The same input always gives the same proposal; nothing is read from
/// anywhere else. Text of customers only ever selects: items, quantities and
/// agreement. Prices come from the catalog, discounts from the owner's rules
/// or the shop's own messages.
pub fn propose(catalog: &Catalog, conversation: &Conversation, rules: &Rules) -> Proposal {
    read(catalog, conversation, rules, |_, _| {})
}

/// Returns what would have been proposed after each message, and on what grounds.
pub fn trace(catalog: &Catalog, conversation: &Conversation, rules: &Rules) -> Vec<Step> {
    let mut steps = Vec::with_capacity(conversation.turns.len());
    read(catalog, conversation, rules, |turn, desk| {
        steps.push(desk.step(turn));
    });
    steps
}

/// Reads the messages in their order; `after` looks at the desk after each.
fn read(
    catalog: &Catalog,
    conversation: &Conversation,
    rules: &Rules,
    mut after: impl FnMut(usize, &Desk<'_>),
) -> Proposal {
    let language = language_of_conversation(catalog, conversation);
    let mut state = State::new(language);
    let mut burst: Burst = Vec::new();
    for (at, turn) in conversation.turns.iter().enumerate() {
        take_charges(&mut state, &mut burst, conversation, catalog, at);
        match turn.role {
            Role::Shop => {
                burst.clear();
                take_shop_turn(&mut state, turn, at, catalog);
            }
            Role::Customer => {
                let said = Said::of(turn, language, catalog, &state.context());
                match &turn.order {
                    Some(order) => take_order(&mut state, order, at, catalog),
                    None => take_customer_turn(&mut state, &said, at, catalog, conversation),
                }
                burst.push((at, said));
            }
        }
        let desk = Desk {
            catalog,
            conversation,
            rules,
            state: &state,
            burst: &burst,
        };
        after(at, &desk);
    }
    take_charges(
        &mut state,
        &mut burst,
        conversation,
        catalog,
        conversation.turns.len(),
    );
    let desk = Desk {
        catalog,
        conversation,
        rules,
        state: &state,
        burst: &burst,
    };
    desk.proposal()
}

/// Returns the language of the customer's and the shop's words together.
pub(crate) fn language_of_conversation(catalog: &Catalog, conversation: &Conversation) -> Language {
    let text: Vec<&str> = conversation
        .turns
        .iter()
        .rev()
        .take(40)
        .map(|turn| turn.text.as_str())
        .collect();
    let text = text.join("\n");
    let tokens = crate::read::tokens_of(&text);
    let words = tokens
        .iter()
        .filter(|token| token.is_word())
        .map(|token| token.text.as_str());
    language_of(&text, words, Some(catalog.index.language()))
}

/// Takes in the charges that were made at this point. Whoever charges has answered what was asked before.
fn take_charges(
    state: &mut State,
    burst: &mut Burst,
    conversation: &Conversation,
    catalog: &Catalog,
    at: usize,
) {
    for charge in conversation.charges.iter().filter(|charge| {
        charge.after_turns == at || at == conversation.turns.len() && charge.after_turns > at
    }) {
        settle(state, catalog);
        if charge.state != KnownState::Closed {
            burst.clear();
        }
        state.linked = charge.state == KnownState::Open;
        state.paid = matches!(charge.state, KnownState::Paid | KnownState::PaidBefore);
        state.paid_lately = charge.state == KnownState::Paid;
        state.answered = false;
    }
}

/// Everything a decision looks at.
pub(crate) struct Desk<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) conversation: &'a Conversation,
    pub(crate) rules: &'a Rules,
    pub(crate) state: &'a State,
    pub(crate) burst: &'a Burst,
}

impl Desk<'_> {
    fn proposal(&self) -> Proposal {
        let mut flags = self.flags();
        let (decision, reason, caused_by) = self.decision();
        let mut why = vec![reason];
        match &decision {
            Decision::Handoff(HandoffReason::PriceClaim) => flags.push(Flag::PriceClaim),
            Decision::Handoff(HandoffReason::PromptInjection) => flags.push(Flag::PromptInjection),
            Decision::Charge(charge) if self.is_subscription(charge) => flags.push(Flag::Subscription),
            _ => {}
        }
        if let Decision::Charge(_) = decision {
            why.push(self.price_reason().unwrap_or(Why::CatalogPriced));
        }
        flags.sort_unstable();
        flags.dedup();
        Proposal {
            confidence: self.confidence(&decision),
            evidence: self.evidence(&decision, caused_by),
            language: self.state.language,
            decision,
            flags,
            why,
        }
    }

    /// Returns what the shop's words say about the price, if they say anything.
    fn price_reason(&self) -> Option<Why> {
        match self.state.price {
            Price::Verified => Some(Why::TotalSaid),
            Price::Quoted => Some(Why::PricesSaid),
            Price::Mismatch => Some(Why::AmountUnexplained),
            Price::Unsaid => None,
        }
    }

    /// Returns where the conversation stands, for a person who asks how it was read.
    fn step(&self, turn: usize) -> Step {
        let Proposal { decision, why, .. } = self.proposal();
        let order = self
            .state
            .lines
            .iter()
            .map(|line| StepLine {
                items: line
                    .places
                    .iter()
                    .filter_map(|place| Some(self.catalog.item(*place)?.id.clone()))
                    .collect(),
                quantity: line.quantity.value(),
                wanted: line.level == Level::Wanted,
            })
            .collect();
        Step {
            turn,
            order,
            agreed: self.state.consent.map(|(consent, _)| consent_reason(consent)),
            doubt: self.state.doubt.map(doubt_reason),
            price: self.price_reason(),
            decision,
            why,
        }
    }

    fn flags(&self) -> Vec<Flag> {
        let card = self.burst.iter().any(|(_, said)| said.card);
        card.then_some(Flag::CardData).into_iter().collect()
    }

    fn is_subscription(&self, charge: &crate::proposal::ProposedCharge) -> bool {
        charge.lines.iter().any(|line| {
            self.catalog
                .items()
                .iter()
                .any(|item| item.id == line.item && item.interval.is_some())
        })
    }

    /// Returns what to do and why, with the messages that called a person.
    fn decision(&self) -> (Decision, Why, Vec<usize>) {
        let called = |it: guards::Handoff| (Decision::Handoff(it.reason), it.why, it.turns);
        if let Some(handoff) = guards::handoff(self) {
            return called(handoff);
        }
        let (decision, why) = self.undisturbed();
        match guards::attention(self) {
            Some(handoff) if !matches!(decision, Decision::Charge(_)) => called(handoff),
            _ => (decision, why, Vec::new()),
        }
    }

    /// What would be done if the last messages were about the order alone.
    fn undisturbed(&self) -> (Decision, Why) {
        if self.state.paid && self.state.lines.is_empty() {
            return reply::after_payment(self);
        }
        if self.claims_to_have_paid() {
            return (Decision::Nothing, Why::SaysPaid);
        }
        if self.state.linked {
            return self.while_open();
        }
        match self.state.consent {
            Some((consent, _)) => self.agreed(consent),
            None => self.not_agreed(),
        }
    }

    /// Returns the customer's last messages of which it is true.
    pub(crate) fn turns_where(&self, is: impl Fn(&Said) -> bool) -> Vec<usize> {
        let said = self.burst.iter().filter(|(_, said)| is(said));
        said.map(|(turn, _)| *turn).collect()
    }

    pub(crate) fn burst_has(&self, sense: Sense) -> bool {
        self.burst.iter().any(|(_, said)| said.has(sense))
    }

    fn claims_to_have_paid(&self) -> bool {
        let asks_to_pay = self.burst.iter().any(|(_, said)| {
            let is_past = |pay: &crate::read::Hit| {
                said.all(Sense::Paid)
                    .any(|paid| paid.start <= pay.start && pay.start <= paid.end + 1)
            };
            said.all(Sense::Pay).any(|pay| !is_past(pay))
        });
        self.burst_has(Sense::Paid) && (self.state.linked || !asks_to_pay)
    }

    /// The same charge is never proposed twice, and another one is for a person to sort out.
    fn while_open(&self) -> (Decision, Why) {
        let more =
            self.state.has_wanted() && self.state.resolved(self.catalog).as_ref() != Some(&self.state.last);
        if more && let Ok(charge) = priced(self) {
            let text = reply::recap(self, &charge);
            return (Decision::Recap(text), Why::LinkOutNewOrder);
        }
        let answered = reply::to_question(self);
        (answered, Why::LinkOut)
    }

    /// The customer agreed: charge it if everything about it is certain.
    fn agreed(&self, consent: Consent) -> (Decision, Why) {
        let waiting = self.burst.is_empty() && self.state.question != Question::None;
        if waiting {
            return (Decision::Nothing, Why::QuestionPending);
        }
        if self.state.unknown.is_some() {
            // A cart with goods that are not ours: what is ours of it is not what was ordered.
            return (Decision::Nothing, Why::WantsUnknown);
        }
        let charge = match priced(self) {
            Ok(charge) => charge,
            Err(trouble) => return self.troubled(trouble),
        };
        if self.gives_an_unread_discount() {
            return (Decision::Nothing, Why::DiscountUnclear);
        }
        if self.wavers() {
            return (Decision::Recap(reply::recap(self, &charge)), Why::Wavers);
        }
        if let Some(open) = self.still_open(consent) {
            return (Decision::Recap(reply::recap(self, &charge)), open);
        }
        (Decision::Charge(charge), consent_reason(consent))
    }

    /// Returns whether an agreement of earlier rounds meets a "no" in the last one.
    fn wavers(&self) -> bool {
        let earlier = self
            .state
            .consent
            .is_some_and(|(_, turn)| self.burst.first().is_some_and(|(first, _)| turn < *first));
        earlier
            && self.burst.iter().any(|(_, said)| {
                let words = said.tokens.iter().filter(|token| token.is_word()).count();
                let negates = said.tokens.iter().any(|token| {
                    matches!(
                        token.text.as_str(),
                        "no" | "nao"
                            | "not"
                            | "dont"
                            | "cant"
                            | "wont"
                            | "deja"
                            | "dejalo"
                            | "nah"
                            | "pero"
                            | "mas"
                            | "but"
                            | "deixa"
                    )
                });
                // "no" alone answers the shop's "anything else?", and nothing else so that it may be charged.
                let is_all = matches!(
                    self.state.question,
                    Question::Upsell
                        | Question::Other
                        | Question::Detail
                        | Question::Delivery
                        | Question::Option
                );
                negates && (words > 2 || !is_all)
            })
    }

    /// "mándame el link, ando juntando todavía": nobody knows what was said after the yes.
    fn adds_something_else(&self) -> bool {
        let Some((_, consent)) = self.state.consent else {
            return false;
        };
        let unclear = |(turn, said): &(usize, Said)| match (*turn).cmp(&consent) {
            Ordering::Less => residue::is_mostly_unknown(said),
            Ordering::Equal => {
                residue::is_left(said, consent::ends_at(said)) || residue::is_mostly_unknown(said)
            }
            Ordering::Greater => residue::is_left(said, 0),
        };
        self.burst.iter().any(unclear)
    }

    /// "$7.800, envío $2.500" — "dale, pásame el link": with it or without it?
    fn delivery_is_open(&self) -> bool {
        let Some(place) = delivery_item(self.catalog) else {
            return false;
        };
        let ordered = self.state.lines.iter().any(|line| line.places.contains(&place));
        let answers = |said: &Said| {
            said.has_any(&[
                Sense::Pickup,
                Sense::No,
                Sense::Only,
                Sense::Remove,
                Sense::Cancel,
            ])
        };
        if ordered || self.state.free_delivery || self.burst.iter().any(|(_, said)| answers(said)) {
            return false;
        }
        let is_named =
            |token: &Token| token.is_word() && self.catalog.index.key_of_word(&token.text) == "~delivery";
        self.shop_tokens_before_the_burst().iter().any(is_named)
            && self
                .amounts_before_the_burst()
                .contains(&self.catalog.price(place))
    }

    /// "R$150, com moldura R$210": two orders, one of them with something that nobody asked for.
    fn is_one_of_two_offers(&self) -> bool {
        let state = self.state;
        let Some(pairs) = state.resolved(self.catalog).filter(|pairs| pairs.len() > 1) else {
            return false;
        };
        let adds_up = |token: &Token| {
            matches!(
                token.text.as_str(),
                "so" | "then" | "entonces" | "entao" | "total" | "altogether" | "todo" | "tudo" | "="
            )
        };
        if self.shop_tokens_before_the_burst().iter().any(adds_up) {
            return false;
        }
        let said = self.amounts_before_the_burst();
        let total = sum(self.catalog, &pairs).unwrap_or(0);
        let named = |place: Place| {
            state.touched.contains(&place)
                || self.burst.iter().any(|(_, said)| {
                    let mut mentions = said.found.mentions.iter();
                    mentions.any(|mention| mention.places.contains(&place))
                })
        };
        pairs.iter().any(|(place, quantity)| {
            let price = self.catalog.price(*place);
            let line = price.saturating_mul(i64::from(*quantity));
            let alone = said.contains(&price) || said.contains(&line);
            said.contains(&total) && said.contains(&(total - line)) && !alone && !named(*place)
        })
    }

    /// Returns what the numbers of the shop's last messages may amount to.
    fn amounts_before_the_burst(&self) -> Vec<i64> {
        self.shop_tokens_before_the_burst()
            .iter()
            .filter_map(Token::number)
            .flat_map(|number| readings(self.catalog, number))
            .collect()
    }

    /// Returns the words of the shop's messages that the customer's last ones answer.
    fn shop_tokens_before_the_burst(&self) -> Vec<Token> {
        let first = self.burst.first().map_or(0, |(turn, _)| *turn);
        let before = self.conversation.turns.get(..first).unwrap_or_default();
        let shop = before.iter().rev().take_while(|turn| turn.role == Role::Shop);
        shop.flat_map(|turn| tokens_of_turn(turn, self.state.language).0)
            .collect()
    }

    /// "mándame el link" … "ah, y otra gelatina": nobody has seen that order's total.
    fn changed_after_consent(&self) -> bool {
        let (Some((_, consent)), Some(order)) = (self.state.consent, self.state.order_turn) else {
            return false;
        };
        let same_burst = self.burst.first().is_some_and(|(first, _)| *first <= consent);
        same_burst && consent < order
    }

    /// Returns what keeps an agreed and priced order from being charged.
    fn still_open(&self, consent: Consent) -> Option<Why> {
        let state = self.state;
        if self.changed_after_consent() {
            return Some(Why::ChangedAfterConsent);
        }
        if self.burst.iter().any(|(_, said)| hedges(said)) {
            return Some(Why::Unsure);
        }
        if self.is_paid_there(consent) {
            return Some(Why::PaysOtherwise);
        }
        if state.extras.is_some() || self.delivery_is_open() || self.is_one_of_two_offers() {
            return Some(Why::ExtraOpen);
        }
        if state.wavers || self.wants_less() || self.wants_more() {
            return Some(Why::Unsettled);
        }
        if self.adds_something_else() {
            return Some(Why::NotUnderstood);
        }
        let names_one = self
            .burst
            .iter()
            .any(|(_, said)| !said.found.mentions.is_empty() || said.found.group.is_some());
        let chooses = || self.burst_has(Sense::Deliver) || self.burst_has(Sense::Pickup);
        if state.alternatives && !names_one && !(chooses() && self.asked_whether_to_bring()) {
            return Some(Why::Unsettled);
        }
        if !self.is_what_was_priced(consent) {
            return Some(Why::Unsettled);
        }
        match state.price {
            Price::Mismatch => return Some(Why::AmountUnexplained),
            Price::Verified => return None,
            Price::Quoted | Price::Unsaid => {}
        }
        if state.unsettled || self.yes_to_a_part(consent) {
            return Some(Why::Unsettled);
        }
        if state.price == Price::Unsaid {
            let many = |line: &&crate::order::Line| line.quantity.value().is_none_or(|number| number >= MANY);
            if state.selected(self.catalog).iter().any(many) {
                return Some(Why::Many);
            }
            if consent < Consent::Pay || self.asks_whether() {
                return Some(Why::PriceUnsaid);
            }
            if !state.fits_exactly(self.catalog) {
                return Some(Why::WordsDiffer);
            }
        }
        None
    }

    /// "S/38. ¿Vienes o te lo llevamos? El delivery son S/8"
    fn asked_whether_to_bring(&self) -> bool {
        let first = self.burst.first().map_or(0, |(turn, _)| *turn);
        let before = self
            .conversation
            .turns
            .get(..first)
            .and_then(|turns| turns.last());
        before.is_some_and(|turn| {
            let said = Said::of(turn, self.state.language, self.catalog, &self.state.context());
            turn.role == Role::Shop && said.has(Sense::QDelivery)
        })
    }

    /// "let's do both", and only one of them was understood.
    fn wants_more(&self) -> bool {
        let selected = self.state.selected(self.catalog);
        let counts = selected.iter().map(|line| line.quantity.value().unwrap_or(2));
        let takes_several = |said: &Said| {
            said.all(Sense::Both).any(|hit| {
                (hit.start..hit.end).any(|at| {
                    matches!(
                        said.text(at),
                        "both" | "ambos" | "ambas" | "dos" | "duas" | "dois" | "two" | "2"
                    )
                })
            })
        };
        counts.fold(0, u32::saturating_add) < 2 && self.burst.iter().any(|(_, said)| takes_several(said))
    }

    /// "quinta não posso, fica só a de terça": less than what the shop added up, and nobody counted it anew.
    fn wants_less(&self) -> bool {
        let pieces: u32 = self
            .state
            .selected(self.catalog)
            .iter()
            .map(|line| line.quantity.value().unwrap_or(1))
            .fold(0, u32::saturating_add);
        let first = self.burst.first().map(|(turn, _)| *turn);
        let is_changed = self.state.order_turn >= first;
        pieces > 1 && !is_changed && self.burst.iter().any(|(_, said)| names_a_part(said))
    }

    /// "quería ver si me puedes hacer una caja, y me dices cómo te pago": whether it can be had is not said yet.
    fn asks_whether(&self) -> bool {
        self.burst.iter().any(|(_, said)| {
            (1..said.tokens.len()).any(|at| {
                matches!(said.text(at), "si" | "se" | "if")
                    && matches!(
                        said.text(at - 1),
                        "ver"
                            | "saber"
                            | "wondering"
                            | "checar"
                            | "preguntar"
                            | "perguntar"
                            | "know"
                            | "ask"
                            | "see"
                    )
            })
        })
    }

    /// "£120, shall I book it?" — "yes": to that amount, and to no more than it pays for.
    fn yes_to_a_part(&self, consent: Consent) -> bool {
        let state = self.state;
        let selected = state.selected(self.catalog);
        let is_quoted =
            |line: &&crate::order::Line| line.place().is_some_and(|place| state.quoted.contains(&place));
        let quoted = selected.iter().filter(|line| is_quoted(line)).count();
        let partly = quoted > 0 && quoted < selected.len();
        let several = selected.len() > 1 || selected.iter().any(|line| line.quantity.value() != Some(1));
        state.price == Price::Quoted
            && (partly
                || several
                    && !state.priced_each
                    && (consent == Consent::Yes || state.price_turn > state.order_turn))
    }

    fn troubled(&self, trouble: Trouble) -> (Decision, Why) {
        match trouble {
            Trouble::Nothing if self.names_something_else() && !self.jokes() => {
                (Decision::Handoff(HandoffReason::UnknownItem), Why::PaysForUnknown)
            }
            Trouble::Nothing => (reply::to_question(self), Why::NoItem),
            // Asked twice, it is for somebody who knows the goods.
            Trouble::Option if self.state.options_asked >= OFTEN_ENOUGH => {
                (Decision::Handoff(HandoffReason::NeedsPerson), Why::OptionMissing)
            }
            Trouble::Option => (reply::which_option(self), Why::OptionMissing),
            Trouble::Quantity => (reply::to_question(self), Why::QuantityUnclear),
            Trouble::OutOfRange => (Decision::Handoff(HandoffReason::Quantity), Why::TooMany),
            Trouble::Unavailable => (reply::to_question(self), Why::Unavailable),
            Trouble::Total => (
                Decision::Handoff(HandoffReason::AbovePermittedTotal),
                Why::TotalTooHigh,
            ),
            Trouble::Discount => (Decision::Nothing, Why::DiscountUnclear),
        }
    }

    /// Nobody agreed to anything yet: say an order back, answer, or wait.
    fn not_agreed(&self) -> (Decision, Why) {
        if self.burst.is_empty() {
            return (Decision::Nothing, Why::ShopWroteLast);
        }
        if let Some(doubt) = self.state.doubt.filter(|doubt| *doubt != Doubt::Question) {
            return (Decision::Nothing, doubt_reason(doubt));
        }
        let answer = reply::to_question(self);
        if answer != Decision::Nothing {
            return (answer, Why::Asks);
        }
        if self.state.has_wanted() && self.state.doubt.is_none() {
            return match priced(self) {
                Ok(charge) => (Decision::Recap(reply::recap(self, &charge)), Why::Chose),
                Err(trouble) => self.troubled(trouble),
            };
        }
        (Decision::Nothing, Why::NothingSaid)
    }

    /// "manda de graça que eu trago um peixe kkk": nobody wants what it names.
    pub(crate) fn jokes(&self) -> bool {
        self.burst_has(Sense::Laugh) && self.burst.iter().all(|(_, said)| said.found.mentions.is_empty())
    }

    /// Returns whether the last messages hold words that are neither talk nor goods of the catalog.
    fn names_something_else(&self) -> bool {
        self.burst.iter().any(|(_, said)| {
            said.tokens.iter().enumerate().any(|(at, token)| {
                token.is_word()
                    && !said.asks_at(at)
                    && token.text.chars().count() >= 4
                    && token.text.chars().all(char::is_alphabetic)
                    && !crate::vocabulary::is_common(&token.text)
                    && !crate::read::is_phrase_word(&token.text)
            })
        })
    }

    /// Returns whether a line names an option that the catalog lacks.
    pub(crate) fn clashes(&self) -> bool {
        self.state
            .selected(self.catalog)
            .iter()
            .any(|line| line.fit == Fit::Clash)
    }

    fn confidence(&self, decision: &Decision) -> u8 {
        let consent = self.state.consent.map(|(consent, _)| consent);
        match (decision, self.state.price, consent) {
            (Decision::Charge(_), Price::Verified, _) => 97,
            (Decision::Charge(_), Price::Quoted, Some(Consent::Pay)) => 95,
            (Decision::Charge(_), Price::Quoted, _) | (Decision::Handoff(_), ..) => 90,
            (Decision::Charge(_), ..) => 85,
            (Decision::Recap(_), ..) => 80,
            (Decision::Reply(_), ..) => 70,
            (Decision::Nothing, ..) => 60,
        }
    }

    /// Returns the messages that the decision rests on; what called a person is `caused_by` these.
    fn evidence(&self, decision: &Decision, caused_by: Vec<usize>) -> Vec<Evidence> {
        let state = self.state;
        let agreed = state.consent.map(|(_, turn)| turn);
        let mut turns: Vec<usize> = match decision {
            Decision::Charge(_) => [
                state.order_turn,
                state.price_turn,
                state.grant_turn.filter(|_| state.grant.is_some()),
                agreed,
            ]
            .into_iter()
            .flatten()
            .collect(),
            Decision::Recap(_) => state.order_turn.into_iter().collect(),
            Decision::Handoff(_) if caused_by.is_empty() => {
                state.order_turn.into_iter().chain(agreed).collect()
            }
            _ => caused_by,
        };
        if turns.is_empty() && *decision != Decision::Nothing {
            // After a payment nobody may have written: then it rests on what was said last.
            let last = self.conversation.turns.len().checked_sub(1);
            turns.extend(self.burst.last().map(|(turn, _)| *turn).or(last));
        }
        turns.sort_unstable();
        turns.dedup();
        turns
            .into_iter()
            .filter_map(|turn| {
                let said = self.conversation.turns.get(turn)?;
                Some(Evidence {
                    turn,
                    text: cobro_protocol::cards::mask_text(&said.text).into_owned(),
                })
            })
            .collect()
    }

    /// Returns whether the customer wrote the word, outside quotes.
    pub(crate) fn customer_wrote(&self, word: &str) -> bool {
        self.conversation
            .turns
            .iter()
            .filter(|turn| turn.role == Role::Customer)
            .any(|turn| {
                let (tokens, ..) = tokens_of_turn(turn, self.state.language);
                let own = |token: &&Token| !token.quoted;
                let text: Vec<&str> = tokens
                    .iter()
                    .filter(own)
                    .map(|token| token.text.as_str())
                    .collect();
                let code: Vec<String> = crate::read::tokens_of(word)
                    .into_iter()
                    .map(|token| token.text)
                    .collect();
                !code.is_empty() && text.windows(code.len()).any(|window| window == code)
            })
    }
}

/// "só a de terça", "solo una", "just the one": some of it, and no "just send it".
fn names_a_part(said: &Said) -> bool {
    let own = said.tokens.iter().enumerate().any(|(at, token)| {
        let is_mine = matches!(token.text.as_str(), "minha" | "mia" | "mio" | "mine");
        let stands_alone = said.tokens.get(at + 1).is_none_or(Token::divides);
        let each_pays = token.text == "cada" && said.within(said.clause(at), Sense::Each)
            || matches!(
                token.text.as_str(),
                "separate" | "separado" | "separados" | "split"
            );
        let pays =
            (at + 1..at + 5).any(|next| said.text(next).starts_with("pag") || said.text(next) == "pay");
        is_mine && stands_alone || each_pays && pays
    });
    own || said.all(Sense::Only).any(|hit| {
        let is_article = matches!(
            said.text(hit.end),
            "a" | "o"
                | "la"
                | "el"
                | "una"
                | "uno"
                | "um"
                | "uma"
                | "one"
                | "1"
                | "the"
                | "mine"
                | "mio"
                | "mia"
        );
        let of_link = [Sense::Pay, Sense::Done]
            .iter()
            .any(|sense| said.within((hit.start, hit.end + 4), *sense));
        is_article && !of_link
    })
}

fn consent_reason(consent: Consent) -> Why {
    match consent {
        Consent::Pay => Why::AsksToPay,
        Consent::Accept => Why::TakesIt,
        Consent::Yes => Why::SaidYes,
    }
}

fn doubt_reason(doubt: Doubt) -> Why {
    match doubt {
        Doubt::Cancelled => Why::Cancelled,
        Doubt::Later => Why::Later,
        Doubt::Hold => Why::Waits,
        Doubt::Conditional => Why::Conditional,
        Doubt::Question => Why::Asks,
        Doubt::OtherPayment => Why::PaysOtherwise,
    }
}

/// "igual me llevo dos" hedges; "igual que la vez pasada" does not.
fn hedges(said: &Said) -> bool {
    said.all(Sense::Hedge).any(|hedge| {
        let compares = said.text(hedge.start) == "igual"
            && matches!(said.text(hedge.start + 1), "que" | "a" | "al" | "ao");
        !compares
    })
}
