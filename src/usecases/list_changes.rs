//! Administrators see which changes of the configuration wait, and what became of the others; oversight sees those that wait
//! for their time.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{
    caller::Caller,
    config_plan::{plan, told},
    context::Context,
    error::Error,
};
pub use crate::storage::config_changes::ChangeRow;
use crate::{
    domain::{
        configuration::{Difference, State, approval},
        ids::{ChangeId, StaffId},
        profile::Rulebook,
        role::RoleAt,
    },
    policy::{Action, authorize},
    storage::Db,
};

/// A change of a list.
pub struct ListedChange {
    /// The change.
    pub row: ChangeRow,
    /// Who proposed it; none where the operator did.
    pub proposer: Option<String>,
    /// Who approved it.
    pub approvers: Vec<String>,
    /// Who refused or stopped it.
    pub refuser: Option<String>,
    /// Whether the caller may approve it now.
    pub may_approve: bool,
    /// Whether the caller may refuse or stop it now.
    pub may_refuse: bool,
}

/// Changes of the configuration.
pub struct Changes {
    /// Those that wait for people, oldest first.
    pub waiting: Vec<ListedChange>,
    /// Those that wait for their time, oldest first.
    pub delayed: Vec<ListedChange>,
    /// Those that ended, latest first.
    pub ended: Vec<ListedChange>,
    /// Profiles and calendars in force, each with its file.
    pub rulebook: Arc<Rulebook>,
}

/// A change with what it would change, or did.
pub struct OpenedChange {
    /// The change.
    pub listed: ListedChange,
    /// What it changes; none where it no longer fits.
    pub difference: Option<Difference>,
}

/// Lists them.
///
/// # Errors
/// [`Error::Forbidden`] for whoever is no administrator.
pub async fn list_changes(ctx: &Context, caller: &Caller) -> Result<Changes, Error> {
    authorize(&caller.actor(), Action::ConfigureDesk, None)?;
    let rulebook = Arc::clone(&ctx.current_registry().await?.rulebook);
    ctx.store
        .read(async |db| {
            let waiting = db.changes_in(&[State::Pending]).await?;
            let delayed = db.changes_in(&[State::Approved]).await?;
            let ended = db.ended_changes().await?;
            Ok(Changes {
                waiting: listed(db, caller, waiting).await?,
                delayed: listed(db, caller, delayed).await?,
                ended: listed(db, caller, ended).await?,
                rulebook,
            })
        })
        .await
}

/// Opens one.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] as for the list.
pub async fn open_change(ctx: &Context, caller: &Caller, id: ChangeId) -> Result<OpenedChange, Error> {
    authorize(&caller.actor(), Action::ConfigureDesk, None)?;
    opened(ctx, caller, id).await
}

/// Opens those that wait for their time, oldest first, for oversight.
///
/// # Errors
/// [`Error::Forbidden`] for whoever is not of oversight.
pub async fn delayed_changes(ctx: &Context, caller: &Caller) -> Result<Vec<OpenedChange>, Error> {
    authorize(&caller.actor(), Action::SeeOversight, None)?;
    let rows = ctx.store.read(async |db| db.changes_in(&[State::Approved]).await).await?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        changes.push(opened(ctx, caller, row.id).await?);
    }
    Ok(changes)
}

/// Somebody who comes to cases from a moment on (norms.md 8.5, rule 9).
pub struct Newcomer {
    /// Their sign-in name.
    pub login: String,
    /// The roles that do not count yet.
    pub roles: Vec<RoleAt>,
    /// From when they do.
    pub from: Timestamp,
}

/// Shows oversight who comes to cases soon, the next first.
///
/// # Errors
/// [`Error::Forbidden`] for whoever is not of oversight.
pub async fn newcomers(ctx: &Context, caller: &Caller) -> Result<Vec<Newcomer>, Error> {
    authorize(&caller.actor(), Action::SeeOversight, None)?;
    let registry = ctx.current_registry().await?;
    let waiting = registry.directory.members.values().filter_map(|member| {
        let awaited = member.awaited.as_ref()?;
        let from = Timestamp::from_second(awaited.from).ok()?;
        Some(Newcomer { login: member.login.clone(), roles: awaited.roles.clone(), from })
    });
    let mut waiting: Vec<Newcomer> = waiting.collect();
    waiting.sort_by(|one, other| (one.from, &one.login).cmp(&(other.from, &other.login)));
    Ok(waiting)
}

async fn opened(ctx: &Context, caller: &Caller, id: ChangeId) -> Result<OpenedChange, Error> {
    let registry = ctx.current_registry().await?;
    ctx.store
        .read(async |db| {
            let row = db.config_change(id).await?.ok_or(Error::NotFound)?;
            let text = db.change_file(id).await?;
            let difference = if row.state.is_open() {
                match plan(db, &registry, (row.kind, &text)).await {
                    Ok(plan) => Some(plan.difference),
                    Err(Error::Mistakes(_)) => None,
                    Err(error) => return Err(error),
                }
            } else {
                Some(told(db, &registry, (row.kind, row.base, &text)).await?)
            };
            let listed = listed(db, caller, vec![row]).await?.pop().ok_or(Error::NotFound)?;
            Ok(OpenedChange { listed, difference })
        })
        .await
}

async fn listed(db: &mut Db<'_>, caller: &Caller, rows: Vec<ChangeRow>) -> Result<Vec<ListedChange>, Error> {
    let logins: BTreeMap<StaffId, String> = db.logins().await?.into_iter().collect();
    let may = authorize(&caller.actor(), Action::ConfigureDesk, None).is_ok();
    let login = |id: &StaffId| logins.get(id).cloned().unwrap_or_default();
    let line = |row: ChangeRow| ListedChange {
        proposer: row.proposer_id.as_ref().map(login),
        approvers: row.change().approvers.iter().map(login).collect(),
        refuser: row.refuser_id.as_ref().map(login),
        may_approve: may && approval(&row.change(), caller.id).is_some(),
        may_refuse: may && row.state.is_open(),
        row,
    };
    Ok(rows.into_iter().map(line).collect())
}
