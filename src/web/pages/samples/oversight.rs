use jiff::civil::date;

use super::{Sample, staff::frame};
use crate::i18n::Texts;
use crate::web::pages::Area;
use crate::web::pages::staff::{MatterRow, OversightPage, SilenceRow, StuckRow};

pub(super) fn all(t: Texts) -> Vec<Sample> {
    vec![
        Sample::of("staff-oversight", &oversight(t, false)),
        Sample::of("staff-oversight-empty", &oversight(t, true)),
    ]
}

fn oversight(t: Texts, empty: bool) -> OversightPage {
    let matter = |what: String, taken_up_on| MatterRow {
        id: "1".to_owned(),
        what,
        reference: "SN-7Q2M-XK0R".to_owned(),
        status: "triage",
        desk: "<Desk>".to_owned(),
        arisen_on: date(2026, 11, 20),
        taken_up_on,
    };
    let missed = t.matter_missed(t.code("clock", "feedback")).into_owned();
    let silent = SilenceRow {
        reference: "SN-7Q2M-XK0R".to_owned(),
        status: "investigation",
        desk: "<Desk>".to_owned(),
        since: date(2026, 11, 1),
        days: 21,
    };
    let stuck = StuckRow {
        reference: "SN-7Q2M-XK0R".to_owned(),
        step: "reject",
        desk: "<Desk>".to_owned(),
        since: date(2026, 11, 18),
        days: 4,
    };
    let full = OversightPage {
        t,
        frame: frame(Area::Oversight),
        open: vec![matter(missed, None), matter(t.code("matter", "no_response"), None)],
        unanswered: vec![silent],
        stuck: vec![stuck],
        taken_up: vec![matter(t.code("matter", "referral_returned"), Some(date(2026, 11, 21)))],
        cut: vec!["open", "taken_up", "unanswered", "proposals"],
        shown: 500,
    };
    if !empty {
        return full;
    }
    OversightPage { open: vec![], taken_up: vec![], unanswered: vec![], stuck: vec![], cut: vec![], ..full }
}
