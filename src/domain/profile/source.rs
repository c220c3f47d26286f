//! Reading a file of rules so that every mistake in it is told at once, each with its line.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// Something that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what is expected.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// Reads a TOML file with `read`; either what it made of it, or every mistake in the order of the lines.
pub(super) fn read<T>(text: &str, read: impl FnOnce(&Section<'_>) -> Option<T>) -> Result<T, Vec<Mistake>> {
    let notes = Notes { text, mistakes: RefCell::default() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        notes.note(error.span().unwrap_or_default().start, error.message());
    }
    // What follows a broken line cannot be judged.
    let value = if notes.mistakes.borrow().is_empty() {
        let section = Section::new(&notes, table.get_ref(), table.span().start);
        let value = read(&section);
        section.close();
        value
    } else {
        None
    };
    let mut mistakes = notes.mistakes.into_inner();
    mistakes.sort();
    mistakes.dedup();
    match value {
        Some(value) if mistakes.is_empty() => Ok(value),
        _ => Err(mistakes),
    }
}

struct Notes<'t> {
    text: &'t str,
    mistakes: RefCell<Vec<Mistake>>,
}

impl Notes<'_> {
    fn note(&self, at: usize, what: impl Into<String>) {
        let before = self.text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
        self.mistakes.borrow_mut().push(Mistake { line: before.saturating_add(1), what: what.into() });
    }
}

/// A table of the file. Every member must be asked for; the others are mistakes.
pub(super) struct Section<'t> {
    notes: &'t Notes<'t>,
    table: &'t DeTable<'t>,
    at: usize,
    asked: RefCell<Vec<&'t str>>,
}

impl<'t> Section<'t> {
    fn new(notes: &'t Notes<'t>, table: &'t DeTable<'t>, at: usize) -> Self {
        Self { notes, table, at, asked: RefCell::default() }
    }

    /// Tells every member that nobody asked for.
    pub(super) fn close(&self) {
        for (name, _) in self.table {
            if !self.asked.borrow().iter().any(|asked| *asked == name.get_ref().as_ref()) {
                self.notes.note(name.span().start, format!("`{}` is not known here", name.get_ref()));
            }
        }
    }

    fn find(&self, name: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        let (key, value) = self.table.iter().find(|(key, _)| key.get_ref().as_ref() == name)?;
        self.asked.borrow_mut().push(key.get_ref().as_ref());
        Some(value)
    }

    fn needed(&self, name: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        let found = self.find(name);
        if found.is_none() {
            self.notes.note(self.at, format!("`{name}` is missing"));
        }
        found
    }

    /// A mistake about the table as a whole.
    pub(super) fn mistake(&self, what: impl Into<String>) {
        self.notes.note(self.at, what);
    }

    /// A mistake about a member.
    pub(super) fn mistake_at(&self, name: &str, what: impl Into<String>) {
        let at = self.table.iter().find(|(key, _)| key.get_ref().as_ref() == name);
        self.notes.note(at.map_or(self.at, |(key, _)| key.span().start), what);
    }

    /// A text that `parse` takes; `expected` says which.
    pub(super) fn word<T>(&self, name: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.word_of(name, self.needed(name)?, expected, parse)
    }

    fn word_of<T>(
        &self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let parsed = value.get_ref().as_str().and_then(parse);
        if parsed.is_none() {
            self.notes.note(value.span().start, format!("`{name}`: {expected} is expected"));
        }
        parsed
    }

    /// A list of texts that `parse` takes, none twice.
    pub(super) fn words<T: PartialEq>(
        &self,
        name: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut list = Vec::new();
        for value in self.list(name, self.needed(name)?)? {
            let Some(word) = self.word_of(name, value, expected, &parse) else { continue };
            if list.contains(&word) {
                self.notes.note(value.span().start, format!("`{name}`: stands twice"));
            }
            list.push(word);
        }
        Some(list)
    }

    /// A list of days.
    pub(super) fn days(&self, name: &str) -> Option<Vec<jiff::civil::Date>> {
        self.words(name, "a day such as \"2026-05-27\"", |text| text.parse().ok())
    }

    /// A whole number from the first to the second.
    pub(super) fn whole(&self, name: &str, (least, most): (u32, u32)) -> Option<u32> {
        self.whole_of(name, self.needed(name)?, (least, most))
    }

    fn whole_of(&self, name: &str, value: &Spanned<DeValue<'_>>, (least, most): (u32, u32)) -> Option<u32> {
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let what = format!("`{name}`: a whole number from {least} to {most} is expected");
            self.notes.note(value.span().start, what);
        }
        number
    }

    /// A list of whole numbers, rising.
    pub(super) fn rising(&self, name: &str, bounds: (u32, u32)) -> Option<Vec<u32>> {
        let value = self.needed(name)?;
        let list: Vec<u32> =
            self.list(name, value)?.iter().filter_map(|one| self.whole_of(name, one, bounds)).collect();
        if !list.is_sorted_by(|one, next| one < next) {
            self.notes.note(value.span().start, format!("`{name}`: the numbers must rise"));
        }
        Some(list)
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        let value = self.needed(name)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.notes.note(value.span().start, format!("`{name}`: true or false is expected"));
        }
        flag
    }

    /// A table within this one, read whole; `None` where it is not there.
    pub(super) fn optional<T>(&self, name: &str, read: impl FnOnce(&Section<'t>) -> Option<T>) -> Option<T> {
        self.find(name).and_then(|value| self.read(name, value, read))
    }

    /// A table within this one that must be there.
    pub(super) fn table<T>(&self, name: &str, read: impl FnOnce(&Section<'t>) -> Option<T>) -> Option<T> {
        self.needed(name).and_then(|value| self.read(name, value, read))
    }

    /// Every table of a list of tables.
    pub(super) fn tables<T>(&self, name: &str, read: impl Fn(&Section<'t>) -> Option<T>) -> Option<Vec<T>> {
        let list = self.list(name, self.needed(name)?)?;
        Some(list.iter().filter_map(|value| self.read(name, value, &read)).collect())
    }

    /// The names of this table that `parse` takes; the others are mistakes.
    pub(super) fn names<T>(&self, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<(T, &'t str)> {
        let mut names = Vec::new();
        for (key, _) in self.table {
            match parse(key.get_ref()) {
                Some(name) => names.push((name, key.get_ref().as_ref())),
                None => {
                    self.asked.borrow_mut().push(key.get_ref().as_ref());
                    let what = format!("`{}`: {expected} is expected", key.get_ref());
                    self.notes.note(key.span().start, what);
                }
            }
        }
        names
    }

    fn read<T>(
        &self,
        name: &str,
        value: &'t Spanned<DeValue<'t>>,
        read: impl FnOnce(&Section<'t>) -> Option<T>,
    ) -> Option<T> {
        let Range { start, .. } = value.span();
        let Some(table) = value.get_ref().as_table() else {
            self.notes.note(start, format!("`{name}`: a table is expected"));
            return None;
        };
        let section = Section::new(self.notes, table, start);
        let made = read(&section);
        section.close();
        made
    }

    fn list(&self, name: &str, value: &'t Spanned<DeValue<'t>>) -> Option<&'t DeArray<'t>> {
        let list = value.get_ref().as_array();
        if list.is_none() {
            self.notes.note(value.span().start, format!("`{name}`: a list is expected"));
        }
        list
    }
}
