//! What a step tells of the report beside the move itself: the answers of triage, the risk of detriment, warning signs. It is
//! known from the moment on that somebody says it, also where the step only becomes a proposal; signs of a crime do not wait.

use jiff::civil::Date;

use super::{clock_news, context::Context};
use crate::{
    audit::{act::Act, entry::Draft},
    domain::{
        case::{
            assessment::{Assessment, FORMULA},
            clocks::ClockNews,
            facts::StepFacts,
            known::{HearingRule, Known, Referral},
            reason::ReasonCode,
            step::Step,
        },
        profile::{CaseDays, ClockName, Profile},
    },
    storage::{
        cases::{CaseChange, CaseRow},
        remedies::RemedyRow,
    },
};

/// How a case came whose reporter gave no name.
const ANONYMOUS: &str = "anonymous";

/// What the case itself tells the guards of a step.
pub(super) fn known(ctx: &Context, case: &CaseRow, remedies: &[RemedyRow]) -> Known {
    let profile = ctx.profile_of(case);
    let clock = case.clocks.get(ClockName::CriminalReferral);
    let referral = match clock {
        _ if profile.period(ClockName::CriminalReferral).is_none() => Referral::None,
        None => Referral::Unneeded,
        Some(clock) if clock.runs() => Referral::Open,
        Some(_) => Referral::Done,
    };
    Known {
        questions: profile.questions().to_vec(),
        assessment: case.assessment.clone(),
        detriment: case.detriment,
        subject_heard: case.subject_heard,
        hearing: hearing(ctx, &profile, case),
        anonymous_branch: profile.anonymous_branch() && case.mode == ANONYMOUS,
        referral,
        remedies: remedies.iter().map(|row| row.state).collect(),
    }
}

/// Whether a preliminary decision was delivered long enough ago.
fn hearing(ctx: &Context, profile: &Profile, case: &CaseRow) -> HearingRule {
    let Some(notice) = profile.hearing() else { return HearingRule::None };
    let Some(on) = case.hearing_notified_on else { return HearingRule::Pending };
    match profile.after(on, notice) {
        Ok(first) if first <= ctx.today_of(case) => HearingRule::Notified,
        Ok(_) => HearingRule::Pending,
        Err(missing) => {
            tracing::error!(%missing, "a notice cannot be counted: load the calendar of that year");
            HearingRule::Pending
        }
    }
}

/// What was told, and the case as it stands with it.
pub(super) struct Assessed<'f> {
    /// The case with it: what the step itself does is computed from here.
    pub(super) case: CaseRow,
    facts: &'f StepFacts,
    news: ClockNews,
    refers: bool,
    on: Date,
}

impl<'f> Assessed<'f> {
    /// What a step tells of a case on the day `on`.
    pub(super) fn of(ctx: &Context, case: &CaseRow, step: Step, facts: &'f StepFacts, on: Date) -> Self {
        let known = known(ctx, case, &[]);
        let profile = ctx.profile_of(case);
        let refers = known.starts_referral(facts);
        let mut case = case.clone();
        let mut news = ClockNews::default();
        if refers {
            let days = CaseDays { status_since: on, ..case.days() };
            news = news.and(case.clocks.start(&profile, ClockName::CriminalReferral, days));
        }
        // Whoever sends a case elsewhere has found that it belongs there (control KZ-65-1).
        let elsewhere = matches!(step, Step::Refer | Step::ReferPart)
            && facts.reason_code == Some(ReasonCode::NotCompetent);
        if elsewhere && !case.clocks.runs(ClockName::Forward) {
            news = news.and(forward(&profile, &mut case));
        }
        case.assessment = known.assessed(facts);
        case.severity = case.assessment.severity();
        case.detriment = facts.reassessed_detriment.or(facts.detriment_level).or(case.detriment);
        clock_news::warn(&news);
        Self { case, facts, news, refers, on }
    }

    /// Whether anything was told.
    fn told(&self) -> bool {
        self.facts.assessment != Assessment::default()
    }

    /// The columns of a case that stays where it is.
    pub(super) fn change(&self, ctx: &Context) -> CaseChange {
        let profile = ctx.profile_of(&self.case);
        let clocks = (!self.news.is_empty()).then(|| {
            clock_news::columns(self.case.clocks.clone(), &profile, self.on, self.case.question_until)
        });
        self.with(CaseChange { clocks, ..CaseChange::default() })
    }

    /// The columns of a case that a step moves.
    pub(super) fn with(&self, change: CaseChange) -> CaseChange {
        CaseChange {
            assessment: self.told().then(|| self.case.assessment.clone()),
            detriment: self.facts.reassessed_detriment.or(self.facts.detriment_level),
            ..change
        }
    }

    /// Adds the acts, and what the answers came to.
    pub(super) fn acts<'k>(&self, mut draft: Draft<'k>) -> Draft<'k> {
        let given = &self.facts.assessment;
        let acts = [
            (Act::TriageAnswered, given.answers_anything()),
            (
                Act::DetrimentAssessed,
                self.facts.reassessed_detriment.or(self.facts.detriment_level).is_some(),
            ),
            (Act::ReferralRequired, self.refers),
            (Act::RedflagSet, !given.red_flags.is_empty()),
            (Act::WeaknessFound, !given.weaknesses.is_empty()),
        ];
        for (act, _) in acts.into_iter().filter(|(_, happened)| *happened) {
            draft = draft.and(act);
        }
        if given.answers_anything() {
            draft = severity(draft, &self.case);
        }
        clock_news::acts(draft, &self.news)
    }
}

/// Adds how urgent the case is, and by which formula.
pub(super) fn severity<'k>(mut draft: Draft<'k>, case: &CaseRow) -> Draft<'k> {
    if let Some(severity) = case.severity {
        draft = draft.code("severity", severity.code()).code("formula", FORMULA.to_string());
    }
    draft
}

/// Starts the clock for sending a case elsewhere. It runs from the receipt; after a reopening or a return, from the day on
/// which triage began anew, as the clock of triage does.
fn forward(profile: &Profile, case: &mut CaseRow) -> ClockNews {
    let begun = case.clocks.get(ClockName::Triage).map_or(case.received_on, |clock| clock.from);
    let days = CaseDays { received_on: begun, ..case.days() };
    case.clocks.start(profile, ClockName::Forward, days)
}
