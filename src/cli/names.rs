//! Finding what somebody named at the command line: bodies and desks by id, code or name in any language, and roles.

use super::failure::Failure;
use crate::{
    domain::{
        ids::{BodyId, DeskId},
        role::Role,
    },
    policy::RoleAt,
    storage::bodies::BodyRow,
    usecases::{Context, registry::Registry},
};

/// Bodies that are looked at for an exact name.
const MOST: i64 = 1000;

/// The desk of this id, code or name.
pub(super) fn desk(registry: &Registry, text: &str) -> Result<DeskId, Failure> {
    let named = |row: &crate::storage::desks::DeskRow| {
        row.id.to_string() == text
            || row.code == text
            || [&row.name_kk, &row.name_ru, &row.name_en].iter().any(|name| *name == text)
    };
    let found: Vec<DeskId> =
        registry.desks.values().filter(|desk| named(&desk.row)).map(|desk| desk.row.id).collect();
    one(&found, "desk", text)?.ok_or_else(|| Failure::Usage(format!("there is no desk `{text}`")))
}

/// The body of this id, code or name, if there is one.
pub(super) async fn body(ctx: &Context, text: &str) -> Result<Option<BodyRow>, Failure> {
    if let Ok(id) = text.parse::<BodyId>() {
        return Ok(ctx.store.read(async |db| db.body(id).await).await?);
    }
    if let Some(row) = ctx.store.read(async |db| db.body_of_code(text).await).await? {
        return Ok(Some(row));
    }
    let rows = ctx.store.read(async |db| db.find_bodies(text, MOST).await).await?;
    let named = |row: &BodyRow| [&row.name_kk, &row.name_ru, &row.name_en].iter().any(|name| *name == text);
    let found: Vec<BodyRow> = rows.into_iter().filter(named).collect();
    one(&found, "body", text)
}

fn one<T: Clone>(found: &[T], what: &str, text: &str) -> Result<Option<T>, Failure> {
    match found {
        [] => Ok(None),
        [only] => Ok(Some(only.clone())),
        _ => Err(Failure::Usage(format!("more than one {what} is called `{text}`: use its id"))),
    }
}

/// A role, at a desk where `@` and a desk follow.
pub(super) fn role_at(registry: &Registry, text: &str) -> Result<RoleAt, Failure> {
    let (code, at) = text.split_once('@').map_or((text, None), |(code, at)| (code, Some(at)));
    let role = Role::parse(code).ok_or_else(|| {
        let codes: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
        Failure::Usage(format!("there is no role `{code}`; the roles are {}", codes.join(", ")))
    })?;
    if role.at_desk() && at.is_none() {
        return Err(Failure::Usage(format!(
            "the role `{role}` is held at a desk: write {role}@DESK with the desk's id or name"
        )));
    }
    let desk = at.map(|at| desk(registry, at)).transpose()?;
    Ok(RoleAt { role, desk })
}
