//! The reply's words out of JSON that is still being written.

/// Returns as much of the `reply` as is there, unescaped; nothing before it begins.
pub(crate) fn reply_so_far(json: &str) -> String {
    let Some((_, after)) = json.split_once("\"reply\"") else {
        return String::new();
    };
    let Some((_, text)) = after.split_once('"') else {
        return String::new();
    };
    let mut reply = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => match unescaped(&mut letters) {
                Some(letter) => reply.push(letter),
                None => break,
            },
            letter => reply.push(letter),
        }
    }
    reply
}

/// Returns `None` where the escape is not whole yet; halves of pairs are left out until the end.
fn unescaped(letters: &mut std::str::Chars<'_>) -> Option<char> {
    Some(match letters.next()? {
        'n' | 'r' => '\n',
        't' => '\t',
        'b' | 'f' => ' ',
        'u' => {
            let code: String = letters.by_ref().take(4).collect();
            if code.len() < 4 {
                return None;
            }
            let code = u32::from_str_radix(&code, 16).ok()?;
            char::from_u32(code).unwrap_or('\u{fffd}')
        }
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::reply_so_far;

    #[test]
    fn the_reply_grows_with_its_json() {
        let whole =
            r#"{"charge": false, "items": [], "discount": null, "reply": "Hola \"Ana\"\n\u00bfcu\u00e1l?"}"#;
        assert_eq!(reply_so_far(whole), "Hola \"Ana\"\n¿cuál?");
        let mut longest = 0;
        for end in 0..whole.len() {
            let so_far = reply_so_far(&whole[..end]);
            assert!(so_far.len() >= longest, "{so_far}");
            longest = so_far.len();
        }
        assert_eq!(reply_so_far(r#"{"reply": "a\u00"#), "a");
    }
}
