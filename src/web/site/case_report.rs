//! What a report answers besides its words, as the case's page shows it.

use jiff::civil::Date;

use crate::{
    domain::{report::Report, retaliation::Retaliation},
    i18n::Texts,
    web::pages::staff::Answer,
};

pub(super) fn answers(report: &Report, t: Texts) -> Vec<Answer> {
    let given = &report.answers;
    let word = |vocabulary: &str, code: Option<&'static str>| code.map(|code| t.code(vocabulary, code));
    let all = [
        ("when", given.when.as_ref().map(|text| text.expose().to_owned())),
        ("where", given.place.as_ref().map(|text| text.expose().to_owned())),
        ("first_hand", word("answer", given.first_hand.map(|answer| answer.code()))),
        ("ongoing", word("answer", given.ongoing.map(|answer| answer.code()))),
        ("evidence", word("answer", given.evidence.map(|answer| answer.code()))),
        ("risk", word("risk", given.risk.map(|risk| risk.code()))),
    ];
    let mut answers: Vec<Answer> =
        all.into_iter().filter_map(|(field, text)| Some(Answer { field, text: text? })).collect();
    answers.extend(report.retaliation.iter().flat_map(|told| complaint(told, t)));
    answers
}

/// What a complaint of retaliation says besides.
fn complaint(told: &Retaliation, t: Texts) -> Vec<Answer> {
    let forms: Vec<String> = told.forms.iter().map(|form| t.code("retaliation", form.code())).collect();
    let day = |day: Option<Date>| day.map(|day| t.date(day));
    let all = [
        ("forms", Some(forms.join("; "))),
        ("from", day(told.from)),
        ("until", day(told.until)),
        ("after", told.after.clone()),
    ];
    all.into_iter().filter_map(|(field, text)| Some(Answer { field, text: text? })).collect()
}
