//! Opus in Ogg (RFC 7845): the one form that phones show as a voice message.

use ogg::{PacketWriteEndInfo, PacketWriter};
use opusic_c::{Application, Bitrate, Channels, Encoder, SampleRate, Signal};

use crate::VoiceError;

/// Samples a second.
pub(crate) const RATE: u32 = 48_000;
/// 20 ms.
const FRAME: usize = 960;
/// A page a second: players need no more to find their way.
const FRAMES_A_PAGE: u64 = 50;
/// Bits a second: clear speech, 15 minutes of it in three megabytes.
const BITRATE: u32 = 28_000;
/// The most that one packet of ours can be.
const LARGEST_PACKET: usize = 1500;
const SERIAL: u32 = 1;

/// A voice message as it is spoken.
pub struct Voice {
    encoder: Encoder,
    pages: PacketWriter<'static, Vec<u8>>,
    /// What the encoder adds at the beginning, which players skip.
    skipped: u16,
    /// Samples of the frame that is not full yet.
    waiting: Vec<f32>,
    samples: u64,
    frames: u64,
}

impl std::fmt::Debug for Voice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Voice")
            .field("samples", &self.samples)
            .finish_non_exhaustive()
    }
}

impl Voice {
    pub fn new() -> Result<Self, VoiceError> {
        let mut encoder =
            Encoder::new(Channels::Mono, SampleRate::Hz48000, Application::Voip).map_err(refused)?;
        encoder.set_bitrate(Bitrate::Value(BITRATE)).map_err(refused)?;
        encoder.set_signal(Signal::Voice).map_err(refused)?;
        let skipped = u16::try_from(encoder.get_look_ahead().map_err(refused)?).unwrap_or(312);
        let mut voice = Self {
            encoder,
            pages: PacketWriter::new(Vec::new()),
            skipped,
            waiting: Vec::with_capacity(FRAME),
            samples: 0,
            frames: 0,
        };
        voice.write_headers()?;
        Ok(voice)
    }

    /// Adds samples: one channel at 48 kHz, from -1 to 1.
    pub fn push(&mut self, samples: &[f32]) -> Result<(), VoiceError> {
        self.samples += samples.len() as u64;
        let mut rest = samples;
        while !rest.is_empty() {
            let room = FRAME - self.waiting.len();
            let (taken, left) = rest.split_at(room.min(rest.len()));
            self.waiting.extend_from_slice(taken);
            rest = left;
            if self.waiting.len() == FRAME {
                self.write_frame(false)?;
            }
        }
        Ok(())
    }

    /// Returns how long it is so far, in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        self.samples * 1000 / u64::from(RATE)
    }

    /// Ends it and returns the file.
    pub fn finish(mut self) -> Result<Vec<u8>, VoiceError> {
        if self.samples == 0 {
            return Err(VoiceError::Empty);
        }
        // The last frames carry what the encoder still holds back; the end's position says where the voice ends.
        let end = self.samples + u64::from(self.skipped);
        while (self.frames + 1) * FRAME as u64 <= end {
            self.waiting.resize(FRAME, 0.0);
            self.write_frame(false)?;
        }
        self.waiting.resize(FRAME, 0.0);
        self.write_frame(true)?;
        Ok(self.pages.into_inner())
    }

    fn write_headers(&mut self) -> Result<(), VoiceError> {
        let mut head = b"OpusHead\x01\x01".to_vec();
        head.extend_from_slice(&self.skipped.to_le_bytes());
        head.extend_from_slice(&RATE.to_le_bytes());
        head.extend_from_slice(&[0, 0, 0]);
        let vendor = "Cobro";
        let mut tags = b"OpusTags".to_vec();
        tags.extend_from_slice(&u32::try_from(vendor.len()).unwrap_or(0).to_le_bytes());
        tags.extend_from_slice(vendor.as_bytes());
        tags.extend_from_slice(&0_u32.to_le_bytes());
        self.write(head, PacketWriteEndInfo::EndPage, 0)?;
        self.write(tags, PacketWriteEndInfo::EndPage, 0)
    }

    fn write_frame(&mut self, is_last: bool) -> Result<(), VoiceError> {
        let mut packet = vec![0; LARGEST_PACKET];
        let length = self
            .encoder
            .encode_float_to_slice(&self.waiting, &mut packet)
            .map_err(refused)?;
        packet.truncate(length);
        self.waiting.clear();
        self.frames += 1;
        let coded = self.frames * FRAME as u64;
        let (end, position) = if is_last {
            (
                PacketWriteEndInfo::EndStream,
                self.samples + u64::from(self.skipped),
            )
        } else if self.frames.is_multiple_of(FRAMES_A_PAGE) {
            (PacketWriteEndInfo::EndPage, coded)
        } else {
            (PacketWriteEndInfo::NormalPacket, coded)
        };
        self.write(packet, end, position)
    }

    fn write(&mut self, packet: Vec<u8>, end: PacketWriteEndInfo, position: u64) -> Result<(), VoiceError> {
        self.pages
            .write_packet(packet, SERIAL, end, position)
            .map_err(|error| VoiceError::Other(error.to_string()))
    }
}

fn refused(error: opusic_c::ErrorCode) -> VoiceError {
    VoiceError::Other(format!("the encoder refused it ({error:?})"))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use ogg::PacketReader;
    use opusic_c::Decoder;

    use super::*;

    /// A tone of `hertz` for `ms` milliseconds.
    fn tone(hertz: f32, ms: u16) -> Vec<f32> {
        let step = hertz * std::f32::consts::TAU / 48_000.0;
        let mut turned = 0.0_f32;
        (0..u32::from(ms) * 48)
            .map(|_| {
                turned = (turned + step) % std::f32::consts::TAU;
                turned.sin() * 0.5
            })
            .collect()
    }

    struct Heard {
        samples: Vec<f32>,
        end: usize,
        skipped: usize,
    }

    /// Plays a file as a phone does.
    fn heard(file: &[u8]) -> Heard {
        let mut packets = PacketReader::new(Cursor::new(file));
        let head = packets.read_packet().unwrap().unwrap();
        assert_eq!(&head.data[..10], b"OpusHead\x01\x01");
        let skipped = usize::from(u16::from_le_bytes([head.data[10], head.data[11]]));
        assert!(
            packets
                .read_packet()
                .unwrap()
                .unwrap()
                .data
                .starts_with(b"OpusTags")
        );
        let mut decoder = Decoder::new(Channels::Mono, SampleRate::Hz48000).unwrap();
        let (mut samples, mut end) = (Vec::new(), 0);
        while let Some(packet) = packets.read_packet().unwrap() {
            let mut frame = vec![0.0; FRAME];
            let decoded = decoder
                .decode_float_to_slice(&packet.data, &mut frame, false)
                .unwrap();
            samples.extend_from_slice(&frame[..decoded]);
            end = usize::try_from(packet.absgp_page()).unwrap();
            if packet.last_in_stream() {
                break;
            }
        }
        Heard {
            samples,
            end,
            skipped,
        }
    }

    fn recorded(samples: &[f32]) -> Vec<u8> {
        let mut voice = Voice::new().unwrap();
        // In pieces of an odd size, as devices give them.
        for piece in samples.chunks(441) {
            voice.push(piece).unwrap();
        }
        voice.finish().unwrap()
    }

    #[test]
    fn what_was_said_is_heard_for_as_long_as_it_was_said() {
        let said = tone(440.0, 2_345);
        let file = recorded(&said);
        let heard = heard(&file);
        assert_eq!(heard.end, said.len() + heard.skipped);
        assert!(heard.samples.len() >= said.len() + heard.skipped);

        let voice = &heard.samples[heard.skipped..heard.skipped + said.len()];
        // A tone of 440 Hz crosses zero 880 times a second.
        let crossings = voice
            .windows(2)
            .filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0))
            .count();
        assert!(crossings.abs_diff(2_064) < 20, "{crossings}");
        let loudest = voice
            .iter()
            .fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
        assert!((0.4..0.7).contains(&loudest), "{loudest}");
    }

    #[test]
    fn fifteen_minutes_fit_into_what_whatsapp_takes() {
        let second = recorded(&tone(200.0, 10_000)).len() / 10;
        assert!(second * 900 < 5 * 1024 * 1024, "{second} bytes a second");
    }

    #[test]
    fn even_a_moment_is_a_whole_file() {
        let heard = heard(&recorded(&tone(440.0, 1)));
        assert_eq!(heard.end, 48 + heard.skipped);
    }

    #[test]
    fn silence_that_never_began_is_no_file() {
        assert_eq!(Voice::new().unwrap().finish().unwrap_err(), VoiceError::Empty);
    }
}
