//! Bundles of published records (C2SP tlog-tiles, "Log entries"): up to 256 records, each behind its length (16 bits,
//! big endian). Our records are the 32-byte commitments of entries and nothing else, so a bundle has one form.

use super::tile::WIDTH;

/// Bytes of a record.
pub const RECORD: usize = 32;

const FRAMED: usize = RECORD + 2;
const LENGTH: [u8; 2] = [0, 32];

/// Bytes that are no bundle of our records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadBundle {
    /// Not a whole number of framed records.
    #[error("a bundle of {0} bytes does not hold whole records of {FRAMED} bytes")]
    Length(usize),
    /// A record that is not 32 bytes long.
    #[error("record {0} of the bundle is not {RECORD} bytes long")]
    Record(usize),
    /// No record, or more than fit.
    #[error("a bundle holds 1 to {WIDTH} records, this one {0}")]
    Count(usize),
}

/// The bytes of a bundle of these records.
#[must_use]
pub fn to_bytes(records: &[[u8; RECORD]]) -> Vec<u8> {
    records.iter().flat_map(|record| LENGTH.iter().chain(record).copied()).collect()
}

/// The records of a bundle. Compare their number with the width that the bundle's path names.
///
/// # Errors
/// [`BadBundle`].
pub fn parse(bytes: &[u8]) -> Result<Vec<[u8; RECORD]>, BadBundle> {
    if !bytes.len().is_multiple_of(FRAMED) {
        return Err(BadBundle::Length(bytes.len()));
    }
    let count = bytes.len() / FRAMED;
    if count == 0 || count > usize::from(WIDTH) {
        return Err(BadBundle::Count(count));
    }
    let record = |(number, framed): (usize, &[u8])| {
        let data = framed.strip_prefix(&LENGTH).and_then(|data| data.try_into().ok());
        data.ok_or(BadBundle::Record(number))
    };
    bytes.chunks_exact(FRAMED).enumerate().map(record).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_stand_behind_their_length() {
        let records = [[1; 32], [2; 32]];
        let bytes = to_bytes(&records);
        assert_eq!(bytes[..3], [0, 32, 1]);
        assert_eq!(parse(&bytes), Ok(records.to_vec()));
        assert_eq!(parse(&to_bytes(&[[7; 32]; 256])).unwrap().len(), 256);
    }

    #[test]
    fn anything_else_is_no_bundle() {
        let bytes = to_bytes(&[[1; 32], [2; 32]]);
        assert_eq!(parse(&[]), Err(BadBundle::Count(0)));
        assert_eq!(parse(&bytes[..67]), Err(BadBundle::Length(67)));
        assert_eq!(parse(&to_bytes(&[[7; 32]; 257])), Err(BadBundle::Count(257)));
        let mut other = bytes.clone();
        other[35] = 31;
        assert_eq!(parse(&other), Err(BadBundle::Record(1)));
        other = bytes;
        other[0] = 1;
        assert_eq!(parse(&other), Err(BadBundle::Record(0)));
    }
}
