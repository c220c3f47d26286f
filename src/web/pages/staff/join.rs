use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::{Faults, StaffFrame};

/// `/staff/join`: a person redeems an invitation and makes their own keys. The hidden field `stage` tells which form
/// was sent.
#[derive(Template)]
#[template(path = "pages/staff/join.html")]
pub struct JoinPage {
    /// Words.
    pub t: Texts,
    /// What stands around; nobody is signed in.
    pub frame: StaffFrame,
    /// How far the person has come.
    pub stage: JoinStage,
    /// What was wrong with the last form.
    pub faults: Faults,
}

/// The forms of joining, in order.
pub enum JoinStage {
    /// Sends `stage=invitation` and `invitation`.
    Invitation,
    /// Sends `stage=keys`, `invitation`, `form_token`, `password`, `password_again`, `totp`.
    Keys {
        /// The invitation's secret, carried on.
        invitation: String,
        /// Sealed state of the joining (it holds the second factor), carried on.
        form_token: String,
        /// The login that was invited.
        login: String,
        /// The TOTP seed in base32.
        seed: String,
        /// The `otpauth://` address of the same seed.
        uri: String,
    },
    /// Done; two administrators must sign the new keys before cases can be given.
    Done {
        /// The login that joined.
        login: String,
    },
}

impl JoinPage {
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
