//! The operator opens a desk with the recovery key of its ceremony. A desk without one cannot exist.

use super::{authentic::Authentic, context::Context, error::Error};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    crypto::kem::KemPublic,
    domain::{
        ids::{BodyId, DeskId},
        profile::ProfileId,
    },
    policy::{Action, Actor, authorize},
    storage::desks::DeskRow,
};

/// A desk to be opened.
pub struct NewDesk {
    /// The body it belongs to.
    pub body: BodyId,
    /// Its names in kk, ru, en.
    pub names: [String; 3],
    /// The profile of its cases.
    pub profile: ProfileId,
    /// Whether it stands outside the hierarchy of the bodies it serves.
    pub independent: bool,
    /// Public half of the recovery key of the ceremony.
    pub recovery: KemPublic,
    /// How many sheets open it, and how many were made.
    pub shares: (u8, u8),
}

/// Opens a desk.
///
/// # Errors
/// [`Error::NotReady`] where the instance was never founded; [`Error`] of the database.
pub async fn open_desk(ctx: &Context, desk: NewDesk) -> Result<DeskId, Error> {
    let permit = authorize(&Actor::Operator, Action::ConfigureDesk, None)?;
    let id = DeskId(ctx.store.entropy().uuid());
    let when = When::At(ctx.store.now());
    ctx.store
        .record("open_desk", async |tx| {
            let instance =
                tx.lock_instance().await?.ok_or(Error::NotReady("the instance was never founded"))?;
            let [name_kk, name_ru, name_en] = desk.names.clone();
            let mut row = DeskRow {
                id,
                audit_id: uuid::Uuid::nil(),
                body_id: desk.body,
                name_kk,
                name_ru,
                name_en,
                profile: desk.profile,
                independent: desk.independent,
                recovery_key: desk.recovery.to_bytes(),
                recovery_threshold: i32::from(desk.shares.0),
                recovery_shares: i32::from(desk.shares.1),
                audit_n: 0,
                audit_head: Vec::new(),
                mac: Vec::new(),
            };
            row.mac = Authentic::desk(ctx, &row).mac(ctx).to_vec();
            let draft = Draft::new(Act::DeskOpened, By::System, when).code("profile", desk.profile.code());
            let _desk = tx.insert_desk(&permit, row, &draft).await?;
            let draft = Draft::new(Act::ConfigChanged, By::System, when).code("what", "desk");
            Ok::<_, Error>(((), tx.save_instance(&permit, &instance, &draft).await?))
        })
        .await?;
    Ok(id)
}
