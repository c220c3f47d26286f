//! A signed-in person comes back with their token.

use jiff::SignedDuration;

use super::{caller::Caller, context::Context, error::Error, impartiality::Impartiality};
use crate::{
    crypto::{jwt::JwtKey, secret::Secret, session::open_session, staff_keys::StaffSecrets},
    domain::ids::SessionId,
    policy::StaffActor,
    storage::sessions::SessionRow,
};

/// How old the note of the last use may grow before it is renewed: one write a minute at most.
const TOUCH_SECONDS: i64 = 60;

/// The caller of a token.
///
/// # Errors
/// [`Error::Unauthenticated`] where the token is not ours, the session ended, or the person left the directory.
pub async fn resume_session(ctx: &Context, token: &str) -> Result<Caller, Error> {
    let now = ctx.store.now();
    let claims =
        JwtKey::new(&ctx.keys.jwt).verify(token, now.as_second()).map_err(|_cause| Error::Unauthenticated)?;
    let id = SessionId(claims.sid);
    let session = ctx.store.read(async |db| db.session(id).await).await?.ok_or(Error::Unauthenticated)?;
    let idle = SignedDuration::try_from(ctx.sessions.idle).unwrap_or(SignedDuration::from_hours(1));
    let since_seen = now.duration_since(session.seen_at);
    if session.expires_at <= now || since_seen >= idle {
        return Err(Error::Unauthenticated);
    }
    let place = ctx.store.place("sessions", id.0.as_bytes(), "sealed");
    let opened = open_session(&ctx.keys.session, &claims.sec, &place, &session.sealed)
        .map_err(|_cause| Error::Unauthenticated)?;
    let seeds = Secret::from_slice(opened.expose()).ok_or(Error::Unauthenticated)?;
    let caller = member(ctx, &session, StaffSecrets::from_bytes(&seeds)).await?;
    if since_seen.as_secs() >= TOUCH_SECONDS {
        ctx.store.maintain(async |upkeep| upkeep.touch_session(id, now).await).await?;
    }
    Ok(caller)
}

async fn member(ctx: &Context, session: &SessionRow, secrets: StaffSecrets) -> Result<Caller, Error> {
    let registry = ctx.current_registry().await?;
    let member = registry.directory.members.get(&session.staff_id).ok_or(Error::Unauthenticated)?;
    let row =
        ctx.store.read(async |db| db.staff(session.staff_id).await).await?.ok_or(Error::Unauthenticated)?;
    // The row says whose session it is, and rows can be exchanged; the keys that the token opened cannot.
    if row.state != "active" || secrets.sign.verifying() != member.public.sign {
        return Err(Error::Unauthenticated);
    }
    Ok(Caller {
        id: row.id,
        login: member.login.clone(),
        alias: row.alias(),
        session: session.id,
        secrets,
        actor: StaffActor { id: row.id, roles: member.roles.clone() },
        impartiality: Impartiality::of(ctx, &registry, row.id),
    })
}
