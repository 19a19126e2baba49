//! The few words that the shell says itself, in the window's language.

use cobro_core::Language;

pub(crate) fn open(language: Language) -> &'static str {
    match language {
        Language::Es => "Abrir Cobro",
        Language::Pt => "Abrir o Cobro",
        Language::En => "Open Cobro",
    }
}

pub(crate) fn quit(language: Language) -> &'static str {
    match language {
        Language::Es => "Salir",
        Language::Pt => "Sair",
        Language::En => "Quit",
    }
}

pub(crate) fn unread(language: Language, unread: u32) -> String {
    match (language, unread) {
        (_, 0) => "Cobro".to_owned(),
        (Language::Es, 1) => "Cobro: 1 mensaje sin leer".to_owned(),
        (Language::Es, _) => format!("Cobro: {unread} mensajes sin leer"),
        (Language::Pt, 1) => "Cobro: 1 mensagem não lida".to_owned(),
        (Language::Pt, _) => format!("Cobro: {unread} mensagens não lidas"),
        (Language::En, 1) => "Cobro: 1 unread message".to_owned(),
        (Language::En, _) => format!("Cobro: {unread} unread messages"),
    }
}

pub(crate) fn test_notification(language: Language) -> &'static str {
    match language {
        Language::Es => "Así te avisa Cobro cuando te escriben o te pagan.",
        Language::Pt => "É assim que o Cobro avisa quando escrevem ou pagam para você.",
        Language::En => "This is how Cobro tells you that someone wrote or paid.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tray_counts_in_words_that_fit() {
        assert_eq!(unread(Language::En, 0), "Cobro");
        assert_eq!(unread(Language::Es, 1), "Cobro: 1 mensaje sin leer");
        assert_eq!(unread(Language::Pt, 2), "Cobro: 2 mensagens não lidas");
    }
}
