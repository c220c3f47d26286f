//! What the catalogues say, where a mistake would be easy.

use jiff::civil::date;

use super::*;

#[test]
fn languages_of_the_switch_are_the_languages_of_the_catalogues() {
    let mut loaded: Vec<_> = SOURCES.iter().map(|(language, _)| *language).collect();
    loaded.sort_unstable();
    let mut shown = LANGUAGES;
    shown.sort_unstable();
    assert_eq!(loaded, shown);
    for language in LANGUAGES {
        assert_eq!(Texts::of(language).language(), language);
    }
    assert_eq!(Texts::of("de").language(), "en");
}

#[test]
fn a_day_reads_as_its_language_writes_it() {
    let day = date(2026, 11, 25);
    assert_eq!(Texts::of("en").date(day), "Wed 25 Nov 2026");
    assert_eq!(Texts::of("ru").date(day), "ср, 25 ноября 2026\u{a0}г.");
    assert_eq!(Texts::of("kk").date(day), "2026\u{a0}ж. 25 қараша, ср");
    assert_eq!(Texts::of("en").moment(day.at(9, 5, 0, 0)), "Wed 25 Nov 2026, 09:05");
}

#[test]
fn a_due_day_is_counted_in_words() {
    let day = date(2026, 11, 25);
    assert_eq!(Texts::of("en").due(1, day), "due in 1 day (Wed 25 Nov)");
    assert_eq!(Texts::of("en").due(3, day), "due in 3 days (Wed 25 Nov)");
    assert_eq!(Texts::of("en").due(0, day), "due today (Wed 25 Nov)");
    assert_eq!(Texts::of("en").due(-2, day), "2 days overdue (Wed 25 Nov)");
    assert_eq!(Texts::of("ru").due(1, day), "срок через 1 день (ср, 25 ноября)");
    assert_eq!(Texts::of("ru").due(3, day), "срок через 3 дня (ср, 25 ноября)");
    assert_eq!(Texts::of("ru").due(-11, day), "просрочено на 11 дней (ср, 25 ноября)");
    assert_eq!(Texts::of("kk").due(3, day), "мерзімі 3 күннен кейін (25 қараша, ср)");
}

#[test]
fn thousands_stand_apart() {
    assert_eq!(Texts::of("en").fault("too_long", Some(100_000)), "Too long: at most 100,000 characters.");
    assert!(Texts::of("ru").fault("too_long", Some(100_000)).contains("100\u{a0}000"));
    assert!(Texts::of("ru").fault("too_long", Some(2_000)).contains("2000"));
    assert_eq!(Texts::of("en").fault("required", None), "Please fill this in.");
    assert_eq!(Texts::of("en").fault("never_heard_of", None), Texts::of("en").fault_invalid());
}

#[test]
fn a_code_is_a_word_and_an_unknown_code_stays_itself() {
    let t = Texts::of("en");
    assert_eq!(t.code("status", "awaiting_info"), "waiting for the reporter");
    assert_eq!(t.code("act", "report.received"), "report received");
    assert_eq!(t.code("status", "nonsense"), "nonsense");
    assert_eq!(t.find_code("status", "nonsense"), None);
}
