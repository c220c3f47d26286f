//! What is wrong with a file of the configuration, as a sentence.

use crate::domain::mistake::{Fault, Mistake};

/// A mistake as a sentence.
pub(super) fn sentence(mistake: &Mistake) -> String {
    let Mistake { line, fault, text } = mistake;
    let what = match fault {
        Fault::Encoding => "is not UTF-8 text, or holds a control character",
        Fault::Header => return format!("line {line}: the first line must name the columns: {text}"),
        Fault::Columns => return format!("line {line}: it has {text} columns"),
        Fault::Quote => "a quotation mark is not closed",
        Fault::Empty => return "there is nothing but the first line".to_owned(),
        Fault::Code => "is no code: 1 to 64 Latin letters, digits and . _ / -",
        Fault::CodeTwice => "is a code of an earlier line too",
        Fault::ParentUnknown => "is the parent, but no code of this file",
        Fault::Cycle => "is above itself",
        Fault::NameMissing => return format!("line {line}: a name is missing"),
        Fault::TooLong => "… is longer than 300 characters",
        Fault::RegionUnknown => "is no region: the first two digits of a KATO code",
        Fault::CategoryUnknown => "is no category",
        Fault::BodyUnknown => "is no body that takes reports",
        Fault::DeskUnknown => "is no desk",
        Fault::Position => "is no position: a whole number from 1 to 1000000",
        Fault::PositionTwice => "is a position of an earlier line too",
        Fault::ProfileUnknown => "is no profile",
        Fault::YesNo => "must be yes or no",
        Fault::Key => "is no recovery key",
        Fault::Sheets => "are no numbers of sheets: 2 to 16, needed and made",
        Fault::DeskFixed => "is open already: a file does not change it",
        Fault::Syntax => return format!("line {line}: this is no TOML: {text}"),
        Fault::MemberMissing => "is missing",
        Fault::MemberUnknown => "is not known here",
        Fault::Word => return format!("line {line}: it must be one of these: {text}"),
        Fault::Twice => "stands twice",
        Fault::Whole => return format!("line {line}: a whole number is expected: {text}"),
        Fault::Rising => "must be numbers that rise",
        Fault::Flag => "must be true or false",
        Fault::Table => "must be a table",
        Fault::List => "must be a list",
        Fault::Zone => "is no time zone",
        Fault::CalendarUnknown => "is no calendar in force",
        Fault::ClockUnknown => "is no clock of this profile",
        Fault::NoClocks => "is a state without clocks of its own",
        Fault::PlainName => "must be a short name in lower case",
        Fault::Origin => "must say in one line where the days come from",
        Fault::Day => "is no day such as 2026-05-27",
        Fault::OtherYear => "is a day of another year",
        Fault::OffAnyway => "is a Saturday or Sunday, which is off anyway",
        Fault::WorkedAnyway => "is no Saturday or Sunday: it is worked anyway",
        Fault::Version => return format!("line {line}: the version that follows is {text}"),
        Fault::CalendarFixed => "is part of the program and is not changed by a file",
    };
    format!("line {line}: `{text}` {what}")
}
