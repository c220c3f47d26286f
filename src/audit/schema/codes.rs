//! The closed words that an entry may hold about its act.

use super::{
    Member, Shape, Stands,
    words::{are_clocks, are_days, are_flags, are_weaknesses, is_formula, is_profile, is_target},
};
use crate::domain::{
    case::{
        assessment::{Grade, Severity},
        facts::{
            Answer, DetrimentLevel, FeedbackImpossible, FeedbackSent, Hearing, IdentityRemoved, NewGround,
            PauseReason, Proceedings, RetentionClass, ReviewResult, SubjectHeard, Unreferred,
        },
        outcome::Outcome,
        reason::ReasonCode,
        remedy::RemedyKind,
        step::Step,
    },
    profile::{ClockName, Waiver},
    retaliation::Interim,
    routing::RouteReason,
    taxonomy::Category,
};

/// The members of `codes`: closed words about the act. What people typed is never among them.
#[rustfmt::skip]
pub const CODES: &[Member] = members! {
    "action_kind"          Sometimes, words!(RemedyKind);
    "actions"              Sometimes, words!("none");
    "anon_crime"           Sometimes, words!(Answer);
    "anon_security"        Sometimes, words!(Answer);
    "category"             Sometimes, words!(Category);
    "checkins"             Sometimes, Shape::Word(are_days);
    "clock"                Sometimes, words!(ClockName);
    "corroborated"         Sometimes, words!(Answer);
    "criminal_signs"       Sometimes, words!(Answer);
    "detriment_level"      Sometimes, words!(DetrimentLevel);
    "evidence_at_risk"     Sometimes, words!(Answer);
    "feedback_impossible"  Sometimes, words!(FeedbackImpossible);
    "feedback_sent"        Sometimes, words!(FeedbackSent);
    "first_hand"           Sometimes, words!(Answer);
    "formula"              Sometimes, Shape::Word(is_formula);
    "health_risk"          Sometimes, words!(Answer);
    "hearing"              Sometimes, words!(Hearing);
    "heavy_damage"         Sometimes, words!(Answer);
    "identity_removed"     Sometimes, words!(IdentityRemoved);
    "impact"               Sometimes, words!(Grade);
    "in_scope"             Sometimes, words!(Answer);
    "interim"              Sometimes, words!(Interim);
    "likelihood"           Sometimes, words!(Grade);
    "met"                  Sometimes, Shape::Word(are_clocks);
    "missed"               Sometimes, Shape::Word(are_clocks);
    "mode"                 Sometimes, words!("anonymous");
    "new_ground"           Sometimes, words!(NewGround);
    "notice"               Sometimes, Shape::Hex(16);
    "ongoing"              Sometimes, words!(Answer);
    "outcome"              Sometimes, words!(Outcome);
    "pause_reason"         Sometimes, words!(PauseReason);
    "proceedings"          Sometimes, words!(Proceedings);
    "profile"              Sometimes, Shape::Word(is_profile);
    "public_interest"      Sometimes, words!(Answer);
    "public_soon"          Sometimes, words!(Answer);
    "query"                Sometimes, words!("acts" | "bundle" | "case" | "completeness" | "desk" | "entry" | "evidence" | "heads" | "inclusion" | "instance" | "log" | "page" | "sheet" | "staff" | "verification");
    "reason_code"          Sometimes, words!(ReasonCode);
    "reassessed_detriment" Sometimes, words!(DetrimentLevel);
    "red_flags"            Sometimes, Shape::Word(are_flags);
    "reminded"             Sometimes, Shape::Word(are_clocks);
    "reported_before"      Sometimes, words!(Answer);
    "retaliation"          Sometimes, words!(Answer);
    "retention_class"      Sometimes, words!(RetentionClass);
    "review_result"        Sometimes, words!(ReviewResult);
    "route"                Sometimes, words!(RouteReason);
    "senior_official"      Sometimes, words!(Answer);
    "severity"             Sometimes, words!(Severity);
    "started"              Sometimes, Shape::Word(are_clocks);
    "step"                 Sometimes, words!(Step);
    "subject_heard"        Sometimes, words!(SubjectHeard);
    "target"               Sometimes, Shape::Word(is_target);
    "unreferred"           Sometimes, words!(Unreferred);
    "waiver"               Sometimes, words!(Waiver);
    "weaknesses"           Sometimes, Shape::Word(are_weaknesses);
    "what"                 Sometimes, words!("bodies" | "body" | "calendar" | "case" | "desk" | "desks" | "directory" | "founded" | "profile" | "recovery" | "routing");
    "why"                  Sometimes, words!("forbidden" | "illegal" | "left" | "overtaken" | "unfit");
};
