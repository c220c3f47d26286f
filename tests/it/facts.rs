//! What a step needs, as it is sent.

use senim::domain::{
    case::{facts::StepFacts, raw_facts::RawFacts, status::Status, step::Step},
    ids::StaffId,
    profile::TriageQuestion,
    text::TextLimits,
};
use serde_json::{Value, json};

/// Reads facts as the API does.
pub fn facts(given: Value) -> StepFacts {
    let raw: RawFacts = serde_json::from_value(given).unwrap();
    raw.parse(TextLimits::default()).unwrap()
}

/// Nothing given.
pub fn none() -> Value {
    json!({})
}

/// Every question of triage answered, without anything alarming.
pub fn assessed() -> Value {
    let mut all = json!({"likelihood": "2", "impact": "2", "detriment_level": "low"});
    for question in TriageQuestion::ALL {
        let answer = if *question == TriageQuestion::InScope { "yes" } else { "no" };
        all[question.code()] = json!(answer);
    }
    all
}

/// Facts that satisfy the guard of a step, all words containing `mark`.
pub fn enough(from: Status, step: Step, lead: StaffId, mark: &str) -> Value {
    let reasons = format!("{mark} reasons");
    let message = format!("{mark} message");
    let own = match step {
        Step::Open | Step::Resume => return none(),
        Step::Ask => return json!({"question": format!("{mark} question")}),
        Step::Reject => {
            let own = json!({"reason_code": "no_substance", "anon_crime": "no", "anon_security": "no"});
            with(assessed(), own)
        }
        Step::Merge => with(assessed(), json!({"reason_code": "same_facts"})),
        Step::Refer | Step::ReferPart => {
            let own = json!({"reason_code": "not_competent", "target": "prosecutor", "identity_removed": "removed",
                "statement": format!("{mark} statement")});
            if from == Status::Triage { with(assessed(), own) } else { own }
        }
        Step::Assign => {
            let own = json!({"detriment_level": "high", "lead": lead.to_string(),
                "protection_plan": format!("{mark} protection")});
            return with(assessed(), own);
        }
        Step::Start => return json!({"plan": format!("{mark} plan"), "reassessed_detriment": "low"}),
        Step::Return if from == Status::Assigned => json!({"reason_code": "wrong_competence"}),
        Step::Return => json!({"reason_code": "facts_missing"}),
        Step::Pause => json!({"pause_reason": "court", "expected_on": "2099-02-01"}),
        Step::Submit => {
            return json!({"subject_heard": "deferred", "evidence_verified": true,
            "reassessed_detriment": "medium", "deferral_reason": format!("{mark} deferral")});
        }
        Step::Decide => json!({"outcome": "substantiated", "actions": [format!("{mark} measure")],
            "action_kind": "corrective_action", "addressee": format!("{mark} addressee"), "action_due": "2099-01-15",
            "hearing": "excepted", "hearing_reason": format!("{mark} exception")}),
        Step::NotifyHearing => {
            return json!({"preliminary": format!("{mark} preliminary"), "done_on": "2026-11-01"});
        }
        Step::DecideClose | Step::Complete | Step::OutcomeReceived | Step::Lapse => closing(step),
        Step::Withdraw => json!({"reporter_asked": true, "public_interest": "no", "detriment_level": "low"}),
        Step::Reopen => json!({"new_ground": "new_facts"}),
        Step::Review => json!({"review_result": "upheld"}),
        Step::Extend => {
            json!({"reason_code": "complexity", "clock": "feedback", "expected_on": "2027-01-20",
                "detriment_level": "low"})
        }
        // With the piece that is struck out.
        Step::StrikeSubject => json!({"detriment_level": "low"}),
        Step::ChangeRules => json!({"reason_code": "other_rules", "profile": "iso_default/1"}),
        Step::Returned | Step::Answer | Step::Timeout | Step::Archive | Step::Dispose => none(),
    };
    with(json!({"reasons": reasons, "message": message}), own)
}

/// What each way into `closed` needs, words apart.
fn closing(step: Step) -> Value {
    let own = match step {
        Step::DecideClose => {
            json!({"outcome": "unsubstantiated", "actions": "none", "hearing": "not_required"})
        }
        Step::Complete => json!({"reason_code": "actions_verified", "proceedings": "none"}),
        Step::Lapse => {
            json!({"reason_code": "reminders_unanswered", "reminders": 2, "outcome": "inconclusive",
            "actions": "none"})
        }
        _ => json!({"outcome": "partly_substantiated", "subject_heard": "declined", "actions": "none"}),
    };
    with(own, json!({"feedback_sent": "sent", "retention_class": "standard", "reassessed_detriment": "low"}))
}

/// The members of both.
pub fn with(mut one: Value, other: Value) -> Value {
    let Value::Object(more) = other else { panic!("an object") };
    one.as_object_mut().unwrap().extend(more);
    one
}
