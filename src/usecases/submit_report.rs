//! A person reports: routed, sealed, stored, acknowledged and recorded in one transaction, then the receipt is given.

use jiff::civil::Date;
use rand::RngExt;

pub use super::form_token::{FormOrigin, FormToken};
use super::{
    authentic::{Authentic, CaseKeys},
    clock_news,
    context::Context,
    error::Error,
    form_token::receipt_of,
    impartiality::marks,
    items::{ITEMS, SEALED},
    read_inbox::read_report,
    registry::{Desk, Registry},
    send_inbox_message::deliver,
};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    crypto::{
        epoch::{EpochKeys, EpochSeed},
        random::{Rng, uuid_v4},
        receipt::Receipt,
    },
    domain::{
        case::{
            clocks::{ClockNews, Clocks},
            status::Status,
        },
        conflict::Concerned,
        field_error::FieldError,
        ids::{CaseId, ItemId, StaffId},
        language::Language,
        profile::{CaseDays, ClockName, Profile, Waiver},
        reference::Reference,
        report::Report,
        routing::{Exclusion, RouteReason},
        taxonomy::Category,
    },
    policy::{Action, Actor, authorize},
    storage::{
        StorageError,
        intake::{Intake, NewCase},
        wraps::{Holder, NewWrap},
    },
};

/// How often a report is sealed again because the registry changed, or another reference drawn.
const TRIES: u32 = 5;
/// The version of the public information shown with the form, made from its texts at build time; a report keeps it
/// (control OI-9b-1).
pub const NOTICE_VERSION: &str = env!("SENIM_NOTICE_VERSION");

/// A report that was taken in.
pub struct Submitted {
    /// Opens the mailbox; shown once.
    pub receipt: Receipt,
    /// What to call the case.
    pub reference: String,
    /// The language of the case.
    pub language: Language,
    /// The date in the register; none while the working-day calendar lacks the year.
    pub registered_on: Option<Date>,
    /// Whether the receipt was acknowledged in the mailbox; not where the reporter wanted none.
    pub acknowledged: bool,
    /// The day by which the profile promises an answer.
    pub answer_by: Option<Date>,
    /// True where this very form had been sent before, so that nothing new was stored.
    pub repeated: bool,
}

/// A report with the form it came by.
pub struct Submission {
    /// The report.
    pub report: Report,
    /// The token of the form; without one every sending is a new report.
    pub form_token: Option<FormToken>,
    /// How it came: `web` or `api`.
    pub channel: &'static str,
}

/// Takes in a report.
///
/// # Errors
/// [`Error::Invalid`] where the body named is not in the registry; [`Error::NotReady`] where the instance has no
/// desk; [`Error::Busy`] when overloaded. Nothing is stored then.
pub async fn submit_report(ctx: &Context, submission: &Submission) -> Result<Submitted, Error> {
    submit_apart(ctx, submission, &Apart::default()).await
}

/// Whom a report must not reach besides those whom it names itself, and what of it is marked.
#[derive(Default)]
pub(super) struct Apart {
    pub(super) exclusion: Exclusion,
    pub(super) concerned: Concerned,
}

impl Apart {
    /// What a report says of itself, and this.
    fn and(&self, (mut exclusion, mut concerned): (Exclusion, Concerned)) -> (Exclusion, Concerned) {
        exclusion.people.extend(&self.exclusion.people);
        exclusion.outside |= self.exclusion.outside;
        concerned.people.extend(&self.concerned.people);
        concerned.units.extend(&self.concerned.units);
        concerned.desks.extend(&self.concerned.desks);
        (exclusion, concerned)
    }
}

/// Takes in a report that must not reach some others too.
///
/// # Errors
/// See [`submit_report`].
pub(super) async fn submit_apart(
    ctx: &Context,
    submission: &Submission,
    apart: &Apart,
) -> Result<Submitted, Error> {
    let permit = authorize(&Actor::Anyone, Action::SubmitReport, None)?;
    let mut rng = ctx.store.entropy().rng();
    let receipt = receipt_of(ctx, submission.form_token.as_ref(), &mut rng);
    // Whether a waiver is allowed depends on the desk, so it is not judged by a desk of yesterday; the statement that
    // stores a report checks the version for everything else.
    let mut registry = match submission.report.ack_waiver {
        Some(_) => ctx.current_registry().await?,
        None => ctx.registry().await?,
    };
    for _ in 0..TRIES {
        let (case, arrival) = seal_case((ctx, &registry), (submission, apart), &receipt, &mut rng)?;
        let draft = received(&case, &arrival);
        match ctx.store.take_in(&permit, &case, &draft).await {
            Ok(Intake::Taken) => {
                return Ok(Submitted {
                    receipt,
                    answer_by: answer_by(registry.rulebook.current(case.profile), case.received_on),
                    reference: case.reference,
                    language: case.language,
                    registered_on: case.registered_on,
                    acknowledged: case.acknowledgement.is_some(),
                    repeated: false,
                });
            }
            Ok(Intake::Known) => return known(ctx, receipt, &submission.report).await,
            Ok(Intake::BodyUnknown) => {
                return Err(Error::Invalid(vec![FieldError::new("body", FieldError::UNKNOWN)]));
            }
            Ok(Intake::RegistryChanged) => registry = ctx.fresh_registry().await?,
            Err(StorageError::Conflict(constraint)) if constraint == "cases_reference_key" => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Busy)
}

/// The same form again: the same receipt. Where the text was changed in between, the new text follows as a message,
/// so that nothing the person typed is lost.
async fn known(ctx: &Context, receipt: Receipt, report: &Report) -> Result<Submitted, Error> {
    let (case, first) = read_report(ctx, &receipt).await?;
    if first.as_ref() != Some(report) {
        deliver(ctx, &receipt, report.narrative.expose()).await?;
    }
    Ok(Submitted {
        receipt,
        answer_by: answer_by(&ctx.profile_of(&case), case.received_on),
        reference: case.reference,
        language: case.language,
        registered_on: case.registered_on,
        acknowledged: case.acknowledged_on.is_some(),
        repeated: true,
    })
}

/// What the record says of an arrival besides what is stored: why it went to this desk, and which clocks began.
struct Arrival {
    why: RouteReason,
    news: ClockNews,
}

/// Where a report goes, and who is given it.
struct Destination<'r> {
    desk: &'r Desk,
    triagers: Vec<StaffId>,
    why: RouteReason,
    /// The marks of those who are kept from it.
    excluded: Vec<u8>,
}

/// Routes a report. Whom it concerns is left out before anybody is given a key (norms.md 8.5, rule 2).
fn destination<'r>(
    ctx: &Context,
    registry: &'r Registry,
    id: CaseId,
    (report, apart): (&Report, &Apart),
) -> Result<Destination<'r>, Error> {
    let (exclusion, concerned) = apart.and(registry.exclusion(report));
    let route = registry.route(report.body, report.category, report.region, &exclusion);
    let none = || Error::NotReady("there is no desk to route a report to");
    let route = route.ok_or_else(none)?;
    let excluded = marks(ctx, (id, None), &concerned).unwrap_or_else(|most| {
        tracing::error!("a report names more members of staff than can be kept from one case by marks");
        most
    });
    let desk = registry.desks.get(&route.desk).ok_or_else(none)?;
    Ok(Destination { desk, triagers: route.triagers, why: route.reason, excluded })
}

/// Whether the reporter's ticks leave anybody who may look into it. Names are not asked: the answer would tell who works here.
///
/// # Errors
/// [`Error`] of the database.
pub async fn reaches_somebody(ctx: &Context, report: &Report) -> Result<bool, Error> {
    let registry = ctx.registry().await?;
    let asked = Report { people: Vec::new(), ..report.clone() };
    let (exclusion, _) = registry.exclusion(&asked);
    let route = registry.route(asked.body, asked.category, asked.region, &exclusion);
    Ok(report.concerns.is_empty() || route.is_none_or(|route| route.reason != RouteReason::Nobody))
}

/// No acknowledgement only where the profile lets the reporter choose so (control EU-11.2b-1).
fn check_waiver(profile: &Profile, waiver: Option<Waiver>) -> Result<(), Error> {
    match waiver {
        Some(waiver) if !profile.waivers(ClockName::Acknowledge).contains(&waiver) => {
            Err(Error::Invalid(vec![FieldError::new("ack_waiver", FieldError::NOT_ALLOWED)]))
        }
        _ => Ok(()),
    }
}

/// Everything that is stored, computed before the database is asked.
fn seal_case(
    (ctx, registry): (&Context, &Registry),
    (submission, apart): (&Submission, &Apart),
    receipt: &Receipt,
    rng: &mut Rng,
) -> Result<(NewCase, Arrival), Error> {
    let report = &submission.report;
    let (id, item) = (CaseId(uuid_v4(rng)), ItemId(uuid_v4(rng)));
    let Destination { desk, triagers, why, excluded } = destination(ctx, registry, id, (report, apart))?;
    let seed = EpochSeed::generate(rng);
    let keys = EpochKeys::from_seed(&seed);
    let place = ctx.store.place(ITEMS, item.0.as_bytes(), SEALED);
    let sealed = keys.seal(&place, &report.to_sealed_json(), rng)?;
    let (_, reporter_key) = receipt.key_pair(ctx.store.instance());
    let holders = Holders { case: id, desk, registry, reporter: &reporter_key };
    let wraps = holders.wrap(ctx, &triagers, &seed, rng)?;
    let (epoch_key, reporter_key) = (keys.public().to_bytes(), reporter_key.to_bytes());
    let (of, under) = (desk.row.id, desk.row.profile);
    let bound = CaseKeys { id, desk: of, profile: under, reporter: &reporter_key, excluded: Some(&excluded) };
    let profile = registry.rulebook.current(desk.row.profile);
    let received_on = profile.day_of(ctx.store.now());
    let waiver = report.ack_waiver;
    check_waiver(profile, waiver)?;
    let (clocks, news) = clocks_of(profile, report, received_on);
    let new = NewCase {
        id,
        reference: Reference::from_random(rng.random()).to_string(),
        desk: desk.row.id,
        body: report.body,
        category: report.category,
        region: report.region,
        language: report.language,
        channel: submission.channel,
        profile: desk.row.profile,
        notice_version: NOTICE_VERSION.to_owned(),
        received_on,
        profile_version: profile.version(),
        registered_on: registered_on(profile, received_on),
        clocks: clock_news::columns(clocks, profile, received_on, None),
        receipt_id: receipt.lookup(ctx.store.instance()),
        epoch_mac: Authentic::epoch(ctx, &bound, 1, &epoch_key).mac(ctx),
        reporter_key,
        excluded,
        epoch_key,
        report: (item, sealed),
        acknowledgement: waiver.is_none().then(|| ItemId(uuid_v4(rng))),
        triagers,
        wraps,
        waiver,
        registry_version: registry.version,
    };
    Ok((new, Arrival { why, news }))
}

/// The clocks that begin with a report; retaliation has one of its own (control OI-9b-2).
fn clocks_of(profile: &Profile, report: &Report, on: Date) -> (Clocks, ClockNews) {
    let (mut clocks, mut news) = Clocks::at_arrival(profile, on, report.ack_waiver);
    if report.category == Category::Retaliation {
        news = news.and(clocks.start(profile, ClockName::RetaliationInterim, CaseDays::of_receipt(on)));
    }
    clock_news::warn(&news);
    (clocks, news)
}

struct Holders<'a> {
    case: CaseId,
    desk: &'a Desk,
    registry: &'a Registry,
    reporter: &'a crate::crypto::kem::KemPublic,
}

impl Holders<'_> {
    fn wrap(
        &self,
        ctx: &Context,
        triagers: &[StaffId],
        seed: &EpochSeed,
        rng: &mut Rng,
    ) -> Result<Vec<NewWrap>, Error> {
        let reporter = (Holder::Reporter(self.case), self.reporter);
        let recovery = (Holder::Recovery(self.desk.row.id), &self.desk.recovery);
        let mut holders = vec![reporter, recovery];
        for staff in triagers {
            let member = self.registry.directory.members.get(staff).ok_or(Error::NotFound)?;
            holders.push((Holder::Staff(*staff), &member.public.kem));
        }
        holders
            .into_iter()
            .map(|(holder, key)| super::holders::wrap_for(ctx, (self.case, 1), seed, (holder, key), rng))
            .collect()
    }
}

/// The date in the register: the day of receipt or the next working day, where the profile says so (control KZ-64.3-1);
/// none where the calendar lacks the year, which is never guessed.
fn registered_on(profile: &Profile, day: Date) -> Option<Date> {
    match profile.due(ClockName::Register, CaseDays::of_receipt(day)) {
        Ok(registered) => Some(registered.unwrap_or(day)),
        Err(missing) => {
            tracing::error!(%missing, "no date of registration: load the calendar of that year");
            None
        }
    }
}

/// The day by which the profile's feedback is due; none where it has no such clock or its calendar lacks the year.
fn answer_by(profile: &Profile, day: Date) -> Option<Date> {
    profile.due(ClockName::Feedback, CaseDays::of_receipt(day)).ok().flatten()
}

fn received<'k>(case: &NewCase, arrival: &Arrival) -> Draft<'k> {
    let mut draft = Draft::new(Act::ReportReceived, By::Reporter, When::Day(case.received_on))
        .and(Act::ReceiptIssued)
        .and(Act::ProfileAssigned)
        .and(Act::GrantAdded)
        .moved(None, Status::Received.code())
        .code("category", case.category.code())
        .code("mode", "anonymous")
        .code("notice", case.notice_version.clone())
        .code("profile", format!("{}/{}", case.profile, case.profile_version))
        .code("route", arrival.why.code());
    draft = match case.waiver {
        None => draft.and(Act::AckSent),
        Some(waiver) => draft.and(Act::AckWaived).code("waiver", waiver.code()),
    };
    if case.category == Category::Retaliation {
        draft = draft.and(Act::RetaliationReported);
    }
    if case.registered_on.is_some() {
        draft = draft.and(Act::CaseRegistered);
    }
    if case.triagers.len() < 2 {
        draft = draft.and(Act::HoldersShort);
    }
    clock_news::acts(draft, &arrival.news)
}
