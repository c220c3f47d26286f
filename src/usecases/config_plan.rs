//! What a file of the configuration would change, judged against what is in force: one arm for each kind.

use std::collections::{BTreeMap, BTreeSet};

use super::{error::Error, registry::Registry};
use crate::{
    crypto::kem::KemPublic,
    domain::{
        configuration::{
            Difference, Kind,
            bodies::{self, ListedBody},
            desks::{self, ListedDesk},
            rules::{self, ListedRule},
            versions,
        },
        csv,
        ids::{BodyId, DeskId},
        profile::{Rulebook, Settings},
    },
    storage::{Db, StorageError, bodies::BodyRow, desks::DeskRow},
};

/// A file that fits, read.
pub(super) enum File {
    /// The whole registry, parents first.
    Bodies(Vec<ListedBody>),
    /// The desks to be opened.
    Desks(Vec<ListedDesk>),
    /// The whole list of rules.
    Routing(Vec<ListedRule>),
    /// A version of a profile or a calendar, which holds as it stands.
    Version,
}

/// A file and what it changes.
pub(super) struct Plan {
    /// The file.
    pub file: File,
    /// What it changes.
    pub difference: Difference,
}

/// Reads a file and compares it with what is in force.
///
/// # Errors
/// [`Error::Mistakes`], every one of them.
pub(super) async fn plan(
    db: &mut Db<'_>,
    registry: &Registry,
    (kind, text): (Kind, &str),
) -> Result<Plan, Error> {
    match kind {
        Kind::Bodies => {
            let new = bodies::read(text).map_err(Error::Mistakes)?;
            let old = listed_bodies(db).await?;
            let difference = bodies::difference(&old, &new);
            Ok(Plan { file: File::Bodies(new), difference })
        }
        Kind::Desks => {
            let named = Named::bodies(db, text, &desks::COLUMNS).await?;
            let open = listed_desks(db).await?;
            let body = |code: &str| named.of(code).is_some_and(|row| !row.closed);
            let key = |bytes: &[u8]| KemPublic::parse(bytes).is_ok();
            let ground = desks::Ground { open: &open, body: &body, key: &key };
            let fresh = desks::read(text, &ground).map_err(Error::Mistakes)?;
            let difference = desks::difference(&fresh);
            Ok(Plan { file: File::Desks(fresh), difference })
        }
        Kind::Routing => {
            let named = Named::bodies(db, text, &rules::COLUMNS).await?;
            let open = db.desks().await?;
            let body = |code: &str| named.of(code).is_some();
            let desk = |code: &str| open.iter().any(|desk| desk.code == code);
            let new =
                rules::read(text, &rules::Ground { body: &body, desk: &desk }).map_err(Error::Mistakes)?;
            let old = listed_rules(db).await?;
            let difference = rules_apart(db, registry, (&old, &new)).await?;
            Ok(Plan { file: File::Routing(new), difference })
        }
        Kind::Profile | Kind::Calendar => {
            let difference = version_apart(&registry.rulebook, kind, text)?;
            Ok(Plan { file: File::Version, difference })
        }
    }
}

/// What a version of a profile or of a calendar makes of the one before it.
fn version_apart(book: &Rulebook, kind: Kind, text: &str) -> Result<Difference, Error> {
    let none = Settings::new();
    Ok(if kind == Kind::Profile {
        let new = book.next_profile(text).map_err(Error::Mistakes)?;
        versions::difference(new.id().code(), &book.current(new.id()).settings(), &new.settings())
    } else {
        let new = book.next_calendar(text).map_err(Error::Mistakes)?;
        let old = book.calendar(new.name()).map_or(none, |old| old.settings());
        versions::difference(new.name(), &old, &new.settings())
    })
}

/// What was in force before a change came in force, against its own file: how a change is told that has ended.
///
/// # Errors
/// [`Error`] of the database.
pub(super) async fn told(
    db: &mut Db<'_>,
    registry: &Registry,
    (kind, base, text): (Kind, i32, &str),
) -> Result<Difference, Error> {
    let before = db.file_in_force(kind, base.saturating_sub(1)).await?;
    let known = |_: &str| true;
    Ok(match kind {
        Kind::Bodies => {
            let read = |text: &str| bodies::read(text).unwrap_or_default();
            bodies::difference(&before.as_deref().map(read).unwrap_or_default(), &read(text))
        }
        Kind::Desks => {
            let fresh = |open: &[ListedDesk], text: &str| {
                let ground = desks::Ground { open, body: &known, key: &|_| true };
                desks::read(text, &ground).unwrap_or_default()
            };
            let mut open: Vec<ListedDesk> = Vec::new();
            for place in 0..base {
                let file = db.file_in_force(kind, place).await?.unwrap_or_default();
                let more = fresh(&open, &file);
                open.extend(more);
            }
            desks::difference(&fresh(&open, text))
        }
        Kind::Routing => {
            let read = |text: &str| {
                rules::read(text, &rules::Ground { body: &known, desk: &known }).unwrap_or_default()
            };
            let old = before.as_deref().map(read).unwrap_or_default();
            rules_apart(db, registry, (&old, &read(text))).await?
        }
        Kind::Profile | Kind::Calendar => {
            let mut book = Rulebook::embedded();
            for calendar in [true, false] {
                let of = if calendar { Kind::Calendar } else { Kind::Profile };
                for (row, earlier) in db.files_in_force(of).await? {
                    // A profile may name a calendar that came in force before it.
                    if of != kind || row.base < base {
                        let _ = if calendar {
                            book.add_calendar(&earlier).map(drop)
                        } else {
                            book.add_profile(&earlier).map(drop)
                        };
                    }
                }
            }
            version_apart(&book, kind, text).unwrap_or_default()
        }
    })
}

async fn rules_apart(
    db: &mut Db<'_>,
    registry: &Registry,
    (old, new): (&[ListedRule], &[ListedRule]),
) -> Result<Difference, StorageError> {
    let codes: BTreeSet<&str> = old.iter().chain(new).filter_map(|rule| rule.body.as_deref()).collect();
    let named = db.bodies_of_codes(&codes.into_iter().collect::<Vec<_>>()).await?;
    let chains: BTreeMap<&str, Vec<BodyId>> =
        named.iter().map(|row| (row.code.as_str(), registry.bodies.chain(row.id))).collect();
    let ids: BTreeSet<BodyId> = chains.values().flatten().copied().collect();
    let above: BTreeMap<BodyId, String> =
        db.codes_of_bodies(&ids.into_iter().collect::<Vec<_>>()).await?.into_iter().collect();
    let desks = db.desks().await?;
    let above = |code: &str| match chains.get(code) {
        Some(chain) => chain.iter().filter_map(|id| above.get(id).cloned()).collect(),
        None => vec![code.to_owned()],
    };
    let independent = |code: &str| desks.iter().any(|desk| desk.code == code && desk.independent);
    Ok(rules::difference(old, new, &rules::World { above: &above, independent: &independent }))
}

/// The bodies that a file names in its second column.
struct Named(Vec<BodyRow>);

impl Named {
    async fn bodies(db: &mut Db<'_>, text: &str, columns: &[&str]) -> Result<Self, StorageError> {
        // What is no file of the kind names nothing; reading it says why.
        let rows = csv::read(text, columns).unwrap_or_default();
        let codes: BTreeSet<&str> = rows.iter().filter_map(|row| row.optional(1)).collect();
        Ok(Self(db.bodies_of_codes(&codes.into_iter().collect::<Vec<_>>()).await?))
    }

    fn of(&self, code: &str) -> Option<&BodyRow> {
        self.0.iter().find(|row| row.code == code)
    }
}

/// The registry as it is in force, without what is closed.
pub(super) async fn listed_bodies(db: &mut Db<'_>) -> Result<Vec<ListedBody>, StorageError> {
    let rows = db.all_bodies().await?;
    let codes: BTreeMap<BodyId, &str> = rows.iter().map(|row| (row.id, row.code.as_str())).collect();
    let listed = |row: &BodyRow| ListedBody {
        code: row.code.clone(),
        parent: row.parent_id.and_then(|id| codes.get(&id)).map(|code| (*code).to_owned()),
        region: row.region,
        names: [row.name_kk.clone(), row.name_ru.clone(), row.name_en.clone()],
    };
    Ok(rows.iter().filter(|row| !row.closed).map(listed).collect())
}

/// The desks that are open.
pub(super) async fn listed_desks(db: &mut Db<'_>) -> Result<Vec<ListedDesk>, StorageError> {
    let rows = db.desks().await?;
    let ids: Vec<BodyId> = rows.iter().map(|row| row.body_id).collect();
    let codes: BTreeMap<BodyId, String> = db.codes_of_bodies(&ids).await?.into_iter().collect();
    let listed = |row: &DeskRow| ListedDesk {
        code: row.code.clone(),
        body: codes.get(&row.body_id).cloned().unwrap_or_default(),
        profile: row.profile,
        independent: row.independent,
        names: [row.name_kk.clone(), row.name_ru.clone(), row.name_en.clone()],
        recovery: row.recovery_key.clone(),
        threshold: u8::try_from(row.recovery_threshold).unwrap_or(0),
        shares: u8::try_from(row.recovery_shares).unwrap_or(0),
    };
    Ok(rows.iter().map(listed).collect())
}

/// The rules as they are in force.
pub(super) async fn listed_rules(db: &mut Db<'_>) -> Result<Vec<ListedRule>, StorageError> {
    let rows = db.routing_rules().await?;
    let ids: Vec<BodyId> = rows.iter().filter_map(|kept| kept.rule.body_id).collect();
    let codes: BTreeMap<BodyId, String> = db.codes_of_bodies(&ids).await?.into_iter().collect();
    let desks: BTreeMap<DeskId, String> =
        db.desks().await?.into_iter().map(|row| (row.id, row.code)).collect();
    Ok(rows
        .into_iter()
        .map(|kept| ListedRule {
            position: kept.rule.position,
            body: kept.rule.body_id.and_then(|id| codes.get(&id).cloned()),
            category: kept.rule.category,
            region: kept.rule.region,
            desk: desks.get(&kept.rule.desk_id).cloned().unwrap_or_default(),
        })
        .collect())
}
