//! A desk's recovery key: made, split onto sheets, forgotten.

use std::{
    fs::{DirBuilder, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::failure::Failure;
use crate::crypto::{
    kem::{KemPublic, KemSecret},
    random::Rng,
    shares::{DeskTag, split},
};

/// How a key is split: any `threshold` of `total` sheets give it back.
#[derive(Clone, Copy)]
pub(super) struct Split {
    /// Sheets needed.
    pub threshold: u8,
    /// Sheets made.
    pub total: u8,
}

/// Makes a recovery key and writes its sheets into `dir`, each readable by us only. The secret half exists nowhere else
/// and is wiped when this returns.
pub(super) fn hold(
    tag: &DeskTag,
    how: Split,
    dir: &Path,
    rng: &mut Rng,
) -> Result<(KemPublic, Vec<PathBuf>), Failure> {
    let key = KemSecret::generate(rng);
    let shares = split(key.seed(), tag, how.threshold, how.total, rng)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(Failure::file(dir))?;
    let mut sheets = Vec::new();
    for share in shares {
        let path = dir.join(format!("{}-sheet-{}-of-{}.txt", tag.as_str(), share.index(), share.total()));
        let mut options = OpenOptions::new();
        // A sheet that is there already is somebody's share of another key: never overwritten.
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        let written = file.and_then(|mut file| {
            file.write_all(share.sheet().expose().as_bytes())?;
            file.sync_all()
        });
        written.map_err(Failure::file(&path))?;
        sheets.push(path);
    }
    Ok((key.public(), sheets))
}

/// A tag for the sheets from a name: its Latin letters and digits.
pub(super) fn tag_of(name: &str) -> Option<DeskTag> {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase)
        .collect();
    let short: String = words.join("-").chars().take(32).collect();
    DeskTag::parse(short.trim_end_matches('-')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{
        random::Entropy,
        shares::{Share, combine},
    };

    #[test]
    fn a_tag_is_made_of_latin_letters() {
        let tag = |name| tag_of(name).map(|tag| tag.as_str().to_owned());
        assert_eq!(tag("Internal integrity desk").as_deref(), Some("INTERNAL-INTEGRITY-DESK"));
        assert_eq!(
            tag("Independent desk of the Public Integrity Agency").as_deref(),
            Some("INDEPENDENT-DESK-OF-THE-PUBLIC-I")
        );
        assert_eq!(tag("Адалдық бөлімі"), None);
    }

    #[test]
    fn the_sheets_give_the_key_back_and_are_never_overwritten() {
        let dir = std::env::temp_dir().join(format!("senim-ceremony-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        let (mut rng, tag) = (Entropy::seeded(3).rng(), DeskTag::parse("DESK-1").unwrap());
        let how = Split { threshold: 2, total: 3 };
        let (public, sheets) = hold(&tag, how, &dir, &mut rng).unwrap();
        let typed = |path: &PathBuf| {
            let page = std::fs::read_to_string(path).unwrap();
            let text = page.split_once("senim keys recover:").unwrap().1.to_owned();
            Share::parse(&text).unwrap()
        };
        let secret = combine(&[typed(&sheets[2]), typed(&sheets[0])]).unwrap();
        assert_eq!(KemSecret::from_seed(secret).public().to_bytes(), public.to_bytes());
        assert!(matches!(hold(&tag, how, &dir, &mut rng), Err(Failure::File { .. })));
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
