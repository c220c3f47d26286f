//! Keys, seals and tokens: bytes in, bytes out. Formats carry a version byte; every seal is bound to its place.
//!
//! # Files
//!
//! | what | files |
//! | --- | --- |
//! | ground | [`random`] where randomness comes from · [`secret`] bytes that wipe themselves and cannot be printed · `label` the one list of purposes · `kdf` HKDF-SHA-256 · `aead` XChaCha20-Poly1305 · `crockford` symbols people type |
//! | content | [`place`] where a ciphertext belongs · [`padding`] size classes · [`envelope`] sealing under a key · [`kem`] sealing to a public key · [`epoch`] the keys of a case |
//! | people | [`receipt`] of a reporter · [`password`], [`totp`], [`staff_keys`] and [`recovery_code`] of the staff · [`sign`] their signatures · [`shares`] of a desk's recovery key |
//! | log | [`note_key`] keys of the log, its witnesses and nothing else |
//! | server | [`server_keys`] · [`session`] · [`token`] · [`jwt`] · [`csrf`] · [`row_mac`] · [`exclusions`] who is kept out of a case |
//!
//! # Key hierarchy (an arrow reads "gives" or "opens")
//!
//! ```text
//! password ── Argon2id (pepper, salt) ──► HKDF ┬─► verifier (stored hashed)
//!                                              └─► sealing key ──► staff secrets: KEM seed, signing seed
//!                                                                  └─ HKDF ──► own key ──► TOTP seed
//! recovery code (120 bits) ── HKDF (instance) ──► look-up id (stored hashed), key ──► staff secrets, sealed once more
//! receipt (120 bits) ── HKDF (instance) ──► look-up id (stored hashed), KEM seed of the reporter
//! recovery key of a desk (t of n sheets) ──► KEM seed of the desk
//!
//! KEM seed of a staff member, a reporter or a desk ──► wrap of an epoch seed
//! epoch seed ── HKDF ──► content key                      (holders write and read)
//!                   └──► KEM pair, public half in the case (anyone writes, holders read)
//!
//! server secret ── HKDF ──► jwt, session, form, inbox, csrf, rows, exclusions: none of them opens content
//! session secret (only in the client's token) + session key ──► staff secrets while signed in
//! ```
//!
//! Every use of HKDF, AEAD, HPKE and Ed25519 is separated by a label `senim/<purpose>/v1` of `label.rs`; the formats of
//! the public log bring their own separation and have keys of their own (`note_key`). To change a
//! format: add a suite or version byte, never reuse one, and pin it with a golden vector beside the old.

mod aead;
mod crockford;
mod kdf;
mod label;

pub mod csrf;
pub mod envelope;
pub mod epoch;
pub mod exclusions;
pub mod jwt;
pub mod kem;
pub mod note_key;
pub mod padding;
pub mod password;
pub mod place;
pub mod random;
pub mod receipt;
pub mod recovery_code;
pub mod row_mac;
pub mod secret;
pub mod server_keys;
pub mod session;
pub mod shares;
pub mod sign;
pub mod staff_keys;
pub mod token;
pub mod totp;

#[cfg(test)]
mod golden;
