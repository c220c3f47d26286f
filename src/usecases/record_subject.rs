//! Somebody who works on a case records whom it concerns (control EU-9.1c-2): colleagues who are, or belong to it, lose
//! the case at once, whoever they are. Where too few triagers without a conflict are left, an independent desk has it
//! from then on (norms.md 8.5, rule 5).

use super::{
    caller::Caller,
    case_access::{locked, role_code},
    context::Context,
    denials::watched,
    error::Error,
    holders::{HeldSeeds, aftermath, rotate, unlock},
    impartiality::{Barrier, Impartiality, marks, subjects},
    items::{Sealer, Spot},
    registry::{Desk, Registry},
};
use crate::{
    audit::{act::Act, entry::Draft},
    crypto::epoch::EpochKeys,
    domain::{
        case::{item::ItemKind, subject::Subject},
        conflict::Concerned,
        field_error::FieldError,
        ids::{CaseId, StaffId},
        role::Role,
        routing::{Exclusion, TRIAGERS},
    },
    policy::{Action, Capacity, Permit},
    storage::{
        Tx,
        cases::{CaseChange, CaseRow},
        grants::{GrantEnd, GrantRow},
        wraps::Holder,
    },
};

/// Records a subject; says whether the caller still has the case: who records themselves, or sends the case to another
/// desk, loses it as everybody else does.
///
/// # Errors
/// [`Error::NotFound`] and [`Error::Forbidden`] by the policy; [`Error::Invalid`] for `login` and `unit`, where they are
/// not known, and for `subject`, where no more can be kept from one case, or nobody at all would be left.
pub async fn record_subject(
    ctx: &Context,
    caller: &Caller,
    id: CaseId,
    subject: &Subject,
) -> Result<bool, Error> {
    let registry = ctx.current_registry().await?;
    let concerned = concerned(&registry, subject)?;
    let outcome = ctx
        .store
        .record("record_subject", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::RecordSubject).await?;
            let (seeds, first) = unlock(ctx, tx, &permit, caller, &case).await?;
            let full = |_most| Error::Invalid(vec![FieldError::new("subject", FieldError::TOO_LONG)]);
            let excluded = marks(ctx, (id, case.excluded.as_deref()), &concerned).map_err(full)?;
            let mut draft = caller.draft(Act::SubjectRecorded, role_code(&situation), ctx.store.now());
            if first {
                draft = draft.and(Act::ContentRead);
            }
            let mut change = CaseChange::default();
            let mut keeps = true;
            let mut spot = Spot::next(&case, ctx.today_of(&case), Some(caller.id));
            let mut keys = seeds.keys(case.epoch).ok_or(Error::KeysAwaited)?;
            if case.excluded.as_ref() != Some(&excluded) {
                let barring =
                    Barring { ctx, registry: &registry, permit: &permit, seeds: &seeds, by: caller.id };
                let barred = barring.turn(tx, &case, excluded).await?;
                draft = barred.acts.into_iter().fold(draft, Draft::and);
                (change, keys, keeps) = (barred.change, barred.keys, !barred.leaving.contains(&caller.id));
                spot.epoch = change.epoch.unwrap_or(spot.epoch);
            }
            let content = subject.to_sealed_json();
            let sealed = (&Sealer::Holder(keys), content.as_slice());
            let item = spot.sealed(ctx, ItemKind::Subject, sealed, &mut tx.rng)?;
            tx.insert_item(&permit, item).await?;
            Ok((keeps, tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}

/// Who of those who work here it is, and which unit.
fn concerned(registry: &Registry, subject: &Subject) -> Result<Concerned, Error> {
    let unknown = |field| Error::Invalid(vec![FieldError::new(field, FieldError::UNKNOWN)]);
    let mut concerned = Concerned {
        names: subject.name.iter().map(|name| name.expose().to_owned()).collect(),
        ..Concerned::default()
    };
    if let Some(login) = &subject.login {
        let mut members = registry.directory.members.iter();
        let known = members.find(|(_, member)| member.login == login.as_str());
        concerned.people.insert(*known.ok_or_else(|| unknown("login"))?.0);
    }
    if let Some(unit) = subject.unit {
        if !registry.bodies.holds(unit) {
            return Err(unknown("unit"));
        }
        concerned.units.insert(unit);
    }
    let found = registry.in_conflict(&concerned);
    concerned.people.extend(subjects(&found));
    Ok(concerned)
}

/// What keeping somebody from a case did to it.
struct Barred {
    change: CaseChange,
    keys: EpochKeys,
    acts: Vec<Act>,
    /// Who lost it.
    leaving: Vec<StaffId>,
}

struct Barring<'b> {
    ctx: &'b Context,
    registry: &'b Registry,
    permit: &'b Permit,
    seeds: &'b HeldSeeds,
    by: StaffId,
}

impl Barring<'_> {
    /// Takes the case from whom the marks keep from it, and begins an epoch without them.
    async fn turn(&self, tx: &mut Tx<'_>, case: &CaseRow, excluded: Vec<u8>) -> Result<Barred, Error> {
        let mut after = CaseRow { excluded: Some(excluded.clone()), ..case.clone() };
        let barrier = Barrier::read(self.ctx, tx, self.registry, (case, self.seeds)).await?;
        let bars = |staff: StaffId| {
            barrier.bars(staff) || Impartiality::of(self.ctx, self.registry, staff).kept_from_case(&after)
        };
        let grants: Vec<GrantRow> = tx.grants(case.id).await?.into_iter().map(|(grant, _)| grant).collect();
        let recused: Vec<StaffId> =
            grants.iter().filter(|grant| grant.recused_on.is_some()).map(|grant| grant.staff_id).collect();
        let living: Vec<StaffId> =
            grants.iter().filter(|grant| grant.lives()).map(|grant| grant.staff_id).collect();
        let mut leaving: Vec<StaffId> = living.iter().copied().filter(|staff| bars(*staff)).collect();
        let mut acts = if leaving.is_empty() { Vec::new() } else { vec![Act::CoiBlocked] };
        let refuge = self.refuge(case, &|staff| bars(staff) || recused.contains(&staff));
        if refuge.is_some() {
            leaving.clone_from(&living);
        } else if leaving.len() == living.len() {
            // Nobody would be left who could do anything about it.
            return Err(Error::Invalid(vec![FieldError::new("subject", FieldError::NOT_ALLOWED)]));
        }
        for staff in &leaving {
            tx.end_grant(self.permit, (case.id, *staff), GrantEnd::Revoked, self.ctx.today_of(case)).await?;
            tx.delete_wraps(self.permit, case.id, Holder::Staff(*staff)).await?;
        }
        if !leaving.is_empty() {
            acts.push(Act::GrantRemoved);
        }
        if let Some((desk, triagers)) = &refuge {
            self.move_to(tx, case, (desk, triagers)).await?;
            acts.extend([Act::CoiEscalated, Act::GrantAdded]);
            after.desk_id = desk.row.id;
        }
        let epoch = rotate(self.ctx, tx, self.permit, self.registry, &after).await?;
        acts.push(Act::EpochRotated);
        acts.extend(aftermath(self.ctx, tx, self.permit, (case, epoch.holders)).await?);
        let leads = case.lead_id.is_some_and(|lead| leaving.contains(&lead));
        let change = CaseChange {
            excluded: Some(excluded),
            desk: refuge.map(|(desk, _)| desk.row.id),
            lead: leads.then_some(None),
            ..epoch.change
        };
        Ok(Barred { change, keys: epoch.keys, acts, leaving })
    }

    /// The independent desk that is to have the case, with its triagers; none while the desk that has it can keep it.
    fn refuge(&self, case: &CaseRow, bars: &impl Fn(StaffId) -> bool) -> Option<(&Desk, Vec<StaffId>)> {
        let triagers = |desk| self.registry.directory.with_role(Role::Triager, desk);
        if triagers(case.desk_id).filter(|(staff, _)| !bars(*staff)).count() >= TRIAGERS {
            return None;
        }
        let people = self.registry.directory.members.keys().copied().filter(|staff| bars(*staff)).collect();
        let exclusion = Exclusion { people, outside: true };
        let route = self.registry.route(case.body_id, case.category, case.region, &exclusion)?;
        let desk = self.registry.desks.get(&route.desk).filter(|desk| desk.row.id != case.desk_id)?;
        (route.triagers.len() >= TRIAGERS).then_some((desk, route.triagers))
    }

    /// Gives another desk's triagers the keys of every epoch, and its recovery key in the place of the old one.
    async fn move_to(
        &self,
        tx: &mut Tx<'_>,
        case: &CaseRow,
        (desk, triagers): (&Desk, &[StaffId]),
    ) -> Result<(), Error> {
        tx.delete_wraps(self.permit, case.id, Holder::Recovery(case.desk_id)).await?;
        let mut wraps = self.seeds.rewrap(self.ctx, self.registry, triagers, &mut tx.rng)?;
        wraps.extend(self.seeds.rewrap_for(self.ctx, desk, &mut tx.rng)?);
        let to: Vec<_> = triagers.iter().map(|staff| (*staff, Capacity::Triager)).collect();
        tx.grant_access(self.permit, case.id, &to, (Some(self.by), self.ctx.today_of(case))).await?;
        Ok(tx.insert_wraps(self.permit, case.id, &wraps).await?)
    }
}
