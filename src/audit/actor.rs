//! Who acts under which alias: a person's random name in the log is bound to them once, by a salted commitment in the
//! entry `actor.enrolled`, so that "who was a3f0" cannot be changed later (audit-log.md 2.2).
//!
//! Without the salt the commitment tells nothing; the salt stands in the person's row and can be erased. Who is given
//! openings (`openings/actors.jsonl` of a bundle) can check each against the log.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::domain::ids::StaffId;

/// What the commitment's hash begins with.
pub const IDENTITY_PREFIX: &[u8] = b"senim/actor/v1\n";

/// A line of `openings/actors.jsonl`: who an alias is, and the salt that shows it. Bytes in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorOpening {
    /// The random name in the log.
    pub alias: String,
    /// The sign-in name.
    pub login: String,
    /// 32 random bytes.
    pub salt: String,
    /// The id under which the directory has the person.
    pub staff: StaffId,
}

impl ActorOpening {
    /// The opening of a person's alias.
    #[must_use]
    pub fn new(alias: &[u8], login: &str, staff: StaffId, salt: &[u8]) -> Self {
        let hex = |bytes| data_encoding::HEXLOWER.encode(bytes);
        Self { alias: hex(alias), login: login.to_owned(), salt: hex(salt), staff }
    }

    /// What the log committed to: SHA-256 of the prefix, the salt, and the canonical JSON (RFC 8785) of alias, login and
    /// staff. None where the salt is no 32 bytes.
    #[must_use]
    pub fn commitment(&self) -> Option<[u8; 32]> {
        let salt: [u8; 32] = data_encoding::HEXLOWER.decode(self.salt.as_bytes()).ok()?.try_into().ok()?;
        let who = json!({"alias": self.alias, "login": self.login, "staff": self.staff});
        let who = serde_json_canonicalizer::to_vec(&who).ok()?;
        Some(
            Sha256::new()
                .chain_update(IDENTITY_PREFIX)
                .chain_update(salt)
                .chain_update(who)
                .finalize()
                .into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn opening() -> ActorOpening {
        ActorOpening::new(&[0xa3; 8], "aigul", StaffId(Uuid::from_bytes([7; 16])), &[9; 32])
    }

    #[test]
    fn the_commitment_is_what_anybody_can_compute() {
        let mut bytes = b"senim/actor/v1\n".to_vec();
        bytes.extend([9; 32]);
        bytes.extend(
            br#"{"alias":"a3a3a3a3a3a3a3a3","login":"aigul","staff":"07070707-0707-0707-0707-070707070707"}"#,
        );
        assert_eq!(opening().commitment().unwrap().as_slice(), Sha256::digest(&bytes).as_slice());
    }

    #[test]
    fn another_person_alias_or_salt_gives_another_commitment() {
        let others = [
            ActorOpening { login: "berik".to_owned(), ..opening() },
            ActorOpening { alias: "b".repeat(16), ..opening() },
            ActorOpening { salt: "00".repeat(32), ..opening() },
            ActorOpening { staff: StaffId(Uuid::nil()), ..opening() },
        ];
        assert!(others.iter().all(|other| other.commitment() != opening().commitment()));
        for salt in ["", "09", "zz"] {
            assert_eq!(ActorOpening { salt: salt.to_owned(), ..opening() }.commitment(), None, "{salt}");
        }
    }
}
