use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::{Faults, StaffFrame};

/// `/staff/join` and `/staff/recover`: a person makes their own password, second factor and recovery code. The hidden
/// field `stage` tells which form was sent.
#[derive(Template)]
#[template(path = "pages/staff/credentials.html")]
pub struct CredentialsPage {
    /// Words.
    pub t: Texts,
    /// What stands around; nobody is signed in.
    pub frame: StaffFrame,
    /// By which door.
    pub door: Door,
    /// How far the person has come.
    pub stage: CredentialsStage,
    /// What was wrong with the last form.
    pub faults: Faults,
}

/// By what a person comes to make credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// An invitation.
    Join,
    /// The recovery code that they printed.
    Recover,
}

impl Door {
    /// Where the forms are sent.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Join => "/staff/join",
            Self::Recover => "/staff/recover",
        }
    }

    /// What the keys of its words begin with.
    const fn words(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Recover => "recover",
        }
    }
}

/// The forms, in order.
pub enum CredentialsStage {
    /// Sends `stage=code` and `code`.
    Code,
    /// Sends `stage=keys`, `code`, `form_token`, `password`, `password_again`, `totp`.
    Keys {
        /// The invitation or recovery code, carried on.
        code: String,
        /// Sealed state of the form (it holds the second factor), carried on.
        form_token: String,
        /// Whose.
        login: String,
        /// The TOTP seed in base32.
        seed: String,
        /// The `otpauth://` address of the same seed.
        uri: String,
    },
    /// Done; others must sign or approve before it counts.
    Done {
        /// Whose.
        login: String,
        /// The new recovery code, shown this once.
        recovery: String,
        /// Fingerprint of the public keys, to be read out to those who sign.
        fingerprint: String,
    },
}

impl CredentialsPage {
    /// A text of the door.
    fn word(&self, key: &str) -> String {
        self.t.code(self.door.words(), key)
    }

    /// The seed in groups of four, to be typed by hand.
    fn seed_groups(seed: &str) -> String {
        let mut text = String::new();
        for (index, symbol) in seed.chars().enumerate() {
            if index > 0 && index % 4 == 0 {
                text.push(' ');
            }
            text.push(symbol);
        }
        text
    }
}
