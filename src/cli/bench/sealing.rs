//! The bare sealing of a report: the cryptography that the use case `submit_report` does, and nothing else.

use std::{
    hint::black_box,
    num::NonZero,
    thread,
    time::{Duration, Instant},
};

use super::{BenchError, ground::INSTANCE, people::Desk};
use crate::crypto::{
    envelope::SealError,
    epoch::{EpochKeys, EpochSeed},
    kem::KemPublic,
    place::Place,
    random::{Entropy, Rng, uuid_v4},
    receipt::Receipt,
};

/// What is sealed to whom.
pub struct Sealing<'a> {
    /// The desk whose people may read.
    pub desk: &'a Desk,
    /// The content as the use case seals it.
    pub content: &'a [u8],
}

impl Sealing<'_> {
    /// Seals one report; returns the sealed content.
    ///
    /// # Errors
    /// [`SealError`], which keys of the directory do not cause.
    pub fn once(&self, rng: &mut Rng) -> Result<Vec<u8>, SealError> {
        let receipt = Receipt::generate(rng);
        let (case, item) = (uuid_v4(rng), uuid_v4(rng));
        let seed = EpochSeed::generate(rng);
        let keys = EpochKeys::from_seed(&seed);
        let sealed = keys.seal(&place("case_items", item.as_bytes()), self.content, rng)?;
        let (_, reporter) = receipt.key_pair(INSTANCE);
        let wrap = |reader: &KemPublic, rng: &mut Rng| {
            black_box(seed.wrap(reader, &place("case_wraps", case.as_bytes()), rng)).map(drop)
        };
        wrap(&reporter, rng)?;
        self.desk.readers.iter().try_for_each(|reader| wrap(reader, rng))?;
        black_box((receipt.lookup(INSTANCE), reporter.to_bytes(), keys.public().to_bytes()));
        Ok(sealed)
    }

    /// Microseconds a report takes when every processor seals: time over reports of all threads.
    ///
    /// # Errors
    /// [`BenchError::Seal`].
    pub fn micros(&self, time: Duration) -> Result<f64, BenchError> {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let start = Instant::now();
        let sealed: Result<Vec<u32>, SealError> = thread::scope(|scope| {
            let threads: Vec<_> = (0..processors).map(|_| scope.spawn(|| self.many(start, time))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or(Err(SealError::Cipher))).collect()
        });
        let reports: u32 = sealed?.iter().sum();
        Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(reports.max(1)))
    }

    fn many(&self, start: Instant, time: Duration) -> Result<u32, SealError> {
        let entropy = Entropy::os();
        let mut reports = 0;
        while start.elapsed() < time {
            black_box(self.once(&mut entropy.rng()))?;
            reports += 1;
        }
        Ok(reports)
    }
}

fn place(table: &'static str, row: &[u8]) -> Place {
    Place::new(INSTANCE, table, row, "sealed")
}
