//! What can be seen of a case from outside: its columns, its entries, and how a step was refused.

use senim::{
    domain::{
        case::{status::Status, step::Step},
        ids::CaseId,
    },
    usecases::Error,
};
use serde_json::Value;

use crate::{database::bytes, people::StaffActor, world::World};

/// The fields of a refusal, with their codes.
pub fn faults<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Vec<(&'static str, &'static str)> {
    match outcome {
        Err(Error::Invalid(fields)) => fields.iter().map(|fault| (fault.field, fault.code)).collect(),
        other => panic!("{other:?}"),
    }
}

/// A column of a case.
pub async fn column(world: &World, case: CaseId, name: &str) -> Value {
    let query = format!("select coalesce({name}::text, '') as it from cases where id = '{case}'");
    world.owner().await.value(&query).await
}

/// The codes of the last entry with an act.
pub async fn codes(world: &World, case: CaseId, act: &str) -> Value {
    let query = format!(
        "select body from audit.entries e join cases c on c.audit_id = e.obj_id \
         where c.id = '{case}' and '{act}' = any(e.acts) order by e.n desc limit 1"
    );
    let row = world.owner().await.rows(&query).await.remove(0);
    let body: Value = serde_json::from_slice(&bytes(&row["body"])).unwrap();
    body["codes"].clone()
}

/// Proposes, and another person approves.
pub async fn agreed(
    case: CaseId,
    by: &StaffActor,
    second: &StaffActor,
    (step, given): (Step, Value),
) -> Status {
    let proposal = by.propose(case, step, given).await;
    second.attest(case).await;
    second.approve(proposal).await.unwrap()
}
