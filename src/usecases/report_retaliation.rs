//! A reporter tells from the mailbox what is done to them for it (controls OI-9b-2 and EU-19-1): a new case, with a receipt
//! of its own.
//!
//! Nothing is written into the first case, and no row says that the two belong together: whoever handles the first may be
//! the one who is complained of. What the first is called stands sealed in the complaint.

use std::collections::BTreeSet;

use super::{
    context::Context,
    error::Error,
    form_token::FormToken,
    holders::HeldSeeds,
    impartiality::Barrier,
    items::Opener,
    read_inbox::look,
    registry::Registry,
    submit_report::{Apart, Submission, Submitted, submit_apart},
};
use crate::{
    domain::{
        case::item::ItemKind,
        conflict::Concerned,
        ids::{BodyId, StaffId},
        report::{RawReport, Report},
        retaliation::RawRetaliation,
        taxonomy::Category,
    },
    policy::{Action, Actor, authorize},
    storage::{Db, cases::CaseRow, content::ItemRow},
};

/// A complaint as it is sent.
#[derive(Clone, Default)]
pub struct Complaint {
    /// What was done, and when.
    pub retaliation: RawRetaliation,
    /// What happened, in words.
    pub narrative: Option<String>,
    /// Who does it: a line each. Nobody of that surname is given it.
    pub people: Vec<String>,
    /// Whether it goes on.
    pub ongoing: Option<String>,
}

/// How a complaint came.
pub struct Way {
    /// The token of the form; without one every sending is a new complaint.
    pub form_token: Option<FormToken>,
    /// `web` or `api`.
    pub channel: &'static str,
}

/// Takes in a complaint. Whoever holds or held the case of this mailbox is not given it, nor is anybody who may not know of
/// that case, nor whom the complaint names.
///
/// # Errors
/// [`Error::Unauthenticated`] where the token has expired; [`Error::Invalid`] with every mistake; see
/// [`super::submit_report::submit_report`].
pub async fn report_retaliation(
    ctx: &Context,
    inbox_token: &str,
    complaint: &Complaint,
    way: Way,
) -> Result<Submitted, Error> {
    let receipt = ctx.receipt_of_inbox(inbox_token)?;
    let registry = ctx.current_registry().await?;
    let (case, items, seeds) = look(ctx, &receipt).await?;
    authorize(&Actor::Reporter(case.id), Action::SubmitReport, None)?;
    let first = first_report(ctx, &items, &seeds)?;
    let (apart, body) = ctx
        .store
        .read(async |db| {
            let apart = apart_from(ctx, db, &registry, (&case, &seeds, &first)).await?;
            Ok::<_, Error>((apart, open_body(db, &case).await?))
        })
        .await?;
    let raw = raw_of(complaint, &case, body);
    let report = Report::parse(&raw, ctx.limits).map_err(Error::Invalid)?;
    let submission = Submission { report, form_token: way.form_token, channel: way.channel };
    submit_apart(ctx, &submission, &apart).await
}

/// What the case of the mailbox began with.
fn first_report(ctx: &Context, items: &[ItemRow], seeds: &HeldSeeds) -> Result<Report, Error> {
    let unknown = Error::Sealed("the content is of no known format");
    let Some(item) = items.iter().find(|item| item.kind == ItemKind::Report) else { return Err(unknown) };
    Report::from_sealed_json(Opener::new(ctx, seeds).open(item)?.expose()).map_err(|_cause| unknown)
}

/// Whom the complaint must not reach: whoever has or had a part in the first case, and whom that one concerns.
async fn apart_from(
    ctx: &Context,
    db: &mut Db<'_>,
    registry: &Registry,
    (case, seeds, first): (&CaseRow, &HeldSeeds, &Report),
) -> Result<Apart, Error> {
    let (mut exclusion, mut concerned) = registry.exclusion(first);
    let barrier = Barrier::read(ctx, db, registry, (case, seeds)).await?;
    let barred = registry.directory.members.keys().copied().filter(|staff| barrier.bars(*staff));
    let mut held = db.grants(case.id).await?;
    // Where it was joined to another case, the work went on there.
    if let Some(master) = case.master_id {
        held.extend(db.grants(master).await?);
    }
    let held = held.into_iter().map(|(grant, _)| grant.staff_id);
    let kept: BTreeSet<StaffId> = barred.chain(held).collect();
    // Whom a unit's mark keeps out needs none of their own: there is room for so many only.
    let by_unit = Concerned { units: concerned.units.clone(), ..Concerned::default() };
    let by_unit = registry.in_conflict(&by_unit);
    let marked = kept.iter().filter(|staff| by_unit.iter().all(|(other, _)| other != *staff));
    concerned.people.extend(marked);
    exclusion.people.extend(&kept);
    Ok(Apart { exclusion, concerned })
}

/// The body of the first case, as long as there is one: a complaint is not refused because a body was closed.
async fn open_body(db: &mut Db<'_>, case: &CaseRow) -> Result<Option<BodyId>, Error> {
    let Some(id) = case.body_id else { return Ok(None) };
    Ok(db.body(id).await?.filter(|body| !body.closed).map(|_| id))
}

fn raw_of(complaint: &Complaint, case: &CaseRow, body: Option<BodyId>) -> RawReport {
    let mut retaliation = complaint.retaliation.clone();
    retaliation.after = Some(case.reference.clone());
    let mut raw = RawReport::default();
    raw.language = Some(case.language.code().to_owned());
    raw.category = Some(Category::Retaliation.code().to_owned());
    raw.body = body.map(|body| body.to_string());
    raw.region = case.region.map(|region| region.code().to_owned());
    raw.narrative.clone_from(&complaint.narrative);
    raw.ongoing.clone_from(&complaint.ongoing);
    raw.people.clone_from(&complaint.people);
    raw.retaliation = Some(retaliation);
    raw
}
