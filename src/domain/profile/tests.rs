use jiff::civil::date;

use super::*;

fn days(received_on: Date, acknowledged_on: Option<Date>) -> CaseDays {
    CaseDays { received_on, acknowledged_on, status_since: received_on }
}

fn due(id: ProfileId, clock: ClockName, received: Date, acknowledged: Option<Date>) -> Date {
    Profile::get(id).due(clock, days(received, acknowledged)).unwrap().unwrap()
}

#[test]
fn every_embedded_file_is_sound() {
    for &id in ProfileId::ALL {
        let profile = Profile::get(id);
        assert_eq!(profile.id(), id);
        assert_eq!(profile.version(), 1);
        for &status in Status::ALL {
            assert_eq!(profile.due.contains_key(&status), status.is_open(), "{id} {status}");
        }
    }
    let years: Vec<i16> = Calendar::named("kz").unwrap().sources().iter().map(|(year, _)| *year).collect();
    assert_eq!(years, [2026, 2027]);
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
    assert_eq!(Profile::get(id).period(ClockName::FeedbackCap), None, "no extension");
}

#[test]
fn golden_eu_external() {
    let id = ProfileId::EuExternal;
    for acknowledged in [None, Some(date(2026, 3, 9))] {
        assert_eq!(due(id, ClockName::Feedback, date(2026, 3, 3), acknowledged), date(2026, 6, 3));
        assert_eq!(due(id, ClockName::FeedbackCap, date(2026, 3, 3), acknowledged), date(2026, 9, 3));
    }
}

#[test]
fn golden_kz() {
    use ClockName::{Feedback, FeedbackCap, Forward, Register};
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
    assert_eq!(due(ProfileId::Kz, FeedbackCap, date(2026, 3, 3), None), date(2026, 5, 3));
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
fn the_next_due_day_is_the_earliest_clock_of_the_state() {
    let kz = Profile::get(ProfileId::Kz);
    let asked = CaseDays {
        received_on: date(2026, 3, 3),
        acknowledged_on: Some(date(2026, 3, 3)),
        status_since: date(2026, 3, 4),
    };
    assert_eq!(kz.next_due(Status::Received, asked), Ok(Some(date(2026, 3, 6))));
    assert_eq!(kz.next_due(Status::AwaitingInfo, asked), Ok(Some(date(2026, 3, 30))));
    assert_eq!(kz.due(ClockName::Answer, asked), Ok(Some(date(2026, 3, 19))), "the question's own day");
    assert_eq!(kz.next_due(Status::Investigation, asked), Ok(Some(date(2026, 3, 30))));
    assert_eq!(kz.next_due(Status::Remediation, asked), Ok(Some(date(2026, 6, 4))));
    assert_eq!(kz.next_due(Status::Closed, asked), Ok(None));
}

#[test]
fn a_year_without_a_calendar_is_an_error_not_a_guess() {
    let kz = Profile::get(ProfileId::Kz);
    let missing = MissingYear { calendar: "kz", year: 2028 };
    assert_eq!(kz.next_due(Status::Investigation, days(date(2027, 12, 20), None)), Err(missing));
    assert_eq!(kz.next_due(Status::Referred, days(date(2027, 12, 20), None)), Ok(Some(date(2028, 1, 19))));
}

#[test]
fn a_day_ends_in_the_zone_of_the_profile() {
    let kz = Profile::get(ProfileId::Kz);
    assert_eq!(kz.day_of("2026-03-03T19:30:00Z".parse().unwrap()), date(2026, 3, 4));
    assert_eq!(kz.late_from(date(2026, 3, 6)), "2026-03-06T19:00:00Z".parse().unwrap());
}

#[test]
fn holidays_fall_on_working_weekdays_only() {
    let kz = Calendar::named("kz").unwrap();
    assert_eq!(kz.is_working_day(date(2026, 3, 24)), Ok(false));
    assert_eq!(kz.is_working_day(date(2026, 3, 26)), Ok(true));
    assert_eq!(kz.is_working_day(date(2026, 3, 28)), Ok(false));
    assert_eq!(kz.is_working_day(date(2025, 3, 28)), Err(MissingYear { calendar: "kz", year: 2025 }));
}

#[test]
fn a_profile_that_contradicts_itself_is_refused() {
    let good = include_str!("eu_internal.toml");
    let refused = |from: &str, to: &str| Profile::read(&good.replace(from, to)).unwrap_err();
    assert_eq!(refused("Europe/Brussels", "Europe/Nowhere"), ProfileFault::Zone("Europe/Nowhere".to_owned()));
    assert_eq!(refused("\"weekdays\"", "\"none\""), ProfileFault::Calendar("none".to_owned()));
    assert_eq!(refused("[\"triage\"]", "[\"forward\"]"), ProfileFault::Clock(ClockName::Forward));
    assert_eq!(refused("acknowledge  ", "personal_message"), ProfileFault::Clock(ClockName::Acknowledge));
    assert!(matches!(refused("version = 1", "versions = 1"), ProfileFault::Format(_)));
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
            let kz = Calendar::named("kz").unwrap();
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
                let profile = Profile::get(id);
                for &status in Status::ALL {
                    let first = profile.next_due(status, days(start, None)).unwrap();
                    let second = profile.next_due(status, days(later, None)).unwrap();
                    prop_assert!(first <= second && first.is_none_or(|due| due >= start));
                }
            }
        }
    }
}
