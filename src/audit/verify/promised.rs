//! Whether what a reporter was promised is in the log (audit-log.md 4.2), from its public files alone: `checkpoint`, `keys`,
//! `policy`, `tile/…`. Every record is read, so that whoever made the copy learns nothing from which one is looked for.

use serde_json::Value;

use super::{
    Asked,
    heads::{self, Heads},
    leaves::Leaves,
    report::{Outcome, Report},
    source::Source,
};
use crate::audit::{
    bundle,
    checkpoint::SignedCheckpoint,
    promise::{Promise, find_key, key_name},
    tile::changed_bundles,
    witness_policy::Policy,
};

/// What a promise is checked by.
#[derive(Debug)]
pub struct AskedPromise<'a> {
    /// The promise's file.
    pub promise: &'a [u8],
    /// The policy that the verifier trusts; without one the copy's own is used, and the report says so.
    pub policy: Option<&'a [u8]>,
    /// The keys that the verifier trusts, one a line; without them the copy's own are used, and the report says so.
    pub keys: Option<&'a [u8]>,
}

/// What became of a promise.
#[derive(Debug, Default)]
pub struct Promised {
    /// The checks.
    pub report: Report,
    /// The place of the record in the log, counted from 0; none where it is not there.
    pub index: Option<u64>,
}

impl Promised {
    /// The result for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json = self.report.to_json();
        if let Some(members) = json.as_object_mut() {
            members.insert("index".to_owned(), self.index.into());
        }
        json
    }
}

/// Checks a promise against a copy of the public files: outcome good where the record is in the log; a finding where the
/// promise is broken or the copy was altered; "cannot tell" where it is too early or files are missing; "policy not met"
/// where a signature is missing or false.
#[must_use]
pub fn verify_promise(source: &dyn Source, asked: &AskedPromise<'_>) -> Promised {
    let mut promised = Promised::default();
    let report = &mut promised.report;
    let own = |name: &str| source.file(name).ok().flatten();
    let (own_policy, own_keys) = (own("policy"), own("keys"));
    let policy = asked.policy.or(own_policy.as_deref());
    let keys = asked.keys.or(own_keys.as_deref());
    let Some(promise) = signed(asked.promise, keys, report) else { return promised };
    let known = Asked { policy, ..Asked::default() };
    let Some(heads) = heads::read(source, &known, report) else { return promised };
    if report.origin.as_ref() != Some(&promise.origin) {
        let sentence = format_args!("The promise is about the log {}, not about this one.", promise.origin);
        report.add("origin", Outcome::PolicyNotMet, sentence);
        return promised;
    }
    if asked.policy.is_none() || asked.keys.is_none() {
        report.add(
            "own_keys",
            Outcome::Good,
            "Keys or policy come with the files themselves: compare them with those that a witness or a newspaper has.",
        );
    }
    let Some((index, whole)) = find(source, &heads, promise.commitment, report) else { return promised };
    if !whole {
        let sentence = "These files do not fit their own head, so they say nothing about the promise: fetch them again. If it stays so, show them to a witness of this log.";
        report.add("promise", Outcome::CannotTell, sentence);
        return promised;
    }
    match index {
        Some(index) => {
            let sentence = format_args!(
                "The promise is kept: the record is in the log, at place {index} counted from 0."
            );
            report.add("promise", Outcome::Good, sentence);
        }
        None => absent(source, policy, &promise, report),
    }
    promised.index = index;
    promised
}

/// The promise, if the log's key for promises signed it.
fn signed(file: &[u8], keys: Option<&[u8]>, report: &mut Report) -> Option<Promise> {
    let (promise, note) = match Promise::parse(file) {
        Ok(read) => read,
        Err(error) => {
            report.add("signature", Outcome::CannotTell, format_args!("This is no promise: {error}."));
            return None;
        }
    };
    let Some(keys) = keys else {
        report.add("keys", Outcome::CannotTell, "There is no file of keys: who signs promises is not known.");
        return None;
    };
    let sentence = match find_key(keys, &promise.origin).map(|key| note.verify(&key)) {
        Some(Ok(Some(_))) => {
            report.add("signature", Outcome::Good, "The log's key for promises signed it.");
            return Some(promise);
        }
        Some(Ok(None)) => "The log's key for promises did not sign this promise.".to_owned(),
        Some(Err(_)) => {
            "The signature is false: the promise was altered, or it is not of this log.".to_owned()
        }
        None => {
            let name = key_name(&promise.origin);
            let name = name.as_ref().map_or("of that origin", |name| name.as_str());
            format!("There is no key {name} among the keys.")
        }
    };
    report.add("signature", Outcome::PolicyNotMet, sentence);
    None
}

/// Reads every record: where the one that is looked for stands, and whether all of them give the signed root. None where
/// a file is missing.
fn find(
    source: &dyn Source,
    heads: &Heads,
    wanted: [u8; 32],
    report: &mut Report,
) -> Option<(Option<u64>, bool)> {
    let mut leaves = Leaves::new(source, heads);
    let (mut next, mut found) = (0_u64, None);
    for part in changed_bundles(0, heads.newest.size) {
        let path = part.to_string();
        let Ok(Some(bytes)) = source.file(&path) else {
            report.add(
                "files",
                Outcome::CannotTell,
                format_args!("{path} is missing: fetch all files again."),
            );
            return None;
        };
        let Ok(records) = bundle::parse(&bytes) else {
            report.add("files", Outcome::Finding, format_args!("{path} is malformed."));
            return Some((found, false));
        };
        for record in records {
            if record == wanted {
                found = found.or(Some(next));
            }
            leaves.push(record, report);
            next = next.saturating_add(1);
        }
    }
    Some((found, leaves.finish(report)))
}

/// It is not in the log: whether it had to be, by what witnesses say of when they saw the head.
fn absent(source: &dyn Source, policy: Option<&[u8]>, promise: &Promise, report: &mut Report) {
    let policy = policy.and_then(|policy| Policy::parse(policy).ok());
    let head =
        source.file("checkpoint").ok().flatten().and_then(|bytes| SignedCheckpoint::parse(&bytes).ok());
    let (Some(policy), Some(head), Some(due)) = (policy, head, promise.due_by()) else { return };
    let verdict = policy.check(&head);
    if policy.cosigned_since(&verdict, due) {
        let sentence = format!(
            "The promise is broken: witnesses saw this head after {} had ended, and the record is not in the log. \
             Keep the promise and all these files, and show both to the witnesses of this log, to the auditors or to a \
             court. Whoever sees the promise learns that you reported.",
            promise.day
        );
        report.add("promise", Outcome::Finding, sentence);
    } else if verdict
        .witnesses
        .iter()
        .any(|found| matches!(found, crate::audit::witness_policy::Finding::Signed { .. }))
    {
        let sentence = format!(
            "It is too early to tell: the record is not in the log yet, and has to be by the end of {}. Fetch the files \
             again on the day after.",
            promise.day
        );
        report.add("promise", Outcome::CannotTell, sentence);
    } else {
        let sentence = format!(
            "The record is not in the log, which has to hold it by the end of {}; but no witness says when this head was \
             made, so it cannot be told whether that day has passed.",
            promise.day
        );
        report.add("promise", Outcome::CannotTell, sentence);
    }
}
