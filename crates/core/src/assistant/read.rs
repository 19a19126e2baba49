//! From a conversation's rows to what is proposed in it.

use cobro_assistant::{
    Cut, Decision, DiscountRule, Faq, HandoffReason, ProposedCharge, Role, Rules, Turn, cart_stands, propose,
};
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::dialogue::{Dialogue, Source, gather};
use super::shelf::Shelf;
use crate::Result;
use crate::domain::{
    AssistantSettings, ChargeId, ConversationId, Evidence, Flag, MessageId, Money, OrderDraft, Proposal,
    ProposalKind, ProposedLine, ShopAnswers, Timestamp, Why,
};
use crate::order;
use crate::store::proposals;

/// What is proposed, as it would be kept.
pub(super) struct Reading {
    pub(super) proposal: Proposal,
    pub(super) fingerprint: String,
    pub(super) basis: i64,
}

/// Reads the conversation. `None`: there is nothing to propose, or a person did not want it.
pub(super) fn read(
    conn: &Connection,
    id: ConversationId,
    shelf: &Shelf,
    settings: &AssistantSettings,
    now: Timestamp,
) -> Result<Option<Reading>> {
    if !settings.enabled {
        return Ok(None);
    }
    let dialogue = gather(conn, id, shelf)?;
    let Some(proposal) = proposal_of(id, &dialogue, shelf, settings, now) else {
        return Ok(None);
    };
    if proposals::is_dismissed(conn, id, &proposal.evidence_key())? {
        return Ok(None);
    }
    Ok(Some(Reading {
        fingerprint: fingerprint(&proposal)?,
        basis: dialogue.basis,
        proposal,
    }))
}

/// Names what a proposal says and rests on, whenever it was made and whatever charge it would become.
fn fingerprint(proposal: &Proposal) -> Result<String> {
    let bare = Proposal {
        charge: ChargeId(uuid::Uuid::nil()),
        made_at: Timestamp::from_millis(0),
        second: None,
        ..proposal.clone()
    };
    let text = serde_json::to_vec(&bare).map_err(anyhow::Error::new)?;
    Ok(hex::encode(Sha256::digest(&text)))
}

fn proposal_of(
    id: ConversationId,
    dialogue: &Dialogue,
    shelf: &Shelf,
    settings: &AssistantSettings,
    now: Timestamp,
) -> Option<Proposal> {
    let rules = rules_of(settings);
    let found = propose(&shelf.catalog, &dialogue.conversation, &rules);
    let mut proposal = Proposal {
        conversation: id,
        charge: ChargeId::new(),
        kind: ProposalKind::Reply,
        lines: Vec::new(),
        discount: None,
        total: None,
        every: None,
        description: String::new(),
        text: None,
        evidence: evidence_of(&found.evidence, dialogue),
        since: None,
        confidence: found.confidence,
        why: found.why,
        flags: found.flags,
        second: None,
        made_at: now,
    };
    match found.decision {
        Decision::Charge(charge) => {
            set_charge(&mut proposal, &charge, shelf);
            proposal.kind = ProposalKind::Charge;
            if let Some(doubt) = doubt_about(&proposal, dialogue, shelf) {
                // Neither clear nor priced by the catalog is what a person has to look at.
                proposal.why.retain(|why| *why != Why::CatalogPriced);
                proposal.why.push(doubt);
                proposal.kind = ProposalKind::Question;
            }
        }
        Decision::Recap(text) if settings.recaps => {
            proposal.kind = ProposalKind::Recap;
            proposal.text = Some(text);
        }
        Decision::Reply(text) if settings.replies => proposal.text = Some(text),
        Decision::Handoff(reason) => {
            let cart = standing_cart(dialogue, shelf).filter(|_| reason == HandoffReason::UnknownItem);
            match cart {
                Some(cart) => set_cart(&mut proposal, cart, dialogue, shelf)?,
                // A voice note is no reason to be called: the person sees that it is there.
                None if settings.handoffs && reason != HandoffReason::Unreadable => {
                    proposal.kind = ProposalKind::Handoff;
                    proposal.since = written_since(&found.evidence, dialogue);
                }
                None => return None,
            }
        }
        Decision::Recap(_) | Decision::Reply(_) | Decision::Nothing => return None,
    }
    (!proposal.evidence.is_empty()).then_some(proposal)
}

/// Returns what a person should decide before it is charged.
fn doubt_about(proposal: &Proposal, dialogue: &Dialogue, shelf: &Shelf) -> Option<Why> {
    let comes_again = proposal.flags.contains(&Flag::Subscription);
    let is_reduced = proposal.discount.is_some() || proposal.lines.iter().any(|line| line.special);
    match () {
        () if comes_again && proposal.every.is_none() => Some(Why::RhythmsDiffer),
        () if comes_again && is_reduced => Some(Why::DiscountComesAgain),
        () if cart_differs(proposal, dialogue, shelf) => Some(Why::CartDiffers),
        () => None,
    }
}

fn set_charge(proposal: &mut Proposal, charge: &ProposedCharge, shelf: &Shelf) {
    proposal.lines = charge
        .lines
        .iter()
        .filter_map(|line| {
            let goods = shelf.goods(&line.item)?;
            Some(ProposedLine {
                product: Some(goods.product),
                options: goods.options.clone(),
                name: goods.name.clone(),
                quantity: line.quantity,
                unit: line.unit_price,
                special: line.special_price,
            })
        })
        .collect();
    let mut rhythms = charge
        .lines
        .iter()
        .map(|line| shelf.goods(&line.item).and_then(|goods| goods.every));
    let first = rhythms.next().flatten();
    proposal.every = first.filter(|every| rhythms.all(|other| other == Some(*every)));
    proposal.discount = (charge.discount.minor() > 0).then_some(charge.discount);
    proposal.total = Some(charge.total);
    proposal.description = described(&proposal.lines);
}

/// Returns how lines read in one: "2 × Pastel, 1 × Velita".
pub(super) fn described(lines: &[ProposedLine]) -> String {
    let parts: Vec<String> = lines
        .iter()
        .map(|line| format!("{} × {}", line.quantity, line.name))
        .collect();
    let text = parts.join(", ");
    match text.char_indices().nth(249) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

/// A cart that is still what the customer wants.
struct Cart {
    /// Its turn.
    at: usize,
    draft: OrderDraft,
}

/// Returns the last cart, if nothing but a plain yes to it was said since.
fn standing_cart(dialogue: &Dialogue, shelf: &Shelf) -> Option<Cart> {
    let at = dialogue
        .sources
        .iter()
        .rposition(|source| source.cart.is_some())?;
    let source = dialogue.sources.get(at)?;
    let draft = order::draft_of(source.message, source.cart.as_deref()?);
    let in_ours = |total: &Money| total.currency() == shelf.catalog.currency();
    let total = draft.total.filter(in_ours).map(Money::minor);
    cart_stands(&shelf.catalog, &dialogue.conversation, at, total).then_some(Cart { at, draft })
}

/// Returns whether a cart's own sum is another than the catalog's.
fn cart_differs(proposal: &Proposal, dialogue: &Dialogue, shelf: &Shelf) -> bool {
    standing_cart(dialogue, shelf)
        .and_then(|cart| cart.draft.total)
        .is_some_and(|total| Some(total) != proposal.total)
}

/// Proposes a cart with goods that are in WhatsApp's catalog and not in ours, at the prices that WhatsApp shows.
/// What is in ours at the same price stays it: its name is read, and its stock is counted. At another price it is
/// asked about: whoever writes carts by hand sets no price of ours.
fn set_cart(proposal: &mut Proposal, cart: Cart, dialogue: &Dialogue, shelf: &Shelf) -> Option<()> {
    let Cart { at, draft } = cart;
    proposal.evidence = evidence_of(&cart_and_yes(at, dialogue), dialogue);
    let differs = draft.lines.iter().any(|line| {
        line.price
            .is_some_and(|unit| shelf.has_other_price(&line.product, unit))
    });
    (proposal.kind, proposal.why) = if differs {
        (ProposalKind::Question, vec![Why::CartDiffers])
    } else {
        (ProposalKind::Charge, vec![Why::CartPriced])
    };
    proposal.total = Some(draft.total?);
    proposal.lines = draft
        .lines
        .into_iter()
        .filter_map(|line| {
            let unit = line.price?;
            let goods = shelf.sold_at(&line.product, unit);
            Some(ProposedLine {
                product: goods.map(|goods| goods.product),
                options: goods.map(|goods| goods.options.clone()).unwrap_or_default(),
                name: goods.map_or(line.product, |goods| goods.name.clone()),
                quantity: line.quantity,
                unit,
                special: false,
            })
        })
        .collect();
    proposal.description = described(&proposal.lines);
    proposal.confidence = 90;
    Some(())
}

/// A yes is to the cart before it: returns both.
fn cart_and_yes(at: usize, dialogue: &Dialogue) -> Vec<cobro_assistant::Evidence> {
    let turns = &dialogue.conversation.turns;
    let newest = turns.iter().rposition(|turn| turn.role == Role::Customer);
    std::iter::once(at)
        .chain(newest.filter(|newest| *newest > at))
        .map(|turn| cobro_assistant::Evidence {
            turn,
            text: String::new(),
        })
        .collect()
}

/// Returns the first message that the customer wrote after the last of a person of the shop, where what calls a person is older:
/// who waved that away answered what was written then, and nothing that comes after.
fn written_since(evidence: &[cobro_assistant::Evidence], dialogue: &Dialogue) -> Option<MessageId> {
    let turns = || {
        dialogue
            .conversation
            .turns
            .iter()
            .zip(&dialogue.sources)
            .enumerate()
    };
    let of_a_person =
        |(_, (turn, source)): &(usize, (&Turn, &Source))| turn.role == Role::Shop && !source.by_a_rule;
    let (shop, _) = turns().rfind(of_a_person)?;
    let is_older = evidence.iter().all(|evidence| evidence.turn < shop);
    let mut since = turns().filter(|(at, (turn, _))| *at > shop && turn.role == Role::Customer);
    let (_, (_, source)) = since.next().filter(|_| is_older)?;
    Some(source.message)
}

fn evidence_of(found: &[cobro_assistant::Evidence], dialogue: &Dialogue) -> Vec<Evidence> {
    found
        .iter()
        .filter_map(|evidence| {
            let source = dialogue.sources.get(evidence.turn)?;
            let turn = dialogue.conversation.turns.get(evidence.turn)?;
            let text = if evidence.text.is_empty() {
                source.text.clone()
            } else {
                evidence.text.clone()
            };
            Some(Evidence {
                message: source.message,
                text,
                from_me: turn.role == cobro_assistant::Role::Shop,
                at: source.at,
            })
        })
        .collect()
}

/// Returns the owner's rules as the pure rules read them.
pub(super) fn rules_of(settings: &AssistantSettings) -> Rules {
    let discounts = settings.discounts.iter().enumerate().filter_map(|(nth, entry)| {
        let cut = match (entry.basis_points, entry.amount) {
            (Some(points), _) => Cut::BasisPoints(points),
            (None, Some(amount)) => Cut::Minor(amount.minor()),
            (None, None) => return None,
        };
        Some(DiscountRule {
            id: nth.to_string(),
            code: entry.code.clone(),
            min_total_minor: entry.min_total.map_or(0, |total| total.minor()),
            cut,
        })
    });
    let ShopAnswers {
        hours,
        delivery,
        payment,
        place,
        instalments,
        returns,
    } = settings.answers.clone();
    let given = |text: String| (!text.is_empty()).then_some(text);
    Rules {
        max_quantity: settings.max_quantity,
        max_total_minor: settings.max_total.map(|total| total.minor()),
        discounts: discounts.collect(),
        answers: cobro_assistant::Answers {
            hours: given(hours),
            delivery: given(delivery),
            payment: given(payment),
            place: given(place),
            instalments: given(instalments),
            returns: given(returns),
        },
        faq: settings
            .faq
            .iter()
            .map(|entry| Faq {
                about: entry.about.clone(),
                answer: entry.answer.clone(),
            })
            .collect(),
    }
}
