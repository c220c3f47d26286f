//! Two versions of a profile or of a calendar, compared setting by setting.

use super::{Difference, Subject, Touch};
use crate::domain::profile::Settings;

/// What makes the settings of a new version of those of the one before, which are empty for the first of a name.
#[must_use]
pub fn difference(name: &str, old: &Settings, new: &Settings) -> Difference {
    let mut difference = Difference::default();
    let paths: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for path in paths {
        let (before, after) = (old.get(path), new.get(path));
        let (from, to) = (before.map(|(_, value)| value), after.map(|(_, value)| value));
        if from == to {
            continue;
        }
        let how = match (from, to) {
            (None, _) => Touch::Added,
            (_, None) => Touch::Removed,
            _ => Touch::Changed,
        };
        let subject = || Subject::Setting(format!("{name}: {path}"));
        let told = |one: Option<&crate::domain::profile::Value>, other| {
            one.map(|value| value.told(other)).unwrap_or_default()
        };
        difference.add(how, || (subject(), told(from, to), told(to, from)));
        let rule = after.or(before).map(|(loosens, _)| *loosens);
        difference.loosening |= rule.is_some_and(|rule| rule.by(from, to));
    }
    difference
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::profile::{ProfileId, Rulebook};

    /// What a change of the embedded profile comes to: its lines and whether it loosens.
    fn changed(from: &str, to: &str) -> Difference {
        let book = Rulebook::embedded();
        let text = book.profile_text(ProfileId::Kz).unwrap().replace("version = 1", "version = 2");
        assert!(text.contains(from), "{from}");
        let new = book.next_profile(&text.replacen(from, to, 1)).unwrap();
        difference("kz", &book.current(ProfileId::Kz).settings(), &new.settings())
    }

    #[test]
    fn longer_days_fewer_questions_and_more_extensions_loosen() {
        for (from, to, loosens) in [
            ("amount = 15,", "amount = 16,", true),
            ("amount = 15,", "amount = 14,", false),
            ("\"first_hand\", ", "", true),
            ("times = 1", "times = 2", true),
            ("cap = { amount = 2,", "cap = { amount = 1,", false),
            ("remind_before = 2", "remind_before = 1", true),
            ("remind_before = 2", "remind_before = 3", false),
            ("checkins = [30, 90, 180]", "checkins = [30, 180]", true),
            ("checkins = [30, 90, 180]", "checkins = [30, 60, 90, 180]", false),
            ("anonymous_branch = true", "anonymous_branch = false", false),
            ("stands_still = [\"triage\"]", "stands_still = []", false),
            ("stands_still = [\"triage\"]", "stands_still = [\"triage\", \"feedback\"]", true),
            ("triage = [\"triage\", \"feedback\"]", "triage = [\"triage\"]", true),
            (
                "hearing = { amount = 3, unit = \"working_days\"",
                "hearing = { amount = 3, unit = \"days\"",
                true,
            ),
            ("criminal = [\"knb_anticorruption\", \"prosecutor\"]", "criminal = [\"prosecutor\"]", true),
            ("short    = { amount = 12,", "short = { amount = 6,", true),
            ("review_filing       = { amount = 3,", "review_filing = { amount = 4,", false),
        ] {
            let told = changed(from, to);
            assert_eq!((told.loosening, told.told.len()), (loosens, 1), "{from} → {to}: {told:?}");
        }
        let told = changed("amount = 15,", "amount = 16,").told.remove(0);
        assert_eq!(told.subject, Subject::Setting("kz: clocks.feedback".to_owned()));
        assert_eq!(
            (told.from.as_str(), told.to.as_str()),
            ("15 working_days / receipt", "16 working_days / receipt")
        );
    }

    #[test]
    fn a_day_off_more_loosens_and_a_year_that_was_missing_does_not() {
        let book = Rulebook::embedded();
        let text = book.calendar_text("kz").unwrap().replace("version = 1", "version = 2");
        let of = |text: &str| {
            let new = book.next_calendar(text).unwrap();
            difference("kz", &book.calendar("kz").unwrap().settings(), &new.settings())
        };
        let longer = of(&text.replacen("\"2027-12-16\"", "\"2027-12-16\", \"2027-12-17\"", 1));
        assert!(longer.loosening);
        assert_eq!((longer.told[0].from.as_str(), longer.told[0].to.as_str()), ("", "2027-12-17"));
        assert!(!of(&text.replacen("\"2027-12-16\", # Independence", "# Independence", 1)).loosening);
        let year = "\n[[years]]\nyear = 2028\nsource = \"a decision\"\noff = [\"2028-01-03\"]\nworked = [\"2028-01-08\"]\n";
        let added = of(&format!("{text}{year}"));
        assert!(!added.loosening && added.count(Touch::Added) == 3);
        let first = text.replacen("version = 2", "version = 1", 1).replacen("\"kz\"", "\"kg\"", 1);
        assert!(!book.next_calendar(&first).unwrap().settings().is_empty());
    }
}
