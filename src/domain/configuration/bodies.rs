//! A file of bodies: the whole registry, a tree.

use std::collections::HashMap;

use super::{Difference, NAME_CHARS, Subject, Touch, is_code};
use crate::domain::{
    csv::{self, Row},
    mistake::{Fault, Mistake},
    taxonomy::Region,
};

/// The columns of the file.
pub const COLUMNS: [&str; 6] = ["code", "parent", "region", "name_kk", "name_ru", "name_en"];

/// A body as a line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedBody {
    /// The operator's stable code.
    pub code: String,
    /// Code of the body above it.
    pub parent: Option<String>,
    /// Where it is.
    pub region: Option<Region>,
    /// Its names in kk, ru, en.
    pub names: [String; 3],
}

/// Reads a file; parents stand before what is under them.
///
/// # Errors
/// Every mistake, by line.
pub fn read(text: &str) -> Result<Vec<ListedBody>, Vec<Mistake>> {
    let rows = csv::read(text, &COLUMNS)?;
    let mut mistakes = Vec::new();
    let mut bodies = Vec::with_capacity(rows.len());
    let mut lines = HashMap::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        if lines.insert(row.get(0), at).is_some() {
            mistakes.push(Mistake::new(row.line, Fault::CodeTwice, row.get(0)));
        }
        bodies.push(body(row, &mut mistakes));
    }
    let mut parents = Vec::with_capacity(rows.len());
    for row in &rows {
        let parent = row.optional(1);
        let known = parent.and_then(|code| lines.get(code).copied());
        if let (Some(code), None) = (parent, known) {
            mistakes.push(Mistake::new(row.line, Fault::ParentUnknown, code));
        }
        parents.push(known);
    }
    let depths = depths(&parents);
    for (row, depth) in rows.iter().zip(&depths) {
        if depth.is_none() {
            mistakes.push(Mistake::new(row.line, Fault::Cycle, row.get(0)));
        }
    }
    if !mistakes.is_empty() {
        mistakes.sort_by_key(|mistake| mistake.line);
        return Err(mistakes);
    }
    let mut sorted: Vec<(Option<usize>, ListedBody)> = depths.into_iter().zip(bodies).collect();
    sorted.sort_by_key(|(depth, _)| *depth);
    Ok(sorted.into_iter().map(|(_, body)| body).collect())
}

fn body(row: &Row<'_>, mistakes: &mut Vec<Mistake>) -> ListedBody {
    let mut fault = |fault, text: &str| mistakes.push(Mistake::new(row.line, fault, text));
    if !is_code(row.get(0)) {
        fault(Fault::Code, row.get(0));
    }
    let region = row.optional(2).and_then(|code| {
        let region = Region::parse(code);
        if region.is_none() {
            fault(Fault::RegionUnknown, code);
        }
        region
    });
    let names = names(row, 3, &mut fault);
    let owned = |text: &str| text.to_owned();
    ListedBody { code: owned(row.get(0)), parent: row.optional(1).map(owned), region, names }
}

/// The three names that begin at a column.
pub(super) fn names(row: &Row<'_>, first: usize, fault: &mut impl FnMut(Fault, &str)) -> [String; 3] {
    [first, first.saturating_add(1), first.saturating_add(2)].map(|column| {
        let name = row.get(column);
        if name.is_empty() {
            fault(Fault::NameMissing, "");
        } else if name.chars().count() > NAME_CHARS {
            fault(Fault::TooLong, name);
        }
        name.to_owned()
    })
}

/// How many bodies are above each; none where it is above itself, or under one that is.
fn depths(parents: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut known: Vec<Option<Option<usize>>> = vec![None; parents.len()];
    let mut met = vec![usize::MAX; parents.len()];
    for start in 0..parents.len() {
        let (mut path, mut next) = (Vec::new(), Some(start));
        let above = loop {
            let Some(at) = next else { break Some(0) };
            if let Some(Some(depth)) = known.get(at) {
                break depth.map(|depth| depth.saturating_add(1));
            }
            match met.get_mut(at) {
                Some(mark) if *mark != start => *mark = start,
                _ => break None,
            }
            path.push(at);
            next = parents.get(at).copied().flatten();
        };
        for (more, at) in path.into_iter().rev().enumerate() {
            if let Some(depth) = known.get_mut(at) {
                *depth = Some(above.map(|above| above.saturating_add(more)));
            }
        }
    }
    known.into_iter().map(Option::flatten).collect()
}

/// Writes a file.
#[must_use]
pub fn write(bodies: &[ListedBody]) -> String {
    let mut text = String::new();
    csv::write_row(&mut text, COLUMNS);
    for body in bodies {
        let parent = body.parent.as_deref().unwrap_or_default();
        let region = body.region.map(Region::code).unwrap_or_default();
        let [kk, ru, en] = &body.names;
        csv::write_row(&mut text, [body.code.as_str(), parent, region, kk, ru, en]);
    }
    text
}

/// What makes the new registry of the old one. A body under another one takes the rules of that one with it: it loosens.
#[must_use]
pub fn difference(old: &[ListedBody], new: &[ListedBody]) -> Difference {
    let mut difference = Difference::default();
    let by_code = |list: &[ListedBody]| -> HashMap<String, usize> {
        list.iter().enumerate().map(|(at, body)| (body.code.clone(), at)).collect()
    };
    let (before, after) = (by_code(old), by_code(new));
    let subject = |body: &ListedBody| Subject::Named { code: body.code.clone(), names: body.names.clone() };
    let none = String::new;
    for body in new {
        let Some(was) = before.get(&body.code).and_then(|at| old.get(*at)) else {
            let under = || body.parent.clone().unwrap_or_default();
            difference.add(Touch::Added, || (subject(body), none(), under()));
            continue;
        };
        if was.names != body.names {
            let changed = || was.names.iter().zip(&body.names).filter(|(one, two)| one != two);
            let from = || changed().map(|(one, _)| one.as_str()).collect::<Vec<_>>().join(" / ");
            let to = || changed().map(|(_, two)| two.as_str()).collect::<Vec<_>>().join(" / ");
            difference.add(Touch::Renamed, || (subject(body), from(), to()));
        }
        if was.parent != body.parent {
            let code = |parent: &Option<String>| parent.clone().unwrap_or_default();
            difference.add(Touch::Moved, || (subject(body), code(&was.parent), code(&body.parent)));
            difference.loosening = true;
        }
        if was.region != body.region {
            let code = |region: Option<Region>| region.map_or("", Region::code).to_owned();
            difference.add(Touch::Changed, || (subject(body), code(was.region), code(body.region)));
        }
    }
    for body in old.iter().filter(|body| !after.contains_key(&body.code)) {
        difference.add(Touch::Removed, || (subject(body), none(), none()));
    }
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "code,parent,region,name_kk,name_ru,name_en\n";

    fn told(lines: &str) -> Vec<(usize, Fault)> {
        read(&format!("{HEAD}{lines}")).unwrap_err().iter().map(|one| (one.line, one.fault)).collect()
    }

    #[test]
    fn a_tree_reads_back_parents_first() {
        let text = format!("{HEAD}child,top,71,қ,р,e\ntop,,,Т,\"Т, т\",T\n");
        let bodies = read(&text).unwrap();
        assert_eq!(bodies.iter().map(|body| body.code.as_str()).collect::<Vec<_>>(), ["top", "child"]);
        assert_eq!(bodies[1].region, Some(Region::Astana));
        assert_eq!(read(&write(&bodies)).unwrap(), bodies);
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let long = "x".repeat(301);
        let lines = format!(
            "a,,,n,n,n\na,,,n,n,n\nb,nobody,,n,n,n\nc,d,,n,n,n\nd,c,,n,n,n\ne,c,,n,n,n\n\
             f,,99,n,,n\nbad code,,,n,n,{long}\n"
        );
        assert_eq!(
            told(&lines),
            [
                (3, Fault::CodeTwice),
                (4, Fault::ParentUnknown),
                (5, Fault::Cycle),
                (6, Fault::Cycle),
                (7, Fault::Cycle),
                (8, Fault::RegionUnknown),
                (8, Fault::NameMissing),
                (9, Fault::Code),
                (9, Fault::TooLong),
            ]
        );
        assert_eq!(told("a,a,,n,n,n\n"), [(2, Fault::Cycle)]);
    }

    #[test]
    fn a_long_chain_is_a_tree_and_a_long_ring_is_told() {
        let chain = |from: usize, to: usize| {
            (from..to).map(|n| format!("b{n},b{},,n,n,n\n", n + 1)).collect::<String>()
        };
        let tree = format!("{HEAD}{}b3000,,,n,n,n\n", chain(0, 3000));
        assert_eq!(read(&tree).unwrap()[0].code, "b3000");
        let ring = format!("{}b3000,b0,,n,n,n\n", chain(0, 3000));
        assert_eq!(told(&ring).len(), 3001);
    }

    #[test]
    fn only_a_body_that_moves_loosens() {
        let one = |code: &str, parent: &str, name: &str| ListedBody {
            code: code.to_owned(),
            parent: Some(parent.to_owned()).filter(|parent| !parent.is_empty()),
            region: None,
            names: [name.to_owned(), "r".to_owned(), "e".to_owned()],
        };
        let old = [one("top", "", "T"), one("a", "top", "A"), one("b", "top", "B")];
        let tight = difference(&old, &[one("top", "", "T"), one("a", "top", "Ä"), one("new", "a", "N")]);
        assert_eq!(
            [Touch::Added, Touch::Removed, Touch::Renamed, Touch::Moved].map(|how| tight.count(how)),
            [1, 1, 1, 0]
        );
        assert!(!tight.loosening && difference(&old, &old).is_empty());
        let renamed = tight.told.iter().find(|one| one.how == Touch::Renamed).unwrap();
        assert_eq!((renamed.from.as_str(), renamed.to.as_str()), ("A", "Ä"));
        let loose = difference(&old, &[one("top", "", "T"), one("a", "top", "A"), one("b", "a", "B")]);
        assert!(loose.loosening && loose.count(Touch::Moved) == 1);
    }
}
