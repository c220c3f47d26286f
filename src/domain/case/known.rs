//! What the case itself tells when a step is taken: guards ask only for what is still open.

use super::assessment::Assessment;
use super::facts::{Answer, DetrimentLevel, Fact, StepFacts, SubjectHeard};
use super::remedy::RemedyState;
use super::transition::Transition;
use crate::domain::profile::TriageQuestion;

/// The case before the step, as far as guards look at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The questions of the case's own version of its profile.
    pub questions: Vec<TriageQuestion>,
    /// What was assessed before.
    pub assessment: Assessment,
    /// The risk of detriment, once it was assessed.
    pub detriment: Option<DetrimentLevel>,
    /// Whether the report is anonymous, and the profile lets such reports be left without consideration.
    pub anonymous_branch: bool,
    /// Whether the person concerned could respond, as it stands with the case.
    pub subject_heard: Option<SubjectHeard>,
    /// The hearing before an adverse decision.
    pub hearing: HearingRule,
    /// What the profile asks for where there are signs of a crime, and how far it is.
    pub referral: Referral,
    /// How far its corrective actions and recommendations are.
    pub remedies: Vec<RemedyState>,
}

/// The hearing before an adverse decision (APPC art. 73; control KZ-73-1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HearingRule {
    /// The profile asks for none.
    #[default]
    None,
    /// It asks for one, and no preliminary decision was delivered, or too short a time ago.
    Pending,
    /// A preliminary decision was delivered early enough.
    Notified,
}

/// The referral of signs of a crime (control OI-10c-1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Referral {
    /// The profile has no clock for it.
    #[default]
    None,
    /// Nobody has found signs of a crime yet.
    Unneeded,
    /// It is to be done.
    Open,
    /// It was done, or the case ended without it.
    Done,
}

impl Known {
    /// The facts that a row asks for in this case. A proposal gives keys to a second person, outside the triage team: not
    /// before the risk of detriment is known (control ISO-8.3.2-1).
    #[must_use]
    pub fn asked(&self, row: &Transition) -> Vec<Fact> {
        let assesses = |fact: &Fact| matches!(fact, Fact::DetrimentLevel | Fact::ReassessedDetriment);
        let unknown = row.four_eyes && self.detriment.is_none() && !row.facts.iter().any(assesses);
        let asked = row.facts.iter().copied().filter(|fact| match fact {
            Fact::DetrimentLevel => self.detriment.is_none(),
            Fact::Hearing => self.hearing != HearingRule::None,
            Fact::AnonymousBranch => self.anonymous_branch,
            Fact::Unreferred => match self.referral {
                Referral::None => false,
                Referral::Open => true,
                // It may come out with the assessment that the same step asks for.
                Referral::Unneeded | Referral::Done => row.facts.contains(&Fact::Assessment),
            },
            _ => true,
        });
        unknown.then_some(Fact::DetrimentLevel).into_iter().chain(asked).collect()
    }

    /// The assessment with what is given now.
    #[must_use]
    pub fn assessed(&self, facts: &StepFacts) -> Assessment {
        self.assessment.and(&facts.assessment)
    }

    /// Whether these facts are the first to tell of signs of a crime, or tell of them again after a referral.
    #[must_use]
    pub fn starts_referral(&self, facts: &StepFacts) -> bool {
        let crime = TriageQuestion::CriminalSigns;
        let anonymous = [facts.anon_crime, facts.anon_security].contains(&Some(Answer::Yes));
        let signs = facts.assessment.says(crime) || anonymous;
        match self.referral {
            Referral::None | Referral::Open => false,
            Referral::Unneeded => signs,
            // What was referred once is referred again only for what was not seen then.
            Referral::Done => signs && !self.assessment.says(crime),
        }
    }

    /// Whether signs of a crime are still to be referred once these facts are known.
    #[must_use]
    pub fn referral_open(&self, facts: &StepFacts) -> bool {
        self.referral == Referral::Open || self.starts_referral(facts)
    }
}
