//! A running desk: profile, key, settings, the relay inside, and core.

mod appearance;
mod connection;
mod control;
mod desk;
mod doctor;
mod error;
mod keychain;
mod profile;
mod settings;
#[cfg(feature = "ngrok")]
mod tunnel;

pub use appearance::{Appearance, Theme};
pub use cobro_core as core;
pub use connection::Connecting;
pub use control::{ConnectRequest, ControlClient, ControlRequest};
pub use desk::{Desk, Kind, Mode};
pub use doctor::{Finding, Level, examine};
pub use error::DeskError;
pub use keychain::keep as keep_secret;
pub use profile::{Profile, RunningDesk};
pub use settings::{MODEL_KEY, Settings};
