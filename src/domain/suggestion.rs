//! What a report is about, suggested by open rules (control KR-2): stems in a file that anybody can read, and the words of the
//! report that begin with them. It is a suggestion to the reporter and nothing else: nothing stores it.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{language::Language, taxonomy::Category};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stems {
    kk: Vec<String>,
    ru: Vec<String>,
    en: Vec<String>,
}

impl Stems {
    /// The stems for a language; who writes Kazakh often uses Russian words too.
    fn of(&self, language: Language) -> impl Iterator<Item = &String> {
        let (first, second) = match language {
            Language::Kk => (&self.kk, Some(&self.ru)),
            Language::Ru => (&self.ru, None),
            Language::En => (&self.en, None),
        };
        first.iter().chain(second.into_iter().flatten())
    }
}

/// The file; a test reads it as well, so it cannot be broken where this runs.
static STEMS: LazyLock<BTreeMap<String, Stems>> =
    LazyLock::new(|| toml::from_str(include_str!("suggestion.toml")).unwrap_or_default());

/// The most characters of a text that are looked at.
const LOOKED_AT: usize = 20_000;

/// A category, and what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The category.
    pub category: Category,
    /// The words of the text that led to it, in small letters, each once.
    pub words: Vec<String>,
}

/// The category for which the most different stems speak; of several the first of the taxonomy. None where no word does.
#[must_use]
pub fn suggest(language: Language, text: &str) -> Option<Suggestion> {
    let text: String = text.chars().take(LOOKED_AT).flat_map(char::to_lowercase).collect();
    // Words with one space between them and before the first, so that a stem is found at the beginning of words only.
    let plain: String = text.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { ' ' }).collect();
    let plain: String = plain.split_whitespace().flat_map(|word| [" ", word]).collect();
    let mut best: Option<(usize, Suggestion)> = None;
    for &category in Category::ALL {
        let Some(stems) = STEMS.get(category.code()) else { continue };
        let (mut score, mut words) = (0_usize, Vec::new());
        for stem in stems.of(language) {
            let Some(at) = plain.find(&format!(" {stem}")) else { continue };
            score = score.saturating_add(1);
            let rest = plain.get(at.saturating_add(1)..).unwrap_or_default();
            let end = rest
                .get(stem.len()..)
                .and_then(|rest| rest.find(' '))
                .map(|end| end.saturating_add(stem.len()));
            let word = end.and_then(|end| rest.get(..end)).unwrap_or(rest).to_owned();
            if !words.contains(&word) {
                words.push(word);
            }
        }
        if score > best.as_ref().map_or(0, |(most, _)| *most) {
            best = Some((score, Suggestion { category, words }));
        }
    }
    best.map(|(_, suggestion)| suggestion)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_category_but_other_has_stems_in_each_language() {
        let file: BTreeMap<String, Stems> = toml::from_str(include_str!("suggestion.toml")).unwrap();
        for category in Category::ALL.iter().filter(|category| **category != Category::Other) {
            let stems = &file[category.code()];
            for list in [&stems.kk, &stems.ru, &stems.en] {
                assert!(!list.is_empty(), "{category}");
                for stem in list {
                    assert_eq!(*stem, stem.to_lowercase(), "stems are in small letters");
                }
            }
        }
        assert!(file.keys().all(|code| Category::parse(code).is_some()));
        assert_eq!(file.len(), Category::ALL.len() - 1);
    }

    #[test]
    fn words_lead_to_a_category_and_are_told() {
        for (language, text, category, words) in [
            (Language::En, "The inspector took BRIBES, twice.", Category::Bribery, &["bribes"][..]),
            (
                Language::Ru,
                "Начальник требовал взятку и вымогал деньги.",
                Category::Bribery,
                &["взятку", "вымогал"],
            ),
            (Language::Kk, "Бастық тендерде откат алды.", Category::Procurement, &["тендерде", "откат"]),
            (
                Language::Ru,
                "После жалобы меня уволили и угрожают.",
                Category::Retaliation,
                &["уволили", "угрожают"],
            ),
            (
                Language::En,
                "It is a conflict of interest.",
                Category::ConflictOfInterest,
                &["conflict of interest"],
            ),
        ] {
            let found = suggest(language, text).unwrap();
            assert_eq!(
                (found.category, found.words),
                (category, words.iter().map(|w| (*w).to_owned()).collect())
            );
        }
    }

    #[test]
    fn a_stem_inside_a_word_is_nothing_and_neither_is_silence() {
        assert_eq!(suggest(Language::En, "a scribe and a forbidden cabbage"), None);
        assert_eq!(suggest(Language::Ru, ""), None);
    }

    proptest! {
        #[test]
        fn words_that_are_told_stand_in_the_text(text in ".{0,200}") {
            if let Some(found) = suggest(Language::Ru, &text) {
                prop_assert!(!found.words.is_empty());
            }
        }
    }
}
