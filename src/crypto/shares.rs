//! A desk's recovery key on printed sheets: t of n of them together give it back, fewer tell nothing (Shamir over
//! GF(256)).
//!
//! A share as text is a head line `SENIM-SHARE-1 <desk> <index>/<total> <threshold>` and six lines of twelve symbols and
//! a check symbol. The symbols hold the share (32 bytes), the tag of the set (8) and a checksum over all of it (5). So
//! somebody who types a sheet is told which line is wrong.
//!
//! The arithmetic takes time that depends on its data: for the ceremony's offline machine, not for a server.

use std::collections::BTreeSet;
use std::fmt;

use blahaj::Sharks;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use zeroize::Zeroizing;

use super::crockford;
use super::kdf;
use super::label;
use super::random::Rng;
use super::secret::{Secret, SecretText};

const MAGIC: &str = "SENIM-SHARE-1";
const PART: usize = 32;
const SET_TAG: usize = 8;
const CHECKSUM: usize = 5;
const LINE: usize = 12;
const LINES: usize = (PART + SET_TAG + CHECKSUM) * 8 / 5 / LINE;
const MOST_SHARES: u8 = 20;

/// What is wrong with shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ShareError {
    /// Not 2 ≤ threshold ≤ total ≤ 20.
    #[error("the threshold must be at least 2, the total at least that and at most 20")]
    Numbers,
    /// Not 1 to 32 letters, digits and dashes.
    #[error("a desk tag is 1 to 32 of A-Z, 0-9 and dashes")]
    DeskTag,
    /// The head line is not that of a share.
    #[error("the first line is not that of a share")]
    Head,
    /// This line of symbols (1 to 6) was mistyped or is missing.
    #[error("line {0} of the symbols was mistyped")]
    Line(usize),
    /// All lines are well formed, but together they are no share: a line twice, lines swapped, another head.
    #[error("the lines do not belong together")]
    Checksum,
    /// Shares of different sets.
    #[error("the shares are not of one set")]
    Mixed,
    /// Too few different shares.
    #[error("{needed} different shares are needed, there are {got}")]
    TooFew {
        /// The threshold of the set.
        needed: u8,
        /// How many different shares there are.
        got: usize,
    },
    /// The shares give something, but not the key of their set.
    #[error("the shares do not give the key of their set")]
    Wrong,
}

/// The name of a desk as it stands on sheets: 1 to 32 capital Latin letters, digits and dashes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeskTag(String);

impl DeskTag {
    /// Reads a tag; small letters become capitals.
    ///
    /// # Errors
    /// [`ShareError::DeskTag`].
    pub fn parse(text: &str) -> Result<Self, ShareError> {
        let tag = text.trim().to_ascii_uppercase();
        let good = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=32).contains(&tag.len()) && tag.bytes().all(good) {
            Ok(Self(tag))
        } else {
            Err(ShareError::DeskTag)
        }
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One share of a recovery key.
#[derive(Clone, PartialEq, Eq)]
pub struct Share {
    set: Set,
    index: u8,
    part: Secret<PART>,
}

/// What all shares of one key have in common.
#[derive(Clone, PartialEq, Eq)]
struct Set {
    desk: DeskTag,
    threshold: u8,
    total: u8,
    tag: [u8; SET_TAG],
}

/// Splits `secret` into `total` shares, any `threshold` of which give it back.
///
/// # Errors
/// [`ShareError::Numbers`].
pub fn split(
    secret: &Secret<32>,
    desk: &DeskTag,
    threshold: u8,
    total: u8,
    rng: &mut Rng,
) -> Result<Vec<Share>, ShareError> {
    if !(2..=total).contains(&threshold) || total > MOST_SHARES {
        return Err(ShareError::Numbers);
    }
    let set = Set { desk: desk.clone(), threshold, total, tag: set_tag(secret, desk) };
    let dealt = Sharks(threshold).dealer_rng(secret.expose(), rng).take(usize::from(total));
    let share = |dealt: blahaj::Share| {
        let bytes = Zeroizing::new(Vec::from(&dealt));
        let (index, part) = bytes.split_first()?;
        Some(Share { set: set.clone(), index: *index, part: Secret::from_slice(part)? })
    };
    dealt.map(share).collect::<Option<_>>().ok_or(ShareError::Wrong)
}

/// The key, from at least the threshold of different shares of one set.
///
/// # Errors
/// Shares of different sets, too few of them, or not those of the key.
pub fn combine(shares: &[Share]) -> Result<Secret<32>, ShareError> {
    let set = &shares.first().ok_or(ShareError::TooFew { needed: 2, got: 0 })?.set;
    if shares.iter().any(|share| share.set != *set) {
        return Err(ShareError::Mixed);
    }
    let mut seen = BTreeSet::new();
    let different: Vec<&Share> = shares.iter().filter(|share| seen.insert(share.index)).collect();
    if different.len() < usize::from(set.threshold) {
        return Err(ShareError::TooFew { needed: set.threshold, got: different.len() });
    }
    let dealt =
        different.iter().map(|share| share.dealt()).collect::<Option<Vec<_>>>().ok_or(ShareError::Wrong)?;
    let secret = Zeroizing::new(Sharks(set.threshold).recover(&dealt).ok().ok_or(ShareError::Wrong)?);
    let secret = Secret::from_slice(&secret).ok_or(ShareError::Wrong)?;
    let right: bool = set_tag(&secret, &set.desk).ct_eq(&set.tag).into();
    if right { Ok(secret) } else { Err(ShareError::Wrong) }
}

impl Share {
    /// The desk whose cases the key opens.
    #[must_use]
    pub fn desk(&self) -> &DeskTag {
        &self.set.desk
    }

    /// The number of this share, from 1.
    #[must_use]
    pub fn index(&self) -> u8 {
        self.index
    }

    /// How many shares are needed.
    #[must_use]
    pub fn threshold(&self) -> u8 {
        self.set.threshold
    }

    /// How many shares there are.
    #[must_use]
    pub fn total(&self) -> u8 {
        self.set.total
    }

    /// The share as text: a head line and six numbered lines of symbols.
    #[must_use]
    pub fn text(&self) -> SecretText {
        let body = Zeroizing::new([&self.part.expose()[..], &self.set.tag, &self.checksum()].concat());
        let mut text = self.head();
        for (index, line) in crockford::symbols(&body).chunks(LINE).enumerate() {
            let check = crockford::character(crockford::check_symbol(line));
            text.push_str(&format!("\n{}) {}-{check}", index + 1, crockford::grouped(line, 4)));
        }
        SecretText::from(text)
    }

    /// Reads [`Share::text`] as somebody typed it: empty lines and numbers before the lines do not matter, nor do case,
    /// spaces, dashes and look-alikes within them.
    ///
    /// # Errors
    /// Tells which line is wrong.
    pub fn parse(text: &str) -> Result<Self, ShareError> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (desk, index, total, threshold) = lines.next().and_then(read_head).ok_or(ShareError::Head)?;
        let mut symbols = Zeroizing::new(Vec::with_capacity(LINES * LINE));
        for number in 1..=LINES {
            let line = lines.next().ok_or(ShareError::Line(number))?;
            let line = line.split_once(')').map_or(line, |(_, symbols)| symbols);
            let line = crockford::read(line, LINE + 1).filter(|line| crockford::passes(line));
            let line = line.ok_or(ShareError::Line(number))?;
            symbols.extend(line.iter().take(LINE));
        }
        if lines.next().is_some() {
            return Err(ShareError::Checksum);
        }
        let bytes = crockford::bytes(&symbols);
        let (part, rest) = bytes.split_first_chunk::<PART>().ok_or(ShareError::Checksum)?;
        let (tag, checksum) = rest.split_first_chunk().ok_or(ShareError::Checksum)?;
        let share = Self { set: Set { desk, threshold, total, tag: *tag }, index, part: Secret::new(*part) };
        if checksum == share.checksum() { Ok(share) } else { Err(ShareError::Checksum) }
    }

    /// The page to print for the person who keeps this share, in Kazakh, Russian and English.
    #[must_use]
    pub fn sheet(&self) -> SecretText {
        let Set { desk, threshold, total, .. } = &self.set;
        let (desk, index) = (desk.as_str(), self.index);
        SecretText::from(format!(
            "SENIM · {desk} · {index} / {total}\n\n\
             Қалпына келтіру парағы: {desk} бөлімшесі, {total} парақтың {index}-парағы.\n\
             Осы жинақтың кез келген {threshold} парағы бірге бөлімшенің барлық ісін ашады.\n\
             Парақты басқа парақтардан бөлек, мөрленген конвертте сақтаңыз.\n\
             Суретке түсірмеңіз, сканерлемеңіз, ешкімге жібермеңіз.\n\n\
             Лист восстановления {index} из {total} для подразделения {desk}.\n\
             Любые {threshold} листа или более из этого набора вместе открывают все дела подразделения.\n\
             Храните лист отдельно от других, в запечатанном конверте.\n\
             Не фотографируйте, не сканируйте, никому не пересылайте.\n\n\
             Recovery sheet {index} of {total} for the desk {desk}.\n\
             Any {threshold} sheets of this set together open every case of the desk.\n\
             Keep it apart from the others, in a sealed envelope.\n\
             Do not photograph it, scan it or send it to anybody.\n\n\
             senim keys recover:\n\n{}\n",
            self.text().expose()
        ))
    }

    fn head(&self) -> String {
        let Set { desk, threshold, total, .. } = &self.set;
        format!("{MAGIC} {} {}/{total} {threshold}", desk.as_str(), self.index)
    }

    fn checksum(&self) -> [u8; CHECKSUM] {
        let head = self.head();
        let hash =
            Sha256::digest(label::SHARE_SHEET.bind(&[head.as_bytes(), self.part.expose(), &self.set.tag]));
        hash.first_chunk().copied().unwrap_or_default()
    }

    fn dealt(&self) -> Option<blahaj::Share> {
        let bytes = Zeroizing::new([&[self.index][..], self.part.expose()].concat());
        blahaj::Share::try_from(bytes.as_slice()).ok()
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({}, ..)", self.head())
    }
}

fn read_head(line: &str) -> Option<(DeskTag, u8, u8, u8)> {
    let mut words = line.split_whitespace();
    words.next().filter(|magic| magic.eq_ignore_ascii_case(MAGIC))?;
    let desk = DeskTag::parse(words.next()?).ok()?;
    let (index, total) = words.next()?.split_once('/')?;
    let (index, total, threshold): (u8, u8, u8) =
        (index.parse().ok()?, total.parse().ok()?, words.next()?.parse().ok()?);
    let sound = (2..=total).contains(&threshold) && (1..=total).contains(&index) && total <= MOST_SHARES;
    (sound && words.next().is_none()).then_some((desk, index, total, threshold))
}

fn set_tag(secret: &Secret<32>, desk: &DeskTag) -> [u8; SET_TAG] {
    *kdf::derive(secret.expose(), label::SHARE_SET, &[desk.as_str().as_bytes()]).expose()
}

#[cfg(test)]
mod tests;
