//! What happened to the clocks of a case, told to the record, to its columns and to oversight.

use jiff::civil::Date;

use super::error::Error;
use crate::{
    audit::{act::Act, entry::Draft},
    domain::{
        case::clocks::{ClockNews, Clocks},
        profile::{ClockName, Profile},
    },
    policy::Permit,
    storage::{
        Tx,
        cases::{CaseRow, ClockColumns},
        oversight::Matter,
    },
};

/// The columns of clocks as they stand on the day `on`. A question's own day counts as a due day too.
pub(super) fn columns(
    clocks: Clocks,
    profile: &Profile,
    on: Date,
    question_until: Option<Date>,
) -> ClockColumns {
    let due_on = clocks.due_on().into_iter().chain(question_until).min();
    ClockColumns { due_on, watch_on: clocks.watch_on(profile, on), clocks }
}

/// Adds the acts and the names of the clocks to an entry.
pub(super) fn acts<'k>(mut draft: Draft<'k>, news: &ClockNews) -> Draft<'k> {
    let told = [
        (Act::DeadlineStarted, "started", &news.started),
        (Act::DeadlineMet, "met", &news.met),
        (Act::DeadlineMissed, "missed", &news.missed),
        (Act::DeadlineReminded, "reminded", &news.reminded),
    ];
    for (act, code, clocks) in told.into_iter().filter(|(.., clocks)| !clocks.is_empty()) {
        draft = draft.and(act).code(code, ClockName::list(clocks));
    }
    draft
}

/// Shows oversight what was missed (control OI-12b-1). Before the case is saved.
///
/// # Errors
/// [`Error`] of the database.
pub(super) async fn raise(
    tx: &mut Tx<'_>,
    permit: &Permit,
    case: &CaseRow,
    (news, on): (&ClockNews, Date),
) -> Result<(), Error> {
    for clock in &news.missed {
        tx.raise_matter(permit, case.id, (Matter::DeadlineMissed(*clock), on)).await?;
    }
    Ok(())
}

/// A calendar that lacks a year is told loudly each time somebody needs it.
pub(super) fn warn(news: &ClockNews) {
    if let Some(missing) = &news.unknown {
        tracing::error!(%missing, "a due day cannot be computed: load the calendar of that year");
    }
}
