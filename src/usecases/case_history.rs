//! The history of a case as its record tells it, for those who work on it: the acts that the table of acts lets them see.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date};
use serde::Deserialize;

use super::{context::Context, error::Error};
use crate::{
    audit::{
        act::{Act, Viewer},
        entry::ObjectKind,
    },
    storage::{
        cases::CaseRow,
        log::{EntryFilter, EntryRow},
    },
};

/// A line of the history.
pub struct HistoryLine {
    /// Its number.
    pub n: i32,
    /// The day.
    pub on: Date,
    /// The moment, for acts of staff and timers.
    pub at: Option<Timestamp>,
    /// Codes of the acts.
    pub acts: Vec<String>,
    /// Login of who acted, where it was staff.
    pub who: Option<String>,
    /// The state afterwards, where it changed.
    pub to: Option<String>,
    /// Number of the entry of the proposal that it answers.
    pub answers: Option<i32>,
}

#[derive(Deserialize)]
struct Members {
    at: Option<i64>,
    by: By,
    /// Commitments of the proposals that it answers.
    #[serde(default)]
    ok: Vec<String>,
}

#[derive(Deserialize)]
struct By {
    id: Option<String>,
}

/// Reads the history, first entry first.
pub(super) async fn case_history(ctx: &Context, case: &CaseRow) -> Result<Vec<HistoryLine>, Error> {
    let object = Some((ObjectKind::Case, case.audit_id));
    let filter = EntryFilter { object, limit: i64::from(i32::MAX), ..EntryFilter::default() };
    let (entries, people) = ctx
        .store
        .read(async |db| Ok::<_, Error>((db.entries(&filter).await?, db.all_staff().await?)))
        .await?;
    let logins: HashMap<String, String> = people
        .into_iter()
        .map(|person| (data_encoding::HEXLOWER.encode(&person.alias), person.login))
        .collect();
    let numbers: HashMap<String, i32> =
        entries.iter().map(|entry| (data_encoding::HEXLOWER.encode(&entry.commitment), entry.n)).collect();
    Ok(entries.into_iter().filter_map(|entry| line(entry, &logins, &numbers)).collect())
}

fn line(
    mut entry: EntryRow,
    logins: &HashMap<String, String>,
    numbers: &HashMap<String, i32>,
) -> Option<HistoryLine> {
    entry.acts.retain(|code| Act::parse(code).is_some_and(|act| act.seen_by().contains(&Viewer::Case)));
    if entry.acts.is_empty() {
        return None;
    }
    let members: Option<Members> = serde_json::from_slice(&entry.body).ok();
    let at = members.as_ref().and_then(|members| Timestamp::from_second(members.at?).ok());
    let answers = members.as_ref().and_then(|members| numbers.get(members.ok.first()?).copied());
    let who = members.and_then(|members| logins.get(&members.by.id?).cloned());
    Some(HistoryLine { n: entry.n, on: entry.day, at, acts: entry.acts, who, to: entry.status_to, answers })
}
