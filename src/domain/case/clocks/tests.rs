use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::profile::MissingYear;
use crate::domain::profile::{ProfileId, Rulebook};

fn profile(id: ProfileId) -> Profile {
    Profile::clone(Rulebook::embedded().current(id))
}

fn on(received: Date, day: Date) -> CaseDays {
    CaseDays { received_on: received, acknowledged_on: Some(received), status_since: day }
}

/// A case of the profile that stands in the last of these states, moved on these days.
fn walked(profile: &Profile, received: Date, moves: &[(Status, Date)]) -> Clocks {
    let (mut clocks, _) = Clocks::at_arrival(profile, received, None);
    let mut from = Status::Received;
    for (to, day) in moves {
        clocks.step(profile, (from, *to), on(received, *day), false);
        from = *to;
    }
    clocks
}

#[test]
fn arrival_meets_the_acknowledgement_and_starts_what_runs() {
    let kz = profile(ProfileId::Kz);
    let (clocks, news) = Clocks::at_arrival(&kz, date(2026, 3, 3), None);
    assert_eq!(news.started, [ClockName::Acknowledge, ClockName::Triage, ClockName::Feedback]);
    assert_eq!(news.met, [ClockName::Acknowledge]);
    assert_eq!(clocks.due_on(), Some(date(2026, 3, 6)), "triage");
    assert_eq!(clocks.get(ClockName::Feedback).unwrap().due, Some(date(2026, 3, 30)));
}

#[test]
fn eu_11_2b_1_a_waived_acknowledgement_neither_runs_nor_counts_as_met() {
    let external = profile(ProfileId::EuExternal);
    assert_eq!(
        external.waivers(ClockName::Acknowledge),
        [Waiver::ReporterObjected, Waiver::IdentityRisk],
        "art. 11(2)(b) knows two grounds"
    );
    for id in [ProfileId::Kz, ProfileId::EuInternal, ProfileId::IsoDefault] {
        assert!(profile(id).waivers(ClockName::Acknowledge).is_empty(), "{id}");
    }
    let (clocks, news) = Clocks::at_arrival(&external, date(2026, 3, 3), Some(Waiver::IdentityRisk));
    assert!(!news.met.contains(&ClockName::Acknowledge));
    let clock = clocks.get(ClockName::Acknowledge).unwrap();
    assert!(!clock.runs() && clock.waived == Some(Waiver::IdentityRisk));
}

#[test]
fn leaving_the_states_of_a_clock_meets_it() {
    let kz = profile(ProfileId::Kz);
    let (mut clocks, _) = Clocks::at_arrival(&kz, date(2026, 3, 3), None);
    let opened =
        clocks.step(&kz, (Status::Received, Status::Triage), on(date(2026, 3, 3), date(2026, 3, 4)), false);
    assert!(opened.is_empty(), "both states have the same clocks");
    let assigned =
        clocks.step(&kz, (Status::Triage, Status::Assigned), on(date(2026, 3, 3), date(2026, 3, 6)), false);
    assert_eq!(assigned.met, [ClockName::Triage], "on the due day it is not late");
    assert_eq!(clocks.due_on(), Some(date(2026, 3, 30)));
}

#[test]
fn what_is_done_late_is_missed_even_if_no_timer_came_by() {
    let kz = profile(ProfileId::Kz);
    let mut clocks = walked(&kz, date(2026, 3, 3), &[(Status::Triage, date(2026, 3, 4))]);
    let late =
        clocks.step(&kz, (Status::Triage, Status::Rejected), on(date(2026, 3, 3), date(2026, 4, 1)), false);
    assert_eq!(late.missed, [ClockName::Triage, ClockName::Feedback]);
    assert!(late.met.is_empty());
    assert_eq!(clocks.due_on(), None);
}

#[test]
fn a_miss_and_a_reminder_are_told_once() {
    let kz = profile(ProfileId::Kz);
    let days = on(date(2026, 3, 3), date(2026, 3, 3));
    let (mut clocks, _) = Clocks::at_arrival(&kz, date(2026, 3, 3), None);
    assert_eq!(clocks.watch_on(&kz, date(2026, 3, 3)), Some(date(2026, 3, 4)), "two days before the 6th");
    assert_eq!(clocks.tick(&kz, date(2026, 3, 4), days).reminded, [ClockName::Triage]);
    assert!(clocks.tick(&kz, date(2026, 3, 4), days).is_empty());
    assert_eq!(clocks.watch_on(&kz, date(2026, 3, 4)), Some(date(2026, 3, 7)));
    assert!(clocks.tick(&kz, date(2026, 3, 6), days).is_empty(), "the due day itself is in time");
    // Nobody looked for a month.
    let news = clocks.tick(&kz, date(2026, 4, 8), days);
    assert_eq!(news.missed, [ClockName::Triage, ClockName::Feedback]);
    assert!(news.reminded.is_empty(), "no reminder of what is late");
    assert!(clocks.tick(&kz, date(2026, 4, 9), days).is_empty());
    assert!(clocks.late_on(date(2026, 3, 7)) && !clocks.late_on(date(2026, 3, 6)));
    assert_eq!(clocks.due_on(), Some(date(2026, 3, 6)), "the duty goes on");
    assert_eq!(clocks.watch_on(&kz, date(2026, 4, 9)), None);
}

#[test]
fn eu_9_1f_1_feedback_of_an_internal_channel_is_never_extended() {
    let internal = profile(ProfileId::EuInternal);
    let mut clocks = walked(&internal, date(2026, 3, 3), &[(Status::Triage, date(2026, 3, 3))]);
    assert_eq!(clocks.get(ClockName::Feedback).unwrap().due, Some(date(2026, 6, 3)));
    let days = on(date(2026, 3, 3), date(2026, 5, 1));
    let asked = clocks.extend(&internal, (ClockName::Feedback, date(2026, 6, 4)), days);
    assert_eq!(asked, Err(ExtensionFault::NotAllowed));
}

#[test]
fn eu_11_2d_1_feedback_of_an_external_channel_is_extended_once_to_six_months_from_receipt() {
    let external = profile(ProfileId::EuExternal);
    let clocks = walked(&external, date(2026, 3, 3), &[(Status::Triage, date(2026, 3, 3))]);
    let days = on(date(2026, 3, 3), date(2026, 5, 1));
    let extended = |until| {
        let mut clocks = clocks.clone();
        clocks.extend(&external, (ClockName::Feedback, until), days).map(|()| clocks)
    };
    assert_eq!(extended(date(2026, 6, 3)), Err(ExtensionFault::NotLater));
    assert_eq!(extended(date(2026, 9, 4)), Err(ExtensionFault::Beyond(date(2026, 9, 3))));
    let mut once = extended(date(2026, 9, 3)).unwrap();
    assert_eq!(once.get(ClockName::Feedback).unwrap().due, Some(date(2026, 9, 3)));
    assert_eq!(
        once.extend(&external, (ClockName::Feedback, date(2026, 9, 3)), days),
        Err(ExtensionFault::Spent)
    );
}

#[test]
fn kz_76_1_consideration_takes_fifteen_working_days_and_at_most_two_months() {
    let kz = profile(ProfileId::Kz);
    let mut clocks = walked(&kz, date(2026, 3, 3), &[(Status::Triage, date(2026, 3, 3))]);
    assert_eq!(clocks.get(ClockName::Feedback).unwrap().due, Some(date(2026, 3, 30)));
    let days = on(date(2026, 3, 3), date(2026, 3, 20));
    assert_eq!(clocks.cap(&kz, ClockName::Feedback, days), Ok(date(2026, 5, 3)));
    let beyond = clocks.extend(&kz, (ClockName::Feedback, date(2026, 5, 4)), days);
    assert_eq!(beyond, Err(ExtensionFault::Beyond(date(2026, 5, 3))));
    assert_eq!(clocks.extend(&kz, (ClockName::Feedback, date(2026, 5, 3)), days), Ok(()));
    assert_eq!(
        clocks.extend(&kz, (ClockName::Triage, date(2026, 3, 30)), days),
        Err(ExtensionFault::NotAllowed),
        "only what the law lets be extended"
    );
}

#[test]
fn messages_meet_what_the_profile_says() {
    let iso = profile(ProfileId::IsoDefault);
    let mut clocks = walked(&iso, date(2026, 3, 3), &[]);
    assert_eq!(clocks.told(&iso, false, date(2026, 3, 5)).met, [ClockName::PersonalMessage]);
    let internal = profile(ProfileId::EuInternal);
    let mut clocks = walked(&internal, date(2026, 3, 3), &[]);
    assert!(clocks.told(&internal, false, date(2026, 3, 5)).is_empty(), "a message is not feedback yet");
    assert_eq!(clocks.told(&internal, true, date(2026, 3, 5)).met, [ClockName::Feedback]);
}

#[test]
fn what_stands_still_goes_on_with_what_was_left() {
    let kz = profile(ProfileId::Kz);
    let received = date(2026, 3, 3);
    let mut clocks = walked(
        &kz,
        received,
        &[(Status::Triage, date(2026, 3, 4)), (Status::AwaitingInfo, date(2026, 3, 5))],
    );
    assert_eq!(clocks.due_on(), Some(date(2026, 3, 30)), "the statutory clock goes on");
    assert!(clocks.tick(&kz, date(2026, 3, 12), on(received, date(2026, 3, 5))).is_empty(), "triage waits");
    let back =
        clocks.step(&kz, (Status::AwaitingInfo, Status::Triage), on(received, date(2026, 3, 15)), false);
    assert!(back.is_empty());
    assert_eq!(clocks.due_on(), Some(date(2026, 3, 16)), "one day was left on the 5th");
}

#[test]
fn a_reopened_case_begins_anew() {
    let kz = profile(ProfileId::Kz);
    let mut clocks = walked(
        &kz,
        date(2026, 3, 3),
        &[(Status::Triage, date(2026, 3, 4)), (Status::Rejected, date(2026, 3, 5))],
    );
    let days = CaseDays {
        received_on: date(2026, 6, 1),
        acknowledged_on: Some(date(2026, 3, 3)),
        status_since: date(2026, 6, 1),
    };
    let news = clocks.step(&kz, (Status::Rejected, Status::Triage), days, true);
    assert_eq!(news.started, [ClockName::Triage, ClockName::Feedback]);
    assert_eq!(clocks.due_on(), Some(date(2026, 6, 4)));
}

#[test]
fn a_clock_of_an_unknown_year_is_told_as_soon_as_the_calendar_has_it() {
    let mut book = Rulebook::embedded();
    let kz = Profile::clone(book.current(ProfileId::Kz));
    let received = date(2027, 12, 20);
    let (mut clocks, news) = Clocks::at_arrival(&kz, received, None);
    assert_eq!(news.unknown, Some(MissingYear { calendar: "kz".to_owned(), year: 2028 }));
    assert_eq!(clocks.get(ClockName::Feedback).unwrap().due, None);
    assert!(clocks.get(ClockName::Triage).unwrap().due.is_some());
    let next = "name = \"kz\"\nversion = 2\n[[years]]\nyear = 2027\nsource = \"s\"\noff = []\nworked = []\n\
                [[years]]\nyear = 2028\nsource = \"s\"\noff = [\"2028-01-03\"]\nworked = []\n";
    book.add_calendar(next).unwrap();
    let kz = Profile::clone(book.current(ProfileId::Kz));
    let before = clocks.get(ClockName::Triage).unwrap().due;
    let told = clocks.tick(&kz, date(2027, 12, 21), on(received, received));
    assert_eq!(told.started, [ClockName::Feedback]);
    assert_eq!(clocks.get(ClockName::Feedback).unwrap().due, Some(date(2028, 1, 11)));
    assert_eq!(clocks.get(ClockName::Triage).unwrap().due, before, "a running clock is never moved");
}

/// Control PROF-1: under other rules a running clock counts from its own day, what was kept stays kept, and what the new
/// rules do not know is gone.
#[test]
fn prof_1_under_other_rules_only_what_runs_is_due_anew() {
    let (kz, external) = (profile(ProfileId::Kz), profile(ProfileId::EuExternal));
    let received = date(2026, 3, 3);
    let (mut clocks, _) = Clocks::at_arrival(&kz, received, None);
    let kept = clocks.get(ClockName::Acknowledge).unwrap().clone();
    let news = clocks.move_to((&kz, &external), Status::Received, on(received, date(2026, 3, 5)));
    assert_eq!(clocks.get(ClockName::Feedback).unwrap().due, Some(date(2026, 6, 3)));
    assert_eq!(clocks.get(ClockName::Acknowledge), Some(&kept));
    assert_eq!(news.started, [ClockName::Triage, ClockName::Feedback]);
    assert!(news.met.is_empty() && news.missed.is_empty());
    let before = clocks.clone();
    assert!(clocks.move_to((&external, &external), Status::Received, on(received, received)).is_empty());
    assert_eq!(clocks, before);
}

#[test]
fn clocks_read_back_what_they_wrote() {
    let kz = profile(ProfileId::Kz);
    let clocks = walked(
        &kz,
        date(2026, 3, 3),
        &[(Status::Triage, date(2026, 3, 4)), (Status::AwaitingInfo, date(2026, 3, 5))],
    );
    assert_eq!(Clocks::from_json(&clocks.to_json()), Some(clocks));
    assert_eq!(Clocks::from_json("[{}]"), None);
}

proptest! {
    /// Whatever happens in whatever order: each clock that began is still running, met or missed; a miss is told exactly
    /// once, and only what is late is missed.
    #[test]
    fn no_due_day_is_lost(
        id in prop::sample::select(ProfileId::ALL.to_vec()),
        walk in prop::collection::vec((0..40_i32, 0..4_u8, prop::sample::select(Status::ALL.to_vec())), 1..20),
    ) {
        let profile = profile(id);
        let received = date(2026, 1, 12);
        let (mut clocks, _) = Clocks::at_arrival(&profile, received, None);
        let (mut status, mut today) = (Status::Received, received);
        let mut missed: Vec<(ClockName, Date)> = Vec::new();
        for (days, what, to) in walk {
            today = today.saturating_add(days.days());
            let before = clocks.clone();
            let news = match what {
                0 => clocks.tick(&profile, today, on(received, today)),
                1 => clocks.told(&profile, true, today),
                _ => {
                    let news = clocks.step(&profile, (status, to), on(received, today), false);
                    status = to;
                    news
                }
            };
            for name in &news.missed {
                let clock = before.get(*name).unwrap();
                let due = clock.due.unwrap();
                prop_assert!(due < today || clock.still_since.is_some());
                prop_assert!(!missed.contains(&(*name, clock.from)) || news.started.contains(name));
                missed.push((*name, clock.from));
            }
            for clock in before.all().iter().filter(|clock| clock.runs()) {
                let now = clocks.get(clock.name).unwrap();
                let told = news.met.contains(&clock.name) || news.missed.contains(&clock.name) || now.missed_on.is_some();
                prop_assert!(now.runs() || told, "{:?} ended and nobody said so", clock.name);
            }
        }
        prop_assert_eq!(clocks.due_on().is_some(), clocks.all().iter().any(|c| c.runs() && c.still_since.is_none() && c.due.is_some()));
    }
}
