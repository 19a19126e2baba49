//! What a charge is for, line by line, and the one place that adds it up.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    Carrier, ChargeId, ChosenOption, Currency, Money, Plan, Product, ProductId, Recurrence, Recurring,
};
use crate::{Error, Result};

/// No more lines fit at Stripe; more than twenty need a session.
pub const MOST_LINES: usize = 100;
const MOST_QUANTITY: u32 = 10_000;
const NAME_LIMIT: usize = 250;
const NOTE_LIMIT: usize = 200;
/// A whole, in hundredths of a per cent.
pub(super) const WHOLE: u32 = 10_000;

/// A part of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Part {
    Amount {
        amount: Money,
    },
    /// In hundredths of a per cent: 12.5 % is 1250.
    Percent {
        basis_points: u32,
    },
}

/// One line as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewChargeLine {
    #[serde(default)]
    pub product: Option<ProductId>,
    /// What a free line is for. A product's line has the product's name.
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub options: Vec<ChosenOption>,
    /// For one. `None`: the catalog's price with these options.
    #[serde(default)]
    pub unit: Option<Money>,
    pub quantity: u32,
    #[serde(default)]
    pub note: String,
}

/// One line as it was asked for: what it said and cost then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChargeLine {
    pub product: Option<ProductId>,
    pub name: String,
    pub options: Vec<ChosenOption>,
    /// For one.
    pub unit: Money,
    pub quantity: u32,
    pub note: String,
}

impl From<ChargeLine> for NewChargeLine {
    /// Returns the line at the price that it had.
    fn from(line: ChargeLine) -> Self {
        Self {
            product: line.product,
            name: line.name,
            options: line.options,
            unit: Some(line.unit),
            quantity: line.quantity,
            note: line.note,
        }
    }
}

impl ChargeLine {
    /// Returns the single line of a charge that only has an amount.
    pub fn free(name: &str, amount: Money) -> Self {
        Self {
            product: None,
            name: name.to_owned(),
            options: Vec::new(),
            unit: amount,
            quantity: 1,
            note: String::new(),
        }
    }

    /// Returns its name with what was chosen, such as `Torta (Grande, Vainilla)`.
    pub fn words(&self) -> String {
        if self.options.is_empty() {
            return self.name.clone();
        }
        let chosen: Vec<&str> = self.options.iter().map(|option| option.value.as_str()).collect();
        format!("{} ({})", self.name, chosen.join(", "))
    }

    fn sum(&self) -> i128 {
        i128::from(self.unit.minor()) * i128::from(self.quantity)
    }
}

/// A way of delivery that the customer may choose, and its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ShippingRate {
    pub name: String,
    pub amount: Money,
}

/// A code of Stripe's that the seller found, and what it takes off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Coupon {
    /// The promotion code's id at Stripe, or that of a coupon without a code.
    pub id: String,
    /// What customers type, or the coupon's name.
    pub code: String,
    pub off: Part,
}

/// What the pay page collected of the customer, besides money.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Collected {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// The address, line by line.
    pub address: Vec<String>,
    /// The way of delivery that was chosen, where it costs something.
    pub shipping: Option<Money>,
    /// What a code took off.
    pub code_discount: Option<Money>,
}

impl Collected {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Whose it is is private.
impl std::fmt::Debug for Collected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collected").finish_non_exhaustive()
    }
}

/// How a charge is reckoned, and what its pay page asks for besides money.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct ChargeTerms {
    /// What the seller takes off.
    pub discount: Option<Part>,
    /// What is asked for now; the rest stays owed.
    pub deposit: Option<Part>,
    /// The charge whose rest this one asks for.
    pub rest_of: Option<ChargeId>,
    /// Asks for an address in one of these countries (two letters).
    pub shipping_countries: Vec<String>,
    pub shipping_rates: Vec<ShippingRate>,
    pub phone: bool,
    /// Offers a field for a promotion code.
    pub promotion_codes: bool,
    /// One of Stripe's codes, taken off before the page opens.
    pub coupon: Option<Coupon>,
    /// Stripe's names of ways to pay; none leaves it to the account.
    pub methods: Vec<String>,
    /// How often it is paid; once where there is nothing.
    pub recurrence: Option<Recurrence>,
    /// Goes by the product's own link, the same for everybody, in place of one of its own.
    pub lasting: bool,
    /// Meses sin intereses: the customer pays the bank by the month, the shop is paid at once.
    pub bank_months: bool,
}

/// What a charge adds up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    pub subtotal: Money,
    /// Zero where nothing is taken off.
    pub discount: Money,
    /// Zero but for instalments that cost something.
    pub interest: Money,
    /// The whole order: subtotal less discount, with interest. Of a subscription, each time.
    pub total: Money,
    /// What this charge asks for: the total, its deposit, or its first instalment.
    pub now: Money,
    /// What is owed after it; zero without a deposit or instalments.
    pub rest: Money,
}

/// Adds a charge up, in whole minor units, never below zero.
///
/// A percentage is rounded to the smallest amount that Stripe charges in the
/// currency, halves up: of a discount in the customer's favour, of a deposit in
/// the shop's. What is left after either is the exact difference.
pub fn add_up(lines: &[ChargeLine], terms: &ChargeTerms) -> Result<Totals> {
    let currency = check_lines(lines)?;
    let subtotal: i128 = lines.iter().map(ChargeLine::sum).sum();
    let subtotal = money(subtotal, currency)?;
    let discount = match (terms.discount, &terms.coupon) {
        (None, None) => zero(currency)?,
        (Some(part), None) => part_of("discount", part, subtotal)?,
        (None, Some(coupon)) => coupon_off(coupon, subtotal)?,
        (Some(_), Some(_)) => {
            return Err(Error::Invalid(
                "A charge has a discount or a code, not both. Take one of them away".into(),
            ));
        }
    };
    let total = less(subtotal, discount)?;
    if total.minor() == 0 {
        return Err(Error::Invalid(
            "Nothing is left to charge. Add a line, or take off less".into(),
        ));
    }
    let (total, interest, now) = match (terms.deposit, terms.recurrence) {
        (None, Some(Recurrence::Instalments { count, interest })) => {
            let plan = Plan::of(total, count, interest)?;
            (plan.total, plan.interest, plan.first)
        }
        (None, _) => (total, zero(currency)?, total),
        (Some(part), _) => (total, zero(currency)?, part_of("deposit", part, total)?),
    };
    if now.minor() == 0 {
        return Err(Error::Invalid(
            "The deposit must be more than nothing. Raise it, or leave it out".into(),
        ));
    }
    Ok(Totals {
        subtotal,
        discount,
        interest,
        total,
        now,
        rest: less(total, now)?,
    })
}

/// Checks each line, and that all have one currency, which it returns.
fn check_lines(lines: &[ChargeLine]) -> Result<Currency> {
    let Some(first) = lines.first() else {
        return Err(Error::Invalid(
            "There is nothing to charge for. Add a line, or type an amount".into(),
        ));
    };
    if lines.len() > MOST_LINES {
        return Err(Error::Invalid(format!(
            "A charge has at most {MOST_LINES} lines; this one has {}. Put some together, or make two charges",
            lines.len()
        )));
    }
    let currency = first.unit.currency();
    for (at, line) in lines.iter().enumerate() {
        check_line(at + 1, line, currency)?;
    }
    Ok(currency)
}

fn check_line(at: usize, line: &ChargeLine, currency: Currency) -> Result<()> {
    let refuse = |why: String| Err(Error::Invalid(format!("Line {at}: {why}")));
    if line.unit.currency() != currency {
        return refuse(format!(
            "its price is in {}, the others are in {currency}. Charge each currency by itself",
            line.unit.currency()
        ));
    }
    if line.quantity == 0 || line.quantity > MOST_QUANTITY {
        return refuse(format!(
            "the quantity must be from 1 to {MOST_QUANTITY}. Correct it, or take the line away"
        ));
    }
    if line.unit.minor() % step(currency) != 0 {
        return refuse(format!(
            "{} can't be charged: {currency} amounts must end in {} zero minor digits. Round it",
            line.unit,
            currency.zero_digits()
        ));
    }
    for (field, text, limit) in [("name", &line.name, NAME_LIMIT), ("note", &line.note, NOTE_LIMIT)] {
        let length = text.chars().count();
        if length > limit {
            return refuse(format!(
                "the {field} has {length} characters; at most {limit} fit. Shorten it"
            ));
        }
    }
    Ok(())
}

/// A code may be worth more than the order, as at Stripe: then nothing is left.
fn coupon_off(coupon: &Coupon, subtotal: Money) -> Result<Money> {
    match coupon.off {
        Part::Amount { amount } if amount.currency() == subtotal.currency() => {
            Ok(if amount.minor() > subtotal.minor() {
                subtotal
            } else {
                amount
            })
        }
        off => part_of("code", off, subtotal),
    }
}

/// Returns the part of `whole`, never more than it.
fn part_of(field: &str, part: Part, whole: Money) -> Result<Money> {
    let currency = whole.currency();
    match part {
        Part::Amount { amount } => {
            if amount.currency() != currency {
                return Err(Error::Invalid(format!(
                    "The {field} is in {}, the charge in {currency}. Give both in one currency",
                    amount.currency()
                )));
            }
            if amount.minor() > whole.minor() {
                return Err(Error::Invalid(format!(
                    "The {field} of {amount} is more than the {whole} that it is taken of. Lower it"
                )));
            }
            if amount.minor() % step(currency) != 0 {
                return Err(Error::Invalid(format!(
                    "The {field} can't be charged: {currency} amounts must end in {} zero minor digits. Round it",
                    currency.zero_digits()
                )));
            }
            Ok(amount)
        }
        Part::Percent { basis_points } => {
            if basis_points > WHOLE {
                return Err(Error::Invalid(format!(
                    "The {field} must be from 0 to 100 per cent. Correct it"
                )));
            }
            money(percent(whole.minor(), basis_points, step(currency)), currency)
        }
    }
}

/// Returns hundredths of a per cent of `minor`, rounded to `step`, halves up, at most `minor`.
pub(super) fn percent(minor: i64, basis_points: u32, step: i64) -> i128 {
    let exact = i128::from(minor) * i128::from(basis_points);
    let unit = i128::from(WHOLE) * i128::from(step);
    let rounded = (exact + unit / 2) / unit * i128::from(step);
    rounded.min(i128::from(minor))
}

/// The smallest amount that Stripe charges, in minor units.
pub(super) fn step(currency: Currency) -> i64 {
    10_i64.pow(u32::from(currency.zero_digits()))
}

pub(super) fn money(minor: i128, currency: Currency) -> Result<Money> {
    i64::try_from(minor)
        .ok()
        .and_then(|minor| Money::from_minor(minor, currency).ok())
        .ok_or_else(|| {
            Error::Invalid(
                "The charge is larger than an amount can be. Check the quantities and prices".into(),
            )
        })
}

fn zero(currency: Currency) -> Result<Money> {
    money(0, currency)
}

pub(super) fn less(from: Money, taken: Money) -> Result<Money> {
    money(
        i128::from(from.minor()) - i128::from(taken.minor()),
        from.currency(),
    )
}

/// A line as the pay page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayLine {
    pub name: String,
    pub description: String,
    pub unit: Money,
    pub quantity: u32,
    /// How often it comes again.
    #[serde(default)]
    pub recurring: Option<Recurring>,
}

/// A charge, worked out. The same charge is always the same.
#[derive(Debug, Clone)]
pub struct Worked {
    pub lines: Vec<ChargeLine>,
    pub totals: Totals,
    /// What the pay page shows: saved, so that a repeated request has the same bytes.
    pub pay: Vec<PayLine>,
    pub carrier: Carrier,
    pub description: String,
    pub expires_in_hours: Option<u32>,
    /// The products of the lines, as they are now.
    pub products: Vec<Product>,
}

/// Returns the lines that ask for exactly what the charge asks for; before its
/// code, where it has one.
///
/// A discount is in the lines' prices where it comes out even, so that a lasting
/// link can carry it; else, and for a deposit, one line asks for the sum and its
/// text says what for. `why` is that text's beginning, such as "Deposit 50 %".
pub fn pay_lines(lines: &[ChargeLine], terms: &ChargeTerms, totals: &Totals, why: &str) -> Vec<PayLine> {
    if let Some(Recurrence::Instalments { count, .. }) = terms.recurrence {
        return instalment_lines(lines, totals, count, why);
    }
    if terms.deposit.is_none()
        && let Some(lines) = lowered(lines, terms, totals)
    {
        return lines;
    }
    vec![PayLine {
        name: list_of(lines),
        description: why.to_owned(),
        unit: totals.now,
        quantity: 1,
        recurring: terms.recurrence.map(Recurrence::every),
    }]
}

/// Said in every language at once, so that a repeated request is the same request.
const ROUNDING: &str = "Redondeo · Arredondamento · Rounding";

/// Returns one line that comes again each month, and what the division leaves over, paid with the first.
fn instalment_lines(lines: &[ChargeLine], totals: &Totals, count: u32, why: &str) -> Vec<PayLine> {
    let each = totals.rest.minor() / i64::from(count.saturating_sub(1).max(1));
    let each = Money::from_minor(each, totals.now.currency()).unwrap_or(totals.now);
    let mut paid = vec![PayLine {
        name: list_of(lines),
        description: why.to_owned(),
        unit: each,
        quantity: 1,
        recurring: Some(Recurring::MONTHLY),
    }];
    if let Ok(over) = less(totals.now, each)
        && over.minor() > 0
    {
        paid.push(PayLine {
            name: ROUNDING.to_owned(),
            description: String::new(),
            unit: over,
            quantity: 1,
            recurring: None,
        });
    }
    paid
}

/// Returns the lines in one, as short as Stripe wants it.
pub fn list_of(lines: &[ChargeLine]) -> String {
    let names: Vec<String> = lines.iter().map(counted).collect();
    let list = names.join(", ");
    if list.chars().count() <= NAME_LIMIT {
        return list;
    }
    list.chars().take(NAME_LIMIT - 1).chain(['…']).collect()
}

/// Returns how a line reads in a list, such as `2 × Torta (Grande)`.
pub fn counted(line: &ChargeLine) -> String {
    match line.quantity {
        1 => line.words(),
        quantity => format!("{quantity} × {}", line.words()),
    }
}

/// Returns the lines with the discount in their prices, if it comes out to the last minor unit.
fn lowered(lines: &[ChargeLine], terms: &ChargeTerms, totals: &Totals) -> Option<Vec<PayLine>> {
    let (basis_points, whole) = match terms.discount {
        // Stripe takes the code off itself.
        _ if terms.coupon.is_some() => (0, totals.subtotal),
        _ if totals.discount.minor() == 0 => (0, totals.now),
        Some(Part::Percent { basis_points }) => (basis_points, totals.now),
        _ => return None,
    };
    let mut sum = 0_i128;
    let mut lowered = Vec::with_capacity(lines.len());
    for line in lines {
        let minor = line.unit.minor();
        let off = i64::try_from(percent(minor, basis_points, step(line.unit.currency()))).ok()?;
        let unit = Money::from_minor(minor - off, line.unit.currency()).ok()?;
        if unit.minor() == 0 {
            // Stripe has no line that costs nothing; the message to the customer names it.
            continue;
        }
        sum += i128::from(unit.minor()) * i128::from(line.quantity);
        lowered.push(PayLine {
            name: line.words(),
            description: line.note.clone(),
            unit,
            quantity: line.quantity,
            recurring: terms.recurrence.map(Recurrence::every),
        });
    }
    (sum == i128::from(whole.minor())).then_some(lowered)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every currency of Stripe's table.
    const CURRENCIES: &str = "USD AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL \
        BSD BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF \
        GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD \
        MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR \
        RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TND TOP TRY TTD TWD TZS UAH UGX UYU UZS \
        VND VUV WST XAF XCD XOF XPF YER ZAR ZMW";

    fn code(text: &str) -> Currency {
        Currency::from_code(text).unwrap()
    }

    fn mxn(minor: i64) -> Money {
        Money::from_minor(minor, code("MXN")).unwrap()
    }

    fn line(name: &str, unit: Money, quantity: u32) -> ChargeLine {
        ChargeLine {
            quantity,
            ..ChargeLine::free(name, unit)
        }
    }

    fn percent_off(basis_points: u32) -> ChargeTerms {
        ChargeTerms {
            discount: Some(Part::Percent { basis_points }),
            ..ChargeTerms::default()
        }
    }

    fn sums(lines: &[ChargeLine], terms: &ChargeTerms) -> [i64; 5] {
        let totals = add_up(lines, terms).unwrap();
        [
            totals.subtotal,
            totals.discount,
            totals.total,
            totals.now,
            totals.rest,
        ]
        .map(Money::minor)
    }

    #[test]
    fn a_sale_adds_up() {
        let lines = [line("Torta", mxn(450_00), 2), line("Café", mxn(35_00), 1)];
        assert_eq!(
            sums(&lines, &ChargeTerms::default()),
            [935_00, 0, 935_00, 935_00, 0]
        );
        assert_eq!(
            sums(&lines, &percent_off(1_000)),
            [935_00, 93_50, 841_50, 841_50, 0]
        );
        let half = ChargeTerms {
            deposit: Some(Part::Percent { basis_points: 5_000 }),
            ..percent_off(1_000)
        };
        assert_eq!(sums(&lines, &half), [935_00, 93_50, 841_50, 420_75, 420_75]);
        let fixed = ChargeTerms {
            discount: Some(Part::Amount { amount: mxn(35_00) }),
            ..ChargeTerms::default()
        };
        assert_eq!(sums(&lines, &fixed), [935_00, 35_00, 900_00, 900_00, 0]);
    }

    #[test]
    fn half_a_minor_unit_goes_to_the_customer_as_a_discount_and_to_the_shop_as_a_deposit() {
        let lines = [line("Dulce", mxn(5), 1)];
        assert_eq!(sums(&lines, &percent_off(1_000))[1], 1, "half a cent comes off");
        let deposit = ChargeTerms {
            deposit: Some(Part::Percent { basis_points: 5_000 }),
            ..ChargeTerms::default()
        };
        assert_eq!(sums(&lines, &deposit)[3..], [3, 2]);
        let kronur = [line(
            "Peysa",
            Money::from_minor(10_01_00, code("ISK")).unwrap(),
            1,
        )];
        assert_eq!(sums(&kronur, &percent_off(5_000))[1], 501_00, "whole krónur only");
    }

    #[test]
    fn what_can_not_be_charged_says_why() {
        let refusal =
            |lines: &[ChargeLine], terms: &ChargeTerms| add_up(lines, terms).unwrap_err().to_string();
        let plain = ChargeTerms::default();
        let torta = line("Torta", mxn(450_00), 1);
        assert!(refusal(&[], &plain).contains("nothing to charge"));
        assert!(refusal(&vec![torta.clone(); 101], &plain).contains("at most 100 lines"));
        assert!(refusal(&[line("Torta", mxn(1), 0)], &plain).contains("Line 1: the quantity"));
        let dollars = line("Pie", Money::from_minor(1, code("USD")).unwrap(), 1);
        assert!(refusal(&[torta.clone(), dollars], &plain).contains("Line 2: its price is in USD"));
        assert!(refusal(std::slice::from_ref(&torta), &percent_off(10_000)).contains("Nothing is left"));
        assert!(refusal(std::slice::from_ref(&torta), &percent_off(10_001)).contains("0 to 100"));
        let more = ChargeTerms {
            discount: Some(Part::Amount { amount: mxn(450_01) }),
            ..plain.clone()
        };
        assert!(refusal(&[torta], &more).contains("more than the 450.00 MXN"));
        let huge = line("Casa", mxn(Money::MAX_MINOR), 2);
        assert!(refusal(&[huge], &plain).contains("larger than an amount can be"));
    }

    #[test]
    fn a_discount_is_in_the_prices_where_it_comes_out_even() {
        let lines = [line("Torta", mxn(450_00), 2), line("Café", mxn(35_00), 1)];
        let terms = percent_off(1_000);
        let paid = pay_lines(&lines, &terms, &add_up(&lines, &terms).unwrap(), "10 % off");
        let prices: Vec<_> = paid
            .iter()
            .map(|line| (line.unit.minor(), line.quantity))
            .collect();
        assert_eq!(prices, [(405_00, 2), (31_50, 1)]);
        let terms = ChargeTerms {
            discount: Some(Part::Amount { amount: mxn(100_00) }),
            ..ChargeTerms::default()
        };
        let paid = pay_lines(&lines, &terms, &add_up(&lines, &terms).unwrap(), "Discount");
        assert_eq!(paid.len(), 1);
        assert_eq!(
            (paid[0].name.as_str(), paid[0].unit),
            ("2 × Torta, Café", mxn(835_00))
        );
    }

    fn any_currency() -> impl Strategy<Value = Currency> {
        prop::sample::select(CURRENCIES.split_whitespace().collect::<Vec<_>>()).prop_map(code)
    }

    fn any_part(most: i64, currency: Currency) -> impl Strategy<Value = Option<Part>> {
        let step = step(currency);
        let amount = (0..=most / step).prop_map(move |units| Part::Amount {
            amount: Money::from_minor(units * step, currency).unwrap(),
        });
        let percent = (0..=WHOLE).prop_map(|basis_points| Part::Percent { basis_points });
        prop_oneof![Just(None), amount.prop_map(Some), percent.prop_map(Some)]
    }

    fn any_recurrence() -> impl Strategy<Value = Option<Recurrence>> {
        prop_oneof![
            Just(None),
            Just(Some(Recurrence::Subscription {
                every: Recurring::MONTHLY,
                trial_days: None
            })),
            (2..=12_u32, 0..=WHOLE)
                .prop_map(|(count, interest)| Some(Recurrence::Instalments { count, interest })),
        ]
    }

    fn any_sale() -> impl Strategy<Value = (Vec<ChargeLine>, ChargeTerms)> {
        any_currency().prop_flat_map(|currency| {
            let step = step(currency);
            let one = (0..1_000_000_i64, 1..50_u32).prop_map(move |(units, quantity)| {
                line(
                    "Cosa",
                    Money::from_minor(units * step, currency).unwrap(),
                    quantity,
                )
            });
            let lines = prop::collection::vec(one, 1..8);
            (
                lines,
                any_part(5_000_000, currency),
                any_part(5_000_000, currency),
                any_recurrence(),
            )
                .prop_map(|(lines, discount, deposit, recurrence)| {
                    let terms = ChargeTerms {
                        discount,
                        deposit: deposit.filter(|_| recurrence.is_none()),
                        recurrence,
                        ..ChargeTerms::default()
                    };
                    (lines, terms)
                })
        })
    }

    proptest! {
        #[test]
        fn every_sum_is_exact_chargeable_and_never_negative((lines, terms) in any_sale()) {
            let Ok(totals) = add_up(&lines, &terms) else { return Ok(()) };
            let exact: i64 = lines.iter().map(|line| line.unit.minor() * i64::from(line.quantity)).sum();
            prop_assert_eq!(totals.subtotal.minor(), exact);
            prop_assert_eq!(
                totals.total.minor() - totals.interest.minor() + totals.discount.minor(),
                totals.subtotal.minor()
            );
            prop_assert_eq!(totals.now.minor() + totals.rest.minor(), totals.total.minor());
            prop_assert!(totals.now.check_chargeable().is_ok(), "{:?}", totals);
            prop_assert_eq!(totals.rest.minor() % step(totals.rest.currency()), 0);
        }

        #[test]
        fn the_pay_page_asks_for_exactly_what_the_charge_asks((lines, terms) in any_sale()) {
            let Ok(totals) = add_up(&lines, &terms) else { return Ok(()) };
            let paid = pay_lines(&lines, &terms, &totals, "");
            let sum: i64 = paid.iter().map(|line| line.unit.minor() * i64::from(line.quantity)).sum();
            prop_assert_eq!(sum, totals.now.minor());
            prop_assert!(paid.iter().all(|line| line.unit.check_chargeable().is_ok()));
            prop_assert!(!paid.is_empty() && paid.len() <= MOST_LINES);
        }

        #[test]
        fn a_percentage_is_within_half_a_step(minor in 0..1_000_000_000_i64, basis_points in 0..=WHOLE, currency in any_currency()) {
            let step = step(currency);
            let minor = minor / step * step;
            let rounded = percent(minor, basis_points, step);
            let exact = i128::from(minor) * i128::from(basis_points);
            prop_assert!((rounded * i128::from(WHOLE) - exact).abs() * 2 <= i128::from(WHOLE) * i128::from(step));
            prop_assert!(rounded >= 0 && rounded <= i128::from(minor));
        }
    }
}
