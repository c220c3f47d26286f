//! The facts of a step as they are sent, form and JSON alike, and their reading into [`StepFacts`].

use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::facts::{
    Actions, Answer, DetrimentLevel, FeedbackSent, Hearing, IdentityRemoved, MOST_ENTRIES, Measure,
    NewGround, PauseReason, Proceedings, RetentionClass, ReviewResult, StepFacts, SubjectHeard, TargetBody,
};
use super::outcome::Outcome;
use super::reason::ReasonCode;
use crate::domain::field_error::FieldError;
use crate::domain::profile::{ClockName, ProfileVersion};
use crate::domain::text::{Message, Note, Reasons, TextError, TextLimits};

macro_rules! raw_facts {
    ($( $(#[$doc:meta])* $field:ident ),+ $(,)?) => {
        /// The fields of a step as sent; an empty field is the same as none. In JSON a flag may also be a boolean, a
        /// count a number, and a list an array of strings. Wiped when dropped; does not print.
        #[derive(Clone, Default, PartialEq, Eq, Deserialize, Serialize, Zeroize, ZeroizeOnDrop)]
        pub struct RawFacts {
            $( $(#[$doc])*
            #[serde(default, deserialize_with = "loose", skip_serializing_if = "Option::is_none")]
            pub $field: Option<String> ),+
        }

        impl RawFacts {
            /// The names of the fields, in the order of the struct.
            pub const FIELDS: &'static [&'static str] = &[$( stringify!($field) ),+];

            /// The field of a name.
            pub fn field_mut(&mut self, name: &str) -> Option<&mut Option<String>> {
                $( if name == stringify!($field) { return Some(&mut self.$field); } )+
                None
            }
        }
    };
}

raw_facts! {
    /// Code of [`ReasonCode`].
    reason_code,
    /// Words.
    reasons,
    /// Code of [`Outcome`].
    outcome,
    /// Code of [`DetrimentLevel`].
    detriment_level,
    /// Words.
    protection_plan,
    /// Words.
    plan,
    /// Code of [`DetrimentLevel`].
    reassessed_detriment,
    /// Code of [`SubjectHeard`].
    subject_heard,
    /// Words.
    deferral_reason,
    /// `yes`, or nothing.
    evidence_verified,
    /// Code of [`Hearing`].
    hearing,
    /// `none`, or one measure per line.
    actions,
    /// Code of [`Proceedings`].
    proceedings,
    /// Code of [`FeedbackSent`].
    feedback_sent,
    /// Code of [`RetentionClass`].
    retention_class,
    /// One line.
    target,
    /// Code of [`IdentityRemoved`].
    identity_removed,
    /// Id of a case.
    master,
    /// Words.
    question,
    /// A day, `YYYY-MM-DD`.
    expected_on,
    /// Code of [`ClockName`].
    clock,
    /// A profile with its version, such as `kz/2`.
    profile,
    /// Code of [`PauseReason`].
    pause_reason,
    /// Code of [`Answer`].
    anon_crime,
    /// Code of [`Answer`].
    anon_security,
    /// `yes`, or nothing.
    reporter_asked,
    /// Code of [`Answer`].
    public_interest,
    /// Code of [`NewGround`].
    new_ground,
    /// Code of [`ReviewResult`].
    review_result,
    /// Id of a member of staff.
    lead,
    /// Ids of members of staff, one per line.
    investigators,
    /// A number.
    reminders,
    /// Words for the reporter.
    message,
    /// Words.
    silence_reason,
}

impl RawFacts {
    /// Reads the facts, finding all mistakes at once. Whether a step has all it needs is for
    /// [`super::step_taken::take`] to say.
    ///
    /// # Errors
    /// One [`FieldError`] per field that is there but cannot be read.
    pub fn parse(&self, limits: TextLimits) -> Result<StepFacts, Vec<FieldError>> {
        let mut read = Reading { errors: Vec::new(), limits };
        let facts = self.read(&mut read);
        if read.errors.is_empty() { Ok(facts) } else { Err(read.errors) }
    }

    fn read(&self, r: &mut Reading) -> StepFacts {
        let (staff, message) = (r.limits.staff, r.limits.message);
        StepFacts {
            reason_code: r.value("reason_code", &self.reason_code, ReasonCode::parse),
            reasons: r.text("reasons", &self.reasons, |t| Reasons::parse(t, staff)),
            outcome: r.value("outcome", &self.outcome, Outcome::parse),
            detriment_level: r.value("detriment_level", &self.detriment_level, DetrimentLevel::parse),
            protection_plan: r.text("protection_plan", &self.protection_plan, |t| Note::parse(t, staff)),
            plan: r.text("plan", &self.plan, |t| Note::parse(t, staff)),
            reassessed_detriment: r.value(
                "reassessed_detriment",
                &self.reassessed_detriment,
                DetrimentLevel::parse,
            ),
            subject_heard: r.value("subject_heard", &self.subject_heard, SubjectHeard::parse),
            deferral_reason: r.text("deferral_reason", &self.deferral_reason, |t| Reasons::parse(t, staff)),
            evidence_verified: r.flag("evidence_verified", &self.evidence_verified),
            hearing: r.value("hearing", &self.hearing, Hearing::parse),
            actions: r.actions(&self.actions),
            proceedings: r.value("proceedings", &self.proceedings, Proceedings::parse),
            feedback_sent: r.value("feedback_sent", &self.feedback_sent, FeedbackSent::parse),
            retention_class: r.value("retention_class", &self.retention_class, RetentionClass::parse),
            target: r.text("target", &self.target, TargetBody::parse),
            identity_removed: r.value("identity_removed", &self.identity_removed, IdentityRemoved::parse),
            master: r.value("master", &self.master, |t| t.parse().ok()),
            question: r.text("question", &self.question, |t| Message::parse(t, message)),
            expected_on: r.value("expected_on", &self.expected_on, |t| t.parse().ok()),
            clock: r.value("clock", &self.clock, ClockName::parse),
            profile: r.value("profile", &self.profile, ProfileVersion::parse),
            pause_reason: r.value("pause_reason", &self.pause_reason, PauseReason::parse),
            anon_crime: r.value("anon_crime", &self.anon_crime, Answer::parse),
            anon_security: r.value("anon_security", &self.anon_security, Answer::parse),
            reporter_asked: r.flag("reporter_asked", &self.reporter_asked),
            public_interest: r.value("public_interest", &self.public_interest, Answer::parse),
            new_ground: r.value("new_ground", &self.new_ground, NewGround::parse),
            review_result: r.value("review_result", &self.review_result, ReviewResult::parse),
            lead: r.value("lead", &self.lead, |t| t.parse().ok()),
            investigators: r.list("investigators", &self.investigators, |t| {
                t.parse().ok().ok_or(FieldError::new("investigators", FieldError::UNKNOWN))
            }),
            reminders: r.value("reminders", &self.reminders, |t| t.parse().ok()),
            message: r.text("message", &self.message, |t| Message::parse(t, message)),
            silence_reason: r.text("silence_reason", &self.silence_reason, |t| Reasons::parse(t, staff)),
            ..StepFacts::default()
        }
    }
}

/// Given and not empty.
fn given(raw: &Option<String>) -> Option<&str> {
    raw.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

struct Reading {
    errors: Vec<FieldError>,
    limits: TextLimits,
}

impl Reading {
    fn value<T>(
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

    fn text<T>(
        &mut self,
        field: &'static str,
        raw: &Option<String>,
        read: impl Fn(&str) -> Result<T, TextError>,
    ) -> Option<T> {
        read(given(raw)?).map_err(|error| self.errors.push(FieldError::from_text(field, &error))).ok()
    }

    /// `on` is what a browser sends for a ticked box.
    fn flag(&mut self, field: &'static str, raw: &Option<String>) -> bool {
        let read = |text: &str| match text {
            "yes" | "on" | "true" => Some(true),
            "no" | "false" => Some(false),
            _ => None,
        };
        self.value(field, raw, read).unwrap_or(false)
    }

    fn list<T>(
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

    fn actions(&mut self, raw: &Option<String>) -> Option<Actions> {
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
fn loose<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
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
