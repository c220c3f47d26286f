//! Conflicts of interest that can be seen from recorded facts alone (norms.md 8.5, rules 1, 2, 5 and 6; control
//! EU-9.1c-2).
//!
//! A name counts by its surname alone, whatever the alphabet and the ending: whoever reports often knows no more, and one
//! colleague too many kept out harms nobody, one too few may harm the reporter.

use std::collections::BTreeSet;

use super::{
    ids::{BodyId, DeskId, StaffId},
    vocabulary::vocabulary,
};

vocabulary! {
    /// Whom a report concerns by the reporter's ticks (norms.md 8.5, rule 2): it acts before anybody is given a key.
    pub enum Concern {
        /// The head of the body or a deputy: it cannot be looked into there (rule 5).
        Head = "head",
        /// Several who work in the body named: nobody who belongs to it gets the report.
        Unit = "unit",
        /// Somebody who receives or examines such reports: the desk that would get it does not.
        Desk = "desk",
        /// A political appointee or another senior official (rule 6).
        SeniorOfficial = "senior_official",
    }
}

/// Whom and what a report concerns, as far as recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concerned {
    /// Members of staff who are subjects.
    pub people: BTreeSet<StaffId>,
    /// Bodies or units that the reporter or triage marked.
    pub units: BTreeSet<BodyId>,
    /// Desks that are not to have it.
    pub desks: BTreeSet<DeskId>,
    /// Persons in words: a line each, with name and what else was written of them.
    pub names: Vec<String>,
}

/// Who somebody is: the person, their name and the units they belong to, from their own up to the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The person.
    pub person: StaffId,
    /// Their name, the surname first.
    pub name: Option<String>,
    /// Their unit and all units above it.
    pub units: Vec<BodyId>,
    /// The desks they work at.
    pub desks: Vec<DeskId>,
}

/// Why somebody may have nothing to do with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// They are a subject of the report.
    Subject,
    /// They belong to a unit or a desk that the report concerns.
    Unit,
}

/// The conflict between a person and a case, if the recorded facts show one. The person must never learn of it: whoever
/// is in conflict gets no key and the case does not exist for them.
#[must_use]
pub fn conflict(standing: &Standing, concerned: &Concerned) -> Option<Conflict> {
    let surname = standing.name.as_deref().and_then(|name| words(name).into_iter().next());
    let named = surname.is_some_and(|surname| {
        concerned.names.iter().any(|line| words(line).iter().any(|word| same_surname(word, &surname)))
    });
    if named || concerned.people.contains(&standing.person) {
        Some(Conflict::Subject)
    } else if standing.units.iter().any(|unit| concerned.units.contains(unit))
        || standing.desks.iter().any(|desk| concerned.desks.contains(desk))
    {
        Some(Conflict::Unit)
    } else {
        None
    }
}

/// The shortest surname of which an ending may be missing or other, in Latin letters.
const STEM: usize = 5;
/// How many letters the endings of two forms of a surname may differ by: *Akhmetov*, *Akhmetova*, *Akhmetovym*.
const ENDING: usize = 3;

/// Whether two words may be forms of one surname: gender and case change its end.
fn same_surname(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let stem = if short.len() > STEM { short.trim_end_matches(['a', 'e', 'i', 'o', 'u']) } else { short };
    one == other
        || (stem.len() >= STEM && long.starts_with(stem) && long.len().saturating_sub(stem.len()) <= ENDING)
}

/// The words of a line, in Latin letters without what is written in several ways.
fn words(line: &str) -> Vec<String> {
    let latin: String = line.chars().flat_map(char::to_lowercase).map(latin).collect();
    latin
        .split(|letter: char| !letter.is_ascii_lowercase())
        .filter(|word| !word.is_empty())
        .map(plain)
        .collect()
}

/// A letter of the Kazakh and Russian alphabets in Latin ones; everything else stays.
fn latin(letter: char) -> String {
    let written = match letter {
        'а' | 'ә' | 'á' | 'ä' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ғ' | 'ğ' | 'ǵ' => "g",
        'д' => "d",
        'е' | 'э' | 'ё' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'й' | 'ы' | 'і' | 'ı' => "i",
        'к' | 'қ' => "k",
        'л' => "l",
        'м' => "m",
        'н' | 'ң' | 'ñ' | 'ń' => "n",
        'о' | 'ө' | 'ö' | 'ó' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ұ' | 'ү' | 'ū' | 'ü' | 'ú' => "u",
        'ф' => "f",
        'х' | 'һ' => "h",
        'ц' => "ts",
        'ч' => "ch",
        'ш' | 'щ' | 'ş' => "sh",
        'ю' => "iu",
        'я' => "ia",
        'ъ' | 'ь' | '\'' | '’' | 'ʼ' => "",
        other => return other.to_string(),
    };
    written.to_owned()
}

/// A word in Latin letters without what one and the same name is spelt with in several ways.
fn plain(word: &str) -> String {
    let mut word = word.to_owned();
    let spelt = [
        ("shch", "sh"),
        ("sch", "sh"),
        ("kh", "h"),
        ("gh", "g"),
        ("q", "k"),
        ("w", "v"),
        ("y", "i"),
        ("j", "zh"),
        ("ie", "e"),
        ("io", "e"),
        ("ai", "a"),
        ("ei", "e"),
        ("oi", "o"),
        ("ui", "u"),
        ("ii", "i"),
    ];
    for (from, to) in spelt {
        word = word.replace(from, to);
    }
    word.chars().fold(String::new(), |mut plain, letter| {
        if !plain.ends_with(letter) {
            plain.push(letter);
        }
        plain
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn staff(n: u128) -> StaffId {
        StaffId(Uuid::from_u128(n))
    }

    fn unit(n: u128) -> BodyId {
        BodyId(Uuid::from_u128(n))
    }

    fn of(person: u128, units: &[u128]) -> Standing {
        let units = units.iter().map(|&n| unit(n)).collect();
        Standing { person: staff(person), name: None, units, desks: vec![DeskId(Uuid::from_u128(person))] }
    }

    #[test]
    fn subjects_and_their_units_are_in_conflict_others_are_not() {
        let concerned =
            Concerned { people: [staff(1)].into(), units: [unit(7)].into(), ..Concerned::default() };
        assert_eq!(conflict(&of(1, &[9]), &concerned), Some(Conflict::Subject));
        assert_eq!(conflict(&of(2, &[8, 7]), &concerned), Some(Conflict::Unit));
        assert_eq!(conflict(&of(2, &[8]), &concerned), None);
        assert_eq!(conflict(&of(1, &[7]), &Concerned::default()), None);
        let desk = Concerned { desks: [DeskId(Uuid::from_u128(3))].into(), ..Concerned::default() };
        assert_eq!(conflict(&of(3, &[]), &desk), Some(Conflict::Unit));
        assert_eq!(conflict(&of(4, &[]), &desk), None);
    }

    fn named(name: &str, line: &str) -> bool {
        let standing = Standing { name: Some(name.to_owned()), ..of(1, &[]) };
        let concerned = Concerned { names: vec![line.to_owned()], ..Concerned::default() };
        conflict(&standing, &concerned).is_some()
    }

    #[test]
    fn a_surname_is_known_in_every_alphabet_case_and_gender() {
        for line in [
            "Ахметов Болат",
            "начальник отдела Б. АХМЕТОВ",
            "взятку передали Ахметову",
            "с Ахметовым",
            "Ахметова",
            "Akhmetov",
            "Bolat Ahmetov, deputy head",
            "Ахме\u{301}тов".replace('\u{301}', "").as_str(),
        ] {
            assert!(named("Ахметов Болат Серікұлы", line), "{line}");
        }
        assert!(named("Қонаев Дінмұхамед", "Qonaev"));
        assert!(named("Жүнісова Әлия", "Zhunusova Alia, Zhunisova"));
        assert!(named("Тойжанов Ерлан", "Toyzhanov"));
        assert!(named("Ким Виктор", "Ким"));
    }

    #[test]
    fn other_people_are_other_people() {
        for line in ["", "Ахметжанов Серік", "Омаров", "the whole procurement office", "Болат"]
        {
            assert!(!named("Ахметов Болат", line), "{line}");
        }
        assert!(!named("Ким Виктор", "Кимасов"));
        assert!(!named("", "anything"));
    }
}
