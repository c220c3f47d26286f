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
    /// What was typed into its form, where that could not be taken: the state and the day.
    pub refused: Option<(String, String)>,
}

impl ReferralLine {
    /// The id of a field: its name alone in the form that was refused, where the summary of faults leads to it.
    pub(super) fn id_of(&self, field: &str) -> String {
        if self.refused.is_some() { field.to_owned() } else { format!("referral-{}-{field}", self.id) }
    }

    /// The state that was chosen in the refused form.
    pub(super) fn state_typed(&self) -> &str {
        self.refused.as_ref().map_or("", |(state, _)| state)
    }

    /// The day that was typed into it.
    pub(super) fn on_typed(&self) -> &str {
        self.refused.as_ref().map_or("", |(_, on)| on)
    }

    /// Shape of the state's word, as for cases.
    pub(super) fn phase(&self) -> &'static str {
        match self.state {
            "sent" => "waiting",
            "acknowledged" | "accepted" => "open",
            _ => "ended",
        }
    }
}
