//! Why nothing is recorded, in words that say what to do.

/// Why nothing is, or can be, recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoiceError {
    #[error("There is no microphone. Connect one and try again, or attach a sound file")]
    NoMicrophone,
    #[error("This system does not let Cobro use the microphone. Allow it in the system's privacy settings")]
    NotAllowed,
    #[error("Another program uses the microphone. Close it and try again")]
    Busy,
    #[error("The microphone went away while it was recording. Connect it and record again")]
    WentAway,
    #[error("The recording is empty. Hold on a moment longer and speak")]
    Empty,
    #[error("The microphone can't be used: {0}. Try another one, or attach a sound file")]
    Other(String),
}

impl From<cpal::Error> for VoiceError {
    fn from(error: cpal::Error) -> Self {
        use cpal::ErrorKind;
        match error.kind() {
            ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => Self::NoMicrophone,
            ErrorKind::PermissionDenied => Self::NotAllowed,
            ErrorKind::DeviceBusy => Self::Busy,
            _ => Self::Other(error.to_string()),
        }
    }
}
