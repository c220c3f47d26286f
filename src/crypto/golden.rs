//! Fixed bytes for every format. They were made by another implementation (Python: hashlib, hmac and the OpenSSL behind
//! `cryptography`, with X-Wing and HPKE put together from the specifications), so they also show that we follow those.
//!
//! A change that breaks one of these breaks what is stored out there: add a version, never edit a vector.

use std::time::Duration;

use data_encoding::HEXLOWER;

use super::envelope::{self, ContentKey};
use super::epoch::{EpochKeys, EpochSeed};
use super::jwt::{Claims, JwtKey};
use super::kem::{self, KemSecret};
use super::password::{PasswordParams, PasswordPool, decoy_salt};
use super::place::Place;
use super::receipt::Receipt;
use super::secret::{Secret, SecretText};
use super::server_keys::ServerKeys;
use super::session::{SessionSecret, open_session};
use super::shares::{DeskTag, Share, combine};
use super::sign::{SigningKey, VerifyingKey};
use super::staff_keys::StaffSecrets;
use super::{csrf, row_mac, token};

/// N bytes counting up from `first`.
fn count<const N: usize>(first: u8) -> Secret<N> {
    let mut next = first;
    let mut bytes = [0; N];
    for byte in &mut bytes {
        *byte = next;
        next = next.wrapping_add(1);
    }
    Secret::new(bytes)
}

fn narrative() -> Place {
    Place::new("kz", "cases", &[1, 2], "narrative")
}

fn unhex(text: &str) -> Vec<u8> {
    HEXLOWER.decode(text.split_whitespace().collect::<String>().as_bytes()).unwrap()
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(bytes.as_ref())
}

#[test]
fn envelope_opens() {
    let sealed = unhex(include_str!("golden/envelope.hex"));
    let opened = envelope::open(&ContentKey::new(count(0)), &narrative(), &sealed).unwrap();
    assert_eq!(opened.expose(), "Сенім".as_bytes());
}

#[test]
fn kem_pair() {
    let public = KemSecret::from_seed(count(0)).public();
    assert_eq!(hex(public.fingerprint()), "8af2d27287daa707974fccff136f1130ec94a89eece42fafb9bda95bd88e6fb3");
    assert_eq!(public.to_bytes().len(), kem::PUBLIC_KEY);
}

#[test]
fn kem_seal_opens() {
    let sealed = unhex(include_str!("golden/kem-seal.hex"));
    assert_eq!(sealed.len(), 5 + kem::SEAL_OVERHEAD);
    let opened = kem::open_with(&KemSecret::from_seed(count(32)), &narrative(), &sealed).unwrap();
    assert_eq!(opened.expose(), b"a key");
}

#[test]
fn epoch_opens() {
    let reader = KemSecret::from_seed(count(32));
    let place = Place::new("kz", "key_wraps", &[7], "wrap");
    let seed =
        EpochSeed::unwrap_with(&reader, &place, &unhex(include_str!("golden/epoch-wrap.hex"))).unwrap();
    let content = "aad0d4210ad705a3eb61115e6b4b6801dcd1a3ac708041b6674a38b3b560e4de";
    assert_eq!(hex(seed.content_key().secret().expose()), content);
    let kem_seed = unhex("dbb5f94ade769b18908d7443f387de6c6b36d570fa556e6a1299742d94a93303");
    assert_eq!(seed.public(), KemSecret::from_seed(Secret::from_slice(&kem_seed).unwrap()).public());

    let keys = EpochKeys::from_seed(&seed);
    for sealed in [include_str!("golden/epoch-held.hex"), include_str!("golden/epoch-one-off.hex")] {
        assert_eq!(keys.open(&narrative(), &unhex(sealed)).unwrap().expose(), "Жауап".as_bytes());
    }
}

#[test]
fn receipt() {
    let receipt = Receipt::from_entropy(count(1));
    assert_eq!(receipt.reveal(), "04106-1050R-3GG28-A1C60-T3GFZ");
    assert_eq!(hex(receipt.lookup("kz")), "fb39c7143c72716bef151d43f921e9ddb0070bb585681c6b8d59d7be3519faa6");
    let seed = "c0f635249bb4e27531d74f254a52475e788c05cbb159eda4054ebc61fe3bf70b";
    assert_eq!(hex(receipt.key_pair("kz").0.seed().expose()), seed);
}

#[test]
fn server_keys() {
    let keys = ServerKeys::derive(&count(0));
    assert_eq!(hex(keys.jwt.expose()), "781e21835193ae28b3f481674b6bfe0d7e2bbcdfd1db0cd722fb5c078846f13c");
    assert_eq!(
        hex(keys.session.expose()),
        "fcef7e5c1d6ab56b9e958ac8f80cad108b29f63074ed422314816ffeddf9cbe2"
    );
    assert_eq!(hex(keys.form.expose()), "afcbe0380ac66ed4706a603470f068224afa039ffd9f3ad654f557fbed8bae8a");
    assert_eq!(hex(keys.inbox.expose()), "05b18146b730b8e87d4452fc324899dafd21ea13790621710949ac9034f747c7");
    assert_eq!(hex(keys.csrf.expose()), "bfa6e4fade3219503161cefe384c1dcdedbb2f944be57bd44abc3976b9e057e7");
    assert_eq!(
        hex(keys.devices.expose()),
        "256bb1a58239204ae112442b9c0caf98c3b48ed26b6dff3e471f6368b92f80cd"
    );
    assert_eq!(hex(keys.rows.expose()), "59d0641391e5fca0b0c74ec5869a51970d2cbd3a5b1d0be4c4e3c4ca3ac9575f");
}

#[test]
fn a_row_mac() {
    let mac = row_mac::seal(&count(0), &narrative(), &[b"a", b"", b"bc"]);
    assert_eq!(hex(mac), "545c8fea7ac4b31ec529f48895140db1df000b1338d76b6db6524f7508f6bf5d");
}

#[test]
fn staff_secrets_open() {
    let sealed = unhex(include_str!("golden/staff-secrets.hex"));
    let staff = StaffSecrets::open(&ContentKey::new(count(0)), &narrative(), &sealed).unwrap();
    assert_eq!(staff.kem.seed(), &count(0));
    assert_eq!(staff.sign.seed(), count(32));
    let own = "e2562dd2ee4bd5dea9f1150d6eb1d24abc50ee07d696c7b6b4e499ba418c6f97";
    assert_eq!(hex(staff.own_key().secret().expose()), own);
}

#[test]
fn session_opens() {
    let secret = SessionSecret::parse("ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8").unwrap();
    let sealed = unhex(include_str!("golden/session.hex"));
    let opened = open_session(&count(0), &secret, &narrative(), &sealed).unwrap();
    assert_eq!(opened.expose(), b"session bytes");
}

#[test]
fn token_opens() {
    let sealed = "AUBBQkNERUZHSElKS0xNTk9QUVJTVFVWV4uI-KJj5EGrT3cKy2fabV3wDbOz-SYJpOBbsBU";
    let open = |purpose, now| token::open(&count(0), purpose, now, sealed);
    assert_eq!(open("inbox", 1_799_999_999).unwrap().expose(), b"case");
    assert_eq!(open("inbox", 1_800_000_000).unwrap_err(), token::TokenError::Expired);
    assert_eq!(open("form", 0).unwrap_err(), token::TokenError::Invalid);
}

#[test]
fn csrf_token() {
    let session = uuid::Uuid::from_bytes(*count(16).expose());
    let token = csrf::token(&count(0), &session);
    assert_eq!(token, "E2dAkfOt-3vq5v04sjoQZGcmlH3kHiiUhTPXGdzevjw");
    assert!(csrf::check(&count(0), &session, &token));
}

#[test]
fn jwt() {
    let text = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzaWQiOiIxMDExMTIxMy0xNDE1LTE2MTctMTgxOS0xYTFiMWMxZDFlMWYiLCJzZWMiOiJJQ0VpSXlRbEppY29LU29yTEMwdUx6QXhNak0wTlRZM09EazZPenc5UGo4IiwiZXhwIjoxODAwMDAwMDAwfQ.-oa-VcD0cnZMBoiKbXty9IRfjkaemAD46mxQd96tk8I";
    let key = JwtKey::new(&count(0));
    let claims = key.verify(text, 1_799_999_999).unwrap();
    let want = Claims {
        sid: uuid::Uuid::from_bytes(*count(16).expose()),
        sec: SessionSecret::parse(count::<32>(32).to_base64url().expose()).unwrap(),
        exp: 1_800_000_000,
    };
    assert_eq!(claims, want);
    assert_eq!(key.sign(&want).unwrap().expose(), text);
}

#[test]
fn signature() {
    let key = SigningKey::from_seed(&count(0));
    let public = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
    assert_eq!(hex(key.verifying().to_bytes()), public);
    let signature = key.sign("attestation", b"no conflict");
    let want = "19330e1e93db6395e03441b147d2ae38d29aaef320aa91a17f6259ce9255c125\
                c64015b9824f4ae75faf8eeba5a886f28e9b0d7509bedeca55bf41616aa37e06";
    assert_eq!(hex(signature), want);
    VerifyingKey::parse(&unhex(public)).unwrap().verify("attestation", b"no conflict", &signature).unwrap();
}

#[tokio::test]
async fn password() {
    let params = PasswordParams { memory_kib: 64, passes: 2, lanes: 1 };
    let pool = PasswordPool::new(params, 1, 0, Duration::ZERO, count(0)).unwrap();
    let password = SecretText::from("құпия сөз".to_owned());
    let keys = pool.derive(password, *count(0).expose()).await.unwrap();
    assert_eq!(hex(keys.verifier), "d36a3c106903cdf3614111e7cfc3d68b7e5f8218ae69b75e9a5ac3a6cf559691");
    let sealing = "1a0ebb4ce0ee545f28ee5b00392387fabda681bc0f68e07ede94ebaf115f4cd4";
    assert_eq!(hex(keys.sealing.secret().expose()), sealing);
    assert_eq!(hex(decoy_salt(&count(0), "aigerim")), "db27c01117b9944d87eae548df5365a1");
}

#[test]
fn shares() {
    let sheets = include_str!("golden/shares.txt").trim().split("\n\n");
    let shares: Vec<Share> = sheets.clone().map(|text| Share::parse(text).unwrap()).collect();
    for (share, text) in shares.iter().zip(sheets) {
        assert_eq!(share.text().expose(), text);
        assert_eq!(
            (share.desk(), share.threshold(), share.total()),
            (&DeskTag::parse("astana-1").unwrap(), 3, 5)
        );
    }
    for three in [[0, 1, 2], [4, 2, 0], [1, 3, 4]] {
        assert_eq!(combine(&three.map(|index| shares[index].clone())).unwrap(), count(0));
    }
    assert_eq!(combine(&shares).unwrap(), count(0));
}
