use jiff::civil::date;

use super::*;
use crate::domain::mistake::Fault;

fn days(received_on: Date, acknowledged_on: Option<Date>) -> CaseDays {
    CaseDays { received_on, acknowledged_on, status_since: received_on }
}

fn profile(id: ProfileId) -> Arc<Profile> {
    Arc::clone(Rulebook::embedded().current(id))
}

fn kz_calendar() -> Arc<Calendar> {
    Arc::clone(Rulebook::embedded().calendar("kz").unwrap())
}

fn due(id: ProfileId, clock: ClockName, received: Date, acknowledged: Option<Date>) -> Date {
    profile(id).due(clock, days(received, acknowledged)).unwrap().unwrap()
}

#[test]
fn every_embedded_file_is_sound() {
    let book = Rulebook::embedded();
    for &id in ProfileId::ALL {
        let profile = book.current(id);
        assert_eq!((profile.id(), profile.version()), (id, 1));
        assert_eq!(book.version(id, 1), Some(profile));
        assert!(profile.languages().contains(&Language::Kk), "{id}");
        assert!(!profile.questions().is_empty() && !profile.routes().is_empty(), "{id}");
        assert!(!profile.targets().criminal.is_empty() && !profile.targets().other.is_empty(), "{id}");
    }
    let kz = kz_calendar();
    let years: Vec<i16> = kz.sources().iter().map(|(year, _)| *year).collect();
    assert_eq!(years, [2026, 2027]);
    assert!(kz.sources().iter().all(|(_, source)| !source.is_empty()));
}

#[test]
fn golden_eu_internal() {
    use ClockName::{Acknowledge, Feedback};
    let id = ProfileId::EuInternal;
    let march = date(2026, 3, 3);
    assert_eq!(due(id, Acknowledge, march, None), date(2026, 3, 10));
    assert_eq!(due(id, Feedback, march, Some(date(2026, 3, 5))), date(2026, 6, 5));
    assert_eq!(due(id, Feedback, march, None), date(2026, 6, 10));
    assert_eq!(due(id, Feedback, date(2026, 11, 30), Some(date(2026, 11, 30))), date(2027, 2, 28));
    assert_eq!(due(id, Feedback, date(2026, 8, 24), Some(date(2026, 8, 31))), date(2026, 11, 30));
    assert_eq!(profile(id).extension(Feedback), None);
}

#[test]
fn golden_eu_external() {
    let id = ProfileId::EuExternal;
    let profile = profile(id);
    let cap = profile.extension(ClockName::Feedback).unwrap().cap;
    for acknowledged in [None, Some(date(2026, 3, 9))] {
        assert_eq!(due(id, ClockName::Feedback, date(2026, 3, 3), acknowledged), date(2026, 6, 3));
    }
    assert_eq!(profile.after(date(2026, 3, 3), cap), Ok(date(2026, 9, 3)));
}

#[test]
fn golden_kz() {
    use ClockName::{Feedback, Forward, Register};
    let vectors = [
        (date(2026, 3, 3), date(2026, 3, 3), date(2026, 3, 6), date(2026, 3, 30)),
        (date(2026, 3, 20), date(2026, 3, 20), date(2026, 3, 30), date(2026, 4, 15)),
        (date(2026, 3, 21), date(2026, 3, 26), date(2026, 3, 30), date(2026, 4, 15)),
        (date(2026, 4, 30), date(2026, 4, 30), date(2026, 5, 6), date(2026, 5, 26)),
    ];
    for (received, registered, forward, consider) in vectors {
        assert_eq!(due(ProfileId::Kz, Register, received, None), registered);
        assert_eq!(due(ProfileId::Kz, Forward, received, None), forward);
        assert_eq!(due(ProfileId::Kz, Feedback, received, None), consider);
    }
    let kz = profile(ProfileId::Kz);
    let cap = kz.extension(Feedback).unwrap().cap;
    assert_eq!(kz.after(date(2026, 3, 3), cap), Ok(date(2026, 5, 3)));
}

#[test]
fn golden_iso_default() {
    let received = date(2026, 3, 3);
    assert_eq!(
        due(ProfileId::IsoDefault, ClockName::PersonalMessage, received, Some(received)),
        date(2026, 3, 6)
    );
}

#[test]
fn another_country_is_data_alone() {
    let ua = profile(ProfileId::Ua);
    let received = date(2026, 3, 3);
    assert_eq!(due(ProfileId::Ua, ClockName::Triage, received, None), date(2026, 3, 17));
    assert_eq!(due(ProfileId::Ua, ClockName::Investigation, received, None), date(2026, 4, 2));
    assert_eq!(ua.extension(ClockName::Investigation).unwrap().times, 1);
}

#[test]
fn a_year_without_a_calendar_is_an_error_not_a_guess() {
    let kz = profile(ProfileId::Kz);
    let missing = MissingYear { calendar: "kz".to_owned(), year: 2028 };
    let late = days(date(2027, 12, 20), None);
    assert_eq!(kz.due(ClockName::Feedback, late), Err(missing));
    assert_eq!(
        kz.due(ClockName::ReferralAnswer, late),
        Ok(Some(date(2028, 1, 19))),
        "calendar days need none"
    );
}

#[test]
fn a_day_ends_in_the_zone_of_the_profile() {
    let kz = profile(ProfileId::Kz);
    assert_eq!(kz.day_of("2026-03-03T19:30:00Z".parse().unwrap()), date(2026, 3, 4));
    assert_eq!(kz.late_from(date(2026, 3, 6)), "2026-03-06T19:00:00Z".parse().unwrap());
}

#[test]
fn holidays_fall_on_working_weekdays_only() {
    let kz = kz_calendar();
    assert_eq!(kz.is_working_day(date(2026, 3, 24)), Ok(false));
    assert_eq!(kz.is_working_day(date(2026, 3, 26)), Ok(true));
    assert_eq!(kz.is_working_day(date(2026, 3, 28)), Ok(false));
    let missing = MissingYear { calendar: "kz".to_owned(), year: 2025 };
    assert_eq!(kz.is_working_day(date(2025, 3, 28)), Err(missing));
}

#[test]
fn prof_1_a_new_version_leaves_the_old_one_to_its_cases() {
    let mut book = Rulebook::embedded();
    let next =
        include_str!("kz.toml").replace("version = 1", "version = 2").replace("amount = 15,", "amount = 10,");
    book.add_profile(&next).unwrap();
    let received = days(date(2026, 3, 3), None);
    let feedback = |profile: &Profile| profile.due(ClockName::Feedback, received).unwrap().unwrap();
    assert_eq!(feedback(book.current(ProfileId::Kz)), date(2026, 3, 18));
    assert_eq!(feedback(book.version(ProfileId::Kz, 1).unwrap()), date(2026, 3, 30));
    assert_eq!(book.version(ProfileId::Kz, 3), None);
}

/// What is wrong with a file after some changes: the line, the kind, what is told.
fn mistakes(good: &str, changes: &[(&str, &str)]) -> Vec<(usize, Fault, String)> {
    let book = Rulebook::embedded();
    let text = changes.iter().fold(good.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    told(Profile::read(&text, |name| book.calendar(name).cloned()).unwrap_err())
}

fn told(all: Vec<Mistake>) -> Vec<(usize, Fault, String)> {
    all.into_iter().map(|one| (one.line, one.fault, one.text)).collect()
}

#[test]
fn every_mistake_of_a_profile_is_told_with_its_line() {
    let good = include_str!("eu_internal.toml");
    let all = mistakes(
        good,
        &[
            ("Europe/Brussels", "Europe/Nowhere"),
            ("\"weekdays\"", "\"none\""),
            ("[30, 90, 180]", "[30, 180, 90]"),
            ("triage              = { amount = 14", "triage = { amount = -14"),
            ("[\"triage\", \"feedback\"]", "[\"triage\", \"personal_message\"]"),
            ("standard = {", "average = {"),
        ],
    );
    assert!(all.is_sorted_by_key(|(line, ..)| *line) && all.len() == 7, "{all:#?}");
    assert_eq!((all[0].0, all[1].0), (5, 6));
    let kinds: Vec<(Fault, &str)> = all.iter().map(|(_, fault, text)| (*fault, text.as_str())).collect();
    for expected in [
        (Fault::Zone, "zone: Europe/Nowhere"),
        (Fault::CalendarUnknown, "calendar: none"),
        (Fault::Rising, "checkins"),
        (Fault::Whole, "amount: 0–3650"),
        (Fault::ClockUnknown, "received: personal_message"),
        (Fault::Word, "average: short, standard, long"),
        (Fault::MemberMissing, "standard"),
    ] {
        assert!(kinds.contains(&expected), "{expected:?}: {all:#?}");
    }
}

#[test]
fn a_profile_that_contradicts_itself_is_refused() {
    let good = include_str!("eu_internal.toml");
    let one = |from, to, expected: (Fault, &str)| {
        let all = mistakes(good, &[(from, to)]);
        assert!(
            all.iter().any(|(_, fault, text)| (*fault, text.as_str()) == expected),
            "{expected:?}: {all:#?}"
        );
    };
    one("version = 1", "versions = 1", (Fault::MemberUnknown, "versions"));
    one("version = 1", "versions = 1", (Fault::MemberMissing, "version"));
    one("acknowledge         =", "personal_message    =", (Fault::MemberMissing, "acknowledge"));
    one("remediation = [\"remediation\"]", "", (Fault::MemberMissing, "remediation"));
    one("remediation = [\"remediation\"]", "closed = []", (Fault::NoClocks, "closed"));
    let broken = mistakes(good, &[("version = 1", "version = ")]);
    assert_eq!((broken[0].0, broken[0].1), (4, Fault::Syntax));
}

#[test]
fn every_mistake_of_a_calendar_is_told_with_its_line() {
    let text = "name = \"kz\"\nversion = 3\n\n[[years]]\nyear = 2028\nsource = \" \"\noff = [\"2028-01-01\", \"2027-01-04\"]\n\
                worked = [\"2028-01-03\", \"today\"]\n";
    let all = told(Calendar::read(text).unwrap_err());
    let expected = [
        (6, Fault::Origin, "source:  "),
        (7, Fault::OtherYear, "2027-01-04"),
        (7, Fault::OffAnyway, "2028-01-01"),
        (8, Fault::Day, "worked: today"),
        (8, Fault::WorkedAnyway, "2028-01-03"),
    ];
    assert_eq!(all, expected.map(|(line, fault, text)| (line, fault, text.to_owned())));
}

#[test]
fn only_the_version_that_follows_is_taken() {
    let book = Rulebook::embedded();
    let profile = |version: &str| {
        let text = include_str!("kz.toml").replace("version = 1", version);
        book.next_profile(&text).map_err(told)
    };
    assert_eq!(profile("version = 2").unwrap().version(), 2);
    for wrong in ["version = 1", "version = 3"] {
        assert_eq!(profile(wrong).unwrap_err(), [(4, Fault::Version, "2".to_owned())]);
    }
    let calendar = |text: &str| book.next_calendar(text).map_err(told);
    let years = "years = []\n";
    assert_eq!(calendar(&format!("name = \"new\"\nversion = 1\n{years}")).unwrap().name(), "new");
    let same = calendar(&format!("name = \"kz\"\nversion = 1\n{years}"));
    assert_eq!(same.unwrap_err(), [(2, Fault::Version, "2".to_owned())]);
    let fixed = calendar(&format!("name = \"weekdays\"\nversion = 2\n{years}"));
    assert_eq!(fixed.unwrap_err(), [(1, Fault::CalendarFixed, "weekdays".to_owned())]);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn any_day_of_2026() -> impl Strategy<Value = Date> {
        (0..365_i32).prop_map(|n| date(2026, 1, 1).saturating_add(n.days()))
    }

    proptest! {
        #[test]
        fn working_days_are_counted_one_by_one(start in any_day_of_2026(), amount in 0..60_u16) {
            let kz = kz_calendar();
            let end = kz.add_working_days(start, amount).unwrap();
            prop_assert!(kz.is_working_day(end).unwrap());
            let mut counted = 0;
            let mut day = start;
            while day < end {
                day = day.saturating_add(1.day());
                counted += u16::from(kz.is_working_day(day).unwrap());
            }
            if amount > 0 {
                prop_assert_eq!(counted, amount);
            } else {
                prop_assert!(counted <= 1 && (counted == 0) == kz.is_working_day(start).unwrap());
            }
        }

        #[test]
        fn a_later_receipt_is_never_due_earlier(start in any_day_of_2026()) {
            let later = start.saturating_add(1.day());
            for &id in ProfileId::ALL {
                let profile = profile(id);
                for &clock in ClockName::ALL {
                    let first = profile.due(clock, days(start, None)).unwrap();
                    let second = profile.due(clock, days(later, None)).unwrap();
                    prop_assert!(first <= second && first.is_none_or(|due| due >= start));
                }
            }
        }
    }
}
