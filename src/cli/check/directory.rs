//! What `senim check` says about the signed directory of staff.

use super::{
    Failure,
    Verdict::{self, Found, Good},
};
use crate::{
    audit::directory::Breach,
    storage::staff::StaffRow,
    usecases::{
        Context,
        compare_directory::{Differences, compare_directory},
        registry::Registry,
    },
};

/// What to do where entries are missing.
const REPAIR: &str = "Nobody can sign in and nobody is given keys until the table directory_entries is as it was: \
                      find out who changed it, and put back the rows from a backup";

/// Signatures, chain and pin, and the record's word on all of it.
pub(super) async fn verdicts(
    ctx: &Context,
    registry: &Registry,
    people: &[StaffRow],
) -> Result<Vec<Verdict>, Failure> {
    let mut verdicts = vec![signatures(registry)];
    if registry.directory.chain.is_empty() {
        return Ok(verdicts);
    }
    verdicts.extend(registry.directory.breach.map(|breach| broken(breach, people)));
    verdicts.extend(recorded(compare_directory(ctx, registry).await?));
    Ok(verdicts)
}

fn signatures(registry: &Registry) -> Verdict {
    let (faults, members) = (registry.directory.faults.len(), registry.directory.members.len());
    match (faults, members) {
        _ if registry.directory.chain.is_empty() => Found(
            "Nobody is in the directory of staff: does SENIM_GENESIS hold the founding keys?".to_owned(),
        ),
        (0, members) => Good(format!("All signatures of the directory hold; it has {members} members.")),
        (faults, _) => Found(format!(
            "{faults} entries of the directory are not signed by two administrators; they give nobody anything."
        )),
    }
}

fn broken(breach: Breach, people: &[StaffRow]) -> Verdict {
    Found(match breach {
        Breach::Gap { staff, serial } => {
            let login = people.iter().find(|person| person.id == staff).map(|person| person.login.as_str());
            let who = login.map_or_else(|| staff.to_string(), |login| format!("`{login}`"));
            format!(
                "Before entry {serial} of the directory about {who} an entry was taken out, put in or moved. {REPAIR}."
            )
        }
        Breach::Tail => format!(
            "The newest entry of the directory is not the one that took effect last: newer ones were taken out. {REPAIR}."
        ),
    })
}

fn recorded(differences: Differences) -> Vec<Verdict> {
    let Differences { missing, unrecorded, remapped } = differences;
    let mut verdicts = Vec::new();
    if missing > 0 {
        verdicts.push(Found(format!(
            "The record tells of {missing} entries of the directory that are not there. {REPAIR}."
        )));
    }
    if unrecorded > 0 {
        verdicts.push(Found(format!(
            "The record does not tell of {unrecorded} entries of the directory: entries of the record were taken out."
        )));
    }
    if !remapped.is_empty() {
        verdicts.push(Found(format!(
            "Their names in the record are not those that were bound to them, so they act as somebody else: {}.",
            remapped.join(", ")
        )));
    }
    if verdicts.is_empty() {
        verdicts
            .push(Good("Directory and aliases of staff are those that the record committed to.".to_owned()));
    }
    verdicts
}
