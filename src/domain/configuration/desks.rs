//! A file of desks. Those that are open already stand in it as they are; the others are opened.

use std::collections::BTreeSet;

use super::{Difference, Subject, Touch, bodies::names, is_code};
use crate::domain::{
    csv::{self, Row},
    mistake::{Fault, Mistake},
    profile::ProfileId,
};

/// The columns of the file.
pub const COLUMNS: [&str; 10] = [
    "code",
    "body",
    "profile",
    "independent",
    "name_kk",
    "name_ru",
    "name_en",
    "recovery_key",
    "threshold",
    "shares",
];

/// A desk as a line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDesk {
    /// The operator's stable code.
    pub code: String,
    /// Code of the body it belongs to.
    pub body: String,
    /// The profile of its cases.
    pub profile: ProfileId,
    /// Whether it stands outside the hierarchy of the bodies it serves.
    pub independent: bool,
    /// Its names in kk, ru, en.
    pub names: [String; 3],
    /// Public half of the recovery key of its ceremony.
    pub recovery: Vec<u8>,
    /// How many sheets open it.
    pub threshold: u8,
    /// How many sheets were made.
    pub shares: u8,
}

/// What a line refers to and what stands against it.
pub struct Ground<'g> {
    /// Desks that are open.
    pub open: &'g [ListedDesk],
    /// Whether a body of this code is there and takes reports.
    pub body: &'g dyn Fn(&str) -> bool,
    /// Whether these bytes are a recovery key.
    pub key: &'g dyn Fn(&[u8]) -> bool,
}

/// Reads a file: the desks to be opened.
///
/// # Errors
/// Every mistake, by line.
pub fn read(text: &str, ground: &Ground<'_>) -> Result<Vec<ListedDesk>, Vec<Mistake>> {
    let rows = csv::read(text, &COLUMNS)?;
    let mut mistakes = Vec::new();
    let mut seen = BTreeSet::new();
    let mut fresh = Vec::new();
    for row in &rows {
        if !seen.insert(row.get(0)) {
            mistakes.push(Mistake::new(row.line, Fault::CodeTwice, row.get(0)));
        }
        let before = mistakes.len();
        let desk = desk(row, ground, &mut mistakes);
        let Some(desk) = desk.filter(|_| mistakes.len() == before) else { continue };
        match ground.open.iter().find(|open| open.code == desk.code) {
            None => fresh.push(desk),
            Some(open) if *open == desk => {}
            Some(_) => mistakes.push(Mistake::new(row.line, Fault::DeskFixed, row.get(0))),
        }
    }
    if mistakes.is_empty() { Ok(fresh) } else { Err(mistakes) }
}

fn desk(row: &Row<'_>, ground: &Ground<'_>, mistakes: &mut Vec<Mistake>) -> Option<ListedDesk> {
    let mut fault = |fault, text: &str| mistakes.push(Mistake::new(row.line, fault, text));
    if !is_code(row.get(0)) {
        fault(Fault::Code, row.get(0));
    }
    // What is open keeps its body, even where that takes no more reports.
    let open = ground.open.iter().any(|open| open.code == row.get(0) && open.body == row.get(1));
    if !open && !(ground.body)(row.get(1)) {
        fault(Fault::BodyUnknown, row.get(1));
    }
    let profile = ProfileId::parse(row.get(2));
    if profile.is_none() {
        fault(Fault::ProfileUnknown, row.get(2));
    }
    let independent = match row.get(3) {
        "yes" => Some(true),
        "no" => Some(false),
        other => {
            fault(Fault::YesNo, other);
            None
        }
    };
    let names = names(row, 4, &mut fault);
    let recovery = data_encoding::HEXLOWER_PERMISSIVE.decode(row.get(7).as_bytes()).ok();
    let recovery = recovery.filter(|key| (ground.key)(key));
    if recovery.is_none() {
        fault(Fault::Key, row.get(7));
    }
    let sheets = |column| row.get(column).parse::<u8>().ok().filter(|number| (2..=16).contains(number));
    let (threshold, shares) = (sheets(8), sheets(9));
    if threshold.zip(shares).is_none_or(|(threshold, shares)| threshold > shares) {
        fault(Fault::Sheets, &format!("{} / {}", row.get(8), row.get(9)));
    }
    Some(ListedDesk {
        code: row.get(0).to_owned(),
        body: row.get(1).to_owned(),
        profile: profile?,
        independent: independent?,
        names,
        recovery: recovery?,
        threshold: threshold?,
        shares: shares?,
    })
}

/// Writes a file.
#[must_use]
pub fn write(desks: &[ListedDesk]) -> String {
    let mut text = String::new();
    csv::write_row(&mut text, COLUMNS);
    for desk in desks {
        let key = data_encoding::HEXLOWER.encode(&desk.recovery);
        let (threshold, shares) = (desk.threshold.to_string(), desk.shares.to_string());
        let independent = if desk.independent { "yes" } else { "no" };
        let [kk, ru, en] = &desk.names;
        let profile = desk.profile.code();
        let fields =
            [desk.code.as_str(), &desk.body, profile, independent, kk, ru, en, &key, &threshold, &shares];
        csv::write_row(&mut text, fields);
    }
    text
}

/// What desks that are opened come to: a new desk sees what nobody saw before, so it loosens.
#[must_use]
pub fn difference(fresh: &[ListedDesk]) -> Difference {
    let mut difference = Difference { loosening: !fresh.is_empty(), ..Difference::default() };
    for desk in fresh {
        let subject = || Subject::Named { code: desk.code.clone(), names: desk.names.clone() };
        difference.add(Touch::Added, || (subject(), String::new(), desk.body.clone()));
    }
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(code: &str) -> ListedDesk {
        ListedDesk {
            code: code.to_owned(),
            body: "agency".to_owned(),
            profile: ProfileId::Kz,
            independent: true,
            names: ["қ", "р", "e"].map(str::to_owned),
            recovery: vec![7; 4],
            threshold: 2,
            shares: 3,
        }
    }

    fn read_with(text: &str, open: &[ListedDesk]) -> Result<Vec<ListedDesk>, Vec<(usize, Fault)>> {
        let ground = Ground { open, body: &|code| code == "agency", key: &|key| key.len() == 4 };
        read(text, &ground).map_err(|all| all.iter().map(|one| (one.line, one.fault)).collect())
    }

    #[test]
    fn what_is_written_reads_back_and_what_is_open_is_not_opened_again() {
        let text = write(&[desk("one"), desk("two")]);
        assert_eq!(read_with(&text, &[]).unwrap(), [desk("one"), desk("two")]);
        assert_eq!(read_with(&text, &[desk("one")]).unwrap(), [desk("two")]);
        let other = ListedDesk { recovery: vec![8; 4], ..desk("one") };
        assert_eq!(read_with(&text, &[other]).unwrap_err(), [(2, Fault::DeskFixed)]);
        assert!(difference(&[desk("one")]).loosening && !difference(&[]).loosening);
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let head = COLUMNS.join(",");
        let text = format!("{head}\none,nobody,xx,maybe,,r,e,zz,1,3\none,agency,kz,no,k,r,e,07070707,4,3\n");
        assert_eq!(
            read_with(&text, &[]).unwrap_err(),
            [
                (2, Fault::BodyUnknown),
                (2, Fault::ProfileUnknown),
                (2, Fault::YesNo),
                (2, Fault::NameMissing),
                (2, Fault::Key),
                (2, Fault::Sheets),
                (3, Fault::CodeTwice),
                (3, Fault::Sheets),
            ]
        );
    }
}
