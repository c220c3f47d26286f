use jiff::civil::date;

use super::{HOSTILE, Sample, choices, faults};
use crate::i18n::Texts;
use crate::web::pages::public::*;
use crate::web::pages::{Choice, Faults, Kept, PublicFrame};

fn frame(path: &'static str) -> PublicFrame {
    PublicFrame {
        path,
        switch: path != "sent",
        csrf: Some("csrf-token".to_owned()),
        organisation: Some("<Integrity Office>".to_owned()),
    }
}

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let mut samples = vec![
        Sample::of("public-home", &HomePage { t, frame: frame("") }),
        Sample::of("public-promises", &PromisesPage { t, frame: frame("promises") }),
        Sample::of("public-report", &report(t, ReportFields::default(), Faults::default())),
        Sample::of("public-report-faults", &refused_report(t)),
        Sample::of("public-report-found", &asked_report(t, (3, false), &["bribe", "откат"])),
        Sample::of("public-report-none", &asked_report(t, (0, false), &[])),
        Sample::of("public-report-many", &asked_report(t, (40, true), &["bribe"])),
        Sample::of("public-sent", &sent(t)),
    ];
    for (name, fault) in [
        ("public-open", None),
        ("public-open-mistyped", Some(OpenFault::Mistyped)),
        ("public-open-not-opened", Some(OpenFault::NotOpened)),
        ("public-open-ended", Some(OpenFault::Ended)),
        ("public-open-expired", Some(OpenFault::Expired)),
    ] {
        let typed = if fault == Some(OpenFault::Mistyped) { HOSTILE } else { "" };
        samples.push(Sample::of(
            name,
            &InboxOpenPage { t, frame: frame("inbox"), fault, typed: typed.to_owned() },
        ));
    }
    samples.push(Sample::of("public-inbox", &inbox(t)));
    samples.push(Sample::of("public-retaliation", &retaliation(t)));
    samples.push(Sample::of("public-inbox-proof", &InboxProofPage { t, frame: frame("inbox/proof") }));
    samples.push(Sample::of(
        "public-inbox-closed",
        &InboxPage { status: "archived", may_write: false, faults: Faults::default(), ..inbox(t) },
    ));
    samples.push(Sample::of(
        "public-error",
        &ErrorPage {
            t,
            frame: frame(""),
            code: "busy",
            kept: vec![Kept { name: t.code("field", "narrative"), text: HOSTILE.to_owned() }],
            retry_after: Some(21),
            request_id: "6f1c2a90".to_owned(),
        },
    ));
    samples
}

fn report(t: Texts, fields: ReportFields, faults: Faults) -> ReportPage {
    ReportPage {
        t,
        frame: frame("report"),
        form_token: "sealed-token".to_owned(),
        fields,
        faults,
        categories: choices(t, "category"),
        regions: choices(t, "region"),
        bodies: vec![Choice { value: "b1".to_owned(), label: "<School No. 4>".to_owned() }],
        search: None,
        suggested: None,
        narrative_max: 100_000,
    }
}

/// The form of a large registry, where a body was looked for and a category suggested.
fn asked_report(t: Texts, (found, more): (i64, bool), words: &[&str]) -> ReportPage {
    ReportPage {
        search: Some(BodySearch { words: "<school>".to_owned(), found: Some(found), more }),
        suggested: Some(words.iter().map(|word| (*word).to_owned()).collect()),
        ..report(t, ReportFields::default(), Faults::default())
    }
}

fn refused_report(t: Texts) -> ReportPage {
    let fields = ReportFields {
        language: "kk".to_owned(),
        body: "b1".to_owned(),
        region: "71".to_owned(),
        narrative: HOSTILE.to_owned(),
        when: HOSTILE.to_owned(),
        first_hand: "yes".to_owned(),
        risk: "high".to_owned(),
        ..ReportFields::default()
    };
    let faults = faults(&[
        ("narrative", "too_long", Some(100_000)),
        ("category", "required", None),
        ("evidence", "unknown_value", None),
        ("concerns", "nobody_left", None),
        ("form", "expired", None),
    ]);
    report(t, fields, faults)
}

fn retaliation(t: Texts) -> RetaliationPage {
    RetaliationPage {
        t,
        frame: frame("inbox/retaliation"),
        form_token: "sealed-token".to_owned(),
        forms: Choice::of_codes(t, "retaliation", &["dismissal", "harm", "other"]),
        fields: RetaliationFields {
            narrative: HOSTILE.to_owned(),
            forms: "harm".to_owned(),
            people: HOSTILE.to_owned(),
            ongoing: "yes".to_owned(),
            ..RetaliationFields::default()
        },
        faults: faults(&[("forms", "required", None), ("until", "not_allowed_here", None)]),
    }
}

fn sent(t: Texts) -> SentPage {
    SentPage {
        t,
        frame: frame("sent"),
        receipt: "7Q2MX-K0R9T-4HZ3C-VB8NE-W5J1P".to_owned(),
        reference: "SN-4K7Q-9WXM".to_owned(),
        registered_on: Some(date(2026, 11, 22)),
        answer_by: Some(date(2026, 12, 14)),
    }
}

fn inbox(t: Texts) -> InboxPage {
    let message = |from, day, text: Option<&str>| InboxMessage {
        from,
        on: date(2026, 11, day),
        text: text.map(str::to_owned),
    };
    InboxPage {
        t,
        told: true,
        routes: vec!["prosecutor", "court"],
        may_complain: true,
        may_ask_review: true,
        review: HOSTILE.to_owned(),
        frame: frame("inbox"),
        reference: "SN-4K7Q-9WXM".to_owned(),
        status: "awaiting_info",
        detail: Some(HOSTILE.to_owned()),
        next_by: Some(date(2026, 12, 14)),
        question_until: Some(date(2026, 12, 7)),
        messages: vec![
            message(Speaker::System, 22, Some("We have received your report.")),
            message(Speaker::Reporter, 23, None),
            message(Speaker::Desk, 24, Some(HOSTILE)),
        ],
        proof: true,
        may_write: true,
        sent: true,
        draft: HOSTILE.to_owned(),
        faults: faults(&[("message", "too_long", Some(20_000))]),
    }
}
