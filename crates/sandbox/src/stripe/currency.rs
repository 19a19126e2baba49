//! Currencies as Stripe counts them: decimals, whole-unit rules, least and greatest charges.

use super::refusal::Refusal;

const KNOWN: &str = "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp \
    byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd \
    hkd hnl hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl \
    mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron \
    rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd \
    vuv wst xaf xcd xof xpf yer zar zmw";
const WITHOUT_DECIMALS: &str = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf";
const WITH_THREE_DECIMALS: &str = "bhd jod kwd omr tnd";
/// Sent with two decimals that must be zero.
const WHOLE_UNITS_ONLY: &str = "isk ugx";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Currency(&'static str);

impl Currency {
    /// Returns the currency for a code in either case, or Stripe's refusal.
    pub(crate) fn read(code: &str, param: &str) -> Result<Self, Refusal> {
        let lower = code.to_lowercase();
        KNOWN
            .split_whitespace()
            .find(|known| *known == lower)
            .map(Self)
            .ok_or_else(|| {
                let known = KNOWN.split_whitespace().collect::<Vec<_>>().join(", ");
                Refusal::invalid(format!(
                    "Invalid currency: {lower}. Stripe currently supports these currencies: {known}"
                ))
                .param(param)
            })
    }

    pub(crate) fn code(self) -> &'static str {
        self.0
    }

    pub(crate) fn decimals(self) -> u32 {
        if holds(WITHOUT_DECIMALS, self.0) {
            0
        } else if holds(WITH_THREE_DECIMALS, self.0) {
            3
        } else {
            2
        }
    }

    /// Returns the least amount that Stripe charges, in minor units; one where it names none.
    pub(crate) fn least(self) -> i64 {
        match self.0 {
            "usd" | "eur" | "brl" | "cad" | "chf" | "aud" | "nzd" | "sgd" | "inr" | "cop" | "ars" | "php"
            | "jpy" | "krw" => 50,
            "gbp" => 30,
            "mxn" | "thb" => 10_00,
            "czk" => 15_00,
            "dkk" => 2_50,
            "huf" => 175_00,
            "pln" | "ron" | "aed" | "myr" => 2_00,
            "nok" | "sek" => 3_00,
            "hkd" => 4_00,
            _ => 1,
        }
    }

    /// Returns the greatest amount: eight digits, more where a unit is worth little.
    pub(crate) fn greatest(self) -> i64 {
        match self.0 {
            "idr" => 999_999_999_999,
            "cop" | "huf" | "jpy" | "lbp" => 9_999_999_999,
            "inr" => 999_999_999,
            _ => 99_999_999,
        }
    }

    /// Refuses a unit amount that Stripe could not charge in this currency.
    pub(crate) fn check_unit(self, amount: i64, param: &str) -> Result<(), Refusal> {
        let step = if holds(WHOLE_UNITS_ONLY, self.0) {
            100
        } else if holds(WITH_THREE_DECIMALS, self.0) {
            10
        } else {
            1
        };
        if amount < 0 {
            let message = "Invalid non-negative integer";
            return Err(Refusal::invalid(message)
                .code("parameter_invalid_integer")
                .param(param));
        }
        if amount % step != 0 {
            let message = format!(
                "Invalid amount: {} amounts must be divisible by {step}. You passed {amount}.",
                self.0.to_uppercase()
            );
            return Err(Refusal::invalid(message)
                .code("invalid_charge_amount")
                .param(param));
        }
        Ok(())
    }

    /// Refuses a total under or over what Stripe charges; `what` opens the sentence.
    pub(crate) fn check_total(self, amount: i64, what: &str, param: &str) -> Result<(), Refusal> {
        if amount < self.least() {
            let message = format!("{what} at least {}", self.words(self.least()));
            return Err(Refusal::invalid(message).code("amount_too_small").param(param));
        }
        if amount > self.greatest() {
            let message = format!("{what} no more than {}", self.words(self.greatest()));
            return Err(Refusal::invalid(message).code("amount_too_large").param(param));
        }
        Ok(())
    }

    /// Returns the amount as Stripe writes it in messages: `$10.00 mxn`.
    fn words(self, amount: i64) -> String {
        let (whole, part) = self.parts(amount);
        let sign = self.sign();
        let digits = if part.is_empty() {
            whole
        } else {
            format!("{whole}.{part}")
        };
        format!("{sign}{digits} {}", self.0)
    }

    /// Returns the digits before and after the decimal point.
    pub(crate) fn parts(self, amount: i64) -> (String, String) {
        let scale = 10_i64.pow(self.decimals());
        let whole = (amount / scale).to_string();
        let width = usize::try_from(self.decimals()).unwrap_or(0);
        if width == 0 {
            return (whole, String::new());
        }
        (whole, format!("{:0width$}", (amount % scale).abs()))
    }

    pub(crate) fn sign(self) -> &'static str {
        match self.0 {
            "eur" => "€",
            "gbp" => "£",
            "brl" => "R$",
            "jpy" | "cny" => "¥",
            "krw" => "₩",
            "pen" => "S/",
            "pyg" => "₲",
            "crc" => "₡",
            "usd" | "mxn" | "cop" | "clp" | "ars" | "uyu" | "dop" | "cad" | "aud" | "nzd" | "sgd" | "hkd"
            | "twd" => "$",
            _ => "",
        }
    }
}

fn holds(codes: &str, code: &str) -> bool {
    codes.split_whitespace().any(|known| known == code)
}

#[cfg(test)]
mod tests {
    use super::Currency;

    fn currency(code: &str) -> Currency {
        Currency::read(code, "currency").unwrap()
    }

    #[test]
    fn decimals_are_stripes_not_isos() {
        let counted: Vec<u32> = ["MXN", "cop", "clp", "isk", "ugx", "kwd", "huf"]
            .map(|code| currency(code).decimals())
            .to_vec();
        assert_eq!(counted, [2, 2, 0, 2, 2, 3, 2]);
        assert!(Currency::read("xyz", "currency").is_err());
    }

    #[test]
    fn isk_and_ugx_are_whole_and_three_decimals_end_in_zero() {
        assert!(currency("isk").check_unit(500, "x").is_ok());
        assert!(currency("isk").check_unit(550, "x").is_err());
        assert!(currency("ugx").check_unit(1, "x").is_err());
        assert!(currency("kwd").check_unit(5120, "x").is_ok());
        assert!(currency("kwd").check_unit(5124, "x").is_err());
        assert!(currency("mxn").check_unit(-1, "x").is_err());
    }

    #[test]
    fn least_amounts_are_said_in_words() {
        let refusal = currency("mxn")
            .check_total(999, "The total must be", "amount")
            .unwrap_err();
        let body = refusal.body("acct_1", "req_1");
        assert_eq!(body["error"]["message"], "The total must be at least $10.00 mxn");
        assert_eq!(body["error"]["code"], "amount_too_small");
        assert!(currency("jpy").check_total(50, "", "amount").is_ok());
        assert!(currency("usd").check_total(100_000_000, "", "amount").is_err());
        assert!(currency("cop").check_total(5_000_000_00, "", "amount").is_ok());
    }
}
