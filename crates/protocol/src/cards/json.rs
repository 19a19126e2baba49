//! Card numbers in the string values of a JSON text, without touching the rest.

use std::borrow::Cow;
use std::ops::Range;

use super::{Edit, apply, mask_with_hint, prescan, words};

/// How deep JSON within strings within JSON is followed.
const MOST_LAYERS: u8 = 4;

/// Returns `body`, valid JSON, with its card numbers masked.
pub(super) fn mask(body: &str) -> Cow<'_, str> {
    mask_layer(body, 0)
}

fn mask_layer(body: &str, layer: u8) -> Cow<'_, str> {
    if !prescan::may_hold_card(body.as_bytes()) {
        return Cow::Borrowed(body);
    }
    let mut scan = Scan {
        body,
        at: 0,
        key: None,
        outer: Vec::new(),
        layer,
        edits: Vec::new(),
    };
    scan.run();
    if scan.edits.is_empty() {
        return Cow::Borrowed(body);
    }
    Cow::Owned(apply(body, scan.edits))
}

/// One pass over the tokens of a JSON text that is known to be valid.
struct Scan<'b> {
    body: &'b str,
    at: usize,
    /// The name of the value that is read now; an array's name is its items' name.
    key: Option<&'b str>,
    outer: Vec<Option<&'b str>>,
    layer: u8,
    edits: Vec<Edit>,
}

impl<'b> Scan<'b> {
    fn run(&mut self) {
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b'"' => self.string(),
                b'{' | b'[' => {
                    self.outer.push(self.key);
                    self.at += 1;
                }
                b'}' | b']' => {
                    self.key = self.outer.pop().flatten();
                    self.at += 1;
                }
                b'-' | b'0'..=b'9' => self.number(),
                _ => self.at += 1,
            }
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.body.as_bytes().get(at).copied()
    }

    fn piece(&self, range: Range<usize>) -> &'b str {
        self.body.get(range).unwrap_or_default()
    }

    fn string(&mut self) {
        let start = self.at;
        let end = self.end_of_string(start + 1);
        let raw = self.piece(start + 1..end);
        self.at = end + 1;
        if self.colon_follows() {
            self.key = Some(raw);
        } else if let Some(masked) = self.masked_string(raw) {
            self.edits.push(Edit {
                at: start..end + 1,
                by: Cow::Owned(literal(&masked)),
            });
        }
    }

    /// Returns where the closing quote is.
    fn end_of_string(&self, mut at: usize) -> usize {
        let bytes = self.body.as_bytes();
        while let Some(skipped) = bytes
            .get(at..)
            .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
        {
            at += skipped;
            if bytes.get(at) == Some(&b'"') {
                return at;
            }
            at += 2;
        }
        bytes.len()
    }

    fn colon_follows(&self) -> bool {
        let rest = self.body.as_bytes().get(self.at..).unwrap_or_default();
        rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
    }

    fn masked_string(&self, raw: &str) -> Option<String> {
        if self.is_identifier() || !prescan::may_hold_card(raw.as_bytes()) {
            return None;
        }
        let text = text_from_raw(raw);
        let masked = if self.layer < MOST_LAYERS && is_json(&text) {
            mask_layer(&text, self.layer + 1)
        } else {
            mask_with_hint(&text, self.is_called_card())
        };
        match masked {
            Cow::Owned(masked) => Some(masked),
            Cow::Borrowed(_) => None,
        }
    }

    /// Numbers are looked at only inside a form's answers: elsewhere they are ids and times.
    fn number(&mut self) {
        let start = self.at;
        let rest = self.body.as_bytes().get(start..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'))
            .unwrap_or(rest.len());
        self.at = start + length;
        if self.layer > 0
            && let Cow::Owned(masked) = mask_with_hint(self.piece(start..self.at), self.is_called_card())
        {
            self.edits.push(Edit {
                at: start..self.at,
                by: Cow::Owned(literal(&masked)),
            });
        }
    }

    fn is_called_card(&self) -> bool {
        self.layer > 0 && self.key.is_some_and(words::says_card)
    }

    fn is_identifier(&self) -> bool {
        self.key.is_some_and(|key| match self.layer {
            0 => is_identifier(key),
            _ => key == "flow_token",
        })
    }
}

/// Returns whether values of that name are ids, numbers of lines, addresses or hashes.
fn is_identifier(key: &str) -> bool {
    const SUFFIXES: [&str; 7] = ["_id", "_ids", "_url", "_uri", "_hash", "_timestamp", "_secret"];
    matches!(
        key,
        "from"
            | "to"
            | "id"
            | "ids"
            | "timestamp"
            | "phone"
            | "phone_number"
            | "display_phone_number"
            | "sha256"
            | "url"
            | "uri"
            | "link"
            | "href"
            | "fingerprint"
            | "ctwa_clid"
            | "sdp"
    ) || SUFFIXES.iter().any(|suffix| key.ends_with(suffix))
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns the text of a string literal's inside; half a surrogate pair becomes U+FFFD.
fn text_from_raw(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let (c, length) = unescape(escape);
        text.push(c);
        rest = escape.get(length..).unwrap_or_default();
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Returns the character that the escape after a backslash stands for, and the escape's length.
fn unescape(escape: &str) -> (char, usize) {
    match escape.chars().next() {
        Some('u') => unicode_escape(escape),
        Some('n') => ('\n', 1),
        Some('r') => ('\r', 1),
        Some('t') => ('\t', 1),
        Some('b') => ('\u{8}', 1),
        Some('f') => ('\u{c}', 1),
        Some(same) => (same, same.len_utf8()),
        None => (char::REPLACEMENT_CHARACTER, 0),
    }
}

fn unicode_escape(escape: &str) -> (char, usize) {
    let unit = |from: usize| {
        escape
            .get(from..from + 4)
            .and_then(|hex| u16::from_str_radix(hex, 16).ok())
    };
    let high = unit(1);
    let low = unit(7).filter(|_| escape.get(5..7) == Some("\\u"));
    let units = [high, low].into_iter().flatten();
    match char::decode_utf16(units).next() {
        Some(Ok(c)) => (c, if c.len_utf16() == 2 { 11 } else { 5 }),
        _ => (char::REPLACEMENT_CHARACTER, 5),
    }
}
