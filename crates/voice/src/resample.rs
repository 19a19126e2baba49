//! From a device's rate to Opus's: straight lines between samples, which is plenty for a voice.

use crate::encode::RATE;

#[derive(Debug)]
pub(crate) struct Resampler {
    /// How far one sample of ours moves among the device's.
    step: f64,
    /// Where the next sample of ours is, counted from `last`.
    at: f64,
    last: Option<f32>,
}

impl Resampler {
    pub(crate) fn from_rate(rate: u32) -> Self {
        Self {
            step: f64::from(rate) / f64::from(RATE),
            at: 0.0,
            last: None,
        }
    }

    /// Adds to `out` what `samples`, which follow on those before, are at our rate.
    pub(crate) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        for sample in samples {
            if let Some(last) = self.last {
                while self.at < 1.0 {
                    out.push(between(last, *sample, self.at));
                    self.at += self.step;
                }
                self.at -= 1.0;
            }
            self.last = Some(*sample);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "samples are of single precision")]
fn between(left: f32, right: f32, at: f64) -> f32 {
    left + (right - left) * at as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resampled(rate: u32, samples: &[f32], piece: usize) -> Vec<f32> {
        let (mut resampler, mut out) = (Resampler::from_rate(rate), Vec::new());
        for part in samples.chunks(piece) {
            resampler.push(part, &mut out);
        }
        out
    }

    #[test]
    fn a_second_stays_a_second_at_every_rate() {
        for rate in [8_000, 16_000, 44_100, 48_000, 96_000, 192_000] {
            let made = resampled(rate, &vec![0.5; rate as usize], 441).len();
            assert!(made.abs_diff(RATE as usize) <= 7, "{made} samples from {rate} Hz");
        }
    }

    #[test]
    fn it_makes_no_difference_how_the_samples_come() {
        let ramp: Vec<f32> = (0..4410_u16).map(|at| f32::from(at) / 4410.0).collect();
        assert_eq!(resampled(44_100, &ramp, 4410), resampled(44_100, &ramp, 7));
    }

    #[test]
    fn a_ramp_stays_a_ramp() {
        let ramp: Vec<f32> = (0..100_u8).map(f32::from).collect();
        let made = resampled(24_000, &ramp, 10);
        assert!(made.windows(2).all(|pair| (pair[1] - pair[0] - 0.5).abs() < 1e-4));
    }
}
