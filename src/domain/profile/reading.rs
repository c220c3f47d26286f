//! What a profile file says, part by part.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::source::{Section, Wanted};
use super::{
    Anchor, Calendar, Choices, ClockName, ClockRules, Extension, IdentityDefault, MetBy, Period, Profile,
    ProfileId, Route, Targets, TriageQuestion, Unit, Waiver,
};
use crate::domain::case::facts::RetentionClass;
use crate::domain::case::status::Status;
use crate::domain::language::Language;
use crate::domain::mistake::Fault;

/// The longest period, in units.
const MOST_UNITS: u32 = 3650;
/// The most calendar days between a reminder and the due day.
const MOST_REMINDER_DAYS: u32 = 60;
/// How often a clock may be extended at most.
const MOST_EXTENSIONS: u32 = 9;

pub(super) fn profile(
    file: &Section<'_>,
    calendar: impl Fn(&str) -> Option<Arc<Calendar>>,
) -> Option<Profile> {
    let id = file.word("id", &Wanted::one_of(ProfileId::ALL, ProfileId::code), ProfileId::parse);
    let version = file.whole("version", (1, 9999));
    let zone = file.word("zone", &Wanted::a(Fault::Zone), |name| TimeZone::get(name).ok());
    let calendar = file.word("calendar", &Wanted::a(Fault::CalendarUnknown), calendar);
    let choices = choices(file);
    let targets = file.table("targets", targets);
    let rules = clock_rules(file);
    let retention = file.table("retention", retention);
    Some(Profile {
        id: id?,
        version: version?,
        zone: zone?,
        calendar: calendar?,
        choices: choices?,
        targets: targets?,
        rules: rules?,
        retention: retention?,
    })
}

fn choices(file: &Section<'_>) -> Option<Choices> {
    let languages = file.words("languages", &Wanted::one_of(Language::ALL, Language::code), Language::parse);
    let identity = file.word(
        "identity",
        &Wanted::one_of(IdentityDefault::ALL, IdentityDefault::code),
        IdentityDefault::parse,
    );
    let reporter_proof = file.flag("reporter_proof");
    let anonymous_branch = file.flag("anonymous_branch");
    let checkins = file.rising("checkins", (1, MOST_UNITS));
    let remind_before = file.whole("remind_before", (0, MOST_REMINDER_DAYS));
    let mut questions = file.words(
        "questions",
        &Wanted::one_of(TriageQuestion::ALL, TriageQuestion::code),
        TriageQuestion::parse,
    );
    let routes = file.words("routes", &Wanted::one_of(Route::ALL, Route::code), Route::parse);
    let hearing = file.optional("hearing", period);
    let procedure_review = file.optional("procedure_review", period);
    let critical_damage =
        file.optional("critical_damage", |section| section.whole("amount", (1, u32::MAX)).map(u64::from));
    if let Some(questions) = questions.as_mut().filter(|_| critical_damage.is_some()) {
        questions.retain(|question| *question != TriageQuestion::HeavyDamage);
        questions.push(TriageQuestion::HeavyDamage);
    }
    Some(Choices {
        languages: languages?,
        identity: identity?,
        reporter_proof: reporter_proof?,
        anonymous_branch: anonymous_branch?,
        hearing,
        checkins: checkins?.into_iter().filter_map(|days| u16::try_from(days).ok()).collect(),
        remind_before: u16::try_from(remind_before?).ok()?,
        questions: questions?,
        routes: routes?,
        critical_damage,
        procedure_review,
    })
}

fn targets(section: &Section<'_>) -> Option<Targets> {
    let of = |name| section.words(name, &Wanted::one_of(Route::ALL, Route::code), Route::parse);
    let (criminal, other) = (of("criminal"), of("other"));
    Some(Targets { criminal: criminal?, other: other? })
}

fn clock_rules(file: &Section<'_>) -> Option<ClockRules> {
    let (clocks, states) =
        (Wanted::one_of(ClockName::ALL, ClockName::code), Wanted::one_of(Status::ALL, Status::code));
    let mut declared = Vec::new();
    let periods = file.table("clocks", |section| {
        declared = section.names(&clocks, ClockName::parse);
        Some(each(section, &clocks, ClockName::parse, |name| section.table(name, period)))
    })?;
    // A clock whose period cannot be read is told once, not wherever it is named.
    let known = |name: &str| declared.iter().find(|(_, own)| *own == name).map(|(clock, _)| *clock);
    let clock = &Wanted::a(Fault::ClockUnknown);
    let runs = file.table("runs", |section| {
        Some(each(section, &states, Status::parse, |name| section.words(name, clock, known)))
    });
    let met_by = file.table("met_by", |section| {
        let what = |name: &str| section.word(name, &Wanted::one_of(MetBy::ALL, MetBy::code), MetBy::parse);
        Some(each(section, clock, known, what))
    });
    let extensions = file.table("extensions", |section| {
        Some(each(section, clock, known, |name| section.table(name, extension)))
    });
    let waivers = file.table("waivers", |section| {
        Some(each(section, clock, known, |name| {
            section.words(name, &Wanted::one_of(Waiver::ALL, Waiver::code), Waiver::parse)
        }))
    });
    let still = file.words("stands_still", clock, known);
    let acknowledged = periods.values().any(|period| period.from == Anchor::Acknowledgement);
    if acknowledged && known(ClockName::Acknowledge.code()).is_none() {
        file.mistake_at("clocks", Fault::MemberMissing, ClockName::Acknowledge.code());
    }
    let runs = runs?;
    for status in Status::ALL.iter().filter(|status| has_clocks(**status) != runs.contains_key(status)) {
        let fault = if has_clocks(*status) { Fault::MemberMissing } else { Fault::NoClocks };
        file.mistake_at("runs", fault, status.code());
    }
    Some(ClockRules {
        runs,
        met_by: met_by?,
        still: still?,
        extensions: extensions?,
        waivers: waivers?,
        periods,
    })
}

/// Whether a state has clocks of its own: while an answer is awaited, those of the state before go on.
const fn has_clocks(status: Status) -> bool {
    status.owes_answer() && !matches!(status, Status::AwaitingInfo)
}

fn retention(section: &Section<'_>) -> Option<BTreeMap<RetentionClass, Period>> {
    let classes = each(
        section,
        &Wanted::one_of(RetentionClass::ALL, RetentionClass::code),
        RetentionClass::parse,
        |name| section.table(name, period),
    );
    for class in RetentionClass::ALL.iter().filter(|class| !classes.contains_key(class)) {
        section.mistake(Fault::MemberMissing, class.code());
    }
    Some(classes)
}

fn period(section: &Section<'_>) -> Option<Period> {
    let amount = section.whole("amount", (0, MOST_UNITS)).and_then(|amount| u16::try_from(amount).ok());
    let unit = section.word("unit", &Wanted::one_of(Unit::ALL, Unit::code), Unit::parse);
    let from = section.word("from", &Wanted::one_of(Anchor::ALL, Anchor::code), Anchor::parse);
    Some(Period { amount: amount?, unit: unit?, from: from? })
}

fn extension(section: &Section<'_>) -> Option<Extension> {
    let cap = section.table("cap", period);
    let times = section.whole("times", (1, MOST_EXTENSIONS)).and_then(|times| u8::try_from(times).ok());
    Some(Extension { cap: cap?, times: times? })
}

/// Every member of a section by its name.
fn each<K: Ord, V>(
    section: &Section<'_>,
    wanted: &Wanted,
    parse: impl Fn(&str) -> Option<K>,
    read: impl Fn(&str) -> Option<V>,
) -> BTreeMap<K, V> {
    let names = section.names(wanted, parse);
    names.into_iter().filter_map(|(key, name)| read(name).map(|value| (key, value))).collect()
}
