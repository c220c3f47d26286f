//! Administrators look at the staff: who is invited, who waits for the directory, who is in it.

use sha2::{Digest, Sha256};

use super::{caller::Caller, context::Context, error::Error, propose_member::invited_roles, registry::Desk};
use crate::{
    domain::ids::StaffId,
    policy::{Action, Actor, RoleAt, authorize},
};

/// A line of the list.
pub struct StaffLine {
    /// Who.
    pub id: StaffId,
    /// Their sign-in name.
    pub login: String,
    /// `invited`, `enrolled`, `active`, `disabled`.
    pub state: String,
    /// Their roles: of the directory where they are in it, of the invitation otherwise.
    pub roles: Vec<RoleAt>,
    /// Whether an administrator has signed and a second one is awaited.
    pub waits_for_second: bool,
    /// Whether the caller may sign now.
    pub signable: bool,
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
    let (people, rows) = ctx
        .store
        .read(async |db| Ok::<_, Error>((db.all_staff().await?, db.directory_rows().await?)))
        .await?;
    let mut lines = Vec::new();
    for person in people {
        let waiting = rows.iter().find(|row| row.staff_id == person.id && row.version.is_none());
        let member = registry.directory.members.get(&person.id);
        let roles = match member {
            Some(member) => member.roles.clone(),
            None => invited_roles(&person)?,
        };
        let signed_before =
            caller.is_some_and(|caller| waiting.is_some_and(|row| row.first_signer == caller.id));
        lines.push(StaffLine {
            id: person.id,
            login: person.login,
            waits_for_second: waiting.is_some(),
            signable: caller.is_some() && person.state == "enrolled" && !signed_before,
            fingerprint: person.public_keys.as_deref().map(fingerprint),
            state: person.state,
            roles,
        });
    }
    let mut desks: Vec<Desk> = registry.desks.values().cloned().collect();
    desks.sort_by(|a, b| a.row.name_en.cmp(&b.row.name_en));
    Ok(StaffList { lines, desks })
}

/// Eight groups of four hexadecimal digits of the keys' SHA-256.
fn fingerprint(keys: &[u8]) -> String {
    let digest = data_encoding::HEXUPPER.encode(&Sha256::digest(keys));
    let symbols: Vec<char> = digest.chars().take(32).collect();
    symbols.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
