use askama::Template;
use jiff::civil::Date;

use crate::i18n::Texts;
use crate::web::pages::PublicFrame;

/// The answer (201) to a report: the receipt, shown this once.
#[derive(Template)]
#[template(path = "pages/public/sent.html")]
pub struct SentPage {
    /// Words.
    pub t: Texts,
    /// What stands around; `switch` is false here.
    pub frame: PublicFrame,
    /// The receipt, in groups joined by dashes.
    pub receipt: String,
    /// The case's public reference (`SN-XXXX-XXXX`).
    pub reference: String,
    /// Date in the register.
    pub registered_on: Option<Date>,
    /// Day by which the reporter is told what came of it.
    pub answer_by: Option<Date>,
}

impl SentPage {
    fn groups(&self) -> impl Iterator<Item = &str> {
        self.receipt.split('-')
    }
}
