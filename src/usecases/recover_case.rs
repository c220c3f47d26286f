//! The sheets of a desk open one of its cases and give it to somebody (DESIGN section 4): where all who held it are gone,
//! or have lost their keys. The person attests before they read, also where they had before.

use super::{
    authentic::check_held,
    barring::Barring,
    context::Context,
    error::Error,
    holders::HeldSeeds,
    impartiality::{Barrier, marks},
    part::{Part, fit, hand_over, no_such_part, unfit},
    registry::{Desk, Fault},
};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    crypto::{kem::KemSecret, secret::Secret},
    domain::{
        conflict::Concerned,
        ids::{CaseId, DeskId, StaffId},
    },
    policy::{Action, Actor, Capacity, authorize},
    storage::{
        cases::CaseRow,
        grants::{GrantEnd, GrantRow},
        wraps::Holder,
    },
};

/// A desk's recovery key, put together from its sheets. It stands in memory only and is wiped with this value.
pub struct RecoveryKey {
    secret: KemSecret,
    /// The desks whose key it is, as this server wrote them.
    pub desks: Vec<Desk>,
    /// Desks that are not as this server wrote them: what they say of their keys is not believed.
    pub forged: Vec<(DeskId, String)>,
}

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovered {
    /// The person has it from now on.
    Given,
    /// The person had it and could not open it; now they can, once they attest anew.
    Restored,
    /// The person had it, in whatever part, and can open it: nothing was changed.
    Held,
}

/// Compares what the sheets gave with the desks' public keys.
///
/// # Errors
/// [`Error`] of the database.
pub async fn recovery_key(ctx: &Context, seed: Secret<32>) -> Result<RecoveryKey, Error> {
    let registry = ctx.fresh_registry().await?;
    let secret = KemSecret::from_seed(seed);
    let public = secret.public().to_bytes();
    let desks = registry.desks.values().filter(|desk| desk.recovery.to_bytes() == public).cloned();
    let forged = registry.faults.iter().filter_map(|fault| match fault {
        Fault::Desk { id, name } => Some((*id, name.clone())),
        Fault::Rule { .. } | Fault::Rules { .. } | Fault::Bodies => None,
    });
    Ok(RecoveryKey { secret, desks: desks.collect(), forged: forged.collect() })
}

/// Opens a case and gives the part in it. Where too few of the desk's triagers may have it, and the person triages at the
/// independent desk that is to have it then, it moves there (norms.md 8.5, rule 5).
///
/// # Errors
/// [`Error::NotFound`] where the case is of another desk; [`Error::Invalid`] where the person or the part does not fit;
/// [`Error::Sealed`] where the case's keys are not as this server wrote them.
pub async fn recover_case(
    ctx: &Context,
    key: &RecoveryKey,
    id: CaseId,
    part: Part,
) -> Result<Recovered, Error> {
    let permit = authorize(&Actor::Operator, Action::RecoverCases, None)?;
    let registry = ctx.current_registry().await?;
    if held(ctx, id, part.staff).await? {
        return Ok(Recovered::Held);
    }
    ctx.store
        .record("recover_case", async |tx| {
            let case = tx.lock_case(id).await?.ok_or(Error::NotFound)?;
            let desk = key.desks.iter().find(|desk| desk.row.id == case.desk_id).ok_or(Error::NotFound)?;
            let wraps = tx.recovery_wraps(id, desk.row.id).await?;
            let holder = (Holder::Recovery(desk.row.id), &key.secret);
            let seeds = HeldSeeds::open(ctx, id, &wraps, holder)?;
            check_held(ctx, tx, (&case, &seeds)).await?;
            let barrier = Barrier::read(ctx, tx, &registry, (&case, &seeds)).await?;
            if barrier.bars(part.staff) {
                return Err(unfit());
            }
            let barring = Barring { ctx, registry: &registry, permit: &permit, seeds: &seeds, by: None };
            let grants = tx.grants(id).await?;
            let recused =
                |staff| grants.iter().any(|(grant, _)| grant.staff_id == staff && grant.recused_on.is_some());
            let refuge = barring.refuge(&case, &|staff| barrier.bars(staff) || recused(staff));
            if refuge.is_some_and(|(_, triagers)| triagers.contains(&part.staff)) {
                let nobody = Concerned::default();
                let marked = marks(ctx, (id, case.excluded.as_deref()), &nobody).unwrap_or_else(|most| most);
                let barred = barring.turn(tx, &case, marked).await?;
                let draft = Draft::new(Act::CoiEscalated, By::System, When::At(ctx.store.now()));
                let others = barred.acts.into_iter().filter(|act| *act != Act::CoiEscalated);
                let draft = others.fold(draft.code("what", "recovery"), Draft::and);
                return Ok((Recovered::Given, tx.save_case(&permit, &case, barred.change, &draft).await?));
            }
            let before = fit(tx, &registry, &case, part).await?.filter(GrantRow::lives);
            if before.is_some() {
                stays_lead(&case, part)?;
                // Ended, so that it begins anew without its attestation.
                tx.end_grant(&permit, (id, part.staff), GrantEnd::Revoked, ctx.today_of(&case)).await?;
            }
            let change = hand_over(ctx, tx, (&permit, &registry), (&case, &seeds, None), part).await?;
            let (act, done) = match before {
                None => (Act::GrantAdded, Recovered::Given),
                Some(_) => (Act::GrantRestored, Recovered::Restored),
            };
            let draft = Draft::new(act, By::System, When::At(ctx.store.now())).code("what", "recovery");
            Ok((done, tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await
}

/// Whether the person can open the case already, in whatever part.
async fn held(ctx: &Context, id: CaseId, staff: StaffId) -> Result<bool, Error> {
    ctx.store.read(async |db| Ok(db.key_holders(id).await?.contains(&staff))).await
}

/// Who leads a case is given it back as that.
fn stays_lead(case: &CaseRow, part: Part) -> Result<(), Error> {
    let other = case.lead_id == Some(part.staff) && part.capacity != Capacity::Lead;
    if other { Err(no_such_part()) } else { Ok(()) }
}
