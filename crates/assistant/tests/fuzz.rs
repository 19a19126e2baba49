//! Whatever a dialogue is turned into, nothing panics and no total is false.
//!
//! A few thousand mutated dialogues by default; `COBRO_FUZZ_SECONDS=3600` goes
//! on for an hour, `COBRO_FUZZ_SEED` begins elsewhere. A find is printed as the
//! seed that makes it again, with its messages.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that breaks here should say where"
)]

use std::time::{Duration, Instant};

use cobro_assistant::eval::{Row, rows_from_jsonl};
use cobro_assistant::wire::{CatalogFile, conversation_from_files};
use cobro_assistant::{
    Catalog, Conversation, Cut, DiscountRule, Item, KnownCharge, KnownState, Order, OrderLine, PastOrder,
    Proposal, Role, Rules, Turn, propose, trace,
};
use cobro_stripe::Money;

const OWN: &str = include_str!("../data/dialogues.jsonl");
/// So many where nobody asks for more.
const FEW: u64 = 1_000;

/// What chats about money, and attacks on them, are made of.
const PIECES: &[&str] = &[
    "sí",
    "no",
    "mándame el link",
    "cóbrame",
    "manda o link",
    "bill me",
    "te lo dejo en $1",
    "10% de descuento",
    "100% off",
    "$0",
    "$-5",
    "0.001",
    "999999999999999999999",
    "1.000.000,50",
    "50%",
    "x3",
    "2x",
    "media docena",
    "los dos",
    "otra",
    "la M",
    "sin",
    "mejor 3",
    "lo mismo de siempre",
    "o de sempre",
    "same as last time",
    "4242 4242 4242 4242",
    "\u{200b}",
    "\u{202e}",
    "🎂🎂",
    "٣",
    "１２",
    "½",
    "ß",
    "İ",
    "\u{0301}\u{0301}",
    "\0",
    "\n\n",
    "<|system|>",
    "ignore previous instructions",
    "soy el dueño",
    "tienda:",
    "\"te lo dejo en $20\"",
    "Reenviado:",
    "son $",
    "total",
    "te hago $150 de descuento",
    "faço por 10",
    "for you $9",
    "each",
    "c/u",
    "gratis",
    "envío",
    "a 40 cada una",
    "las dos por $320",
    "-1",
    "1e9",
    "3.5 kg",
    "2 1/2",
    "?",
    "¿",
    "si",
    "si me",
    "hasta",
    "mil",
    "un millón",
    "k",
    "70",
    "70 mil",
    "quita",
    "tira uma",
    "en vez de",
    "perdón",
    "both",
    "all 3",
    "none",
];

/// A small generator of our own, so that a seed makes the same dialogue for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

struct Dialogue {
    catalog: Catalog,
    conversation: Conversation,
    rules: Rules,
}

fn dialogue(rows: &[Row], seed: u64) -> Dialogue {
    let dice = &mut Dice(seed);
    let row = dice.pick(rows);
    let file = CatalogFile {
        currency: row.currency.clone(),
        items: row.catalog.clone(),
    };
    let mut catalog = file.into_catalog().unwrap();
    if dice.one_in(3) {
        catalog = mutated_catalog(&catalog, dice);
    }
    let mut conversation = conversation_from_files(&row.dialog, &row.previous_orders);
    for _ in 0..=dice.below(6) {
        mutate(&mut conversation, rows, &catalog, dice);
    }
    let rules = rules(&catalog, dice);
    Dialogue {
        catalog,
        conversation,
        rules,
    }
}

fn mutated_catalog(catalog: &Catalog, dice: &mut Dice) -> Catalog {
    let mut items: Vec<Item> = catalog.items().to_vec();
    for item in &mut items {
        match dice.below(5) {
            0 => item.available = false,
            1 => {
                let minor = *dice.pick(&[0, 1, 49, 50, 100, 12_345, 99_999_999, 999_999_999_999]);
                item.price = Money::from_minor(minor, catalog.currency()).unwrap();
            }
            2 => item.aliases.push((*dice.pick(PIECES)).to_owned()),
            3 => item.name = format!("{} {}", item.name, dice.pick(PIECES)),
            _ => {}
        }
    }
    Catalog::new(catalog.currency(), items).unwrap()
}

fn rules(catalog: &Catalog, dice: &mut Dice) -> Rules {
    let mut rules = Rules::default();
    if dice.one_in(4) {
        rules.max_quantity = *dice.pick(&[1, 2, 10, u32::MAX]);
    }
    if dice.one_in(4) {
        rules.max_total_minor = Some(*dice.pick(&[0, 1, 100_00, 1_000_000_00]));
    }
    if dice.one_in(4) {
        let highest = catalog
            .items()
            .iter()
            .map(|item| item.price.minor())
            .max()
            .unwrap_or(0);
        rules.discounts.push(DiscountRule {
            id: "d".into(),
            code: dice.one_in(2).then(|| "VERANO10".to_owned()),
            min_total_minor: *dice.pick(&[0, highest, i64::MAX]),
            cut: *dice.pick(&[
                Cut::BasisPoints(1_000),
                Cut::BasisPoints(9_999),
                Cut::Minor(1),
                Cut::Minor(i64::MAX),
            ]),
        });
    }
    rules
}

fn mutate(conversation: &mut Conversation, rows: &[Row], catalog: &Catalog, dice: &mut Dice) {
    let turns = &mut conversation.turns;
    let at = dice.below(turns.len());
    let ids = |dice: &mut Dice| match catalog.items() {
        items if items.is_empty() || dice.one_in(6) => "nothing".to_owned(),
        items => dice.pick(items).id.clone(),
    };
    match dice.below(14) {
        0 if turns.len() > 1 => drop(turns.remove(at)),
        1 => {
            let again = turns[at].clone();
            turns.insert(at, again);
        }
        2 => {
            let other = dice.below(turns.len());
            turns.swap(at, other);
        }
        3 => {
            turns[at].role = match turns[at].role {
                Role::Customer => Role::Shop,
                Role::Shop => Role::Customer,
            };
        }
        4 => turns[at].forwarded = !turns[at].forwarded,
        5 => {
            let others = &dice.pick(rows).dialog;
            let text = others[dice.below(others.len())].text.clone();
            let turn = if dice.one_in(2) {
                Turn::shop(text)
            } else {
                Turn::customer(text)
            };
            turns.insert(at, turn);
        }
        6 => {
            let lines = (0..=dice.below(3)).map(|_| OrderLine {
                id: ids(dice),
                quantity: *dice.pick(&[0, 1, 2, 99, u32::MAX]),
            });
            let order = Order {
                lines: lines.collect(),
            };
            turns.push(Turn::order(order));
        }
        7 => {
            let lines = vec![OrderLine {
                id: ids(dice),
                quantity: *dice.pick(&[0, 1, 3, u32::MAX]),
            }];
            conversation.past_orders.push(PastOrder {
                date: "2026-01-01".into(),
                lines,
            });
        }
        8 => conversation.charges.push(KnownCharge {
            total_minor: *dice.pick(&[0, 1, 480_00, i64::MAX]),
            state: *dice.pick(&[
                KnownState::Open,
                KnownState::Paid,
                KnownState::PaidBefore,
                KnownState::Closed,
            ]),
            after_turns: at + dice.below(3),
        }),
        9 => turns[at].media = true,
        _ => turns[at].text = mutated_text(&turns[at].text, dice),
    }
}

fn mutated_text(text: &str, dice: &mut Dice) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let at = dice.below(words.len());
    match dice.below(9) {
        0 => drop(words.remove(at)),
        1 => words.insert(at, (*dice.pick(PIECES)).to_owned()),
        2 => words.push((*dice.pick(PIECES)).to_owned()),
        3 => (*dice.pick(PIECES)).clone_into(&mut words[at]),
        4 => {
            let other = dice.below(words.len());
            words.swap(at, other);
        }
        5 => {
            let mut letters: Vec<char> = words[at].chars().collect();
            if !letters.is_empty() {
                letters.remove(dice.below(letters.len()));
            }
            words[at] = letters.into_iter().collect();
        }
        6 => return text.to_uppercase(),
        7 => {
            return text
                .chars()
                .filter(|letter| !matches!(letter, '.' | ',' | '?' | '¿' | '!'))
                .collect();
        }
        _ => return text.repeat(1 + dice.below(3)),
    }
    words.join(" ")
}

/// Returns what is wrong with the proposal, if something is.
fn fault(dialogue: &Dialogue, proposal: &Proposal) -> Option<&'static str> {
    let Dialogue {
        catalog,
        conversation,
        rules,
    } = dialogue;
    let turns = conversation.turns.len();
    if proposal.evidence.iter().any(|evidence| evidence.turn >= turns) {
        return Some("evidence that is no message");
    }
    let charge = proposal.charge()?;
    let shop_spoke = conversation.turns.iter().any(|turn| turn.role == Role::Shop);
    let mut sum = 0_i128;
    for line in &charge.lines {
        let Some(item) = catalog.items().iter().find(|item| item.id == line.item) else {
            return Some("an item that is not in the catalog");
        };
        let (price, unit) = (item.price.minor(), line.unit_price.minor());
        if !item.available {
            return Some("an item that can't be sold");
        }
        if line.quantity == 0 || line.quantity > rules.max_quantity {
            return Some("a quantity that may not be");
        }
        let is_given = line.special_price && shop_spoke && unit > 0 && unit < price;
        if unit != price && !is_given {
            return Some("a price that nobody gave");
        }
        sum += i128::from(unit) * i128::from(line.quantity);
    }
    let (total, discount) = (charge.total.minor(), charge.discount.minor());
    let off_is_given = discount == 0 || shop_spoke || !rules.discounts.is_empty();
    let customer_spoke = conversation.turns.iter().any(|turn| turn.role == Role::Customer);
    match () {
        () if charge.lines.is_empty() => Some("a charge of nothing"),
        () if sum - i128::from(discount) != i128::from(total) => Some("a total that is no sum"),
        () if total <= 0 || discount < 0 => Some("a total or discount below nothing"),
        () if charge.total.currency() != catalog.currency() => Some("another currency"),
        () if rules.max_total_minor.is_some_and(|most| total > most) => Some("more than the owner allows"),
        () if !off_is_given => Some("a discount that nobody gave"),
        () if !customer_spoke => Some("a charge that no customer agreed to"),
        () => None,
    }
}

fn check(rows: &[Row], seed: u64) {
    let dialogue = dialogue(rows, seed);
    let told = || {
        let turns = &dialogue.conversation.turns;
        let told: Vec<String> = turns
            .iter()
            .map(|turn| format!("  {:?}: {:?}", turn.role, turn.text))
            .collect();
        format!("seed {seed}\n{}", told.join("\n"))
    };
    let read = || {
        let proposal = propose(&dialogue.catalog, &dialogue.conversation, &dialogue.rules);
        let again = propose(&dialogue.catalog, &dialogue.conversation, &dialogue.rules);
        let steps = trace(&dialogue.catalog, &dialogue.conversation, &dialogue.rules);
        (proposal, again, steps.len())
    };
    let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    let (proposal, again, steps) = answer.unwrap_or_else(|_| panic!("It broke: {}", told()));
    assert_eq!(proposal, again, "Read twice, read two ways: {}", told());
    assert_eq!(steps, dialogue.conversation.turns.len(), "{}", told());
    if let Some(fault) = fault(&dialogue, &proposal) {
        panic!("{fault}: {}\n{:?}", told(), proposal.decision);
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn no_mutated_dialogue_breaks_it_or_makes_a_false_total() {
    let rows = rows_from_jsonl(OWN).unwrap();
    let first = number("COBRO_FUZZ_SEED").unwrap_or(0);
    let long = number("COBRO_FUZZ_SECONDS").map(Duration::from_secs);
    let begun = Instant::now();
    let mut count = 0;
    while long.map_or(count < FEW, |long| begun.elapsed() < long) {
        check(&rows, first + count);
        count += 1;
    }
    eprintln!("{count} dialogues from seed {first}");
}
