//! Oversight looks at what was missed, without content, and takes it up.

use jiff::{ToSpan, civil::Date};

use super::{caller::Caller, context::Context, error::Error};
pub use crate::storage::oversight::{MatterLine, UnansweredLine, WaitingLine};
use crate::{
    audit::act::Act,
    domain::ids::MatterId,
    policy::{Action, authorize},
    storage::cases::CaseChange,
};

/// The most lines of each list.
pub const SHOWN: usize = 500;
/// Days after which an unanswered letter of a reporter is shown.
const PATIENCE: i32 = 3;

/// What oversight sees.
pub struct Oversight {
    /// What nobody has taken up, oldest first.
    pub open: Vec<MatterLine>,
    /// What was taken up, latest first.
    pub taken_up: Vec<MatterLine>,
    /// Reporters who wait for an answer, longest first.
    pub unanswered: Vec<UnansweredLine>,
    /// Proposals that wait for a second person, oldest first.
    pub proposals: Vec<WaitingLine>,
    /// Which of them have more than is shown.
    pub cut: Vec<OversightList>,
}

/// A list of oversight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OversightList {
    /// What nobody has taken up.
    Open,
    /// What was taken up.
    TakenUp,
    /// Reporters who wait.
    Unanswered,
    /// Proposals that wait.
    Proposals,
}

impl OversightList {
    /// The name of its member in [`Oversight`].
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::TakenUp => "taken_up",
            Self::Unanswered => "unanswered",
            Self::Proposals => "proposals",
        }
    }
}

/// Shows everything that waits for oversight.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but oversight.
pub async fn oversee(ctx: &Context, caller: &Caller) -> Result<Oversight, Error> {
    authorize(&caller.actor(), Action::SeeOversight, None)?;
    let before: Date = ctx.store.today().saturating_sub(PATIENCE.days());
    // Whom a case concerns does not learn of it here either (norms.md 8.5, rule 1), not even by a count.
    let kept = |case, marks: &Option<Vec<u8>>| caller.impartiality.kept_from(case, marks.as_deref());
    ctx.store
        .read(async |db| {
            // More than is shown tells whether there is more, also where some must not be.
            let asked = i64::try_from(SHOWN).unwrap_or(i64::MAX).saturating_mul(2);
            let mut cut = Vec::new();
            Ok::<_, Error>(Oversight {
                open: shown(
                    db.matters(false, asked).await?,
                    |line| kept(line.case, &line.excluded),
                    OversightList::Open,
                    &mut cut,
                ),
                taken_up: shown(
                    db.matters(true, asked).await?,
                    |line| kept(line.case, &line.excluded),
                    OversightList::TakenUp,
                    &mut cut,
                ),
                unanswered: shown(
                    db.unanswered(before, asked).await?,
                    |line| kept(line.case, &line.excluded),
                    OversightList::Unanswered,
                    &mut cut,
                ),
                proposals: shown(
                    db.proposals_that_wait(asked).await?,
                    |line| kept(line.case, &line.excluded),
                    OversightList::Proposals,
                    &mut cut,
                ),
                cut,
            })
        })
        .await
}

fn shown<T>(
    mut lines: Vec<T>,
    hidden: impl Fn(&T) -> bool,
    list: OversightList,
    cut: &mut Vec<OversightList>,
) -> Vec<T> {
    lines.retain(|line| !hidden(line));
    if lines.len() > SHOWN {
        lines.truncate(SHOWN);
        cut.push(list);
    }
    lines
}

/// Takes a matter up: from now on it stands among those that somebody looks after.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but oversight; [`Error::NotFound`]; [`Error::Conflict`] where somebody was first.
pub async fn take_up(ctx: &Context, caller: &Caller, id: MatterId) -> Result<(), Error> {
    let permit = authorize(&caller.actor(), Action::SeeOversight, None)?;
    ctx.store
        .record("take_up", async |tx| {
            let matter = tx.matter(id).await?.ok_or(Error::NotFound)?;
            let case = tx.lock_case(matter.case).await?.ok_or(Error::NotFound)?;
            if caller.impartiality.kept_from_case(&case) {
                return Err(Error::NotFound);
            }
            if !tx.take_up_matter(&permit, id, (caller.id, ctx.today_of(&case))).await? {
                return Err(Error::Conflict);
            }
            let draft = caller.draft(Act::MatterTakenUp, "oversight", ctx.store.now());
            Ok(((), tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await
}
