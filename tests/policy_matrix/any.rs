//! Any roles, situation and action, for the properties of the policy.

use proptest::prelude::*;
use senim::{
    domain::{
        case::status::Status,
        role::{Role, forbidden_pair},
    },
    policy::{Action, Capacity, Proposer, Situation},
};

use super::{CASE, COLLEAGUE, DESK, OTHER_DESK, SELF, of_a_case};

pub fn any_roles() -> impl Strategy<Value = Vec<Role>> {
    proptest::collection::vec(proptest::sample::select(Role::ALL), 0..4)
}

/// Two roles that exclude each other.
pub fn forbidden_roles() -> impl Strategy<Value = Vec<Role>> {
    let pairs = Role::ALL.iter().flat_map(|&one| Role::ALL.iter().map(move |&other| vec![one, other]));
    proptest::sample::select(pairs.filter(|pair| forbidden_pair(pair).is_some()).collect::<Vec<_>>())
}

pub fn any_situation() -> impl Strategy<Value = Situation> {
    let proposer = prop_oneof![
        Just(None),
        Just(Some(Proposer::Job)),
        Just(Some(Proposer::Staff(SELF))),
        Just(Some(Proposer::Staff(COLLEAGUE)))
    ];
    let grant = proptest::option::of(proptest::sample::select(Capacity::ALL));
    let desk = prop_oneof![Just(DESK), Just(OTHER_DESK)];
    (proptest::sample::select(Status::ALL), grant, proposer, desk, any::<[bool; 6]>()).prop_map(
        |(
            status,
            grant,
            proposer,
            desk,
            [attested, recused, self_is_lead, leaderless, involved, excluded],
        )| {
            Situation {
                case: CASE,
                desk,
                status,
                grant,
                attested,
                excluded,
                recused,
                proposer,
                self_is_lead,
                leaderless,
                involved,
            }
        },
    )
}

pub fn any_action() -> impl Strategy<Value = Action> {
    proptest::sample::select(Action::all())
}

pub fn any_action_on_a_case() -> impl Strategy<Value = Action> {
    proptest::sample::select(
        Action::all().into_iter().filter(|action| of_a_case(*action)).collect::<Vec<_>>(),
    )
}
