//! Every closed list of which a page may say a code.

use super::*;

fn codes<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|value| code(*value)).collect()
}

pub(super) fn closed_lists() -> Vec<(&'static str, Vec<&'static str>)> {
    [head_lists(), fact_lists()].concat()
}

fn head_lists() -> Vec<(&'static str, Vec<&'static str>)> {
    let status = codes(Status::ALL, Status::code);
    vec![
        ("status", status.clone()),
        ("status_reporter", status.clone()),
        ("next", status),
        ("step", codes(Step::ALL, Step::code)),
        ("role", codes(Role::ALL, Role::code)),
        // What the record calls who acted, and in which part.
        ("role", vec!["triager", "lead", "investigator", "reviewer", "protection_officer"]),
        ("role", vec!["reporter", "timer", "operator", "system", "none"]),
        ("actions", vec!["none"]),
        ("language", codes(Language::ALL, Language::code)),
        ("category", codes(Category::ALL, Category::code)),
        ("region", codes(Region::ALL, Region::code)),
        ("letter", codes(MessageKind::ALL, MessageKind::code)),
        ("oecd", vec!["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"]),
        ("capacity", vec!["triager", "lead", "investigator", "reviewer", "protection_officer"]),
        ("object", vec!["case", "staff", "desk", "instance", "log"]),
        ("cause", vec!["staff", "reporter", "timer", "system"]),
        ("viewer", vec!["auditor", "case", "administrator", "oversight", "everyone"]),
        ("profile", codes(ProfileId::ALL, ProfileId::code)),
        ("clause", crate::usecases::query_log::CLAUSES.to_vec()),
        ("mail_text", codes(Notice::ALL, Notice::code)),
        ("notice_kind", codes(Notice::ALL, Notice::code)),
        ("staff_state", vec!["invited", "enrolled", "active", "disabled"]),
        ("proposal_state", vec!["pending", "approved", "refused", "stale"]),
        ("config_kind", codes(Kind::ALL, Kind::code)),
        ("change_state", codes(State::ALL, State::code)),
        ("change_why", codes(Why::ALL, Why::code)),
        ("touch", codes(Touch::ALL, Touch::code)),
        ("route", codes(RouteReason::ALL, RouteReason::code)),
        ("mismatch", codes(Mismatch::ALL, Mismatch::code)),
        ("mistake", codes(Fault::ALL, Fault::code)),
        ("referral", codes(ReferralState::ALL, ReferralState::code)),
        ("piece", codes(ItemKind::ALL, ItemKind::code)),
    ]
}

/// What the facts of steps are chosen from.
fn fact_lists() -> Vec<(&'static str, Vec<&'static str>)> {
    vec![
        ("answer", codes(Answer::ALL, Answer::code)),
        ("risk", codes(Risk::ALL, Risk::code)),
        ("concern", codes(Concern::ALL, Concern::code)),
        ("reason", codes(ReasonCode::ALL, ReasonCode::code)),
        ("outcome", codes(Outcome::ALL, Outcome::code)),
        ("grade", codes(Grade::ALL, Grade::code)),
        ("severity", codes(Severity::ALL, Severity::code)),
        ("retaliation", codes(Form::ALL, Form::code)),
        ("interim", codes(Interim::ALL, Interim::code)),
        ("red_flag", codes(RedFlag::ALL, RedFlag::code)),
        ("weakness", codes(Weakness::ALL, Weakness::code)),
        ("unreferred", codes(Unreferred::ALL, Unreferred::code)),
        ("level", codes(DetrimentLevel::ALL, DetrimentLevel::code)),
        ("subject_heard", codes(SubjectHeard::ALL, SubjectHeard::code)),
        ("hearing", codes(Hearing::ALL, Hearing::code)),
        ("action_kind", codes(RemedyKind::ALL, RemedyKind::code)),
        ("remedy_state", codes(RemedyState::ALL, RemedyState::code)),
        ("remedy_turn", codes(RemedyTurn::ALL, RemedyTurn::code)),
        ("remedy_turned", codes(RemedyTurn::ALL, RemedyTurn::code)),
        ("proceedings", codes(Proceedings::ALL, Proceedings::code)),
        ("feedback_sent", codes(FeedbackSent::ALL, FeedbackSent::code)),
        ("feedback_impossible", codes(FeedbackImpossible::ALL, FeedbackImpossible::code)),
        ("retention_class", codes(RetentionClass::ALL, RetentionClass::code)),
        ("identity_removed", codes(IdentityRemoved::ALL, IdentityRemoved::code)),
        ("pause_reason", codes(PauseReason::ALL, PauseReason::code)),
        ("clock", codes(ClockName::ALL, ClockName::code)),
        ("outside", codes(Route::ALL, Route::code)),
        ("waiver", codes(Waiver::ALL, Waiver::code)),
        ("new_ground", codes(NewGround::ALL, NewGround::code)),
        ("review_result", codes(ReviewResult::ALL, ReviewResult::code)),
        ("fact", codes(Fact::ALL, Fact::code)),
        ("fact", RawFacts::FIELDS.to_vec()),
    ]
}
