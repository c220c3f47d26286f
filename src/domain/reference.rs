//! The number by which people speak of a case: random, never running, so that it tells neither order nor volume.

use std::fmt;

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SYMBOLS: usize = 8;

/// A case reference such as `SN-4F7K-9QTZ`: 40 random bits. It identifies, it opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference(u64);

impl Reference {
    const MASK: u64 = (1 << 40) - 1;

    /// Takes the low 40 bits of a random number. The caller draws again when the reference is taken.
    #[must_use]
    pub const fn from_random(random: u64) -> Self {
        Self(random & Self::MASK)
    }

    /// Reads a reference as people type it: case, spaces, dashes, the prefix, and O for 0, I or L for 1 are forgiven.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let folded: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let symbols =
            if folded.chars().count() == SYMBOLS { folded.as_str() } else { folded.strip_prefix("SN")? };
        if symbols.chars().count() != SYMBOLS {
            return None;
        }
        symbols.chars().try_fold(0_u64, |value, c| Some((value << 5) | digit(c)?)).map(Self)
    }
}

fn digit(c: char) -> Option<u64> {
    let plain = match c {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let position = ALPHABET.iter().position(|&symbol| char::from(symbol) == plain)?;
    u64::try_from(position).ok()
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SN")?;
        for place in (0..SYMBOLS).rev() {
            if place % 4 == 3 {
                f.write_str("-")?;
            }
            let index = usize::try_from((self.0 >> (place * 5)) & 31).unwrap_or(0);
            let symbol = ALPHABET.get(index).copied().unwrap_or(b'0');
            write!(f, "{}", char::from(symbol))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_format_is_pinned() {
        assert_eq!(Reference::from_random(0).to_string(), "SN-0000-0000");
        assert_eq!(Reference::from_random(u64::MAX).to_string(), "SN-ZZZZ-ZZZZ");
        assert_eq!(Reference::from_random(0x12_3456_789A).to_string(), "SN-28T5-CY4T");
    }

    #[test]
    fn people_may_type_it_freely() {
        let it = Reference::parse("SN-28T5-CY4T");
        assert!(it.is_some());
        assert_eq!(Reference::parse(" sn 28t5cy4t "), it);
        assert_eq!(Reference::parse("28T5-CY4T"), it);
        assert_eq!(Reference::parse("SN-OIL0-0000"), Reference::parse("SN-0110-0000"));
        for wrong in ["", "SN", "SN-28T5-CY4", "SN-28T5-CY4TT", "XX-28T5-CY4T", "SN-28T5-CY4U"] {
            assert_eq!(Reference::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn it_reads_back(random in any::<u64>()) {
            let reference = Reference::from_random(random);
            prop_assert_eq!(Reference::parse(&reference.to_string()), Some(reference));
        }
    }
}
