//! How the fields of a step are read.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::super::facts::{Actions, MOST_ENTRIES, Measure};
use crate::domain::field_error::FieldError;
use crate::domain::text::{TextError, TextLimits};

/// Given and not empty.
fn given(raw: &Option<String>) -> Option<&str> {
    raw.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// Reads fields, and notes every mistake.
pub(super) struct Reading {
    pub(super) errors: Vec<FieldError>,
    pub(super) limits: TextLimits,
}

impl Reading {
    /// A value that `read` knows.
    pub(super) fn value<T>(
        &mut self,
        field: &'static str,
        raw: &Option<String>,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = read(given(raw)?);
        if value.is_none() {
            self.errors.push(FieldError::new(field, FieldError::UNKNOWN));
        }
        value
    }

    /// Words.
    pub(super) fn text<T>(
        &mut self,
        field: &'static str,
        raw: &Option<String>,
        read: impl Fn(&str) -> Result<T, TextError>,
    ) -> Option<T> {
        read(given(raw)?).map_err(|error| self.errors.push(FieldError::from_text(field, &error))).ok()
    }

    /// `on` is what a browser sends for a ticked box.
    pub(super) fn flag(&mut self, field: &'static str, raw: &Option<String>) -> bool {
        let read = |text: &str| match text {
            "yes" | "on" | "true" => Some(true),
            "no" | "false" => Some(false),
            _ => None,
        };
        self.value(field, raw, read).unwrap_or(false)
    }

    /// A line for each.
    pub(super) fn list<T>(
        &mut self,
        field: &'static str,
        raw: &Option<String>,
        read: impl Fn(&str) -> Result<T, FieldError>,
    ) -> Vec<T> {
        let lines: Vec<&str> =
            raw.iter().flat_map(|text| text.lines()).map(str::trim).filter(|line| !line.is_empty()).collect();
        if lines.len() > MOST_ENTRIES {
            let max = u64::try_from(MOST_ENTRIES).ok();
            self.errors.push(FieldError { field, code: FieldError::TOO_LONG, max });
            return Vec::new();
        }
        match lines.into_iter().map(read).collect() {
            Ok(values) => values,
            Err(error) => {
                self.errors.push(error);
                Vec::new()
            }
        }
    }

    /// A code on each line.
    pub(super) fn codes<T: Ord>(
        &mut self,
        field: &'static str,
        raw: &Option<String>,
        parse: impl Fn(&str) -> Option<T>,
    ) -> BTreeSet<T> {
        let read = |code: &str| parse(code).ok_or(FieldError::new(field, FieldError::UNKNOWN));
        self.list(field, raw, read).into_iter().collect()
    }

    /// `none`, or one measure per line.
    pub(super) fn actions(&mut self, raw: &Option<String>) -> Option<Actions> {
        if given(raw)? == "none" {
            return Some(Actions::None);
        }
        let measures = self.list("actions", raw, |line| {
            Measure::parse(line).map_err(|error| FieldError::from_text("actions", &error))
        });
        (!measures.is_empty()).then_some(Actions::Listed(measures))
    }
}

/// Accepts a string, a boolean (`yes`/`no`), a whole number, an array of strings (one per line), or null.
pub(super) fn loose<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Loose;
    impl<'de> Visitor<'de> for Loose {
        type Value = Option<String>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string, a boolean, a whole number or a list of strings")
        }
        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(text.to_owned()))
        }
        fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
            Ok(Some(if flag { "yes" } else { "no" }.to_owned()))
        }
        fn visit_u64<E>(self, count: u64) -> Result<Self::Value, E> {
            Ok(Some(count.to_string()))
        }
        fn visit_i64<E>(self, count: i64) -> Result<Self::Value, E> {
            Ok(Some(count.to_string()))
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_some<D2: Deserializer<'de>>(self, inner: D2) -> Result<Self::Value, D2::Error> {
            inner.deserialize_any(self)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut lines = Zeroizing::new(Vec::new());
            while let Some(line) = list.next_element::<String>()? {
                lines.push(line);
            }
            Ok(Some(lines.join("\n")))
        }
    }
    deserializer.deserialize_any(Loose)
}
