//! Notes as others write them, and as nobody should.

use super::*;
use crate::crypto::note_key::NoteKey;
use crate::crypto::secret::Secret;

fn key(name: &str, seed: u8) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), Kind::Note, NoteKey::from_seed(&Secret::new([seed; 32])))
}

fn signed(text: &str) -> String {
    let mut note = Note::new(text.to_owned()).unwrap();
    note.sign(&key("a.example", 1)).unwrap();
    note.to_string()
}

/// The example of the specification, section "Verifier keys".
#[test]
fn the_example_of_the_specification_verifies() {
    let key =
        VerifierKey::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").unwrap();
    let text = concat!(
        "This is an example message.\n\n",
        "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    );
    let note = Note::parse(text.as_bytes()).unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.to_string(), text);
    assert_eq!(note.verify(&key), Ok(Some(Signed { at: None })));
    assert_eq!(note.verify_any(std::slice::from_ref(&key)), Ok(vec![&key]));
}

#[test]
fn lines_of_unknown_keys_say_nothing() {
    let (known, other) = (key("a.example", 1), key("b.example", 2));
    let mut note = Note::new("text\n".to_owned()).unwrap();
    note.sign(&other).unwrap();
    assert_eq!(note.verify_any(&[known.verifier().clone()]), Err(NoteError::Unsigned));
    note.sign(&known).unwrap();
    note.sign(&known).unwrap();
    assert_eq!(note.signatures().len(), 2);
    // A name or an id alone does not make a known key; nor does a kind of signature that nobody knows.
    let same_name = key("a.example", 3);
    let mut with_foreign = note.to_string();
    with_foreign.push_str(&NoteSignature::new(&same_name, vec![6; 2428]).to_string());
    with_foreign.push('\n');
    let read = Note::parse(with_foreign.as_bytes()).unwrap();
    assert_eq!(read.signatures().len(), 3);
    assert_eq!(read.verify_any(&[known.verifier().clone()]).unwrap().len(), 1);
    assert_eq!(read.verify_any(&[other.verifier().clone(), known.verifier().clone()]).unwrap().len(), 2);
}

#[test]
fn a_bad_line_of_a_known_key_condemns_the_note() {
    let (good, known) = (key("b.example", 2), key("a.example", 1));
    let mut note = Note::new("text\n".to_owned()).unwrap();
    note.sign(&good).unwrap();
    note.add(NoteSignature::new(&known, vec![0; 64])).unwrap();
    let keys = [good.verifier().clone(), known.verifier().clone()];
    assert_eq!(note.verify_any(&keys), Err(NoteError::BadSignature(known.name().clone())));
    assert!(note.verify_any(&keys[..1]).is_ok());
}

#[test]
fn the_text_may_have_empty_lines() {
    for text in ["\n", "\n\n\n", "a\n\nb\n", "a\n\n", "сенім\n"] {
        let note = Note::parse(signed(text).as_bytes()).unwrap();
        assert_eq!(note.text(), text);
        assert!(note.verify(key("a.example", 1).verifier()).unwrap().is_some());
    }
}

#[test]
fn what_is_no_note_is_refused() {
    let whole = signed("text\n");
    let line = whole.lines().last().unwrap();
    for (text, error) in [
        (String::new(), NoteError::NoSignatures),
        ("text\n".to_owned(), NoteError::NoSignatures),
        ("text\n\n".to_owned(), NoteError::NoSignatures),
        (format!("text\n{line}\n"), NoteError::NoSignatures),
        (format!("\n{line}\n"), NoteError::NoSignatures),
        (format!("text\n\n{line}"), NoteError::NoSignatures),
        (format!("text\n\n{line}\n\n"), NoteError::NoSignatures),
        (format!("text\r\n\n{line}\n"), NoteError::NotText),
        (format!("te\0xt\n\n{line}\n"), NoteError::NotText),
        (format!("text\n\n{line}\n{line} \n"), NoteError::BadLine(2)),
        (format!("text\n\n-{}\n", line.trim_start_matches('—')), NoteError::BadLine(1)),
        ("text\n\n— a.example AAAAAA==\n".to_owned(), NoteError::BadLine(1)),
        ("text\n\n— a+b AAAAAAA=\n".to_owned(), NoteError::BadLine(1)),
        ("text\n\n—  AAAAAAA=\n".to_owned(), NoteError::BadLine(1)),
        ("text\n\n— a.example\n".to_owned(), NoteError::BadLine(1)),
        (format!("text\n\n{}", format!("{line}\n").repeat(101)), NoteError::TooManySignatures),
        (format!("{}\n\n{line}\n", "x".repeat(MAX_BYTES)), NoteError::TooLong(MAX_BYTES + 3 + line.len())),
    ] {
        assert_eq!(Note::parse(text.as_bytes()), Err(error), "{text:.60?}");
    }
    assert_eq!(Note::parse(b"te\xffxt\n\n"), Err(NoteError::NotText));
    assert_eq!(Note::new("no line end".to_owned()), Err(NoteError::NoSignatures));
    assert_eq!(
        Note::parse(format!("text\n\n{}", format!("{line}\n").repeat(100)).as_bytes())
            .unwrap()
            .signatures()
            .len(),
        100
    );
}
