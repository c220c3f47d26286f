//! Passwords: one Argon2id run (RFC 9106) gives what the server compares and the key that opens the staff secrets.
//!
//! Memory is bounded by permits, not by hope: each permit owns one buffer, reused and wiped. Beyond permits and queue the
//! answer is [`Busy`].

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use zeroize::Zeroize as _;

use super::envelope::ContentKey;
use super::kdf;
use super::label;
use super::secret::{Secret, SecretText};

/// How far a run steps back: at 10, Linux gives it about a tenth of what another thread gets on a busy processor
/// (sched(7), "The nice value"), and all there is on an idle one. At 5, sign-ins slowed the intake by a fifth; further
/// back, a flood of reports would keep staff from signing in.
const PRIORITY: i32 = 10;

/// The cost of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordParams {
    /// Memory in KiB, at least 8 per lane.
    pub memory_kib: u32,
    /// Passes over the memory, at least 1.
    pub passes: u32,
    /// Lanes, at least 1.
    pub lanes: u32,
}

impl Default for PasswordParams {
    /// 64 MiB, 3 passes, one lane: RFC 9106 section 4, second recommendation, with one lane because runs are bounded.
    fn default() -> Self {
        Self { memory_kib: 65_536, passes: 3, lanes: 1 }
    }
}

/// Parameters that Argon2 refuses, or no permit at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("Argon2 cannot run with these parameters")]
pub struct BadParams;

/// All permits taken and the queue full, or the wait too long; also while the runtime shuts down. Come back later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("too many sign-ins at once")]
pub struct Busy;

/// What a password gives.
#[derive(Debug)]
pub struct PasswordKeys {
    /// SHA-256 of the derived verifier: what is stored and compared.
    pub verifier: [u8; 32],
    /// The key that the staff secrets are sealed under.
    pub sealing: ContentKey,
}

impl PasswordKeys {
    /// Whether this is the password that `stored` was made of, in constant time.
    #[must_use]
    pub fn matches(&self, stored: &[u8; 32]) -> bool {
        self.verifier.ct_eq(stored).into()
    }
}

/// Where somebody waits for a run. The known have places of their own, and before them wait no more strangers than run
/// at once, so that a flood of strangers keeps nobody out who is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Anybody.
    Strangers,
    /// Who comes from a device in which they signed in before.
    Known,
}

/// A bounded number of Argon2id runs at once. Clones share the bound.
#[derive(Clone)]
pub struct PasswordPool(Arc<Pool>);

struct Pool {
    params: Params,
    pepper: Secret<32>,
    permits: Arc<Semaphore>,
    queue_limit: usize,
    strangers: Line,
    known: Line,
    /// Strangers who may wait for a permit; the others wait for one of these.
    turns: Semaphore,
    wait: Duration,
    buffers: Mutex<Vec<Vec<Block>>>,
}

impl PasswordPool {
    /// `permits` runs at once, at most `queue_limit` waiting for at most `wait` each. `pepper` is the instance's secret:
    /// without it a stolen database cannot be tried against a list of passwords.
    ///
    /// # Errors
    /// Parameters that Argon2 refuses; no permit.
    pub fn new(
        params: PasswordParams,
        permits: usize,
        queue_limit: usize,
        wait: Duration,
        pepper: Secret<32>,
    ) -> Result<Self, BadParams> {
        let params =
            Params::new(params.memory_kib, params.passes, params.lanes, Some(32)).ok().ok_or(BadParams)?;
        if !(1..=Semaphore::MAX_PERMITS).contains(&permits) {
            return Err(BadParams);
        }
        Ok(Self(Arc::new(Pool {
            params,
            pepper,
            permits: Arc::new(Semaphore::new(permits)),
            queue_limit,
            strangers: Line::default(),
            known: Line::default(),
            turns: Semaphore::new(permits),
            wait,
            buffers: Mutex::new(Vec::with_capacity(permits)),
        })))
    }

    /// Runs Argon2id off the caller's thread. For an unknown login, pass [`decoy_salt`], so that it takes as long.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn derive(&self, password: SecretText, salt: [u8; 16]) -> Result<PasswordKeys, Busy> {
        self.derive_from(Queue::Strangers, password, salt).await
    }

    /// The same for somebody who waits here.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn derive_from(
        &self,
        queue: Queue,
        password: SecretText,
        salt: [u8; 16],
    ) -> Result<PasswordKeys, Busy> {
        let permit = self.0.admit(queue).await?;
        let pool = Arc::clone(&self.0);
        let (done, keys) = oneshot::channel();
        // A thread of its own, because a thread that stepped back cannot step forward again. The permit goes with the
        // run: a caller that goes away does not set its memory free for another.
        let run = move || {
            step_back();
            let keys = pool.run(&password, salt);
            drop(permit);
            // Nobody waits any more where the caller went away.
            let _ = done.send(keys);
        };
        thread::Builder::new().name("password".to_owned()).spawn(run).map_err(|_refused| Busy)?;
        keys.await.ok().flatten().ok_or(Busy)
    }
}

impl Pool {
    async fn admit(&self, queue: Queue) -> Result<OwnedSemaphorePermit, Busy> {
        let permits = || Arc::clone(&self.permits);
        if let Ok(permit) = permits().try_acquire_owned() {
            return Ok(permit);
        }
        let line = match queue {
            Queue::Strangers => &self.strangers,
            Queue::Known => &self.known,
        };
        let _place = Place::enter(line, self.queue_limit).ok_or(Busy)?;
        let waiting = async {
            let _turn = match queue {
                Queue::Strangers => Some(self.turns.acquire().await.ok()?),
                Queue::Known => None,
            };
            permits().acquire_owned().await.ok()
        };
        tokio::time::timeout(self.wait, waiting).await.ok().flatten().ok_or(Busy)
    }

    fn run(&self, password: &SecretText, salt: [u8; 16]) -> Option<PasswordKeys> {
        let spare = self.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut buffer = spare.unwrap_or_else(|| vec![Block::new(); self.params.block_count()]);
        let keys = derive_in(&mut buffer, &self.params, &self.pepper, password, salt);
        buffer.iter_mut().for_each(Block::zeroize);
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        keys
    }
}

/// Lets the calling thread run behind everything else of this machine: a sign-in may take longer, reports may not. On
/// Linux a priority is one of the thread.
fn step_back() {
    if let Err(error) = rustix::process::setpriority_process(None, PRIORITY) {
        tracing::warn!(%error, "sign-ins run at the priority of everything else");
    }
}

/// How many wait in a queue.
#[derive(Default)]
struct Line(AtomicUsize);

/// A place in a queue, given back when dropped, also when the caller goes away while waiting.
struct Place<'a>(&'a Line);

impl<'a> Place<'a> {
    fn enter(line: &'a Line, limit: usize) -> Option<Self> {
        let next = |now: usize| (now < limit).then_some(now + 1);
        line.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, next).ok()?;
        Some(Self(line))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn derive_in(
    buffer: &mut [Block],
    params: &Params,
    pepper: &Secret<32>,
    password: &SecretText,
    salt: [u8; 16],
) -> Option<PasswordKeys> {
    let pepper: Secret<32> = kdf::derive(pepper.expose(), label::PASSWORD_PEPPER, &[]);
    let argon2 =
        Argon2::new_with_secret(pepper.expose(), Algorithm::Argon2id, Version::V0x13, params.clone()).ok()?;
    let mut outcome = Ok(());
    let root = Secret::<32>::fill(|out| {
        outcome = argon2.hash_password_into_with_memory(password.expose().as_bytes(), &salt, out, buffer);
    });
    outcome.ok()?;
    let verifier: Secret<32> = kdf::derive(root.expose(), label::PASSWORD_VERIFIER, &[]);
    Some(PasswordKeys {
        verifier: Sha256::digest(verifier.expose()).into(),
        sealing: ContentKey::new(kdf::derive(root.expose(), label::PASSWORD_SEALING, &[])),
    })
}

/// The salt for a login that does not exist: the same each time, so that it cannot be told from a real one.
#[must_use]
pub fn decoy_salt(pepper: &Secret<32>, login: &str) -> [u8; 16] {
    *kdf::derive(pepper.expose(), label::PASSWORD_DECOY_SALT, &[login.as_bytes()]).expose()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: PasswordParams = PasswordParams { memory_kib: 64, passes: 1, lanes: 1 };

    fn pool(permits: usize, queue_limit: usize, wait: Duration) -> PasswordPool {
        PasswordPool::new(SMALL, permits, queue_limit, wait, Secret::new([1; 32])).unwrap()
    }

    fn text(password: &str) -> SecretText {
        SecretText::from(password.to_owned())
    }

    #[tokio::test]
    async fn password_salt_and_pepper_all_count() {
        let pool = pool(1, 1, Duration::from_secs(9));
        let keys = pool.derive(text("one"), [0; 16]).await.unwrap();
        let again = pool.derive(text("one"), [0; 16]).await.unwrap();
        assert!(keys.matches(&again.verifier) && keys.sealing == again.sealing);
        assert_ne!(&keys.verifier, keys.sealing.secret().expose());
        let peppered = PasswordPool::new(SMALL, 1, 1, Duration::from_secs(9), Secret::new([2; 32])).unwrap();
        for other in [
            pool.derive(text("two"), [0; 16]).await.unwrap(),
            pool.derive(text(""), [0; 16]).await.unwrap(),
            pool.derive(text("one"), [1; 16]).await.unwrap(),
            peppered.derive(text("one"), [0; 16]).await.unwrap(),
        ] {
            assert!(!keys.matches(&other.verifier) && keys.sealing != other.sealing);
        }
    }

    #[tokio::test]
    async fn buffers_are_reused_and_wiped() {
        let pool = pool(2, 64, Duration::from_secs(9));
        let runs = (0..16).map(|index| {
            let pool = pool.clone();
            tokio::spawn(async move { pool.derive(text(&index.to_string()), [0; 16]).await })
        });
        for run in futures_util::future::join_all(runs).await {
            run.unwrap().unwrap();
        }
        let buffers = pool.0.buffers.lock().unwrap();
        assert!((1..=2).contains(&buffers.len()));
        let words = buffers.iter().flatten().flat_map(|block| block.as_ref().iter());
        assert!(words.copied().all(|word| word == 0));
        assert_eq!(pool.0.strangers.0.load(Ordering::Acquire), 0);
    }

    #[tokio::test]
    async fn beyond_the_queue_is_busy() {
        let full = pool(1, 0, Duration::from_secs(9));
        let permit = full.0.admit(Queue::Strangers).await.unwrap();
        assert_eq!(full.derive(text("x"), [0; 16]).await.unwrap_err(), Busy);
        drop(permit);
        full.derive(text("x"), [0; 16]).await.unwrap();

        let slow = pool(1, 1, Duration::from_millis(5));
        let permit = slow.0.admit(Queue::Strangers).await.unwrap();
        assert_eq!(slow.derive(text("x"), [0; 16]).await.unwrap_err(), Busy);
        assert_eq!(slow.0.strangers.0.load(Ordering::Acquire), 0);
        drop(permit);
    }

    /// A flood of strangers fills their queue; who is known waits for one of them at most.
    #[tokio::test]
    async fn the_known_do_not_wait_behind_strangers() {
        let pool = pool(1, 8, Duration::from_secs(9));
        let running = pool.0.admit(Queue::Known).await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let come = |queue, name: usize| {
            let (pool, order) = (pool.clone(), Arc::clone(&order));
            tokio::spawn(async move {
                let admitted = pool.0.admit(queue).await;
                order.lock().unwrap().push(name);
                admitted.map(drop)
            })
        };
        let strangers: Vec<_> = (0..8).map(|name| come(Queue::Strangers, name)).collect();
        while pool.0.strangers.0.load(Ordering::Acquire) < 8 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.0.admit(Queue::Strangers).await.unwrap_err(), Busy, "no place is left for strangers");
        let known = come(Queue::Known, 100);
        while pool.0.known.0.load(Ordering::Acquire) < 1 {
            tokio::task::yield_now().await;
        }
        drop(running);
        known.await.unwrap().unwrap();
        for stranger in strangers {
            stranger.await.unwrap().unwrap();
        }
        assert_eq!(order.lock().unwrap().iter().position(|name| *name == 100), Some(1));
    }

    #[test]
    fn bad_parameters() {
        let new = |params, permits| {
            PasswordPool::new(params, permits, 1, Duration::ZERO, Secret::new([1; 32])).err()
        };
        assert_eq!(new(SMALL, 0), Some(BadParams));
        assert_eq!(new(PasswordParams { memory_kib: 1, ..SMALL }, 1), Some(BadParams));
        assert_eq!(new(PasswordParams { passes: 0, ..SMALL }, 1), Some(BadParams));
    }

    #[test]
    fn decoy_salts_stay_and_differ() {
        let pepper = Secret::new([1; 32]);
        assert_eq!(decoy_salt(&pepper, "a"), decoy_salt(&pepper, "a"));
        assert_ne!(decoy_salt(&pepper, "a"), decoy_salt(&pepper, "b"));
        assert_ne!(decoy_salt(&pepper, "a"), decoy_salt(&Secret::new([2; 32]), "a"));
    }
}
