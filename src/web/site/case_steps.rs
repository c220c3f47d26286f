//! The forms of steps: which fields a step asks for, and what was given with it in words.

use super::{
    case_referrals::target_words,
    case_remedies::body_name,
    case_subjects::{recorded, who},
};
use crate::{
    domain::role::Role,
    domain::{
        case::{
            assessment::Grade,
            facts::{
                Actions, Answer, DetrimentLevel, Fact, FeedbackImpossible, FeedbackSent, Hearing,
                IdentityRemoved, NewGround, PauseReason, Proceedings, RetentionClass, ReviewResult,
                StepFacts, SubjectHeard, Unreferred,
            },
            item::ItemKind,
            outcome::Outcome,
            raw_facts::RawFacts,
            reason::ReasonCode,
            remedy::RemedyKind,
            review::Review,
            status::Status,
            step::Step,
            transition::{Doer, MessageRule, Transition},
        },
        ids::StaffId,
        profile::{ProfileVersion, Route},
        taxonomy::{RedFlag, Weakness},
    },
    i18n::Texts,
    usecases::{
        open_case::{Names, OpenedCase},
        piece::{PieceBody, has_standing_subject},
    },
    web::{
        body::Form,
        pages::{
            Choice,
            staff::{
                AssessmentFields, ClosedStep, FactField, FactKind, ProposalFact, StepForm, fact_vocabulary,
            },
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
            assessment: drawing.assessment(),
            facts: drawing.fields(),
        }
    })
    .collect()
}

/// Why the other steps of the state are not possible.
pub(super) fn closed(opened: &OpenedCase) -> Vec<ClosedStep> {
    let standing = opened.content.as_deref().is_some_and(has_standing_subject);
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
                row if row.step == Step::Extend && opened.extendable.is_empty() => "profile",
                row if row.step == Step::StrikeSubject && !standing => "nobody_recorded",
                row if row.step == Step::Review && opened.case.review != Some(Review::Asked) => "unasked",
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
        let asked = self.opened.known.asked(self.row);
        let mut fields: Vec<FactField> = asked.into_iter().flat_map(|fact| self.fact(fact)).collect();
        if self.row.step == Step::Ask {
            fields.push(self.field("expected_on", FactKind::Date, false));
        }
        if self.row.step == Step::Reject {
            fields.push(self.field("master", FactKind::Text, false));
        }
        if self.row.step == Step::Review && self.opened.case.status == Status::Closed {
            fields.push(self.codes("outcome", Outcome::ALL.iter().map(|code| code.code()), false));
        }
        let decides = self.row.step == Step::Review || self.row.facts.contains(&Fact::Outcome);
        if decides && self.opened.known.subject_heard.is_none() {
            fields.push(self.codes("subject_heard", SubjectHeard::ALL.iter().map(|code| code.code()), false));
            fields.push(self.field("deferral_reason", FactKind::Long, false));
        }
        if self.row.facts.contains(&Fact::RetentionClass) {
            fields.extend(self.signs());
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

    /// The assessment as it stands, to be answered or changed.
    fn assessment(&self) -> Option<AssessmentFields> {
        let known = &self.opened.known;
        if !self.row.facts.contains(&Fact::Assessment) {
            return None;
        }
        let before = &known.assessment;
        let answers = || Answer::ALL.iter().map(|code| code.code());
        let grades = || Grade::ALL.iter().map(|code| code.code());
        let mut facts: Vec<FactField> = Vec::new();
        for question in &known.questions {
            let given = before.answers.get(question).map(|answer| answer.code());
            facts.push(self.before(self.codes(question.code(), answers(), true), given));
        }
        for (name, given) in [("likelihood", before.likelihood), ("impact", before.impact)] {
            facts.push(self.before(self.codes(name, grades(), true), given.map(Grade::code)));
        }
        facts.extend(self.signs());
        Some(AssessmentFields { facts, open: !before.open(&known.questions).is_empty() })
    }

    /// A field that holds what was given before, unless something was typed.
    fn before(&self, field: FactField, given: Option<&str>) -> FactField {
        match given.filter(|_| self.typed.is_none()) {
            Some(given) => FactField { value: given.to_owned(), ..field },
            None => field,
        }
    }

    /// Warning signs and weak controls; those found before stand anyway.
    fn signs(&self) -> [FactField; 2] {
        let flags: Vec<&str> = RedFlag::ALL.iter().map(|flag| flag.code()).collect();
        let weaknesses: Vec<&str> = Weakness::ALL.iter().map(|weakness| weakness.code()).collect();
        [("red_flags", flags), ("weaknesses", weaknesses)].map(|(name, codes)| {
            let choices = Choice::of_codes(self.t, fact_vocabulary(name), &codes);
            self.field(name, FactKind::Several(choices), false)
        })
    }

    /// The profiles in force, without the one that the case runs under.
    fn profiles(&self) -> Vec<Choice> {
        let label = |profile: &ProfileVersion| {
            format!("{} ({})", self.t.code("profile", profile.id.code()), profile.version)
        };
        self.opened.profiles.iter().map(|one| Choice { value: one.to_string(), label: label(one) }).collect()
    }

    /// The subjects that were recorded by those who work on the case, and stand.
    fn subjects(&self) -> Vec<Choice> {
        let stands = recorded(self.t, self.opened).into_iter().filter(|(_, line)| !line.struck);
        stands.map(|(item, line)| Choice { value: item.to_string(), label: line.who }).collect()
    }

    /// The texts of the case that can go to another body as they are.
    fn texts(&self) -> Vec<Choice> {
        let pieces = self.opened.content.iter().flatten().filter(|piece| piece.proposal.is_none());
        let texts = pieces.filter_map(|piece| {
            let kind = match &piece.body {
                PieceBody::Report(_) => ItemKind::Report,
                PieceBody::Words(kind, _) if *kind != ItemKind::Note => *kind,
                _ => return None,
            };
            let label = format!("{}, {}", self.t.code("piece", kind.code()), self.t.date(piece.on));
            Some(Choice { value: piece.id.to_string(), label })
        });
        texts.collect()
    }

    /// Who could investigate.
    fn people(&self) -> Vec<Choice> {
        let people = self.opened.colleagues.iter().filter(|one| one.roles.contains(&Role::Investigator));
        people.map(|one| Choice { value: one.staff.to_string(), label: one.login.clone() }).collect()
    }

    fn fact(&self, fact: Fact) -> Vec<FactField> {
        let name = fact.code();
        if let Some(codes) = self.closed_list(fact) {
            // Whether it is needed comes out with the other answers.
            let required = fact != Fact::Unreferred;
            let mut fields = vec![self.codes(name, codes.into_iter(), required)];
            // Words that some of the codes ask for.
            if fact == Fact::FeedbackSent {
                let why = FeedbackImpossible::ALL.iter().map(|code| code.code());
                fields.push(self.codes("feedback_impossible", why, false));
            }
            fields.extend(explained_by(fact).map(|name| self.field(name, FactKind::Long, false)));
            return fields;
        }
        let kind = match fact {
            // Asked apart, see `assessment`.
            Fact::Assessment => return Vec::new(),
            Fact::AnonymousBranch => {
                let answers = || Answer::ALL.iter().map(|code| code.code());
                return ["anon_crime", "anon_security"].map(|name| self.codes(name, answers(), true)).into();
            }
            Fact::Actions => {
                let kinds = RemedyKind::ALL.iter().map(|kind| kind.code());
                return vec![
                    self.field(name, FactKind::Long, true),
                    self.codes("action_kind", kinds, true),
                    self.field("addressee", FactKind::Text, true),
                    self.field("addressee_body", FactKind::Text, false),
                    self.field("action_due", FactKind::Date, true),
                ];
            }
            Fact::NoActions => return vec![self.codes("actions", ["none"].into_iter(), true)],
            Fact::Assignees => {
                return vec![
                    self.field("lead", FactKind::Choice(self.people()), true),
                    self.field("investigators", FactKind::Several(self.people()), false),
                ];
            }
            Fact::Target => {
                let label = |route: &Route| self.t.code("outside", route.code());
                let routes = self.opened.targets.iter();
                let routes =
                    routes.map(|route| Choice { value: route.code().to_owned(), label: label(route) });
                return vec![
                    self.field(name, FactKind::Choice(routes.collect()), false),
                    self.field("target_body", FactKind::Text, false),
                    self.field("enclosed", FactKind::Several(self.texts()), false),
                ];
            }
            Fact::Struck => return vec![self.field(name, FactKind::Choice(self.subjects()), true)],
            Fact::Profile => return vec![self.field(name, FactKind::Choice(self.profiles()), true)],
            Fact::EvidenceVerified | Fact::ReporterAsked => FactKind::Checkbox,
            Fact::Master | Fact::Reminders => FactKind::Text,
            Fact::ExpectedOn | Fact::DoneOn => FactKind::Date,
            // Jobs alone state these.
            Fact::CheckinsDone | Fact::RetentionDue | Fact::NoHold => return Vec::new(),
            _ => FactKind::Long,
        };
        vec![self.field(name, kind, true)]
    }

    /// The codes of a fact that is one of a closed list.
    fn closed_list(&self, fact: Fact) -> Option<Vec<&'static str>> {
        fn codes<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Vec<&'static str> {
            all.iter().map(|value| code(*value)).collect()
        }
        Some(match fact {
            Fact::ReasonCode => {
                let anonymous = self.opened.known.anonymous_branch;
                let open = |code: &&ReasonCode| anonymous || **code != ReasonCode::AnonNotConsiderable;
                self.row.reasons.iter().filter(open).map(|code| code.code()).collect()
            }
            Fact::Unreferred => codes(Unreferred::ALL, Unreferred::code),
            Fact::Outcome => codes(Outcome::ALL, Outcome::code),
            Fact::DetrimentLevel | Fact::ReassessedDetriment => {
                codes(DetrimentLevel::ALL, DetrimentLevel::code)
            }
            Fact::SubjectHeard => codes(SubjectHeard::ALL, SubjectHeard::code),
            Fact::Hearing => codes(Hearing::ALL, Hearing::code),
            Fact::Proceedings => codes(Proceedings::ALL, Proceedings::code),
            Fact::FeedbackSent => codes(FeedbackSent::ALL, FeedbackSent::code),
            Fact::RetentionClass => codes(RetentionClass::ALL, RetentionClass::code),
            Fact::IdentityRemoved => codes(IdentityRemoved::ALL, IdentityRemoved::code),
            Fact::PauseReason => codes(PauseReason::ALL, PauseReason::code),
            Fact::PublicInterest => codes(Answer::ALL, Answer::code),
            Fact::NewGround => codes(NewGround::ALL, NewGround::code),
            Fact::ReviewResult => codes(ReviewResult::ALL, ReviewResult::code),
            Fact::Clock => self.opened.extendable.iter().map(|(clock, _)| clock.code()).collect(),
            _ => return None,
        })
    }
}

/// The words that explain a code, where one of its list needs them.
fn explained_by(fact: Fact) -> Option<&'static str> {
    match fact {
        Fact::DetrimentLevel | Fact::ReassessedDetriment => Some("protection_plan"),
        Fact::SubjectHeard => Some("deferral_reason"),
        Fact::Hearing => Some("hearing_reason"),
        Fact::FeedbackSent => Some("message"),
        _ => None,
    }
}

/// What was given with a step, in words.
pub(super) fn given(facts: &StepFacts, t: Texts, names: &Names) -> Vec<ProposalFact> {
    let mut given: Vec<ProposalFact> = facts
        .codes()
        .into_iter()
        // It is told in words below.
        .filter(|(name, _)| *name != Fact::Target.code())
        .map(|(name, code)| ProposalFact { name, text: t.code(fact_vocabulary(name), code) })
        .collect();
    given.extend(facts.lists().into_iter().map(|(name, codes)| {
        let words: Vec<String> = codes.into_iter().map(|code| t.code(fact_vocabulary(name), code)).collect();
        ProposalFact { name, text: words.join(", ") }
    }));
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
        ("hearing_reason", words(facts.hearing_reason.as_ref().map(|text| text.expose()))),
        ("preliminary", words(facts.preliminary.as_ref().map(|text| text.expose()))),
        (
            "struck",
            facts.struck.and_then(|item| names.subjects.get(&item)).map(|subject| who(t, names, subject)),
        ),
        ("done_on", facts.done_on.map(|day| t.date(day))),
        ("evidence_verified", yes(facts.evidence_verified)),
        ("reporter_asked", yes(facts.reporter_asked)),
        ("actions", actions),
        ("addressee", words(facts.addressee.as_ref().map(|text| text.expose()))),
        ("addressee_body", facts.addressee_body.map(|body| body_name(t, names, body))),
        ("action_due", facts.action_due.map(|day| t.date(day))),
        ("master", facts.master.and_then(|case| names.cases.get(&case).cloned())),
        ("lead", facts.lead.as_ref().map(login)),
        ("investigators", Some(others).filter(|others| !others.is_empty())),
        ("target", facts.target.map(|target| target_words(t, names, target))),
        ("statement", words(facts.statement.as_ref().map(|text| text.expose()))),
        ("question", words(facts.question.as_ref().map(|text| text.expose()))),
        (
            "profile",
            facts.profile.map(|one| format!("{} ({})", t.code("profile", one.id.code()), one.version)),
        ),
        ("expected_on", facts.expected_on.map(|day| t.date(day))),
        ("reminders", facts.reminders.map(|count| count.to_string())),
        ("silence_reason", words(facts.silence_reason.as_ref().map(|text| text.expose()))),
    ];
    given.extend(rest.into_iter().filter_map(|(name, text)| Some(ProposalFact { name, text: text? })));
    given
}
