//! How a case is shown on the API.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{closing::ClosingView, referrals::SentView, tasks::TaskView};
use crate::{
    domain::{
        case::{
            assessment::{Severity, urgency},
            facts::{DetrimentLevel, Fact},
            outcome::Outcome,
            reason::ReasonCode,
        },
        taxonomy::Region,
    },
    policy::Capacity,
    usecases::{
        list_cases::{CaseLine, CaseList, CaseRow},
        open_case::{LikeLine, OpenedCase},
        part::part_of,
        piece::{Piece, PieceBody},
    },
};

/// What every holder may know of a case, content apart.
#[derive(Serialize, ToSchema)]
pub struct CaseHead {
    /// Its id.
    pub id: uuid::Uuid,
    /// What it is called.
    pub reference: String,
    /// The state's code.
    pub status: &'static str,
    /// Since which day.
    #[schema(value_type = String, format = Date)]
    pub status_since: Date,
    /// Its category.
    pub category: &'static str,
    /// Its region.
    pub region: Option<&'static str>,
    /// The body's id.
    pub body: Option<uuid::Uuid>,
    /// The desk's id.
    pub desk: uuid::Uuid,
    /// The reporter's language.
    pub language: &'static str,
    /// The profile whose deadlines run.
    pub profile: &'static str,
    /// The day of receipt.
    #[schema(value_type = String, format = Date)]
    pub received_on: Date,
    /// The next due day.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    /// Who leads the investigation.
    pub lead: Option<uuid::Uuid>,
    /// How urgent it is: `low`, `medium`, `high`, `critical`; none before the assessment.
    pub severity: Option<&'static str>,
    /// Risk of detriment to the reporter.
    pub detriment: Option<&'static str>,
    /// How it ended.
    pub outcome: Option<&'static str>,
    /// Why.
    pub reason_code: Option<&'static str>,
}

impl CaseHead {
    fn of(case: &CaseRow) -> Self {
        Self {
            id: case.id.0,
            reference: case.reference.clone(),
            status: case.status.code(),
            status_since: case.status_since,
            category: case.category.code(),
            region: case.region.map(Region::code),
            body: case.body_id.map(|body| body.0),
            desk: case.desk_id.0,
            language: case.language.code(),
            profile: case.profile.code(),
            received_on: case.received_on,
            due_on: case.due_on,
            lead: case.lead_id.map(|lead| lead.0),
            severity: urgency(case.category, case.severity).map(Severity::code),
            detriment: case.detriment.map(DetrimentLevel::code),
            outcome: case.outcome.map(Outcome::code),
            reason_code: case.reason_code.map(ReasonCode::code),
        }
    }
}

/// A line of the list.
#[derive(Serialize, ToSchema)]
pub struct CaseLineView {
    /// The case.
    #[serde(flatten)]
    pub head: CaseHead,
    /// In which capacity I hold it.
    pub capacity: &'static str,
    /// Whether I have attested.
    pub attested: bool,
}

/// A page of my cases.
#[derive(Serialize, ToSchema)]
pub struct CaseListView {
    /// The cases.
    pub cases: Vec<CaseLineView>,
    /// Continues the list; none at its end.
    pub cursor: Option<String>,
}

impl CaseListView {
    /// The view of a list.
    #[must_use]
    pub fn of(list: &CaseList) -> Self {
        let line = |line: &CaseLine| CaseLineView {
            head: CaseHead::of(&line.case),
            capacity: line.capacity.code(),
            attested: line.attested,
        };
        Self { cases: list.lines.iter().map(line).collect(), cursor: cursor_after(list) }
    }
}

/// The cursor that continues after a page.
pub(in crate::web) fn cursor_after(list: &CaseList) -> Option<String> {
    list.lines.last().filter(|_| list.more).map(|line| {
        let day = line.case.due_on.map(|day| day.to_string()).unwrap_or_default();
        format!("{day}_{}", line.case.id)
    })
}

/// A step of the state.
#[derive(Serialize, ToSchema)]
pub struct StepOffer {
    /// Its code.
    pub step: &'static str,
    /// Whether it needs a second person.
    pub four_eyes: bool,
    /// Whether the caller may take it.
    pub yours: bool,
    /// The facts it asks for in this case; `assessment` stands for the members `questions`, `likelihood`, `impact`.
    pub facts: Vec<&'static str>,
    /// The reason codes it may carry.
    pub reasons: Vec<&'static str>,
}

/// Somebody who has or had access.
#[derive(Serialize, ToSchema)]
pub struct GrantView {
    /// Their id.
    pub staff: uuid::Uuid,
    /// Their name.
    pub login: String,
    /// In which capacity.
    pub capacity: &'static str,
    /// Since which day.
    #[schema(value_type = String, format = Date)]
    pub granted_on: Date,
    /// Whether they have attested.
    pub attested: bool,
    /// Whether the grant still gives access.
    pub living: bool,
}

/// A piece of a case.
#[derive(Serialize, ToSchema)]
pub struct PieceView {
    /// Its id.
    pub id: uuid::Uuid,
    /// Its place in the case's history.
    pub n: i32,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// `report`, `reporter_message`, `desk_message`, `question`, `system_message`, `note`, `step_record`, `subject`,
    /// `remedy`, `package`.
    pub kind: &'static str,
    /// Who wrote it, where it was staff.
    pub author: Option<String>,
    /// The words, where it is words; the code, where it is a closed text.
    pub text: Option<String>,
    /// The report, the facts of a step or whom the case concerns, where it is one of these.
    #[schema(value_type = Option<Object>)]
    pub data: Option<Box<RawValue>>,
    /// The proposal that it waits for.
    pub proposal: Option<uuid::Uuid>,
}

impl PieceView {
    fn of(piece: Piece) -> Self {
        let raw = |bytes: &[u8]| {
            String::from_utf8(bytes.to_vec()).ok().and_then(|text| RawValue::from_string(text).ok())
        };
        let (kind, text, data) = match piece.body {
            PieceBody::Report(report) => ("report", None, raw(&report.to_sealed_json())),
            PieceBody::Words(kind, text) => (kind.code(), Some(text), None),
            PieceBody::Step(facts) => ("step_record", None, raw(&facts.to_sealed_json())),
            PieceBody::Subject(subject) => ("subject", None, raw(&subject.to_sealed_json())),
            PieceBody::Remedy(remedy) => ("remedy", None, raw(&remedy.to_sealed_json())),
            PieceBody::Template(code) => ("system_message", Some(code), None),
            PieceBody::Package(package) => ("package", None, raw(&package.to_sealed_json())),
        };
        Self {
            id: piece.id.0,
            n: piece.n,
            on: piece.on,
            kind,
            author: piece.author,
            text,
            data,
            proposal: piece.proposal.map(|proposal| proposal.0),
        }
    }
}

/// A case that may be about the same.
#[derive(Serialize, ToSchema)]
pub struct LikeView {
    /// Its id.
    pub id: uuid::Uuid,
    /// What it is called.
    pub reference: String,
    /// The state's code.
    pub status: &'static str,
    /// The day of receipt.
    #[schema(value_type = String, format = Date)]
    pub received_on: Date,
}

impl LikeView {
    fn of(line: &LikeLine) -> Self {
        Self {
            id: line.id.0,
            reference: line.reference.clone(),
            status: line.status.code(),
            received_on: line.received_on,
        }
    }
}

/// Signs of a crime that are still to be referred.
#[derive(Serialize, ToSchema)]
pub struct ReferralView {
    /// The codes of the competent bodies, best first.
    pub targets: Vec<&'static str>,
    /// Until when.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
}

/// A case.
#[derive(Serialize, ToSchema)]
pub struct CaseView {
    /// What every holder may know.
    #[serde(flatten)]
    pub head: CaseHead,
    /// In which capacity I hold it.
    pub capacity: Option<&'static str>,
    /// Whether I have attested; content is here only then.
    pub attested: bool,
    /// The referral that is still to be done.
    pub referral: Option<ReferralView>,
    /// What was sent to other bodies, oldest first.
    pub referrals: Vec<SentView>,
    /// The questions of triage, by the version of the profile that the case began under.
    pub questions: Vec<&'static str>,
    /// The steps of its state.
    pub steps: Vec<StepOffer>,
    /// Who has or had access.
    pub grants: Vec<GrantView>,
    /// Fewer than two people can read it.
    pub short_of_holders: bool,
    /// The case needs a lead as it stands, and nobody who works here is it.
    pub without_lead: bool,
    /// The proposal that waits.
    pub proposal: Option<uuid::Uuid>,
    /// Other cases of mine about the same body and category from about the same time, where this one can be merged.
    pub alike: Vec<LikeView>,
    /// Its corrective actions and recommendations, by due day; empty before the attestation.
    pub tasks: Vec<TaskView>,
    /// What its end needs, once its end is near.
    pub closing: Option<ClosingView>,
    /// What is in it.
    pub content: Option<Vec<PieceView>>,
}

impl CaseView {
    /// The view of an opened case.
    #[must_use]
    pub fn of(opened: OpenedCase) -> Self {
        let steps = opened.steps.iter().map(|(row, yours)| StepOffer {
            step: row.step.code(),
            four_eyes: row.four_eyes,
            yours: *yours,
            facts: opened.known.asked(row).into_iter().map(Fact::code).collect(),
            reasons: row.reasons.iter().map(|reason| reason.code()).collect(),
        });
        let steps = steps.collect();
        let grants = opened.grants.into_iter().map(|(grant, login)| GrantView {
            staff: grant.staff_id.0,
            login,
            capacity: part_of(&grant, &opened.case).code(),
            granted_on: grant.granted_on,
            attested: grant.attested_on.is_some(),
            living: grant.lives(),
        });
        Self {
            head: CaseHead::of(&opened.case),
            capacity: opened.situation.grant.map(Capacity::code),
            attested: opened.situation.attested,
            referral: opened.referral.map(|open| ReferralView {
                targets: open.targets.iter().map(|to| to.code()).collect(),
                due_on: open.due_on,
            }),
            referrals: opened.referrals.iter().map(SentView::of).collect(),
            questions: opened.known.questions.iter().map(|question| question.code()).collect(),
            steps,
            grants: grants.collect(),
            short_of_holders: opened.short_of_holders,
            without_lead: opened.leaderless,
            proposal: opened.proposal.map(|(proposal, _)| proposal.id.0),
            alike: opened.alike.iter().map(LikeView::of).collect(),
            tasks: opened.remedies.iter().map(TaskView::of).collect(),
            closing: opened.closing.as_ref().map(ClosingView::of),
            content: opened.content.map(|pieces| pieces.into_iter().map(PieceView::of).collect()),
        }
    }
}
