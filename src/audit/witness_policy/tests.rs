//! Policies that hold, that do not, and that are none.

use super::*;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::cosignature::cosign;
use crate::audit::note::NoteSignature;
use crate::audit::note_key::{KeyName, SignerKey};
use crate::audit::tree::TreeHead;
use crate::crypto::note_key::NoteKey;
use crate::crypto::secret::Secret;

fn key(name: &str, kind: Kind, seed: u8) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), kind, NoteKey::from_seed(&Secret::new([seed; 32])))
}

fn log() -> SignerKey {
    key("log.example", Kind::Note, 1)
}

fn witness(seed: u8) -> SignerKey {
    key(&format!("w{seed}.example"), Kind::Cosignature, seed)
}

/// The example of the specification: two of three, one of three, and both.
fn two_levels() -> String {
    let mut text = format!("# a comment \u{2014} \n\n \t\nlog {} https://log.example\n", log().verifier());
    for (name, seed) in [("X1", 11), ("X2", 12), ("X3", 13), ("Y1", 21), ("Y2", 22), ("Y3", 23)] {
        text.push_str(&format!("  witness\t{name}  {}\n", witness(seed).verifier()));
    }
    text.push_str("group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\n");
    text.push_str("group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n");
    text
}

fn cosigned_by(seeds: &[u8]) -> SignedCheckpoint {
    let mut checkpoint = Checkpoint::new("log.example", TreeHead::empty()).unwrap().sign(&log()).unwrap();
    for seed in seeds {
        let line = cosign(&checkpoint, &witness(*seed), 1000 + u64::from(*seed)).unwrap();
        checkpoint.add(line).unwrap();
    }
    checkpoint
}

#[test]
fn a_quorum_holds_or_not() {
    let policy = Policy::parse(two_levels().as_bytes()).unwrap();
    assert!(policy.needs_witnesses());
    assert_eq!(policy.logs()[0].url.as_deref(), Some("https://log.example"));
    for (seeds, holds) in [
        (&[][..], false),
        (&[11, 12], false),
        (&[11, 21], false),
        (&[21, 22, 23], false),
        (&[11, 12, 13], false),
        (&[11, 13, 22], true),
        (&[11, 12, 13, 21, 22, 23], true),
        (&[11, 99, 21], false),
    ] {
        let verdict = policy.check(&cosigned_by(seeds));
        assert_eq!((verdict.quorum, verdict.accepted()), (holds, holds), "{seeds:?}");
        assert!(verdict.log_signed() && !verdict.forged());
    }
    let verdict = policy.check(&cosigned_by(&[12]));
    assert_eq!(verdict.witnesses[1], Finding::Signed { at: Some(1012) });
    assert_eq!(verdict.witnesses[0], Finding::Absent);
    assert_eq!(verdict.logs, [(0, Finding::Signed { at: None })]);
}

#[test]
fn a_false_line_condemns_the_checkpoint() {
    let policy = Policy::parse(two_levels().as_bytes()).unwrap();
    let mut checkpoint = cosigned_by(&[11, 12, 21]);
    checkpoint.add(NoteSignature::new(&witness(23), vec![0; 72])).unwrap();
    let verdict = policy.check(&checkpoint);
    assert_eq!(verdict.witnesses[5], Finding::Forged);
    assert!(verdict.quorum && verdict.forged() && !verdict.accepted());
}

#[test]
fn another_log_is_not_believed() {
    let policy = Policy::parse(format!("log {}\nquorum none", log().verifier()).as_bytes()).unwrap();
    assert!(!policy.needs_witnesses() && policy.check(&cosigned_by(&[])).accepted());
    let (stranger, origin) = (key("log.example", Kind::Note, 2), "log.example");
    let signed = |origin: &str, key: &SignerKey| {
        Checkpoint::new(origin, TreeHead::empty()).unwrap().sign(key).unwrap()
    };
    assert!(!policy.check(&signed(origin, &stranger)).accepted());
    // The right key under another origin: that log is none of ours.
    let verdict = policy.check(&signed("other.example", &log()));
    assert!(verdict.logs.is_empty() && !verdict.accepted());
    let no_logs = Policy::parse(b"quorum none\n").unwrap().check(&cosigned_by(&[]));
    assert!(no_logs.quorum && !no_logs.accepted());
}

#[test]
fn a_quorum_may_be_one_witness() {
    let text = format!("log {}\nwitness only {}\nquorum only\n", log().verifier(), witness(5).verifier());
    let policy = Policy::parse(text.as_bytes()).unwrap();
    assert_eq!(policy.witnesses()[0].name, "only");
    assert!(policy.check(&cosigned_by(&[5])).accepted());
    assert!(!policy.check(&cosigned_by(&[6])).accepted());
}

fn problem(text: &str) -> (usize, PolicyProblem) {
    let error = Policy::parse(text.as_bytes()).unwrap_err();
    assert!(error.to_string().starts_with(&format!("line {} of the policy: ", error.line)));
    (error.line, error.problem)
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    use PolicyProblem::*;
    let (log, note) = (log().verifier().to_string(), key("w.example", Kind::Note, 9).verifier().to_string());
    let (a, b) = (witness(5).verifier().to_string(), witness(6).verifier().to_string());
    let same = key("renamed.example", Kind::Cosignature, 5).verifier().to_string();
    let two = format!("witness a {a}\nwitness b {b}\n");
    for (text, line, expected) in [
        (String::new(), 2, Quorum),
        (format!("log {log}\n"), 2, Quorum),
        ("quorum none\nquorum none\n".to_owned(), 2, Quorum),
        ("quorum none\r\n".to_owned(), 1, Control(b'\r')),
        ("# \u{7f}\nquorum none\n".to_owned(), 1, Control(0x7f)),
        ("\nlogs x\n".to_owned(), 2, Keyword("logs".to_owned())),
        ("log\n".to_owned(), 1, Form("log <vkey> [<url>]")),
        (format!("log {log} url more\n"), 1, Form("log <vkey> [<url>]")),
        ("log x\n".to_owned(), 1, Key(BadNoteKey::Form)),
        (format!("log {log}\nlog {log}\n"), 2, SameKey),
        ("witness a\n".to_owned(), 1, Form("witness <name> <vkey> [<url>]")),
        (format!("witness a {note}\n"), 1, KeyKind),
        (format!("witness a {a}\nwitness b {same}\n"), 2, SameKey),
        (format!("witness a {a}\nwitness a {b}\n"), 2, NameTaken("a".to_owned())),
        (format!("witness none {a}\n"), 1, NameTaken("none".to_owned())),
        (format!("{two}group a any b\n"), 3, NameTaken("a".to_owned())),
        (format!("{two}group g any\n"), 3, Form("group <name> <number|any|all> <name>...")),
        (format!("{two}group g any c\n"), 3, Unknown("c".to_owned())),
        (format!("{two}group g any g\n"), 3, Unknown("g".to_owned())),
        (format!("{two}group g any none\n"), 3, Unknown("none".to_owned())),
        (format!("{two}group g any a a\n"), 3, MemberTwice("a".to_owned())),
        (format!("{two}group g any a\ngroup h all a b\n"), 4, MemberTwice("a".to_owned())),
        (format!("{two}group g 3 a b\n"), 3, Threshold("3".to_owned())),
        (format!("{two}group g 0 a b\n"), 3, Threshold("0".to_owned())),
        (format!("{two}group g 01 a b\n"), 3, Threshold("01".to_owned())),
        (format!("{two}group g +1 a b\n"), 3, Threshold("+1".to_owned())),
        ("quorum a\n".to_owned(), 1, Unknown("a".to_owned())),
        ("quorum\n".to_owned(), 1, Form("quorum <name|none>")),
    ] {
        assert_eq!(problem(&text), (line, expected), "{text}");
    }
    let not_text = Policy::parse(b"quorum \xff\n").unwrap_err();
    assert_eq!(not_text.problem, NotText);
    assert!(Policy::parse(b"# caf\xe9\nquorum none\n").is_ok());
    assert_eq!(Policy::parse(&vec![b'\n'; MAX_BYTES + 1]).unwrap_err().problem, TooLarge);
}
