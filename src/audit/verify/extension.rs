//! Whether one head is the beginning of another: two checkpoints, and the tiles of the newer one.

use super::{
    report::{Outcome, Report},
    source::Source,
};
use crate::audit::{
    checkpoint::{Checkpoint, SignedCheckpoint},
    proof::{self, ProofError},
    stored::{StoredTree, TileError},
    tile::TileId,
    tree::{Hash, TreeHead},
    witness_policy::Policy,
};

/// Compares the head `old`, a checkpoint or the three lines of a printed sheet, with the checkpoint `new`, by the tiles that
/// `tiles` has. Signatures and quorum are judged by the policy of the one who checks; without one nobody vouches for them.
/// For a sheet vouches whoever kept it.
#[must_use]
pub fn extension(old: &[u8], new: &[u8], tiles: &dyn Source, policy: Option<&[u8]>) -> Report {
    let mut report = Report::default();
    let mut read = |bytes: &[u8], what: &str| {
        let unreadable = |error| format!("The {what} head is no checkpoint: {error}");
        SignedCheckpoint::parse(bytes)
            .map_err(|error| report.add("checkpoint", Outcome::CannotTell, unreadable(error)))
            .ok()
    };
    let Some(new) = read(new, "newer") else { return report };
    let sheet = from_sheet(old);
    let signed = if sheet.is_none() { read(old, "older") } else { None };
    let Some(old) = sheet.as_ref().or(signed.as_ref().map(SignedCheckpoint::checkpoint)) else {
        return report;
    };
    report.origin = Some(new.checkpoint().origin().to_owned());
    report.head = Some(*new.head());
    if sheet.is_some() {
        let sentence = "The older head is unsigned, as on a printed sheet; whoever kept it vouches for it.";
        report.add("sheet", Outcome::Good, sentence);
    }
    let older = signed.iter().map(|signed| ("older", signed));
    signatures(older.chain([("newer", &new)]), policy, &mut report);
    if old.origin() != new.checkpoint().origin() {
        report.add("consistency", Outcome::Finding, "The two heads are of different logs.");
        return report;
    }
    compare(*old.head(), *new.head(), tiles, &mut report);
    report
}

/// The three lines of a printed sheet: the log's name, the number of entries, the root in base64 or hex, with or without
/// the spaces that make it readable. `None` for anything else.
fn from_sheet(bytes: &[u8]) -> Option<Checkpoint> {
    let text = str::from_utf8(bytes).ok()?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    if lines.next().is_some() {
        return None;
    }
    let dense = |line: &str| line.split_whitespace().collect::<String>();
    let (size, root) = (dense(size).parse().ok()?, dense(root));
    let root = Hash::from_hex(&root).or_else(|| Hash::from_base64(&root))?;
    Checkpoint::new(origin, TreeHead { size, root }).ok()
}

fn signatures<'h>(
    heads: impl Iterator<Item = (&'h str, &'h SignedCheckpoint)>,
    policy: Option<&[u8]>,
    report: &mut Report,
) {
    let policy = match policy.map(Policy::parse) {
        Some(Ok(policy)) => policy,
        Some(Err(error)) => {
            return report.add(
                "policy",
                Outcome::CannotTell,
                format_args!("The policy cannot be read: {error}"),
            );
        }
        None => {
            return report.add(
                "policy",
                Outcome::PolicyNotMet,
                "No policy was given, so nobody vouches for what is signed. Give the policy that you trust.",
            );
        }
    };
    for (what, signed) in heads {
        let verdict = policy.check(signed);
        if verdict.forged() {
            report.add(
                "signatures",
                Outcome::Finding,
                format_args!("A signature under the {what} head is false."),
            );
        } else if !verdict.accepted() {
            let sentence = format!("The {what} head is not signed and cosigned as the policy asks.");
            report.add("signatures", Outcome::PolicyNotMet, sentence);
        } else {
            report.add("signatures", Outcome::Good, format_args!("The {what} head is signed and cosigned."));
        }
    }
}

fn compare(old: TreeHead, new: TreeHead, tiles: &dyn Source, report: &mut Report) {
    if old.size > new.size {
        let sentence = format!(
            "The newer head has {} entries, the older {}: entries were taken out.",
            new.size, old.size
        );
        return report.add_at("consistency", new.size, sentence);
    }
    let outcome = proof_of(old, new, tiles);
    let (outcome, sentence) = match outcome {
        Ok(true) if old.size == new.size => (Outcome::Good, "The two heads are the same.".to_owned()),
        Ok(true) => {
            let added = new.size.saturating_sub(old.size);
            (Outcome::Good, format!("{added} entries were added; none was changed."))
        }
        Ok(false) if old.size == new.size => (
            Outcome::Finding,
            "Two heads of one size have different roots: the log shows two histories.".to_owned(),
        ),
        Ok(false) => (
            Outcome::Finding,
            "The newer head is no extension of the older one: history was rewritten, or a tile was."
                .to_owned(),
        ),
        Err(error) => (Outcome::CannotTell, format!("It cannot be told: {error}.")),
    };
    report.add("consistency", outcome, sentence);
}

fn proof_of(old: TreeHead, new: TreeHead, tiles: &dyn Source) -> Result<bool, ProofError> {
    let read = |tile: TileId| {
        let found = tiles.file(&tile.to_string());
        let found = found.map_err(|error| TileError::Unreadable { tile, source: Box::new(error) })?;
        found.ok_or(TileError::Missing(tile))
    };
    let proof = proof::consistency(&StoredTree::new(&read, new.size), old.size, new.size)?;
    Ok(proof::verify_consistency(&proof, &old, &new).is_ok())
}
