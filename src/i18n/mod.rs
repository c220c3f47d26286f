//! The catalogues of words in Kazakh, Russian and English.
//!
//! The words stand in `templates/locales/{kk,ru,en}/*.ftl` (Fluent). `build.rs` makes one method of [`Texts`] for each
//! key, so a template that asks for an unknown key does not compile, and a key that one language lacks stops the build.
//! Words for closed codes (`status-received`) are looked up by [`Texts::code`]. To add words: write the key in all
//! three languages, then call the method.

mod dates;
mod given;
mod numbers;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

pub use given::Given;

/// Codes of the languages Senim speaks, in the order in which the language switch shows them.
pub const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];

include!(concat!(env!("OUT_DIR"), "/sources.rs"));
include!(concat!(env!("OUT_DIR"), "/texts.rs"));

static CATALOGUES: LazyLock<[Catalogue; 3]> = LazyLock::new(|| SOURCES.each_ref().map(Catalogue::load));

/// All words of one language.
struct Catalogue {
    language: &'static str,
    bundle: FluentBundle<FluentResource>,
}

impl Catalogue {
    fn load((language, files): &(&'static str, [&'static str; 13])) -> Self {
        let mut bundle = FluentBundle::new_concurrent(language.parse().into_iter().collect());
        // All three scripts run left to right: isolation marks would only be invisible litter in copied text.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(if *language == "en" {
            numbers::with_commas
        } else {
            numbers::with_spaces
        }));
        // The build script has parsed the same files and refused duplicates, so nothing is lost in either branch.
        bundle.add_builtins().unwrap_or_default();
        for file in files {
            let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(partial, _)| partial);
            bundle.add_resource(resource).unwrap_or_default();
        }
        Self { language, bundle }
    }
}

/// The words of one language: cheap to copy, lives for ever.
#[derive(Clone, Copy)]
pub struct Texts(&'static Catalogue);

impl Texts {
    /// The words of the language with this code (`kk`, `ru`, `en`); English for any other.
    #[must_use]
    pub fn of(language: &str) -> Self {
        let [first, others @ ..] = &*CATALOGUES;
        Self(others.iter().find(|catalogue| catalogue.language == language).unwrap_or(first))
    }

    /// Code of this language: `kk`, `ru` or `en`.
    #[must_use]
    pub fn language(self) -> &'static str {
        self.0.language
    }

    /// The word for a code of a closed vocabulary (`code("status", "received")` reads the key `status-received`; a dot
    /// in a code is written as a dash in the key). A code without a word is given back as it is.
    #[must_use]
    pub fn code(self, vocabulary: &str, code: &str) -> String {
        self.find_code(vocabulary, code).unwrap_or_else(|| code.to_owned())
    }

    /// Like [`Texts::code`], but `None` where the vocabulary has no word for the code.
    #[must_use]
    pub fn find_code(self, vocabulary: &str, code: &str) -> Option<String> {
        let key = format!("{vocabulary}-{}", code.replace('.', "-"));
        self.message(&key, None).map(Cow::into_owned)
    }

    /// What is wrong with a field, as a sentence; `max` is the limit that was passed, if there is one.
    #[must_use]
    pub fn fault(self, code: &str, max: Option<u64>) -> String {
        match max.and_then(|max| i64::try_from(max).ok()) {
            Some(max) if code == "too_long" => self.fault_too_long_than(max).into_owned(),
            _ => self.find_code("fault", code).unwrap_or_else(|| self.fault_invalid().into_owned()),
        }
    }

    fn fixed(self, key: &'static str) -> Cow<'static, str> {
        self.message(key, None).unwrap_or(Cow::Borrowed(key))
    }

    fn filled(self, key: &'static str, values: &[(&'static str, FluentValue<'_>)]) -> Cow<'static, str> {
        let values: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.message(key, Some(&values)).unwrap_or(Cow::Borrowed(key))
    }

    fn message(self, key: &str, values: Option<&FluentArgs<'_>>) -> Option<Cow<'static, str>> {
        let pattern = self.0.bundle.get_message(key)?.value()?;
        Some(self.0.bundle.format_pattern(pattern, values, &mut Vec::new()))
    }
}

/// Every key of the catalogues, for tests.
#[cfg(test)]
pub(crate) fn keys() -> impl Iterator<Item = String> {
    KEYS.iter().map(|key| (*key).to_owned())
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Texts({})", self.0.language)
    }
}
