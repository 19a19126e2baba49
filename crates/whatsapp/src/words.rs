//! WhatsApp's error codes in plain words: what happened, and what to do next.

/// A refusal in plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorWords {
    /// What happened.
    pub title: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

/// Returns what an error code means and what to do about it.
pub fn error_words(code: i64) -> ErrorWords {
    let (title, advice) = match code {
        4 | 80007 | 130_429 => ("Too many messages at once", "Cobro waits and sends it by itself"),
        131_056 => (
            "Too many messages to this customer",
            "Cobro waits and sends it by itself",
        ),
        1 | 2 | 131_000 | 131_016 | 131_057 => (
            "WhatsApp had a fault",
            "It is not known whether the message left. Wait for its status, or send it again knowing that it may arrive twice",
        ),
        133_004 => (
            "WhatsApp's servers are busy",
            "It is not known whether the message left. Wait for its status, or try again in a few minutes",
        ),
        131_047 => (
            "The 24-hour window is closed",
            "The customer must write first, or send a template",
        ),
        0 | 190 => (
            "WhatsApp refused the access token",
            "It has expired or was withdrawn. Make a new system-user token and put it in the settings; what is queued goes out by itself",
        ),
        3 | 10 | 131_005 | 200..=299 => (
            "The access token lacks a permission",
            "Give it whatsapp_business_messaging and whatsapp_business_management; what is queued goes out by itself",
        ),
        _ => return of_the_message(code),
    };
    ErrorWords { title, advice }
}

/// What lies with this message or this customer.
fn of_the_message(code: i64) -> ErrorWords {
    let (title, advice) = match code {
        131_026 => (
            "This number can't receive the message",
            "The customer may not use WhatsApp, has an old version, or has not accepted its terms. Reach them another way",
        ),
        131_048 => (
            "WhatsApp limits this number for spam",
            "Write only to customers who wrote first, and look at the quality in WhatsApp Manager",
        ),
        131_049 => (
            "WhatsApp held this message back to keep the chat healthy",
            "Wait at least a day before you try again",
        ),
        131_050 => (
            "The customer opted out of these messages",
            "Do not send it again; answer when they write",
        ),
        131_051 => (
            "WhatsApp does not support this type of message",
            "Send it as text, or as another type",
        ),
        131_021 => (
            "The recipient is this same number",
            "A number can't write to itself",
        ),
        130_472 => (
            "The customer is part of a WhatsApp experiment",
            "The message can't be sent to them; wait until they write",
        ),
        130_497 => (
            "This account may not write to that country",
            "See the account's restrictions in WhatsApp Manager",
        ),
        131_062 => (
            "WhatsApp does not deliver to this customer",
            "Reach them another way",
        ),
        131_030 => (
            "This customer is not on the test number's list",
            "A test number writes to five listed numbers only. Add this one in the app's API setup, or use the shop's own number",
        ),
        _ => return of_the_account(code),
    };
    ErrorWords { title, advice }
}

/// What lies with the account, its templates, its number or a file.
fn of_the_account(code: i64) -> ErrorWords {
    let (title, advice) = match code {
        368 | 131_031 => (
            "WhatsApp has locked this business account",
            "See the account in WhatsApp Manager; nothing is sent until it is unlocked",
        ),
        131_037 => (
            "The number has no name yet that Meta approved",
            "Choose a name in WhatsApp Manager and wait until it is approved; nothing is sent until then",
        ),
        131_042 => (
            "WhatsApp can't bill this account",
            "Mend the payment method in WhatsApp Manager",
        ),
        131_045 => (
            "The number is not registered rightly",
            "Register it again with its PIN",
        ),
        132_000..=132_999 => return of_a_template(code),
        133_000..=133_999 => return of_registration(code),
        131_052 => (
            "The customer's file could not be fetched",
            "Ask the customer to send it again",
        ),
        131_053 => (
            "The file could not be uploaded",
            "Check its type and size, and try again",
        ),
        131_008 | 131_009 | 100 => (
            "WhatsApp does not take the request as it is",
            "This may be a fault of Cobro's: report it with its details",
        ),
        2_593_109 => (
            "The phone does not share its history",
            "Allow it in the WhatsApp Business app if older chats should appear here",
        ),
        _ => (
            "WhatsApp refused the message",
            "The code is in the details; WhatsApp's documentation explains it",
        ),
    };
    ErrorWords { title, advice }
}

/// What lies with a template.
fn of_a_template(code: i64) -> ErrorWords {
    let (title, advice) = match code {
        132_001 => (
            "The template does not exist in this language",
            "Choose another language, or wait until Meta has approved it",
        ),
        132_000 => (
            "The template's parameters are not as many as its places",
            "Fill in each of its places; fetch the templates again if it was changed at Meta",
        ),
        132_007 => (
            "The template breaks a rule of WhatsApp's",
            "See why in WhatsApp Manager, and change it",
        ),
        132_015 => (
            "Meta paused the template because customers rated it low",
            "Use another template, or wait until the pause is over",
        ),
        132_016 => (
            "Meta took the template out of use because customers rated it low",
            "Use another template, or create a new one",
        ),
        _ => (
            "WhatsApp refused the template",
            "Check its name, language and parameters, and whether it is approved",
        ),
    };
    ErrorWords { title, advice }
}

/// What lies with a number's registration.
fn of_registration(code: i64) -> ErrorWords {
    let (title, advice) = match code {
        133_005 => (
            "The PIN is wrong",
            "Use the number's two-step verification PIN, or set a new one in WhatsApp Manager",
        ),
        133_006 => (
            "The number is not verified",
            "Verify it in WhatsApp Manager with a code by SMS or call, then register it again",
        ),
        133_008 | 133_009 => ("The PIN was tried too often", "Wait an hour before you try again"),
        133_015 => (
            "The number was deleted a moment ago",
            "Wait five minutes before you register it again",
        ),
        133_016 => (
            "The number was registered too often",
            "Wait three days: Meta allows ten times within 72 hours",
        ),
        _ => ("The number is not registered", "Register it again with its PIN"),
    };
    ErrorWords { title, advice }
}
