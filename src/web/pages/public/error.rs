use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::{Kept, PublicFrame};

/// Any refusal or failure on a public page: what happened, what to do, and the person's text kept.
#[derive(Debug, Template)]
#[template(path = "pages/public/error.html")]
pub struct ErrorPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: PublicFrame,
    /// Stable code of the problem (`not_found`, `too_large`, `busy`, `expired` …).
    pub code: &'static str,
    /// What the person had typed, field by field, if it could be read.
    pub kept: Vec<Kept>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<i64>,
    /// Random number of the request, to be told to support.
    pub request_id: String,
}

impl ErrorPage {
    fn title(&self) -> String {
        error_title(self.t, self.code)
    }

    fn advice(&self) -> String {
        error_advice(self.t, self.code)
    }
}

/// What happened, in words.
pub(in crate::web::pages) fn error_title(t: Texts, code: &str) -> String {
    t.find_code("error", code).unwrap_or_else(|| t.error_internal().into_owned())
}

/// What to do about it, in words.
pub(in crate::web::pages) fn error_advice(t: Texts, code: &str) -> String {
    t.find_code("advice", code).unwrap_or_else(|| t.advice_internal().into_owned())
}
