//! Where randomness comes from. Everything else gets a generator as an argument, so that tests are repeatable.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng as _, SeedableRng};
use uuid::Uuid;

/// The generator that all of the program uses: ChaCha, seeded with 256 bits.
pub type Rng = StdRng;

/// The source of generators: the operating system, or a seed in tests.
#[derive(Clone)]
pub struct Entropy(Source);

#[derive(Clone)]
enum Source {
    Os,
    Seeded(Arc<Mutex<Rng>>),
}

impl Entropy {
    /// Randomness of the operating system.
    #[must_use]
    pub fn os() -> Self {
        Self(Source::Os)
    }

    /// Repeatable randomness for tests and benchmarks, never for anything real. Clones share one sequence.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(Rng::seed_from_u64(seed)))))
    }

    /// A fresh generator. One per request: it is not kept, so what it gave cannot be found out later.
    ///
    /// # Panics
    /// If the operating system has no randomness to give: nothing may go on without.
    #[must_use]
    #[expect(clippy::expect_used, reason = "without randomness nothing may go on")]
    pub fn rng(&self) -> Rng {
        match &self.0 {
            Source::Os => Rng::try_from_rng(&mut SysRng).expect("the operating system gives randomness"),
            Source::Seeded(shared) => shared.lock().unwrap_or_else(PoisonError::into_inner).fork(),
        }
    }

    /// A random id (RFC 9562 version 4: it tells no time).
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        uuid_v4(&mut self.rng())
    }
}

/// A random id (RFC 9562 section 5.4) drawn from `rng`.
#[must_use]
pub fn uuid_v4(rng: &mut Rng) -> Uuid {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_repeats_and_moves_on() {
        let (one, two) = (Entropy::seeded(5), Entropy::seeded(5));
        let first = one.uuid();
        assert_eq!(first, two.uuid());
        assert_ne!(first, one.uuid());
        assert_ne!(first, Entropy::seeded(6).uuid());
    }

    #[test]
    fn ids_are_version_4() {
        let id = Entropy::os().uuid();
        assert_eq!((id.get_version_num(), id.get_variant()), (4, uuid::Variant::RFC4122));
        assert_ne!(id, Entropy::os().uuid());
    }
}
