//! What is wrong with a file that somebody wrote, by line: all of it at once, so that nobody mends one line at a time.

use super::vocabulary::vocabulary;

vocabulary! {
    /// A kind of mistake.
    pub enum Fault {
        /// The bytes are not UTF-8, or hold a character that no text holds.
        Encoding = "encoding",
        /// The first line does not name the columns; the text names them.
        Header = "header",
        /// Too few or too many columns.
        Columns = "columns",
        /// A quotation mark that is not closed.
        Quote = "quote",
        /// There is nothing but the first line.
        Empty = "empty",
        /// The code is not 1 to 64 of `A-Z a-z 0-9 . _ / -`.
        Code = "code",
        /// The code stands on an earlier line too.
        CodeTwice = "code_twice",
        /// The parent is no code of this file.
        ParentUnknown = "parent_unknown",
        /// The body is above itself.
        Cycle = "cycle",
        /// A name is missing.
        NameMissing = "name_missing",
        /// A name is too long.
        TooLong = "too_long",
        /// The region is none.
        RegionUnknown = "region_unknown",
        /// The category is none.
        CategoryUnknown = "category_unknown",
        /// The body is not in the registry, or takes no reports any more.
        BodyUnknown = "body_unknown",
        /// There is no such desk.
        DeskUnknown = "desk_unknown",
        /// The position is not a whole number from 1 to 1,000,000.
        Position = "position",
        /// The position stands on an earlier line too.
        PositionTwice = "position_twice",
        /// There is no such profile.
        ProfileUnknown = "profile_unknown",
        /// It is neither `yes` nor `no`.
        YesNo = "yes_no",
        /// The recovery key is not one.
        Key = "key",
        /// The numbers of sheets are not 2 to 16, those needed no more than those made.
        Sheets = "sheets",
        /// The desk is open already and is not changed by a file.
        DeskFixed = "desk_fixed",
    }
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub fault: Fault,
    /// What stands there, shortened.
    pub text: String,
}

/// The most characters of a value that are shown.
const SHOWN: usize = 60;

impl Mistake {
    /// A mistake on a line.
    #[must_use]
    pub fn new(line: usize, fault: Fault, text: &str) -> Self {
        Self { line, fault, text: text.chars().filter(|c| !c.is_control()).take(SHOWN).collect() }
    }
}
