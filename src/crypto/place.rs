//! Where a ciphertext belongs. Moved to another row, column, table or instance, it does not open.

use super::label;

/// Instance, table, row and column, encoded once; the associated data of every seal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place(Vec<u8>);

impl Place {
    /// `row` is whatever names the row for ever: the bytes of its primary key, parts of fixed length one after another.
    #[must_use]
    pub fn new(instance: &str, table: &'static str, row: &[u8], column: &'static str) -> Self {
        Self(label::PLACE.bind(&[instance.as_bytes(), table.as_bytes(), row, column.as_bytes()]))
    }

    /// `senim/place/v1` and the four parts, each behind its length (64 bits, big endian).
    #[must_use]
    pub fn aad(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn golden() {
        let place = Place::new("kz", "cases", &[1, 2], "narrative");
        let want = "000000000000000e73656e696d2f706c6163652f763100000000000000026b7a0000000000000005636173657300000000\
                    000000020102000000000000000 96e6172726174697665"
            .replace(' ', "");
        assert_eq!(data_encoding::HEXLOWER.encode(place.aad()), want);
    }

    proptest! {
        #[test]
        fn injective(a: (String, Vec<u8>), b: (String, Vec<u8>)) {
            let place = |(instance, row): &(String, Vec<u8>)| Place::new(instance, "t", row, "c");
            prop_assert_eq!(place(&a) == place(&b), a == b);
        }
    }
}
