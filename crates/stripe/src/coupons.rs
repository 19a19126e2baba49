//! Coupons, which say how much comes off, and promotion codes, which customers type.

use cobro_protocol::Timestamp;

use crate::form::{Form, read as reading};
use crate::lines::chargeable;
use crate::links::checked_id;
use crate::list::{List, put_page};
use crate::{Coupon, Money, PromotionCode, StripeApi, StripeError, read};

/// How much comes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Off {
    Amount(Money),
    /// Hundredths of a per cent: 12.5 % is `1250`.
    BasisPoints(u32),
}

/// How long a subscription keeps the discount. For one payment it makes no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CouponDuration {
    Once,
    Months(u32),
    Forever,
}

/// A coupon to be made. The same fields give the same bytes.
#[derive(Debug, Clone, Copy)]
pub struct NewCoupon<'a> {
    /// What the customer reads.
    pub name: &'a str,
    pub off: Off,
    pub duration: CouponDuration,
    pub most_uses: Option<u32>,
    pub until: Option<Timestamp>,
    pub metadata: &'a [(&'a str, &'a str)],
}

/// A promotion code to be made. The same fields give the same bytes.
#[derive(Debug, Clone, Copy)]
pub struct NewPromotionCode<'a> {
    pub coupon: &'a str,
    /// What the customer types; upper and lower case are the same. Stripe makes one up where there is none.
    pub code: Option<&'a str>,
    /// The only customer who may use it.
    pub customer: Option<&'a str>,
    pub least_amount: Option<Money>,
    pub first_payment_only: bool,
    pub most_uses: Option<u32>,
    pub until: Option<Timestamp>,
    pub metadata: &'a [(&'a str, &'a str)],
}

impl StripeApi {
    /// Makes a coupon. Save `idempotency_key` first.
    pub async fn create_coupon(
        &self,
        new: &NewCoupon<'_>,
        idempotency_key: &str,
    ) -> Result<Coupon, StripeError> {
        let answer = self.post(new.form()?.post("/coupons"), idempotency_key).await?;
        read::answer(answer, self.is_live())
    }

    pub async fn coupon(&self, id: &str) -> Result<Coupon, StripeError> {
        let request = reading(format!("/coupons/{}", checked_id(id)?));
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Returns a page of coupons, newest first.
    pub async fn coupons(&self, after: Option<&str>) -> Result<List<Coupon>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, after);
        self.page(form.get("/coupons")).await
    }

    /// Makes a promotion code. Save `idempotency_key` first.
    pub async fn create_promotion_code(
        &self,
        new: &NewPromotionCode<'_>,
        idempotency_key: &str,
    ) -> Result<PromotionCode, StripeError> {
        let answer = self
            .post(new.form().post("/promotion_codes"), idempotency_key)
            .await?;
        read::answer(answer, self.is_live())
    }

    /// Lets customers use a code, or no longer.
    pub async fn set_promotion_code_active(
        &self,
        id: &str,
        active: bool,
        idempotency_key: &str,
    ) -> Result<PromotionCode, StripeError> {
        let mut form = Form::default();
        form.put("active", active);
        let request = form.post(format!("/promotion_codes/{}", checked_id(id)?));
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }

    /// Returns a page of promotion codes, newest first.
    pub async fn promotion_codes(&self, after: Option<&str>) -> Result<List<PromotionCode>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, after);
        form.put("expand[0]", EXPAND);
        self.page(form.get("/promotion_codes")).await
    }

    /// Returns the code that customers can use now by typing `code`.
    pub async fn find_promotion_code(&self, code: &str) -> Result<Option<PromotionCode>, StripeError> {
        let mut form = Form::default();
        form.put("code", code.trim());
        form.put("active", true);
        form.put("expand[0]", EXPAND);
        let found: List<PromotionCode> = self.page(form.get("/promotion_codes")).await?;
        Ok(found.items.into_iter().next())
    }
}

const EXPAND: &str = "data.promotion.coupon";

impl NewCoupon<'_> {
    fn form(&self) -> Result<Form, StripeError> {
        let mut form = Form::default();
        form.put("name", self.name.trim());
        match self.off {
            Off::Amount(amount) => {
                form.put("amount_off", chargeable(amount)?.minor());
                form.put("currency", amount.currency().stripe_code());
            }
            Off::BasisPoints(points @ 1..=10_000) => form.put("percent_off", percent(points)),
            Off::BasisPoints(_) => {
                return Err(StripeError::invalid(
                    "A discount is more than 0 and at most 100 per cent",
                ));
            }
        }
        match self.duration {
            CouponDuration::Once => form.put("duration", "once"),
            CouponDuration::Forever => form.put("duration", "forever"),
            CouponDuration::Months(months) => {
                form.put("duration", "repeating");
                form.put("duration_in_months", months);
            }
        }
        form.maybe("max_redemptions", self.most_uses);
        form.maybe("redeem_by", self.until.map(Timestamp::secs));
        form.pairs("metadata", self.metadata.iter().copied());
        Ok(form)
    }
}

impl NewPromotionCode<'_> {
    fn form(&self) -> Form {
        let mut form = Form::default();
        form.put("promotion[type]", "coupon");
        form.put("promotion[coupon]", self.coupon);
        form.maybe("code", self.code.map(str::trim));
        form.maybe("customer", self.customer);
        if let Some(least) = self.least_amount {
            form.put("restrictions[minimum_amount]", least.minor());
            form.put(
                "restrictions[minimum_amount_currency]",
                least.currency().stripe_code(),
            );
        }
        form.switch("restrictions[first_time_transaction]", self.first_payment_only);
        form.maybe("max_redemptions", self.most_uses);
        form.maybe("expires_at", self.until.map(Timestamp::secs));
        form.pairs("metadata", self.metadata.iter().copied());
        form
    }
}

/// Writes hundredths of a per cent as a decimal, exactly.
fn percent(points: u32) -> String {
    let (whole, rest) = (points / 100, points % 100);
    match rest {
        0 => whole.to_string(),
        _ => format!("{whole}.{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_percentage_is_written_exactly() {
        assert_eq!(
            [1, 50, 1_000, 1_250, 10_000].map(percent),
            ["0.01", "0.50", "10", "12.50", "100"]
        );
    }
}
