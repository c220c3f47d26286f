//! What a step does besides moving the case: columns, clocks, acts, messages, and what oversight must see.

use std::sync::Arc;

use jiff::civil::Date;

use super::{
    assessed,
    authentic::{Authentic, CaseKeys, present_epoch},
    clock_news,
    context::Context,
    error::Error,
    items::Spot,
};
use crate::{
    audit::{act::Act, entry::Draft},
    domain::{
        case::{
            clocks::{ClockNews, Clocks, ExtensionFault},
            facts::{Fact, FeedbackSent, StepFacts},
            reason::ReasonCode,
            review::Review,
            status::Status,
            step::Step,
            transition::{MessageKind, MessageRule, find},
        },
        field_error::FieldError,
        profile::{CaseDays, ClockName, MissingYear, Profile, ProfileVersion},
    },
    policy::Permit,
    storage::{
        Tx,
        cases::{CaseChange, CaseRow},
        oversight::Matter,
    },
};

/// Everything that a step does to a case, computed before anything is written.
pub(super) struct Effect<'f> {
    /// The columns.
    pub(super) change: CaseChange,
    moved: (Status, Step, Status),
    case: &'f CaseRow,
    facts: &'f StepFacts,
    news: ClockNews,
    checkins: Vec<u16>,
    on: Date,
}

impl<'f> Effect<'f> {
    /// What a step to `to` does on the day `on`.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a clock cannot be extended so.
    pub(super) fn of(
        ctx: &Context,
        case: &'f CaseRow,
        (step, to): (Step, Status),
        facts: &'f StepFacts,
        on: Date,
    ) -> Result<Self, Error> {
        let profile = ctx.profile_of(case);
        let anew = matches!(step, Step::Reopen | Step::Returned);
        let days = CaseDays {
            received_on: if anew { on } else { case.received_on },
            acknowledged_on: case.acknowledged_on,
            status_since: on,
        };
        let mut clocks = case.clocks.clone();
        let mut news = clocks.step(&profile, (case.status, to), days, anew);
        if step == Step::Extend {
            extend(&mut clocks, &profile, facts, days)?;
        }
        news = news.and(referred(&mut clocks, (step, to), facts, on));
        let mut profile = profile;
        if step == Step::ChangeRules {
            let next = next_rules(ctx, case, facts)?;
            // What was missed under the old rules stays missed.
            news = news.and(clocks.tick(&profile, on, case.days()));
            news = news.and(clocks.move_to((&profile, &next), case.status, case.days()));
            profile = next;
        }
        // A closed text is no letter of a person: it answers nothing and meets no clock.
        let written = facts.message.is_some() || facts.question.is_some();
        let letter = written && told(case.status, step, facts).is_some();
        if letter {
            news = news.and(clocks.told(&profile, false, on));
        }
        if matches!(step, Step::Review | Step::Reopen) {
            news = news.and(clocks.stop(ClockName::ReviewDecision, on));
        }
        clock_news::warn(&news);
        let question_until = (to == Status::AwaitingInfo)
            .then(|| facts.expected_on.or_else(|| known(profile.due(ClockName::Answer, days))))
            .flatten();
        let mut change = columns(case, step, to, facts);
        change.question_until = Some(question_until);
        change.clocks = Some(clock_news::columns(clocks, &profile, on, question_until));
        if letter && case.unanswered_since.is_some() {
            change.unanswered = Some(None);
        }
        change.on = (to != case.status).then_some(on).or(Some(case.status_since));
        Ok(Self {
            change,
            moved: (case.status, step, to),
            case,
            facts,
            news,
            checkins: profile.checkins().to_vec(),
            on,
        })
    }

    /// Adds the acts and the closed codes to the step's entry.
    pub(super) fn acts<'k>(&self, mut draft: Draft<'k>) -> Draft<'k> {
        let (from, step, to) = self.moved;
        draft = draft.and(Act::StateChanged).moved(Some(from.code()), to.code()).code("step", step.code());
        if step.is_decision() {
            draft = draft.and(Act::DecisionMade);
        }
        for act in particular(step) {
            draft = draft.and(*act);
        }
        if to == Status::Closed && from != Status::Closed {
            draft = self.end(draft);
        }
        if self.facts.subject_heard.is_some() {
            draft = draft.and(Act::SubjectHeard);
        }
        if completes_triage(from, step) {
            draft = assessed::severity(draft.and(Act::TriageCompleted), self.case);
        }
        if let Some(kind) = told(from, step, self.facts) {
            draft =
                draft.and(if kind == MessageKind::Feedback { Act::FeedbackSent } else { Act::NoticeSent });
        }
        draft = codes(draft, self.facts);
        if let Some(profile) = self.change.profile {
            draft = draft.code("profile", profile.to_string());
        }
        clock_news::acts(draft, &self.news)
    }

    /// What the record says of the end besides the facts: that nothing is to be done, and after how many days the reporter is
    /// asked (control ISO-8.5-1).
    fn end<'k>(&self, draft: Draft<'k>) -> Draft<'k> {
        let days: Vec<String> = self.checkins.iter().map(ToString::to_string).collect();
        let draft = if days.is_empty() { draft } else { draft.code("checkins", days.join(".")) };
        if self.moved.1 == Step::Complete { draft } else { draft.code("actions", "none") }
    }

    /// Puts the closed text of the stage into the mailbox, where a step is nobody's but the reporter's or a timer's.
    /// Before the case is saved.
    ///
    /// # Errors
    /// [`Error`] of the database.
    pub(super) async fn tell(&self, tx: &mut Tx<'_>, permit: &Permit, spot: Spot) -> Result<(), Error> {
        let (from, step, _) = self.moved;
        if let Some(kind) = told(from, step, self.facts) {
            let item = spot.template(kind.code(), &mut tx.rng);
            tx.insert_item(permit, item).await?;
        }
        Ok(())
    }

    /// Writes what oversight must see of it, and proves the case's keys with its new profile. Before the case is saved.
    ///
    /// # Errors
    /// [`Error`] of the database.
    pub(super) async fn raise(
        &self,
        (ctx, tx): (&Context, &mut Tx<'_>),
        permit: &Permit,
        case: &CaseRow,
    ) -> Result<(), Error> {
        clock_news::raise(tx, permit, case, (&self.news, self.on)).await?;
        if let Some(profile) = self.change.profile {
            prove_keys(ctx, tx, permit, (case, profile)).await?;
        }
        if self.moved.1 == Step::Returned {
            tx.raise_matter(permit, case.id, (Matter::ReferralReturned, self.on)).await?;
        }
        Ok(())
    }
}

/// Adds the closed codes of a step's facts.
pub(super) fn codes<'k>(mut draft: Draft<'k>, facts: &StepFacts) -> Draft<'k> {
    for (name, code) in facts.codes() {
        draft = draft.code(name, code);
    }
    for (name, codes) in facts.lists() {
        draft = draft.code(name, codes.join("."));
    }
    draft
}

/// The clocks that belong to no state: a referral meets what it is for, and where the case goes on otherwise nothing is to
/// be forwarded any more.
fn referred(clocks: &mut Clocks, (step, to): (Step, Status), facts: &StepFacts, on: Date) -> ClockNews {
    let mut news = ClockNews::default();
    if matches!(step, Step::Refer | Step::ReferPart) {
        news = news.and(clocks.stop(ClockName::Forward, on));
        if facts.reason_code == Some(ReasonCode::CriminalSigns) {
            news = news.and(clocks.stop(ClockName::CriminalReferral, on));
        }
    } else if !matches!(to, Status::Triage | Status::AwaitingInfo) {
        clocks.lapse(ClockName::Forward, on);
    }
    if !to.is_open() {
        // Why it ends without the referral is among the facts.
        clocks.lapse(ClockName::CriminalReferral, on);
    }
    news
}

/// The profile that a case is to go on under: another than its own, and one that is in force.
fn next_rules(ctx: &Context, case: &CaseRow, facts: &StepFacts) -> Result<Arc<Profile>, Error> {
    // The guard of the table asked for it.
    let wanted = facts.profile.ok_or(Error::Conflict)?;
    let own = ctx.profile_of(case);
    let book = ctx.rules();
    let next = book.current(wanted.id);
    let own = (next.id(), next.version()) == (own.id(), own.version());
    if own || next.version() != wanted.version {
        return Err(Error::Invalid(vec![FieldError::new("profile", FieldError::NOT_ALLOWED)]));
    }
    Ok(Arc::clone(next))
}

/// Who a case's words are sealed for is proved with its profile: what was proved before is proved anew.
async fn prove_keys(
    ctx: &Context,
    tx: &mut Tx<'_>,
    permit: &Permit,
    (case, profile): (&CaseRow, ProfileVersion),
) -> Result<(), Error> {
    let public = present_epoch(ctx, tx, case).await?;
    let keys = CaseKeys { profile: profile.id, ..CaseKeys::of(case) };
    let mac = Authentic::epoch(ctx, &keys, case.epoch, &public.to_bytes()).mac(ctx);
    Ok(tx.prove_epoch(permit, (case.id, case.epoch), mac).await?)
}

fn extend(clocks: &mut Clocks, profile: &Profile, facts: &StepFacts, days: CaseDays) -> Result<(), Error> {
    // The guard of the table asked for both.
    let (Some(clock), Some(until)) = (facts.clock, facts.expected_on) else { return Err(Error::Conflict) };
    clocks.extend(profile, (clock, until), days).map_err(|fault| {
        let field = match fault {
            ExtensionFault::NotRunning | ExtensionFault::NotAllowed | ExtensionFault::Spent => "clock",
            ExtensionFault::NotLater | ExtensionFault::Beyond(_) | ExtensionFault::Unknown => "expected_on",
        };
        Error::Invalid(vec![FieldError::new(field, FieldError::NOT_ALLOWED)])
    })
}

/// What a step changes in the case's row, clocks apart.
fn columns(case: &CaseRow, step: Step, to: Status, facts: &StepFacts) -> CaseChange {
    let origin = match (case.status, to) {
        (from, Status::AwaitingInfo) => Some(Some(from)),
        (Status::AwaitingInfo, _) => Some(None),
        _ => None,
    };
    let lead = match step {
        Step::Assign => Some(facts.lead),
        Step::Return if case.status == Status::Assigned => Some(None),
        Step::Reopen => Some(None),
        _ => None,
    };
    let review = match step {
        Step::Review => Some(Some(Review::Decided)),
        Step::Reopen => Some(None),
        _ => None,
    };
    CaseChange {
        review,
        profile: facts.profile.filter(|_| step == Step::ChangeRules),
        step: Some((step, to)),
        origin,
        lead,
        subject_heard: match facts.reason_code {
            Some(ReasonCode::SubjectNotHeard) => Some(None),
            _ => facts.subject_heard.map(Some),
        },
        hearing_notified: facts.done_on.filter(|_| step == Step::NotifyHearing),
        outcome: facts.outcome,
        reason: facts.reason_code.filter(|_| !matches!(step, Step::Extend | Step::ChangeRules)),
        master: facts.master,
        ..CaseChange::default()
    }
}

/// A due day, or none where the calendar lacks the year: that must not keep a step from being taken.
fn known(due: Result<Option<Date>, MissingYear>) -> Option<Date> {
    due.unwrap_or_else(|missing| {
        tracing::error!(%missing, "no due day could be computed: the working-day calendar lacks a year");
        None
    })
}

const fn particular(step: Step) -> &'static [Act] {
    match step {
        Step::Ask | Step::Answer => &[Act::MailboxMessage],
        Step::Merge => &[Act::CaseMerged],
        Step::Refer | Step::ReferPart => &[Act::ReferralSent],
        Step::Returned => &[Act::ReferralReturned],
        Step::OutcomeReceived => &[Act::ReferralOutcome, Act::CaseClosed, Act::RetentionSet],
        Step::Assign => &[Act::GrantAdded],
        Step::Start => &[Act::PlanApproved],
        Step::NotifyHearing => &[Act::HearingNotified],
        Step::StrikeSubject => &[Act::SubjectStruck],
        Step::DecideClose | Step::Complete | Step::Lapse => &[Act::CaseClosed, Act::RetentionSet],
        Step::Reject | Step::Withdraw => &[Act::CaseClosed],
        Step::Reopen => &[Act::CaseReopened],
        Step::Review => &[Act::ReviewDecided],
        Step::Extend => &[Act::DeadlineExtended],
        Step::ChangeRules => &[Act::ProfileChanged],
        Step::Dispose => &[Act::CaseDisposed],
        Step::Open
        | Step::Timeout
        | Step::Submit
        | Step::Return
        | Step::Pause
        | Step::Resume
        | Step::Decide
        | Step::Archive => &[],
    }
}

/// Whether the step takes the case out of triage on an assessment.
fn completes_triage(from: Status, step: Step) -> bool {
    find(from, step).is_some_and(|row| row.facts.contains(&Fact::Assessment))
}

/// What the reporter is told with a step, where they are told.
pub(super) fn told(from: Status, step: Step, facts: &StepFacts) -> Option<MessageKind> {
    match find(from, step)?.message {
        MessageRule::TellOrExplain(_) if facts.silence_reason.is_some() => None,
        // Where feedback is impossible there is nobody to tell, and the record does not say that somebody was told.
        MessageRule::Tell(MessageKind::Feedback) if facts.feedback_sent == Some(FeedbackSent::Impossible) => {
            None
        }
        rule => rule.kind(),
    }
}
