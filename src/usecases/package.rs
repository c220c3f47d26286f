//! What is sent to another body: a manifest that names every file by its hash, the files, and two signatures under the
//! manifest (control EU-11.6-1). It stands sealed in the case and is never in clear in the database.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{
    error::Error,
    piece::{Piece, PieceBody},
};
use crate::{
    crypto::sign::{SigningKey, VerifyingKey, signed_bytes},
    domain::{
        case::{facts::IdentityRemoved, item::ItemKind, reason::ReasonCode, referral::Target},
        field_error::FieldError,
        ids::{ItemId, ProposalId, ReferralId},
    },
};

/// What the signatures under a manifest are bound to.
pub const DOMAIN: &str = "senim/referral/v1";
/// The manifest's name in the archive.
pub const MANIFEST: &str = "manifest.json";

const FORMAT: u8 = 1;

/// To whom a package goes, on what ground, and what is in it. Canonical JSON (RFC 8785).
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Manifest {
    /// Format, 1.
    pub v: u8,
    /// The instance that sends it.
    pub instance: String,
    /// The referral's id.
    pub referral: ReferralId,
    /// The proposal that it was made for.
    pub proposal: ProposalId,
    /// What the case is called here.
    pub case: String,
    /// The code of the body outside, or of the body of the registry, that it goes to.
    pub recipient: String,
    /// The ground: code of the reason for the referral.
    pub basis: String,
    /// The profile under which the case runs, with its version: by which rules it is sent.
    pub profile: String,
    /// On what footing it is free of the reporter's identity.
    pub identity: String,
    /// `whole`, or `part` where the case goes on here as well.
    pub extent: String,
    /// The day on which it was made.
    pub made_on: Date,
    /// Hexadecimal public key of who made it; the archive holds it in the form that other programs read.
    pub signer: String,
    /// The files.
    pub files: Vec<Listed>,
}

/// A file of a package.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Listed {
    /// Its name in the archive.
    pub name: String,
    /// `statement`, or which kind of piece of the case it is.
    pub kind: String,
    /// Its day in the case.
    pub on: Date,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

/// A package as its maker leaves it: the second signature comes with the approval.
#[derive(Debug, Serialize, Deserialize)]
pub struct Package {
    v: u8,
    manifest: String,
    files: Vec<(String, String)>,
    signature: String,
}

/// What a package is made of besides the files.
pub(super) struct Cover<'c> {
    pub instance: &'c str,
    pub referral: ReferralId,
    pub proposal: ProposalId,
    pub case: &'c str,
    pub recipient: &'c str,
    pub basis: ReasonCode,
    pub profile: String,
    pub identity: IdentityRemoved,
    pub whole: bool,
    pub made_on: Date,
}

impl Package {
    /// Makes a package of a statement and pieces of the case, and signs it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for `enclosed`, where it names what is no text of the case.
    pub(super) fn make(
        cover: &Cover<'_>,
        statement: &str,
        (enclosed, pieces): (&[ItemId], &[Piece]),
        key: &SigningKey,
    ) -> Result<Self, Error> {
        let mut files = vec![("statement.txt".to_owned(), statement.to_owned())];
        let mut listed = vec![list("statement.txt", "statement", cover.made_on, statement)];
        for (place, id) in enclosed.iter().enumerate() {
            let unknown = || Error::Invalid(vec![FieldError::new("enclosed", FieldError::UNKNOWN)]);
            let piece = pieces.iter().find(|piece| piece.id == *id).ok_or_else(unknown)?;
            let (kind, text) = enclosure(&piece.body).ok_or_else(unknown)?;
            let name = format!("enclosed/{:02}-{kind}.txt", place + 1);
            listed.push(list(&name, kind, piece.on, &text));
            files.push((name, text));
        }
        let manifest = Manifest {
            v: FORMAT,
            instance: cover.instance.to_owned(),
            referral: cover.referral,
            proposal: cover.proposal,
            case: cover.case.to_owned(),
            recipient: cover.recipient.to_owned(),
            basis: cover.basis.code().to_owned(),
            profile: cover.profile.clone(),
            identity: cover.identity.code().to_owned(),
            extent: if cover.whole { "whole" } else { "part" }.to_owned(),
            made_on: cover.made_on,
            signer: data_encoding::HEXLOWER.encode(&key.verifying().to_bytes()),
            files: listed,
        };
        let manifest = serde_json_canonicalizer::to_string(&manifest)
            .map_err(|_cause| Error::Sealed("a manifest has no canonical form"))?;
        let signature = data_encoding::HEXLOWER.encode(&key.sign(DOMAIN, manifest.as_bytes()));
        Ok(Self { v: FORMAT, manifest, files, signature })
    }

    /// The content bytes to be sealed.
    #[must_use]
    pub fn to_sealed_json(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads back a package whose files are those of its manifest, and whose maker signed it.
    ///
    /// # Errors
    /// [`Error::Sealed`] for anything else.
    pub(super) fn from_sealed_json(bytes: &[u8]) -> Result<Self, Error> {
        let package: Self =
            serde_json::from_slice(bytes).map_err(|_cause| Error::Sealed("a package of no known format"))?;
        let manifest = package.manifest()?;
        let as_listed = manifest.files.len() == package.files.len()
            && manifest.files.iter().zip(&package.files).all(|(listed, (name, text))| {
                listed.name == *name && listed.sha256 == sha256(text.as_bytes())
            });
        let signed = key_of(&manifest.signer).is_some_and(|key| package.is_by(&[key]));
        if package.v == FORMAT && as_listed && signed {
            Ok(package)
        } else {
            Err(Error::Sealed("a package is not as it was signed"))
        }
    }

    /// What the package says of itself.
    ///
    /// # Errors
    /// [`Error::Sealed`] where it cannot be read.
    pub fn manifest(&self) -> Result<Manifest, Error> {
        serde_json::from_str(&self.manifest).map_err(|_cause| Error::Sealed("a manifest cannot be read"))
    }

    /// The files with their names.
    #[must_use]
    pub fn files(&self) -> &[(String, String)] {
        &self.files
    }

    /// SHA-256 of the manifest, which stands in the record.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.manifest.as_bytes()).into()
    }

    /// Whether its maker's key is one of these.
    #[must_use]
    pub(super) fn is_by(&self, keys: &[VerifyingKey]) -> bool {
        signature_of(&self.signature).is_some_and(|signature| {
            keys.iter().any(|key| key.verify(DOMAIN, self.manifest.as_bytes(), &signature).is_ok())
        })
    }

    /// The second signature.
    #[must_use]
    pub(super) fn approve(&self, key: &SigningKey) -> [u8; 64] {
        key.sign(DOMAIN, self.manifest.as_bytes())
    }

    /// The archive that is handed over: a tar file whose signatures other programs check (`README.md` says how).
    ///
    /// # Errors
    /// [`Error::Sealed`] where a key or a signature is none, or the approver's is under something else.
    pub(super) fn archive(&self, approver: (&[u8], &[u8])) -> Result<Vec<u8>, Error> {
        let bad = || Error::Sealed("a signature of a package");
        let maker = key_of(&self.manifest()?.signer).ok_or_else(bad)?;
        let other = VerifyingKey::parse(approver.0).map_err(|_cause| bad())?;
        let signature = signature_of(&self.signature).ok_or_else(bad)?;
        let second = approver.1.try_into().map_err(|_cause| bad())?;
        other.verify(DOMAIN, self.manifest.as_bytes(), second).map_err(|_cause| bad())?;
        let message = signed_bytes(DOMAIN, self.manifest.as_bytes());
        let mut archive = tar::Builder::new(Vec::new());
        let mut files: Vec<(&str, &[u8])> = vec![(MANIFEST, self.manifest.as_bytes())];
        files.extend(self.files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())));
        let (maker, other) = (pem(&maker), pem(&other));
        files.extend([
            ("signatures/signed", message.as_slice()),
            ("signatures/1.pem", maker.as_bytes()),
            ("signatures/1.sig", signature.as_slice()),
            ("signatures/2.pem", other.as_bytes()),
            ("signatures/2.sig", approver.1),
        ]);
        for (name, bytes) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            header.set_mode(0o600);
            header.set_mtime(0);
            archive
                .append_data(&mut header, name, bytes)
                .map_err(|_cause| Error::Sealed("a file of a package"))?;
        }
        archive.into_inner().map_err(|_cause| Error::Sealed("a file of a package"))
    }
}

/// The recipient's name in a manifest: the route's code, or the code of the body in the registry.
pub(super) fn recipient(target: Target, body: Option<&str>) -> String {
    match target {
        Target::Outside(route) => route.code().to_owned(),
        Target::Body(_) => body.unwrap_or_default().to_owned(),
    }
}

/// A piece of a case as a file, with its kind; none of what only colleagues write for each other about the case.
fn enclosure(body: &PieceBody) -> Option<(&'static str, String)> {
    match body {
        // The account alone: what the person answered about themselves stays here.
        PieceBody::Report(report) => Some((ItemKind::Report.code(), report.narrative.expose().to_owned())),
        PieceBody::Words(kind, text) if *kind != ItemKind::Note => Some((kind.code(), text.clone())),
        PieceBody::Words(..)
        | PieceBody::Step(_)
        | PieceBody::Subject(_)
        | PieceBody::Template(_)
        | PieceBody::Remedy(_)
        | PieceBody::Package(_) => None,
    }
}

fn list(name: &str, kind: &str, on: Date, text: &str) -> Listed {
    Listed {
        name: name.to_owned(),
        kind: kind.to_owned(),
        on,
        bytes: u64::try_from(text.len()).unwrap_or(u64::MAX),
        sha256: sha256(text.as_bytes()),
    }
}

fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

fn key_of(hex: &str) -> Option<VerifyingKey> {
    VerifyingKey::parse(&data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?).ok()
}

fn signature_of(hex: &str) -> Option<[u8; 64]> {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
}

/// A public key as RFC 8410 section 4 and RFC 7468 section 13 write it.
fn pem(key: &VerifyingKey) -> String {
    const ED25519: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let der = [ED25519, &key.to_bytes()].concat();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", data_encoding::BASE64.encode(&der))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::crypto::secret::Secret;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(&Secret::new([seed; 32]))
    }

    fn package() -> Package {
        let cover = Cover {
            instance: "i",
            referral: ReferralId(Uuid::from_u128(7)),
            proposal: ProposalId(Uuid::from_u128(4)),
            case: "SN-4K7Q-9WXM",
            recipient: "prosecutor",
            basis: ReasonCode::NotCompetent,
            profile: "kz/1".to_owned(),
            identity: IdentityRemoved::Removed,
            whole: true,
            made_on: date(2026, 11, 25),
        };
        Package::make(&cover, "What it is about.", (&[], &[]), &key(1)).unwrap()
    }

    fn read(package: &Package) -> Result<Package, Error> {
        Package::from_sealed_json(&package.to_sealed_json())
    }

    /// What is changed of a package, and how.
    type Change<'c> = (&'static str, &'c dyn Fn(&mut Package));

    #[test]
    fn eu_11_6_1_a_package_with_anything_changed_is_refused() {
        assert!(read(&package()).is_ok());
        let another_signature =
            data_encoding::HEXLOWER.encode(&key(2).sign(DOMAIN, package().manifest.as_bytes()));
        let changes: [Change<'_>; 6] = [
            ("a text", &|it| it.files[0].1.push('!')),
            ("a name", &|it| it.files[0].0 = "other.txt".to_owned()),
            ("a file more", &|it| it.files.push(("more.txt".to_owned(), String::new()))),
            ("a file less", &|it| it.files.clear()),
            ("the manifest", &|it| it.manifest = it.manifest.replace("prosecutor", "court")),
            ("the signer", &|it| it.signature.clone_from(&another_signature)),
        ];
        for (what, change) in changes {
            let mut changed = package();
            change(&mut changed);
            assert!(matches!(read(&changed), Err(Error::Sealed(_))), "{what}");
        }
    }

    #[test]
    fn eu_11_6_1_a_package_is_its_makers_and_goes_with_a_fitting_second_signature() {
        let package = package();
        assert!(package.is_by(&[key(1).verifying()]) && !package.is_by(&[key(2).verifying()]));
        let second = package.approve(&key(2));
        assert!(package.archive((&key(2).verifying().to_bytes(), &second)).is_ok());
        let strangers = package.archive((&key(3).verifying().to_bytes(), &second));
        assert!(matches!(strangers, Err(Error::Sealed(_))));
        let other = key(2).sign("approval", package.manifest.as_bytes());
        assert!(package.archive((&key(2).verifying().to_bytes(), &other)).is_err(), "of another domain");
    }
}
