//! The part of a case's page that shows what its end needs.

use crate::{
    domain::case::{facts::RetentionClass, outcome::Outcome},
    i18n::Texts,
    usecases::closing::{Closing, Measures},
    web::pages::staff::{ClosingLine, ClosingList},
};

/// The checklist in words.
pub(super) fn checklist(t: Texts, closing: &Closing) -> ClosingList {
    let feedback = closing.feedback.map(|(sent, why)| {
        let why = why.map(|why| t.code("feedback_impossible", why.code()));
        [Some(t.code("feedback_sent", sent.code())), why].into_iter().flatten().collect::<Vec<_>>().join(": ")
    });
    let measures = closing.measures.map(|measures| match measures {
        Measures::None => t.code("actions", "none"),
        Measures::Ended(ended, all) => t.case_closing_measures(count(ended), count(all)).into_owned(),
    });
    let days: Vec<String> = closing.follow_up.iter().map(|day| t.date(*day)).collect();
    let line = |item, text| ClosingLine { item, text };
    let lines = vec![
        line("outcome", closing.outcome.map(|outcome| t.code("outcome", Outcome::code(outcome)))),
        line("reasons", closing.reasons.then(|| t.case_closing_given().into_owned())),
        line("feedback", feedback),
        line("measures", measures),
        line(
            "retention",
            closing.retention.map(|class| t.code("retention_class", RetentionClass::code(class))),
        ),
        line("follow_up", Some(days.join(", "))),
        line("approver", closing.approver.clone()),
    ];
    ClosingList { lines, whole: closing.whole(), closed: closing.closed_on.is_some() }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
