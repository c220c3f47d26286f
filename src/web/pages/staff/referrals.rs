use jiff::civil::Date;

use crate::web::pages::Choice;

/// Something that was sent to another body.
#[derive(Debug, Clone)]
pub struct ReferralLine {
    /// Id for addresses.
    pub id: String,
    /// To whom, in words.
    pub to: String,
    /// Whether the whole case went.
    pub whole: bool,
    /// Code of how far it is.
    pub state: &'static str,
    /// The day it was sent.
    pub sent_on: Date,
    /// Since when it is so far.
    pub moved_on: Date,
    /// The day by which it should have been answered, while nobody has.
    pub due_on: Option<Date>,
    /// SHA-256 of the manifest, hexadecimal.
    pub digest: String,
    /// How far it can be now (form fields `state` and `on`); empty where I may not say.
    pub next: Vec<Choice>,
}

impl ReferralLine {
    /// Shape of the state's word, as for cases.
    pub(super) fn phase(&self) -> &'static str {
        match self.state {
            "sent" => "waiting",
            "acknowledged" | "accepted" => "open",
            _ => "ended",
        }
    }
}
