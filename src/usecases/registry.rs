//! Who is in the signed directory, which desks there are, where reports go, and by which days they are answered: verified
//! once, cached until the instance's version rises.
//!
//! Whoever is planted in the database is not in the signed directory, gets no key and cannot sign in. A desk or a
//! rule that the server did not write is left out: no report goes there, and nothing is wrapped to its key.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

use super::{
    authentic::Authentic, body_tree::BodyTree, context::Context, error::Error, rulebook, standing::verified,
};
use crate::{
    audit::directory::Directory,
    crypto::kem::KemPublic,
    domain::{
        ids::{BodyId, ChangeId, DeskId, StaffId},
        profile::Rulebook,
        role::Role,
        routing::{self, DeskStaff, Exclusion, Matter, Route, Rule},
        taxonomy::{Category, Region},
    },
    storage::{Db, StorageError, desks::DeskRow, directory::DirectoryRow, instance::InstanceRow},
};

/// A desk with its recovery key read.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Its row.
    pub row: DeskRow,
    /// Public half of its recovery key.
    pub recovery: KemPublic,
}

/// Directory, desks and routing at one version of the instance.
#[derive(Debug)]
pub struct Registry {
    /// The version.
    pub version: i64,
    /// The directory.
    pub directory: Directory,
    /// Desks by id.
    pub desks: HashMap<DeskId, Desk>,
    /// Whom the signed directory still lists although their row says that they do not work here: the operator took
    /// them out, and no administrator has signed it yet.
    pub lingering: Vec<StaffId>,
    /// Digest of the newest entry of the directory that this process ever saw in force.
    newest: Option<[u8; 32]>,
    /// Rows that were left out, because the server did not write them as they stand.
    pub faults: Vec<Fault>,
    /// Which body is under which.
    pub bodies: Arc<BodyTree>,
    /// Profiles and calendars.
    pub rulebook: Arc<Rulebook>,
    rules: Vec<Rule>,
    staff: Vec<DeskStaff>,
}

/// A row without the server's proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A desk.
    Desk {
        /// Its id.
        id: DeskId,
        /// The English name in the row.
        name: String,
    },
    /// A routing rule.
    Rule {
        /// Its position.
        position: i32,
    },
    /// The tree of bodies.
    Bodies,
    /// A version of a profile or a calendar.
    Rules {
        /// The change that would have put it in force.
        id: ChangeId,
    },
}

impl Registry {
    /// Where a report goes, and why; `exclusion` says whom it must not reach.
    #[must_use]
    pub fn route(
        &self,
        body: Option<BodyId>,
        category: Category,
        region: Option<Region>,
        exclusion: &Exclusion,
    ) -> Option<Route<'_>> {
        let bodies = body.map(|body| self.bodies.chain(body)).unwrap_or_default();
        let matter = Matter { bodies: &bodies, category, region };
        routing::route(&matter, &self.rules, &self.staff, exclusion)
    }

    /// Whether a report about anything else would have a desk.
    #[must_use]
    pub fn takes_every_report(&self) -> bool {
        self.route(None, Category::Other, None, &Exclusion::default()).is_some()
    }

    /// The desks as routing sees them.
    #[must_use]
    pub fn staff(&self) -> &[DeskStaff] {
        &self.staff
    }

    /// Whether somebody is an administrator.
    #[must_use]
    pub fn is_administrator(&self, staff: StaffId) -> bool {
        let member = self.directory.members.get(&staff);
        member.is_some_and(|member| member.roles.iter().any(|held| held.role == Role::Administrator))
    }

    /// How many administrators there are besides somebody.
    #[must_use]
    pub fn administrators_besides(&self, staff: StaffId) -> usize {
        let others = self.directory.members.keys().filter(|id| **id != staff);
        others.filter(|id| self.is_administrator(**id)).count()
    }

    async fn load(db: &mut Db<'_>, ctx: &Context, cached: Option<&Self>) -> Result<Self, StorageError> {
        let before = cached.and_then(|registry| registry.newest);
        let Rest { instance, rows, bodies, rulebook, mut faults } =
            at_rest(db, ctx, cached.map(|registry| &registry.bodies)).await?;
        let version = instance.as_ref().map_or(0, |row| row.version);
        let mut directory = verified(ctx, &ctx.genesis, instance.as_ref(), &rows);
        // An older state that was put back as a whole, its pin with it, is the server's too; who was here before knows.
        if before.is_some_and(|newest| !directory.chain.contains(&newest)) {
            directory.close();
        }
        let newest = directory.head().filter(|_| directory.breach.is_none()).or(before);
        // Whom the operator took out at the command line, without a signature, is given no key either.
        let mut lingering: Vec<StaffId> =
            db.inactive_staff().await?.into_iter().map(|(staff, _)| staff).collect();
        lingering.retain(|staff| directory.members.remove(staff).is_some());
        let (mut desks, mut rules) = (HashMap::new(), Vec::new());
        for row in db.desks().await? {
            let recovery = KemPublic::parse(&row.recovery_key).ok();
            match recovery.filter(|_| Authentic::desk(ctx, &row).holds(ctx, &row.mac)) {
                Some(recovery) => {
                    desks.insert(row.id, Desk { row, recovery });
                }
                None => faults.push(Fault::Desk { id: row.id, name: row.name_en }),
            }
        }
        for kept in db.routing_rules().await? {
            if Authentic::rule(ctx, &kept.rule).holds(ctx, &kept.mac) {
                rules.push(kept.rule.into());
            } else {
                faults.push(Fault::Rule { position: kept.rule.position });
            }
        }
        if !bodies.is_sound() {
            faults.push(Fault::Bodies);
        }
        let triagers = |desk| directory.with_role(Role::Triager, desk).map(|(staff, _)| staff).collect();
        let staff = desks.values().map(|desk: &Desk| {
            let (id, independent) = (desk.row.id, desk.row.independent);
            DeskStaff {
                desk: id,
                independent,
                bodies: bodies.chain(desk.row.body_id),
                triagers: triagers(id),
            }
        });
        let staff = staff.collect();
        Ok(Self { version, directory, desks, lingering, newest, faults, bodies, rulebook, rules, staff })
    }
}

/// What belongs together.
struct Rest {
    instance: Option<InstanceRow>,
    rows: Vec<DirectoryRow>,
    bodies: Arc<BodyTree>,
    rulebook: Arc<Rulebook>,
    faults: Vec<Fault>,
}

/// Everything of one and the same moment: two looks at the instance, with no change in between.
async fn at_rest(
    db: &mut Db<'_>,
    ctx: &Context,
    cached: Option<&Arc<BodyTree>>,
) -> Result<Rest, StorageError> {
    let mut instance = db.instance().await?;
    loop {
        let rows = db.directory_rows().await?;
        let bodies = match cached.filter(|tree| tree.is_sound() && tree.is_of(instance.as_ref())) {
            Some(tree) => Arc::clone(tree),
            None => Arc::new(BodyTree::load(db, ctx, instance.as_ref()).await?),
        };
        let mut faults = Vec::new();
        let rulebook = rulebook::load(db, ctx, &mut faults).await?;
        let again = db.instance().await?;
        let version = |row: &Option<InstanceRow>| row.as_ref().map(|row| row.version);
        if version(&instance) == version(&again) {
            return Ok(Rest { instance: again, rows, bodies, rulebook, faults });
        }
        instance = again;
    }
}

/// The last verified registry.
#[derive(Default)]
pub struct RegistryCache(RwLock<Option<Arc<Registry>>>);

impl Context {
    /// The registry as last verified. Enough where the writing statement itself checks the version.
    ///
    /// # Errors
    /// [`Error`] of the database.
    pub async fn registry(&self) -> Result<Arc<Registry>, Error> {
        match self.current() {
            Some(registry) => Ok(registry),
            None => self.fresh_registry().await,
        }
    }

    /// The registry of the version that the database has now.
    ///
    /// # Errors
    /// [`Error`] of the database.
    pub async fn current_registry(&self) -> Result<Arc<Registry>, Error> {
        let version = self.store.read(async |db| db.instance().await).await?.map_or(0, |row| row.version);
        match self.current().filter(|registry| registry.version == version) {
            Some(registry) => Ok(registry),
            None => self.fresh_registry().await,
        }
    }

    /// The registry of the version that a transaction has locked: as it was verified before, or read under the lock.
    pub(super) async fn registry_at(&self, db: &mut Db<'_>, version: i64) -> Result<Arc<Registry>, Error> {
        match self.current().filter(|registry| registry.version == version) {
            Some(registry) => Ok(registry),
            None => Ok(Arc::new(Registry::load(db, self, self.cached().as_deref()).await?)),
        }
    }

    /// Reads and verifies everything again.
    ///
    /// # Errors
    /// [`Error`] of the database.
    pub async fn fresh_registry(&self) -> Result<Arc<Registry>, Error> {
        let before = self.cached();
        let registry: Registry =
            self.store.read(async |db| Registry::load(db, self, before.as_deref()).await).await?;
        if let Some(breach) = registry.directory.breach {
            tracing::error!(
                ?breach,
                "entries of the directory are missing: nobody is given keys or signed in"
            );
        }
        for (staff, serial) in &registry.directory.faults {
            tracing::error!(%staff, serial, "a directory entry does not hold: its signatures are not those of two administrators");
        }
        for fault in &registry.faults {
            tracing::error!(?fault, "a row is not as this server wrote it: it is left out");
        }
        let registry = Arc::new(registry);
        if let Ok(mut cache) = self.registry.0.write() {
            *cache = Some(Arc::clone(&registry));
        }
        Ok(registry)
    }

    /// Profiles and calendars as last read: where deadlines are computed, the registry was looked at first.
    #[must_use]
    pub fn rules(&self) -> Arc<Rulebook> {
        self.cached()
            .map_or_else(|| Arc::new(Rulebook::embedded()), |registry| Arc::clone(&registry.rulebook))
    }

    /// The registry as last verified, unless somebody's roles count since.
    fn current(&self) -> Option<Arc<Registry>> {
        let now = self.store.now().as_second();
        self.cached().filter(|registry| registry.directory.ripens_at().is_none_or(|at| at > now))
    }

    fn cached(&self) -> Option<Arc<Registry>> {
        self.registry.0.read().ok().and_then(|cache| cache.clone())
    }
}
