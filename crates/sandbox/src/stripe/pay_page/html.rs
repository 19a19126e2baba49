//! The frame every page shares, and what makes text safe in it.

use std::fmt::Write;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::words::Words;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// Nothing is loaded from anywhere: all a page needs is in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; \
     base-uri 'none'; frame-ancestors 'none'";

/// Returns text as HTML.
pub(super) fn esc(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// Puts `value` where the words have braces.
pub(super) fn fill(words: &str, value: &str) -> String {
    words.replacen("{}", value, 1)
}

/// Returns a whole page around `main`, which is HTML already; `single` has one column.
pub(super) fn page(status: StatusCode, words: &Words, shop: &str, single: bool, main: &str) -> Response {
    let class = if single { " class=\"single\"" } else { "" };
    let html = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>SANDBOX · {shop}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <div class=\"band\" role=\"note\"><b>SANDBOX</b> – {no_money}</div>\n<main{class}>\n{main}\n</main>\n\
         <footer>Cobro sandbox · {only_test_cards}</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        lang = words.lang,
        shop = esc(shop),
        no_money = words.no_money,
        only_test_cards = words.only_test_cards,
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::HeaderName::from_static("x-cobro-sandbox"), "true"),
    ];
    (status, headers, html).into_response()
}

/// Returns a card that says one thing: a sign, a title, a paragraph, and more HTML.
pub(super) fn message(sign: &str, kind: &str, title: &str, text: &str, more: &str) -> String {
    format!(
        "<section class=\"card\"><div class=\"sign {kind}\" aria-hidden=\"true\">{sign}</div>\
         <h1>{}</h1><p class=\"soft\">{}</p>{more}</section>",
        esc(title),
        esc(text)
    )
}

/// Returns a form of buttons; each posts `answer` with its value, the first one is the main one.
pub(super) fn answers(action: &str, buttons: &[(&str, &str)], busy: &str) -> String {
    let mut form = format!("<form method=\"post\" action=\"{}\">", esc(action));
    for (index, (value, label)) in buttons.iter().enumerate() {
        let class = if index == 0 { "" } else { " class=\"quiet\"" };
        let _ = write!(
            form,
            "<button name=\"answer\" value=\"{value}\"{class}><span class=\"spin\"></span>\
             <span data-busy=\"{}\">{}</span></button>",
            esc(busy),
            esc(label)
        );
    }
    form.push_str("</form>");
    form
}

/// Returns bars for a number, as a voucher has them. They look the part; no scanner reads them.
pub(super) fn bars(number: &str) -> String {
    let mut x = 0;
    let mut rects = String::new();
    for digit in number.chars().filter_map(|letter| letter.to_digit(10)) {
        for bit in [8, 4, 2, 1, 16] {
            let width = if digit & bit != 0 || bit == 16 { 3 } else { 1 };
            let _ = write!(rects, "<rect x=\"{x}\" width=\"{width}\" height=\"60\"/>");
            x += width + 2;
        }
    }
    format!("<svg viewBox=\"0 0 {x} 60\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{rects}</svg>")
}

#[cfg(test)]
mod tests {
    use super::{bars, esc};

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(esc("<b a='\"'>&"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
    }

    #[test]
    fn a_voucher_has_five_bars_for_each_digit() {
        assert_eq!(bars("930").matches("<rect").count(), 15);
    }
}
