//! The reporter asks that a decision be looked at again (control OI-11a-4). Reviewers who had no part in it get the keys by
//! the reporter's own hand, since nobody else who has them may choose; where there are fewer than two of them oversight
//! sees it.

use super::{
    authentic::check_held,
    clock_news,
    context::Context,
    error::Error,
    holders::HeldSeeds,
    impartiality::Barrier,
    items::{Spot, insert_words},
    registry::Registry,
};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    crypto::receipt::Receipt,
    domain::{
        case::{
            item::ItemKind,
            review::{Review, may_ask},
        },
        ids::StaffId,
        profile::{CaseDays, ClockName},
        role::Role,
        text::Message,
    },
    policy::{Action, Actor, Capacity, Permit, Situation, authorize},
    storage::{
        Tx,
        cases::{CaseChange, CaseRow},
        oversight::Matter,
        wraps::Holder,
    },
};

/// How many people a review takes: one proposes what it comes to, another agrees.
const REVIEWERS: usize = 2;

/// Asks for it, in the reporter's words.
///
/// # Errors
/// [`Error::Unauthenticated`] where the token has expired; [`Error::Conflict`] where there is no decision to review, it
/// was asked for already, or the time of the profile is over.
pub async fn request_review(ctx: &Context, inbox_token: &str, text: &Message) -> Result<(), Error> {
    let receipt = ctx.receipt_of_inbox(inbox_token)?;
    let receipt_id = receipt.lookup(ctx.store.instance());
    let registry = ctx.current_registry().await?;
    ctx.store
        .record("request_review", async |tx| {
            let found = tx.case_of_receipt(&receipt_id).await?.ok_or(Error::Unauthenticated)?;
            let case = tx.lock_case(found.id).await?.ok_or(Error::Unauthenticated)?;
            let situation = Situation::new(case.id, case.desk_id, case.status);
            let permit = authorize(&Actor::Reporter(case.id), Action::WriteAsReporter, Some(&situation))?;
            let (on, profile) = (ctx.today_of(&case), ctx.profile_of(&case));
            if !may_ask(&profile, case.status, case.review, case.days(), on) {
                return Err(Error::Conflict);
            }
            let spot = Spot::next(&case, on, None);
            insert_words(ctx, tx, &permit, (&case, spot), (ItemKind::ReporterMessage, text.expose())).await?;
            let notice = spot.template("review_asked", &mut tx.rng);
            tx.insert_item(&permit, notice).await?;
            let mut draft = Draft::new(Act::ReviewRequested, By::Reporter, When::Day(on))
                .and(Act::MailboxMessage)
                .and(Act::NoticeSent);
            let seeds = reporters_seeds(ctx, tx, (&case, &receipt)).await?;
            let barrier = Barrier::read(ctx, tx, &registry, (&case, &seeds)).await?;
            let (free, newcomers) = uninvolved(tx, &registry, (&case, &barrier)).await?;
            if !newcomers.is_empty() {
                admit(ctx, tx, (&permit, &registry), (&case, &seeds), &newcomers).await?;
                draft = draft.and(Act::GrantAdded);
            }
            if free < REVIEWERS {
                tx.raise_matter(&permit, case.id, (Matter::ReviewUnstaffed, on)).await?;
            }
            let mut clocks = case.clocks.clone();
            let days = CaseDays { status_since: on, ..case.days() };
            let news = clocks.start(&profile, ClockName::ReviewDecision, days);
            clock_news::warn(&news);
            let change = CaseChange {
                review: Some(Some(Review::Asked)),
                clocks: Some(clock_news::columns(clocks, &profile, on, case.question_until)),
                unanswered: case.unanswered_since.is_none().then_some(Some(on)),
                ..CaseChange::default()
            };
            let draft = clock_news::acts(draft, &news);
            Ok(((), tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await
}

/// How many reviewers of the desk had no part in the case and may know of it, and who of them does not have its keys yet.
async fn uninvolved(
    tx: &mut Tx<'_>,
    registry: &Registry,
    (case, barrier): (&CaseRow, &Barrier<'_>),
) -> Result<(usize, Vec<StaffId>), Error> {
    let (mut free, mut newcomers) = (0, Vec::new());
    for (id, _) in registry.directory.with_role(Role::Reviewer, case.desk_id) {
        if case.lead_id == Some(id) || barrier.bars(id) || tx.took_part(case.id, id).await? {
            continue;
        }
        match tx.grant(case.id, id).await? {
            None => newcomers.push(id),
            Some(grant) if grant.lives() && grant.capacity == Capacity::Reviewer => free += 1,
            Some(_) => {}
        }
    }
    Ok((free + newcomers.len(), newcomers))
}

/// The keys that the reporter holds.
async fn reporters_seeds(
    ctx: &Context,
    tx: &mut Tx<'_>,
    (case, receipt): (&CaseRow, &Receipt),
) -> Result<HeldSeeds, Error> {
    let wraps = tx.reporter_wraps(&receipt.lookup(ctx.store.instance())).await?;
    let (secret, _) = receipt.key_pair(ctx.store.instance());
    let seeds = HeldSeeds::open(ctx, case.id, &wraps, (Holder::Reporter(case.id), &secret))?;
    check_held(ctx, tx, (case, &seeds)).await?;
    Ok(seeds)
}

/// Gives them those keys.
async fn admit(
    ctx: &Context,
    tx: &mut Tx<'_>,
    (permit, registry): (&Permit, &Registry),
    (case, seeds): (&CaseRow, &HeldSeeds),
    newcomers: &[StaffId],
) -> Result<(), Error> {
    let wraps = seeds.rewrap(ctx, registry, newcomers, &mut tx.rng)?;
    let to: Vec<_> = newcomers.iter().map(|id| (*id, Capacity::Reviewer)).collect();
    tx.grant_access(permit, case.id, &to, (None, ctx.today_of(case))).await?;
    Ok(tx.insert_wraps(permit, case.id, &wraps).await?)
}
