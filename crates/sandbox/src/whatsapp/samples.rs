//! Small files of our own, for customers who send one and for histories.

use std::borrow::Cow;
use std::fmt::Write;

/// A file that is ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    /// The message type that it is usually sent as.
    pub(crate) kind: &'static str,
    pub(crate) mime: &'static str,
    pub(crate) filename: &'static str,
    pub(crate) bytes: Cow<'static, [u8]>,
}

/// The names that [`named`] knows.
pub(crate) const NAMES: &[&str] = &[
    "photo",
    "picture",
    "voice",
    "tune",
    "video",
    "pdf",
    "text",
    "sticker",
    "animated_sticker",
];

/// Returns the sample of that name: a photo of a cake, a voice note, a receipt.
pub(crate) fn named(name: &str) -> Option<Sample> {
    let sample = |name, kind, mime, filename, bytes: &'static [u8]| Sample {
        name,
        kind,
        mime,
        filename,
        bytes: Cow::Borrowed(bytes),
    };
    Some(match name {
        "photo" => sample(
            "photo",
            "image",
            "image/jpeg",
            "pastel.jpg",
            include_bytes!("samples/photo.jpg"),
        ),
        "picture" => sample(
            "picture",
            "image",
            "image/png",
            "pastel.png",
            include_bytes!("samples/picture.png"),
        ),
        "voice" => sample(
            "voice",
            "audio",
            "audio/ogg; codecs=opus",
            "nota.ogg",
            include_bytes!("samples/voice.ogg"),
        ),
        "tune" => sample(
            "tune",
            "audio",
            "audio/mpeg",
            "tono.mp3",
            include_bytes!("samples/tune.mp3"),
        ),
        "video" => sample(
            "video",
            "video",
            "video/mp4",
            "pastel.mp4",
            include_bytes!("samples/video.mp4"),
        ),
        "sticker" => sample(
            "sticker",
            "sticker",
            "image/webp",
            "pastel.webp",
            include_bytes!("samples/sticker.webp"),
        ),
        "animated_sticker" => sample(
            "animated_sticker",
            "sticker",
            "image/webp",
            "vela.webp",
            include_bytes!("samples/sticker-animated.webp"),
        ),
        "text" => sample(
            "text",
            "document",
            "text/plain",
            "pedido.txt",
            "2 roscas grandes\n1 pastel de tres leches\n".as_bytes(),
        ),
        "pdf" => Sample {
            bytes: Cow::Owned(receipt()),
            ..sample("pdf", "document", "application/pdf", "comprobante.pdf", &[])
        },
        _ => return None,
    })
}

/// Writes a PDF of one page, with the offsets that its table of contents needs.
fn receipt() -> Vec<u8> {
    let words =
        "BT /F1 24 Tf 60 320 Td (Comprobante) Tj 0 -40 Td /F1 14 Tf (Sandbox: no es un pago de verdad) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 420] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{words}\nendstream", words.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut written = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    // Writing to a string does not fail.
    for (number, object) in (1..).zip(&objects) {
        places.push(written.len());
        let _ = write!(written, "{number} 0 obj\n{object}\nendobj\n");
    }
    let table = written.len();
    let count = objects.len() + 1;
    let _ = write!(written, "xref\n0 {count}\n0000000000 65535 f \n");
    for place in places {
        let _ = writeln!(written, "{place:010} 00000 n ");
    }
    let _ = write!(
        written,
        "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
    );
    written.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_what_it_says() {
        for name in NAMES {
            let sample = named(name).unwrap();
            assert_eq!(sample.name, *name);
            let begins: &[u8] = match sample.mime {
                "image/jpeg" => b"\xff\xd8\xff",
                "image/png" => b"\x89PNG",
                "image/webp" => b"RIFF",
                "application/pdf" => b"%PDF",
                "audio/mpeg" => b"ID3",
                "audio/ogg; codecs=opus" => b"OggS",
                "video/mp4" => b"\x00\x00\x00",
                _ => b"2 roscas",
            };
            assert!(sample.bytes.starts_with(begins), "{name}");
        }
        assert!(named("song").is_none());
    }
}
