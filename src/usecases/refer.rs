//! Sending a case, or a part of it, to another body: who may receive it, the package that the proposer makes and signs, and
//! the second signature with which it is sent (controls EU-11.6-1, KZ-65-1, KZ-65-2).

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    holders::HeldSeeds,
    impartiality::{Barrier, is_marked},
    items::{Opener, Sealer, Spot},
    package::{Cover, Package, recipient},
    piece::{Piece, piece},
    registry::Registry,
};
use crate::{
    audit::entry::Draft,
    crypto::random::uuid_v4,
    domain::{
        case::{
            facts::StepFacts,
            item::ItemKind,
            referral::{ReferralState, Target},
            step::Step,
        },
        field_error::FieldError,
        ids::{BodyId, ReferralId},
        profile::{CaseDays, ClockName, Profile, Route},
    },
    policy::Permit,
    storage::{
        Db, Tx, bodies::BodyRow, cases::CaseRow, content::ItemRow, proposals::ProposalRow,
        referrals::ReferralRow,
    },
};

/// The refusal of a target that the case concerns.
pub(super) const CONCERNED: FieldError = FieldError::new("target", FieldError::NOT_ALLOWED);

/// The bodies outside that the profile lets a case go to, those first that its matter asks for (norms.md section 0, 5).
pub(super) fn outside(profile: &Profile, criminal: bool) -> Vec<Route> {
    let targets = profile.targets();
    let (first, second) =
        if criminal { (&targets.criminal, &targets.other) } else { (&targets.other, &targets.criminal) };
    let mut all: Vec<Route> = Vec::new();
    // Nobody refers a case to the public.
    let rest = profile.routes().iter().filter(|route| **route != Route::PublicDisclosure);
    for route in first.iter().chain(second).chain(rest) {
        if !all.contains(route) {
            all.push(*route);
        }
    }
    all
}

/// Whether a body, or one above it, is the one that the case concerns or that its marks name.
fn concerned(ctx: &Context, registry: &Registry, case: &CaseRow, body: BodyId) -> bool {
    let chain = registry.bodies.chain(body);
    case.body_id.is_some_and(|own| chain.contains(&own))
        || chain.iter().any(|unit| is_marked(ctx, case, unit.0))
}

/// Whether somebody whom the case concerns works there.
fn works_there(registry: &Registry, barrier: &Barrier<'_>, body: BodyId) -> bool {
    let chain = registry.bodies.chain(body);
    barrier.subjects().any(|staff| registry.own_units(staff).iter().any(|unit| chain.contains(unit)))
}

/// The bodies outside to which a case can go now: none of them is itself concerned.
pub(super) async fn possible_targets(
    ctx: &Context,
    db: &mut Db<'_>,
    registry: &Registry,
    (case, criminal): (&CaseRow, bool),
) -> Result<Vec<Route>, Error> {
    let mut routes = outside(&ctx.profile_of(case), criminal);
    let codes: Vec<&str> = routes.iter().map(|route| route.code()).collect();
    let bodies = db.bodies_of_codes(&codes).await?;
    routes.retain(|route| {
        let body = bodies.iter().find(|body| body.code == route.code());
        body.is_none_or(|body| !concerned(ctx, registry, case, body.id))
    });
    Ok(routes)
}

/// Checks that a case may go there; gives the body of the registry that it is.
///
/// # Errors
/// [`Error::Invalid`] for `target`: not one of the profile's or no body that is there; or it is itself concerned.
async fn check_target(
    ctx: &Context,
    tx: &mut Tx<'_>,
    registry: &Registry,
    (case, seeds, target): (&CaseRow, &HeldSeeds, Target),
) -> Result<Option<BodyRow>, Error> {
    let unknown = || Error::Invalid(vec![FieldError::new("target", FieldError::UNKNOWN)]);
    registry.seeing()?;
    let body = match target {
        Target::Outside(route) if !outside(&ctx.profile_of(case), false).contains(&route) => {
            return Err(unknown());
        }
        Target::Outside(route) => tx.body_of_code(route.code()).await?,
        Target::Body(id) => {
            let body = tx.body(id).await?.filter(|body| !body.closed);
            Some(body.ok_or_else(unknown)?)
        }
    };
    match &body {
        Some(there) => {
            let barrier = Barrier::read(ctx, tx, registry, (case, seeds)).await?;
            if concerned(ctx, registry, case, there.id) || works_there(registry, &barrier, there.id) {
                return Err(Error::Invalid(vec![CONCERNED]));
            }
            Ok(body)
        }
        None => Ok(body),
    }
}

/// Makes the package of a proposal, as a sealed piece of the case.
pub(super) async fn prepare(
    ctx: &Context,
    tx: &mut Tx<'_>,
    (caller, registry, seeds): (&Caller, &Registry, &HeldSeeds),
    (case, spot): (&CaseRow, Spot),
    (step, facts): (Step, &StepFacts),
) -> Result<ItemRow, Error> {
    // The guard of the table asked for all of them.
    let (Some(target), Some(basis), Some(identity), Some(statement)) =
        (facts.target, facts.reason_code, facts.identity_removed, &facts.statement)
    else {
        return Err(Error::Conflict);
    };
    let body = check_target(ctx, tx, registry, (case, seeds, target)).await?;
    let recipient = recipient(target, body.as_ref().map(|body| body.code.as_str()));
    let profile = ctx.profile_of(case);
    let cover = Cover {
        instance: ctx.store.instance(),
        referral: ReferralId(uuid_v4(&mut tx.rng)),
        proposal: spot.proposal.ok_or(Error::Conflict)?,
        case: &case.reference,
        recipient: &recipient,
        basis,
        profile: format!("{}/{}", profile.id(), profile.version()),
        identity,
        whole: step == Step::Refer,
        made_on: spot.on,
    };
    let opener = Opener::new(ctx, seeds);
    let items = tx.items(case.id).await?;
    let published = items.iter().filter(|item| item.proposal_id.is_none());
    let wanted = published.filter(|item| facts.enclosed.contains(&item.id) && item.sealed.is_some());
    let nobody = std::collections::HashMap::new();
    let pieces: Vec<Piece> = wanted.map(|item| piece(&opener, item, &nobody)).collect::<Result<_, _>>()?;
    let texts = (facts.enclosed.as_slice(), pieces.as_slice());
    let package = Package::make(&cover, statement.expose(), texts, &caller.secrets.sign)?;
    let keys = seeds.keys(spot.epoch).ok_or(Error::NotFound)?;
    spot.sealed(ctx, ItemKind::Package, (&Sealer::Holder(keys), &package.to_sealed_json()), &mut tx.rng)
}

/// Sends what was proposed, with the approver's signature. Before the case is saved.
pub(super) async fn send<'k>(
    ctx: &Context,
    tx: &mut Tx<'_>,
    (permit, caller): (&Permit, &'k Caller),
    (case, seeds, proposal): (&CaseRow, &HeldSeeds, &ProposalRow),
    (facts, draft): (&StepFacts, Draft<'k>),
) -> Result<Draft<'k>, Error> {
    let registry = ctx.current_registry().await?;
    let target = facts.target.ok_or(Error::Sealed("a referral without a target"))?;
    // Whom the case concerns may be known only since it was proposed.
    let body = check_target(ctx, tx, &registry, (case, seeds, target)).await?;
    let items = tx.items_of(case.id, &[ItemKind::Package]).await?;
    // The proposal's pieces were published with this entry.
    let [item] = items.iter().filter(|item| item.n == case.next_n()).collect::<Vec<_>>()[..] else {
        return Err(Error::Sealed("the proposal has no package, or several"));
    };
    let package = Package::from_sealed_json(Opener::new(ctx, seeds).open(item)?.expose())?;
    let manifest = package.manifest()?;
    // Whose key it is outsiders learn from the directory: who has other keys by now must sign anew.
    let proposer = registry.directory.members.get(&proposal.proposer_id);
    if !proposer.is_some_and(|member| package.is_by(&[member.public.sign])) {
        return Err(Error::ProposalStale);
    }
    let whole = proposal.step == Step::Refer;
    let meant = recipient(target, body.as_ref().map(|body| body.code.as_str()));
    let extent = if whole { "whole" } else { "part" };
    let told = (manifest.proposal, manifest.case.as_str(), manifest.recipient, manifest.extent.as_str());
    if told != (proposal.id, &case.reference, meant, extent) {
        return Err(Error::Sealed("the package of a proposal is of another one"));
    }
    let on = ctx.today_of(case);
    let days = CaseDays { status_since: on, ..case.days() };
    let due = ctx.profile_of(case).due(ClockName::ReferralAnswer, days);
    let (outside, body_id) = match target {
        Target::Outside(route) => (Some(route), None),
        Target::Body(id) => (None, Some(id)),
    };
    let row = ReferralRow {
        id: manifest.referral,
        case_id: case.id,
        n: case.next_n(),
        outside,
        body_id,
        whole,
        state: ReferralState::Sent,
        sent_on: on,
        due_on: due.ok().flatten(),
        moved_on: on,
        overdue: false,
        item_id: item.id,
        digest: package.digest().to_vec(),
        proposer_id: proposal.proposer_id,
        approver_id: caller.id,
        approver_key: caller.secrets.sign.verifying().to_bytes().to_vec(),
        signature: package.approve(&caller.secrets.sign).to_vec(),
    };
    tx.insert_referral(permit, row).await?;
    Ok(draft.committing("package", package.digest()))
}

/// What the end of a referred case means for what was sent. Before the case is saved.
pub(super) async fn follow(
    tx: &mut Tx<'_>,
    permit: &Permit,
    case: &CaseRow,
    (step, on): (Step, jiff::civil::Date),
) -> Result<(), Error> {
    let state = match step {
        Step::Returned => ReferralState::Returned,
        Step::OutcomeReceived => ReferralState::Concluded,
        // Whoever withdraws waits for nothing any longer either.
        Step::Lapse | Step::Withdraw => ReferralState::Lapsed,
        _ => return Ok(()),
    };
    for row in tx.referrals(case.id).await? {
        if row.whole && row.state.leads_to(state) {
            tx.move_referral(permit, row.id, (state, on.max(row.moved_on), None)).await?;
        }
    }
    Ok(())
}
