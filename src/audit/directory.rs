//! The signed directory of staff: who may be given keys, and whose signature an act carries.
//!
//! An entry counts only with the signatures of two administrators who were in the directory before (at first: the
//! founding keys of the configuration). Whoever is planted in the database by other means is not in it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{
    crypto::{sign::VerifyingKey, staff_keys::StaffPublic},
    domain::{
        ids::{DeskId, StaffId},
        role::{Role, RoleAt},
    },
};

/// What signatures on directory entries are bound to.
pub const SIGNATURE_DOMAIN: &str = "senim/directory-entry/v1";

/// An entry of the directory that took effect, as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct DirectoryEntry<'e> {
    /// Whom it is about.
    pub staff: StaffId,
    /// The how-manieth entry about them.
    pub serial: i32,
    /// The signed bytes, a [`DirectoryBody`].
    pub body: &'e [u8],
    /// The signature of the administrator who proposed it.
    pub first_signature: &'e [u8],
    /// The signature of the administrator who confirmed it.
    pub second_signature: Option<&'e [u8]>,
}

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
    /// Where the body has no canonical form; it always has one.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json_canonicalizer::to_vec(self)
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
    /// Every signing key that each person was ever signed in with: who made new ones signed with the old before.
    pub keys: HashMap<StaffId, Vec<VerifyingKey>>,
    authorities: Vec<VerifyingKey>,
    /// The last entry that took effect about anybody, also about those who are out.
    serials: HashMap<StaffId, i32>,
}

impl Directory {
    /// Verifies entries in the order in which they took effect.
    #[must_use]
    pub fn verify<'e>(
        entries: impl IntoIterator<Item = DirectoryEntry<'e>>,
        genesis: &[VerifyingKey],
        instance: &str,
    ) -> Self {
        let mut directory = Self { authorities: genesis.to_vec(), ..Self::default() };
        for entry in entries {
            if directory.admit(&entry, instance).is_none() {
                directory.faults.push((entry.staff, entry.serial));
            }
        }
        directory
    }

    fn admit(&mut self, entry: &DirectoryEntry<'_>, instance: &str) -> Option<()> {
        let body: DirectoryBody = serde_json::from_slice(entry.body).ok()?;
        let expected = (entry.staff, entry.serial, instance);
        // Numbers rise also for who is out, or an old entry with a new version would bring them back.
        let serial_rises = self.serials.get(&entry.staff).is_none_or(|last| body.serial > *last);
        if (body.staff, body.serial, body.instance.as_str()) != expected || body.v != 1 || !serial_rises {
            return None;
        }
        let first = self.authority(entry.body, entry.first_signature)?;
        if !body.roles.is_empty() {
            // Taking somebody out acts at once and needs one signature; letting somebody in needs two.
            let second = self.authority(entry.body, entry.second_signature?)?;
            if first == second {
                return None;
            }
        }
        let public = StaffPublic::parse(&data_encoding::HEXLOWER.decode(body.keys.as_bytes()).ok()?).ok()?;
        let before = self.members.get(&body.staff).map(|member| member.public.sign);
        self.authorities.retain(|key| *key != public.sign && Some(key) != before.as_ref());
        self.serials.insert(body.staff, body.serial);
        let keys = self.keys.entry(body.staff).or_default();
        if !keys.contains(&public.sign) {
            keys.push(public.sign);
        }
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
