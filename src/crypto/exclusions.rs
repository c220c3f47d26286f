//! Who is kept out of a case, as marks that tell nothing without the server's key: not who, not how many.
//!
//! A list has a fixed size; what is not a mark is filler that only the key tells from one. Whoever has the database and
//! the server's secrets can ask of somebody they think of whether they are kept out; nothing else.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::label;
use super::place::Place;
use super::secret::Secret;

/// How many can be kept out of a case; a unit counts once, however many belong to it.
pub const SLOTS: usize = 64;
/// Bytes of a mark.
const MARK: usize = 8;
/// Bytes of a list.
pub const LENGTH: usize = SLOTS * MARK;

/// No more can be kept out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("at most {SLOTS} persons and units can be kept out of one case")]
pub struct Full;

/// The list of one case, under the server's key.
pub struct Exclusions<'k> {
    key: &'k Secret<32>,
    place: &'k Place,
}

impl<'k> Exclusions<'k> {
    /// The list at a place, which is that of the case.
    #[must_use]
    pub const fn new(key: &'k Secret<32>, place: &'k Place) -> Self {
        Self { key, place }
    }

    /// A list that keeps nobody out.
    #[must_use]
    pub fn empty(&self) -> Vec<u8> {
        (0..SLOTS).flat_map(|slot| self.filler(slot)).collect()
    }

    /// The list with one more kept out.
    ///
    /// # Errors
    /// [`Full`], also where the list is not one of this case's.
    pub fn with(&self, list: &[u8], id: &[u8]) -> Result<Vec<u8>, Full> {
        let mut list = list.to_vec();
        if !self.holds(&list, id) {
            let mut slots = list.chunks_exact_mut(MARK).enumerate();
            let free = slots.find(|(slot, found)| **found == self.filler(*slot)).ok_or(Full)?;
            free.1.copy_from_slice(&self.mark(id));
        }
        Ok(list)
    }

    /// The list without one that is kept out no longer.
    #[must_use]
    pub fn without(&self, list: &[u8], id: &[u8]) -> Vec<u8> {
        let (mut list, mark) = (list.to_vec(), self.mark(id));
        for (slot, found) in list.chunks_exact_mut(MARK).enumerate() {
            if *found == mark {
                found.copy_from_slice(&self.filler(slot));
            }
        }
        list
    }

    /// Whether this one is kept out.
    #[must_use]
    pub fn holds(&self, list: &[u8], id: &[u8]) -> bool {
        let mark = self.mark(id);
        list.chunks_exact(MARK).any(|found| found == mark)
    }

    fn mark(&self, id: &[u8]) -> [u8; MARK] {
        self.tag(&label::EXCLUDED.bind(&[self.place.aad(), id]))
    }

    fn filler(&self, slot: usize) -> [u8; MARK] {
        let slot = u8::try_from(slot).unwrap_or(u8::MAX);
        self.tag(&label::EXCLUDED_NOBODY.bind(&[self.place.aad(), &[slot]]))
    }

    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104 section 2)")]
    fn tag(&self, bytes: &[u8]) -> [u8; MARK] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose()).expect("a key of any length");
        mac.update(bytes);
        let whole = mac.finalize().into_bytes();
        std::array::from_fn(|n| whole.get(n).copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Secret<32> {
        Secret::new([7; 32])
    }

    fn place(row: u8) -> Place {
        Place::new("kz", "cases", &[row], "excluded")
    }

    #[test]
    fn who_is_in_is_found_and_nobody_else() {
        let (key, place) = (key(), place(1));
        let list = Exclusions::new(&key, &place);
        let nobody = list.empty();
        assert_eq!(nobody.len(), LENGTH);
        assert!(!list.holds(&nobody, b"one"));
        let three = [b"one".as_slice(), b"two", b"three"]
            .iter()
            .fold(nobody, |marks, id| list.with(&marks, id).unwrap());
        assert_eq!(three.len(), LENGTH);
        for id in [b"one".as_slice(), b"two", b"three"] {
            assert!(list.holds(&three, id));
        }
        assert!(!list.holds(&three, b"four"));
        assert_eq!(list.with(&three, b"two").unwrap(), three);
    }

    #[test]
    fn who_is_let_in_again_leaves_no_trace() {
        let (key, place) = (key(), place(1));
        let list = Exclusions::new(&key, &place);
        let one = list.with(&list.empty(), b"one").unwrap();
        let two = list.with(&one, b"two").unwrap();
        assert!(!list.holds(&list.without(&two, b"one"), b"one"));
        assert!(list.holds(&list.without(&two, b"one"), b"two"));
        assert_eq!(list.without(&one, b"one"), list.empty());
        assert_eq!(list.without(&one, b"three"), one);
    }

    #[test]
    fn a_list_counts_for_its_case_and_key_alone() {
        let (key, here, there) = (key(), place(1), place(2));
        let list = Exclusions::new(&key, &here);
        let one = list.with(&list.empty(), b"one").unwrap();
        assert!(!Exclusions::new(&key, &there).holds(&one, b"one"));
        let other = Secret::new([8; 32]);
        assert!(!Exclusions::new(&other, &here).holds(&one, b"one"));
        assert_eq!(Exclusions::new(&other, &here).with(&one, b"two"), Err(Full));
    }

    #[test]
    fn a_full_list_says_so() {
        let (key, place) = (key(), place(1));
        let list = Exclusions::new(&key, &place);
        let full = (0..64_u8).fold(list.empty(), |marks, id| list.with(&marks, &[id]).unwrap());
        assert_eq!(list.with(&full, b"one more"), Err(Full));
        assert!(list.with(&full, &[0]).is_ok());
    }
}
