//! Voice messages: from the microphone to Opus in Ogg, one channel at 48 kHz, as WhatsApp's own.
//!
//! Core stays free of audio devices; the shell records, and hands core the finished file.

mod encode;
mod error;
mod recording;
mod resample;

pub use encode::Voice;
pub use error::VoiceError;
pub use recording::{LONGEST, Recording, microphone};
