//! The microphone, on a thread of its own: some systems bind it to the one that opened it.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{Device, FromSample, Sample as _, SampleFormat, SizedSample, SupportedStreamConfig};

use crate::resample::Resampler;
use crate::{Voice, VoiceError};

/// A recording ends by itself after this time, and is kept.
pub const LONGEST: Duration = Duration::from_mins(15);
/// A microphone that opened and gives nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(5);
/// Opening may ask a person for leave first.
const PATIENCE: Duration = Duration::from_secs(60);

/// Returns what stands in the way of recording, if anything: asked before a person tries.
pub fn microphone() -> Result<(), VoiceError> {
    let device = default_device()?;
    device.default_input_config()?;
    Ok(())
}

/// A recording under way. Dropping it discards it.
#[derive(Debug)]
pub struct Recording {
    say: Sender<Heard>,
    thread: Option<JoinHandle<Result<Vec<u8>, VoiceError>>>,
    begun: Instant,
}

/// What reaches the recording's thread.
enum Heard {
    Samples(Vec<f32>),
    Broken(VoiceError),
    /// A person has finished.
    Enough,
    /// A person wants none of it.
    Unwanted,
}

impl Recording {
    /// Begins to record from the system's microphone. It blocks until the microphone is open.
    pub fn start() -> Result<Self, VoiceError> {
        let (say, heard) = channel();
        let (opened, opening) = channel();
        let device_says = say.clone();
        let thread = std::thread::Builder::new()
            .name("cobro-voice".into())
            .spawn(move || record(&opened, device_says, &heard))
            .map_err(|error| VoiceError::Other(error.to_string()))?;
        opening
            .recv_timeout(PATIENCE)
            .map_err(|_| VoiceError::Other("it does not open".into()))??;
        Ok(Self {
            say,
            thread: Some(thread),
            begun: Instant::now(),
        })
    }

    /// Returns how long it has been recording.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed().min(LONGEST)
    }

    /// Ends it and returns the file: Opus in Ogg. What a microphone that broke had recorded by then is kept.
    pub fn stop(mut self) -> Result<Vec<u8>, VoiceError> {
        let _ = self.say.send(Heard::Enough);
        let recorded = self.thread.take().map(JoinHandle::join);
        match recorded {
            Some(Ok(recorded)) => recorded,
            _ => Err(VoiceError::Other("the recording broke off".into())),
        }
    }
}

/// The microphone is let go at once.
impl Drop for Recording {
    fn drop(&mut self) {
        let _ = self.say.send(Heard::Unwanted);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn default_device() -> Result<Device, VoiceError> {
    cpal::default_host()
        .default_input_device()
        .ok_or(VoiceError::NoMicrophone)
}

fn record(
    opened: &Sender<Result<(), VoiceError>>,
    say: Sender<Heard>,
    heard: &Receiver<Heard>,
) -> Result<Vec<u8>, VoiceError> {
    let (stream, rate) = match open(say) {
        Ok(open) => open,
        Err(error) => {
            let _ = opened.send(Err(error.clone()));
            return Err(error);
        }
    };
    let _ = opened.send(Ok(()));
    let recorded = listen(heard, rate, LONGEST);
    drop(stream);
    recorded
}

/// Opens the microphone as it likes best.
fn open(say: Sender<Heard>) -> Result<(cpal::Stream, u32), VoiceError> {
    let device = default_device()?;
    let config = device.default_input_config()?;
    let rate = config.sample_rate();
    let stream = match config.sample_format() {
        SampleFormat::I8 => stream_of::<i8>(&device, &config, say),
        SampleFormat::I16 => stream_of::<i16>(&device, &config, say),
        SampleFormat::I32 => stream_of::<i32>(&device, &config, say),
        SampleFormat::U8 => stream_of::<u8>(&device, &config, say),
        SampleFormat::U16 => stream_of::<u16>(&device, &config, say),
        SampleFormat::F32 => stream_of::<f32>(&device, &config, say),
        SampleFormat::F64 => stream_of::<f64>(&device, &config, say),
        other => Err(VoiceError::Other(format!(
            "it speaks {other}, which is not known"
        ))),
    }?;
    stream.play()?;
    Ok((stream, rate))
}

fn stream_of<T: SizedSample>(
    device: &Device,
    config: &SupportedStreamConfig,
    say: Sender<Heard>,
) -> Result<cpal::Stream, VoiceError>
where
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels().max(1));
    let broken = say.clone();
    let stream = device.build_input_stream(
        config.config(),
        move |samples: &[T], _: &_| {
            // Nobody hears it once the recording has ended.
            let _ = say.send(Heard::Samples(one_channel(samples, channels)));
        },
        move |error: cpal::Error| match error.kind() {
            cpal::ErrorKind::DeviceChanged | cpal::ErrorKind::Xrun | cpal::ErrorKind::RealtimeDenied => {
                tracing::debug!(%error, "The microphone stumbled");
            }
            cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::StreamInvalidated => {
                let _ = broken.send(Heard::Broken(VoiceError::WentAway));
            }
            _ => {
                let _ = broken.send(Heard::Broken(error.into()));
            }
        },
        None,
    )?;
    Ok(stream)
}

/// Returns the mean of all channels.
fn one_channel<T: SizedSample>(samples: &[T], channels: usize) -> Vec<f32>
where
    f32: FromSample<T>,
{
    samples
        .chunks_exact(channels)
        .map(|frame| {
            let sum: f32 = frame.iter().map(|sample| f32::from_sample(*sample)).sum();
            sum / f32::from(u8::try_from(channels).unwrap_or(u8::MAX))
        })
        .collect()
}

/// Encodes what is heard until there is enough. It waits for a person to fetch it then.
fn listen(heard: &Receiver<Heard>, rate: u32, longest: Duration) -> Result<Vec<u8>, VoiceError> {
    let mut voice = Voice::new()?;
    let mut resampler = Resampler::from_rate(rate);
    let mut samples = Vec::new();
    let longest = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
    while voice.duration_ms() < longest {
        match heard.recv_timeout(SILENCE) {
            Ok(Heard::Samples(heard)) => {
                samples.clear();
                resampler.push(&heard, &mut samples);
                voice.push(&samples)?;
            }
            Ok(Heard::Broken(error)) if voice.duration_ms() == 0 => return Err(error),
            Err(RecvTimeoutError::Timeout) if voice.duration_ms() == 0 => return Err(VoiceError::WentAway),
            Ok(Heard::Broken(_) | Heard::Enough) | Err(RecvTimeoutError::Timeout) => break,
            Ok(Heard::Unwanted) | Err(RecvTimeoutError::Disconnected) => return Err(VoiceError::Empty),
        }
    }
    voice.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_what_was_heard_until_there_was_enough() {
        let (say, heard) = channel();
        for _ in 0..10 {
            say.send(Heard::Samples(vec![0.1; 4_410])).unwrap();
        }
        say.send(Heard::Enough).unwrap();
        let file = listen(&heard, 44_100, LONGEST).unwrap();
        assert!(file.starts_with(b"OggS"));
    }

    #[test]
    fn a_recording_ends_by_itself_when_it_is_long_enough() {
        let (say, heard) = channel();
        for _ in 0..100 {
            say.send(Heard::Samples(vec![0.1; 4_800])).unwrap();
        }
        let file = listen(&heard, 48_000, Duration::from_secs(2)).unwrap();
        assert!(file.starts_with(b"OggS"));
        assert!(heard.try_iter().count() >= 79, "it listened for longer");
    }

    #[test]
    fn what_was_said_before_the_microphone_went_away_is_kept() {
        let (say, heard) = channel();
        say.send(Heard::Samples(vec![0.1; 48_000])).unwrap();
        say.send(Heard::Broken(VoiceError::WentAway)).unwrap();
        assert!(listen(&heard, 48_000, LONGEST).is_ok());
        say.send(Heard::Broken(VoiceError::WentAway)).unwrap();
        assert_eq!(listen(&heard, 48_000, LONGEST), Err(VoiceError::WentAway));
    }

    #[test]
    fn a_recording_that_nobody_wants_is_discarded() {
        let (say, heard) = channel();
        say.send(Heard::Samples(vec![0.1; 480])).unwrap();
        say.send(Heard::Unwanted).unwrap();
        assert_eq!(listen(&heard, 48_000, LONGEST), Err(VoiceError::Empty));
    }

    #[test]
    fn all_channels_are_heard() {
        assert_eq!(one_channel(&[0.5_f32, -0.5, 1.0, 0.0], 2), [0.0, 0.5]);
    }

    #[test]
    fn a_machine_without_a_microphone_says_so_plainly() {
        // Machines that test have none, as a rule; where there is one, it must open.
        match Recording::start() {
            Ok(recording) => assert!(recording.elapsed() < LONGEST),
            Err(error) => {
                let told = error.to_string();
                assert!(told.contains("icrophone"), "{told}");
                assert_eq!(microphone(), Err(error));
            }
        }
    }
}
