use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::public::{error_advice, error_title};
use crate::web::pages::{Kept, StaffFrame};

/// Any refusal or failure on a page for staff, auditors and administrators.
#[derive(Debug, Template)]
#[template(path = "pages/staff/error.html")]
pub struct StaffErrorPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// Stable code of the problem (`not_found`, `illegal_step`, `conflict`, `forbidden` …).
    pub code: &'static str,
    /// For `illegal_step`: codes of the steps that are legal now.
    pub legal: Vec<&'static str>,
    /// What the person had typed, field by field, if it could be read.
    pub kept: Vec<Kept>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<i64>,
    /// Where to go back to: a path of this site.
    pub back: Option<String>,
    /// Random number of the request, to be told to support.
    pub request_id: String,
}

impl StaffErrorPage {
    fn title(&self) -> String {
        error_title(self.t, self.code)
    }

    fn advice(&self) -> String {
        error_advice(self.t, self.code)
    }
}
