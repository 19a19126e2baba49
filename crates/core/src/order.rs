//! A customer's cart, added up by exact arithmetic: a charge that only needs a look.

use cobro_whatsapp::{Content, OrderItem};

use crate::domain::{Currency, MessageId, Money, OrderDraft, OrderLine, Product};
use crate::store::{messages, products};
use crate::{Error, Inbox, Result};

/// Returns what the cart of an order adds up to.
pub async fn draft(inbox: &Inbox, message: MessageId) -> Result<OrderDraft> {
    inbox
        .store
        .read(move |conn| match messages::get(conn, message)?.content {
            Some(Content::Order { items, .. }) => Ok(with_names(
                draft_of(message, &items),
                &products::all(conn, false)?,
            )),
            _ => Err(Error::Invalid(
                "This message is no order. Choose one that shows a cart".into(),
            )),
        })
        .await
}

/// Names what is in the catalog: by its SKU, else by its name. The cart's price stays what
/// the customer was shown.
fn with_names(mut draft: OrderDraft, products: &[Product]) -> OrderDraft {
    for line in &mut draft.lines {
        let by_sku = products
            .iter()
            .find(|product| product.sku.as_deref() == Some(line.product.as_str()));
        let by_name = || {
            let name = line.product.to_lowercase();
            products
                .iter()
                .find(|product| product.name.to_lowercase() == name)
        };
        if let Some(product) = by_sku
            .or_else(by_name)
            .filter(|product| product.recurring.is_none())
        {
            line.known = Some(product.id);
            line.name.clone_from(&product.name);
        }
    }
    let counted = draft.lines.iter().map(|line| match line.quantity {
        0 => line.name.clone(),
        quantity => format!("{quantity} × {}", line.name),
    });
    draft.description = counted.collect::<Vec<_>>().join(", ");
    draft
}

pub(crate) fn draft_of(message: MessageId, items: &[OrderItem]) -> OrderDraft {
    let mut problem = None;
    let lines: Vec<OrderLine> = items
        .iter()
        .map(|item| {
            let price = check(item)
                .and_then(|()| price_of(item))
                .map_err(|why| problem.get_or_insert(why))
                .ok();
            OrderLine {
                product: item.product.clone(),
                known: None,
                name: item.product.clone(),
                quantity: item.quantity,
                price,
                sum: price.and_then(|price| times(price, item.quantity)),
            }
        })
        .collect();
    let total = match problem {
        Some(_) => None,
        None => total_of(&lines).map_err(|why| problem = Some(why)).ok(),
    };
    let parts: Vec<_> = items.iter().map(words_of).collect();
    OrderDraft {
        message,
        lines,
        total,
        description: parts.join(", "),
        problem,
    }
}

/// Returns how an item reads in one line.
pub(crate) fn words_of(item: &OrderItem) -> String {
    match item.quantity {
        0 => item.product.clone(),
        quantity => format!("{quantity} × {}", item.product),
    }
}

/// Says what can't be read of an item: a guess would be charged.
fn check(item: &OrderItem) -> Result<(), String> {
    if item.product.is_empty() {
        return Err(
            "The cart has an item without a name. Ask which it is and type the amount yourself".into(),
        );
    }
    if item.quantity == 0 {
        return Err(format!(
            "How many of {} are ordered can't be read. Ask and type the amount yourself",
            item.product
        ));
    }
    Ok(())
}

fn price_of(item: &OrderItem) -> Result<Money, String> {
    let (Some(price), Some(code)) = (&item.price, &item.currency) else {
        return Err(format!("{} has no price. Type the amount yourself", item.product));
    };
    let currency = Currency::from_code(code).map_err(|error| {
        format!(
            "The price of {} can't be used: {error}. Type the amount yourself",
            item.product
        )
    })?;
    money_of(price, currency).ok_or_else(|| {
        format!(
            "The price of {} is {price} {currency}, which {currency} can't hold. Type the amount yourself",
            item.product
        )
    })
}

/// Reads digits as they were written; no fraction is rounded.
pub(crate) fn money_of(price: &str, currency: Currency) -> Option<Money> {
    let (whole, fraction) = price.trim().split_once('.').unwrap_or((price.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let exponent = usize::from(currency.exponent());
    let (kept, beyond) = fraction.split_at_checked(exponent).unwrap_or((fraction, ""));
    if beyond.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let minor = format!("{whole}{kept:0<exponent$}").parse().ok()?;
    Money::from_minor(minor, currency).ok()
}

fn times(price: Money, quantity: u32) -> Option<Money> {
    let minor = price.minor().checked_mul(i64::from(quantity))?;
    Money::from_minor(minor, price.currency()).ok()
}

fn total_of(lines: &[OrderLine]) -> Result<Money, String> {
    let too_much = || "The order is larger than an amount can be. Type the amount yourself".to_owned();
    let mut total: Option<Money> = None;
    for line in lines {
        let sum = line.sum.ok_or_else(too_much)?;
        let before = total.map_or(0, Money::minor);
        if total.is_some_and(|total| total.currency() != sum.currency()) {
            return Err("The order has prices in several currencies. Charge each by itself".into());
        }
        let minor = before.checked_add(sum.minor()).ok_or_else(too_much)?;
        total = Some(Money::from_minor(minor, sum.currency()).map_err(|_| too_much())?);
    }
    let total = total.ok_or("The cart is empty. Type the amount yourself")?;
    total
        .check_chargeable()
        .map_err(|error| format!("{error}. Type the amount yourself"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(product: &str, quantity: u32, price: &str, currency: &str) -> OrderItem {
        OrderItem {
            product: product.into(),
            quantity,
            price: Some(price.into()),
            currency: Some(currency.into()),
        }
    }

    fn draft(items: &[OrderItem]) -> OrderDraft {
        draft_of(MessageId::new(), items)
    }

    #[test]
    fn a_cart_adds_up_to_the_cent() {
        let cart = draft(&[item("cake", 3, "0.1", "USD"), item("tea", 1, "30", "usd")]);
        assert_eq!(cart.total.map(Money::minor), Some(30_30));
        assert_eq!(cart.description, "3 × cake, 1 × tea");
        assert_eq!(cart.problem, None);
    }

    #[test]
    fn currencies_without_cents_have_none() {
        let cart = draft(&[item("torta", 2, "1250.00", "CLP")]);
        assert_eq!(cart.total.map(Money::minor), Some(2500));
    }

    #[test]
    fn what_does_not_add_up_says_why() {
        let problem = |items: &[OrderItem]| {
            let cart = draft(items);
            assert_eq!(cart.total, None);
            cart.problem.unwrap()
        };
        assert!(problem(&[item("a", 1, "1.255", "MXN")]).contains("1.255 MXN"));
        assert!(problem(&[item("a", 1, "-5", "MXN")]).contains("-5 MXN"));
        assert!(
            problem(&[item("a", 1, "1", "MXN"), item("b", 1, "1", "USD")]).contains("several currencies")
        );
        let free = OrderItem {
            price: None,
            ..item("gift", 1, "0", "MXN")
        };
        assert!(problem(&[free]).contains("gift has no price"));
        assert!(problem(&[item("a", u32::MAX, "9007199254740", "MXN")]).contains("larger"));
        assert!(problem(&[]).contains("empty"));
        assert!(problem(&[item("cake", 0, "1", "MXN")]).contains("How many of cake"));
        assert!(problem(&[item("", 1, "1", "MXN")]).contains("without a name"));
    }
}
