//! Taking a case from whom it concerns: their grants and keys end, and an epoch begins without them. Where too few triagers
//! without a conflict are left, an independent desk has the case from then on (norms.md 8.5, rules 1, 4 and 5).

use super::{
    context::Context,
    error::Error,
    holders::{HeldSeeds, aftermath, rotate},
    impartiality::{Barrier, Impartiality},
    registry::{Desk, Registry},
};
use crate::{
    audit::act::Act,
    crypto::epoch::EpochKeys,
    domain::{
        ids::StaffId,
        role::Role,
        routing::{Exclusion, TRIAGERS},
    },
    policy::{Capacity, Permit},
    storage::{
        Tx,
        cases::{CaseChange, CaseRow},
        grants::{GrantEnd, GrantRow},
        oversight::Matter,
        wraps::Holder,
    },
};

/// Who takes it from whom.
pub(super) struct Barring<'b> {
    pub ctx: &'b Context,
    pub registry: &'b Registry,
    pub permit: &'b Permit,
    pub seeds: &'b HeldSeeds,
    /// Whoever brings it about; none for the operator.
    pub by: Option<StaffId>,
}

/// What it did to the case.
pub(super) struct Barred {
    pub change: CaseChange,
    pub keys: EpochKeys,
    pub acts: Vec<Act>,
    /// Who lost it.
    pub leaving: Vec<StaffId>,
    /// Nobody is left, here or elsewhere.
    pub left_to_nobody: bool,
}

impl Barring<'_> {
    /// Takes the case from whom these marks, or the names in it, keep from it. Oversight sees that somebody lost it: one
    /// person's word is enough for that.
    pub(super) async fn turn(
        &self,
        tx: &mut Tx<'_>,
        case: &CaseRow,
        excluded: Vec<u8>,
    ) -> Result<Barred, Error> {
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
        let on = self.ctx.today_of(case);
        let mut acts = Vec::new();
        if !leaving.is_empty() {
            acts.push(Act::CoiBlocked);
            tx.raise_matter(self.permit, case.id, (Matter::HolderBarred, on)).await?;
        }
        let refuge = self.refuge(case, &|staff| bars(staff) || recused.contains(&staff));
        let left_to_nobody = refuge.is_none() && leaving.len() == living.len();
        if refuge.is_some() {
            leaving = living;
        }
        for staff in &leaving {
            tx.end_grant(self.permit, (case.id, *staff), GrantEnd::Revoked, on).await?;
            tx.delete_wraps(self.permit, case.id, Holder::Staff(*staff)).await?;
        }
        // With a move the recovery key of the desk goes too.
        if refuge.is_some() || !leaving.is_empty() {
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
        Ok(Barred { change, keys: epoch.keys, acts, leaving, left_to_nobody })
    }

    /// The independent desk that is to have the case, with its triagers; none while the desk that has it can keep it.
    pub(super) fn refuge(
        &self,
        case: &CaseRow,
        bars: &impl Fn(StaffId) -> bool,
    ) -> Option<(&Desk, Vec<StaffId>)> {
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
        tx.grant_access(self.permit, case.id, &to, (self.by, self.ctx.today_of(case))).await?;
        Ok(tx.insert_wraps(self.permit, case.id, &wraps).await?)
    }
}
