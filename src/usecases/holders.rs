//! Who holds the keys of a case: wrapping to people, granting, and the new epoch when somebody leaves.

use super::{
    authentic::{Authentic, CaseKeys, check_held, present_epoch},
    caller::Caller,
    context::Context,
    error::Error,
    impartiality::{Impartiality, told_of},
    piece::people_in,
    registry::{Desk, Registry},
};
use crate::{
    audit::act::Act,
    crypto::{
        epoch::{EpochKeys, EpochSeed},
        kem::KemPublic,
        place::Place,
        random::Rng,
    },
    domain::ids::{CaseId, StaffId},
    policy::Permit,
    storage::{
        Tx,
        cases::{CaseChange, CaseRow},
        grants::GrantEnd,
        proposals::Resolution,
        wraps::{EpochRow, Holder, NewWrap, WrapRow},
    },
};

fn wrap_place(ctx: &Context, case: CaseId, epoch: i32, holder: Holder) -> Place {
    let mut row = Vec::with_capacity(36);
    row.extend_from_slice(case.0.as_bytes());
    row.extend_from_slice(&epoch.to_be_bytes());
    row.extend_from_slice(holder.id().as_bytes());
    ctx.store.place("case_wraps", &row, "sealed")
}

/// Wraps a seed for a holder.
pub(super) fn wrap_for(
    ctx: &Context,
    (case, epoch): (CaseId, i32),
    seed: &EpochSeed,
    (holder, key): (Holder, &KemPublic),
    rng: &mut Rng,
) -> Result<NewWrap, Error> {
    let sealed = seed.wrap(key, &wrap_place(ctx, case, epoch, holder), rng)?;
    Ok(NewWrap { epoch, holder, sealed })
}

/// The seeds of all epochs of a case that somebody holds, by epoch.
pub(super) struct HeldSeeds {
    case: CaseId,
    seeds: Vec<(i32, EpochSeed)>,
}

impl HeldSeeds {
    /// Opens wraps with the holder's secret key.
    pub(super) fn open(
        ctx: &Context,
        case: CaseId,
        wraps: &[WrapRow],
        (holder, key): (Holder, &crate::crypto::kem::KemSecret),
    ) -> Result<Self, Error> {
        let open = |wrap: &WrapRow| {
            let place = wrap_place(ctx, case, wrap.epoch, holder);
            Ok((wrap.epoch, EpochSeed::unwrap_with(key, &place, &wrap.sealed)?))
        };
        Ok(Self { case, seeds: wraps.iter().map(open).collect::<Result<_, Error>>()? })
    }

    /// The keys of an epoch, where it is held.
    pub(super) fn keys(&self, epoch: i32) -> Option<EpochKeys> {
        self.seeds.iter().find(|(held, _)| *held == epoch).map(|(_, seed)| EpochKeys::from_seed(seed))
    }

    /// All held epochs' keys.
    pub(super) fn all_keys(&self) -> Vec<(i32, EpochKeys)> {
        self.seeds.iter().map(|(epoch, seed)| (*epoch, EpochKeys::from_seed(seed))).collect()
    }

    /// Wraps every held epoch for a desk's recovery key.
    pub(super) fn rewrap_for(
        &self,
        ctx: &Context,
        desk: &Desk,
        rng: &mut Rng,
    ) -> Result<Vec<NewWrap>, Error> {
        let holder = Holder::Recovery(desk.row.id);
        let wrap = |(epoch, seed): &(i32, EpochSeed)| {
            wrap_for(ctx, (self.case, *epoch), seed, (holder, &desk.recovery), rng)
        };
        self.seeds.iter().map(wrap).collect()
    }

    /// Wraps every held epoch for people of the directory; people who are not in it get nothing.
    pub(super) fn rewrap(
        &self,
        ctx: &Context,
        registry: &Registry,
        to: &[StaffId],
        rng: &mut Rng,
    ) -> Result<Vec<NewWrap>, Error> {
        let mut wraps = Vec::new();
        for staff in to {
            let member = registry.directory.members.get(staff).ok_or(Error::NotFound)?;
            for (epoch, seed) in &self.seeds {
                let holder = (Holder::Staff(*staff), &member.public.kem);
                wraps.push(wrap_for(ctx, (self.case, *epoch), seed, holder, rng)?);
            }
        }
        Ok(wraps)
    }
}

/// Opens the case's keys for an act of the caller; says whether it is their first reading of the case in this session, which
/// is noted. Whoever the case names in words finds nothing, whenever their name became known.
pub(super) async fn unlock(
    ctx: &Context,
    tx: &mut Tx<'_>,
    permit: &Permit,
    caller: &Caller,
    case: &CaseRow,
) -> Result<(HeldSeeds, bool), Error> {
    let (seeds, first) = open_keys(ctx, tx, permit, caller, case).await?;
    if caller.impartiality.is_named(people_in(&told_of(ctx, tx, (case, &seeds)).await?)) {
        return Err(Error::NotFound);
    }
    Ok((seeds, first))
}

/// The same for the server's own act on behalf of a case that names the caller.
pub(super) async fn open_keys(
    ctx: &Context,
    tx: &mut Tx<'_>,
    permit: &Permit,
    caller: &Caller,
    case: &CaseRow,
) -> Result<(HeldSeeds, bool), Error> {
    let first = !tx.was_read(case.id, caller.session).await?;
    if first {
        tx.note_read(permit, case.id, caller.id, caller.session).await?;
    }
    let wraps = tx.staff_wraps(case.id, caller.id, caller.session).await?;
    let holder = (Holder::Staff(caller.id), &caller.secrets.kem);
    let seeds = HeldSeeds::open(ctx, case.id, &wraps, holder)?;
    if seeds.keys(case.epoch).is_none() {
        return Err(Error::KeysAwaited);
    }
    check_held(ctx, tx, (case, &seeds)).await?;
    Ok((seeds, first))
}

/// An epoch that has just begun.
pub(super) struct NewEpoch {
    pub(super) change: CaseChange,
    pub(super) keys: EpochKeys,
    /// How many members of staff hold it.
    pub(super) holders: usize,
}

/// Begins a new epoch without anybody's keys: a fresh seed, wrapped to the public keys of the remaining holders, the
/// reporter and the recovery key of the desk that has the case from now on. What was read before is not reached by it.
/// The case must be as the server left it but for desk and marks: [`present_epoch`] is asked before.
pub(super) async fn rotate(
    ctx: &Context,
    tx: &mut Tx<'_>,
    permit: &Permit,
    registry: &Registry,
    case: &CaseRow,
) -> Result<NewEpoch, Error> {
    // Where nobody can be told impartial, whoever has it keeps it: somebody else is being shut out.
    let blind = registry.seeing().is_err();
    let epoch = case.epoch.saturating_add(1);
    let seed = EpochSeed::generate(&mut tx.rng);
    let keys = EpochKeys::from_seed(&seed);
    // Who has a grant but waits for this case after making new keys is given none by a timer's or a leaver's hand.
    let mut remaining = tx.key_holders(case.id).await?;
    remaining.retain(|staff| {
        registry.directory.members.contains_key(staff)
            && (blind || !Impartiality::of(ctx, registry, *staff).kept_from_case(case))
    });
    let reporter =
        KemPublic::parse(&case.reporter_key).map_err(|_bad| Error::Sealed("the reporter's key"))?;
    let desk = registry.desks.get(&case.desk_id).ok_or(Error::NotReady("the case's desk is gone"))?;
    let mut holders =
        vec![(Holder::Reporter(case.id), &reporter), (Holder::Recovery(desk.row.id), &desk.recovery)];
    for staff in &remaining {
        if let Some(member) = registry.directory.members.get(staff) {
            holders.push((Holder::Staff(*staff), &member.public.kem));
        }
    }
    let wraps = holders
        .into_iter()
        .map(|holder| wrap_for(ctx, (case.id, epoch), &seed, holder, &mut tx.rng))
        .collect::<Result<Vec<_>, _>>()?;
    let public_key = seed.public().to_bytes();
    let mac = Authentic::epoch(ctx, &CaseKeys::of(case), epoch, &public_key).mac(ctx).to_vec();
    tx.insert_epoch(permit, EpochRow { case_id: case.id, epoch, public_key, mac }).await?;
    tx.insert_wraps(permit, case.id, &wraps).await?;
    let change = CaseChange { epoch: Some(epoch), ..CaseChange::default() };
    Ok(NewEpoch { change, keys, holders: remaining.len() })
}

/// Takes somebody's keys of a case: a new epoch begins without them, and what waits for an approval under the old one
/// is stale. `end` ends the grant as well; without it the person stays and waits for the case's keys. The acts are to be
/// added to the entry of whatever brought it about.
pub(super) async fn shut_out(
    ctx: &Context,
    tx: &mut Tx<'_>,
    permit: &Permit,
    registry: &Registry,
    (case, staff, end): (&CaseRow, StaffId, Option<GrantEnd>),
) -> Result<(CaseChange, Vec<Act>), Error> {
    if let Some(end) = end {
        tx.end_grant(permit, (case.id, staff), end, ctx.today_of(case)).await?;
    }
    tx.delete_wraps(permit, case.id, Holder::Staff(staff)).await?;
    // The reporter's key and the desk's are wrapped to next: they must be those of the case as the server left it.
    present_epoch(ctx, tx, case).await?;
    let NewEpoch { mut change, holders, .. } = rotate(ctx, tx, permit, registry, case).await?;
    if end.is_some() && case.lead_id == Some(staff) {
        change.lead = Some(None);
    }
    let mut acts =
        vec![if end.is_some() { Act::GrantRemoved } else { Act::GrantSuspended }, Act::EpochRotated];
    acts.extend(aftermath(ctx, tx, permit, (case, holders)).await?);
    Ok((change, acts))
}

/// What a new epoch brings with it: an alarm where too few hold it, and what waited under the old one is stale.
pub(super) async fn aftermath(
    ctx: &Context,
    tx: &mut Tx<'_>,
    permit: &Permit,
    (case, holders): (&CaseRow, usize),
) -> Result<Vec<Act>, Error> {
    let mut acts = Vec::new();
    if holders < 2 {
        acts.push(Act::HoldersShort);
    }
    if let Some(proposal) = tx.pending_proposal(case.id).await? {
        tx.resolve_proposal(permit, proposal.id, Resolution::Stale, (None, ctx.store.now())).await?;
        acts.push(Act::ProposalStale);
    }
    Ok(acts)
}
