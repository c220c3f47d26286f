//! The facts of a step as the content bytes that are sealed with the case or with a proposal.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::facts::{Actions, StepFacts};
use super::raw_facts::RawFacts;
use crate::domain::report::UnknownFormat;
use crate::domain::text::TextLimits;

const FORMAT: u8 = 1;

#[derive(Serialize)]
struct Written<'a> {
    v: u8,
    facts: &'a RawFacts,
}

#[derive(Deserialize)]
struct Read {
    v: u8,
    facts: RawFacts,
}

impl StepFacts {
    /// The content bytes to be sealed: version and the fields that were given, in the fixed order of [`RawFacts`]. The
    /// facts that only jobs state (`checkins_done`, `retention_due`, `no_hold`) are not content and are left out.
    #[must_use]
    pub fn to_sealed_json(&self) -> Zeroizing<Vec<u8>> {
        let raw = self.to_raw();
        Zeroizing::new(serde_json::to_vec(&Written { v: FORMAT, facts: &raw }).unwrap_or_default())
    }

    /// The facts without any words: codes, ids, days and flags, which may stand in a column in clear.
    #[must_use]
    pub fn closed(&self) -> Self {
        Self {
            reasons: None,
            protection_plan: None,
            plan: None,
            deferral_reason: None,
            hearing_reason: None,
            preliminary: None,
            actions: None,
            statement: None,
            addressee: None,
            question: None,
            message: None,
            silence_reason: None,
            ..self.clone()
        }
    }

    /// Reads back what [`StepFacts::to_sealed_json`] wrote. Limits are not applied again: they may have changed since.
    ///
    /// # Errors
    /// [`UnknownFormat`] if the bytes are not facts of a known version.
    pub fn from_sealed_json(bytes: &[u8]) -> Result<Self, UnknownFormat> {
        let unlimited = TextLimits { narrative: usize::MAX, message: usize::MAX, staff: usize::MAX };
        let read: Read = serde_json::from_slice(bytes).ok().ok_or(UnknownFormat)?;
        if read.v != FORMAT {
            return Err(UnknownFormat);
        }
        read.facts.parse(unlimited).ok().ok_or(UnknownFormat)
    }

    fn to_raw(&self) -> RawFacts {
        let mut raw = RawFacts::default();
        for (field, code) in self.codes() {
            if let Some(place) = raw.field_mut(field) {
                *place = Some(code.to_owned());
            }
        }
        for (field, codes) in self.lists() {
            if let Some(place) = raw.field_mut(field) {
                *place = Some(lines(codes.iter()));
            }
        }
        raw.reasons = self.reasons.as_ref().map(|text| text.expose().to_owned());
        raw.protection_plan = self.protection_plan.as_ref().map(|text| text.expose().to_owned());
        raw.plan = self.plan.as_ref().map(|text| text.expose().to_owned());
        raw.deferral_reason = self.deferral_reason.as_ref().map(|text| text.expose().to_owned());
        raw.hearing_reason = self.hearing_reason.as_ref().map(|text| text.expose().to_owned());
        raw.preliminary = self.preliminary.as_ref().map(|text| text.expose().to_owned());
        raw.struck = self.struck.map(|item| item.to_string());
        raw.done_on = self.done_on.map(|day| day.to_string());
        raw.target = self.target.map(|target| target.to_string());
        raw.statement = self.statement.as_ref().map(|text| text.expose().to_owned());
        raw.enclosed = (!self.enclosed.is_empty()).then(|| lines(self.enclosed.iter()));
        raw.question = self.question.as_ref().map(|text| text.expose().to_owned());
        raw.message = self.message.as_ref().map(|text| text.expose().to_owned());
        raw.silence_reason = self.silence_reason.as_ref().map(|text| text.expose().to_owned());
        raw.evidence_verified = self.evidence_verified.then(|| "yes".to_owned());
        raw.reporter_asked = self.reporter_asked.then(|| "yes".to_owned());
        raw.actions = self.actions.as_ref().map(actions);
        raw.addressee = self.addressee.as_ref().map(|text| text.expose().to_owned());
        raw.addressee_body = self.addressee_body.map(|body| body.to_string());
        raw.action_due = self.action_due.map(|day| day.to_string());
        raw.master = self.master.map(|case| case.to_string());
        raw.expected_on = self.expected_on.map(|day| day.to_string());
        raw.profile = self.profile.map(|profile| profile.to_string());
        raw.lead = self.lead.map(|staff| staff.to_string());
        raw.investigators = (!self.investigators.is_empty()).then(|| lines(self.investigators.iter()));
        raw.reminders = self.reminders.map(|count| count.to_string());
        raw
    }
}

fn actions(actions: &Actions) -> String {
    match actions {
        Actions::None => "none".to_owned(),
        Actions::Listed(list) => lines(list.iter().map(|measure| measure.expose())),
    }
}

fn lines(entries: impl Iterator<Item = impl ToString>) -> String {
    entries.map(|entry| entry.to_string()).collect::<Vec<_>>().join("\n")
}
