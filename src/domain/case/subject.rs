//! Whom a case concerns, as those who work on it record it (norms.md 8.5, rules 1 and 2; control EU-9.1c-2). It is content:
//! sealed with the case.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::domain::{
    field_error::FieldError,
    ids::BodyId,
    report::LINE,
    text::{Login, ShortText},
};

/// A subject as it is sent. An empty field is the same as none.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RawSubject {
    /// A person in words: the surname is what counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A colleague, by the name they sign in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Id of a body or unit: everybody who belongs to it is kept from the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A person or a unit that a case concerns: at least one of the three.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// A person in words.
    pub name: Option<ShortText<LINE>>,
    /// A colleague.
    pub login: Option<Login>,
    /// A body or unit.
    pub unit: Option<BodyId>,
    /// Ids of the people and units whom the record of it keeps from the case, and whom nothing else kept from it: striking
    /// it out frees these and no others. Never read from a request.
    pub own: BTreeSet<Uuid>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    v: u8,
    subject: RawSubject,
    #[serde(default)]
    own: BTreeSet<Uuid>,
}

const FORMAT: u8 = 1;

impl Subject {
    /// Reads a subject.
    ///
    /// # Errors
    /// One [`FieldError`] per wrong field; `subject` where nothing was given.
    pub fn parse(raw: &RawSubject) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let given = |field: &'_ Option<String>| field.clone().filter(|text| !text.trim().is_empty());
        let name = given(&raw.name).and_then(|text| {
            ShortText::parse(&text).map_err(|error| faults.push(FieldError::from_text("name", &error))).ok()
        });
        let login = given(&raw.login).and_then(|text| {
            Login::parse(&text).map_err(|error| faults.push(FieldError::from_text("login", &error))).ok()
        });
        let unit = given(&raw.unit).and_then(|text| {
            let unit = text.trim().parse::<BodyId>();
            unit.map_err(|_bad| faults.push(FieldError::new("unit", FieldError::UNKNOWN))).ok()
        });
        if faults.is_empty() && name.is_none() && login.is_none() && unit.is_none() {
            faults.push(FieldError::new("subject", FieldError::REQUIRED));
        }
        if faults.is_empty() { Ok(Self { name, login, unit, own: BTreeSet::new() }) } else { Err(faults) }
    }

    /// The content bytes to be sealed.
    #[must_use]
    pub fn to_sealed_json(&self) -> Zeroizing<Vec<u8>> {
        let subject = RawSubject {
            name: self.name.as_ref().map(|name| name.expose().to_owned()),
            login: self.login.as_ref().map(|login| login.as_str().to_owned()),
            unit: self.unit.map(|unit| unit.to_string()),
        };
        Zeroizing::new(
            serde_json::to_vec(&Written { v: FORMAT, subject, own: self.own.clone() }).unwrap_or_default(),
        )
    }

    /// Reads back what [`Subject::to_sealed_json`] wrote; `None` where it is of no known format.
    #[must_use]
    pub fn from_sealed_json(bytes: &[u8]) -> Option<Self> {
        let read: Written = serde_json::from_slice(bytes).ok()?;
        let subject = Self::parse(&read.subject).ok().filter(|_| read.v == FORMAT)?;
        Some(Self { own: read.own, ..subject })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_the_three_is_enough_and_nothing_is_not() {
        let raw =
            RawSubject {
                name: Some(" Ахметов Б. ".to_owned()), login: Some(String::new()), unit: None
            };
        let subject = Subject::parse(&raw).unwrap();
        assert_eq!(subject.name.as_ref().map(ShortText::expose), Some("Ахметов Б."));
        assert_eq!((subject.login.clone(), subject.unit), (None, None));
        assert_eq!(Subject::from_sealed_json(&subject.to_sealed_json()), Some(subject));
        let nothing = Subject::parse(&RawSubject::default()).unwrap_err();
        assert_eq!(nothing, [FieldError::new("subject", FieldError::REQUIRED)]);
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let raw = RawSubject {
            name: Some("x".repeat(201)),
            login: Some("?".to_owned()),
            unit: Some("17".to_owned()),
        };
        let faults: Vec<_> = Subject::parse(&raw).unwrap_err().iter().map(|fault| fault.field).collect();
        assert_eq!(faults, ["name", "login", "unit"]);
        assert_eq!(Subject::from_sealed_json(b"{\"v\":2,\"subject\":{\"login\":\"somebody\"}}"), None);
    }
}
