//! Opening a case: its head to every holder, its content to those who attested, each first reading recorded.

use std::collections::HashMap;

use jiff::{ToSpan, civil::Date};

use super::{
    assessed::known,
    bar_named::bar_named,
    caller::Caller,
    case_access::{locked, permitted, role_code},
    case_history::{HistoryLine, case_history},
    closing::{Closing, closing},
    context::Context,
    denials::watched,
    error::Error,
    holders::HeldSeeds,
    items::Opener,
    part::{Colleague, colleagues, part_of},
    piece::{Piece, PieceBody, has_standing_subject, piece},
    refer::possible_targets,
    remedies::{Remedy, RemedyRow, described},
    take_access::may_take,
};
pub use crate::storage::case_lists::LikeLine;
use crate::{
    audit::act::Act,
    domain::{
        case::{
            known::Known,
            referral::Target,
            review::Review,
            step::Step,
            subject::Subject,
            transition::{TRANSITIONS, Transition, find},
        },
        ids::{BodyId, CaseId, ItemId, StaffId},
        profile::{ClockName, ProfileId, ProfileVersion, Route},
    },
    policy::{Action, Permit, Situation, authorize},
    storage::{
        bodies::BodyRow,
        case_lists::Scope,
        cases::{CaseChange, CaseRow},
        grants::GrantRow,
        proposals::ProposalRow,
        referrals::ReferralRow,
        wraps::Holder,
    },
};

/// How many days before and after it a case is looked for that may be about the same.
const ALIKE_DAYS: i32 = 180;
/// The most of them that are shown.
const MOST_ALIKE: i64 = 10;

/// A case as its holder sees it.
pub struct OpenedCase {
    /// Its row.
    pub case: CaseRow,
    /// How the caller stands to it.
    pub situation: Situation,
    /// The body it concerns.
    pub body: Option<BodyRow>,
    /// Everybody who has or had access, with their logins.
    pub grants: Vec<(GrantRow, String)>,
    /// Fewer than two people can read it.
    pub short_of_holders: bool,
    /// The proposal that waits, with the proposer's login.
    pub proposal: Option<(ProposalRow, String)>,
    /// The clocks that may be extended now, each to this day at most.
    pub extendable: Vec<(ClockName, Date)>,
    /// The referral of signs of a crime that is still to be done.
    pub referral: Option<OpenReferral>,
    /// What was sent to other bodies, oldest first.
    pub referrals: Vec<ReferralRow>,
    /// The bodies outside to which it can be sent now, best first.
    pub targets: Vec<Route>,
    /// What the case itself tells the guards of its steps.
    pub known: Known,
    /// The profiles in force under which it could go on.
    pub profiles: Vec<ProfileVersion>,
    /// The steps of its state, and for each whether the caller may take it.
    pub steps: Vec<(&'static Transition, bool)>,
    /// Its corrective actions and recommendations; empty before the attestation.
    pub remedies: Vec<Remedy>,
    /// What its end needs, once its end is near; none before the attestation.
    pub closing: Option<Closing>,
    /// The caller attested, but made new keys and was not given the case again.
    pub keys_awaited: bool,
    /// What is in it; none before the attestation, and while keys are awaited.
    pub content: Option<Vec<Piece>>,
    /// What happened, first entry first; empty before the attestation.
    pub history: Vec<HistoryLine>,
    /// The case needs a lead as it stands, and nobody who works here is it.
    pub leaderless: bool,
    /// Colleagues of the desk who could be given a part in the case.
    pub colleagues: Vec<Colleague>,
    /// Whether the caller may give somebody a part now.
    pub may_give: bool,
    /// Whose part the caller may take now.
    pub removable: Vec<StaffId>,
    /// Whom and what the facts of its steps name; empty before the attestation.
    pub names: Names,
    /// Other cases of the caller's that may be about the same, where this one can be joined to another.
    pub alike: Vec<LikeLine>,
}

/// Signs of a crime that are to be referred (control OI-10c-1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReferral {
    /// To which body, best first; the first that is not itself concerned.
    pub targets: Vec<Route>,
    /// Until when.
    pub due_on: Option<Date>,
}

/// What the ids in the facts of steps stand for.
#[derive(Debug, Default)]
pub struct Names {
    /// Logins of people.
    pub staff: HashMap<StaffId, String>,
    /// References of other cases.
    pub cases: HashMap<CaseId, String>,
    /// Bodies and units that the case concerns.
    pub bodies: HashMap<BodyId, BodyRow>,
    /// Whom those who work on the case recorded, by the piece in which it stands.
    pub subjects: HashMap<ItemId, Subject>,
}

/// Opens a case.
///
/// # Errors
/// [`Error::NotFound`] without a grant; [`Error::Sealed`] where a seal does not hold.
pub async fn open_case(ctx: &Context, caller: &Caller, id: CaseId) -> Result<OpenedCase, Error> {
    let outcome = ctx
        .store
        .read(async |db| {
            let (case, situation, _) = permitted(db, caller, id, Action::SeeCase).await?;
            let readable = authorize(&caller.actor(), Action::ReadContent, Some(&situation)).ok();
            let was_read = db.was_read(id, caller.session).await?;
            Ok::<_, Error>((case, situation, readable, was_read))
        })
        .await;
    let (case, situation, readable, was_read) = watched(ctx, caller, outcome).await?;
    let (body, grants, holders, proposal, rows) = head(ctx, &case).await?;
    let keys_awaited = readable.is_some() && !holders.contains(&caller.id);
    let (content, names) = match readable.filter(|_| !keys_awaited) {
        None => (None, Names::default()),
        Some(_) => {
            if !was_read {
                record_reading(ctx, caller, id).await?;
            }
            let (pieces, names) = read_content(ctx, caller, &case, &rows).await?;
            bar_named(ctx, caller, id, &pieces).await?;
            (Some(pieces), names)
        }
    };
    let alike = if content.is_some() { alike(ctx, caller, &case).await? } else { Vec::new() };
    let history = if content.is_some() { case_history(ctx, &case).await? } else { Vec::new() };
    let (referrals, targets) = sent(ctx, &case, content.is_some()).await?;
    let remedies = content.as_deref().map(|pieces| described(&rows, pieces)).unwrap_or_default();
    let extendable = extendable(ctx, &case);
    let may = |action| !keys_awaited && authorize(&caller.actor(), action, Some(&situation)).is_ok();
    let steps = steps_of(&case, may, (&extendable, content.as_deref()));
    let removable =
        if may(Action::RevokeAccess) { removable(caller, &case, &situation, &grants) } else { Vec::new() };
    Ok(OpenedCase {
        may_give: may(Action::GrantAccess),
        removable,
        extendable,
        referral: open_referral(ctx, &case),
        referrals,
        targets,
        known: known(ctx, &case, &rows),
        closing: closing(ctx, &case, (content.as_deref(), &history), &remedies),
        remedies,
        profiles: other_profiles(ctx, &case),
        leaderless: situation.leaderless,
        colleagues: colleagues(ctx, &*ctx.registry().await?, &case),
        short_of_holders: case.status.is_open() && holders.len() < 2,
        case,
        situation,
        body,
        grants,
        proposal,
        steps,
        keys_awaited,
        content,
        history,
        names,
        alike,
    })
}

/// What was sent to other bodies, and to which it can be sent now.
async fn sent(
    ctx: &Context,
    case: &CaseRow,
    readable: bool,
) -> Result<(Vec<ReferralRow>, Vec<Route>), Error> {
    if !readable {
        return Ok((Vec::new(), Vec::new()));
    }
    let registry = ctx.registry().await?;
    let criminal = open_referral(ctx, case).is_some();
    ctx.store
        .read(async |db| {
            let targets = match find(case.status, Step::Refer) {
                Some(_) => possible_targets(ctx, db, &registry, (case, criminal)).await?,
                None => Vec::new(),
            };
            Ok((db.referrals(case.id).await?, targets))
        })
        .await
}

fn open_referral(ctx: &Context, case: &CaseRow) -> Option<OpenReferral> {
    let clock = case.clocks.get(ClockName::CriminalReferral).filter(|clock| clock.runs())?;
    Some(OpenReferral { targets: ctx.profile_of(case).targets().criminal.clone(), due_on: clock.due })
}

/// The steps of the case's state, and for each whether somebody who may do so much may take it.
fn steps_of(
    case: &CaseRow,
    may: impl Fn(Action) -> bool,
    (extendable, content): (&[(ClockName, Date)], Option<&[Piece]>),
) -> Vec<(&'static Transition, bool)> {
    let possible = |step| match step {
        Step::Extend => !extendable.is_empty(),
        Step::StrikeSubject => content.is_some_and(has_standing_subject),
        Step::Review => case.review == Some(Review::Asked),
        _ => true,
    };
    let rows = TRANSITIONS.iter().filter(|row| row.from == case.status);
    rows.map(|row| (row, possible(row.step) && by_person(row.step) && may(Action::TakeStep(row.step))))
        .collect()
}

/// Whose part the caller may take.
fn removable(
    caller: &Caller,
    case: &CaseRow,
    situation: &Situation,
    grants: &[(GrantRow, String)],
) -> Vec<StaffId> {
    let living = grants.iter().map(|(grant, _)| grant).filter(|grant| grant.lives());
    let others = living.filter(|grant| grant.staff_id != caller.id);
    let takes = |grant: &&GrantRow| may_take(situation.grant, part_of(grant, case));
    others.filter(takes).map(|grant| grant.staff_id).collect()
}

const fn by_person(step: Step) -> bool {
    !matches!(step, Step::Answer | Step::Timeout | Step::Archive | Step::Dispose)
}

type Head =
    (Option<BodyRow>, Vec<(GrantRow, String)>, Vec<StaffId>, Option<(ProposalRow, String)>, Vec<RemedyRow>);

async fn head(ctx: &Context, case: &CaseRow) -> Result<Head, Error> {
    let registry = ctx.registry().await?;
    ctx.store
        .read(async |db| {
            let body = match case.body_id {
                Some(id) => db.body(id).await?,
                None => None,
            };
            let grants = db.grants(case.id).await?;
            let mut holders = db.key_holders(case.id).await?;
            holders.retain(|staff| registry.directory.members.contains_key(staff));
            let proposal = db.pending_proposal(case.id).await?.map(|proposal| {
                let login = |(grant, login): &(GrantRow, String)| {
                    (grant.staff_id == proposal.proposer_id).then(|| login.clone())
                };
                let proposer = grants.iter().find_map(login).unwrap_or_default();
                (proposal, proposer)
            });
            Ok((body, grants, holders, proposal, db.remedies(case.id).await?))
        })
        .await
}

/// Cases that a case could be joined to: about the same body and category, from about the same time. A hint and no more,
/// and never by anything of the reporter (control OI-11b-2).
async fn alike(ctx: &Context, caller: &Caller, case: &CaseRow) -> Result<Vec<LikeLine>, Error> {
    if case.body_id.is_none() || find(case.status, Step::Merge).is_none() {
        return Ok(Vec::new());
    }
    let (from, until) = (
        case.received_on.saturating_sub(ALIKE_DAYS.days()),
        case.received_on.saturating_add(ALIKE_DAYS.days()),
    );
    let scope = Scope { staff: caller.id };
    Ok(ctx.store.read(async |db| db.cases_like(scope, case, (from, until), MOST_ALIKE).await).await?)
}

fn other_profiles(ctx: &Context, case: &CaseRow) -> Vec<ProfileVersion> {
    let (book, own) = (ctx.rules(), ctx.profile_of(case));
    let all = ProfileId::ALL.iter().map(|id| book.current(*id));
    let others = all.filter(|one| (one.id(), one.version()) != (own.id(), own.version()));
    others.map(|one| ProfileVersion { id: one.id(), version: one.version() }).collect()
}

/// The clocks that may be extended now, each with the last day to which.
fn extendable(ctx: &Context, case: &CaseRow) -> Vec<(ClockName, Date)> {
    let profile = ctx.profile_of(case);
    let later = |name: &ClockName| Some((*name, case.clocks.cap(&profile, *name, case.days()).ok()?));
    ClockName::ALL.iter().filter_map(later).collect()
}

/// Writes `content.read`, once per person, case and session (control AUD-2).
async fn record_reading(ctx: &Context, caller: &Caller, id: CaseId) -> Result<(), Error> {
    ctx.store
        .record("open_case", async |tx| {
            let (case, situation, permit): (CaseRow, Situation, Permit) =
                locked(tx, caller, id, Action::ReadContent).await?;
            tx.note_read(&permit, id, caller.id, caller.session).await?;
            let draft = caller.draft(Act::ContentRead, role_code(&situation), ctx.store.now());
            Ok(((), tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await
}

async fn read_content(
    ctx: &Context,
    caller: &Caller,
    case: &CaseRow,
    remedies: &[RemedyRow],
) -> Result<(Vec<Piece>, Names), Error> {
    let (wraps, items, logins) = ctx
        .store
        .read(async |db| {
            let wraps = db.staff_wraps(case.id, caller.id, caller.session).await?;
            Ok::<_, Error>((wraps, db.items(case.id).await?, db.logins().await?))
        })
        .await?;
    let seeds = HeldSeeds::open(ctx, case.id, &wraps, (Holder::Staff(caller.id), &caller.secrets.kem))?;
    let opener = Opener::new(ctx, &seeds);
    let staff: HashMap<StaffId, String> = logins.into_iter().collect();
    let pieces: Vec<Piece> =
        items.iter().map(|item| piece(&opener, item, &staff)).collect::<Result<_, Error>>()?;
    let named: Vec<CaseId> = pieces.iter().filter_map(|piece| piece.body.other_case()).collect();
    let cases = match named.as_slice() {
        [] => HashMap::new(),
        named => {
            let known = ctx.store.read(async |db| db.references(named).await).await?;
            let seen = known
                .into_iter()
                .filter(|(id, marks, _)| !caller.impartiality.kept_from(*id, marks.as_deref()));
            seen.map(|(id, _, reference)| (id, reference)).collect()
        }
    };
    let recorded = pieces.iter().filter_map(|piece| match &piece.body {
        PieceBody::Subject(subject) => Some((piece.id, subject.as_ref().clone())),
        _ => None,
    });
    let subjects: HashMap<ItemId, Subject> = recorded.collect();
    let named = pieces.iter().filter_map(|piece| match &piece.body {
        PieceBody::Step(facts) => Some(facts),
        _ => None,
    });
    let bodies = named.flat_map(|facts| {
        let target = match facts.target {
            Some(Target::Body(body)) => Some(body),
            Some(Target::Outside(_)) | None => None,
        };
        [target, facts.addressee_body]
    });
    let units = subjects.values().filter_map(|subject| subject.unit).chain(bodies.flatten());
    let units: Vec<BodyId> = units.chain(remedies.iter().filter_map(|row| row.body_id)).collect();
    let bodies = match units.as_slice() {
        [] => Vec::new(),
        units => ctx.store.read(async |db| db.bodies_of_ids(units).await).await?,
    };
    let bodies = bodies.into_iter().map(|body| (body.id, body)).collect();
    Ok((pieces, Names { staff, cases, bodies, subjects }))
}
