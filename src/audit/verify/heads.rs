//! Which heads are vouched for: the checkpoint of the bundle, older ones, and the one that the verifier kept.

use super::{
    Asked,
    report::{Outcome, Report},
    rotation::{self, Signed},
    source::Source,
};
use crate::audit::{
    checkpoint::SignedCheckpoint,
    tree::TreeHead,
    witness_policy::{Finding, Policy, Verdict},
};

/// A head that somebody vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownHead {
    pub head: TreeHead,
    /// When a witness first saw it, seconds since 1970.
    pub seen_at: Option<u64>,
    /// What it is called in sentences.
    pub what: String,
}

/// The heads that the tree must pass through, smallest first; the last is the bundle's own.
pub(super) struct Heads {
    pub known: Vec<KnownHead>,
    pub newest: TreeHead,
}

/// Reads and judges the checkpoints; `None` where there is nothing to go on with.
pub(super) fn read(source: &dyn Source, asked: &Asked<'_>, report: &mut Report) -> Option<Heads> {
    let policy = policy(source, asked, report)?;
    let (newest, signed) = newest(source, &policy, report)?;
    let mut signed = vec![signed];
    let mut known = older(source, &policy, &newest, (&mut signed, report));
    rotation::judge(signed, report);
    if let Some(kept) = &asked.remembered {
        if kept.size > newest.head.size {
            report.add(
                "remembered",
                Outcome::Finding,
                format_args!(
                    "The head kept from before has {} entries and this log only {}: it is an old copy, or entries were taken out.",
                    kept.size, newest.head.size
                ),
            );
        } else {
            let what = "the head kept from before".to_owned();
            known.push(KnownHead { head: *kept, seen_at: None, what });
        }
    }
    let head = newest.head;
    known.push(newest);
    known.sort_by_key(|known| known.head.size);
    Some(Heads { known, newest: head })
}

fn policy(source: &dyn Source, asked: &Asked<'_>, report: &mut Report) -> Option<Policy> {
    let own = match asked.policy {
        Some(_) => None,
        None => source.file("policy").ok().flatten(),
    };
    let Some(text) = asked.policy.or(own.as_deref()) else {
        report.add("policy", Outcome::CannotTell, "There is no policy: whose signatures count is not known.");
        return None;
    };
    match Policy::parse(text) {
        Ok(policy) if asked.policy.is_some() => Some(policy),
        Ok(policy) => {
            report.add(
                "policy",
                Outcome::PolicyNotMet,
                "The policy comes out of the bundle itself, so whoever made the bundle chose the keys. Give the policy that you trust.",
            );
            Some(policy)
        }
        Err(error) => {
            report.add("policy", Outcome::CannotTell, format_args!("The policy cannot be read: {error}"));
            None
        }
    }
}

fn newest(source: &dyn Source, policy: &Policy, report: &mut Report) -> Option<(KnownHead, Signed)> {
    let bytes = match source.file("checkpoint") {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            report.add("checkpoint", Outcome::CannotTell, "The bundle has no checkpoint.");
            return None;
        }
        Err(error) => {
            report.add("checkpoint", Outcome::CannotTell, error);
            return None;
        }
    };
    let signed = match SignedCheckpoint::parse(&bytes) {
        Ok(signed) => signed,
        Err(error) => {
            report.add("checkpoint", Outcome::Finding, format_args!("The checkpoint is malformed: {error}"));
            return None;
        }
    };
    report.origin = Some(signed.checkpoint().origin().to_owned());
    report.head = Some(*signed.head());
    let verdict = policy.check(&signed);
    judge(policy, &verdict, report);
    let (head, seen_at) = (*signed.head(), first_seen(&verdict));
    let known = KnownHead { head, seen_at, what: "the checkpoint".to_owned() };
    (!verdict.forged()).then(|| (known, Signed::of(head.size, seen_at, &verdict)))
}

fn judge(policy: &Policy, verdict: &Verdict, report: &mut Report) {
    if verdict.forged() {
        report.add("signatures", Outcome::Finding, "A signature under the checkpoint is false.");
        return;
    }
    if !verdict.log_signed() {
        report.add(
            "signatures",
            Outcome::PolicyNotMet,
            "The checkpoint is not signed by a log key of the policy.",
        );
    }
    let cosigned: Vec<&str> = policy
        .witnesses()
        .iter()
        .zip(&verdict.witnesses)
        .filter(|(_, finding)| matches!(finding, Finding::Signed { .. }))
        .map(|(witness, _)| witness.name.as_str())
        .collect();
    let who = if cosigned.is_empty() { "no witness".to_owned() } else { cosigned.join(", ") };
    if verdict.quorum {
        if verdict.log_signed() {
            report.add("signatures", Outcome::Good, format_args!("Signed by the log and cosigned by {who}."));
        }
    } else {
        report.add(
            "quorum",
            Outcome::PolicyNotMet,
            format_args!("Cosigned by {who}: that is not the quorum of the policy."),
        );
    }
}

/// When the first witness saw it.
fn first_seen(verdict: &Verdict) -> Option<u64> {
    let time = |finding: &Finding| if let Finding::Signed { at } = finding { *at } else { None };
    verdict.witnesses.iter().filter_map(time).min()
}

fn older(
    source: &dyn Source,
    policy: &Policy,
    newest: &KnownHead,
    (all, report): (&mut Vec<Signed>, &mut Report),
) -> Vec<KnownHead> {
    let mut known = Vec::new();
    for path in source.list("checkpoints") {
        let parsed = source.file(&path).ok().flatten().map(|bytes| SignedCheckpoint::parse(&bytes));
        let Some(Ok(signed)) = parsed else {
            report.add("checkpoints", Outcome::Finding, format_args!("{path} is malformed."));
            continue;
        };
        let verdict = policy.check(&signed);
        if verdict.forged() || !verdict.log_signed() {
            report.add("checkpoints", Outcome::Finding, format_args!("{path} is not signed by the log."));
        } else if signed.head().size > newest.head.size {
            report.add("checkpoints", Outcome::Finding, format_args!("{path} is newer than the checkpoint."));
        } else {
            let what = format!("the checkpoint of {} entries", signed.head().size);
            let seen_at = first_seen(&verdict);
            all.push(Signed::of(signed.head().size, seen_at, &verdict));
            known.push(KnownHead { head: *signed.head(), seen_at, what });
        }
    }
    known
}
