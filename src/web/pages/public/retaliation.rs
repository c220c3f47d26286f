use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::{Choice, Faults, PublicFrame};

/// `/{lang}/inbox/retaliation`: the form of a complaint; also the answer (422) to one with faults, with everything typed
/// kept.
#[derive(Debug, Template)]
#[template(path = "pages/public/retaliation.html")]
pub struct RetaliationPage {
    /// Words.
    pub t: Texts,
    /// What stands around; `csrf` is set.
    pub frame: PublicFrame,
    /// The form's sealed token (hidden field `form_token`): it holds the receipt to come, so sending twice is safe.
    pub form_token: String,
    /// The forms of retaliation, to be ticked.
    pub forms: Vec<Choice>,
    /// What was typed so far.
    pub fields: RetaliationFields,
    /// What is wrong with it.
    pub faults: Faults,
}

/// The fields of the form, named as they are sent; empty = not answered.
#[derive(Debug, Clone, Default)]
pub struct RetaliationFields {
    /// What happened.
    pub narrative: String,
    /// Codes of what was done, a line each (field `forms`, once for each).
    pub forms: String,
    /// The day, or the first of a period.
    pub from: String,
    /// The last day of a period.
    pub until: String,
    /// Who does it, a line each.
    pub people: String,
    /// `yes`, `no`, `unsure`.
    pub ongoing: String,
}

impl RetaliationPage {
    fn yes_no(&self) -> Vec<Choice> {
        let mut choices = Choice::of_codes(self.t, "answer", &["yes", "no", "unsure"]);
        choices.push(Choice { value: String::new(), label: self.t.report_not_answered().into_owned() });
        choices
    }
}
