//! What asks witnesses, against servers that are none.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use senim::audit::cosignature::cosign;
use senim::audit::note_key::{KeyName, Kind, SignerKey};
use senim::crypto::note_key::NoteKey;
use senim::crypto::secret::Secret;
use senim::witness::client::{WitnessAddress, WitnessError, add_checkpoint};

use super::processes::Tree;
use super::{log, signed};

fn court(seed: u8) -> SignerKey {
    let secret = NoteKey::from_seed(&Secret::new([seed; 32]));
    SignerKey::new(KeyName::parse("court").unwrap(), Kind::Cosignature, secret)
}

/// What the client makes of a server that answers so.
fn answered(answer: Vec<u8>) -> WitnessError {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).unwrap();
        // The client hangs up on what is too long.
        let _ = stream.write_all(&answer);
    });
    let key = court(9);
    let address = WitnessAddress { url, key: key.verifier().clone() };
    let refused = add_checkpoint(&address, 0, &[], &signed(&Tree::new("a", 8))).unwrap_err();
    server.join().unwrap();
    refused
}

#[test]
fn the_client_believes_nothing_that_does_not_verify() {
    let http = |status: &str, kind: &str, body: &str| {
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
        answered(format!("{head}{body}").into_bytes())
    };
    let (size, text) = ("text/x.tlog.size", "text/plain");
    assert!(matches!(http("409 Conflict", size, "12\n"), WitnessError::Conflict { seen: 12 }));
    assert!(matches!(http("409 Conflict", size, "twelve\n"), WitnessError::Nonsense(_)));
    assert!(matches!(http("409 Conflict", text, "12\n"), WitnessError::Rejected { status: 409, .. }));
    assert!(matches!(http("302 Found", text, ""), WitnessError::Rejected { status: 302, .. }));
    assert!(
        matches!(http("500 Oh", text, "a\u{7}b\n"), WitnessError::Rejected { words, .. } if words == "a b")
    );
    for body in ["", "x\n", "— court AAAAAAA=\n", "— court AAAAAAA="] {
        assert!(matches!(http("200 OK", text, body), WitnessError::Forged(_)), "{body}");
    }
    let line = cosign(&signed(&Tree::new("a", 8)), &court(8), 1).unwrap();
    assert!(matches!(http("200 OK", text, &format!("{line}\n")), WitnessError::Forged(_)));
    assert!(matches!(answered(b"no http".to_vec()), WitnessError::Unreachable { .. }));
    assert!(matches!(answered(Vec::new()), WitnessError::Unreachable { .. }));
    let endless = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 1 << 20]].concat();
    assert!(matches!(answered(endless), WitnessError::Unreachable { .. }));
}

#[test]
fn over_https_only_a_known_certificate_is_talked_to() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        hello
    });
    let address = WitnessAddress { url, key: log().verifier().clone() };
    let refused = add_checkpoint(&address, 0, &[], &signed(&Tree::new("a", 8)));
    assert!(matches!(refused, Err(WitnessError::Unreachable { .. })), "{refused:?}");
    assert_eq!(server.join().unwrap()[..2], [0x16, 0x03], "a TLS handshake, nothing in the clear");
}
