//! A step of the workflow: taken at once, or proposed where the table asks for a second pair of eyes.

use jiff::civil::Date;

use super::{
    assessed::{Assessed, known},
    caller::Caller,
    case_access::{locked, permitted, role_code},
    context::Context,
    denials::watched_step,
    effects::{self, Effect},
    error::Error,
    holders::{HeldSeeds, unlock},
    impartiality::{Barrier, told_of},
    items::{Sealer, Spot, words},
    refer,
    registry::Registry,
    remedies::check as check_body,
    unbar::standing_subject,
};
use crate::{
    audit::act::Act,
    domain::{
        case::{
            facts::StepFacts,
            item::ItemKind,
            reason::ReasonCode,
            review::Review,
            status::Status,
            step::Step,
            step_taken::{StepError, take},
            transition::{MessageKind, legal_from},
        },
        field_error::FieldError,
        ids::{CaseId, ProposalId, StaffId},
        role::Role,
    },
    policy::{Action, Capacity, Permit, Situation},
    storage::{
        Tx, Written,
        cases::CaseRow,
        proposals::{ProposalRow, Resolution},
    },
};

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepDone {
    /// It was taken; the case is now in this state.
    Taken(Status),
    /// It waits for a second person.
    Proposed(ProposalId),
}

/// Takes or proposes a step.
///
/// # Errors
/// [`Error::NotFound`] or [`Error::Forbidden`] by the policy; [`Error::IllegalStep`] with the legal ones;
/// [`Error::Invalid`] with every fact that is missing; [`Error::ProposalWaiting`], [`Error::NobodyToApprove`].
pub async fn take_step(
    ctx: &Context,
    caller: &Caller,
    id: CaseId,
    step: Step,
    facts: &StepFacts,
) -> Result<StepDone, Error> {
    let registry = ctx.current_registry().await?;
    let outcome = ctx
        .store
        .record("take_step", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::TakeStep(step)).await?;
            let doer = situation.grant.and_then(Capacity::doer).ok_or(Error::Forbidden)?;
            let remedies = tx.remedies(id).await?;
            let taken =
                take(case.status, step, doer, facts, &known(ctx, &case, &remedies)).map_err(refused)?;
            if step == Step::Review && case.review != Some(Review::Asked) {
                // Nobody asked: what is decided stands.
                let others = legal_from(case.status).into_iter().filter(|other| *other != step);
                return Err(Error::IllegalStep { legal: others.collect() });
            }
            let to = taken.to.status(case.status, case.origin_status).ok_or(Error::Conflict)?;
            if facts.struck.is_some() && step != Step::StrikeSubject {
                return Err(Error::Invalid(vec![FieldError::new("struck", FieldError::NOT_ALLOWED)]));
            }
            check_days(facts, ctx.today_of(&case))?;
            check_body(&registry, facts.addressee_body, "addressee_body")?;
            let overtaken = set_aside(ctx, tx, &permit, &case).await?;
            if let Some(master) = facts.master {
                check_named(tx, caller, (id, master), (step, facts.reason_code)).await?;
            }
            let (seeds, first) = unlock(ctx, tx, &permit, caller, &case).await?;
            let act =
                Stepping { ctx, caller, registry: &registry, permit, situation, seeds, first, overtaken };
            if let Some(item) = facts.struck {
                let pieces = told_of(ctx, tx, (&case, &act.seeds)).await?;
                standing_subject(&pieces, item)?;
            }
            if let Some(master) = facts.master.filter(|_| step == Step::Merge) {
                act.check_holders(tx, &case, master).await?;
            }
            if taken.four_eyes {
                act.propose(tx, &case, (step, to), facts).await
            } else {
                act.apply(tx, &case, (step, to), facts).await
            }
        })
        .await;
    watched_step(ctx, caller, (id, step), outcome).await
}

/// What is expected lies ahead, and what is recorded afterwards does not.
fn check_days(facts: &StepFacts, today: Date) -> Result<(), Error> {
    let days = [
        ("expected_on", facts.expected_on.is_some_and(|day| day <= today)),
        ("done_on", facts.done_on.is_some_and(|day| day > today)),
        ("action_due", facts.action_due.is_some_and(|day| day <= today)),
    ];
    let wrong = days.into_iter().filter(|(_, wrong)| *wrong);
    let faults: Vec<_> = wrong.map(|(field, _)| FieldError::new(field, FieldError::NOT_ALLOWED)).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

/// Checks the other case that a step names: the actor sees it, and a rejection as repetitive names one that was concluded
/// (control EU-11.3-1), a merge one that is open or concluded.
async fn check_named(
    tx: &mut Tx<'_>,
    caller: &Caller,
    (own, named): (CaseId, CaseId),
    (step, reason): (Step, Option<ReasonCode>),
) -> Result<(), Error> {
    let wrong = |code| Error::Invalid(vec![FieldError::new("master", code)]);
    if named == own {
        return Err(wrong(FieldError::NOT_ALLOWED));
    }
    let (master, ..) =
        permitted(tx, caller, named, Action::SeeCase).await.map_err(|_hidden| wrong(FieldError::UNKNOWN))?;
    let fits = match (step, reason) {
        (Step::Reject, Some(ReasonCode::Repetitive)) => master.status.is_concluded(),
        (Step::Merge, _) => master.status.is_open() || master.status.is_concluded(),
        _ => true,
    };
    if fits { Ok(()) } else { Err(wrong(FieldError::NOT_ALLOWED)) }
}

/// Makes way: a proposal that waits stands in the way, but one that an answer or a timer overtook is stale. It is noted
/// here and not by the reporter's answer, whose rows tell no time.
async fn set_aside(ctx: &Context, tx: &mut Tx<'_>, permit: &Permit, case: &CaseRow) -> Result<bool, Error> {
    let Some(waiting) = tx.pending_proposal(case.id).await? else { return Ok(false) };
    if !waiting.overtaken(case) {
        return Err(Error::ProposalWaiting);
    }
    Ok(tx.resolve_proposal(permit, waiting.id, Resolution::Stale, (None, ctx.store.now())).await?)
}

fn refused(error: StepError) -> Error {
    match error {
        StepError::Illegal { legal } => Error::IllegalStep { legal },
        StepError::NotYours => Error::Forbidden,
        StepError::Missing(fields) => Error::Invalid(fields),
    }
}

struct Stepping<'a> {
    ctx: &'a Context,
    caller: &'a Caller,
    registry: &'a Registry,
    permit: Permit,
    situation: Situation,
    seeds: HeldSeeds,
    first: bool,
    overtaken: bool,
}

impl Stepping<'_> {
    fn draft(&self, act: Act) -> crate::audit::entry::Draft<'_> {
        let draft = self.caller.draft(act, role_code(&self.situation), self.ctx.store.now());
        let draft = if self.first { draft.and(Act::ContentRead) } else { draft };
        if self.overtaken { draft.and(Act::ProposalStale) } else { draft }
    }

    async fn apply(
        &self,
        tx: &mut Tx<'_>,
        case: &CaseRow,
        (step, to): (Step, Status),
        facts: &StepFacts,
    ) -> Result<(StepDone, Written), Error> {
        let on = self.ctx.today_of(case);
        if step == Step::Assign {
            self.assign(tx, case, facts).await?;
        }
        let assessed = Assessed::of(self.ctx, case, step, facts, on);
        let effect = Effect::of(self.ctx, &assessed.case, (step, to), facts, on)?;
        let spot = Spot::next(case, on, Some(self.caller.id));
        self.write_items(tx, spot, (case.status, step), facts).await?;
        effect.raise((self.ctx, tx), &self.permit, case).await?;
        refer::follow(tx, &self.permit, case, (step, on)).await?;
        let draft = effect.acts(assessed.acts(self.draft(Act::StateChanged)));
        let change = assessed.with(effect.change);
        let written = tx.save_case(&self.permit, case, change, &draft).await?;
        Ok((StepDone::Taken(to), written))
    }

    async fn propose(
        &self,
        tx: &mut Tx<'_>,
        case: &CaseRow,
        (step, to): (Step, Status),
        facts: &StepFacts,
    ) -> Result<(StepDone, Written), Error> {
        let (on, now) = (self.ctx.today_of(case), self.ctx.store.now());
        // What cannot take effect now is not proposed.
        let assessed = Assessed::of(self.ctx, case, step, facts, on);
        Effect::of(self.ctx, &assessed.case, (step, to), facts, on)?;
        let newcomers = self.admit_reviewers(tx, case).await?;
        let id = ProposalId(tx.uuid());
        let closed = facts.closed().to_sealed_json();
        let proposal = ProposalRow {
            id,
            case_id: case.id,
            step,
            from_status: case.status,
            to_status: to,
            epoch: case.epoch,
            facts: String::from_utf8_lossy(&closed).into_owned(),
            proposer_id: self.caller.id,
            proposed_at: now,
            proposed_n: case.next_n(),
            state: "pending".to_owned(),
            resolver_id: None,
        };
        tx.insert_proposal(&self.permit, proposal).await?;
        let spot = Spot { proposal: Some(id), ..Spot::next(case, on, Some(self.caller.id)) };
        self.write_items(tx, spot, (case.status, step), facts).await?;
        if matches!(step, Step::Refer | Step::ReferPart) {
            let by = (self.caller, self.registry, &self.seeds);
            let item = refer::prepare(self.ctx, tx, by, (case, spot), (step, facts)).await?;
            tx.insert_item(&self.permit, item).await?;
        }
        let draft = effects::codes(self.draft(Act::ProposalMade).code("step", step.code()), facts);
        let mut draft = assessed.acts(draft);
        if newcomers {
            draft = draft.and(Act::GrantAdded);
        }
        let written = tx.save_case(&self.permit, case, assessed.change(self.ctx), &draft).await?;
        Ok((StepDone::Proposed(id), written))
    }

    /// Gives the case's keys to the lead and the investigators.
    async fn assign(&self, tx: &mut Tx<'_>, case: &CaseRow, facts: &StepFacts) -> Result<(), Error> {
        let lead = facts.lead.map(|lead| (lead, Capacity::Lead, "lead"));
        let others = facts.investigators.iter().map(|id| (*id, Capacity::Investigator, "investigators"));
        let mut named: Vec<(StaffId, Capacity, &'static str)> = lead.into_iter().chain(others).collect();
        named.dedup_by_key(|(id, ..)| *id);
        let barrier = self.barrier(tx, case).await?;
        let mut to = Vec::new();
        for (id, capacity, field) in named {
            let unfit = || Error::Invalid(vec![FieldError::new(field, FieldError::NOT_ALLOWED)]);
            let member = self.registry.directory.members.get(&id).ok_or_else(unfit)?;
            let grant = tx.grant(case.id, id).await?;
            let reviews =
                grant.as_ref().is_some_and(|grant| grant.capacity == Capacity::Reviewer && grant.lives());
            let recused = grant.is_some_and(|grant| grant.recused_on.is_some());
            if !member.holds(Role::Investigator, case.desk_id) || reviews || recused || barrier.bars(id) {
                return Err(unfit());
            }
            to.push((id, capacity));
        }
        self.grant(tx, case, &to).await
    }

    /// Gives the keys to every reviewer who could approve. True where somebody new got them.
    async fn admit_reviewers(&self, tx: &mut Tx<'_>, case: &CaseRow) -> Result<bool, Error> {
        let barrier = self.barrier(tx, case).await?;
        let mut newcomers = Vec::new();
        let mut eligible = 0_usize;
        for (id, _) in self.registry.directory.with_role(Role::Reviewer, case.desk_id) {
            if id == self.caller.id || case.lead_id == Some(id) || barrier.bars(id) {
                continue;
            }
            match tx.grant(case.id, id).await? {
                None => newcomers.push((id, Capacity::Reviewer)),
                Some(grant) if grant.lives() && grant.capacity == Capacity::Reviewer => eligible += 1,
                Some(_) => {}
            }
        }
        if eligible + newcomers.len() == 0 {
            return Err(Error::NobodyToApprove);
        }
        self.grant(tx, case, &newcomers).await?;
        Ok(!newcomers.is_empty())
    }

    /// Nobody whom this case concerns has the one that it joins (norms.md 8.5, rule 1).
    async fn check_holders(&self, tx: &mut Tx<'_>, case: &CaseRow, master: CaseId) -> Result<(), Error> {
        let barrier = self.barrier(tx, case).await?;
        let grants = tx.grants(master).await?;
        if grants.iter().any(|(grant, _)| grant.lives() && barrier.bars(grant.staff_id)) {
            return Err(Error::Invalid(vec![FieldError::new("master", FieldError::NOT_ALLOWED)]));
        }
        Ok(())
    }

    async fn barrier<'s>(&'s self, tx: &mut Tx<'_>, case: &'s CaseRow) -> Result<Barrier<'s>, Error> {
        Barrier::read(self.ctx, tx, self.registry, (case, &self.seeds)).await
    }

    async fn grant(&self, tx: &mut Tx<'_>, case: &CaseRow, to: &[(StaffId, Capacity)]) -> Result<(), Error> {
        if to.is_empty() {
            return Ok(());
        }
        let people: Vec<StaffId> = to.iter().map(|(id, _)| *id).collect();
        let wraps = self.seeds.rewrap(self.ctx, self.registry, &people, &mut tx.rng)?;
        tx.grant_access(&self.permit, case.id, to, (Some(self.caller.id), self.ctx.today_of(case))).await?;
        Ok(tx.insert_wraps(&self.permit, case.id, &wraps).await?)
    }

    /// The step's record, and what the reporter is told: their own words, then the closed text of the stage.
    async fn write_items(
        &self,
        tx: &mut Tx<'_>,
        spot: Spot,
        (from, step): (Status, Step),
        facts: &StepFacts,
    ) -> Result<(), Error> {
        let keys = self.seeds.keys(spot.epoch).ok_or(Error::NotFound)?;
        let sealer = Sealer::Holder(keys);
        let record = (&sealer, facts.to_sealed_json());
        let item = spot.sealed(self.ctx, ItemKind::StepRecord, (record.0, &record.1), &mut tx.rng)?;
        tx.insert_item(&self.permit, item).await?;
        let told = effects::told(from, step, facts);
        let (kind, text) = match told {
            Some(MessageKind::Question) => (ItemKind::Question, facts.question.as_ref()),
            _ => (ItemKind::DeskMessage, facts.message.as_ref()),
        };
        // Where silence was explained, nothing is sent, whatever else was typed.
        if let Some(text) = text.filter(|_| told.is_some()) {
            let content = words(text.expose());
            let item = spot.sealed(self.ctx, kind, (&sealer, &content), &mut tx.rng)?;
            tx.insert_item(&self.permit, item).await?;
        }
        if let Some(kind) = told {
            let item = spot.template(kind.code(), &mut tx.rng);
            tx.insert_item(&self.permit, item).await?;
        }
        Ok(())
    }
}
