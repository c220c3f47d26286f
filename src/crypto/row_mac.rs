//! Proof that the server wrote a row: HMAC-SHA-256 over its place and the columns that matter.
//!
//! Whoever writes to the database without the server's secret cannot make one. Whoever also has that secret can: that
//! is an attacker on the live server, who gets what is written from then on and nothing that was sealed before.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::label;
use super::place::Place;
use super::secret::Secret;

/// The proof for `place` (instance, table, row) and the columns, in their order.
#[must_use]
pub fn seal(key: &Secret<32>, place: &Place, columns: &[&[u8]]) -> [u8; 32] {
    mac(key, place, columns).finalize().into_bytes().into()
}

/// Whether `proof` is the one of this place and these columns, in constant time.
#[must_use]
pub fn holds(key: &Secret<32>, place: &Place, columns: &[&[u8]], proof: &[u8]) -> bool {
    mac(key, place, columns).verify_slice(proof).is_ok()
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104 section 2)")]
fn mac(key: &Secret<32>, place: &Place, columns: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(key.expose()).expect("a key of any length");
    let parts: Vec<&[u8]> = std::iter::once(place.aad()).chain(columns.iter().copied()).collect();
    mac.update(&label::ROW_MAC.bind(&parts));
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(row: u8) -> Place {
        Place::new("kz", "desks", &[row], "mac")
    }

    #[test]
    fn only_this_key_place_and_columns() {
        let key = Secret::new([1; 32]);
        let columns: [&[u8]; 3] = [b"a", b"", b"bc"];
        let proof = seal(&key, &place(1), &columns);
        assert!(holds(&key, &place(1), &columns, &proof));
        assert!(!holds(&Secret::new([2; 32]), &place(1), &columns, &proof));
        assert!(!holds(&key, &place(2), &columns, &proof));
        let others: [&[&[u8]]; 5] =
            [&[b"a", b"b", b"c"], &[b"", b"a", b"bc"], &[b"a", b"bc"], &[b"a", b"", b"bc", b""], &[]];
        for other in others {
            assert!(!holds(&key, &place(1), other, &proof), "{other:?}");
        }
        for bit in 0..proof.len() * 8 {
            let mut wrong = proof;
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert!(!holds(&key, &place(1), &columns, &wrong), "{bit}");
        }
        for wrong in [&[][..], &proof[..31], &[proof.as_slice(), &[0]].concat()] {
            assert!(!holds(&key, &place(1), &columns, wrong), "{wrong:?}");
        }
    }
}
