//! The reporter looks into the mailbox: the state, and what the desk wrote. Never their own words. Nothing is written.

use super::{
    context::Context,
    error::Error,
    holders::HeldSeeds,
    items::{Opener, text_of},
    raise_no_response::may_raise,
};
use crate::{
    crypto::receipt::Receipt,
    domain::{
        case::{item::ItemKind, referral::Target, review::may_ask, transition::MessageKind},
        ids::CaseId,
        profile::Route,
        report::Report,
    },
    storage::{bodies::BodyRow, cases::CaseRow, content::ItemRow, wraps::Holder},
};

/// The mailbox.
pub struct Inbox {
    /// The case, of which the page shows state, reference and days.
    pub case: CaseRow,
    /// A due day has passed: whom the reporter can turn to outside (EU 2019/1937 art. 10; control EU-10-1); empty otherwise.
    pub routes: Vec<Route>,
    /// Whether the reporter may tell oversight that nobody answers.
    pub may_complain: bool,
    /// Whether the reporter may ask for a review of the decision.
    pub may_ask_review: bool,
    /// What came and went, oldest first.
    pub letters: Vec<Letter>,
}

/// A line of the mailbox.
pub struct Letter {
    /// The day.
    pub on: jiff::civil::Date,
    /// What it says.
    pub body: LetterBody,
    /// Where the case, or a part of it, was sent with it.
    pub sent_to: Option<SentTo>,
}

/// Where something was sent.
#[derive(Debug, Clone)]
pub enum SentTo {
    /// A body outside.
    Outside(Route),
    /// A body of the registry.
    Body(Box<BodyRow>),
}

/// What a line of the mailbox says.
pub enum LetterBody {
    /// The desk wrote this.
    FromDesk(String),
    /// The desk asks this.
    Question(String),
    /// A closed text, by its code.
    Template(String),
    /// The reporter wrote; what, is not shown again.
    FromReporter,
}

/// Reads the mailbox.
///
/// # Errors
/// [`Error::Unauthenticated`] where the token has expired.
pub async fn read_inbox(ctx: &Context, inbox_token: &str) -> Result<Inbox, Error> {
    let (case, items, seeds) = look(ctx, &ctx.receipt_of_inbox(inbox_token)?).await?;
    let opener = Opener::new(ctx, &seeds);
    let sent = sent_to(ctx, case.id).await?;
    let mut letters = Vec::new();
    for item in items.iter().filter(|item| item.proposal_id.is_none()) {
        let body = match (&item.template, item.kind) {
            (Some(code), _) => LetterBody::Template(code.clone()),
            (None, ItemKind::Question) => LetterBody::Question(text_of(&opener.open(item)?)?),
            (None, ItemKind::DeskMessage) => LetterBody::FromDesk(text_of(&opener.open(item)?)?),
            (None, ItemKind::ReporterMessage) => LetterBody::FromReporter,
            (
                None,
                ItemKind::Report
                | ItemKind::Note
                | ItemKind::StepRecord
                | ItemKind::SystemMessage
                | ItemKind::Subject
                | ItemKind::Package
                | ItemKind::Remedy,
            ) => continue,
        };
        let told = item.template.as_deref().is_some_and(|code| SENT.contains(&code));
        let sent_to = sent.iter().find(|(n, _)| told && *n == item.n).map(|(_, to)| to.clone());
        letters.push(Letter { on: item.written_on, body, sent_to });
    }
    let today = ctx.today_of(&case);
    let late = case.owes_answer() && case.clocks.late_on(today);
    let profile = ctx.profile_of(&case);
    let routes = if late { profile.routes().to_vec() } else { Vec::new() };
    let may_ask_review = may_ask(&profile, case.status, case.review, case.days(), today);
    Ok(Inbox { may_complain: may_raise(&case, today), may_ask_review, routes, case, letters })
}

/// The closed texts that say where something was sent.
const SENT: &[&str] = &[MessageKind::Destination.code(), MessageKind::PartSent.code()];

/// Where a case, or parts of it, went, each with the number of its entry.
async fn sent_to(ctx: &Context, case: CaseId) -> Result<Vec<(i32, SentTo)>, Error> {
    ctx.store
        .read(async |db| {
            let mut sent = Vec::new();
            for row in db.referrals(case).await? {
                let to = match row.target() {
                    Some(Target::Outside(route)) => Some(SentTo::Outside(route)),
                    Some(Target::Body(id)) => db.body(id).await?.map(|body| SentTo::Body(Box::new(body))),
                    None => None,
                };
                sent.extend(to.map(|to| (row.n, to)));
            }
            Ok(sent)
        })
        .await
}

/// The case that a receipt opens, its pieces, and the seeds that the reporter holds.
pub(super) async fn look(
    ctx: &Context,
    receipt: &Receipt,
) -> Result<(CaseRow, Vec<ItemRow>, HeldSeeds), Error> {
    let id = receipt.lookup(ctx.store.instance());
    ctx.current_registry().await?;
    let (case, wraps, items) = ctx
        .store
        .read(async |db| {
            let case = db.case_of_receipt(&id).await?.ok_or(Error::Unauthenticated)?;
            let wraps = db.reporter_wraps(&id).await?;
            let items = db.items(case.id).await?;
            Ok::<_, Error>((case, wraps, items))
        })
        .await?;
    let (secret, _) = receipt.key_pair(ctx.store.instance());
    let seeds = HeldSeeds::open(ctx, case.id, &wraps, (Holder::Reporter(case.id), &secret))?;
    Ok((case, items, seeds))
}

/// The report that a receipt was given for; for comparing, never for showing.
pub(super) async fn read_report(
    ctx: &Context,
    receipt: &Receipt,
) -> Result<(CaseRow, Option<Report>), Error> {
    let (case, items, seeds) = look(ctx, receipt).await?;
    let opener = Opener::new(ctx, &seeds);
    let report = items
        .iter()
        .find(|item| item.kind == ItemKind::Report)
        .and_then(|item| Report::from_sealed_json(opener.open(item).ok()?.expose()).ok());
    Ok((case, report))
}
