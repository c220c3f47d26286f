use jiff::civil::date;

use super::{HOSTILE, Sample, choices, faults, staff::frame};
use crate::i18n::Texts;
use crate::web::pages::audit::*;
use crate::web::pages::{Area, Faults};

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let wrong = faults(&[
        ("act", "unknown_value", None),
        ("from", "unknown_value", None),
        ("until", "not_allowed_here", None),
        ("case", "unknown_value", None),
    ]);
    vec![
        Sample::of("audit-home", &AuditHomePage { t, frame: frame(Area::Audit) }),
        Sample::of("audit-entries", &entries(t, Faults::default())),
        Sample::of("audit-entries-faults", &entries(t, wrong)),
        Sample::of("audit-entry", &entry(t, Some(2_140), true)),
        Sample::of("audit-entry-waiting", &entry(t, None, false)),
        Sample::of("audit-case", &case(t, "all", 2)),
        Sample::of("audit-case-some", &case(t, "some", 1)),
        Sample::of("audit-case-newer", &case(t, "newer", 0)),
        Sample::of("audit-case-no-map", &case(t, "no_map", 0)),
        Sample::of("audit-case-no-head", &case(t, "no_head", 0)),
        Sample::of("audit-case-broken", &case(t, "broken", 1)),
        Sample::of("audit-acts", &acts(t)),
        Sample::of("audit-evidence", &evidence(t, Faults::default())),
        Sample::of("audit-evidence-faults", &evidence(t, faults(&[("from", "unknown_value", None)]))),
    ]
}

fn line(position: Option<i64>, actor: &str, role: &str, time: Option<&str>) -> EntryLine {
    EntryLine {
        id: if role.is_empty() { "e1".to_owned() } else { "e2".to_owned() },
        position,
        on: date(2026, 11, 21),
        time: time.map(str::to_owned),
        acts: vec!["state.changed".to_owned(), "grant.added".to_owned()],
        actor: actor.to_owned(),
        role: role.to_owned(),
        n: 12,
        kind: "case".to_owned(),
        object: "5c0e9a1f-2b7d-4c63-9e55-0f1d8a7b6c42".to_owned(),
        clauses: vec!["9b".to_owned(), "11a".to_owned()],
    }
}

fn entries(t: Texts, faults: Faults) -> AuditEntriesPage {
    AuditEntriesPage {
        t,
        frame: frame(Area::Audit),
        filter: AuditFilter {
            act: "grant.added".to_owned(),
            principle: "11".to_owned(),
            from: HOSTILE.to_owned(),
            case: HOSTILE.to_owned(),
            ..AuditFilter::default()
        },
        acts: choices(t, "act"),
        principles: choices(t, "oecd"),
        roles: choices(t, "role"),
        causes: choices(t, "cause"),
        profiles: choices(t, "profile"),
        rows: vec![
            line(None, "00ff00ff00ff00ff", "triager", Some("14:05:09")),
            line(Some(2_141), "system", "", None),
            line(Some(2_140), "reporter", "", None),
        ],
        history: Some("5c0e9a1f-2b7d-4c63-9e55-0f1d8a7b6c42".to_owned()),
        first: false,
        next: Some("opaque-cursor".to_owned()),
        query: "act=grant.added&principle=11".to_owned(),
        faults,
    }
}

fn entry(t: Texts, position: Option<i64>, provable: bool) -> AuditEntryPage {
    AuditEntryPage {
        t,
        frame: frame(Area::Audit),
        line: line(position, "00ff00ff00ff00ff", "triager", Some("14:05:09")),
        canonical: r#"{"acts":["report.received"],"object":"<case>","v":1}"#.repeat(4),
        commitment: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        previous: None,
        around: vec![
            line(None, "reporter", "", None),
            line(None, "00ff00ff00ff00ff", "triager", Some("14:05:09")),
        ],
        provable,
    }
}

fn case(t: Texts, whole: &'static str, known: i64) -> AuditCasePage {
    let row = |entry: EntryLine, to: Option<&str>, later| CaseEntryLine {
        entry,
        to: to.map(str::to_owned),
        commitment: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        later,
    };
    let mapped = !matches!(whole, "no_map" | "no_head");
    AuditCasePage {
        t,
        frame: frame(Area::Audit),
        case: "5c0e9a1f2b7d4c639e550f1d8a7b6c42".to_owned(),
        whole,
        map: mapped.then(|| date(2026, 11, 21).at(0, 15, 2, 0)),
        known,
        later: 2 - known,
        provable: whole != "no_head",
        rows: vec![
            row(line(Some(2_140), "reporter", "", None), Some("received"), mapped && known < 1),
            row(line(None, "00ff00ff00ff00ff", "triager", Some("14:05:09")), None, mapped && known < 2),
        ],
    }
}

fn acts(t: Texts) -> AuditActsPage {
    let line = |act, entries, written| ActLine {
        act,
        on: vec!["case"],
        causes: vec!["staff", "reporter"],
        needs: vec![vec!["codes.step"], vec!["codes.outcome", "codes.reason_code"], vec!["sig"]],
        clauses: &["9b", "11a"],
        seen_by: vec!["auditor", "case"],
        written,
        entries,
    };
    let member = |path: &str, stands, shape: &str| MemberLine {
        path: path.to_owned(),
        stands,
        shape: t.code("shape", shape),
    };
    AuditActsPage {
        t,
        frame: frame(Area::Audit),
        rows: vec![
            line("decision.made", 12_345, true),
            line("case.merged", 0, true),
            line("qa.sampled", 0, false),
        ],
        members: vec![member("day", "by_reporter", "day"), member("codes.reason_code", "sometimes", "word")],
    }
}

fn evidence(t: Texts, faults: Faults) -> AuditEvidencePage {
    let days = Some((date(2026, 9, 1), date(2026, 11, 21)));
    let tally = |act, entries| EvidenceLine { act, entries, days: days.filter(|_| entries > 0) };
    let clause = |clause, entries| ClauseLine {
        clause,
        all: tally("", entries),
        acts: if entries > 0 { vec![tally("content.read", entries)] } else { Vec::new() },
        never: if entries > 0 { vec!["case.merged"] } else { Vec::new() },
        later: if clause == "9c" { vec!["qa.sampled", "review.held"] } else { Vec::new() },
    };
    let principle = |number: &str, clauses: Vec<ClauseLine>, entries| PrincipleLine {
        number: number.to_owned(),
        all: tally("", entries),
        clauses,
    };
    let shown = faults.0.is_empty();
    AuditEvidencePage {
        t,
        frame: frame(Area::Audit),
        from: if shown { "2026-09-01".to_owned() } else { HOSTILE.to_owned() },
        until: String::new(),
        principles: if shown {
            vec![
                principle("1", vec![clause("1a", 0)], 0),
                principle("9", vec![clause("9a", 3), clause("9b", 12_345), clause("9c", 0)], 12_345),
                principle("11", vec![clause("11a", 40)], 40),
            ]
        } else {
            Vec::new()
        },
        faults,
    }
}
