//! A file of routing rules: the whole list. The first that matches wins; an empty column matches everything.

use std::collections::BTreeSet;

use super::{Difference, Subject, Touch};
use crate::domain::{
    csv::{self, Row},
    mistake::{Fault, Mistake},
    taxonomy::{Category, Region},
};

/// The columns of the file.
pub const COLUMNS: [&str; 5] = ["position", "body", "category", "region", "desk"];
/// The last position.
const LAST: i32 = 1_000_000;

/// A rule as a line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRule {
    /// The lower, the earlier.
    pub position: i32,
    /// Code of the body: it and everything under it.
    pub body: Option<String>,
    /// The category.
    pub category: Option<Category>,
    /// The region.
    pub region: Option<Region>,
    /// Code of the desk that gets the report.
    pub desk: String,
}

/// What a line refers to.
pub struct Ground<'g> {
    /// Whether there is a body of this code.
    pub body: &'g dyn Fn(&str) -> bool,
    /// Whether there is a desk of this code.
    pub desk: &'g dyn Fn(&str) -> bool,
}

/// Reads a file, in the order of positions.
///
/// # Errors
/// Every mistake, by line.
pub fn read(text: &str, ground: &Ground<'_>) -> Result<Vec<ListedRule>, Vec<Mistake>> {
    let rows = csv::read(text, &COLUMNS)?;
    let mut mistakes = Vec::new();
    let mut seen = BTreeSet::new();
    let mut rules = Vec::new();
    for row in &rows {
        let Some(rule) = rule(row, ground, &mut mistakes) else { continue };
        if !seen.insert(rule.position) {
            mistakes.push(Mistake::new(row.line, Fault::PositionTwice, row.get(0)));
        }
        rules.push(rule);
    }
    rules.sort_by_key(|rule| rule.position);
    if mistakes.is_empty() { Ok(rules) } else { Err(mistakes) }
}

fn rule(row: &Row<'_>, ground: &Ground<'_>, mistakes: &mut Vec<Mistake>) -> Option<ListedRule> {
    let mut fault = |fault, text: &str| mistakes.push(Mistake::new(row.line, fault, text));
    let position = row.get(0).parse::<i32>().ok().filter(|position| (1..=LAST).contains(position));
    if position.is_none() {
        fault(Fault::Position, row.get(0));
    }
    if let Some(body) = row.optional(1).filter(|code| !(ground.body)(code)) {
        fault(Fault::BodyUnknown, body);
    }
    let category = row.optional(2).map(Category::parse);
    if category == Some(None) {
        fault(Fault::CategoryUnknown, row.get(2));
    }
    let region = row.optional(3).map(Region::parse);
    if region == Some(None) {
        fault(Fault::RegionUnknown, row.get(3));
    }
    if !(ground.desk)(row.get(4)) {
        fault(Fault::DeskUnknown, row.get(4));
    }
    Some(ListedRule {
        position: position?,
        body: row.optional(1).map(str::to_owned),
        category: category.flatten(),
        region: region.flatten(),
        desk: row.get(4).to_owned(),
    })
}

/// Writes a file.
#[must_use]
pub fn write(rules: &[ListedRule]) -> String {
    let mut text = String::new();
    csv::write_row(&mut text, COLUMNS);
    for rule in rules {
        let position = rule.position.to_string();
        let body = rule.body.as_deref().unwrap_or_default();
        let category = rule.category.map(Category::code).unwrap_or_default();
        let region = rule.region.map(Region::code).unwrap_or_default();
        csv::write_row(&mut text, [position.as_str(), body, category, region, &rule.desk]);
    }
    text
}

/// What the rules refer to, for telling whether a new list loosens.
pub struct World<'g> {
    /// Codes of the body and of all above it, from itself up.
    pub above: &'g dyn Fn(&str) -> Vec<String>,
    /// Whether a desk is independent.
    pub independent: &'g dyn Fn(&str) -> bool,
}

/// What makes the new list of the old one.
#[must_use]
pub fn difference(old: &[ListedRule], new: &[ListedRule], world: &World<'_>) -> Difference {
    let mut difference = Difference { loosening: loosens(old, new, world), ..Difference::default() };
    let same = |one: &ListedRule, two: &ListedRule| {
        (&one.body, one.category, one.region, &one.desk) == (&two.body, two.category, two.region, &two.desk)
    };
    let mut left: Vec<&ListedRule> = old.iter().collect();
    let subject = |rule: &ListedRule| Subject::Rule {
        position: rule.position,
        body: rule.body.clone(),
        category: rule.category,
        region: rule.region,
        desk: rule.desk.clone(),
    };
    for rule in new {
        let Some(at) = left.iter().position(|was| same(was, rule)) else {
            difference.add(Touch::Added, || (subject(rule), String::new(), String::new()));
            continue;
        };
        let was = left.remove(at);
        if was.position != rule.position {
            let places = (was.position.to_string(), rule.position.to_string());
            difference.add(Touch::Moved, || (subject(rule), places.0, places.1));
        }
    }
    for rule in left {
        difference.add(Touch::Removed, || (subject(rule), String::new(), String::new()));
    }
    difference
}

/// Whether any report would go, by a rule, to a desk that it did not go to before, or no longer to the independent desk to
/// which a rule sent it. A report about a body that no rule names goes as one about the nearest named body above it, so it
/// is enough to ask for each named body, and for none.
fn loosens(old: &[ListedRule], new: &[ListedRule], world: &World<'_>) -> bool {
    let named: BTreeSet<&str> = old.iter().chain(new).filter_map(|rule| rule.body.as_deref()).collect();
    let chains = named.into_iter().map(|code| (world.above)(code)).chain([Vec::new()]);
    let categories: Vec<Category> = Category::ALL.to_vec();
    let regions: Vec<Option<Region>> = Region::ALL.iter().copied().map(Some).chain([None]).collect();
    for chain in chains {
        for category in &categories {
            for region in &regions {
                let goes = |rules: &[ListedRule]| {
                    let first = rules.iter().find(|rule| matches(rule, &chain, *category, *region));
                    first.map(|rule| rule.desk.clone())
                };
                let (was, will) = (goes(old), goes(new));
                let leaves = was.as_deref().is_some_and(|desk| (world.independent)(desk));
                if was != will && (will.is_some() || leaves) {
                    return true;
                }
            }
        }
    }
    false
}

fn matches(rule: &ListedRule, chain: &[String], category: Category, region: Option<Region>) -> bool {
    rule.body.as_ref().is_none_or(|body| chain.contains(body))
        && rule.category.is_none_or(|wanted| wanted == category)
        && rule.region.is_none_or(|wanted| Some(wanted) == region)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "position,body,category,region,desk\n";

    fn list(lines: &str) -> Vec<ListedRule> {
        let ground = Ground { body: &|code| code != "x", desk: &|code| code != "x" };
        read(&format!("{HEAD}{lines}"), &ground).unwrap()
    }

    /// `school` is under `city`; the desk `free` is independent.
    fn told(old: &[ListedRule], new: &[ListedRule]) -> Difference {
        let above = |code: &str| match code {
            "school" => vec!["school".to_owned(), "city".to_owned()],
            other => vec![other.to_owned()],
        };
        difference(old, new, &World { above: &above, independent: &|desk| desk == "free" })
    }

    #[test]
    fn a_list_is_sorted_and_reads_back() {
        let rules = list("20,,,,desk\n10,city,bribery,71,free\n");
        assert_eq!(rules.iter().map(|rule| rule.position).collect::<Vec<_>>(), [10, 20]);
        assert_eq!(list(write(&rules).strip_prefix(HEAD).unwrap()), rules);
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let ground = Ground { body: &|code| code != "x", desk: &|code| code != "x" };
        let text = format!("{HEAD}0,x,weather,99,x\n5,,,,d\n5,,,,d\nlast,,,,d\n");
        let found = read(&text, &ground).unwrap_err();
        assert_eq!(
            found.iter().map(|one| (one.line, one.fault)).collect::<Vec<_>>(),
            [
                (2, Fault::Position),
                (2, Fault::BodyUnknown),
                (2, Fault::CategoryUnknown),
                (2, Fault::RegionUnknown),
                (2, Fault::DeskUnknown),
                (4, Fault::PositionTwice),
                (5, Fault::Position),
            ]
        );
    }

    #[test]
    fn what_sends_a_report_to_another_desk_loosens() {
        let old = list("10,city,,,free\n20,,,,desk\n");
        for (new, loosens) in [
            ("10,city,,,free\n20,,,,desk\n", false),
            ("1,city,,,free\n2,,,,desk\n", false),
            // It goes to the same desk by another rule.
            ("5,school,bribery,,free\n10,city,,,free\n20,,,,desk\n", false),
            // Nothing takes them any more: they are left to the independent desk.
            ("10,city,,,free\n", false),
            ("10,city,,,free\n20,,,,other\n", true),
            ("5,school,bribery,,desk\n10,city,,,free\n20,,,,desk\n", true),
            // A rule of its own to the independent desk sends reports elsewhere too.
            ("5,,merit,,free\n10,city,,,free\n20,,,,desk\n", true),
            // They went to the independent desk.
            ("20,,,,desk\n", true),
            ("10,school,,,free\n20,,,,desk\n", true),
        ] {
            assert_eq!(told(&old, &list(new)).loosening, loosens, "{new}");
        }
        assert!(told(&[], &list("1,,,,desk\n")).loosening);
        assert!(told(&list("1,,,71,free\n"), &[]).loosening);
    }

    #[test]
    fn the_difference_names_rules_that_come_go_and_move() {
        let old = list("10,city,,,free\n20,,,,desk\n30,,merit,,desk\n");
        let new = told(&old, &list("10,city,,,free\n15,,,,desk\n40,,ethics,,desk\n"));
        assert_eq!(
            [Touch::Added, Touch::Removed, Touch::Moved, Touch::Renamed].map(|how| new.count(how)),
            [1, 1, 1, 0]
        );
    }
}
