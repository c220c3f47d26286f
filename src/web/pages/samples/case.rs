use jiff::civil::date;

use super::staff::{due, frame};
use super::{HOSTILE, choices, faults, parts};
use crate::i18n::Texts;
use crate::web::pages::public::Speaker;
use crate::web::pages::staff::*;
use crate::web::pages::{Area, Choice, Faults};

pub(super) fn head() -> CaseHead {
    CaseHead {
        id: "c1".to_owned(),
        reference: "SN-4K7Q-9WXM".to_owned(),
        status: "triage",
        category: "bribery",
        body: "<School No. 4>".to_owned(),
        region: "71",
        language: "kk",
        received_on: date(2026, 11, 17),
        age_days: 5,
        due: due(3),
        severity: Some("high"),
        capacity: "lead",
    }
}

fn steps(t: Texts) -> Vec<StepForm> {
    let fact = |name, kind, required| FactField { name, kind, required, value: HOSTILE.to_owned() };
    vec![
        StepForm {
            step: "open",
            label: String::new(),
            four_eyes: false,
            assessment: None,
            facts: Vec::new(),
        },
        StepForm {
            step: "reject",
            label: String::new(),
            four_eyes: true,
            assessment: Some(AssessmentFields {
                facts: vec![fact(
                    "in_scope",
                    FactKind::Choice(Choice::of_codes(t, fact_vocabulary("in_scope"), &["yes", "no"])),
                    true,
                )],
                open: true,
            }),
            facts: vec![
                fact(
                    "reason_code",
                    FactKind::Choice(Choice::of_codes(t, fact_vocabulary("reason_code"), &["minor", "spam"])),
                    true,
                ),
                fact("reasons", FactKind::Long, true),
                fact("target", FactKind::Text, false),
                fact("expected_on", FactKind::Date, false),
                fact("reporter_asked", FactKind::Checkbox, false),
                fact(
                    "investigators",
                    FactKind::Several(vec![Choice { value: HOSTILE.to_owned(), label: HOSTILE.to_owned() }]),
                    false,
                ),
            ],
        },
    ]
}

fn alike() -> Vec<AlikeLine> {
    let reference = "SN-4PT0-9QXA".to_owned();
    vec![AlikeLine { id: "c2".to_owned(), reference, status: "triage", received_on: date(2026, 11, 2) }]
}

fn referrals() -> Vec<ReferralLine> {
    let choice = |value: &str| Choice { value: value.to_owned(), label: format!("<{value}>") };
    let line = |state: &'static str, whole, next| ReferralLine {
        id: state.to_owned(),
        to: "<Prosecutor>".to_owned(),
        whole,
        state,
        sent_on: date(2026, 11, 16),
        moved_on: date(2026, 11, 18),
        due_on: (state == "sent").then(|| date(2026, 12, 16)),
        digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        next,
        refused: None,
    };
    let next = || vec![choice("accepted"), choice("returned")];
    let refused = Some(("accepted".to_owned(), HOSTILE.to_owned()));
    vec![
        line("sent", false, next()),
        ReferralLine { refused, ..line("acknowledged", false, next()) },
        line("concluded", true, Vec::new()),
    ]
}

fn subjects() -> Subjects {
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

pub(super) fn case(t: Texts) -> CasePage {
    let message = |from, who: Option<&str>, text: &str| CaseMessage {
        from,
        who: who.map(str::to_owned),
        on: date(2026, 11, 18),
        text: text.to_owned(),
    };
    CasePage {
        t,
        frame: frame(Area::Cases),
        head: head(),
        narrative: HOSTILE.repeat(12),
        answers: vec![
            Answer { field: "when", text: HOSTILE.to_owned() },
            Answer { field: "first_hand", text: t.code("answer", "yes") },
        ],
        messages: vec![
            message(Speaker::Reporter, None, HOSTILE),
            message(Speaker::Desk, Some("<triage.one>"), HOSTILE),
        ],
        notes: vec![CaseNote {
            who: "triage.one".to_owned(),
            at: date(2026, 11, 19).at(9, 0, 0, 0),
            text: HOSTILE.to_owned(),
        }],
        alike: alike(),
        subjects: subjects(),
        interim: Some(interim(t)),
        closing: Some(parts::closing()),
        remedies: parts::remedies(t),
        referrals: referrals(),
        record: "8f6e1dcc-7c4a-4e83-b59a-0017b65db45f".to_owned(),
        timeline: timeline(t),
        keepers: Keepers { give: Some(give(t)), ..keepers() },
        pending: vec![PendingStep {
            proposal: "p1".to_owned(),
            step: "assign",
            by: "<triage.one>".to_owned(),
            at: date(2026, 11, 21).at(14, 5, 0, 0),
        }],
        steps: steps(t),
        closed_steps: vec![
            ClosedStep { step: "decide", why: "state" },
            ClosedStep { step: "archive", why: "timer_only" },
            ClosedStep { step: "reject", why: "pending" },
        ],
        referral: Some(ReferralDue { targets: HOSTILE.to_owned(), on: Some(date(2026, 11, 23)) }),
        may_write: true,
        refused_step: None,
        message_draft: String::new(),
        grounds_draft: String::new(),
        note_draft: String::new(),
        faults: Faults::default(),
    }
}

fn interim(t: Texts) -> InterimForm {
    InterimForm {
        decisions: Choice::of_codes(t, "interim", &["granted", "refused", "not_needed"]),
        decision: "refused".to_owned(),
        reasons: HOSTILE.to_owned(),
    }
}

fn timeline(t: Texts) -> Vec<TimelineLine> {
    let line = |act: &str, who: Option<&str>, time: Option<&str>, detail: Option<&str>| TimelineLine {
        on: date(2026, 11, 18),
        time: time.map(str::to_owned),
        act: act.to_owned(),
        who: who.map(str::to_owned),
        detail: detail.map(str::to_owned),
    };
    vec![
        line("state.changed", Some("triage.one"), Some("14:05"), Some(&t.code("status", "triage"))),
        line("report.received", None, None, None),
    ]
}

fn give(t: Texts) -> GiveForm {
    GiveForm {
        colleagues: vec![Choice { value: "s1".to_owned(), label: HOSTILE.to_owned() }],
        parts: choices(t, "capacity"),
        staff: "s1".to_owned(),
        capacity: "lead".to_owned(),
    }
}

fn keepers() -> Keepers {
    let reader = |login: &str, capacity, attested: bool| Reader {
        id: "s1".to_owned(),
        removable: !attested,
        login: login.to_owned(),
        capacity,
        since: date(2026, 11, 17),
        attested,
    };
    Keepers {
        changes: 1_002,
        readers: vec![reader("triage.one", "triager", true), reader("<review.two>", "reviewer", false)],
        alarm: Some(HolderAlarm::TooFew { holders: 1 }),
        leaderless: true,
        give: None,
    }
}

pub(super) fn refused_case(t: Texts) -> CasePage {
    CasePage {
        refused_step: Some("reject"),
        faults: faults(&[("reason_code", "required", None), ("reasons", "too_long", Some(4_000))]),
        may_write: false,
        messages: Vec::new(),
        notes: Vec::new(),
        steps: steps(t),
        ..case(t)
    }
}
