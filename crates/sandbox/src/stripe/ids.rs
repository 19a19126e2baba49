//! Ids in Stripe's shape, in the order in which they were made.

use rand::RngExt;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Makes ids such as `evt_1…`: a later id of the same kind sorts after an earlier one.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    last: u64,
}

impl Ids {
    pub(crate) fn next(&mut self, prefix: &str, now_ms: i64) -> String {
        let tick = u64::try_from(now_ms).unwrap_or(0).saturating_mul(1000);
        self.last = tick.max(self.last + 1);
        format!("{prefix}_1{}{}", ordered(self.last), token(14))
    }

    /// Returns an id of a Checkout Session, which Stripe makes much longer than others.
    pub(crate) fn next_session(&mut self, now_ms: i64) -> String {
        format!("{}{}", self.next("cs_test", now_ms), token(32))
    }
}

/// Returns `length` letters and digits that nobody can guess.
pub(crate) fn token(length: usize) -> String {
    let mut rng = rand::rng();
    (0..length).map(|_| digit(rng.random_range(0..62))).collect()
}

/// Returns `length` decimal digits, as on a voucher.
pub(crate) fn decimal(length: usize) -> String {
    let mut rng = rand::rng();
    (0..length).map(|_| digit(rng.random_range(0..10))).collect()
}

/// Writes `number` in ten places, so that text order is number order.
fn ordered(mut number: u64) -> String {
    let mut places = ['0'; 10];
    for place in places.iter_mut().rev() {
        *place = digit(number % 62);
        number /= 62;
    }
    places.iter().collect()
}

fn digit(value: u64) -> char {
    let at = usize::try_from(value).unwrap_or(0);
    DIGITS.get(at).map_or('0', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn ids_sort_in_the_order_in_which_they_were_made() {
        let mut ids = Ids::default();
        let times = [5, 5, 5, 6, 4, 1_790_000_000_000, 1_790_000_000_000];
        let made: Vec<String> = times.iter().map(|ms| ids.next("evt", *ms)).collect();
        assert!(made.is_sorted(), "{made:?}");
        assert!(
            made.iter()
                .all(|id| id.starts_with("evt_1") && id.len() == made[0].len())
        );
    }
}
