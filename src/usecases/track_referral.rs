//! What another body makes of a referral: it acknowledges, accepts, sends back, or tells the outcome (control OI-11b-1).
//! Where the whole case was sent, the last two are steps of the case.

use jiff::civil::Date;

use super::{
    caller::Caller,
    case_access::{locked, role_code},
    clock_news,
    context::Context,
    denials::watched,
    error::Error,
    holders::unlock,
    items::Opener,
    package::Package,
};
use crate::{
    audit::act::Act,
    crypto::sign::VerifyingKey,
    domain::{
        case::{clocks::ClockNews, item::ItemKind},
        field_error::FieldError,
        ids::{CaseId, ReferralId},
        profile::{CaseDays, ClockName},
    },
    policy::Action,
    storage::{
        cases::{CaseChange, CaseRow},
        oversight::Matter,
    },
};
pub use crate::{domain::case::referral::ReferralState, storage::referrals::ReferralRow};

/// Records how far it is, since which day.
///
/// # Errors
/// [`Error::NotFound`] and [`Error::Forbidden`] by the policy; [`Error::Invalid`] for `state`, where it is not the next, or a
/// step of the case says it, and for `on`, where that day lies ahead or before what is known already.
pub async fn track_referral(
    ctx: &Context,
    caller: &Caller,
    (case, id): (CaseId, ReferralId),
    (state, on): (ReferralState, Option<Date>),
) -> Result<(), Error> {
    let wrong = |field| Error::Invalid(vec![FieldError::new(field, FieldError::NOT_ALLOWED)]);
    let outcome = ctx
        .store
        .record("track_referral", async |tx| {
            let (case, situation, permit) = locked(tx, caller, case, Action::TrackReferral).await?;
            let rows = tx.referrals(case.id).await?;
            let row = rows.iter().find(|row| row.id == id).ok_or(Error::NotFound)?;
            let ends = matches!(state, ReferralState::Returned | ReferralState::Concluded);
            if !row.state.leads_to(state) || state == ReferralState::Lapsed || (ends && row.whole) {
                return Err(wrong("state"));
            }
            let today = ctx.today_of(&case);
            let on = on.unwrap_or(today);
            if on > today || on < row.moved_on {
                return Err(wrong("on"));
            }
            let days = CaseDays { status_since: on, ..case.days() };
            let due = ctx.profile_of(&case).due(ClockName::ReferralAnswer, days).ok().flatten();
            tx.move_referral(&permit, id, (state, on, due.filter(|_| state.is_open()))).await?;
            let act = match state {
                ReferralState::Acknowledged => Act::ReferralAck,
                ReferralState::Returned => {
                    tx.raise_matter(&permit, case.id, (Matter::ReferralReturned, today)).await?;
                    Act::ReferralReturned
                }
                ReferralState::Concluded => Act::ReferralOutcome,
                ReferralState::Accepted | ReferralState::Sent | ReferralState::Lapsed => {
                    Act::ReferralAccepted
                }
            };
            let (change, news) = answered(ctx, &case, row, on);
            clock_news::raise(tx, &permit, &case, (&news, today)).await?;
            let draft = clock_news::acts(caller.draft(act, role_code(&situation), ctx.store.now()), &news);
            Ok(((), tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}

/// What an answer means for the clock that waits for it: it belongs to the case where the whole case was sent.
fn answered(ctx: &Context, case: &CaseRow, row: &ReferralRow, on: Date) -> (CaseChange, ClockNews) {
    if !row.whole || !case.clocks.runs(ClockName::ReferralAnswer) {
        return (CaseChange::default(), ClockNews::default());
    }
    let mut clocks = case.clocks.clone();
    // It was answered on the day on which the other body wrote, whenever that is recorded.
    let news = clocks.stop(ClockName::ReferralAnswer, on);
    let clocks = clock_news::columns(clocks, &ctx.profile_of(case), ctx.today_of(case), case.question_until);
    (CaseChange { clocks: Some(clocks), ..CaseChange::default() }, news)
}

/// Fetches what was sent, as a tar file. The first reading of the case in a session is recorded.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`] by the policy; [`Error::Sealed`] where it is not as it was signed.
pub async fn fetch_package(
    ctx: &Context,
    caller: &Caller,
    (case, id): (CaseId, ReferralId),
) -> Result<Vec<u8>, Error> {
    let registry = ctx.current_registry().await?;
    let outcome = ctx
        .store
        .record("fetch_package", async |tx| {
            let (case, situation, permit) = locked(tx, caller, case, Action::ReadContent).await?;
            let rows = tx.referrals(case.id).await?;
            let row = rows.into_iter().find(|row| row.id == id).ok_or(Error::NotFound)?;
            let (seeds, _) = unlock(ctx, tx, &permit, caller, &case).await?;
            let items = tx.items_of(case.id, &[ItemKind::Package]).await?;
            let item = items.iter().find(|item| item.id == row.item_id).ok_or(Error::NotFound)?;
            let package = Package::from_sealed_json(Opener::new(ctx, &seeds).open(item)?.expose())?;
            let keys = |staff| registry.directory.keys.get(&staff).map(Vec::as_slice).unwrap_or_default();
            let made = package.is_by(keys(row.proposer_id));
            let approver = VerifyingKey::parse(&row.approver_key).ok();
            let agreed = approver.is_some_and(|key| keys(row.approver_id).contains(&key));
            if !made || !agreed || package.digest().as_slice() != row.digest {
                return Err(Error::Sealed("a package is not the one that was sent"));
            }
            let draft = caller.draft(Act::ContentRead, role_code(&situation), ctx.store.now());
            let archive = package.archive((&row.approver_key, &row.signature))?;
            Ok((archive, tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}
