//! Bodies, desks and routing.

use std::{collections::HashMap, path::Path};

use serde::Deserialize;

use super::super::{
    ceremony::{Split, hold},
    failure::Failure,
};
use crate::{
    crypto::shares::DeskTag,
    domain::{
        ids::{BodyId, DeskId},
        profile::ProfileId,
        taxonomy::{Category, Region},
    },
    storage::desks::RuleRow,
    usecases::{
        Context,
        add_body::{NewBody, add_body},
        add_rule::add_rule,
        open_desk::{NewDesk, open_desk},
    },
};

/// How the demo's recovery keys are split.
const SPLIT: Split = Split { threshold: 2, total: 3 };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    body: Vec<Body>,
    desk: Vec<Desk>,
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    key: String,
    parent: Option<String>,
    region: Option<Region>,
    kk: String,
    ru: String,
    en: String,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    position: i32,
    body: Option<String>,
    category: Option<Category>,
    region: Option<Region>,
    desk: String,
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

/// Makes them; the sheets of the recovery keys go into `sheets`.
pub(super) async fn make(ctx: &Context, profile: ProfileId, sheets: &Path) -> Result<Setting, Failure> {
    let file: File = toml::from_str(include_str!("setting.toml"))
        .map_err(|error| Failure::Demo(format!("setting.toml: {error}")))?;
    let mut setting = Setting { bodies: HashMap::new(), desks: HashMap::new() };
    for body in file.body {
        let parent = body.parent.as_deref().map(|key| setting.body(key)).transpose()?;
        let names = [body.kk, body.ru, body.en];
        let id = add_body(ctx, NewBody { parent, region: body.region, names }).await?;
        setting.bodies.insert(body.key, id);
    }
    for desk in file.desk {
        let tag = DeskTag::parse(&desk.tag).map_err(|error| Failure::Demo(error.to_string()))?;
        let (recovery, _) = hold(&tag, SPLIT, sheets, &mut ctx.store.entropy().rng())?;
        let new = NewDesk {
            body: setting.body(&desk.body)?,
            names: [desk.kk, desk.ru, desk.en.clone()],
            profile,
            independent: desk.independent,
            recovery,
            shares: (SPLIT.threshold, SPLIT.total),
        };
        setting.desks.insert(desk.key, (open_desk(ctx, new).await?, desk.en));
    }
    for rule in file.rule {
        let row = RuleRow {
            position: rule.position,
            body_id: rule.body.as_deref().map(|key| setting.body(key)).transpose()?,
            category: rule.category,
            region: rule.region,
            desk_id: setting.desk(&rule.desk)?.0,
        };
        add_rule(ctx, row).await?;
    }
    Ok(setting)
}
