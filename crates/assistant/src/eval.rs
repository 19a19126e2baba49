//! Compares proposals with what people wrote down as right: the figures of `cobro eval`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decide::propose;
use crate::proposal::Proposal;
use crate::rules::Rules;
use crate::wire::{
    CatalogFile, ItemFile, PastOrderFile, TurnFile, WireError, conversation_from_files, money_from_major,
};

/// A dialogue with what should be proposed after its last message.
#[derive(Debug, Clone, Deserialize)]
pub struct Row {
    pub id: String,
    pub lang: String,
    #[serde(default)]
    pub shop: String,
    #[serde(default)]
    pub kind: String,
    pub currency: String,
    pub catalog: Vec<ItemFile>,
    pub dialog: Vec<TurnFile>,
    #[serde(default)]
    pub previous_orders: Vec<PastOrderFile>,
    pub expected: Expected,
}

/// What should come out; amounts in major units.
#[derive(Debug, Clone, Deserialize)]
pub struct Expected {
    pub charge_ready: bool,
    #[serde(default)]
    pub items: Vec<ExpectedItem>,
    #[serde(default)]
    pub total: Option<serde_json::Number>,
    #[serde(default)]
    pub handoff: bool,
    #[serde(default)]
    pub flags: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct ExpectedItem {
    pub id: String,
    #[serde(alias = "quantity")]
    pub qty: u32,
}

/// How one row came out.
#[derive(Debug, Clone, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a row of yes and no, as it is printed"
)]
pub struct Outcome {
    pub id: String,
    pub lang: String,
    pub kind: String,
    pub expected_charge: bool,
    pub charged: bool,
    pub items_exact: bool,
    pub total_exact: bool,
    pub expected_handoff: bool,
    pub handoff: bool,
    pub flags_exact: bool,
    pub why: String,
}

impl Outcome {
    /// A charge that should not have been proposed, or not like this.
    pub fn is_false_charge(&self) -> bool {
        self.charged && !(self.expected_charge && self.items_exact && self.total_exact)
    }

    pub fn is_right(&self) -> bool {
        !self.is_false_charge()
            && self.charged == self.expected_charge
            && self.handoff == self.expected_handoff
    }
}

/// Figures over some rows. A share of nothing is one.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Figures {
    pub rows: usize,
    /// Of the charges proposed, how many were due.
    pub precision: f64,
    /// Of the charges due, how many were proposed.
    pub recall: f64,
    /// Of the rows where none was due, how many were charged all the same.
    pub false_charge_rate: f64,
    /// Charges that were not due, or had wrong items or a wrong total.
    pub false_charges: usize,
    /// Of the charges rightly proposed, how many had exactly the items.
    pub items_exact: f64,
    /// Of the charges rightly proposed, how many had exactly the total.
    pub totals_exact: f64,
    pub handoff_recall: f64,
    pub handoff_precision: f64,
}

impl Figures {
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let outcomes: Vec<&Outcome> = outcomes.into_iter().collect();
        let count = |test: &dyn Fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| test(outcome)).count();
        let due = count(&|outcome| outcome.expected_charge);
        let charged = count(&|outcome| outcome.charged);
        let right = count(&|outcome| outcome.charged && outcome.expected_charge);
        let not_due = outcomes.len() - due;
        let handoffs_due = count(&|outcome| outcome.expected_handoff);
        let handoffs = count(&|outcome| outcome.handoff);
        let handoffs_right = count(&|outcome| outcome.handoff && outcome.expected_handoff);
        Self {
            rows: outcomes.len(),
            precision: share(right, charged, 1.0),
            recall: share(right, due, 1.0),
            false_charge_rate: share(charged - right, not_due, 0.0),
            false_charges: count(&Outcome::is_false_charge),
            items_exact: share(
                count(&|outcome| outcome.charged && outcome.expected_charge && outcome.items_exact),
                right,
                1.0,
            ),
            totals_exact: share(
                count(&|outcome| outcome.charged && outcome.expected_charge && outcome.total_exact),
                right,
                1.0,
            ),
            handoff_recall: share(handoffs_right, handoffs_due, 1.0),
            handoff_precision: share(handoffs_right, handoffs, 1.0),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "shares of a few thousand rows")]
fn share(part: usize, whole: usize, of_nothing: f64) -> f64 {
    if whole == 0 {
        of_nothing
    } else {
        part as f64 / whole as f64
    }
}

/// Everything `cobro eval` prints.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub all: Figures,
    pub by_language: BTreeMap<String, Figures>,
    pub by_kind: BTreeMap<String, Figures>,
    /// Rows that came out otherwise than they should.
    pub failed: Vec<Outcome>,
}

impl Report {
    pub fn of(outcomes: &[Outcome]) -> Self {
        let by = |key: &dyn Fn(&Outcome) -> String| {
            let mut groups: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
            for outcome in outcomes {
                groups.entry(key(outcome)).or_default().push(outcome);
            }
            groups
                .into_iter()
                .map(|(name, group)| (name, Figures::of(group)))
                .collect()
        };
        Self {
            all: Figures::of(outcomes),
            by_language: by(&|outcome| outcome.lang.clone()),
            by_kind: by(&|outcome| outcome.kind.clone()),
            failed: outcomes
                .iter()
                .filter(|outcome| !outcome.is_right())
                .cloned()
                .collect(),
        }
    }
}

/// Why rows could not be read.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    #[error("line {line}: not a row: {source}")]
    Row {
        line: usize,
        #[source]
        source: serde_json::Error,
    },
    #[error("row {id:?}: {source}")]
    Catalog {
        id: String,
        #[source]
        source: WireError,
    },
}

/// Reads rows, one JSON object a line; empty lines are skipped.
pub fn rows_from_jsonl(text: &str) -> Result<Vec<Row>, EvalError> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            serde_json::from_str(line).map_err(|source| EvalError::Row { line: at + 1, source })
        })
        .collect()
}

/// Proposes for the row and compares.
pub fn outcome_of(row: &Row, rules: &Rules) -> Result<Outcome, EvalError> {
    Ok(compare(row, &proposal_for(row, rules)?))
}

/// Returns what is proposed for the row's dialogue.
pub fn proposal_for(row: &Row, rules: &Rules) -> Result<Proposal, EvalError> {
    let catalog = CatalogFile {
        currency: row.currency.clone(),
        items: row.catalog.clone(),
    };
    let catalog = catalog.into_catalog().map_err(|source| EvalError::Catalog {
        id: row.id.clone(),
        source,
    })?;
    let conversation = conversation_from_files(&row.dialog, &row.previous_orders);
    Ok(propose(&catalog, &conversation, rules))
}

fn compare(row: &Row, proposal: &Proposal) -> Outcome {
    let charge = proposal.charge();
    let mut expected: Vec<(&str, u32)> = row
        .expected
        .items
        .iter()
        .map(|item| (item.id.as_str(), item.qty))
        .collect();
    expected.sort_unstable();
    let mut given: Vec<(&str, u32)> = charge
        .iter()
        .flat_map(|charge| &charge.lines)
        .map(|line| (line.item.as_str(), line.quantity))
        .collect();
    given.sort_unstable();
    let total = row.expected.total.as_ref().and_then(|total| {
        let currency = cobro_stripe::Currency::from_code(&row.currency).ok()?;
        money_from_major(total, currency)
    });
    let mut flags: Vec<String> = proposal
        .flags
        .iter()
        .filter_map(|flag| Some(serde_json::to_value(flag).ok()?.as_str()?.to_owned()))
        .collect();
    flags.sort_unstable();
    let mut expected_flags = row.expected.flags.clone();
    expected_flags.sort_unstable();
    Outcome {
        id: row.id.clone(),
        lang: row.lang.clone(),
        kind: row.kind.clone(),
        expected_charge: row.expected.charge_ready,
        charged: charge.is_some(),
        items_exact: given == expected,
        total_exact: charge.map(|charge| charge.total) == total,
        expected_handoff: row.expected.handoff,
        handoff: proposal.is_handoff(),
        flags_exact: flags == expected_flags,
        why: proposal.sentence(),
    }
}

/// Returns which half of a set a row is in: 0 or 1, by a hash of its id that never changes.
pub fn half_of(id: &str) -> u64 {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 17) & 1
}
