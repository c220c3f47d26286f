//! The forms of steps: which fields a step asks for, and what was given with it in words.

use crate::{
    domain::role::Role,
    domain::{
        case::{
            facts::{
                Actions, Answer, DetrimentLevel, Fact, FeedbackSent, Hearing, IdentityRemoved, NewGround,
                PauseReason, Proceedings, RetentionClass, ReviewResult, StepFacts, SubjectHeard,
            },
            outcome::Outcome,
            raw_facts::RawFacts,
            status::Status,
            step::Step,
            transition::{Doer, MessageRule, Transition},
        },
        ids::StaffId,
    },
    i18n::Texts,
    usecases::open_case::{Names, OpenedCase},
    web::{
        body::Form,
        pages::{
            Choice,
            staff::{ClosedStep, FactField, FactKind, ProposalFact, StepForm, fact_vocabulary},
        },
    },
};

/// What was typed into a step's form that was refused.
pub(super) struct Typed<'a> {
    pub(super) step: &'a str,
    pub(super) form: &'a Form,
}

/// The facts of a form.
pub(super) fn raw_facts(form: &Form) -> RawFacts {
    let mut raw = RawFacts::default();
    for name in RawFacts::FIELDS {
        let values: Vec<&str> = form.all(name).filter(|value| !value.is_empty()).collect();
        if let Some(place) = raw.field_mut(name).filter(|_| !values.is_empty()) {
            *place = Some(values.join("\n"));
        }
    }
    raw
}

/// The forms of the steps that the caller may take now.
pub(super) fn forms(opened: &OpenedCase, t: Texts, typed: Option<&Typed<'_>>) -> Vec<StepForm> {
    if opened.proposal.is_some() {
        return Vec::new();
    }
    let mine = opened.steps.iter().filter(|(_, yours)| *yours).map(|(row, _)| *row);
    mine.map(|row| {
        let typed = typed.filter(|typed| typed.step == row.step.code());
        let drawing = Drawing { t, row, opened, typed };
        StepForm {
            step: row.step.code(),
            label: String::new(),
            four_eyes: row.four_eyes,
            facts: drawing.fields(),
        }
    })
    .collect()
}

/// Why the other steps of the state are not possible.
pub(super) fn closed(opened: &OpenedCase) -> Vec<ClosedStep> {
    let offered = |doer| move |row: &&Transition| row.offered_to(doer);
    opened
        .steps
        .iter()
        .filter(|(_, yours)| !*yours || opened.proposal.is_some())
        .map(|(row, _)| {
            let why = match row {
                row if offered(Doer::Reporter)(row) => "reporter_only",
                row if offered(Doer::Timer)(row) || offered(Doer::Retention)(row) => "timer_only",
                _ if opened.proposal.is_some() => "pending",
                _ => "role",
            };
            ClosedStep { step: row.step.code(), why }
        })
        .collect()
}

struct Drawing<'a> {
    t: Texts,
    row: &'static Transition,
    opened: &'a OpenedCase,
    typed: Option<&'a Typed<'a>>,
}

impl Drawing<'_> {
    fn fields(&self) -> Vec<FactField> {
        let mut fields: Vec<FactField> = self.row.facts.iter().flat_map(|fact| self.fact(*fact)).collect();
        if self.row.step == Step::Ask {
            fields.push(self.field("expected_on", FactKind::Date, false));
        }
        if self.row.step == Step::Reject {
            fields.push(self.codes("anon_crime", Answer::ALL.iter().map(|code| code.code()), false));
            fields.push(self.codes("anon_security", Answer::ALL.iter().map(|code| code.code()), false));
            fields.push(self.field("master", FactKind::Text, false));
        }
        if self.row.step == Step::Review && self.opened.case.status == Status::Closed {
            fields.push(self.codes("outcome", Outcome::ALL.iter().map(|code| code.code()), false));
        }
        if let MessageRule::TellOrExplain(_) = self.row.message {
            fields.push(self.field("message", FactKind::Long, false));
            fields.push(self.field("silence_reason", FactKind::Long, false));
        }
        fields
    }

    fn field(&self, name: &'static str, kind: FactKind, required: bool) -> FactField {
        let typed = self.typed.map(|typed| typed.form.all(name).collect::<Vec<_>>().join("\n"));
        FactField { name, kind, required, value: typed.unwrap_or_default() }
    }

    fn codes(
        &self,
        name: &'static str,
        codes: impl Iterator<Item = &'static str>,
        required: bool,
    ) -> FactField {
        let codes: Vec<&str> = codes.collect();
        self.field(name, FactKind::Choice(Choice::of_codes(self.t, fact_vocabulary(name), &codes)), required)
    }

    /// Who could investigate.
    fn people(&self) -> Vec<Choice> {
        let people = self.opened.colleagues.iter().filter(|one| one.roles.contains(&Role::Investigator));
        people.map(|one| Choice { value: one.staff.to_string(), label: one.login.clone() }).collect()
    }

    fn fact(&self, fact: Fact) -> Vec<FactField> {
        let long = |name| self.field(name, FactKind::Long, true);
        let long_if = |name| self.field(name, FactKind::Long, false);
        match fact {
            Fact::ReasonCode => {
                vec![self.codes("reason_code", self.row.reasons.iter().map(|r| r.code()), true)]
            }
            Fact::Reasons => vec![long("reasons")],
            Fact::Outcome => vec![self.codes("outcome", Outcome::ALL.iter().map(|c| c.code()), true)],
            Fact::DetrimentLevel => vec![self.levels("detriment_level"), long_if("protection_plan")],
            Fact::ReassessedDetriment => {
                vec![self.levels("reassessed_detriment"), long_if("protection_plan")]
            }
            Fact::Plan => vec![long("plan")],
            Fact::SubjectHeard => vec![
                self.codes("subject_heard", SubjectHeard::ALL.iter().map(|c| c.code()), true),
                long_if("deferral_reason"),
            ],
            Fact::EvidenceVerified => vec![self.field("evidence_verified", FactKind::Checkbox, true)],
            Fact::Hearing => vec![self.codes("hearing", Hearing::ALL.iter().map(|c| c.code()), true)],
            Fact::Actions => vec![long("actions")],
            Fact::NoActions => vec![self.codes("actions", ["none"].into_iter(), true)],
            Fact::Proceedings => {
                vec![self.codes("proceedings", Proceedings::ALL.iter().map(|c| c.code()), true)]
            }
            Fact::FeedbackSent => vec![
                self.codes("feedback_sent", FeedbackSent::ALL.iter().map(|c| c.code()), true),
                long_if("message"),
            ],
            Fact::RetentionClass => {
                vec![self.codes("retention_class", RetentionClass::ALL.iter().map(|c| c.code()), true)]
            }
            Fact::Target => vec![self.field("target", FactKind::Text, true)],
            Fact::IdentityRemoved => {
                vec![self.codes("identity_removed", IdentityRemoved::ALL.iter().map(|c| c.code()), true)]
            }
            Fact::Master => vec![self.field("master", FactKind::Text, true)],
            Fact::Question => vec![long("question")],
            Fact::ExpectedOn => vec![self.field("expected_on", FactKind::Date, true)],
            Fact::PauseReason => {
                vec![self.codes("pause_reason", PauseReason::ALL.iter().map(|c| c.code()), true)]
            }
            Fact::ReporterAsked => vec![self.field("reporter_asked", FactKind::Checkbox, true)],
            Fact::PublicInterest => {
                vec![self.codes("public_interest", Answer::ALL.iter().map(|c| c.code()), true)]
            }
            Fact::NewGround => vec![self.codes("new_ground", NewGround::ALL.iter().map(|c| c.code()), true)],
            Fact::ReviewResult => {
                vec![self.codes("review_result", ReviewResult::ALL.iter().map(|c| c.code()), true)]
            }
            Fact::Assignees => vec![
                self.field("lead", FactKind::Choice(self.people()), true),
                self.field("investigators", FactKind::Several(self.people()), false),
            ],
            Fact::Reminders => vec![self.field("reminders", FactKind::Text, true)],
            Fact::Message => vec![long("message")],
            Fact::CheckinsDone | Fact::RetentionDue | Fact::NoHold => Vec::new(),
        }
    }

    fn levels(&self, name: &'static str) -> FactField {
        self.codes(name, DetrimentLevel::ALL.iter().map(|level| level.code()), true)
    }
}

/// What was given with a step, in words.
pub(super) fn given(facts: &StepFacts, t: Texts, names: &Names) -> Vec<ProposalFact> {
    let mut given: Vec<ProposalFact> = facts
        .codes()
        .into_iter()
        .map(|(name, code)| ProposalFact { name, text: t.code(fact_vocabulary(name), code) })
        .collect();
    let actions = facts.actions.as_ref().map(|actions| match actions {
        Actions::None => t.code("actions", "none"),
        Actions::Listed(list) => list.iter().map(|measure| measure.expose()).collect::<Vec<_>>().join("\n"),
    });
    let words = |text: Option<&str>| text.map(str::to_owned);
    let yes = |flag: bool| flag.then(|| t.code("answer", "yes"));
    let login = |id: &StaffId| names.staff.get(id).cloned().unwrap_or_default();
    let others = facts.investigators.iter().map(login).collect::<Vec<_>>().join(", ");
    let rest = [
        ("reasons", words(facts.reasons.as_ref().map(|text| text.expose()))),
        ("protection_plan", words(facts.protection_plan.as_ref().map(|text| text.expose()))),
        ("plan", words(facts.plan.as_ref().map(|text| text.expose()))),
        ("deferral_reason", words(facts.deferral_reason.as_ref().map(|text| text.expose()))),
        ("evidence_verified", yes(facts.evidence_verified)),
        ("reporter_asked", yes(facts.reporter_asked)),
        ("actions", actions),
        ("master", facts.master.and_then(|case| names.cases.get(&case).cloned())),
        ("lead", facts.lead.as_ref().map(login)),
        ("investigators", Some(others).filter(|others| !others.is_empty())),
        ("target", words(facts.target.as_ref().map(|text| text.expose()))),
        ("question", words(facts.question.as_ref().map(|text| text.expose()))),
        ("expected_on", facts.expected_on.map(|day| t.date(day))),
        ("reminders", facts.reminders.map(|count| count.to_string())),
        ("silence_reason", words(facts.silence_reason.as_ref().map(|text| text.expose()))),
    ];
    given.extend(rest.into_iter().filter_map(|(name, text)| Some(ProposalFact { name, text: text? })));
    given
}
