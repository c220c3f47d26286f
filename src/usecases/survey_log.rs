//! An auditor looks at how the log does: its newest heads and who cosigned them, whether the tree grew in every epoch,
//! what waits. The look is recorded (control AUD-4).

use jiff::{Timestamp, tz::TimeZone};

use super::{caller::Caller, context::Context, error::Error, publish_log::cosigned};
use crate::{
    audit::act::Act,
    config::LogConfig,
    policy::{Action, Permit, authorize},
    storage::{checkpoints::CheckpointRow, staff::StaffChange},
};
pub use crate::{
    audit::{
        checkpoint::SignedCheckpoint,
        tree::Hash,
        witness_policy::{Finding, Policy},
    },
    storage::anchors::{DaySize, MissingEpochs},
};

/// Heads that are shown.
const HEADS: i64 = 12;
/// Cosigned heads among which the last one with a quorum is looked for: more than two days of them.
const SEARCHED: i64 = 200;
/// Days of the log that are shown.
const DAYS: i64 = 31;
/// Gaps that are told one by one.
const GAPS: i64 = 20;

/// How the log does.
pub struct Survey {
    /// The log's identity.
    pub origin: String,
    /// Leaves of the tree now; none before its first epoch.
    pub size: u64,
    /// The newest heads, newest first.
    pub heads: Vec<Head>,
    /// Whether outsiders hold the newest head.
    pub watch: Watch,
    /// The policy as it is published; none where none is set up.
    pub policy: Option<String>,
    /// Epochs without growth in the days shown, newest first; the last may reach to now.
    pub missing: Vec<MissingEpochs>,
    /// Entries that are due and not in the tree, and since when the oldest waits.
    pub due: (u64, Option<Timestamp>),
    /// Entries that waited longer than is allowed.
    pub late: u64,
    /// The tree at the end of each day of the log, newest first.
    pub days: Vec<DaySize>,
}

/// A head of the tree that the log signed.
pub struct Head {
    /// The checkpoint, with every cosignature.
    pub signed: SignedCheckpoint,
    /// When it was signed.
    pub made_at: Timestamp,
    /// Whether everybody may have it: a day ended with it.
    pub public: bool,
    /// Whether the log's own history says that a quorum cosigned it.
    pub anchored: bool,
    /// Whether the witnesses that cosigned it are enough.
    pub quorum: bool,
    /// Witnesses that cosigned it, and when, by their own clocks.
    pub cosigned: Vec<(String, Option<Timestamp>)>,
}

/// Whether outsiders hold the newest head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// Nothing was signed yet.
    NoHead,
    /// No policy is set up, so nobody is asked.
    NoPolicy,
    /// The policy asks for no witness.
    NobodyAsked,
    /// The newest head has its quorum.
    Witnessed,
    /// It has not; the last one that has was made then, if any was found.
    Unwitnessed(Option<Timestamp>),
}

/// Looks.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but auditors.
pub async fn survey_log(ctx: &Context, caller: &Caller, log: &LogConfig) -> Result<Survey, Error> {
    let permit = authorize(&caller.actor(), Action::ReadLog, None)?;
    record_look(ctx, caller, &permit, "heads").await?;
    let policy = policy(log).await;
    let rhythm = *ctx.store.rhythm();
    let now = ctx.store.now();
    let first_shown = rhythm.first_epoch(rhythm.day_of(rhythm.epoch_of(now)).saturating_sub(DAYS));
    let (state, rows, mut missing, days, due, late) = ctx
        .store
        .read(async |db| {
            Ok::<_, Error>((
                db.tree_state().await?,
                db.newest_checkpoints(HEADS).await?,
                db.missing_epochs(first_shown, GAPS).await?,
                db.day_sizes(rhythm.epoch_seconds(), rhythm.day_seconds(), DAYS).await?,
                db.entries_due(now).await?,
                db.entries_due(rhythm.late_before(now)).await?,
            ))
        })
        .await?;
    // An epoch that has just ended is being closed; two are an outage.
    if let Some(state) = &state
        && rhythm.ended(now) > state.epoch.saturating_add(1)
    {
        missing.insert(0, MissingEpochs { first: state.epoch.saturating_add(1), last: rhythm.ended(now) });
    }
    let heads = heads(ctx, rows, policy.as_ref()).await?;
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok(Survey {
        origin: log.origin.clone(),
        size: state.map_or(0, |state| state.head.size),
        watch: watch(ctx, &heads, policy.as_ref()).await?,
        heads,
        policy: tokio::fs::read_to_string(&log.policy).await.ok(),
        missing,
        due: (count(due.0), due.1),
        late: count(late.0),
        days,
    })
}

/// The newest head that everybody may have, for printing; none before a day has ended.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but auditors.
pub async fn print_head(ctx: &Context, caller: &Caller, log: &LogConfig) -> Result<Option<Head>, Error> {
    let permit = authorize(&caller.actor(), Action::ReadLog, None)?;
    record_look(ctx, caller, &permit, "sheet").await?;
    let policy = policy(log).await;
    let row = ctx.store.read(async |db| db.public_checkpoint().await).await?;
    Ok(heads(ctx, row.into_iter().collect(), policy.as_ref()).await?.pop())
}

/// Records that an auditor looked at something.
pub(super) async fn record_look(
    ctx: &Context,
    caller: &Caller,
    permit: &Permit,
    what: &'static str,
) -> Result<(), Error> {
    ctx.store
        .record("record_look", async |tx| {
            let person = tx.lock_staff(caller.id).await?.ok_or(Error::Unauthenticated)?;
            let draft = caller.draft(Act::AuditQueried, "auditor", ctx.store.now()).code("query", what);
            Ok::<_, Error>(((), tx.save_staff(permit, &person, StaffChange::default(), &draft).await?))
        })
        .await
}

/// The policy of the log, where one is set up and can be read.
pub(super) async fn policy(log: &LogConfig) -> Option<Policy> {
    Policy::parse(&tokio::fs::read(&log.policy).await.ok()?).ok()
}

async fn heads(ctx: &Context, rows: Vec<CheckpointRow>, policy: Option<&Policy>) -> Result<Vec<Head>, Error> {
    let sizes: Vec<i64> = rows.iter().map(|row| row.size).collect();
    let anchored = ctx.store.read(async |db| db.anchored(&sizes).await).await?;
    let mut heads = Vec::new();
    for row in rows {
        let signed = cosigned(ctx, &row).await?;
        let (quorum, witnesses) = judged(policy, &signed);
        heads.push(Head {
            made_at: row.made_at,
            public: row.public,
            anchored: anchored.contains(&row.size),
            quorum,
            cosigned: witnesses,
            signed,
        });
    }
    Ok(heads)
}

/// Whether the quorum is there, and which witnesses cosigned when. A false line counts as none.
fn judged(policy: Option<&Policy>, signed: &SignedCheckpoint) -> (bool, Vec<(String, Option<Timestamp>)>) {
    let Some(policy) = policy else { return (false, Vec::new()) };
    let verdict = policy.check(signed);
    let when = |at: &Option<u64>| at.and_then(|at| Timestamp::from_second(i64::try_from(at).ok()?).ok());
    let cosigned =
        policy.witnesses().iter().zip(&verdict.witnesses).filter_map(|(witness, finding)| match finding {
            Finding::Signed { at } => Some((witness.name.clone(), when(at))),
            Finding::Absent | Finding::Forged => None,
        });
    (policy.needs_witnesses() && verdict.accepted(), cosigned.collect())
}

async fn watch(ctx: &Context, heads: &[Head], policy: Option<&Policy>) -> Result<Watch, Error> {
    let Some(newest) = heads.first() else { return Ok(Watch::NoHead) };
    let Some(policy) = policy else { return Ok(Watch::NoPolicy) };
    if !policy.needs_witnesses() {
        return Ok(Watch::NobodyAsked);
    }
    if newest.quorum {
        return Ok(Watch::Witnessed);
    }
    if let Some(last) = heads.iter().find(|head| head.quorum) {
        return Ok(Watch::Unwitnessed(Some(last.made_at)));
    }
    Ok(Watch::Unwitnessed(last_held(ctx, policy).await?.map(|(row, _)| row.made_at)))
}

/// The newest head whose witnesses are enough, if there is one among those that were looked through.
async fn last_held(
    ctx: &Context,
    policy: &Policy,
) -> Result<Option<(CheckpointRow, SignedCheckpoint)>, Error> {
    for row in ctx.store.read(async |db| db.cosigned_checkpoints(SEARCHED).await).await? {
        let signed = cosigned(ctx, &row).await?;
        if judged(Some(policy), &signed).0 {
            return Ok(Some((row, signed)));
        }
    }
    Ok(None)
}

/// The newest head that outsiders vouch for as the policy asks; where it asks for nobody, or nobody did yet, the newest.
pub(super) async fn held_head(ctx: &Context, log: &LogConfig) -> Result<Option<SignedCheckpoint>, Error> {
    if let Some(policy) = policy(log).await.filter(Policy::needs_witnesses)
        && let Some((_, signed)) = last_held(ctx, &policy).await?
    {
        return Ok(Some(signed));
    }
    match ctx.store.read(async |db| db.newest_checkpoint().await).await? {
        Some(row) => Ok(Some(cosigned(ctx, &row).await?)),
        None => Ok(None),
    }
}

/// The calendar day on which a day of the log begins, in UTC.
#[must_use]
pub fn calendar_day(ctx: &Context, day: i64) -> jiff::civil::Date {
    let begins = Timestamp::from_second(day.saturating_mul(ctx.store.rhythm().day_seconds()));
    begins.unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC).date()
}
