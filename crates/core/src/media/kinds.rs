//! What WhatsApp takes: types by content, never by name, and how large each may be.

use std::collections::HashSet;

use crate::domain::FileKind;

const MB: u64 = 1024 * 1024;
const KB: u64 = 1024;

/// Sound as WhatsApp itself records it.
pub(super) const OPUS: &str = "audio/ogg; codecs=opus";
/// The side of a sticker, in pixels.
pub(super) const STICKER_SIDE: u32 = 512;

/// What the upload takes besides pictures, sound and video.
const DOCUMENTS: [&str; 8] = [
    "application/msword",
    "application/pdf",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/plain",
];

/// Returns how many bytes WhatsApp takes of that kind.
pub(super) fn limit(kind: FileKind, animated: bool) -> u64 {
    match kind {
        FileKind::Image => 5 * MB,
        FileKind::Video | FileKind::Audio | FileKind::Voice => 16 * MB,
        FileKind::Document => 100 * MB,
        FileKind::Sticker if animated => 500 * KB,
        FileKind::Sticker => 100 * KB,
    }
}

/// Returns how a file of this type goes out best; `None` if WhatsApp takes no such type.
pub(super) fn kind_of(mime: &str) -> Option<FileKind> {
    match mime {
        "image/jpeg" | "image/png" => Some(FileKind::Image),
        "image/webp" => Some(FileKind::Sticker),
        "video/mp4" | "video/3gpp" => Some(FileKind::Video),
        "audio/aac" | "audio/amr" | "audio/mp4" | "audio/mpeg" | OPUS => Some(FileKind::Audio),
        _ if DOCUMENTS.contains(&mime) => Some(FileKind::Document),
        _ => None,
    }
}

/// Returns the type that the content is of.
pub(super) fn type_of(bytes: &[u8]) -> String {
    if let Some(mime) = type_of_box(bytes) {
        return mime.to_owned();
    }
    let found = infer::get(bytes).map(|found| found.mime_type());
    match found {
        Some("audio/opus") => OPUS.to_owned(),
        Some("audio/m4a") => "audio/mp4".to_owned(),
        // HTML and XML are text to whoever reads them as that.
        Some(mime) if mime.starts_with("text/") => "text/plain".to_owned(),
        Some(mime) => mime.to_owned(),
        None if is_text(bytes) => "text/plain".to_owned(),
        None => "application/octet-stream".to_owned(),
    }
}

/// Returns the type of what comes in ISO's boxes: MP4 and its relatives, which differ by brand and by track.
fn type_of_box(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8)? != b"ftyp" {
        return None;
    }
    Some(match bytes.get(8..12)? {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => "image/heic",
        b"avif" | b"avis" => "image/avif",
        b"qt  " => "video/quicktime",
        [b'3', b'g', ..] => "video/3gpp",
        b"M4A " | b"M4B " => "audio/mp4",
        _ if tracks(bytes) == HashSet::from([*b"soun"]) => "audio/mp4",
        _ => "video/mp4",
    })
}

/// Returns the kinds of tracks that the file says it has.
fn tracks(bytes: &[u8]) -> HashSet<[u8; 4]> {
    memchr::memmem::find_iter(bytes, b"hdlr")
        .filter_map(|at| bytes.get(at + 12..at + 16)?.try_into().ok())
        .filter(|kind: &[u8; 4]| [*b"soun", *b"vide"].contains(kind))
        .collect()
}

fn is_text(bytes: &[u8]) -> bool {
    !bytes.is_empty() && !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}

/// Returns the ending that files of this type have.
pub(super) fn ending(mime: &str) -> Option<&'static str> {
    Some(match mime.split(';').next().unwrap_or_default().trim() {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "video/mp4" => "mp4",
        "video/3gpp" => "3gp",
        "audio/aac" => "aac",
        "audio/amr" => "amr",
        "audio/mp4" => "m4a",
        "audio/mpeg" => "mp3",
        "audio/ogg" | "audio/opus" => "ogg",
        "application/pdf" => "pdf",
        "application/msword" => "doc",
        "application/vnd.ms-excel" => "xls",
        "application/vnd.ms-powerpoint" => "ppt",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "pptx",
        "text/plain" => "txt",
        "text/csv" => "csv",
        "text/vcard" | "text/x-vcard" => "vcf",
        _ => return None,
    })
}

/// Returns a name that is safe as a file's on every system: no path, nothing invisible, not too long.
///
/// Right-to-left marks go too: with one, `cod.exe` can be made to look like `exe.doc`.
pub(super) fn clean_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = name
        .chars()
        .filter(|letter| !letter.is_control() && !is_invisible(*letter))
        .map(|letter| match letter {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
            letter => letter,
        })
        .collect();
    let kept = kept.trim_matches(|letter: char| letter == '.' || letter.is_whitespace());
    if kept.is_empty() {
        return "file".to_owned();
    }
    shortened(kept)
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Cuts a long name before its ending.
fn shortened(name: &str) -> String {
    const LONGEST: usize = 100;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 10 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let kept: String = stem.chars().take(LONGEST - ending.chars().count()).collect();
    format!("{}{ending}", kept.trim_end())
}

/// Returns the name with the ending of `mime` in place of its own.
pub(super) fn renamed(name: &str, mime: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match ending(mime) {
        Some(ending) => format!("{stem}.{ending}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_what_the_content_is_and_not_what_the_name_says() {
        assert_eq!(type_of(b"\xff\xd8\xff\xe0rest"), "image/jpeg");
        assert_eq!(type_of(b"%PDF-1.7"), "application/pdf");
        assert_eq!(
            type_of(b"MZ\x90\0\x03\0\0\0"),
            "application/vnd.microsoft.portable-executable"
        );
        assert_eq!(type_of("ñandú, 12.50\n".as_bytes()), "text/plain");
        assert_eq!(type_of(b"<!DOCTYPE html><script>"), "text/plain");
        assert_eq!(type_of(b"\0\x01\x02"), "application/octet-stream");
    }

    #[test]
    fn an_mp4_with_only_sound_is_sound() {
        let with = |brand: &[u8; 4], kinds: &[&[u8; 4]]| {
            let mut bytes = [b"\0\0\0\x14ftyp".as_slice(), brand, b"\0\0\0\0isom"].concat();
            for kind in kinds {
                bytes.extend_from_slice(b"\0\0\0\x20hdlr\0\0\0\0\0\0\0\0");
                bytes.extend_from_slice(*kind);
            }
            bytes
        };
        assert_eq!(type_of(&with(b"isom", &[b"soun"])), "audio/mp4");
        assert_eq!(type_of(&with(b"isom", &[b"vide", b"soun"])), "video/mp4");
        assert_eq!(type_of(&with(b"3gp4", &[b"vide"])), "video/3gpp");
        assert_eq!(type_of(&with(b"heic", &[])), "image/heic");
        assert_eq!(type_of(&with(b"qt  ", &[b"vide"])), "video/quicktime");
    }

    #[test]
    fn what_the_upload_refuses_has_no_kind() {
        for mime in [
            "image/heic",
            "image/gif",
            "video/quicktime",
            "audio/x-wav",
            "audio/ogg",
            "application/zip",
            "application/octet-stream",
        ] {
            assert_eq!(kind_of(mime), None, "{mime}");
        }
    }

    #[test]
    fn a_name_can_neither_leave_its_folder_nor_disguise_its_ending() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name(r"C:\fotos\pastel.jpg"), "pastel.jpg");
        assert_eq!(clean_name("fac\u{202e}fdp.exe"), "facfdp.exe");
        assert_eq!(clean_name("a\0b\n:c?.pdf"), "ab_c_.pdf");
        assert_eq!(clean_name(" .. "), "file");
        let long = clean_name(&format!("{}.pdf", "ñ".repeat(300)));
        assert_eq!(long.chars().count(), 100);
        assert_eq!(long.rsplit_once('.').unwrap().1, "pdf");
    }
}
