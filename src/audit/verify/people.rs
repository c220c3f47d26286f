//! Whether acts of staff carry the signature of whom they name, by the signed directory.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    reading::Reading,
    report::{Outcome, Report},
    source::Source,
};
use crate::{
    audit::{
        directory::{Breach, Directory, DirectoryEntry},
        entry::SIGNATURE_DOMAIN,
    },
    crypto::sign::VerifyingKey,
    domain::ids::StaffId,
};

/// A line of `directory.jsonl`: an entry of the directory in the order in which it took effect, bytes in hexadecimal.
#[derive(Debug, Clone, Deserialize, serde::Serialize)]
pub struct DirectoryLine {
    /// Whom it is about.
    pub staff: StaffId,
    /// The how-manieth entry about them.
    pub serial: i32,
    /// The signed bytes.
    pub body: String,
    /// The first administrator's signature.
    pub first: String,
    /// The second one's; none where an entry takes somebody out.
    pub second: Option<String>,
}

/// The digest of an entry of the directory, and whom it is about.
pub(super) type Line = ([u8; 32], StaffId);

/// Whose keys are known, and which alias turned out to be whose.
pub(super) struct People {
    /// Whether the founding keys, on which all others hang, are not those of whoever checks.
    unfounded: bool,
    directory: Option<Directory>,
    lines: Vec<Line>,
    aliases: HashMap<String, StaffId>,
    checked: u64,
    faults: u64,
}

impl People {
    /// Reads the directory of the bundle, for the instance and the founding keys given or the bundle's own.
    pub(super) fn read(source: &dyn Source, genesis: Option<&[VerifyingKey]>, report: &mut Report) -> Self {
        let read = read_directory(source, genesis, report);
        let (directory, lines) =
            read.map_or((None, Vec::new()), |(directory, lines)| (Some(directory), lines));
        if let Some(directory) = &directory {
            for (staff, serial) in &directory.faults {
                report.add(
                    "directory",
                    Outcome::Finding,
                    format_args!(
                        "Entry {serial} of the directory about {staff} is not signed by two administrators."
                    ),
                );
            }
        }
        let breach = directory.as_ref().and_then(|directory| directory.breach);
        if let Some(Breach::Gap { staff, serial }) = breach {
            report.add(
                "directory",
                Outcome::Finding,
                format_args!(
                    "Entry {serial} of the directory about {staff} does not follow the one before it: between them one is missing, or was moved."
                ),
            );
        }
        let unfounded = genesis.is_none();
        Self { unfounded, directory, lines, aliases: HashMap::new(), checked: 0, faults: 0 }
    }

    /// The directory's entries, digest and person, as the bundle holds them; none where it holds no directory.
    pub(super) fn directory_lines(&self) -> Option<&[Line]> {
        self.directory.is_some().then_some(&self.lines)
    }

    /// Whose signatures an alias turned out to make.
    pub(super) fn signer(&self, alias: &str) -> Option<StaffId> {
        self.aliases.get(alias).copied()
    }

    /// Checks the signature of an entry.
    pub(super) fn push(&mut self, index: u64, entry: &Reading, body: &[u8], report: &mut Report) {
        let Some(alias) = entry.alias.as_ref().filter(|_| entry.cause == "staff") else { return };
        if !entry.signed {
            if entry.object.0 == "case" {
                self.fault(index, "an act of staff on a case carries no signature", report);
            }
            return;
        }
        let Some(directory) = &self.directory else { return };
        let Some((unsigned, signature)) = taken_apart(body) else {
            self.fault(index, "its signature is malformed", report);
            return;
        };
        let holds = |key: &VerifyingKey| key.verify(SIGNATURE_DOMAIN, &unsigned, &signature).is_ok();
        let by = |staff: &StaffId| directory.keys.get(staff).is_some_and(|keys| keys.iter().any(holds));
        let signer = match self.aliases.get(alias) {
            Some(staff) => by(staff).then_some(*staff),
            None => directory.keys.keys().copied().find(by),
        };
        match signer {
            Some(staff) => {
                let taken = self.aliases.iter().any(|(other, held)| *held == staff && other != alias);
                self.aliases.insert(alias.clone(), staff);
                self.checked = self.checked.saturating_add(1);
                if taken {
                    self.fault(index, "it acts under a second alias", report);
                }
            }
            None => self.fault(index, "its signature is not that of whom it names", report),
        }
    }

    fn fault(&mut self, index: u64, what: &str, report: &mut Report) {
        self.faults = self.faults.saturating_add(1);
        report.add_at("acts", index, format_args!("Entry {index}: {what}."));
    }

    /// Ends.
    pub(super) fn finish(&self, report: &mut Report) {
        if self.directory.is_some() && self.faults == 0 {
            let founders = if self.unfounded {
                " The founding keys come out of the file itself, so whoever made it chose who counts as staff: give those that you trust (--genesis)."
            } else {
                ""
            };
            let (checked, people) = (self.checked, self.aliases.len());
            let sentence = format!("{checked} acts of {people} people carry their signatures.{founders}");
            report.add("acts", Outcome::Good, sentence);
        }
    }
}

fn read_directory(
    source: &dyn Source,
    genesis: Option<&[VerifyingKey]>,
    report: &mut Report,
) -> Option<(Directory, Vec<Line>)> {
    let mut missing = |what| {
        report.add("directory", Outcome::CannotTell, what);
        None
    };
    let text = |path| source.file(path).ok().flatten().and_then(|bytes| String::from_utf8(bytes).ok());
    let own = text("genesis").map(|text| founding_keys(&text));
    let Some(genesis) = genesis.map(<[_]>::to_vec).or(own) else {
        return missing("The founding keys are missing: signatures of staff cannot be checked.");
    };
    let Some(lines) = text("directory.jsonl") else {
        return missing("The directory of staff is missing: their signatures cannot be checked.");
    };
    let mut entries = Vec::new();
    for line in lines.lines() {
        let Some(entry) = decode(line) else { return missing("The directory of staff is malformed.") };
        entries.push(entry);
    }
    let instance = entries.first().and_then(|entry| {
        let body: Value = serde_json::from_slice(&entry.2).ok()?;
        body.get("instance")?.as_str().map(str::to_owned)
    });
    let entries = entries.iter().map(|(staff, serial, body, first, second)| DirectoryEntry {
        staff: *staff,
        serial: *serial,
        body,
        first_signature: first,
        second_signature: second.as_deref(),
    });
    let lines = entries.clone().map(|entry| (entry.digest(), entry.staff)).collect();
    Some((Directory::verify(entries, &genesis, (&instance.unwrap_or_default(), i64::MAX)), lines))
}

/// The keys of a `genesis` file: one a line, hexadecimal.
#[must_use]
pub fn founding_keys(text: &str) -> Vec<VerifyingKey> {
    let key = |line: &str| {
        let bytes: [u8; 32] = data_encoding::HEXLOWER.decode(line.trim().as_bytes()).ok()?.try_into().ok()?;
        VerifyingKey::parse(&bytes).ok()
    };
    text.lines().filter_map(key).collect()
}

type Decoded = (StaffId, i32, Vec<u8>, Vec<u8>, Option<Vec<u8>>);

fn decode(line: &str) -> Option<Decoded> {
    let line: DirectoryLine = serde_json::from_str(line).ok()?;
    let bytes = |hex: &str| data_encoding::HEXLOWER.decode(hex.as_bytes()).ok();
    let second = match &line.second {
        Some(hex) => Some(bytes(hex)?),
        None => None,
    };
    Some((line.staff, line.serial, bytes(&line.body)?, bytes(&line.first)?, second))
}

/// The bytes that were signed, and the signature.
fn taken_apart(body: &[u8]) -> Option<(Vec<u8>, [u8; 64])> {
    let mut members: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let signature = members.remove("sig")?;
    let signature = data_encoding::HEXLOWER.decode(signature.as_str()?.as_bytes()).ok()?.try_into().ok()?;
    Some((serde_json_canonicalizer::to_vec(&members).ok()?, signature))
}
