//! A report as it arrives: raw fields of a form or a JSON body, read once into types that cannot be wrong.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::case::facts::Answer;
use super::conflict::Concern;
use super::field_error::FieldError;
use super::ids::BodyId;
use super::language::Language;
use super::profile::Waiver;
use super::retaliation::{RawRetaliation, Retaliation};
use super::taxonomy::{Category, Region};
use super::text::{Narrative, ShortText, TextLimits};
use super::vocabulary::vocabulary;

/// Longest answer to "when" and "where", in characters.
pub const LINE: usize = 200;
/// The most persons that a report names by themselves, besides its text.
pub const MOST_NAMED: u8 = 10;

vocabulary! {
    /// How much the reporter fears for themselves.
    pub enum Risk {
        /// They see none.
        None = "none",
        /// Some.
        Some = "some",
        /// High: the desk must see it at once.
        High = "high",
        /// They cannot tell.
        Unsure = "unsure",
    }
}

/// The fields as sent, form and JSON alike. An empty field is the same as none. Wiped when dropped; does not print.
#[derive(Clone, Default, Deserialize, Serialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub struct RawReport {
    /// Code of [`Language`]; needed.
    pub language: Option<String>,
    /// Code of [`Category`]; needed.
    pub category: Option<String>,
    /// Id of the body concerned.
    pub body: Option<String>,
    /// Code of [`Region`].
    pub region: Option<String>,
    /// What happened; needed.
    pub narrative: Option<String>,
    /// When, in words.
    pub when: Option<String>,
    /// Where, in words.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// `yes`, `no` or `unsure`: seen with their own eyes?
    pub first_hand: Option<String>,
    /// `yes`, `no` or `unsure`: still going on?
    pub ongoing: Option<String>,
    /// `yes`, `no` or `unsure`: is there evidence?
    pub evidence: Option<String>,
    /// Code of [`Risk`].
    pub risk: Option<String>,
    /// Code of [`Waiver`]: no acknowledgement is wanted. Only where the profile allows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ack_waiver: Option<String>,
    /// Codes of [`Concern`]: whom it must not reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concerns: Vec<String>,
    /// The persons it is about, one each, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// What makes it a complaint of retaliation from a mailbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retaliation: Option<RawRetaliation>,
}

/// A well-formed report. Control OI-9c-1: nothing in it asks who the reporter is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The language of the report, in which the service will speak to the reporter.
    pub language: Language,
    /// What it is about.
    pub category: Category,
    /// The body concerned, if the reporter named one of the registry.
    pub body: Option<BodyId>,
    /// Where, for routing and statistics.
    pub region: Option<Region>,
    /// What happened.
    pub narrative: Narrative,
    /// The optional structured answers (control ISO-8.2-2).
    pub answers: Answers,
    /// Why no acknowledgement is wanted, where none is (control EU-11.2b-1).
    pub ack_waiver: Option<Waiver>,
    /// Whom it concerns, by ticks (norms.md 8.5, rule 2).
    pub concerns: Vec<Concern>,
    /// The persons it is about.
    pub people: Vec<ShortText<LINE>>,
    /// What makes it a complaint of retaliation from a mailbox.
    pub retaliation: Option<Retaliation>,
}

/// Answers that help triage; each may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// When it happened.
    pub when: Option<ShortText<LINE>>,
    /// Where it happened.
    pub place: Option<ShortText<LINE>>,
    /// Seen with their own eyes?
    pub first_hand: Option<Answer>,
    /// Still going on?
    pub ongoing: Option<Answer>,
    /// Is there evidence?
    pub evidence: Option<Answer>,
    /// Does the reporter fear for themselves?
    pub risk: Option<Risk>,
}

/// Why sealed report bytes cannot be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed report is not in a known format")]
pub struct UnknownFormat;

/// What is sealed: the fields in the fixed order of [`RawReport`], after a version.
#[derive(Serialize)]
struct Written<'a> {
    v: u8,
    report: &'a RawReport,
}

#[derive(Deserialize)]
struct Read {
    v: u8,
    report: RawReport,
}

const FORMAT: u8 = 1;

impl Report {
    /// Reads a report, finding all mistakes at once.
    ///
    /// # Errors
    /// One [`FieldError`] per wrong field, in the order of the form.
    pub fn parse(raw: &RawReport, limits: TextLimits) -> Result<Self, Vec<FieldError>> {
        let mut form = Fields { errors: Vec::new() };
        let narrative = Narrative::parse(raw.narrative.as_deref().unwrap_or_default(), limits.narrative)
            .map_err(|error| form.errors.push(FieldError::from_text("narrative", &error)))
            .ok();
        let category = form.needed("category", raw.category.as_deref(), Category::parse);
        let body = form.optional("body", raw.body.as_deref(), |text| text.parse::<BodyId>().ok());
        let region = form.optional("region", raw.region.as_deref(), Region::parse);
        let answers = Answers {
            when: form.line("when", raw.when.as_deref()),
            place: form.line("where", raw.place.as_deref()),
            first_hand: form.optional("first_hand", raw.first_hand.as_deref(), Answer::parse),
            ongoing: form.optional("ongoing", raw.ongoing.as_deref(), Answer::parse),
            evidence: form.optional("evidence", raw.evidence.as_deref(), Answer::parse),
            risk: form.optional("risk", raw.risk.as_deref(), Risk::parse),
        };
        let ack_waiver = form.optional("ack_waiver", raw.ack_waiver.as_deref(), Waiver::parse);
        let concerns = form.concerns(&raw.concerns);
        let people = form.people(&raw.people);
        let retaliation = form.retaliation(raw.retaliation.as_ref());
        let language = form.needed("language", raw.language.as_deref(), Language::parse);
        match (language, category, narrative) {
            (Some(language), Some(category), Some(narrative)) if form.errors.is_empty() => Ok(Self {
                language,
                category,
                body,
                region,
                narrative,
                answers,
                ack_waiver,
                concerns,
                people,
                retaliation,
            }),
            _ => Err(form.errors),
        }
    }

    /// The content bytes to be sealed: version and all fields, always the same bytes for the same report.
    #[must_use]
    pub fn to_sealed_json(&self) -> Zeroizing<Vec<u8>> {
        let raw = self.to_raw();
        Zeroizing::new(serde_json::to_vec(&Written { v: FORMAT, report: &raw }).unwrap_or_default())
    }

    /// Reads back what [`Report::to_sealed_json`] wrote. Limits are not applied again: they may have changed since.
    ///
    /// # Errors
    /// [`UnknownFormat`] if the bytes are not a report of a known version.
    pub fn from_sealed_json(bytes: &[u8]) -> Result<Self, UnknownFormat> {
        let unlimited = TextLimits { narrative: usize::MAX, message: usize::MAX, staff: usize::MAX };
        let read: Read = serde_json::from_slice(bytes).ok().ok_or(UnknownFormat)?;
        if read.v != FORMAT {
            return Err(UnknownFormat);
        }
        Self::parse(&read.report, unlimited).ok().ok_or(UnknownFormat)
    }

    fn to_raw(&self) -> RawReport {
        let mut raw = RawReport::default();
        raw.language = Some(self.language.code().to_owned());
        raw.category = Some(self.category.code().to_owned());
        raw.body = self.body.map(|body| body.to_string());
        raw.region = self.region.map(|region| region.code().to_owned());
        raw.narrative = Some(self.narrative.expose().to_owned());
        raw.when = self.answers.when.as_ref().map(|line| line.expose().to_owned());
        raw.place = self.answers.place.as_ref().map(|line| line.expose().to_owned());
        raw.first_hand = self.answers.first_hand.map(|answer| answer.code().to_owned());
        raw.ongoing = self.answers.ongoing.map(|answer| answer.code().to_owned());
        raw.evidence = self.answers.evidence.map(|answer| answer.code().to_owned());
        raw.risk = self.answers.risk.map(|risk| risk.code().to_owned());
        raw.ack_waiver = self.ack_waiver.map(|waiver| waiver.code().to_owned());
        raw.concerns = self.concerns.iter().map(|concern| concern.code().to_owned()).collect();
        raw.people = self.people.iter().map(|line| line.expose().to_owned()).collect();
        raw.retaliation = self.retaliation.as_ref().map(Retaliation::to_raw);
        raw
    }
}

struct Fields {
    errors: Vec<FieldError>,
}

impl Fields {
    fn optional<T>(
        &mut self,
        field: &'static str,
        raw: Option<&str>,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let given = raw.map(str::trim).filter(|text| !text.is_empty())?;
        let value = read(given);
        if value.is_none() {
            self.errors.push(FieldError::new(field, FieldError::UNKNOWN));
        }
        value
    }

    fn needed<T>(
        &mut self,
        field: &'static str,
        raw: Option<&str>,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if raw.is_none_or(|text| text.trim().is_empty()) {
            self.errors.push(FieldError::new(field, FieldError::REQUIRED));
        }
        self.optional(field, raw, read)
    }

    fn concerns(&mut self, raw: &[String]) -> Vec<Concern> {
        let mut concerns = Vec::new();
        for code in raw {
            let concern = self.optional("concerns", Some(code), Concern::parse);
            concerns.extend(concern.filter(|one| !concerns.contains(one)));
        }
        concerns
    }

    fn retaliation(&mut self, raw: Option<&RawRetaliation>) -> Option<Retaliation> {
        Retaliation::parse(raw?).map_err(|errors| self.errors.extend(errors)).ok()
    }

    fn people(&mut self, raw: &[String]) -> Vec<ShortText<LINE>> {
        let people: Vec<_> = raw.iter().filter_map(|line| self.line("people", Some(line))).collect();
        if people.len() > usize::from(MOST_NAMED) {
            self.errors.push(FieldError {
                max: Some(u64::from(MOST_NAMED)),
                ..FieldError::new("people", FieldError::TOO_LONG)
            });
        }
        people
    }

    fn line(&mut self, field: &'static str, raw: Option<&str>) -> Option<ShortText<LINE>> {
        let given = raw.filter(|text| !text.trim().is_empty())?;
        ShortText::parse(given).map_err(|error| self.errors.push(FieldError::from_text(field, &error))).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minimal() -> RawReport {
        let mut raw = RawReport::default();
        raw.language = Some("kk".to_owned());
        raw.category = Some("bribery".to_owned());
        raw.narrative = Some("Something happened.".to_owned());
        raw
    }

    #[test]
    fn language_category_and_words_are_enough() {
        let report = Report::parse(&minimal(), TextLimits::default()).unwrap();
        assert_eq!((report.language, report.category), (Language::Kk, Category::Bribery));
        assert_eq!((report.body, report.region, report.answers), (None, None, Answers::default()));
    }

    #[test]
    fn an_empty_form_names_what_is_needed_and_nothing_else() {
        let needed = ["narrative", "category", "language"].map(|f| FieldError::new(f, FieldError::REQUIRED));
        assert_eq!(Report::parse(&RawReport::default(), TextLimits::default()), Err(needed.to_vec()));
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let mut raw = minimal();
        raw.language = Some("xx".to_owned());
        raw.body = Some("17".to_owned());
        raw.region = Some("99".to_owned());
        raw.narrative = Some("four".to_owned());
        raw.when = Some("a\nb".to_owned());
        raw.place = Some("x".repeat(LINE + 1));
        raw.risk = Some("terrible".to_owned());
        raw.concerns = vec!["head".to_owned(), "everybody".to_owned()];
        raw.people = vec!["somebody".to_owned(); 11];
        let limits = TextLimits { narrative: 3, ..TextLimits::default() };
        let errors = Report::parse(&raw, limits).unwrap_err();
        let told: Vec<_> = errors.iter().map(|e| (e.field, e.code, e.max)).collect();
        assert_eq!(
            told,
            [
                ("narrative", FieldError::TOO_LONG, Some(3)),
                ("body", FieldError::UNKNOWN, None),
                ("region", FieldError::UNKNOWN, None),
                ("when", FieldError::FORBIDDEN, None),
                ("where", FieldError::TOO_LONG, Some(200)),
                ("risk", FieldError::UNKNOWN, None),
                ("concerns", FieldError::UNKNOWN, None),
                ("people", FieldError::TOO_LONG, Some(10)),
                ("language", FieldError::UNKNOWN, None),
            ]
        );
    }

    #[test]
    fn empty_fields_of_a_form_are_no_answers() {
        let mut raw = minimal();
        raw.region = Some(String::new());
        raw.when = Some("  ".to_owned());
        raw.ongoing = Some(String::new());
        assert!(Report::parse(&raw, TextLimits::default()).is_ok());
    }

    #[test]
    fn the_sealed_form_is_pinned() {
        let mut raw = minimal();
        raw.place = Some("Hall 2".to_owned());
        raw.evidence = Some("unsure".to_owned());
        let report = Report::parse(&raw, TextLimits::default()).unwrap();
        assert_eq!(
            std::str::from_utf8(&report.to_sealed_json()).unwrap(),
            r#"{"v":1,"report":{"language":"kk","category":"bribery","body":null,"region":null,"narrative":"Something happened.","when":null,"where":"Hall 2","first_hand":null,"ongoing":null,"evidence":"unsure","risk":null}}"#
        );
    }

    #[test]
    fn foreign_bytes_are_refused() {
        for bytes in [&b""[..], b"{}", b"{\"v\":2,\"report\":{}}", b"{\"v\":1,\"report\":{}}", b"\xff"] {
            assert_eq!(Report::from_sealed_json(bytes), Err(UnknownFormat));
        }
    }

    proptest! {
        #[test]
        fn a_report_reads_back_from_its_sealed_form(
            narrative in "\\PC{1,300}", when in proptest::option::of("\\PC{1,50}"), risk in 0..4_usize,
        ) {
            let mut raw = minimal();
            raw.narrative = Some(narrative);
            raw.when = when;
            raw.risk = Some(Risk::ALL[risk].code().to_owned());
            raw.body = Some("6f1f6c5e-0f5c-4f0e-9f43-0f2f7b1f8f10".to_owned());
            raw.concerns = Concern::ALL.iter().take(risk).map(|concern| concern.code().to_owned()).collect();
            raw.people = raw.when.clone().into_iter().collect();
            if let Ok(report) = Report::parse(&raw, TextLimits::default()) {
                prop_assert_eq!(Report::from_sealed_json(&report.to_sealed_json()), Ok(report));
            }
        }
    }
}
