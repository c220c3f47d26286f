//! Administrators look at the staff: who is invited, who waits for the directory, who is in it.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    approve_recovery::RECOVERY_DAYS,
    caller::Caller,
    context::Context,
    credentials::fingerprint,
    error::Error,
    propose_member::{digest, invited_roles, to_be_signed, waits},
    registry::Desk,
};
use crate::{
    domain::{
        ids::{BodyId, StaffId},
        mail_address::MailAddress,
    },
    policy::{Action, Actor, RoleAt, authorize},
    storage::recoveries::RecoveryRow,
};

/// A line of the list.
pub struct StaffLine {
    /// Who.
    pub id: StaffId,
    /// Their sign-in name.
    pub login: String,
    /// Where mails to them go.
    pub mail: Option<MailAddress>,
    /// Their name, and the code of the unit they belong to: of what waits for signatures, or as the directory has it.
    pub name: Option<String>,
    /// See `name`.
    pub unit: Option<String>,
    /// `invited`, `enrolled`, `active`, `disabled`.
    pub state: String,
    /// Their roles: of the directory where they are in it, of the invitation otherwise.
    pub roles: Vec<RoleAt>,
    /// When those of their roles count that do not yet (norms.md 8.5, rule 9).
    pub counts_from: Option<Timestamp>,
    /// The roles that a waiting change would give somebody who works here.
    pub proposed: Option<Vec<RoleAt>>,
    /// Whether an administrator has signed and a second one is awaited.
    pub waits_for_second: bool,
    /// Whether the caller may sign now.
    pub signable: bool,
    /// Whether the caller may refuse what waits.
    pub refusable: bool,
    /// The digest of what the caller would sign about them.
    pub to_sign: Option<String>,
    /// When they asked for a recovery that waits for approval, and the number that they read out.
    pub recovery_asked: Option<(Timestamp, String)>,
    /// Fingerprint of the public keys, to be compared with what the person reads out.
    pub fingerprint: Option<String>,
}

/// The list with the desks that roles are held at.
pub struct StaffList {
    /// The lines, by name.
    pub lines: Vec<StaffLine>,
    /// The desks, by English name.
    pub desks: Vec<Desk>,
}

/// Lists the staff.
///
/// # Errors
/// [`Error::Forbidden`] without the right.
pub async fn list_staff(ctx: &Context, caller: Option<&Caller>) -> Result<StaffList, Error> {
    let actor = caller.map_or(Actor::Operator, Caller::actor);
    authorize(&actor, Action::InviteStaff, None)?;
    let registry = ctx.current_registry().await?;
    let from = ctx.store.now().saturating_sub(SignedDuration::from_hours(RECOVERY_DAYS * 24));
    let from = from.unwrap_or(Timestamp::MIN);
    let (people, rows, recoveries, units) = ctx
        .store
        .read(async |db| {
            let people = db.all_staff().await?;
            let units: Vec<BodyId> = people.iter().filter_map(|person| person.unit_id).collect();
            let units: HashMap<_, _> = db.codes_of_bodies(&units).await?.into_iter().collect();
            Ok::<_, Error>((people, db.directory_rows().await?, db.recoveries_since(from).await?, units))
        })
        .await?;
    let numbered = |row: &RecoveryRow| (row.staff_id, (row.asked_at, fingerprint(&row.keys)));
    let recoveries: HashMap<_, _> = recoveries.iter().map(numbered).collect();
    let mut lines = Vec::new();
    for person in people {
        let last = rows.iter().filter(|row| row.staff_id == person.id).max_by_key(|row| row.serial);
        let waiting = last.filter(|row| waits(ctx, &registry.directory, &person, row));
        let member = registry.directory.members.get(&person.id);
        let roles = match member {
            Some(member) => member.signed_roles(),
            None => invited_roles(&person)?,
        };
        let signed_before =
            caller.is_some_and(|caller| waiting.is_some_and(|row| row.first_signer == caller.id));
        let changing = person.state == "active" && waiting.is_some();
        let open =
            caller.is_some_and(|caller| caller.id != person.id) && (person.state == "enrolled" || changing);
        let proposed = if changing { Some(invited_roles(&person)?) } else { None };
        let to_sign = to_be_signed(ctx, &registry.directory, &person, last).ok().map(|body| digest(&body));
        lines.push(StaffLine {
            to_sign,
            id: person.id,
            recovery_asked: recoveries.get(&person.id).cloned(),
            mail: person.mail(),
            unit: person.unit_id.and_then(|unit| units.get(&unit).cloned()),
            name: person.name,
            login: person.login,
            waits_for_second: waiting.is_some(),
            signable: open && !signed_before,
            refusable: open,
            proposed,
            fingerprint: person.public_keys.as_deref().map(fingerprint),
            state: person.state,
            counts_from: member.and_then(|member| Timestamp::from_second(member.awaited.as_ref()?.from).ok()),
            roles,
        });
    }
    let mut desks: Vec<Desk> = registry.desks.values().cloned().collect();
    desks.sort_by(|a, b| a.row.name_en.cmp(&b.row.name_en));
    Ok(StaffList { lines, desks })
}
