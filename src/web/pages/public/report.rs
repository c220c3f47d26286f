use std::borrow::Cow;

use askama::Template;

use crate::domain::conflict::Concern;
use crate::domain::field_error::FieldError;
use crate::i18n::Texts;
use crate::web::pages::frame;
use crate::web::pages::{Choice, Faults, Kept, PublicFrame};

/// `/{lang}/report`: the form; also the answer (422) to a form with faults, with everything typed kept.
#[derive(Debug, Template)]
#[template(path = "pages/public/report.html")]
pub struct ReportPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: PublicFrame,
    /// The form's sealed token (hidden field `form_token`): it holds the receipt to come, so sending twice is safe.
    pub form_token: String,
    /// What was typed so far.
    pub fields: ReportFields,
    /// What is wrong with it.
    pub faults: Faults,
    /// Categories (norms.md 8.7) in the order to be shown.
    pub categories: Vec<Choice>,
    /// Regions (KATO) in the order to be shown.
    pub regions: Vec<Choice>,
    /// Bodies to choose from; never all of a large registry.
    pub bodies: Vec<Choice>,
    /// How bodies are looked for; none where all of them are offered.
    pub search: Option<BodySearch>,
    /// The words by which the category was suggested just now; empty where none suggests any, none where nobody asked.
    pub suggested: Option<Vec<String>>,
    /// Limit of the narrative, in characters.
    pub narrative_max: i64,
}

/// How bodies are looked for: field `body_words`, button `find`.
#[derive(Debug, Clone, Default)]
pub struct BodySearch {
    /// The words typed.
    pub words: String,
    /// How many were found; none where nothing was looked for.
    pub found: Option<i64>,
    /// True where there are more than are shown.
    pub more: bool,
}

/// The fields of the form, named as they are sent; empty = not answered.
#[derive(Debug, Clone, Default)]
pub struct ReportFields {
    /// Language in which the reporter wants to be answered: `kk`, `ru`, `en`.
    pub language: String,
    /// Code of the category.
    pub category: String,
    /// Id of the body concerned.
    pub body: String,
    /// Code of the region.
    pub region: String,
    /// What happened.
    pub narrative: String,
    /// When (field `when`).
    pub when: String,
    /// Where (field `where`).
    pub where_: String,
    /// `yes`, `no`, `unsure`.
    pub first_hand: String,
    /// `yes`, `no`, `unsure`.
    pub ongoing: String,
    /// `yes`, `no`, `unsure`.
    pub evidence: String,
    /// Codes of whom it concerns, a line each (field `concerns`, once for each).
    pub concerns: String,
    /// The persons it is about, a line each.
    pub people: String,
    /// Risk to the reporter: `none`, `some`, `high`, `unsure`.
    pub risk: String,
}

impl ReportFields {
    /// What was typed, by its names, for a page of refusal. Answers that were chosen are chosen again in a moment.
    #[must_use]
    pub fn kept(&self, t: Texts) -> Vec<Kept> {
        let typed = [
            ("narrative", &self.narrative),
            ("when", &self.when),
            ("where", &self.where_),
            ("people", &self.people),
        ];
        let typed = typed.into_iter().filter(|(_, text)| !text.is_empty());
        typed.map(|(name, text)| Kept { name: t.code("field", name), text: text.clone() }).collect()
    }
}

impl ReportPage {
    /// The yes-or-no questions: field name and the answer so far.
    fn questions(&self) -> [(&'static str, &str); 3] {
        [
            ("first_hand", &self.fields.first_hand),
            ("ongoing", &self.fields.ongoing),
            ("evidence", &self.fields.evidence),
        ]
    }

    fn question(&self, name: &str) -> String {
        self.t.code("report", name)
    }

    fn question_hint(&self, name: &str) -> Cow<'static, str> {
        if name == "evidence" { self.t.report_evidence_hint() } else { Cow::Borrowed("") }
    }

    /// Whom a report must not reach, to be ticked.
    /// Whether the ticks leave nobody who may look at the report, so that sending it all the same is to be confirmed.
    fn nobody_left(&self) -> bool {
        self.faults.0.iter().any(|fault| fault.code == FieldError::NOBODY_LEFT)
    }

    fn concerns(&self) -> Vec<Choice> {
        let codes: Vec<&str> = Concern::ALL.iter().map(|concern| concern.code()).collect();
        Choice::of_codes(self.t, "concern", &codes)
    }

    /// "I would rather not say" stands last and is what is ticked at first.
    fn yes_no(&self) -> Vec<Choice> {
        self.or_nothing("answer", &["yes", "no", "unsure"])
    }

    fn risks(&self) -> Vec<Choice> {
        self.or_nothing("risk", &["none", "some", "high", "unsure"])
    }

    fn or_nothing(&self, vocabulary: &str, codes: &[&str]) -> Vec<Choice> {
        let mut choices = Choice::of_codes(self.t, vocabulary, codes);
        choices.push(Choice { value: String::new(), label: self.t.report_not_answered().into_owned() });
        choices
    }

    /// The language of the answers: that of the page until another is chosen.
    fn language(&self) -> &str {
        if self.fields.language.is_empty() { self.t.language() } else { &self.fields.language }
    }

    fn languages(&self) -> Vec<Choice> {
        frame::languages()
            .map(|(code, name)| Choice { value: code.to_owned(), label: name.to_owned() })
            .into()
    }
}
