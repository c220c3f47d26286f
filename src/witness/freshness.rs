//! When a quorum of witnesses last vouched for a checkpoint: an old head that is served on and on (a freeze, attack 21 of
//! audit-log.md 7.1) verifies well, and only its cosignatures' times tell.

use jiff::{SignedDuration, Timestamp};

use crate::audit::checkpoint::SignedCheckpoint;
use crate::audit::note::NoteSignature;
use crate::audit::witness_policy::Policy;

/// How far a witness's clock may be ahead, seconds. A cosignature from later than that vouches for nothing.
const AHEAD: i64 = 60;

/// What the times of a checkpoint's cosignatures say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// A quorum vouched for it recently.
    Fresh {
        /// The latest time as of which all of a quorum had cosigned.
        at: Timestamp,
    },
    /// A quorum vouched for it, too long ago.
    Stale {
        /// The latest time as of which all of a quorum had cosigned.
        at: Timestamp,
    },
    /// No quorum ever did, or the policy asks for none.
    Unwitnessed,
}

/// Judges at `now`: cosignatures older than `limit` are too old.
#[must_use]
pub fn freshness(
    policy: &Policy,
    checkpoint: &SignedCheckpoint,
    now: Timestamp,
    limit: SignedDuration,
) -> Freshness {
    match witnessed_at(policy, checkpoint, now) {
        None => Freshness::Unwitnessed,
        Some(at) if now.duration_since(at) > limit => Freshness::Stale { at },
        Some(at) => Freshness::Fresh { at },
    }
}

/// The latest time such that the cosignatures of then and later make a quorum.
fn witnessed_at(policy: &Policy, checkpoint: &SignedCheckpoint, now: Timestamp) -> Option<Timestamp> {
    if !policy.needs_witnesses() || !policy.check(checkpoint).accepted() {
        return None;
    }
    let latest = now.as_second().saturating_add(AHEAD);
    let lines = checkpoint.note().signatures();
    let mut times: Vec<i64> = lines.iter().filter_map(|line| time_of(policy, line)).collect();
    times.retain(|time| *time <= latest);
    times.sort_unstable();
    times.dedup();
    let counts = |since: &i64| {
        let within = |line: &&NoteSignature| {
            time_of(policy, line).is_none_or(|time| (*since..=latest).contains(&time))
        };
        let lines: String = lines.iter().filter(within).map(|line| format!("{line}\n")).collect();
        let part = SignedCheckpoint::parse(format!("{}\n{lines}", checkpoint.note().text()).as_bytes());
        part.is_ok_and(|part| policy.check(&part).accepted())
    };
    let since = times.into_iter().rev().find(counts)?;
    Timestamp::from_second(since).ok()
}

/// The time in a line of a witness of the policy; `None` for lines of others.
fn time_of(policy: &Policy, line: &NoteSignature) -> Option<i64> {
    let known =
        |key: &crate::audit::note_key::VerifierKey| key.id() == line.key_id() && key.name() == line.name();
    policy.witnesses().iter().find(|witness| known(&witness.key))?;
    let (time, _) = line.bytes().split_first_chunk::<8>()?;
    i64::try_from(u64::from_be_bytes(*time)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::checkpoint::Checkpoint;
    use crate::audit::cosignature::cosign;
    use crate::audit::note_key::{KeyName, Kind, SignerKey};
    use crate::audit::tree::TreeHead;
    use crate::crypto::note_key::NoteKey;
    use crate::crypto::secret::Secret;

    fn key(name: &str, kind: Kind, seed: u8) -> SignerKey {
        SignerKey::new(KeyName::parse(name).unwrap(), kind, NoteKey::from_seed(&Secret::new([seed; 32])))
    }

    const NOW: i64 = 1_800_000_000;

    /// What a policy of two out of three says about cosignatures of these ages in seconds.
    fn judge(ages: &[i64]) -> Freshness {
        let log = key("senim/log", Kind::Note, 1);
        let witnesses: Vec<_> = (2..5).map(|n| key(&format!("w{n}"), Kind::Cosignature, n)).collect();
        let mut text = format!("log {}\n", log.verifier());
        for witness in &witnesses {
            text.push_str(&format!("witness {} {}\n", witness.name(), witness.verifier()));
        }
        let policy = Policy::parse(format!("{text}group g 2 w2 w3 w4\nquorum g\n").as_bytes()).unwrap();
        let mut signed = Checkpoint::new("senim/log", TreeHead::empty()).unwrap().sign(&log).unwrap();
        for (witness, age) in witnesses.iter().zip(ages) {
            let line = cosign(&signed, witness, u64::try_from(NOW - age).unwrap()).unwrap();
            signed.add(line).unwrap();
        }
        freshness(&policy, &signed, at(0), SignedDuration::from_secs(1800))
    }

    fn at(age: i64) -> Timestamp {
        Timestamp::from_second(NOW - age).unwrap()
    }

    #[test]
    fn the_quorum_counts_not_the_latest_witness() {
        assert_eq!(judge(&[]), Freshness::Unwitnessed);
        assert_eq!(judge(&[5]), Freshness::Unwitnessed);
        assert_eq!(judge(&[5, 1800]), Freshness::Fresh { at: at(1800) });
        assert_eq!(judge(&[5, 1801]), Freshness::Stale { at: at(1801) });
        assert_eq!(judge(&[9000, 5, 7]), Freshness::Fresh { at: at(7) });
        assert_eq!(judge(&[9000, 5, 8000]), Freshness::Stale { at: at(8000) });
        assert_eq!(judge(&[5, 5]), Freshness::Fresh { at: at(5) });
    }

    #[test]
    fn a_witness_of_the_future_vouches_for_nothing() {
        assert_eq!(judge(&[-61, 5]), Freshness::Unwitnessed);
        assert_eq!(judge(&[-60, 5]), Freshness::Fresh { at: at(5) });
        assert_eq!(judge(&[-100_000, 5, 9]), Freshness::Fresh { at: at(9) });
    }
}
