//! A profile or a calendar as a list of settings, by the path that each has in its file: so that two versions can be
//! compared, and it can be told which of the changes loosens control (norms.md 8.5, rule 9).

use std::collections::BTreeMap;

use super::{Calendar, Choices, ClockRules, Period, Profile};

/// What a setting says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One word.
    Word(String),
    /// Words of which each counts by itself.
    Words(Vec<String>),
    /// How much.
    Number(u64),
    /// How long.
    Length(Period),
    /// Whether.
    Flag(bool),
}

impl Value {
    /// Whether this is surely no more than another one.
    fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Words(own), Self::Words(other)) => own.iter().all(|word| other.contains(word)),
            (Self::Number(own), Self::Number(other)) => own <= other,
            (Self::Length(own), Self::Length(other)) => {
                (own.unit, own.from) == (other.unit, other.from) && own.amount <= other.amount
            }
            (Self::Flag(own), Self::Flag(other)) => own <= other,
            (own, other) => own == other,
        }
    }

    /// The setting as a person reads it; of words only those that `other` does not have.
    #[must_use]
    pub fn told(&self, other: Option<&Self>) -> String {
        match (self, other) {
            (Self::Words(own), Some(Self::Words(other))) => {
                own.iter().filter(|word| !other.contains(word)).cloned().collect::<Vec<_>>().join(", ")
            }
            (Self::Words(own), _) => own.join(", "),
            (Self::Word(word), _) => word.clone(),
            (Self::Number(number), _) => number.to_string(),
            (Self::Length(Period { amount, unit, from }), _) => format!("{amount} {unit} / {from}"),
            (Self::Flag(flag), _) => flag.to_string(),
        }
    }
}

/// Which change of a setting loosens control. What cannot be judged counts as loosening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loosens {
    /// None.
    Never,
    /// Any: nobody can tell from the setting alone.
    Any,
    /// More of it; where it is missing there is none.
    More,
    /// Less of it; where it is missing there is none.
    Less,
    /// A later end; where it is missing there is no end at all.
    Later,
}

impl Loosens {
    /// Whether a change from one value to another does.
    #[must_use]
    pub fn by(self, from: Option<&Value>, to: Option<&Value>) -> bool {
        match (self, from, to) {
            (Self::Never, ..) => false,
            (Self::Any, ..) => from != to,
            (Self::More, None, to) => to.is_some(),
            (Self::Less | Self::Later, from, None) => from.is_some(),
            (Self::More, Some(_), None) | (Self::Less | Self::Later, None, Some(_)) => false,
            (Self::More | Self::Later, Some(from), Some(to)) => !to.is_within(from),
            (Self::Less, Some(from), Some(to)) => !from.is_within(to),
        }
    }
}

/// Every setting by its path.
pub type Settings = BTreeMap<String, (Loosens, Value)>;

fn words<T>(list: &[T], word: impl Fn(&T) -> String) -> Value {
    Value::Words(list.iter().map(word).collect())
}

impl Profile {
    /// Its settings.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let mut all = Settings::new();
        let mut put = |path: &str, loosens, value| _ = all.insert(path.to_owned(), (loosens, value));
        let zone = self.zone.iana_name().unwrap_or_default().to_owned();
        put("zone", Loosens::Any, Value::Word(zone));
        put("calendar", Loosens::Any, Value::Word(self.calendar.name().to_owned()));
        self.choices.settings(&mut put);
        for (name, routes) in [("criminal", &self.targets.criminal), ("other", &self.targets.other)] {
            // The order decides who gets a case.
            let order = routes.iter().map(|route| route.code()).collect::<Vec<_>>().join(", ");
            put(&format!("targets.{name}"), Loosens::Any, Value::Word(order));
        }
        self.rules.settings(&mut put);
        for (class, period) in &self.retention {
            put(&format!("retention.{class}"), Loosens::Any, Value::Length(*period));
        }
        all
    }
}

impl Choices {
    fn settings(&self, put: &mut impl FnMut(&str, Loosens, Value)) {
        put("languages", Loosens::Less, words(&self.languages, ToString::to_string));
        put("identity", Loosens::Any, Value::Word(self.identity.to_string()));
        put("reporter_proof", Loosens::Any, Value::Flag(self.reporter_proof));
        put("anonymous_branch", Loosens::More, Value::Flag(self.anonymous_branch));
        put("checkins", Loosens::Less, words(&self.checkins, ToString::to_string));
        put("remind_before", Loosens::Less, Value::Number(self.remind_before.into()));
        put("questions", Loosens::Less, words(&self.questions, ToString::to_string));
        put("routes", Loosens::Less, words(&self.routes, ToString::to_string));
        if let Some(hearing) = self.hearing {
            put("hearing", Loosens::Less, Value::Length(hearing));
        }
        if let Some(review) = self.procedure_review {
            put("procedure_review", Loosens::Later, Value::Length(review));
        }
        if let Some(damage) = self.critical_damage {
            put("critical_damage", Loosens::Later, Value::Number(damage));
        }
    }
}

impl ClockRules {
    fn settings(&self, put: &mut impl FnMut(&str, Loosens, Value)) {
        use super::ClockName;
        for (clock, period) in &self.periods {
            let loosens = match clock {
                // The reporter's own time.
                ClockName::ReviewFiling => Loosens::Less,
                // The reporter's as well, but the case waits meanwhile.
                ClockName::Answer => Loosens::Any,
                _ => Loosens::Later,
            };
            put(&format!("clocks.{clock}"), loosens, Value::Length(*period));
        }
        for (status, clocks) in &self.runs {
            put(&format!("runs.{status}"), Loosens::Less, words(clocks, ToString::to_string));
        }
        for (clock, met) in &self.met_by {
            put(&format!("met_by.{clock}"), Loosens::More, Value::Word(met.to_string()));
        }
        put("stands_still", Loosens::More, words(&self.still, ToString::to_string));
        for (clock, extension) in &self.extensions {
            put(&format!("extensions.{clock}.cap"), Loosens::More, Value::Length(extension.cap));
            put(&format!("extensions.{clock}.times"), Loosens::More, Value::Number(extension.times.into()));
        }
        for (clock, waivers) in &self.waivers {
            put(&format!("waivers.{clock}"), Loosens::More, words(waivers, ToString::to_string));
        }
    }
}

impl Calendar {
    /// Its settings. What is off makes days later; a year that nobody had gives days where there were none.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let mut all = Settings::new();
        for (year, data) in self.years.iter().flatten() {
            let mut put = |name, loosens, value| _ = all.insert(format!("{year}.{name}"), (loosens, value));
            put("source", Loosens::Never, Value::Word(data.source.clone()));
            put("off", Loosens::Later, words(&data.off, ToString::to_string));
            put("worked", Loosens::Less, words(&data.worked, ToString::to_string));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::profile::{Anchor, Unit};

    fn days(amount: u16, unit: Unit) -> Value {
        Value::Length(Period { amount, unit, from: Anchor::Receipt })
    }

    #[test]
    fn what_cannot_be_judged_counts_as_loosening() {
        let (short, long, other) = (days(3, Unit::Days), days(4, Unit::Days), days(1, Unit::Months));
        for (loosens, from, to, expected) in [
            (Loosens::Later, Some(&short), Some(&long), true),
            (Loosens::Later, Some(&long), Some(&short), false),
            (Loosens::Later, Some(&long), Some(&other), true),
            (Loosens::Later, Some(&long), None, true),
            (Loosens::Later, None, Some(&long), false),
            (Loosens::More, None, Some(&short), true),
            (Loosens::More, Some(&long), None, false),
            (Loosens::Less, Some(&long), Some(&short), true),
            (Loosens::Less, Some(&short), Some(&long), false),
            (Loosens::Less, Some(&short), None, true),
            (Loosens::Less, Some(&short), Some(&other), true),
            (Loosens::Any, Some(&short), Some(&long), true),
            (Loosens::Any, Some(&short), Some(&short), false),
            (Loosens::Never, Some(&short), None, false),
        ] {
            assert_eq!(loosens.by(from, to), expected, "{loosens:?} {from:?} {to:?}");
        }
    }
}
