use jiff::civil::date;

use super::staff::frame;
use super::{HOSTILE, Sample, choices, faults};
use crate::i18n::Texts;
use crate::web::pages::admin::*;
use crate::web::pages::{Area, Choice, Faults};

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let refused = ChangesPage {
        faults: faults(&[("kind", "required", None), ("file", "mistakes", None)]),
        mistakes: vec![mistake(2, "parent_unknown"), mistake(17, "name_missing")],
        more: 3,
        ..list(t)
    };
    let empty = ChangesPage { waiting: Vec::new(), delayed: Vec::new(), ended: Vec::new(), ..list(t) };
    let stopped = ChangePage {
        refuser: Some("admin.one".to_owned()),
        reasons: Some(HOSTILE.to_owned()),
        may_approve: false,
        may_refuse: false,
        ..one(t, "refused")
    };
    let stale = ChangePage { touches: None, why: Some("overtaken"), ..one(t, "stale") };
    let wrong = ChangePage { faults: faults(&[("reasons", "required", None)]), ..one(t, "approved") };
    let watched = vec![(line("bodies", "approved"), Some(touches())), (line("routing", "approved"), None)];
    vec![
        Sample::of("admin-changes", &list(t)),
        Sample::of("admin-changes-refused", &refused),
        Sample::of("admin-changes-empty", &empty),
        Sample::of("admin-change", &one(t, "pending")),
        Sample::of("admin-change-stopped", &stopped),
        Sample::of("admin-change-stale", &stale),
        Sample::of("admin-change-faults", &wrong),
        Sample::of("admin-routing", &routing(t, Faults::default(), Some(told()))),
        Sample::of("admin-routing-asked", &routing(t, faults(&[("body", "unknown_value", None)]), None)),
        Sample::of(
            "staff-changes",
            &DelayedPage { t, frame: frame(Area::Delayed), changes: watched, newcomers: vec![newcomer()] },
        ),
        Sample::of(
            "staff-changes-none",
            &DelayedPage { t, frame: frame(Area::Delayed), changes: Vec::new(), newcomers: Vec::new() },
        ),
    ]
}

fn newcomer() -> NewcomerLine {
    let roles = vec!["<Triager> (<Integrity desk>)".to_owned()];
    NewcomerLine { login: "<triage.nine>".to_owned(), roles, from: date(2026, 11, 27).at(9, 0, 0, 0) }
}

fn line(kind: &'static str, state: &'static str) -> ChangeLine {
    ChangeLine {
        id: "c1".to_owned(),
        kind,
        state,
        loosening: true,
        by: (kind != "bodies").then(|| "<admin.one>".to_owned()),
        at: date(2026, 11, 22).at(14, 5, 0, 0),
        approvers: vec!["<admin.two>".to_owned()],
        lacking: 1,
        effective: Some(date(2026, 11, 25).at(14, 5, 0, 0)),
        ended: (state != "pending").then(|| date(2026, 11, 24).at(9, 0, 0, 0)),
    }
}

fn mistake(line: i64, code: &'static str) -> ShownMistake {
    ShownMistake { line, code, text: "<nobody>".to_owned() }
}

fn list(t: Texts) -> ChangesPage {
    let kind = |value: &str| Choice { value: value.to_owned(), label: t.code("config_kind", value) };
    ChangesPage {
        t,
        frame: frame(Area::Changes),
        waiting: vec![line("bodies", "pending"), line("desks", "pending")],
        delayed: vec![line("routing", "approved")],
        ended: vec![line("routing", "in_force"), line("bodies", "refused"), line("desks", "stale")],
        form: ChangeForm {
            kinds: vec![kind("bodies"), kind("routing"), kind("profile"), kind("calendar")],
            kind: "routing".to_owned(),
            file: HOSTILE.to_owned(),
        },
        faults: Faults::default(),
        mistakes: Vec::new(),
        more: 0,
        in_force: vec![FileInForce { kind: "profile", name: "kz".to_owned(), text: HOSTILE.to_owned() }],
    }
}

fn touches() -> Vec<Touching> {
    let shown = |from: &str, to: &str| Shown {
        what: "school-4: <School No. 4>".to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let of = |how, told: Shown, more| Touching { how, count: 1 + more, told: vec![told], more };
    vec![
        of("added", shown("", "region"), 1200),
        of("removed", shown("", ""), 0),
        of("renamed", shown("<School>", "<School No. 4>"), 0),
        of("moved", shown("", "region"), 0),
    ]
}

fn one(t: Texts, state: &'static str) -> ChangePage {
    ChangePage {
        t,
        frame: frame(Area::Changes),
        line: line("bodies", state),
        digest: "3f2a91c077de4b18".repeat(4),
        touches: Some(touches()),
        refuser: None,
        reasons: None,
        why: None,
        may_approve: state == "pending",
        may_refuse: true,
        draft: String::new(),
        faults: Faults::default(),
    }
}

fn routing(t: Texts, faults: Faults, told: Option<Told>) -> RoutePage {
    let form = RouteForm {
        body: "<school>".to_owned(),
        category: "bribery".to_owned(),
        region: "71".to_owned(),
        categories: choices(t, "category"),
        regions: choices(t, "region"),
    };
    RoutePage { t, frame: frame(Area::Changes), form, faults, told }
}

fn told() -> Told {
    let desk = |independent, triagers| StaffedDesk {
        name: "<Integrity desk>".to_owned(),
        independent,
        triagers,
        staffed: triagers > 1,
    };
    let looked = |position, mismatches| LookedAt {
        position,
        rule: "school-4 · <any> · <any> → integrity".to_owned(),
        mismatches,
    };
    Told {
        bodies: vec!["school-4: <School No. 4>".to_owned(), "region: <Akimat>".to_owned()],
        looked: vec![looked(10, vec!["body", "category"]), looked(20, Vec::new())],
        ruled: Some(desk(false, 1)),
        independent: vec![desk(true, 2)],
        desk: Some("<Independent desk>".to_owned()),
        reason: "unstaffed",
    }
}
