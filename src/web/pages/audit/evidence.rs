use askama::Template;
use jiff::civil::Date;

use super::clause_letter;
use crate::i18n::Texts;
use crate::web::pages::{Faults, StaffFrame};

/// Width of the longest bar in the chart, in its own units.
const LONGEST: i64 = 210;
/// Height of a line of the chart.
const LINE: usize = 20;

/// `/audit/evidence`: what the record holds for each principle of the OECD Recommendation on Public Integrity.
#[derive(Debug, Template)]
#[template(path = "pages/audit/evidence.html")]
pub struct AuditEvidencePage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// The first day, as it was typed; empty for the beginning.
    pub from: String,
    /// The last day, as it was typed; empty for today.
    pub until: String,
    /// The thirteen principles; none where the period could not be read.
    pub principles: Vec<PrincipleLine>,
    /// What is wrong with the period.
    pub faults: Faults,
}

/// The evidence of a principle.
#[derive(Debug, Clone)]
pub struct PrincipleLine {
    /// Its number, which is the code of its name.
    pub number: String,
    /// All its entries.
    pub all: EvidenceLine,
    /// Its clauses.
    pub clauses: Vec<ClauseLine>,
}

/// The evidence of a clause.
#[derive(Debug, Clone)]
pub struct ClauseLine {
    /// Its code, such as `9b`.
    pub clause: &'static str,
    /// All its entries.
    pub all: EvidenceLine,
    /// Acts that happened in the period.
    pub acts: Vec<EvidenceLine>,
    /// Codes of acts that the program writes, but that did not happen.
    pub never: Vec<&'static str>,
    /// Codes of acts of the vocabulary that nothing writes yet.
    pub later: Vec<&'static str>,
}

/// A number of entries.
#[derive(Debug, Clone)]
pub struct EvidenceLine {
    /// Code of the act; empty for all of a clause or principle.
    pub act: &'static str,
    /// How many.
    pub entries: i64,
    /// The days of the first and the last.
    pub days: Option<(Date, Date)>,
}

/// A bar of the chart.
struct Bar<'p> {
    number: &'p str,
    entries: i64,
    /// Top of its line.
    top: usize,
    /// Where its words stand.
    base: usize,
    width: i64,
    /// Where its figure stands.
    end: i64,
}

impl PrincipleLine {
    fn with_entries(&self) -> i64 {
        count(self.clauses.iter().filter(|clause| clause.all.entries > 0))
    }

    fn clause_count(&self) -> i64 {
        count(self.clauses.iter())
    }
}

impl ClauseLine {
    fn letter(&self) -> String {
        clause_letter(self.clause)
    }
}

fn count<T>(all: impl Iterator<Item = T>) -> i64 {
    i64::try_from(all.count()).unwrap_or(i64::MAX)
}

impl AuditEvidencePage {
    fn bars<'p>(&'p self) -> Vec<Bar<'p>> {
        let most = self.principles.iter().map(|line| line.all.entries).max().unwrap_or_default().max(1);
        let bar = |(place, line): (usize, &'p PrincipleLine)| {
            let share = line.all.entries.saturating_mul(LONGEST).checked_div(most).unwrap_or_default();
            // What happened at all is seen, however rare it is.
            let width = if line.all.entries > 0 { share.max(1) } else { 0 };
            let top = place.saturating_mul(LINE);
            Bar {
                number: &line.number,
                entries: line.all.entries,
                top: top.saturating_add(4),
                base: top.saturating_add(15),
                width,
                end: width.saturating_add(34),
            }
        };
        self.principles.iter().enumerate().map(bar).collect()
    }

    fn chart_height(&self) -> usize {
        self.principles.len().saturating_mul(LINE)
    }

    /// The clauses: with entries, with acts but none of them in the period, without any act.
    fn clause_sums(&self) -> (i64, i64, i64) {
        let clauses = || self.principles.iter().flat_map(|line| &line.clauses);
        let bare = |clause: &&ClauseLine| clause.never.is_empty() && clause.later.is_empty();
        let without = count(clauses().filter(|one| one.all.entries == 0).filter(bare));
        let with = count(clauses().filter(|one| one.all.entries > 0));
        (with, count(clauses()).saturating_sub(with).saturating_sub(without), without)
    }

    /// The address of the entries behind a figure.
    fn behind(&self, name: &str, value: &str) -> String {
        let entries = "/audit/entries?";
        let mut query = form_urlencoded::Serializer::for_suffix(entries.to_owned(), entries.len());
        let pairs = [(name, value), ("from", self.from.as_str()), ("until", self.until.as_str())];
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        query.finish()
    }

    /// The codes of acts as words.
    fn acts(&self, codes: &[&'static str]) -> String {
        let words: Vec<String> = codes.iter().map(|code| self.t.code("act", code)).collect();
        words.join(", ")
    }
}
