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
        /// The line is no TOML; the text is what the reader says.
        Syntax = "syntax",
        /// The member is missing; the text names it.
        MemberMissing = "member_missing",
        /// No such member stands here; the text names it.
        MemberUnknown = "member_unknown",
        /// None of the words that may stand here; the text names the member and the words.
        Word = "word",
        /// Something stands twice.
        Twice = "twice",
        /// Not a whole number within its bounds; the text names the member and the bounds.
        Whole = "whole",
        /// Numbers that do not rise.
        Rising = "rising",
        /// It is neither `true` nor `false`.
        Flag = "flag",
        /// A table is expected.
        Table = "table",
        /// A list is expected.
        List = "list",
        /// No time zone.
        Zone = "zone",
        /// No calendar in force has this name.
        CalendarUnknown = "calendar_unknown",
        /// The profile does not have this clock.
        ClockUnknown = "clock_unknown",
        /// The state has no clocks of its own.
        NoClocks = "no_clocks",
        /// No short name in lower case.
        PlainName = "plain_name",
        /// Where the days come from is not said in one line.
        Origin = "origin",
        /// No day of the calendar.
        Day = "day",
        /// A day of another year than its table's.
        OtherYear = "other_year",
        /// A day off that is a Saturday or Sunday anyway.
        OffAnyway = "off_anyway",
        /// A day made a working day that is one anyway.
        WorkedAnyway = "worked_anyway",
        /// Not the version that follows the one in force, which the text names.
        Version = "version",
        /// This calendar is part of the program.
        CalendarFixed = "calendar_fixed",
    }
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub fault: Fault,
    /// What stands there, shortened.
    pub text: String,
}

/// The most characters of a value that are shown.
const SHOWN: usize = 160;

impl Mistake {
    /// A mistake on a line.
    #[must_use]
    pub fn new(line: usize, fault: Fault, text: &str) -> Self {
        Self { line, fault, text: text.chars().filter(|c| !c.is_control()).take(SHOWN).collect() }
    }
}
