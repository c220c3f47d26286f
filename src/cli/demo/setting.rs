//! Bodies, desks and routing.

use std::{collections::HashMap, path::Path};

use serde::Deserialize;

use super::super::{
    agree::agree,
    ceremony::{Split, hold},
    failure::Failure,
};
use crate::{
    crypto::shares::DeskTag,
    domain::{
        configuration::{
            Kind,
            desks::{ListedDesk, write},
        },
        ids::{BodyId, DeskId},
        profile::ProfileId,
    },
    usecases::{Caller, Context},
};

/// How the demo's recovery keys are split.
const SPLIT: Split = Split { threshold: 2, total: 3 };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    desk: Vec<Desk>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Desk {
    key: String,
    body: String,
    tag: String,
    independent: bool,
    kk: String,
    ru: String,
    en: String,
}

/// What was made.
pub(super) struct Setting {
    bodies: HashMap<String, BodyId>,
    desks: HashMap<String, (DeskId, String)>,
}

impl Setting {
    /// The body of a key.
    pub fn body(&self, key: &str) -> Result<BodyId, Failure> {
        self.bodies.get(key).copied().ok_or_else(|| Failure::Demo(format!("there is no body `{key}`")))
    }

    /// The desk of a key with its English name.
    pub fn desk(&self, key: &str) -> Result<(DeskId, String), Failure> {
        self.desks.get(key).cloned().ok_or_else(|| Failure::Demo(format!("there is no desk `{key}`")))
    }
}

/// Makes them, by the agreement of two administrators; the sheets of the recovery keys go into `sheets`.
pub(super) async fn make(
    ctx: &Context,
    admins: (&Caller, &Caller),
    profile: ProfileId,
    sheets: &Path,
) -> Result<Setting, Failure> {
    let file: File = toml::from_str(include_str!("desks.toml"))
        .map_err(|error| Failure::Demo(format!("desks.toml: {error}")))?;
    agree(ctx, admins, (Kind::Bodies, include_str!("bodies.csv"))).await?;
    let mut desks = Vec::new();
    for desk in file.desk {
        let tag = DeskTag::parse(&desk.tag).map_err(|error| Failure::Demo(error.to_string()))?;
        let (recovery, _) = hold(&tag, SPLIT, sheets, &mut ctx.store.entropy().rng())?;
        desks.push(ListedDesk {
            code: desk.key,
            body: desk.body,
            profile,
            independent: desk.independent,
            names: [desk.kk, desk.ru, desk.en],
            recovery: recovery.to_bytes(),
            threshold: SPLIT.threshold,
            shares: SPLIT.total,
        });
    }
    agree(ctx, admins, (Kind::Desks, &write(&desks))).await?;
    agree(ctx, admins, (Kind::Routing, include_str!("routing.csv"))).await?;
    let registry = ctx.current_registry().await?;
    let rows = registry.desks.values().map(|desk| &desk.row);
    let desks = rows.map(|row| (row.code.clone(), (row.id, row.name_en.clone()))).collect();
    let bodies = ctx.store.read(async |db| db.all_bodies().await).await?;
    Ok(Setting { bodies: bodies.into_iter().map(|row| (row.code, row.id)).collect(), desks })
}
