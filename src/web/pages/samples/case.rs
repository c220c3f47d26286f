//! Parts of a case's page.

use jiff::civil::date;

use super::HOSTILE;
use crate::i18n::Texts;
use crate::web::pages::Choice;
use crate::web::pages::staff::*;

pub(super) fn alike() -> Vec<AlikeLine> {
    let reference = "SN-4PT0-9QXA".to_owned();
    vec![AlikeLine { id: "c2".to_owned(), reference, status: "triage", received_on: date(2026, 11, 2) }]
}

pub(super) fn subjects() -> Subjects {
    let line = |who: &str, by: Option<&str>, struck| SubjectLine {
        who: who.to_owned(),
        by: by.map(str::to_owned),
        on: date(2026, 11, 18),
        struck,
    };
    let form = SubjectForm { name: "<x>".to_owned(), ..SubjectForm::default() };
    let by = Some("<triage.one>");
    let lines = vec![line(HOSTILE, None, false), line("<Unit>", by, false), line("<Other>", by, true)];
    Subjects { lines, form: Some(form) }
}

pub(super) fn interim(t: Texts) -> InterimForm {
    InterimForm {
        decisions: Choice::of_codes(t, "interim", &["granted", "refused", "not_needed"]),
        decision: "refused".to_owned(),
        reasons: HOSTILE.to_owned(),
    }
}

pub(super) fn notes() -> Vec<CaseNote> {
    let at = date(2026, 11, 19).at(9, 0, 0, 0);
    vec![CaseNote { who: "triage.one".to_owned(), at, text: HOSTILE.to_owned() }]
}
