//! What can go wrong with a file, in words that say what to do.

use cobro_whatsapp::WhatsAppError;

use crate::domain::Words;

pub(super) fn gone() -> Words {
    Words::new(
        "media_gone",
        "This file is gone",
        "WhatsApp keeps files for seven days, and this one is older. Ask the customer to send it again",
    )
}

pub(super) fn nameless() -> Words {
    Words::new(
        "media_nameless",
        "WhatsApp did not say where this file is",
        "Ask the customer to send it again",
    )
}

pub(super) fn damaged() -> Words {
    Words::new(
        "media_damaged",
        "This file arrived damaged twice",
        "Try again later. If it stays so, ask the customer to send it again",
    )
}

pub(super) fn endless() -> Words {
    Words::new(
        "media_too_large",
        "This file is larger than WhatsApp carries",
        "It was not kept. Ask the customer to send it in another way",
    )
}

pub(super) fn refused(error: &WhatsAppError) -> Words {
    Words::new(
        error.code_text(),
        "WhatsApp does not give this file out",
        "Try again. If it stays so, ask the customer to send it again",
    )
}

/// Says why a file that is tried again by itself is not here yet.
pub(super) fn waits(error: &WhatsAppError) -> Words {
    Words::new(error.code_text(), error.title(), "It is tried again by itself")
}

/// Says what the shop must mend before the file comes.
pub(super) fn of_shop(error: &WhatsAppError) -> Words {
    Words::new(error.code_text(), error.title(), error.advice())
}

pub(super) fn type_not_taken() -> Words {
    Words::new(
        "file_type",
        "WhatsApp does not take files of this type",
        "It takes pictures (JPEG, PNG), videos (MP4), sound (MP3, M4A, AAC, AMR, Ogg Opus), PDF, Word, Excel, PowerPoint and plain text. Save it as one of these",
    )
}

pub(super) fn picture_unreadable() -> Words {
    Words::new(
        "picture_unreadable",
        "This picture can't be read here",
        "Save it as JPEG or PNG and add it again",
    )
}

pub(super) fn picture_moves() -> Words {
    Words::new(
        "picture_moves",
        "WhatsApp takes no moving pictures of this type",
        "Save it as an MP4 video, or send a still picture",
    )
}

pub(super) fn sound_codec() -> Words {
    Words::new(
        "sound_codec",
        "WhatsApp takes Ogg sound only with the Opus codec",
        "Save it as MP3 or M4A and add it again",
    )
}
