//! Reading a file of rules so that every mistake in it is told at once, each with its line.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::domain::mistake::{Fault, Mistake};

/// What a text must be: the mistake that another one is, and the words that it may be, where they are few.
pub(super) struct Wanted(Fault, String);

impl Wanted {
    /// Of this kind.
    pub(super) const fn a(fault: Fault) -> Self {
        Self(fault, String::new())
    }

    /// One of the codes of a vocabulary.
    pub(super) fn one_of<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Self {
        Self(Fault::Word, all.iter().map(|one| code(*one)).collect::<Vec<_>>().join(", "))
    }

    fn told(&self, name: &str, found: &str) -> String {
        if self.1.is_empty() { format!("{name}: {found}") } else { format!("{name}: {}", self.1) }
    }
}

/// Reads a TOML file with `read`; either what it made of it, or every mistake in the order of the lines.
pub(super) fn read<T>(text: &str, read: impl FnOnce(&Section<'_>) -> Option<T>) -> Result<T, Vec<Mistake>> {
    let notes = Notes { text, mistakes: RefCell::default() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        notes.note(error.span().unwrap_or_default().start, Fault::Syntax, error.message());
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
    fn note(&self, at: usize, fault: Fault, text: &str) {
        let before = self.text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
        self.mistakes.borrow_mut().push(Mistake::new(before.saturating_add(1), fault, text));
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
                self.notes.note(name.span().start, Fault::MemberUnknown, name.get_ref());
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
            self.mistake(Fault::MemberMissing, name);
        }
        found
    }

    /// A mistake about the table as a whole.
    pub(super) fn mistake(&self, fault: Fault, text: &str) {
        self.notes.note(self.at, fault, text);
    }

    /// A mistake about a member.
    pub(super) fn mistake_at(&self, name: &str, fault: Fault, text: &str) {
        let at = self.table.iter().find(|(key, _)| key.get_ref().as_ref() == name);
        self.notes.note(at.map_or(self.at, |(key, _)| key.span().start), fault, text);
    }

    /// A text that `parse` takes.
    pub(super) fn word<T>(
        &self,
        name: &str,
        wanted: &Wanted,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        self.word_of(name, self.needed(name)?, wanted, parse)
    }

    fn word_of<T>(
        &self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        wanted: &Wanted,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = value.get_ref().as_str();
        let parsed = text.and_then(parse);
        if parsed.is_none() {
            let told = wanted.told(name, text.unwrap_or_default());
            self.notes.note(value.span().start, wanted.0, &told);
        }
        parsed
    }

    /// A list of texts that `parse` takes, none twice.
    pub(super) fn words<T: PartialEq>(
        &self,
        name: &str,
        wanted: &Wanted,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut list = Vec::new();
        for value in self.list(name, self.needed(name)?)? {
            let Some(word) = self.word_of(name, value, wanted, &parse) else { continue };
            if list.contains(&word) {
                self.notes.note(value.span().start, Fault::Twice, name);
            }
            list.push(word);
        }
        Some(list)
    }

    /// A list of days.
    pub(super) fn days(&self, name: &str) -> Option<Vec<jiff::civil::Date>> {
        self.words(name, &Wanted::a(Fault::Day), |text| text.parse().ok())
    }

    /// A whole number from the first to the second.
    pub(super) fn whole(&self, name: &str, (least, most): (u32, u32)) -> Option<u32> {
        self.whole_of(name, self.needed(name)?, (least, most))
    }

    fn whole_of(&self, name: &str, value: &Spanned<DeValue<'_>>, (least, most): (u32, u32)) -> Option<u32> {
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.notes.note(value.span().start, Fault::Whole, &format!("{name}: {least}–{most}"));
        }
        number
    }

    /// A list of whole numbers, rising.
    pub(super) fn rising(&self, name: &str, bounds: (u32, u32)) -> Option<Vec<u32>> {
        let value = self.needed(name)?;
        let list: Vec<u32> =
            self.list(name, value)?.iter().filter_map(|one| self.whole_of(name, one, bounds)).collect();
        if !list.is_sorted_by(|one, next| one < next) {
            self.notes.note(value.span().start, Fault::Rising, name);
        }
        Some(list)
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        let value = self.needed(name)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.notes.note(value.span().start, Fault::Flag, name);
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
    pub(super) fn names<T>(&self, wanted: &Wanted, parse: impl Fn(&str) -> Option<T>) -> Vec<(T, &'t str)> {
        let mut names = Vec::new();
        for (key, _) in self.table {
            match parse(key.get_ref()) {
                Some(name) => names.push((name, key.get_ref().as_ref())),
                None => {
                    self.asked.borrow_mut().push(key.get_ref().as_ref());
                    let told = if wanted.1.is_empty() {
                        key.get_ref().to_string()
                    } else {
                        wanted.told(key.get_ref(), "")
                    };
                    self.notes.note(key.span().start, wanted.0, &told);
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
            self.notes.note(start, Fault::Table, name);
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
            self.notes.note(value.span().start, Fault::List, name);
        }
        list
    }
}
