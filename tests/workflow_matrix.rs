//! The whole workflow as reviewable snapshots: the table itself, and state × step × doer (control OI-11a-1).
//!
//! A changed line in `tests/snapshots/workflow_matrix__*.snap` is a changed rule: review it as such.

use std::fmt::Write;

use senim::domain::case::facts::StepFacts;
use senim::domain::case::known::Known;
use senim::domain::case::status::Status;
use senim::domain::case::step::Step;
use senim::domain::case::transition::{Doer, MessageRule, TRANSITIONS, To, Transition, find};
use senim::domain::case::{StepError, take, workflow_faults};

fn destination(row: &Transition) -> String {
    match row.to {
        To::Fixed(status) => status.to_string(),
        To::Origin => "(origin)".to_owned(),
        To::Same => "(same)".to_owned(),
    }
}

fn joined(codes: impl Iterator<Item = &'static str>) -> String {
    let list: Vec<_> = codes.collect();
    if list.is_empty() { "-".to_owned() } else { list.join(" ") }
}

fn eyes(row: &Transition) -> &'static str {
    match row.approvals() {
        0 => "-",
        1 => "4E",
        _ => "4E x2",
    }
}

fn told(row: &Transition) -> String {
    match row.message {
        MessageRule::Silent(why) => format!("- ({why})"),
        MessageRule::Tell(kind) => kind.to_string(),
        MessageRule::TellOrExplain(kind) => format!("{kind}?"),
    }
}

fn trimmed(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, text) });
}

#[test]
fn the_table() {
    let mut text =
        String::from("4E: approved by another person (x2: by two). message?: or a reason for silence.\n\n");
    let mut line = |cells: [&str; 8]| {
        let [from, step, to, by, eyes, message, facts, reasons] = cells;
        writeln!(text, "{from:<16}{step:<17}{to:<16}{by:<23}{eyes:<7}{message:<16}{facts:<78}{reasons}")
            .unwrap();
    };
    line(["from", "step", "to", "by", "eyes", "message", "facts", "reason codes"]);
    for row in TRANSITIONS {
        line([
            row.from.code(),
            row.step.code(),
            &destination(row),
            &joined(row.by.iter().map(|doer| doer.code())),
            eyes(row),
            &told(row),
            &joined(row.facts.iter().map(|fact| fact.code())),
            &joined(row.reasons.iter().map(|code| code.code())),
        ]);
    }
    snapshot("table", &trimmed(&text));
}

/// What `take` says to a doer: the guard is left out of the picture by giving no facts.
fn verdict(status: Status, step: Step, doer: Doer) -> &'static str {
    match take(status, step, doer, &StepFacts::default(), &Known::default()) {
        Err(StepError::Illegal { .. }) => ".",
        Err(StepError::NotYours) => "no",
        Ok(_) | Err(StepError::Missing(_)) => match find(status, step) {
            Some(row) if row.four_eyes => "propose",
            _ => "take",
        },
    }
}

#[test]
fn state_by_step_by_doer() {
    let mut text = String::from(".: illegal in this state (409). no: legal, not for this doer (403).\n\n");
    write!(text, "{:<16}{:<17}", "state", "step").unwrap();
    for doer in Doer::ALL {
        write!(text, "{doer:<18}").unwrap();
    }
    text.push_str("to\n");
    for &status in Status::ALL {
        for &step in Step::ALL {
            write!(text, "{status:<16}{step:<17}").unwrap();
            for &doer in Doer::ALL {
                write!(text, "{:<18}", verdict(status, step, doer)).unwrap();
            }
            writeln!(text, "{}", find(status, step).map_or(".".to_owned(), destination)).unwrap();
        }
    }
    snapshot("state_by_step_by_doer", &trimmed(&text));
}

/// Norms.md 8.3 copied by hand, row by row, so that the table is held against the norm and not only against itself.
#[rustfmt::skip]
const NORM: &[(&[&str], &str, &str, bool)] = &[
    (&["received"],                        "open",             "triage",           false),
    (&["triage", "investigation"],         "ask",              "awaiting_info",    false),
    (&["awaiting_info"],                   "answer",           "(origin)",         false),
    (&["awaiting_info"],                   "timeout",          "(origin)",         false),
    (&["triage"],                          "reject",           "rejected",         true),
    (&["triage"],                          "merge",            "merged",           true),
    (&["triage"],                          "refer",            "referred",         true),
    // A part of a case alone: "partial referral possible" (control KZ-65-1).
    (&["triage", "investigation"],         "refer_part",       "(same)",           true),
    (&["triage"],                          "assign",           "assigned",         false),
    (&["assigned"],                        "start",            "investigation",    true),
    (&["assigned"],                        "return",           "triage",           false),
    (&["investigation"],                   "pause",            "suspended",        true),
    (&["suspended"],                       "resume",           "investigation",    false),
    (&["investigation"],                   "refer",            "referred",         true),
    (&["investigation"],                   "submit",           "findings_review",  false),
    (&["findings_review"],                 "return",           "investigation",    false),
    (&["findings_review"],                 "decide",           "remediation",      true),
    (&["findings_review"],                 "decide_close",     "closed",           true),
    (&["remediation"],                     "complete",         "closed",           true),
    (&["referred"],                        "returned",         "triage",           false),
    (&["referred"],                        "outcome_received", "closed",           true),
    (&["referred"],                        "lapse",            "closed",           true),
    (&["received", "triage", "awaiting_info", "assigned", "investigation", "suspended", "findings_review", "remediation",
       "referred"],                        "withdraw",         "withdrawn",        true),
    (&["closed", "rejected", "withdrawn"], "reopen",           "triage",           true),
    (&["closed", "rejected"],              "review",           "(same)",           true),
    // Not a row of 8.3 but of 8.4: a due day moves by a second person only (controls EU-11.2d-1, KZ-76-1).
    (&["triage", "assigned", "investigation", "suspended", "findings_review"], "extend", "(same)", true),
    // The guard "KZ hearing done" as an act of its own, days before the decision (control KZ-73-1).
    (&["investigation", "findings_review"], "notify_hearing", "(same)",            false),
    // What one person recorded in error two people strike out (8.5, rule 1).
    (&["triage", "assigned", "investigation", "suspended", "findings_review", "remediation", "referred"], "strike_subject",
       "(same)", true),
    // The profile of a case: PROF-1.
    (&["triage", "assigned", "investigation", "suspended", "findings_review"], "change_rules", "(same)", true),
    (&["closed", "rejected", "withdrawn", "merged"], "archive", "archived",        false),
    (&["archived"],                        "dispose",          "disposed",         true),
];

#[test]
fn the_table_is_that_of_the_norm() {
    let mut norm: Vec<_> = NORM
        .iter()
        .flat_map(|(from, step, to, eyes)| {
            from.iter().map(|from| ((*from).to_owned(), *step, (*to).to_owned(), *eyes))
        })
        .collect();
    let mut table: Vec<_> = TRANSITIONS
        .iter()
        .map(|row| (row.from.to_string(), row.step.code(), destination(row), row.four_eyes))
        .collect();
    norm.sort();
    table.sort();
    assert_eq!(table, norm);
}

#[test]
fn the_table_has_no_faults() {
    assert_eq!(workflow_faults(), Vec::<String>::new());
}
