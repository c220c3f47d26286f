//! Who is in the signed directory, which desks there are, and where reports go: verified once, cached until the
//! instance's version rises.
//!
//! An entry of the directory counts only with the signatures of two administrators who were in it before (at first:
//! the founding keys of the configuration). Whoever is planted in the database by other means is not in the
//! directory, gets no key and cannot sign in.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

use serde::{Deserialize, Serialize};

use super::{context::Context, error::Error};
use crate::{
    crypto::{kem::KemPublic, sign::VerifyingKey, staff_keys::StaffPublic},
    domain::{
        ids::{BodyId, DeskId, StaffId},
        role::Role,
        taxonomy::{Category, Region},
    },
    policy::RoleAt,
    storage::{
        Db, StorageError,
        desks::{DeskRow, RuleRow},
        directory::DirectoryRow,
    },
};

/// What signatures on directory entries are bound to.
pub const SIGNATURE_DOMAIN: &str = "senim/directory-entry/v1";

/// What a directory entry says. Canonical JSON; two administrators sign its bytes.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct DirectoryBody {
    /// Format, 1.
    pub v: u8,
    /// The instance, so that an entry of one counts in no other.
    pub instance: String,
    /// Whom it is about.
    pub staff: StaffId,
    /// Their sign-in name.
    pub login: String,
    /// The how-manieth entry about them.
    pub serial: i32,
    /// Their public keys, hexadecimal.
    pub keys: String,
    /// Their roles; none means that they are out.
    pub roles: Vec<RoleAt>,
}

impl DirectoryBody {
    /// The bytes that are signed.
    ///
    /// # Errors
    /// [`Error::Sealed`] where the body has no canonical form; it always has one.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        serde_json_canonicalizer::to_vec(self)
            .map_err(|_cause| Error::Sealed("the directory entry has no canonical form"))
    }
}

/// A member of the directory.
#[derive(Debug, Clone)]
pub struct Member {
    /// Their sign-in name.
    pub login: String,
    /// Their roles.
    pub roles: Vec<RoleAt>,
    /// Their public keys.
    pub public: StaffPublic,
    /// Number of the entry that counts.
    pub serial: i32,
}

impl Member {
    /// Whether they hold a role at a desk (or everywhere).
    #[must_use]
    pub fn holds(&self, role: Role, desk: DeskId) -> bool {
        self.roles.iter().any(|held| held.role == role && held.desk.is_none_or(|at| at == desk))
    }
}

/// The verified directory.
#[derive(Debug, Default)]
pub struct Directory {
    /// Members by id.
    pub members: HashMap<StaffId, Member>,
    /// Entries in force whose signatures do not hold; `senim check` reports them.
    pub faults: Vec<(StaffId, i32)>,
    authorities: Vec<VerifyingKey>,
    /// The last entry that took effect about anybody, also about those who are out.
    serials: HashMap<StaffId, i32>,
}

impl Directory {
    /// Verifies rows in the order in which they took effect.
    #[must_use]
    pub fn verify(rows: &[DirectoryRow], genesis: &[VerifyingKey], instance: &str) -> Self {
        let mut directory = Self { authorities: genesis.to_vec(), ..Self::default() };
        for row in rows.iter().filter(|row| row.version.is_some()) {
            if directory.admit(row, instance).is_none() {
                directory.faults.push((row.staff_id, row.serial));
            }
        }
        directory
    }

    fn admit(&mut self, row: &DirectoryRow, instance: &str) -> Option<()> {
        let body: DirectoryBody = serde_json::from_slice(&row.body).ok()?;
        let expected = (row.staff_id, row.serial, instance);
        // Numbers rise also for who is out, or an old entry with a new version would bring them back.
        let serial_rises = self.serials.get(&row.staff_id).is_none_or(|last| body.serial > *last);
        if (body.staff, body.serial, body.instance.as_str()) != expected || body.v != 1 || !serial_rises {
            return None;
        }
        let first = self.authority(&row.body, &row.first_signature)?;
        if !body.roles.is_empty() {
            // Taking somebody out acts at once and needs one signature; letting somebody in needs two.
            let second = self.authority(&row.body, row.second_signature.as_deref()?)?;
            if first == second {
                return None;
            }
        }
        let public = StaffPublic::parse(&data_encoding::HEXLOWER.decode(body.keys.as_bytes()).ok()?).ok()?;
        let before = self.members.get(&body.staff).map(|member| member.public.sign);
        self.authorities.retain(|key| *key != public.sign && Some(key) != before.as_ref());
        self.serials.insert(body.staff, body.serial);
        if body.roles.iter().any(|held| held.role == Role::Administrator) {
            self.authorities.push(public.sign);
        }
        if body.roles.is_empty() {
            self.members.remove(&body.staff);
        } else {
            let member = Member { login: body.login, roles: body.roles, public, serial: body.serial };
            self.members.insert(body.staff, member);
        }
        Some(())
    }

    /// The administrator whose key made this signature.
    fn authority(&self, body: &[u8], signature: &[u8]) -> Option<VerifyingKey> {
        let signature: &[u8; 64] = signature.try_into().ok()?;
        self.authorities.iter().find(|key| key.verify(SIGNATURE_DOMAIN, body, signature).is_ok()).cloned()
    }

    /// The members who hold a role at a desk.
    pub fn with_role(&self, role: Role, desk: DeskId) -> impl Iterator<Item = (StaffId, &Member)> {
        self.members
            .iter()
            .filter(move |(_, member)| member.holds(role, desk))
            .map(|(id, member)| (*id, member))
    }
}

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
    rules: Vec<RuleRow>,
}

impl Registry {
    /// The desk that a report goes to: the first rule that matches, and if fewer than two of that desk's triagers are
    /// in the directory, the independent desk (norms.md 8.5 rule 5).
    #[must_use]
    pub fn route(&self, body: Option<BodyId>, category: Category, region: Option<Region>) -> Option<&Desk> {
        let matches = |rule: &&RuleRow| {
            rule.body_id.is_none_or(|wanted| Some(wanted) == body)
                && rule.category.is_none_or(|wanted| wanted == category)
                && rule.region.is_none_or(|wanted| Some(wanted) == region)
        };
        let ruled = self.rules.iter().find(matches).and_then(|rule| self.desks.get(&rule.desk_id));
        let staffed = |desk: &&Desk| self.directory.with_role(Role::Triager, desk.row.id).count() >= 2;
        let independent =
            || self.desks.values().filter(|desk| desk.row.independent).min_by_key(|desk| desk.row.id);
        ruled.filter(staffed).or_else(|| independent().filter(staffed)).or(ruled).or_else(independent)
    }

    async fn load(db: &mut Db<'_>, genesis: &[VerifyingKey], instance: &str) -> Result<Self, StorageError> {
        let version = db.instance().await?.map_or(0, |row| row.version);
        let mut directory = Directory::verify(&db.directory_rows().await?, genesis, instance);
        // Whom the operator took out at the command line, without a signature, is given no key either.
        let mut lingering = db.inactive_staff().await?;
        lingering.retain(|staff| directory.members.remove(staff).is_some());
        let mut desks = HashMap::new();
        for row in db.desks().await? {
            let recovery = KemPublic::parse(&row.recovery_key)
                .map_err(|_bad| StorageError::Corrupt { table: "desks", column: "recovery_key" })?;
            desks.insert(row.id, Desk { row, recovery });
        }
        Ok(Self { version, directory, desks, lingering, rules: db.routing_rules().await? })
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
        match self.cached() {
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
        match self.cached().filter(|registry| registry.version == version) {
            Some(registry) => Ok(registry),
            None => self.fresh_registry().await,
        }
    }

    /// Reads and verifies everything again.
    ///
    /// # Errors
    /// [`Error`] of the database.
    pub async fn fresh_registry(&self) -> Result<Arc<Registry>, Error> {
        let instance = self.store.instance();
        let registry: Registry =
            self.store.read(async |db| Registry::load(db, &self.genesis, instance).await).await?;
        for (staff, serial) in &registry.directory.faults {
            tracing::error!(%staff, serial, "a directory entry does not hold: its signatures are not those of two administrators");
        }
        let registry = Arc::new(registry);
        if let Ok(mut cache) = self.registry.0.write() {
            *cache = Some(Arc::clone(&registry));
        }
        Ok(registry)
    }

    fn cached(&self) -> Option<Arc<Registry>> {
        self.registry.0.read().ok().and_then(|cache| cache.clone())
    }
}
