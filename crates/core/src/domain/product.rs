//! Products: what the shop sells, and the rules of its catalog.

use cobro_stripe::{Interval, Recurring, TaxBehavior};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{FileId, Money, ProductAfterSale, ProductId, ProductSide, Timestamp, Words};
use crate::{Error, Result};

/// Stripe takes no longer name.
const NAME_LIMIT: usize = 250;
const TEXT_LIMIT: usize = 1000;
/// Names of options, values and aliases.
const WORD_LIMIT: usize = 80;
const ALIASES_LIMIT: usize = 30;
const GROUPS_LIMIT: usize = 5;
const VALUES_LIMIT: usize = 40;
/// Stripe charges a subscription at least once in three years.
const LONGEST_MONTHS: u32 = 36;

/// How much more, or less, something costs, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Type)]
#[serde(transparent)]
#[specta(transparent)]
pub struct Difference(#[specta(type = f64)] i64);

impl Difference {
    /// Returns the difference, if JavaScript can hold it.
    pub fn from_minor(minor: i64) -> Result<Self> {
        if minor.unsigned_abs() > Money::MAX_MINOR.unsigned_abs() {
            return Err(Error::Invalid(format!(
                "A price difference of {minor} minor units is larger than an amount can be. Check the zeros"
            )));
        }
        Ok(Self(minor))
    }

    pub fn minor(self) -> i64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Difference {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Self::from_minor(i64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// What a customer chooses of a product, such as its size. One value is always
/// taken: the first, unless another is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OptionGroup {
    pub name: String,
    pub values: Vec<OptionValue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OptionValue {
    pub name: String,
    /// What it adds to the price, or takes off.
    #[serde(default)]
    pub difference: Difference,
}

/// How Stripe's tax looks at a product.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Tax {
    /// Whether the price includes it; `None` leaves that to the account's settings.
    pub behavior: Option<TaxBehavior>,
    /// Such as `txcd_99999999`.
    pub code: Option<String>,
}

/// How a product stands to Stripe's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SyncState {
    /// It is only here.
    #[default]
    Local,
    /// It changed here since both sides agreed, or is on its way: it goes with the next comparison.
    Wanted,
    Synced,
    /// Both sides changed it: a person decides.
    Conflict,
    /// Stripe refused it; a person must look.
    Refused,
}

impl SyncState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Wanted => "wanted",
            Self::Synced => "synced",
            Self::Conflict => "conflict",
            Self::Refused => "refused",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [
            Self::Local,
            Self::Wanted,
            Self::Synced,
            Self::Conflict,
            Self::Refused,
        ]
        .into_iter()
        .find(|state| state.as_str() == name)
    }
}

/// Something the shop sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    pub id: ProductId,
    pub name: String,
    pub description: String,
    /// Other names that customers and sellers use.
    pub aliases: Vec<String>,
    /// The shop's own number for it, which a cart of WhatsApp's names it by.
    pub sku: Option<String>,
    /// Without options.
    pub price: Money,
    pub options: Vec<OptionGroup>,
    /// How many are left; below zero where more were paid for than there were.
    /// `None`: nobody counts.
    pub stock: Option<i32>,
    pub image: Option<FileId>,
    pub tax: Option<Tax>,
    /// An archived product is kept, and no longer offered.
    pub active: bool,
    /// A subscription's interval; `None` for what is paid once.
    pub recurring: Option<Recurring>,
    /// What is told after it was paid for, in place of the shop's own words.
    pub after: ProductAfterSale,
    pub stripe_product: Option<String>,
    pub stripe_price: Option<String>,
    pub sync: SyncState,
    /// What Stripe has, where both sides changed it.
    pub theirs: Option<ProductSide>,
    pub problem: Option<Words>,
    pub updated_at: Timestamp,
}

impl Product {
    /// Returns whether it can be sold today.
    pub fn is_available(&self) -> bool {
        self.active && self.stock.is_none_or(|stock| stock > 0)
    }

    /// Returns what one costs with these options, each named by its group and value.
    /// A group that is not named takes its first value.
    pub fn price_with(&self, chosen: &[ChosenOption]) -> Result<(Money, Vec<ChosenOption>)> {
        for choice in chosen {
            if !self.options.iter().any(|group| group.name == choice.group) {
                return Err(Error::Invalid(format!(
                    "{} has no option {:?}. Choose it again from the catalog",
                    self.name, choice.group
                )));
            }
        }
        let mut minor = self.price.minor();
        let mut all = Vec::with_capacity(self.options.len());
        for group in &self.options {
            let value = self.value_of(group, chosen)?;
            minor = minor.saturating_add(value.difference.minor());
            all.push(ChosenOption {
                group: group.name.clone(),
                value: value.name.clone(),
            });
        }
        let price = Money::from_minor(minor, self.price.currency()).map_err(|_| {
            Error::Invalid(format!(
                "{} costs less than nothing with these options. Mend its options in the catalog",
                self.name
            ))
        })?;
        Ok((price, all))
    }

    fn value_of<'a>(&self, group: &'a OptionGroup, chosen: &[ChosenOption]) -> Result<&'a OptionValue> {
        let Some(choice) = chosen.iter().find(|choice| choice.group == group.name) else {
            return group.values.first().ok_or(Error::NotFound("This option"));
        };
        group
            .values
            .iter()
            .find(|value| value.name == choice.value)
            .ok_or_else(|| {
                Error::Invalid(format!(
                    "{} has no {} {:?} any more. Choose another in the catalog's list",
                    self.name, group.name, choice.value
                ))
            })
    }
}

/// One option of a product as it was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChosenOption {
    pub group: String,
    pub value: String,
}

/// A product as a person writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProductDraft {
    /// Made by the editor, so that saving twice is saving once.
    pub id: ProductId,
    pub name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub sku: Option<String>,
    pub price: Money,
    #[serde(default)]
    pub options: Vec<OptionGroup>,
    #[serde(default)]
    pub stock: Option<i32>,
    /// The stock when the editor was opened: what was sold meanwhile stays sold.
    #[serde(default)]
    pub seen_stock: Option<i32>,
    #[serde(default)]
    pub tax: Option<Tax>,
    #[serde(default)]
    pub recurring: Option<Recurring>,
    #[serde(default)]
    pub after: ProductAfterSale,
}

impl From<&Product> for ProductDraft {
    /// Returns the product as an editor opens it.
    fn from(product: &Product) -> Self {
        Self {
            id: product.id,
            name: product.name.clone(),
            description: product.description.clone(),
            aliases: product.aliases.clone(),
            sku: product.sku.clone(),
            price: product.price,
            options: product.options.clone(),
            stock: product.stock,
            seen_stock: product.stock,
            tax: product.tax.clone(),
            recurring: product.recurring,
            after: product.after.clone(),
        }
    }
}

/// A line of an imported table that can't be taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportProblem {
    /// Counted as a spreadsheet does: the heading is 1.
    pub line: u32,
    /// The column.
    pub field: String,
    pub value: String,
    /// The rule, and the way out.
    pub text: String,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RowAction {
    New,
    Change,
    /// The catalog says the same already.
    Same,
}

/// A line of an imported table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportRow {
    pub line: u32,
    pub name: String,
    pub price: Money,
    pub action: RowAction,
}

/// What a table would change, or has changed. With any problem it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportPreview {
    pub rows: Vec<ImportRow>,
    pub problems: Vec<ImportProblem>,
}

impl ProductDraft {
    /// Returns a draft of something that is paid once and has no options.
    pub fn new(name: impl Into<String>, price: Money) -> Self {
        Self {
            id: ProductId::new(),
            name: name.into(),
            description: String::new(),
            aliases: Vec::new(),
            sku: None,
            price,
            options: Vec::new(),
            stock: None,
            seen_stock: None,
            tax: None,
            recurring: None,
            after: ProductAfterSale::default(),
        }
    }

    /// Checks and tidies what was written: which field, which rule, the way out.
    pub fn checked(mut self) -> Result<Self> {
        self.name = one_line("name", &self.name, NAME_LIMIT)?;
        self.description = self.description.trim().to_owned();
        within("description", &self.description, TEXT_LIMIT)?;
        self.aliases = self.checked_aliases()?;
        self.sku = match self.sku.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(sku) => Some(one_line("SKU", sku, WORD_LIMIT)?),
        };
        whole("price", self.price.minor(), self.price)?;
        self.check_options()?;
        if let Some(recurring) = self.recurring {
            check_recurring(recurring)?;
        }
        if let Some(code) = self.tax.as_ref().and_then(|tax| tax.code.as_deref()) {
            check_tax_code(code)?;
        }
        Ok(self)
    }

    fn checked_aliases(&self) -> Result<Vec<String>> {
        let mut aliases: Vec<String> = Vec::new();
        for alias in &self.aliases {
            if alias.trim().is_empty() {
                continue;
            }
            let alias = one_line("alias", alias, WORD_LIMIT)?;
            if !aliases.contains(&alias) && alias != self.name {
                aliases.push(alias);
            }
        }
        at_most("aliases", aliases.len(), ALIASES_LIMIT)?;
        Ok(aliases)
    }

    fn check_options(&mut self) -> Result<()> {
        at_most("options", self.options.len(), GROUPS_LIMIT)?;
        for group in &mut self.options {
            group.name = one_line("option's name", &group.name, WORD_LIMIT)?;
            if group.values.is_empty() {
                return Err(Error::Invalid(format!(
                    "The option {} has no values. Add what can be chosen, or take the option away",
                    group.name
                )));
            }
            at_most(&group.name, group.values.len(), VALUES_LIMIT)?;
            for value in &mut group.values {
                value.name = one_line(&group.name, &value.name, WORD_LIMIT)?;
                whole("price difference", value.difference.minor(), self.price)?;
            }
            different(&group.name, group.values.iter().map(|value| &value.name))?;
        }
        different("options", self.options.iter().map(|group| &group.name))?;
        self.check_cheapest()
    }

    /// Whatever is chosen must cost something that can be charged, or nothing.
    fn check_cheapest(&self) -> Result<()> {
        let lowest: i128 = self
            .options
            .iter()
            .filter_map(|group| group.values.iter().map(|value| value.difference.minor()).min())
            .map(i128::from)
            .sum();
        if i128::from(self.price.minor()) + lowest < 0 {
            return Err(Error::Invalid(format!(
                "With its cheapest options {} would cost less than nothing. Raise the price, or the options' differences",
                self.name
            )));
        }
        Ok(())
    }
}

fn check_recurring(recurring: Recurring) -> Result<()> {
    let months = match recurring.interval {
        Interval::Day => recurring.count / 30,
        Interval::Week => recurring.count / 4,
        Interval::Month => recurring.count,
        Interval::Year => recurring.count.saturating_mul(12),
    };
    if recurring.count == 0 || months > LONGEST_MONTHS {
        return Err(Error::Invalid(
            "The interval must be from one day to three years. Choose another, or make it a single payment"
                .into(),
        ));
    }
    Ok(())
}

fn check_tax_code(code: &str) -> Result<()> {
    let is_code = code.strip_prefix("txcd_").is_some_and(|digits| {
        !digits.is_empty() && digits.len() <= 20 && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    if is_code {
        return Ok(());
    }
    Err(Error::Invalid(
        "The tax code is not one of Stripe's: they read like txcd_99999999. Copy it from Stripe's list, or leave it empty"
            .into(),
    ))
}

/// Stripe wants whole units of some currencies.
fn whole(field: &str, minor: i64, of: Money) -> Result<()> {
    let currency = of.currency();
    let step = 10_i64.pow(u32::from(currency.zero_digits()));
    if minor % step == 0 {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "The {field} must end in {} zeros in {currency}, since Stripe charges no smaller parts of it. Round it",
        currency.zero_digits()
    )))
}

/// Returns the text as one line of at most `limit` letters.
fn one_line(field: &str, text: &str, limit: usize) -> Result<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return Err(Error::Invalid(format!("The {field} is empty. Write one")));
    }
    within(field, &line, limit)?;
    Ok(line)
}

fn within(field: &str, text: &str, limit: usize) -> Result<()> {
    let length = text.chars().count();
    if length <= limit {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "The {field} has {length} characters; at most {limit} fit. Shorten it"
    )))
}

fn at_most(field: &str, count: usize, limit: usize) -> Result<()> {
    if count <= limit {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "There are {count} of {field}; at most {limit} fit. Take some away"
    )))
}

fn different<'a>(field: &str, names: impl Iterator<Item = &'a String>) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        if !seen.insert(name.to_lowercase()) {
            return Err(Error::Invalid(format!(
                "{name} is there twice in {field}. Give each another name"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;

    fn money(minor: i64, code: &str) -> Money {
        Money::from_minor(minor, Currency::from_code(code).unwrap()).unwrap()
    }

    fn group(name: &str, values: &[(&str, i64)]) -> OptionGroup {
        OptionGroup {
            name: name.into(),
            values: values
                .iter()
                .map(|(name, minor)| OptionValue {
                    name: (*name).into(),
                    difference: Difference::from_minor(*minor).unwrap(),
                })
                .collect(),
        }
    }

    fn refusal(draft: ProductDraft) -> String {
        draft.checked().unwrap_err().to_string()
    }

    #[test]
    fn what_is_written_is_tidied() {
        let draft = ProductDraft {
            aliases: vec![" pastel ".into(), "pastel".into(), String::new()],
            sku: Some("  ".into()),
            ..ProductDraft::new("  Torta \n de  chocolate ", money(450_00, "MXN"))
        };
        let draft = draft.checked().unwrap();
        assert_eq!(draft.name, "Torta de chocolate");
        assert_eq!(draft.aliases, ["pastel"]);
        assert_eq!(draft.sku, None);
    }

    #[test]
    fn a_refusal_names_the_field_and_the_rule() {
        assert!(refusal(ProductDraft::new(" ", money(1, "MXN"))).contains("name is empty"));
        assert!(refusal(ProductDraft::new("x".repeat(251), money(1, "MXN"))).contains("251 characters"));
        assert!(refusal(ProductDraft::new("Lopapeysa", money(5_50, "ISK"))).contains("2 zeros in ISK"));
        let twice = ProductDraft {
            options: vec![group("Tamaño", &[("Chico", 0), ("chico", 0)])],
            ..ProductDraft::new("Torta", money(10_00, "MXN"))
        };
        assert!(refusal(twice).contains("twice in Tamaño"));
        let cheap = ProductDraft {
            options: vec![group("Tamaño", &[("Entera", 0), ("Media", -11_00)])],
            ..ProductDraft::new("Torta", money(10_00, "MXN"))
        };
        assert!(refusal(cheap).contains("less than nothing"));
        let never = ProductDraft {
            recurring: Some(Recurring {
                interval: Interval::Year,
                count: 4,
            }),
            ..ProductDraft::new("Club", money(10_00, "MXN"))
        };
        assert!(refusal(never).contains("three years"));
    }
}
