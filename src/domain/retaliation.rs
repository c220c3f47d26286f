//! A complaint of retaliation: what is done to whoever reported (Directive (EU) 2019/1937, article 19; controls OI-9b-2 and
//! EU-19-1), and what is decided on it for the time being.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{field_error::FieldError, vocabulary::vocabulary};

vocabulary! {
    /// A form of retaliation: the letters (a) to (o) of article 19, whose threats and attempts count as well, and any other.
    pub enum Form {
        /// (a) Suspension, lay-off, dismissal.
        Dismissal = "dismissal",
        /// (b) Demotion or withholding of promotion.
        Demotion = "demotion",
        /// (c) Transfer of duties, another place of work, less pay, other hours.
        Transfer = "transfer",
        /// (d) Withholding of training.
        Training = "training",
        /// (e) A negative assessment or employment reference.
        Appraisal = "appraisal",
        /// (f) A disciplinary measure, reprimand or other penalty, also of money.
        Discipline = "discipline",
        /// (g) Coercion, intimidation, harassment or ostracism.
        Intimidation = "intimidation",
        /// (h) Discrimination, disadvantageous or unfair treatment.
        Discrimination = "discrimination",
        /// (i) A temporary contract is not made permanent although that could be expected.
        NotMadePermanent = "not_made_permanent",
        /// (j) A temporary contract is not renewed, or ended early.
        NotRenewed = "not_renewed",
        /// (k) Harm, also to reputation, and financial loss.
        Harm = "harm",
        /// (l) Blacklisting in a sector or industry.
        Blacklisting = "blacklisting",
        /// (m) A contract for goods or services is ended early or cancelled.
        ContractEnded = "contract_ended",
        /// (n) A licence or permit is cancelled.
        LicenceCancelled = "licence_cancelled",
        /// (o) Psychiatric or medical referral.
        MedicalReferral = "medical_referral",
        /// Any other.
        Other = "other",
    }
}

vocabulary! {
    /// What is decided on protection until the complaint has been looked into (control EU-19-1).
    pub enum Interim {
        /// Measures are taken.
        Granted = "granted",
        /// They are needed, and cannot be taken.
        Refused = "refused",
        /// Nothing has to be done for the time being.
        NotNeeded = "not_needed",
    }
}

/// The fields as sent and as sealed. Wiped when dropped; does not print.
#[derive(Clone, Default, Deserialize, Serialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub struct RawRetaliation {
    /// Codes of [`Form`].
    pub forms: Vec<String>,
    /// The day, or the first of a period.
    pub from: Option<String>,
    /// The last day of a period.
    pub until: Option<String>,
    /// What the case is called whose reporter complains.
    pub after: Option<String>,
}

/// What a complaint says besides the words of its report; sealed with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retaliation {
    /// What was done: at least one.
    pub forms: Vec<Form>,
    /// The day, or the first of a period; none where it is not known.
    pub from: Option<Date>,
    /// The last day of a period.
    pub until: Option<Date>,
    /// What the case is called whose reporter complains: it stands here and nowhere else, so that only who opens the
    /// complaint knows of both.
    pub after: Option<String>,
}

impl Retaliation {
    /// Reads the fields.
    ///
    /// # Errors
    /// Every mistake.
    pub fn parse(raw: &RawRetaliation) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut forms = Vec::new();
        for code in &raw.forms {
            match Form::parse(code) {
                Some(form) if forms.contains(&form) => {}
                Some(form) => forms.push(form),
                None => errors.push(FieldError::new("forms", FieldError::UNKNOWN)),
            }
        }
        if raw.forms.is_empty() {
            errors.push(FieldError::new("forms", FieldError::REQUIRED));
        }
        let mut day = |field, text: Option<&String>| {
            let text = text.map(|text| text.trim()).filter(|text| !text.is_empty())?;
            let day = text.parse::<Date>().ok();
            if day.is_none() {
                errors.push(FieldError::new(field, FieldError::UNKNOWN));
            }
            day
        };
        let (from, until) = (day("from", raw.from.as_ref()), day("until", raw.until.as_ref()));
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            errors.push(FieldError::new("until", FieldError::NOT_ALLOWED));
        }
        if errors.is_empty() {
            Ok(Self { forms, from, until, after: raw.after.clone() })
        } else {
            Err(errors)
        }
    }

    /// The fields, to be sealed.
    #[must_use]
    pub fn to_raw(&self) -> RawRetaliation {
        let mut raw = RawRetaliation::default();
        raw.forms = self.forms.iter().map(|form| form.code().to_owned()).collect();
        raw.from = self.from.map(|day| day.to_string());
        raw.until = self.until.map(|day| day.to_string());
        raw.after.clone_from(&self.after);
        raw
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn raw(forms: &[&str], from: &str, until: &str) -> RawRetaliation {
        let mut raw = RawRetaliation::default();
        raw.forms = forms.iter().map(|form| (*form).to_owned()).collect();
        raw.from = Some(from.to_owned());
        raw.until = Some(until.to_owned());
        raw
    }

    #[test]
    fn eu_19_1_the_forms_are_the_fifteen_of_the_directive_and_any_other() {
        assert_eq!(Form::ALL.len(), 16);
        let read = Retaliation::parse(&raw(&["dismissal", "harm", "harm"], "2026-11-02", "")).unwrap();
        assert_eq!(read.forms, [Form::Dismissal, Form::Harm]);
        assert_eq!((read.from, read.until), (Some(date(2026, 11, 2)), None));
        assert_eq!(Retaliation::parse(&read.to_raw()), Ok(read));
    }

    #[test]
    fn eu_19_1_every_mistake_of_a_complaint_is_told_at_once() {
        let told = |raw: &RawRetaliation| {
            let errors = Retaliation::parse(raw).unwrap_err();
            errors.iter().map(|error| (error.field, error.code)).collect::<Vec<_>>()
        };
        assert_eq!(told(&raw(&[], "", "")), [("forms", FieldError::REQUIRED)]);
        let all =
            [("forms", FieldError::UNKNOWN), ("from", FieldError::UNKNOWN), ("until", FieldError::UNKNOWN)];
        assert_eq!(told(&raw(&["teasing"], "yesterday", "2026-02-30")), all);
        assert_eq!(told(&raw(&["other"], "2026-11-02", "2026-11-01")), [("until", FieldError::NOT_ALLOWED)]);
    }
}
