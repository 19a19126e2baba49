//! Looking at a file: how large a picture is, how long a sound lasts. It only ever adds to what is known.

use std::io::Cursor;

use lofty::config::ParseOptions;
use lofty::file::AudioFile as _;
use lofty::probe::Probe;

use super::pictures;
use crate::store::media::Facts;

/// More is not read into memory to be looked at.
pub(super) const MOST: u64 = 64 * 1024 * 1024;

/// Pictures are unpacked one at a time: each may need hundreds of megabytes.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Returns whether there is something to see in files of this type.
pub(super) fn are_worth_it(mime: &str) -> bool {
    ["image/", "audio/", "video/"]
        .iter()
        .any(|family| mime.starts_with(family))
}

/// Runs `look` off the async threads. A file that breaks it is one that nothing was seen in.
pub(super) async fn apart<T: Default + Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> T {
    let _turn = ONE_AT_A_TIME.lock().await;
    tokio::task::spawn_blocking(look).await.unwrap_or_default()
}

/// Returns what can be seen in a file. Of videos only the length: the window shows their first frame.
pub(super) fn facts(bytes: &[u8], mime: &str) -> Facts {
    let picture = mime
        .starts_with("image/")
        .then(|| pictures::unpack(bytes))
        .flatten();
    Facts {
        mime: None,
        size: bytes.len() as u64,
        width: picture.as_ref().map(pictures::Picture::width),
        height: picture.as_ref().map(pictures::Picture::height),
        duration_ms: duration_ms(bytes, mime),
        thumbnail: picture.as_ref().and_then(pictures::Picture::thumbnail),
    }
}

/// Returns how long a sound or a video lasts, where it says so.
pub(super) fn duration_ms(bytes: &[u8], mime: &str) -> Option<u32> {
    if mime.starts_with("audio/amr") {
        return amr_duration_ms(bytes);
    }
    if !mime.starts_with("audio/") && !mime.starts_with("video/") {
        return None;
    }
    let told = movie_duration_ms(bytes).or_else(|| {
        let file = Probe::new(Cursor::new(bytes))
            .options(ParseOptions::new().read_tags(false))
            .guess_file_type()
            .ok()?
            .read()
            .ok()?;
        u32::try_from(file.properties().duration().as_millis()).ok()
    });
    told.filter(|duration| *duration > 0)
}

/// AMR's narrow band: frames of 20 ms, whose length their first byte tells.
fn amr_duration_ms(bytes: &[u8]) -> Option<u32> {
    const LENGTHS: [usize; 16] = [13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1];
    let mut rest = bytes.strip_prefix(b"#!AMR\n")?;
    let mut frames = 0_u32;
    while let Some(first) = rest.first() {
        let length = LENGTHS.get(usize::from(first >> 3 & 0x0f)).copied().unwrap_or(1);
        let Some(next) = rest.get(length..) else {
            break;
        };
        frames += 1;
        rest = next;
    }
    frames.checked_mul(20)
}

/// An MP4's movie header tells the length of all its tracks; one without sound has nothing else.
fn movie_duration_ms(bytes: &[u8]) -> Option<u32> {
    if bytes.get(4..8)? != b"ftyp" {
        return None;
    }
    let at = memchr::memmem::find(bytes, b"mvhd")?;
    let header = bytes.get(at + 4..)?;
    let number = |from: usize, length: usize| {
        header.get(from..from + length).map(|digits| {
            digits
                .iter()
                .fold(0_u64, |number, digit| number << 8 | u64::from(*digit))
        })
    };
    let (scale, length) = match header.first()? {
        0 => (number(12, 4)?, number(16, 4)?),
        _ => (number(20, 4)?, number(24, 8)?),
    };
    u32::try_from(length.checked_mul(1000)?.checked_div(scale)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_from_an_old_phone_says_how_long_it_is() {
        let frame = [0x3c; 32];
        let recording = [b"#!AMR\n".as_slice(), &frame.repeat(50)].concat();
        assert_eq!(duration_ms(&recording, "audio/amr"), Some(1000));
    }

    #[test]
    fn a_video_without_sound_says_how_long_it_is() {
        let mut video = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x6cmvhd".to_vec();
        video.extend_from_slice(&[0; 12]);
        video.extend_from_slice(&600_u32.to_be_bytes());
        video.extend_from_slice(&1500_u32.to_be_bytes());
        assert_eq!(duration_ms(&video, "video/mp4"), Some(2500));
    }

    #[test]
    fn nothing_is_seen_in_what_is_broken() {
        for mime in [
            "image/jpeg",
            "audio/mpeg",
            "video/mp4",
            "audio/ogg; codecs=opus",
            "application/pdf",
        ] {
            let facts = facts(b"broken", mime);
            assert_eq!(
                (facts.size, facts.width, facts.duration_ms),
                (6, None, None),
                "{mime}"
            );
            assert!(facts.thumbnail.is_none());
        }
    }
}
