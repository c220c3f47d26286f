//! What an entry says of the row that it leaves behind: `post`, a digest of everything that is audited of the object after
//! the change (audit-log.md section 2.2). With it whoever has the tables and the entries finds any column that somebody
//! edited with the database's guards switched off, not the state of the case alone.
//!
//! `post = SHA-256("senim/audit-post/v1\n" ‖ r ‖ image)`, where `r` is the entry's own random member and the image is the
//! RFC 8785 JSON of the object's columns and of the rows that hang on it. Whoever has only the entries learns nothing from
//! it: every image holds row ids of 122 random bits, which stand in no entry.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// What the digest's hash begins with.
const PREFIX: &[u8] = b"senim/audit-post/v1\n";

/// The member of an image that holds the object's own columns.
const ROW: &str = "row";

/// An object as the tables have it: `row` its own columns, the other members the rows that hang on it. A column that is
/// null is left out, so that a migration may add one without making every older entry untrue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image(Map<String, Value>);

impl Image {
    /// Reads an image as the database writes it; none where it is no JSON object.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// Sets a column of the object's own row; nothing takes it out.
    pub fn set(&mut self, column: &str, value: Option<Value>) {
        let row = self.0.entry(ROW).or_insert_with(|| Value::Object(Map::new()));
        let Some(row) = row.as_object_mut() else { return };
        match value {
            Some(value) => row.insert(column.to_owned(), value),
            None => row.remove(column),
        };
    }

    /// Sets the rows of one kind that hang on the object; where there are none, the member is left out.
    pub fn hang(&mut self, name: &str, rows: Vec<Value>) {
        if !rows.is_empty() {
            self.0.insert(name.to_owned(), Value::Array(rows));
        }
    }

    /// The digest, blinded by the entry's own random bytes.
    ///
    /// # Errors
    /// Where the image has no canonical form, which numbers that are not whole would make.
    pub fn digest(&self, blinding: &[u8; 32]) -> Result<[u8; 32], serde_json::Error> {
        let image = serde_json_canonicalizer::to_vec(&self.0)?;
        Ok(Sha256::new().chain_update(PREFIX).chain_update(blinding).chain_update(image).finalize().into())
    }
}

/// Bytes as the database shows them in JSON.
#[must_use]
pub fn bytes(bytes: &[u8]) -> Value {
    Value::String(format!("\\x{}", data_encoding::HEXLOWER.encode(bytes)))
}

/// What stands in an image for bytes that are long: their digest.
#[must_use]
pub fn digest_of(bytes: &[u8]) -> Value {
    Value::String(data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(text: &str) -> Image {
        Image::parse(text).unwrap()
    }

    #[test]
    fn the_digest_is_pinned() {
        let expected = Sha256::new()
            .chain_update(b"senim/audit-post/v1\n")
            .chain_update([7; 32])
            .chain_update(br#"{"row":{"due_on":"2026-11-24","epoch":1}}"#)
            .finalize();
        let digest = image(r#"{"row": {"epoch": 1, "due_on": "2026-11-24"}}"#).digest(&[7; 32]).unwrap();
        assert_eq!(digest, <[u8; 32]>::from(expected));
    }

    #[test]
    fn another_salt_or_another_column_gives_another_digest() {
        let one = image(r#"{"row":{"status":"closed"}}"#);
        let mut two = one.clone();
        two.set("status", Some("triage".into()));
        assert_ne!(one.digest(&[0; 32]).unwrap(), one.digest(&[1; 32]).unwrap());
        assert_ne!(one.digest(&[0; 32]).unwrap(), two.digest(&[0; 32]).unwrap());
    }

    #[test]
    fn what_is_null_is_not_there() {
        let mut image = image(r#"{"row":{"status":"closed","due_on":"2026-11-24"}}"#);
        image.set("due_on", None);
        image.hang("grants", Vec::new());
        assert_eq!(image, Image::parse(r#"{"row":{"status":"closed"}}"#).unwrap());
    }

    #[test]
    fn bytes_stand_as_the_database_shows_them() {
        assert_eq!(bytes(&[0, 255]), "\\x00ff");
        assert_eq!(Image::parse("[]"), None);
    }
}
