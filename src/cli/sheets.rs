//! Recovery sheets, as files or as people type them.

use std::{
    fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{failure::Failure, output::complain, prompt};
use crate::crypto::shares::{Share, ShareError};

/// How a sheet's symbols begin.
const HEAD: &str = "SENIM-SHARE-1";
/// Lines of a sheet: its head and its symbols.
const LINES: usize = 7;

/// Reads sheets from files: whole pages, or only their lines of symbols.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Share>, Failure> {
    paths.iter().map(|path| read_one(path)).collect()
}

fn read_one(path: &Path) -> Result<Share, Failure> {
    let text = Zeroizing::new(fs::read_to_string(path).map_err(Failure::file(path))?);
    let of_file = |error: ShareError| Failure::Usage(format!("{}: {error}", path.display()));
    let folded = Zeroizing::new(text.to_ascii_uppercase());
    let at = folded.find(HEAD).ok_or_else(|| of_file(ShareError::Head))?;
    Share::parse(text.get(at..).unwrap_or_default()).map_err(of_file)
}

/// Asks for sheets until there are as many different ones of one set as it takes. What is typed is not shown.
pub(super) fn typed() -> Result<Vec<Share>, Failure> {
    let mut shares: Vec<Share> = Vec::new();
    loop {
        let number = shares.len().saturating_add(1);
        let needed = shares.first().map(|share| usize::from(share.threshold()));
        match needed {
            Some(needed) if shares.len() >= needed => return Ok(shares),
            Some(needed) => complain(format_args!("Sheet {number} of {needed}")),
            None => complain("The first sheet: the line SENIM-SHARE-1 and the six lines of symbols below it"),
        }
        let share = match type_one(number) {
            Ok(share) => share,
            Err(error) if again(&error) => continue,
            Err(error) => return Err(error),
        };
        match unusable(&shares, &share) {
            None => shares.push(share),
            Some(why) if again(&why) => {}
            Some(why) => return Err(why),
        }
    }
}

/// At a terminal a mistake is told, and the sheet asked for again.
fn again(error: &Failure) -> bool {
    let typo = matches!(error, Failure::Usage(_)) && io::stdin().is_terminal();
    if typo {
        complain(error);
    }
    typo
}

/// Why a sheet does not go with those before.
fn unusable(shares: &[Share], share: &Share) -> Option<Failure> {
    let first = shares.first()?;
    let same =
        (first.desk(), first.threshold(), first.total()) == (share.desk(), share.threshold(), share.total());
    if !same {
        return Some(Failure::Usage(ShareError::Mixed.to_string()));
    }
    let twice = shares.iter().any(|one| one.index() == share.index());
    twice.then(|| Failure::Usage(format!("this is sheet {} again; another one is needed", share.index())))
}

fn type_one(number: usize) -> Result<Share, Failure> {
    let mut text = Zeroizing::new(String::new());
    for line in 0..LINES {
        let question = match line {
            0 => format!("Sheet {number}, the line that begins with {HEAD}"),
            line => format!("Sheet {number}, line {line} of the symbols"),
        };
        text.push_str(prompt::password(&question)?.expose());
        text.push('\n');
    }
    Share::parse(&text).map_err(|error| Failure::Usage(format!("sheet {number}: {error}")))
}
