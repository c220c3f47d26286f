//! The signed directory of staff: who may be given keys, and whose signature an act carries.
//!
//! An entry counts only with the signatures of two administrators who were in the directory before (at first: the
//! founding keys of the configuration). Whoever is planted in the database by other means is not in it.
//!
//! Entries are chained in the order in which they take effect: each names the digest of the one before (`prev`), so
//! none can be taken out, put between or exchanged. Whoever proposes an entry cannot know after what it will take
//! effect and signs it without `prev`; whose signature lets it take effect signs it whole. So proposals never stand in
//! each other's way, and nobody but an administrator can give an entry its place.
//!
//! Behind a gap nobody is in. What is missing may have taken anybody out, also an administrator who signed what
//! follows; it is better that all wait than that one comes back. Keys that were signed in stay known, because old acts
//! are checked with them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    crypto::{sign::VerifyingKey, staff_keys::StaffPublic},
    domain::{
        ids::{BodyId, DeskId, StaffId},
        role::{Role, RoleAt},
    },
};

/// What signatures on directory entries are bound to.
pub const SIGNATURE_DOMAIN: &str = "senim/directory-entry/v1";

/// What the digest of an entry begins with; the database computes the same.
pub const DIGEST_PREFIX: &[u8] = b"senim/directory-entry-digest/v1\n";

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

impl DirectoryEntry<'_> {
    /// What the next entry names and the log commits to: SHA-256 of the prefix, the body behind its length (64 bits, big
    /// endian), and the signatures.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let length = u64::try_from(self.body.len()).unwrap_or(u64::MAX);
        Sha256::new()
            .chain_update(DIGEST_PREFIX)
            .chain_update(length.to_be_bytes())
            .chain_update(self.body)
            .chain_update(self.first_signature)
            .chain_update(self.second_signature.unwrap_or_default())
            .finalize()
            .into()
    }
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
    /// Their name, the surname first: a report that names them does not reach them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The body or unit they belong to: a report that concerns it does not reach them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<BodyId>,
    /// The how-manieth entry about them.
    pub serial: i32,
    /// Their public keys, hexadecimal.
    pub keys: String,
    /// Digest of the entry that took effect before it in this instance, hexadecimal; none for the first, and none while
    /// it waits for the signature that lets it take effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
    /// From when on the roles count by which they come to cases, and which they did not have before, in seconds since
    /// 1970: everybody can see beforehand who will (norms.md 8.5, rule 9). At once where none is given; set with `prev`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
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

    /// The entry as it takes effect behind the one with this digest.
    #[must_use]
    pub fn behind(self, prev: Option<[u8; 32]>) -> Self {
        Self { prev: prev.map(|digest| data_encoding::HEXLOWER.encode(&digest)), ..self }
    }

    /// The entry as it was proposed, before it had a place and a time.
    fn proposed(self) -> Self {
        Self { prev: None, from: None, ..self }
    }
}

/// A member of the directory.
#[derive(Debug, Clone)]
pub struct Member {
    /// Their sign-in name.
    pub login: String,
    /// Their name, the surname first.
    pub name: Option<String>,
    /// The body or unit they belong to, where it is not simply that of their desks.
    pub unit: Option<BodyId>,
    /// Their roles, those that count now.
    pub roles: Vec<RoleAt>,
    /// Roles that count later.
    pub awaited: Option<Awaited>,
    /// Their public keys.
    pub public: StaffPublic,
    /// Number of the entry that counts.
    pub serial: i32,
}

/// Roles that were signed, and count from a moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// The roles.
    pub roles: Vec<RoleAt>,
    /// From when on, in seconds since 1970.
    pub from: i64,
}

impl Member {
    /// All their roles that were signed, those that count now and those that count later.
    #[must_use]
    pub fn signed_roles(&self) -> Vec<RoleAt> {
        let awaited = self.awaited.iter().flat_map(|awaited| &awaited.roles);
        self.roles.iter().chain(awaited).copied().collect()
    }

    /// Whether a role at a desk (or everywhere) was signed, which may count only later.
    #[must_use]
    pub fn is_signed(&self, role: Role, desk: DeskId) -> bool {
        self.signed_roles().iter().any(|held| held.role == role && held.desk.is_none_or(|at| at == desk))
    }

    /// Whether they hold a role at a desk (or everywhere).
    #[must_use]
    pub fn holds(&self, role: Role, desk: DeskId) -> bool {
        self.roles.iter().any(|held| held.role == role && held.desk.is_none_or(|at| at == desk))
    }
}

/// Why the directory as a whole is not to be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// This entry does not follow the one before it: an entry between them was taken out, or one was moved.
    Gap {
        /// Whom the entry behind the gap is about.
        staff: StaffId,
        /// The how-manieth entry about them.
        serial: i32,
    },
    /// The newest entry is not the one that was pinned when it took effect: newer ones were taken out.
    Tail,
}

/// The verified directory.
#[derive(Debug, Default)]
pub struct Directory {
    /// Members by id.
    pub members: HashMap<StaffId, Member>,
    /// Entries in force whose signatures do not hold; `senim check` reports them.
    pub faults: Vec<(StaffId, i32)>,
    /// Why nobody is in, where entries are missing.
    pub breach: Option<Breach>,
    /// The digests of all entries that were signed as they must be, in the order in which they took effect.
    pub chain: Vec<[u8; 32]>,
    /// Every signing key that each person was ever signed in with: who made new ones signed with the old before.
    pub keys: HashMap<StaffId, Vec<VerifyingKey>>,
    authorities: Vec<VerifyingKey>,
    /// The moment that it is verified for, in seconds since 1970.
    at: i64,
    /// The last entry that took effect about anybody, also about those who are out.
    serials: HashMap<StaffId, i32>,
}

impl Directory {
    /// Verifies entries of an instance in the order in which they took effect, as they count at a moment in seconds since
    /// 1970.
    #[must_use]
    pub fn verify<'e>(
        entries: impl IntoIterator<Item = DirectoryEntry<'e>>,
        genesis: &[VerifyingKey],
        (instance, at): (&str, i64),
    ) -> Self {
        let mut directory = Self { authorities: genesis.to_vec(), at, ..Self::default() };
        for entry in entries {
            if directory.admit(&entry, instance).is_none() {
                directory.faults.push((entry.staff, entry.serial));
            }
        }
        if directory.breach.is_some() {
            directory.members.clear();
        }
        directory
    }

    /// Digest of the newest entry.
    #[must_use]
    pub fn head(&self) -> Option<[u8; 32]> {
        self.chain.last().copied()
    }

    /// Nobody is in any more, because newer entries than these are missing.
    pub fn close(&mut self) {
        self.members.clear();
        self.breach.get_or_insert(Breach::Tail);
    }

    /// Whether an entry that waits was signed by somebody who may propose now.
    #[must_use]
    pub fn accepts_proposal(&self, body: &[u8], first_signature: &[u8]) -> bool {
        self.authority(body, first_signature).is_some()
    }

    /// Takes the next entry, if it follows the last one and carries its signatures.
    pub fn admit(&mut self, entry: &DirectoryEntry<'_>, instance: &str) -> Option<()> {
        let body: DirectoryBody = serde_json::from_slice(entry.body).ok()?;
        let expected = (entry.staff, entry.serial, instance);
        // Numbers rise also for who is out, or an old entry with a new version would bring them back.
        let serial_rises = self.serials.get(&entry.staff).is_none_or(|last| body.serial > *last);
        if (body.staff, body.serial, body.instance.as_str()) != expected || body.v != 1 || !serial_rises {
            return None;
        }
        self.check_signatures(entry, &body)?;
        let public = StaffPublic::parse(&data_encoding::HEXLOWER.decode(body.keys.as_bytes()).ok()?).ok()?;
        if body.prev != DirectoryBody::behind(body.clone(), self.head()).prev {
            // Whoever is not signed in as they must be is a stranger and passed over; this entry is none.
            self.breach.get_or_insert(Breach::Gap { staff: body.staff, serial: body.serial });
        }
        self.chain.push(entry.digest());
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
            let before = self.members.get(&body.staff).map(|member| member.roles.as_slice());
            let (roles, awaited) = split(&body, before.unwrap_or_default(), self.at);
            let DirectoryBody { login, name, unit, serial, .. } = body;
            let member = Member { login, name, unit, roles, awaited, public, serial };
            self.members.insert(entry.staff, member);
        }
        Some(())
    }

    /// Taking somebody out acts at once and needs one signature; letting somebody in needs two. The one with which an
    /// entry takes effect covers its place in the chain.
    fn check_signatures(&self, entry: &DirectoryEntry<'_>, body: &DirectoryBody) -> Option<()> {
        if body.roles.is_empty() {
            return self.authority(entry.body, entry.first_signature).map(drop);
        }
        let proposed = body.clone().proposed().to_bytes().ok()?;
        let first = self.authority(&proposed, entry.first_signature)?;
        let second = self.authority(entry.body, entry.second_signature?)?;
        (first != second).then_some(())
    }

    /// The administrator whose key made this signature.
    fn authority(&self, body: &[u8], signature: &[u8]) -> Option<VerifyingKey> {
        let signature: &[u8; 64] = signature.try_into().ok()?;
        self.authorities.iter().find(|key| key.verify(SIGNATURE_DOMAIN, body, signature).is_ok()).cloned()
    }

    /// The next moment from which somebody's roles count, in seconds since 1970.
    #[must_use]
    pub fn ripens_at(&self) -> Option<i64> {
        self.members.values().filter_map(|member| Some(member.awaited.as_ref()?.from)).min()
    }

    /// The members who hold a role at a desk.
    pub fn with_role(&self, role: Role, desk: DeskId) -> impl Iterator<Item = (StaffId, &Member)> {
        self.members
            .iter()
            .filter(move |(_, member)| member.holds(role, desk))
            .map(|(id, member)| (*id, member))
    }
}

/// The roles of an entry that count at a moment, and those that do not yet, where somebody had these before.
fn split(body: &DirectoryBody, before: &[RoleAt], at: i64) -> (Vec<RoleAt>, Option<Awaited>) {
    let Some(from) = body.from.filter(|from| *from > at) else { return (body.roles.clone(), None) };
    let counts = |held: &RoleAt| !held.role.handles() || before.contains(held);
    let (roles, awaited) = body.roles.iter().copied().partition::<Vec<_>, _>(counts);
    (roles, (!awaited.is_empty()).then_some(Awaited { roles: awaited, from }))
}
