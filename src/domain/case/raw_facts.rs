//! The facts of a step as they are sent, form and JSON alike, and their reading into [`StepFacts`].

mod reading;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use reading::{Reading, loose};

use super::assessment::{Assessment, Grade};
use super::facts::{
    Answer, DetrimentLevel, FeedbackImpossible, FeedbackSent, Hearing, IdentityRemoved, NewGround,
    PauseReason, Proceedings, RetentionClass, ReviewResult, StepFacts, SubjectHeard, Unreferred,
};
use super::outcome::Outcome;
use super::reason::ReasonCode;
use super::referral::Target;
use super::remedy::{Addressee, RemedyKind};
use crate::domain::field_error::FieldError;
use crate::domain::profile::{ClockName, ProfileVersion, TriageQuestion};
use crate::domain::taxonomy::{RedFlag, Weakness};
use crate::domain::text::{Message, Note, Reasons, TextLimits};

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
    /// Code of [`Answer`].
    in_scope,
    /// Code of [`Answer`].
    criminal_signs,
    /// Code of [`Answer`].
    ongoing,
    /// Code of [`Answer`].
    health_risk,
    /// Code of [`Answer`].
    evidence_at_risk,
    /// Code of [`Answer`].
    first_hand,
    /// Code of [`Answer`].
    corroborated,
    /// Code of [`Answer`].
    reported_before,
    /// Code of [`Answer`].
    senior_official,
    /// Code of [`Answer`].
    retaliation,
    /// Code of [`Answer`].
    public_soon,
    /// Code of [`Answer`].
    heavy_damage,
    /// Code of [`Grade`].
    likelihood,
    /// Code of [`Grade`].
    impact,
    /// Codes of [`RedFlag`], one per line.
    red_flags,
    /// Codes of [`Weakness`], one per line.
    weaknesses,
    /// Code of [`Unreferred`].
    unreferred,
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
    /// Words.
    hearing_reason,
    /// Words.
    preliminary,
    /// Id of a piece of the case.
    struck,
    /// A day, `YYYY-MM-DD`.
    done_on,
    /// `none`, or one measure per line.
    actions,
    /// Code of [`RemedyKind`].
    action_kind,
    /// One line.
    addressee,
    /// Id of a body.
    addressee_body,
    /// A day, `YYYY-MM-DD`.
    action_due,
    /// Code of [`Proceedings`].
    proceedings,
    /// Code of [`FeedbackSent`].
    feedback_sent,
    /// Code of [`FeedbackImpossible`].
    feedback_impossible,
    /// Code of [`RetentionClass`].
    retention_class,
    /// Code of a route, or id of a body.
    target,
    /// Words.
    statement,
    /// Ids of pieces of the case, one per line.
    enclosed,
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
        let staff = r.limits.staff;
        StepFacts {
            reason_code: r.value("reason_code", &self.reason_code, ReasonCode::parse),
            reasons: r.text("reasons", &self.reasons, |t| Reasons::parse(t, staff)),
            assessment: self.assessment(r),
            unreferred: r.value("unreferred", &self.unreferred, Unreferred::parse),
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
            hearing_reason: r.text("hearing_reason", &self.hearing_reason, |t| Reasons::parse(t, staff)),
            preliminary: r.text("preliminary", &self.preliminary, |t| Note::parse(t, staff)),
            struck: r.value("struck", &self.struck, |t| t.parse().ok()),
            done_on: r.value("done_on", &self.done_on, |t| t.parse().ok()),
            actions: r.actions(&self.actions),
            proceedings: r.value("proceedings", &self.proceedings, Proceedings::parse),
            feedback_sent: r.value("feedback_sent", &self.feedback_sent, FeedbackSent::parse),
            retention_class: r.value("retention_class", &self.retention_class, RetentionClass::parse),
            target: r.value("target", &self.target, Target::parse),
            statement: r.text("statement", &self.statement, |t| Note::parse(t, staff)),
            enclosed: r.list("enclosed", &self.enclosed, |line| {
                line.parse().map_err(|_bad| FieldError::new("enclosed", FieldError::UNKNOWN))
            }),
            identity_removed: r.value("identity_removed", &self.identity_removed, IdentityRemoved::parse),
            master: r.value("master", &self.master, |t| t.parse().ok()),
            ..self.asked_apart(r)
        }
    }
}

impl RawFacts {
    /// What few steps ask for.
    fn asked_apart(&self, r: &mut Reading) -> StepFacts {
        let (staff, message) = (r.limits.staff, r.limits.message);
        StepFacts {
            action_kind: r.value("action_kind", &self.action_kind, RemedyKind::parse),
            addressee: r.text("addressee", &self.addressee, Addressee::parse),
            addressee_body: r.value("addressee_body", &self.addressee_body, |t| t.parse().ok()),
            action_due: r.value("action_due", &self.action_due, |t| t.parse().ok()),
            feedback_impossible: r.value(
                "feedback_impossible",
                &self.feedback_impossible,
                FeedbackImpossible::parse,
            ),
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

    fn assessment(&self, r: &mut Reading) -> Assessment {
        let mut assessment = Assessment {
            likelihood: r.value("likelihood", &self.likelihood, Grade::parse),
            impact: r.value("impact", &self.impact, Grade::parse),
            red_flags: r.codes("red_flags", &self.red_flags, RedFlag::parse),
            weaknesses: r.codes("weaknesses", &self.weaknesses, Weakness::parse),
            ..Assessment::default()
        };
        for question in TriageQuestion::ALL {
            if let Some(answer) = r.value(question.code(), self.answer(*question), Answer::parse) {
                assessment.answers.insert(*question, answer);
            }
        }
        assessment
    }

    const fn answer(&self, question: TriageQuestion) -> &Option<String> {
        match question {
            TriageQuestion::InScope => &self.in_scope,
            TriageQuestion::CriminalSigns => &self.criminal_signs,
            TriageQuestion::Ongoing => &self.ongoing,
            TriageQuestion::HealthRisk => &self.health_risk,
            TriageQuestion::EvidenceAtRisk => &self.evidence_at_risk,
            TriageQuestion::FirstHand => &self.first_hand,
            TriageQuestion::Corroborated => &self.corroborated,
            TriageQuestion::ReportedBefore => &self.reported_before,
            TriageQuestion::SeniorOfficial => &self.senior_official,
            TriageQuestion::Retaliation => &self.retaliation,
            TriageQuestion::PublicSoon => &self.public_soon,
            TriageQuestion::HeavyDamage => &self.heavy_damage,
        }
    }
}
