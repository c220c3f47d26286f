//! The assessment of a report in triage (ISO 37002, 8.3.1; norms.md 8.8): the profile's questions, impact and likelihood,
//! and the severity that follows from them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::facts::Answer;
use crate::domain::profile::TriageQuestion;
use crate::domain::taxonomy::{Category, RedFlag, Weakness};
use crate::domain::vocabulary::vocabulary;

/// The version of [`Assessment::severity`], stored with what it came to. Whoever changes the formula counts it up.
pub const FORMULA: u8 = 1;

vocabulary! {
    /// How grave, or how likely: 1 is the least.
    pub enum Grade {
        /// Hardly.
        One = "1",
        /// Somewhat.
        Two = "2",
        /// Considerably.
        Three = "3",
        /// Very.
        Four = "4",
    }
}

impl Grade {
    const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
            Self::Four => 4,
        }
    }
}

vocabulary! {
    /// How urgent a case is against others.
    pub enum Severity {
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
        /// Before everything else.
        Critical = "critical",
    }
}

/// How urgent a case is: as it was assessed; a complaint of retaliation never less than high, and from the start (control
/// OI-9b-2).
#[must_use]
pub fn urgency(category: Category, assessed: Option<Severity>) -> Option<Severity> {
    let least = (category == Category::Retaliation).then_some(Severity::High);
    assessed.max(least)
}

/// A yes to one of these makes a case critical, whatever the grades (norms.md 8.8).
const HARD: &[TriageQuestion] = &[
    TriageQuestion::HealthRisk,
    TriageQuestion::EvidenceAtRisk,
    TriageQuestion::Retaliation,
    TriageQuestion::SeniorOfficial,
    TriageQuestion::HeavyDamage,
];

/// What is known of a report once somebody has assessed it; given with a step, or kept with the case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The answers to the profile's questions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<TriageQuestion, Answer>,
    /// How likely it is to be so, or to happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likelihood: Option<Grade>,
    /// How much harm it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Grade>,
    /// Warning signs (OECD 10(b); control OI-10b-1).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub red_flags: BTreeSet<RedFlag>,
    /// Where the controls of the body concerned are weak.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub weaknesses: BTreeSet<Weakness>,
}

impl Assessment {
    /// This with what was given later: answers and grades are given anew, warning signs and weaknesses add up.
    #[must_use]
    pub fn and(&self, later: &Self) -> Self {
        let mut all = self.clone();
        all.answers.extend(&later.answers);
        all.red_flags.extend(&later.red_flags);
        all.weaknesses.extend(&later.weaknesses);
        all.likelihood = later.likelihood.or(self.likelihood);
        all.impact = later.impact.or(self.impact);
        all
    }

    /// The fields that are still open when these questions are asked.
    #[must_use]
    pub fn open(&self, questions: &[TriageQuestion]) -> Vec<&'static str> {
        let unanswered = questions.iter().filter(|question| !self.answers.contains_key(question));
        let mut open: Vec<&str> = unanswered.map(|question| question.code()).collect();
        open.extend(self.likelihood.is_none().then_some("likelihood"));
        open.extend(self.impact.is_none().then_some("impact"));
        open
    }

    /// Whether anything of it bears on the severity.
    #[must_use]
    pub fn answers_anything(&self) -> bool {
        !self.answers.is_empty() || self.likelihood.is_some() || self.impact.is_some()
    }

    /// Whether a question was answered with yes.
    #[must_use]
    pub fn says(&self, question: TriageQuestion) -> bool {
        self.answers.get(&question) == Some(&Answer::Yes)
    }

    /// Impact × likelihood, and the hard triggers (norms.md 8.8); none before both grades are given.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        let (impact, likelihood) = (self.impact?, self.likelihood?);
        if HARD.iter().any(|question| self.says(*question)) {
            return Some(Severity::Critical);
        }
        Some(match impact.number().saturating_mul(likelihood.number()) {
            0..=3 => Severity::Low,
            4..=7 => Severity::Medium,
            8..=11 => Severity::High,
            12.. => Severity::Critical,
        })
    }

    /// The assessment as it is stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads back what [`Assessment::to_json`] wrote.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graded(impact: Grade, likelihood: Grade) -> Assessment {
        Assessment { impact: Some(impact), likelihood: Some(likelihood), ..Assessment::default() }
    }

    #[test]
    fn severity_is_the_product_of_the_grades() {
        let mut found = Vec::new();
        for impact in Grade::ALL {
            for likelihood in Grade::ALL {
                found.push(graded(*impact, *likelihood).severity().unwrap().code());
            }
        }
        #[rustfmt::skip]
        assert_eq!(found, [
            "low",    "low",    "low",      "medium",
            "low",    "medium", "medium",   "high",
            "low",    "medium", "high",     "critical",
            "medium", "high",   "critical", "critical",
        ]);
        assert_eq!(Assessment { impact: Some(Grade::Four), ..Assessment::default() }.severity(), None);
    }

    #[test]
    fn hard_triggers_make_it_critical_and_nothing_else_does() {
        for question in TriageQuestion::ALL {
            for answer in Answer::ALL {
                let mut one = graded(Grade::One, Grade::One);
                one.answers.insert(*question, *answer);
                let hard = HARD.contains(question) && *answer == Answer::Yes;
                let expected = if hard { Severity::Critical } else { Severity::Low };
                assert_eq!(one.severity(), Some(expected), "{question} {answer}");
            }
        }
    }

    #[test]
    fn earlier_answers_stand_until_they_are_given_anew() {
        let mut before = graded(Grade::Two, Grade::Two);
        before.answers.insert(TriageQuestion::InScope, Answer::Yes);
        before.red_flags.insert(RedFlag::SingleBidder);
        let mut later = Assessment { impact: Some(Grade::Four), ..Assessment::default() };
        later.answers.insert(TriageQuestion::InScope, Answer::No);
        later.red_flags.insert(RedFlag::CashRequest);
        let both = before.and(&later);
        assert_eq!((both.impact, both.likelihood), (Some(Grade::Four), Some(Grade::Two)));
        assert_eq!(both.answers.get(&TriageQuestion::InScope), Some(&Answer::No));
        assert_eq!(both.red_flags.len(), 2);
        assert_eq!(both.open(&[TriageQuestion::InScope, TriageQuestion::Ongoing]), ["ongoing"]);
        assert_eq!(Assessment::from_json(&both.to_json()), Some(both));
        assert_eq!(Assessment::from_json("{}"), Some(Assessment::default()));
    }
}
