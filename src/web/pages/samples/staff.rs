use jiff::civil::date;

use super::{HOSTILE, Sample, choices, faults, parts};
use crate::i18n::Texts;
use crate::web::pages::public::Speaker;
use crate::web::pages::staff::*;
use crate::web::pages::{Area, Choice, Faults, Kept, StaffFrame, Who};

pub(super) fn frame(here: Area) -> StaffFrame {
    let areas = vec![Area::Cases, Area::Proposals, Area::Audit, Area::Staff, Area::Changes];
    StaffFrame {
        csrf: "csrf-token".to_owned(),
        path: "/staff/cases?state=triage&cursor=1".to_owned(),
        here: Some(here),
        who: Some(Who { login: "triage.one".to_owned(), areas }),
        once: false,
        done: None,
    }
}

fn door() -> StaffFrame {
    StaffFrame { who: None, here: None, ..frame(Area::Cases) }
}

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let sign_in =
        |notice| SignInPage { t, frame: door(), login: "<a>".to_owned(), notice, back: String::new() };
    let gate = |keys_awaited, faults| CaseGatePage {
        t,
        frame: frame(Area::Cases),
        head: head(),
        keys_awaited,
        faults,
    };
    let account = |mail: &str, faults| AccountPage {
        t,
        frame: StaffFrame { here: None, ..frame(Area::Cases) },
        now: (!mail.is_empty()).then(|| "first.last@example.kz".to_owned()),
        mail: mail.to_owned(),
        faults,
    };
    let wrong = [("mail", "forbidden_characters", None), ("current_password", "unknown_value", None)];
    let mut samples = vec![
        Sample::of("staff-account", &account("", Faults::default())),
        Sample::of("staff-account-faults", &account("<a@b>", faults(&wrong))),
        Sample::of("staff-sign-in", &sign_in(None)),
        Sample::of("staff-sign-in-failed", &sign_in(Some("failed"))),
        Sample::of("staff-cases", &cases(t, lines())),
        Sample::of("staff-cases-empty", &cases(t, Vec::new())),
        Sample::of("staff-gate", &gate(false, Faults::default())),
        Sample::of("staff-gate-keys", &gate(true, Faults::default())),
        Sample::of("staff-gate-faults", &gate(false, faults(&[("no_conflict", "not_confirmed", None)]))),
        Sample::of("staff-case", &case(t)),
        Sample::of("staff-case-refused", &refused_case(t)),
        Sample::of(
            "staff-case-given",
            &CasePage {
                faults: faults(&[("staff", "not_allowed_here", None), ("capacity", "required", None)]),
                ..case(t)
            },
        ),
        Sample::of(
            "staff-proposals",
            &ProposalsPage {
                t,
                frame: frame(Area::Proposals),
                waiting: vec![proposal("pending")],
                others: vec![proposal("stale")],
                decided: vec![proposal("approved"), proposal("refused")],
            },
        ),
        Sample::of("staff-proposal", &proposal_page(t, None)),
        Sample::of("staff-proposal-own", &proposal_page(t, Some("own"))),
        Sample::of("staff-proposal-stale", &answered_proposal(t, "stale")),
        Sample::of("staff-proposal-approved", &answered_proposal(t, "approved")),
        Sample::of("staff-proposal-refused", &answered_proposal(t, "refused")),
        Sample::of("staff-start", &start(t, Vec::new())),
        Sample::of("staff-start-areas", &start(t, vec![Area::Cases, Area::Proposals, Area::Staff])),
        Sample::of("staff-error", &error(t)),
    ];
    samples.extend(credentials(t));
    samples
}

fn error(t: Texts) -> StaffErrorPage {
    StaffErrorPage {
        t,
        frame: frame(Area::Cases),
        code: "illegal_step",
        legal: vec!["ask", "assign", "reject"],
        kept: vec![
            Kept { name: HOSTILE.to_owned(), text: HOSTILE.to_owned() },
            Kept { name: t.code("fact", "target"), text: "One line".to_owned() },
        ],
        retry_after: None,
        back: Some("/staff/cases/1".to_owned()),
        request_id: "6f1c2a90".to_owned(),
    }
}

fn start(t: Texts, areas: Vec<Area>) -> StartPage {
    let role = |role, desk: Option<&str>| HeldRole { role, desk: desk.map(str::to_owned) };
    let who = Some(Who { login: "<oversight>".to_owned(), areas });
    let frame = StaffFrame { who, here: None, done: Some("signed"), ..frame(Area::Cases) };
    StartPage { t, frame, roles: vec![role("oversight", None), role("registrar", Some("<Desk>"))] }
}

fn credentials(t: Texts) -> Vec<Sample> {
    let login = "review.two".to_owned();
    let page = |by, stage, faults| CredentialsPage { t, frame: door(), door: by, stage, faults };
    let keys = || CredentialsStage::Keys {
        code: "invitation-secret".to_owned(),
        form_token: "sealed".to_owned(),
        login: login.clone(),
        seed: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".to_owned(),
        uri: "otpauth://totp/Senim:review.two?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Senim"
            .to_owned(),
    };
    let done = || CredentialsStage::Done {
        login: login.clone(),
        recovery: "7K2M9-QX4T0-WZ8R5-HJ3CV-1N6PA".to_owned(),
        fingerprint: "3F2A 91C0 77DE 4B18 A6E5 0D93 12FC 8847".to_owned(),
    };
    let mistyped = || faults(&[("code", "unknown_value", None)]);
    let mistakes = || faults(&[("password_again", "not_the_same", None), ("totp", "unknown_value", None)]);
    vec![
        Sample::of("staff-join-1", &page(Door::Join, CredentialsStage::Code, mistyped())),
        Sample::of("staff-join-2", &page(Door::Join, keys(), mistakes())),
        Sample::of("staff-join-3", &page(Door::Join, done(), Faults::default())),
        Sample::of("staff-recover-1", &page(Door::Recover, CredentialsStage::Code, mistyped())),
        Sample::of("staff-recover-2", &page(Door::Recover, keys(), mistakes())),
        Sample::of("staff-recover-3", &page(Door::Recover, done(), Faults::default())),
    ]
}

fn due(days: i64) -> Option<Due> {
    Some(Due { on: date(2026, 11, 22).checked_add(jiff::Span::new().days(days)).unwrap(), days })
}

fn proposal(state: &'static str) -> ProposalLine {
    ProposalLine {
        id: "p1".to_owned(),
        reference: "SN-4K7Q-9WXM".to_owned(),
        step: "reject",
        by: "<triage.one>".to_owned(),
        at: date(2026, 11, 21).at(14, 5, 0, 0),
        state,
    }
}

fn lines() -> Vec<CaseLine> {
    let line = |reference: &str, status, age_days, due, attest_first| CaseLine {
        id: "c1".to_owned(),
        reference: reference.to_owned(),
        category: "procurement",
        body: "<Akimat of a district>".to_owned(),
        status,
        age_days,
        due,
        severity: due.map(|_| "critical"),
        attest_first,
    };
    vec![
        line("SN-4K7Q-9WXM", "received", 0, due(1), true),
        line("SN-2B6T-H0ZR", "triage", 5, due(-2), false),
        line("SN-8N3V-M1QC", "investigation", 21, due(12), false),
        line("SN-9P4W-K7DG", "awaiting_info", 1_200, due(0), false),
        CaseLine { body: String::new(), ..line("SN-0X5Y-R2JF", "closed", 44, None, false) },
    ]
}

fn cases(t: Texts, rows: Vec<CaseLine>) -> CasesPage {
    CasesPage {
        t,
        frame: frame(Area::Cases),
        pending: if rows.is_empty() { Vec::new() } else { vec![proposal("pending")] },
        waiting: vec![WaitingLine { id: "s1".to_owned(), login: "review.two".to_owned(), cases: 12 }],
        states: choices(t, "status"),
        state: "triage".to_owned(),
        first: rows.is_empty(),
        next: if rows.is_empty() { None } else { Some("opaque-cursor".to_owned()) },
        rows,
    }
}

fn head() -> CaseHead {
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

fn pending() -> PendingStep {
    PendingStep {
        proposal: "p1".to_owned(),
        step: "assign",
        by: "<triage.one>".to_owned(),
        at: date(2026, 11, 21).at(14, 5, 0, 0),
    }
}

fn case(t: Texts) -> CasePage {
    let message = |from, who: Option<&str>, text: &str| CaseMessage {
        from,
        who: who.map(str::to_owned),
        on: date(2026, 11, 18),
        text: text.to_owned(),
    };
    let line = |act: &str, who: Option<&str>, time: Option<&str>, detail: Option<&str>| TimelineLine {
        on: date(2026, 11, 18),
        time: time.map(str::to_owned),
        act: act.to_owned(),
        who: who.map(str::to_owned),
        detail: detail.map(str::to_owned),
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
        closing: Some(parts::closing()),
        subjects: parts::subjects(),
        remedies: parts::remedies(t),
        record: "8f6e1dcc-7c4a-4e83-b59a-0017b65db45f".to_owned(),
        timeline: vec![
            line("state.changed", Some("triage.one"), Some("14:05"), Some(&t.code("status", "triage"))),
            line("report.received", None, None, None),
        ],
        keepers: Keepers { give: Some(give(t)), ..keepers() },
        pending: vec![pending()],
        steps: steps(t),
        closed_steps: vec![
            ClosedStep { step: "decide", why: "state" },
            ClosedStep { step: "archive", why: "timer_only" },
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

fn refused_case(t: Texts) -> CasePage {
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

fn answered_proposal(t: Texts, state: &'static str) -> ProposalPage {
    let decided = || Decided {
        by: "<review.two>".to_owned(),
        at: date(2026, 11, 22).at(9, 30, 0, 0),
        reasons: (state == "refused").then(|| HOSTILE.to_owned()),
    };
    ProposalPage {
        line: proposal(state),
        decided: (state != "stale").then(decided),
        why_not: (state == "stale").then_some("stale_keys"),
        faults: Faults::default(),
        ..proposal_page(t, None)
    }
}

fn proposal_page(t: Texts, why_not: Option<&'static str>) -> ProposalPage {
    ProposalPage {
        t,
        frame: frame(Area::Proposals),
        line: proposal("pending"),
        case_id: "c1".to_owned(),
        from: "triage",
        to: "rejected",
        facts: vec![
            ProposalFact { name: "reason_code", text: t.code("reason", "minor") },
            ProposalFact { name: "reasons", text: HOSTILE.to_owned() },
        ],
        readable: true,
        messages: vec![HOSTILE.to_owned(), t.code("letter", "rejection")],
        decided: None,
        why_not,
        draft: HOSTILE.to_owned(),
        faults: if why_not.is_none() { faults(&[("reasons", "required", None)]) } else { Faults::default() },
    }
}
