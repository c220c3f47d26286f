//! Tar files that are the same bytes whenever they are made: the names in a fixed order, one owner, one time. Bundles of
//! the log ([`super::verify`]) and proofs of a case are such files.
//!
//! They are made piece by piece, so that a file longer than memory can be sent: a head, the bytes, the filling behind them.

/// Bytes of a block: every file begins at one.
pub const BLOCK: u64 = 512;
/// What stands behind the last file.
pub const END: [u8; 1024] = [0; 1024];

/// The time of every file, seconds since 1970: the first of January 1980, which every program takes.
const TIME: u64 = 315_532_800;
/// Readable by its owner only: it holds entries.
const MODE: u32 = 0o600;

/// The head of a file of so many bytes; `None` where the name does not fit into one.
#[must_use]
pub fn head(name: &str, length: u64) -> Option<[u8; 512]> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name).ok()?;
    header.set_size(length);
    header.set_mode(MODE);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(TIME);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    Some(*header.as_bytes())
}

/// What stands behind a file of so many bytes.
#[must_use]
pub fn filling(length: u64) -> Vec<u8> {
    let missing = length.next_multiple_of(BLOCK).saturating_sub(length);
    vec![0; usize::try_from(missing).unwrap_or(0)]
}

/// Bytes that a file of so many takes, with head and filling.
#[must_use]
pub const fn taken(length: u64) -> u64 {
    length.next_multiple_of(BLOCK).saturating_add(BLOCK)
}

/// Appends a whole file; one whose name does not fit is left out.
pub fn append(archive: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if let Some(head) = head(name, length) {
        archive.extend_from_slice(&head);
        archive.extend_from_slice(bytes);
        archive.extend_from_slice(&filling(length));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn what_is_appended_is_read_again() {
        let files = [("a", vec![7; 512]), ("b/x001/000.p/3", b"text".to_vec()), ("c", Vec::new())];
        let mut archive = Vec::new();
        for (name, bytes) in &files {
            let before = u64::try_from(archive.len()).unwrap();
            append(&mut archive, name, bytes);
            let length = u64::try_from(bytes.len()).unwrap();
            assert_eq!(u64::try_from(archive.len()).unwrap() - before, taken(length));
        }
        archive.extend_from_slice(&END);
        let mut reader = tar::Archive::new(archive.as_slice());
        let read: Vec<(String, Vec<u8>)> = reader
            .entries()
            .unwrap()
            .map(|entry| {
                let mut entry = entry.unwrap();
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                assert_eq!(entry.header().mode().unwrap(), 0o600);
                (String::from_utf8(entry.path_bytes().into_owned()).unwrap(), bytes)
            })
            .collect();
        let expected: Vec<_> =
            files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn a_file_may_be_larger_than_eight_gibibytes() {
        let head = head("private/entries.jsonl", 9 << 30).unwrap();
        assert_eq!(tar::Header::from_byte_slice(&head).size().unwrap(), 9 << 30);
    }
}
