//! The operator compares the directory and the aliases of staff with what the record committed to: an older state of the
//! directory that was put back as a whole, its pin with it, looks whole by itself.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use uuid::Uuid;

use super::{context::Context, error::Error, registry::Registry};
use crate::{
    audit::act::Act,
    storage::{
        log::{EntryFilter, EntryRow},
        staff::StaffRow,
    },
};

/// Where directory and record differ; all empty where they do not.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Entries of the directory that the record commits to and that are not there.
    pub missing: usize,
    /// Entries of the directory that the record does not commit to.
    pub unrecorded: usize,
    /// Sign-in names whose row has another alias, or is about somebody else, than was enrolled.
    pub remapped: Vec<String>,
}

/// What the record says about directory and aliases.
#[derive(Default)]
struct Recorded {
    entries: BTreeSet<String>,
    /// Alias and identity of each history.
    enrolled: HashMap<Uuid, Vec<(String, String)>>,
}

impl Recorded {
    fn read(rows: &[EntryRow]) -> Self {
        let mut recorded = Self::default();
        for row in rows {
            let body: Value = serde_json::from_slice(&row.body).unwrap_or_default();
            let text = |path: &str| body.pointer(path).and_then(Value::as_str).map(str::to_owned);
            recorded.entries.extend(text("/cm/directory"));
            if let (Some(alias), Some(identity)) = (text("/alias"), text("/cm/identity")) {
                recorded.enrolled.entry(row.obj_id).or_default().push((alias, identity));
            }
        }
        recorded
    }

    /// Whether a person's row is not the one that was enrolled. Whose salt was erased is known by the alias alone.
    fn contradicts(&self, person: &StaffRow) -> bool {
        let alias = data_encoding::HEXLOWER.encode(&person.alias);
        let identity = person.opening().map(|opening| opening.commitment().map(hex));
        let other = |(enrolled, bound): &(String, String)| {
            *enrolled != alias || identity.as_ref().is_some_and(|own| own.as_ref() != Some(bound))
        };
        self.enrolled.get(&person.audit_id).is_some_and(|all| all.iter().any(other))
    }
}

fn hex(digest: [u8; 32]) -> String {
    data_encoding::HEXLOWER.encode(&digest)
}

/// Compares.
///
/// # Errors
/// [`Error`] of the database.
pub async fn compare_directory(ctx: &Context, registry: &Registry) -> Result<Differences, Error> {
    let acts = Some(vec![Act::DirectorySigned, Act::ActorRetired, Act::ActorEnrolled]);
    let filter = EntryFilter { acts, limit: i64::from(i32::MAX), ..EntryFilter::default() };
    let (rows, people) = ctx
        .store
        .read(async |db| Ok::<_, Error>((db.entries(&filter).await?, db.all_staff().await?)))
        .await?;
    let recorded = Recorded::read(&rows);
    let there: BTreeSet<String> = registry.directory.chain.iter().copied().map(hex).collect();
    let remapped = people.iter().filter(|person| recorded.contradicts(person));
    Ok(Differences {
        missing: recorded.entries.difference(&there).count(),
        unrecorded: there.difference(&recorded.entries).count(),
        remapped: remapped.map(|person| person.login.clone()).collect(),
    })
}
