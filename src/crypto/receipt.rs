//! The receipt: all that a reporter has, and all that is needed to come back.
//!
//! 24 random symbols (120 bits) and one check symbol, in five groups of five. A slip of the pen is told from the check
//! symbol alone, before any look-up. No password hash: 120 bits cannot be guessed. HKDF, bound to the name of the
//! instance, gives the look-up id (stored hashed) and the reporter's key pair.

use std::fmt;

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::crockford;
use super::kdf;
use super::kem::{KemPublic, KemSecret};
use super::label;
use super::random::Rng;
use super::secret::Secret;

const ENTROPY: usize = crockford::PRINTED_BYTES;

/// The text is no receipt: the check symbol, the length or a character is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the receipt was mistyped")]
pub struct Mistyped;

/// A receipt. It prints nowhere but through [`Receipt::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt(Secret<ENTROPY>);

impl Receipt {
    /// A new receipt.
    #[must_use]
    pub fn generate(rng: &mut Rng) -> Self {
        Self(Secret::generate(rng))
    }

    /// What somebody typed. Forgives case, spaces, dashes, O for 0, I and L for 1, and Cyrillic look-alikes.
    ///
    /// # Errors
    /// Every single wrong symbol, every swap of two symbols, anything else with a chance of 31 in 32.
    pub fn parse(text: &str) -> Result<Self, Mistyped> {
        crockford::read_printed(text).map(Self).ok_or(Mistyped)
    }

    /// The 25 characters, `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`, for the one page that shows them.
    #[must_use]
    pub fn reveal(&self) -> String {
        crockford::printed(&self.0)
    }

    /// The random bytes, to carry a receipt to come inside a sealed token.
    #[must_use]
    pub fn entropy(&self) -> Secret<ENTROPY> {
        self.0.clone()
    }

    /// The receipt of these random bytes.
    #[must_use]
    pub fn from_entropy(entropy: Secret<ENTROPY>) -> Self {
        Self(entropy)
    }

    /// What is stored to find the case: SHA-256 of an id derived for `instance`. It opens nothing.
    #[must_use]
    pub fn lookup(&self, instance: &str) -> [u8; 32] {
        let id: Secret<32> = kdf::derive(self.0.expose(), label::RECEIPT_LOOKUP, &[instance.as_bytes()]);
        Sha256::digest(id.expose()).into()
    }

    /// The reporter's key pair for `instance`. Makes a pair, once: both halves come from it.
    #[must_use]
    pub fn key_pair(&self, instance: &str) -> (KemSecret, KemPublic) {
        let seed = kdf::derive(self.0.expose(), label::RECEIPT_KEM, &[instance.as_bytes()]);
        let secret = KemSecret::from_seed(seed);
        let public = secret.public();
        (secret, public)
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receipt(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::Entropy;
    use proptest::prelude::*;

    const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    fn symbols(receipt: &Receipt) -> Vec<char> {
        receipt.reveal().replace('-', "").chars().collect()
    }

    fn parse(symbols: &[char]) -> Result<Receipt, Mistyped> {
        Receipt::parse(&symbols.iter().collect::<String>())
    }

    fn some_receipts() -> Vec<Receipt> {
        let mut rng = Entropy::seeded(1).rng();
        let edges = [Receipt(Secret::new([0; 15])), Receipt(Secret::new([255; 15]))];
        edges.into_iter().chain((0..40).map(|_| Receipt::generate(&mut rng))).collect()
    }

    #[test]
    fn every_single_error_is_caught() {
        for receipt in some_receipts() {
            let right = symbols(&receipt);
            for position in 0..25 {
                for wrong in ALPHABET.chars().filter(|wrong| *wrong != right[position]) {
                    let mut typed = right.clone();
                    typed[position] = wrong;
                    assert_eq!(parse(&typed), Err(Mistyped), "{position} {wrong}");
                }
            }
        }
    }

    #[test]
    fn every_swap_is_caught() {
        for receipt in some_receipts() {
            let right = symbols(&receipt);
            for (one, two) in (0..25).flat_map(|one| (one + 1..25).map(move |two| (one, two))) {
                let mut typed = right.clone();
                typed.swap(one, two);
                let same = right[one] == right[two];
                assert_eq!(parse(&typed).is_ok(), same, "{one} {two}");
            }
        }
    }

    /// The code is linear: whether an error is caught depends on the error alone. So these two tests over all errors
    /// prove it for all receipts.
    #[test]
    fn the_check_is_linear_and_no_small_error_vanishes() {
        let check = |symbols: &[u8]| crockford::check_symbol(symbols);
        let unit = |position: usize, value: u8| {
            let mut symbols = [0; 24];
            symbols[position] = value;
            symbols
        };
        for position in 0..24 {
            for one in 0..32 {
                for two in 0..32 {
                    let sum = check(&unit(position, one)) ^ check(&unit(position, two));
                    assert_eq!(check(&unit(position, one ^ two)), sum);
                }
                assert_eq!(check(&unit(position, one)) == 0, one == 0, "single error");
                // a swap adds the same difference at both places
                for other in (0..24).filter(|other| *other != position) {
                    let vanishes = check(&unit(position, one)) == check(&unit(other, one));
                    assert_eq!(vanishes, one == 0, "swap of {position} and {other}");
                }
                assert_eq!(check(&unit(position, one)) == one, one == 0, "swap with the check symbol");
            }
        }
        let sum = (0..24).fold(0, |sum, position| sum ^ check(&unit(position, 7)));
        assert_eq!(check(&[7; 24]), sum);
    }

    #[test]
    fn typing_is_forgiven() {
        let receipt = Receipt::from_entropy(Secret::from_slice(b"\x08\x86\x08\x41\x10five more!").unwrap());
        let shown = receipt.reveal();
        let cyrillic: String = shown
            .chars()
            .map(|c| match c {
                'A' => 'А',
                'B' => 'в',
                'C' => 'с',
                'E' => 'Е',
                'H' => 'н',
                'K' => 'К',
                'M' => 'м',
                'P' => 'Р',
                'T' => 'т',
                'X' => 'Х',
                'Y' => 'у',
                '0' => 'О',
                '3' => 'з',
                '1' => 'l',
                '-' => '\u{2014}',
                other => other,
            })
            .collect();
        let spaced = shown.replace('-', " \u{2011}\u{00A0}").to_lowercase();
        let plain = shown.replace('-', "");
        for typed in [&shown, &cyrillic, &spaced, &plain, &format!("  {shown}\r\n")] {
            assert_eq!(Receipt::parse(typed).as_ref(), Ok(&receipt), "{typed}");
        }
        for wrong in [
            "",
            "-",
            plain.get(1..).unwrap(),
            &format!("{plain}0"),
            &shown.replacen('-', "U", 1),
            &"0".repeat(10_000),
        ] {
            assert_eq!(Receipt::parse(wrong), Err(Mistyped), "{wrong}");
        }
    }

    #[test]
    fn bound_to_the_instance_and_never_printed() {
        let receipt = Receipt::from_entropy(Secret::new([1; 15]));
        assert_ne!(receipt.lookup("kz"), receipt.lookup("demo"));
        assert_ne!(receipt.key_pair("kz").1, receipt.key_pair("demo").1);
        assert_ne!(&receipt.lookup("kz"), receipt.key_pair("kz").0.seed().expose());
        assert_eq!(format!("{receipt:?}"), "Receipt(..)");
    }

    proptest! {
        #[test]
        fn round_trip(entropy: [u8; 15]) {
            let receipt = Receipt::from_entropy(Secret::new(entropy));
            let shown = receipt.reveal();
            prop_assert_eq!(shown.len(), 29);
            prop_assert!(shown.split('-').all(|group| group.len() == 5));
            prop_assert_eq!(Receipt::parse(&shown), Ok(receipt.clone()));
            let (entropy_back, lower) = (receipt.entropy(), shown.to_lowercase());
            prop_assert_eq!(entropy_back, Secret::new(entropy));
            prop_assert_eq!(Receipt::parse(&lower), Ok(receipt));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = Receipt::parse(&text);
        }
    }
}
