//! Parts of a case's page.

use jiff::civil::date;

use super::HOSTILE;
use crate::i18n::Texts;
use crate::web::pages::Choice;
use crate::web::pages::staff::*;

pub(super) fn remedies(t: Texts) -> Remedies {
    let turned = TurnedLine {
        turn: "finish",
        by: "<inv.one>".to_owned(),
        on: date(2026, 11, 20),
        words: Some(HOSTILE.to_owned()),
    };
    let form = TurnForm {
        turns: Choice::of_codes(t, "remedy_turn", &["verify", "hand_over"]),
        turn: String::new(),
        words: "<x>".to_owned(),
        refused: false,
    };
    let line = RemedyLine {
        id: "5f0e3c52".to_owned(),
        kind: "recommendation",
        state: "done",
        what: HOSTILE.to_owned(),
        addressee: "<Addressee>".to_owned(),
        due_on: date(2026, 11, 18),
        overdue_on: Some(date(2026, 11, 19)),
        turns: vec![turned],
        form: Some(form),
    };
    let kinds = Choice::of_codes(t, "action_kind", &["corrective_action", "recommendation"]);
    let form = RemedyForm { kinds, measure: "<x>".to_owned(), ..RemedyForm::default() };
    Remedies { lines: vec![line], form: Some(form) }
}

pub(super) fn closing() -> ClosingList {
    let line = |item, text: Option<&str>| ClosingLine { item, text: text.map(str::to_owned) };
    let lines = vec![line("approver", Some(HOSTILE)), line("outcome", None)];
    ClosingList { lines, whole: false, closed: false }
}
