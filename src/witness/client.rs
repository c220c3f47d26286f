//! Asking witnesses for cosignatures (C2SP tlog-witness).

use std::error::Error;
use std::time::Duration;

use crate::audit::add_checkpoint;
use crate::audit::checkpoint::SignedCheckpoint;
use crate::audit::note::NoteSignature;
use crate::audit::note_key::VerifierKey;
use crate::audit::tree::Hash;
use crate::audit::witness_policy::Policy;
use crate::config::WitnessUrl;

/// How long a witness may take for all of it.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long it may take until it can be talked to.
const CONNECTING: Duration = Duration::from_secs(5);
/// The largest answer, bytes.
const MAX_ANSWER: u64 = 64 * 1024;
/// How much of a witness's words is kept, characters.
const MAX_WORDS: usize = 200;

const SIZE: &str = "text/x.tlog.size";

/// A witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessAddress {
    /// Its submission prefix, `http` or `https`, without a slash at its end.
    pub url: String,
    /// Its key.
    pub key: VerifierKey,
}

/// Why there is no cosignature.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// It does not answer, or its certificate does not convince.
    #[error("the witness at {url} cannot be asked: {why}")]
    Unreachable {
        /// Where.
        url: String,
        /// What happened.
        why: String,
    },
    /// 409: it cosigned a tree of another size last, or another tree of this size.
    #[error("the witness cosigned {seen} leaves last")]
    Conflict {
        /// The size of the last tree it cosigned.
        seen: u64,
    },
    /// It cosigned a larger tree.
    #[error(
        "the witness cosigned {seen} leaves, and {offered} were offered: the database is older than what was published; \
         reload audit.* from the published files"
    )]
    Ahead {
        /// The size of the last tree it cosigned.
        seen: u64,
        /// The size offered.
        offered: u64,
    },
    /// It cosigned another history.
    #[error(
        "the witness cosigned another tree of this log ({0} leaves): the record was rewritten after it was published; \
         compare the database with the published files"
    )]
    Forked(
        /// The size of the tree that it cosigned.
        u64,
    ),
    /// The proof that it asks for cannot be made.
    #[error("the proof that the witness asks for cannot be made: {0}")]
    NoProof(Box<dyn Error + Send + Sync>),
    /// Another status: 400, 403, 404, 422, 5xx.
    #[error("the witness refuses with {status}: {words}")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// Its words, shortened.
        words: String,
    },
    /// What came is no answer of a witness.
    #[error("what answers at {0} is not a witness")]
    Nonsense(String),
    /// It did not cosign with the key that it should have, or the cosignature does not fit.
    #[error("the answer holds no valid cosignature of {0}; is its key in the policy still its own?")]
    Forged(String),
}

/// A name that is no witness's of the policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("SENIM_LOG_WITNESSES names {0}, which is no witness of the policy")]
pub struct UnknownWitness(pub String);

/// The witnesses of a policy that can be asked, with their names there: by the URL in `urls`, else by the one in the
/// policy. Those without any are left out.
///
/// # Errors
/// [`UnknownWitness`].
pub fn addresses(
    policy: &Policy,
    urls: &[WitnessUrl],
) -> Result<Vec<(String, WitnessAddress)>, UnknownWitness> {
    let stranger = urls.iter().find(|url| policy.witnesses().iter().all(|witness| witness.name != url.name));
    if let Some(stranger) = stranger {
        return Err(UnknownWitness(stranger.name.clone()));
    }
    let address = |witness: &crate::audit::witness_policy::Witness| {
        let given = urls.iter().find(|url| url.name == witness.name).map(|url| &url.url);
        let url = given.or(witness.url.as_ref())?.trim_end_matches('/').to_owned();
        Some((witness.name.clone(), WitnessAddress { url, key: witness.key.clone() }))
    };
    Ok(policy.witnesses().iter().filter_map(address).collect())
}

/// Asks a witness once to cosign `checkpoint`, whose tree `proof` shows to be an extension of the tree of `old` leaves. The
/// line that comes back is verified. Waits for the answer, 15 seconds at most: not to be called on a thread that serves
/// others.
///
/// # Errors
/// [`WitnessError`]; [`WitnessError::Conflict`] tells from which size the proof must lead.
pub fn add_checkpoint(
    address: &WitnessAddress,
    old: u64,
    proof: &[Hash],
    checkpoint: &SignedCheckpoint,
) -> Result<NoteSignature, WitnessError> {
    let request = add_checkpoint::write(old, proof, &checkpoint.to_string());
    let (status, kind, body) = exchange(&address.url, request.as_bytes())
        .map_err(|why| WitnessError::Unreachable { url: address.url.clone(), why: why.to_string() })?;
    match status {
        200 => cosignature(&body, checkpoint, &address.key),
        409 if kind.as_deref() == Some(SIZE) => match add_checkpoint::parse_size(&body) {
            Some(seen) => Err(WitnessError::Conflict { seen }),
            None => Err(WitnessError::Nonsense(address.url.clone())),
        },
        status => Err(WitnessError::Rejected { status, words: words(&body) }),
    }
}

/// Asks a witness to cosign `checkpoint`, first from the size `old`, which is thought to be its last; if it tells
/// another, once more from there. `prove` makes the consistency proof from a size to the checkpoint's.
///
/// # Errors
/// [`WitnessError`].
pub fn submit<P>(
    address: &WitnessAddress,
    old: u64,
    checkpoint: &SignedCheckpoint,
    mut prove: P,
) -> Result<NoteSignature, WitnessError>
where
    P: FnMut(u64) -> Result<Vec<Hash>, Box<dyn Error + Send + Sync>>,
{
    let offered = checkpoint.head().size;
    let mut ask = |old: u64| {
        let proof = prove(old).map_err(WitnessError::NoProof)?;
        match add_checkpoint(address, old, &proof, checkpoint) {
            // The proof is ours and of our tree: from a tree of that size, but not of this one, it leads nowhere.
            Err(WitnessError::Rejected { status: 422, .. }) => Err(WitnessError::Forked(old)),
            Err(WitnessError::Conflict { seen }) if seen > offered => {
                Err(WitnessError::Ahead { seen, offered })
            }
            answered => answered,
        }
    };
    let seen = match ask(old.min(offered)) {
        Err(WitnessError::Conflict { seen }) => seen,
        answered => return answered,
    };
    match ask(seen) {
        // Asked from the size that it told, it refuses for the tree itself, unless somebody else was faster.
        Err(WitnessError::Conflict { seen: again }) if again == seen => Err(WitnessError::Forked(seen)),
        answered => answered,
    }
}

type Received = (u16, Option<String>, Vec<u8>);

/// One request on a connection of its own. No redirects and no proxies of the environment: who is asked is written in the
/// policy.
fn exchange(url: &str, request: &[u8]) -> Result<Received, ureq::Error> {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .timeout_global(Some(PATIENCE))
        .timeout_connect(Some(CONNECTING))
        .user_agent("senim")
        .build()
        .new_agent();
    let mut response = agent
        .post(format!("{url}/add-checkpoint"))
        .content_type("text/plain; charset=utf-8")
        .send(request)?;
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).map(|kind| kind.trim().to_ascii_lowercase());
    let body = response.body_mut().with_config().limit(MAX_ANSWER).read_to_vec()?;
    Ok((response.status().as_u16(), kind, body))
}

/// The line of `key` among those in an answer; lines of other keys say nothing.
fn cosignature(
    body: &[u8],
    checkpoint: &SignedCheckpoint,
    key: &VerifierKey,
) -> Result<NoteSignature, WitnessError> {
    let forged = || WitnessError::Forged(key.name().to_string());
    let text = std::str::from_utf8(body).ok().and_then(|text| text.strip_suffix('\n')).ok_or_else(forged)?;
    for line in text.split('\n').filter_map(NoteSignature::parse) {
        if line.key_id() != key.id() || line.name() != key.name() {
            continue;
        }
        let alone = format!("{}\n{line}\n", checkpoint.note().text());
        let alone = SignedCheckpoint::parse(alone.as_bytes()).ok().ok_or_else(forged)?;
        if let Ok(Some(_)) = alone.note().verify(key) {
            return Ok(line);
        }
    }
    Err(forged())
}

/// A witness's words for our log: short, one line.
fn words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    text.trim().chars().take(MAX_WORDS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
