//! The whole policy as reviewable snapshots: role × action × situation, and state × step × capacity.
//!
//! A changed line in `tests/snapshots/policy_matrix__*.snap` is a changed right: review it as such.

#[path = "policy_matrix/any.rs"]
mod any;

use any::{any_action, any_action_on_a_case, any_roles, any_situation, forbidden_roles};
use proptest::prelude::*;
use senim::domain::case::status::Status;
use senim::domain::case::step::Step;
use senim::domain::case::transition::find;
use senim::domain::ids::{CaseId, DeskId, StaffId};
use senim::domain::role::{Role, forbidden_pair};
use senim::policy::{Action, Actor, Capacity, Denied, Proposer, RoleAt, Situation, StaffActor, authorize};
use uuid::Uuid;

const CASE: CaseId = CaseId(Uuid::from_u128(1));
const OTHER_CASE: CaseId = CaseId(Uuid::from_u128(2));
const DESK: DeskId = DeskId(Uuid::from_u128(3));
const OTHER_DESK: DeskId = DeskId(Uuid::from_u128(4));
const SELF: StaffId = StaffId(Uuid::from_u128(5));
const COLLEAGUE: StaffId = StaffId(Uuid::from_u128(6));

fn staff(roles: &[Role], desk: DeskId) -> Actor {
    let roles = roles.iter().map(|&role| RoleAt { role, desk: Some(desk) }).collect();
    Actor::Staff(StaffActor { id: SELF, roles })
}

fn situation(status: Status) -> Situation {
    Situation::new(CASE, DESK, status)
}

fn held(capacity: Capacity, status: Status) -> Situation {
    let proposer = Some(Proposer::Staff(COLLEAGUE));
    Situation { grant: Some(capacity), attested: true, proposer, ..situation(status) }
}

fn cell(actor: &Actor, action: Action, situation: Option<&Situation>) -> &'static str {
    match authorize(actor, action, situation) {
        Ok(_) => "yes",
        Err(Denied::Forbidden) => "no",
        Err(Denied::Hidden) => ".",
    }
}

const LEGEND: &str = "yes: permitted. no: forbidden (403). .: hidden, as if it did not exist (404).\n\n";

fn trimmed(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, text) });
}

/// Whether the situation in a case decides.
fn of_a_case(action: Action) -> bool {
    action.needs_case() || action == Action::SeeProposals
}

/// Every action on a case but the steps, which have a matrix of their own.
fn plain_actions() -> impl Iterator<Item = Action> {
    Action::all().into_iter().filter(|action| !matches!(action, Action::TakeStep(_)) && of_a_case(*action))
}

fn table(head: &str, columns: &[String], rows: impl Iterator<Item = (String, Vec<&'static str>)>) -> String {
    let mut text = format!("{LEGEND}{head:<40}{}\n", columns.join("  "));
    for (name, cells) in rows {
        text.push_str(&format!("{name:<40}"));
        for (column, cell) in columns.iter().zip(cells) {
            text.push_str(&format!("{cell:<width$}", width = column.len() + 2));
        }
        text.push('\n');
    }
    trimmed(&text)
}

/// Everybody who can act: one actor per role, and those who are not staff.
fn everybody() -> Vec<(String, Actor)> {
    let others = [
        ("reporter", Actor::Reporter(CASE)),
        ("timer", Actor::Timer),
        ("operator", Actor::Operator),
        ("anyone", Actor::Anyone),
    ];
    let roles = Role::ALL.iter().map(|role| (role.to_string(), staff(&[*role], DESK)));
    roles.chain(others.map(|(name, actor)| (name.to_owned(), actor))).collect()
}

#[test]
fn role_by_action_without_a_case() {
    let actors = everybody();
    let columns: Vec<_> = actors.iter().map(|(name, _)| name.clone()).collect();
    let rows = Action::all().into_iter().map(|action| {
        (action.to_string(), actors.iter().map(|(_, actor)| cell(actor, action, None)).collect())
    });
    snapshot("role_by_action_without_a_case", &table("action", &columns, rows));
}

#[test]
fn role_by_action_on_a_case_without_a_grant() {
    let actors = everybody();
    let columns: Vec<_> = actors.iter().map(|(name, _)| name.clone()).collect();
    let at = Situation { proposer: Some(Proposer::Staff(COLLEAGUE)), ..situation(Status::Triage) };
    let rows = Action::all().into_iter().map(|action| {
        (action.to_string(), actors.iter().map(|(_, actor)| cell(actor, action, Some(&at))).collect())
    });
    snapshot("role_by_action_on_a_case_without_a_grant", &table("action", &columns, rows));
}

/// The situations a holder of a grant can be in, by name.
fn situations(capacity: Capacity) -> Vec<(&'static str, Situation)> {
    let base = held(capacity, Status::Investigation);
    vec![
        ("attested", base.clone()),
        ("not attested", Situation { attested: false, ..base.clone() }),
        ("recused", Situation { recused: true, ..base.clone() }),
        ("it concerns them", Situation { excluded: true, ..base.clone() }),
        ("own proposal", Situation { proposer: Some(Proposer::Staff(SELF)), ..base.clone() }),
        ("proposal of a job", Situation { proposer: Some(Proposer::Job), ..base.clone() }),
        ("no proposal", Situation { proposer: None, ..base.clone() }),
        ("is the lead", Situation { self_is_lead: true, ..base.clone() }),
        ("involved before", Situation { involved: true, ..base.clone() }),
        ("nobody leads it", Situation { leaderless: true, ..base.clone() }),
        ("case at another desk", Situation { desk: OTHER_DESK, ..base.clone() }),
        ("case archived", Situation { status: Status::Archived, ..base }),
    ]
}

#[test]
fn capacity_by_action_by_situation() {
    let columns: Vec<_> = Capacity::ALL.iter().map(|capacity| capacity.code().to_owned()).collect();
    let count = situations(Capacity::Lead).len();
    let rows = plain_actions().flat_map(|action| (0..count).map(move |index| (action, index)));
    let rows = rows.map(|(action, index)| {
        let name = situations(Capacity::Lead)[index].0;
        let cells = Capacity::ALL.iter().map(|&capacity| {
            let (_, at) = &situations(capacity)[index];
            cell(&staff(&[capacity.role()], DESK), action, Some(at))
        });
        (format!("{action:<19}{name}"), cells.collect())
    });
    snapshot("capacity_by_action_by_situation", &table("action             situation", &columns, rows));
}

#[test]
fn state_by_step_by_capacity() {
    let mut columns: Vec<_> = Capacity::ALL.iter().map(|capacity| capacity.code().to_owned()).collect();
    columns.extend(["reporter", "timer", "operator", "anyone"].map(str::to_owned));
    let rows = Status::ALL.iter().flat_map(|&status| Step::ALL.iter().map(move |&step| (status, step)));
    let rows = rows.filter(|&(status, step)| find(status, step).is_some()).map(|(status, step)| {
        let action = Action::TakeStep(step);
        let holders = Capacity::ALL
            .iter()
            .map(|&capacity| cell(&staff(&[capacity.role()], DESK), action, Some(&held(capacity, status))));
        let others = [Actor::Reporter(CASE), Actor::Timer, Actor::Operator, Actor::Anyone]
            .map(|actor| cell(&actor, action, Some(&situation(status))));
        (format!("{status:<19}{step}"), holders.chain(others).collect())
    });
    snapshot("state_by_step_by_capacity", &table("state              step", &columns, rows));
}

/// Its name, the situation with it, and what is closed then.
type Conflicted = (&'static str, fn(Situation) -> Situation, fn(Capacity, Action) -> bool);

/// Why somebody who holds a grant may not do what their capacity offers.
const CONFLICTS: &[Conflicted] = &[
    ("recused", |at| Situation { recused: true, ..at }, |_, _| true),
    ("subject", |at| Situation { excluded: true, ..at }, |_, _| true),
    ("no grant", |at| Situation { grant: None, ..at }, |_, _| true),
    ("not attested", |at| Situation { attested: false, ..at }, |_, action| !before_attestation(action)),
    (
        "proposer",
        |at| Situation { proposer: Some(Proposer::Staff(SELF)), ..at },
        |_, action| action == Action::DecideProposal,
    ),
    (
        "lead",
        |at| Situation { self_is_lead: true, ..at },
        |capacity, action| {
            let acts = matches!(action, Action::TakeStep(_) | Action::DecideProposal);
            capacity == Capacity::Reviewer && acts
        },
    ),
    (
        "involved",
        |at| Situation { involved: true, ..at },
        |_, action| matches!(action, Action::TakeStep(Step::Review) | Action::DecideProposal),
    ),
];

/// What may be done before the attestation: none of it shows content or moves the case.
fn before_attestation(action: Action) -> bool {
    matches!(
        action,
        Action::SeeCase | Action::Attest | Action::Recuse | Action::WriteNote | Action::SeeProposals
    )
}

/// DESIGN section 6, whole: state × act (each step among them) × capacity × conflict. What is closed to somebody in conflict
/// stays closed in every state, and in every pair of conflicts; without one, exactly what the table of transitions offers
/// is open.
#[test]
fn no_conflicted_person_may_do_anything_in_any_state() {
    let mut closed = 0;
    for (&status, &capacity) in Status::ALL.iter().flat_map(|s| Capacity::ALL.iter().map(move |c| (s, c))) {
        let actor = staff(&[capacity.role()], DESK);
        for action in Action::all().into_iter().filter(|action| of_a_case(*action)) {
            for (one, first, closes) in CONFLICTS {
                for (other, second, _) in CONFLICTS {
                    let at = second(first(held(capacity, status)));
                    let allowed = authorize(&actor, action, Some(&at)).is_ok();
                    assert!(
                        !(allowed && closes(capacity, action)),
                        "{status} {action} {} {one} {other}",
                        capacity.code()
                    );
                    closed += usize::from(closes(capacity, action));
                }
            }
            if let Action::TakeStep(step) = action {
                let offered = find(status, step)
                    .is_some_and(|row| capacity.doer().is_some_and(|doer| row.offered_to(doer)));
                let allowed = authorize(&actor, action, Some(&held(capacity, status))).is_ok();
                assert!(!offered || allowed, "{status} {step} {}", capacity.code());
                assert!(
                    offered || !allowed || find(status, step).is_none(),
                    "{status} {step} {}",
                    capacity.code()
                );
            }
        }
    }
    assert!(closed > 20_000, "{closed}");
}

#[test]
fn an_illegal_step_is_left_to_the_domain_to_answer() {
    let at = held(Capacity::Triager, Status::Investigation);
    assert_eq!(cell(&staff(&[Role::Triager], DESK), Action::TakeStep(Step::Reject), Some(&at)), "yes");
    assert_eq!(cell(&staff(&[Role::Triager], DESK), Action::TakeStep(Step::Decide), Some(&at)), "no");
}

#[test]
fn a_role_held_everywhere_counts_at_every_desk() {
    let everywhere = RoleAt { role: Role::Triager, desk: None };
    let actor = Actor::Staff(StaffActor { id: SELF, roles: vec![everywhere] });
    assert_eq!(cell(&actor, Action::ReadContent, Some(&held(Capacity::Triager, Status::Triage))), "yes");
}

#[test]
fn the_reviewer_who_leads_the_case_decides_nothing_in_it() {
    let at = Situation { self_is_lead: true, ..held(Capacity::Reviewer, Status::FindingsReview) };
    let actor = staff(&[Role::Reviewer, Role::Investigator], DESK);
    for action in [Action::TakeStep(Step::Decide), Action::TakeStep(Step::Return), Action::DecideProposal] {
        assert_eq!(cell(&actor, action, Some(&at)), "no", "{action}");
    }
}

#[test]
fn a_review_is_not_for_those_it_is_about() {
    let at = held(Capacity::Reviewer, Status::Closed);
    let involved = Situation { involved: true, ..at.clone() };
    let actor = staff(&[Role::Reviewer], DESK);
    assert_eq!(cell(&actor, Action::TakeStep(Step::Review), Some(&at)), "yes");
    assert_eq!(cell(&actor, Action::TakeStep(Step::Review), Some(&involved)), "no");
    assert_eq!(cell(&actor, Action::DecideProposal, Some(&involved)), "no");
}

#[test]
fn a_receipt_opens_its_own_case_only() {
    let at = situation(Status::AwaitingInfo);
    for action in [Action::WriteAsReporter, Action::TakeStep(Step::Answer)] {
        assert_eq!(cell(&Actor::Reporter(CASE), action, Some(&at)), "yes");
        assert_eq!(cell(&Actor::Reporter(OTHER_CASE), action, Some(&at)), ".");
        assert_eq!(cell(&Actor::Reporter(CASE), action, None), ".");
    }
    let archived = situation(Status::Archived);
    assert_eq!(cell(&Actor::Reporter(CASE), Action::WriteAsReporter, Some(&archived)), "no");
}

#[test]
fn an_auditor_reads_the_log_of_a_case_and_nothing_else_of_it() {
    let at = situation(Status::Triage);
    let auditor = staff(&[Role::Auditor], DESK);
    let may: Vec<_> =
        Action::all().into_iter().filter(|action| cell(&auditor, *action, Some(&at)) == "yes").collect();
    assert_eq!(may, [Action::SignIn, Action::ChangeAccount, Action::ReadLog]);
}

#[test]
fn a_permit_says_what_was_asked() {
    let at = held(Capacity::Lead, Status::Investigation);
    let actor = staff(&[Role::Investigator], DESK);
    let permit = authorize(&actor, Action::ReadContent, Some(&at)).unwrap();
    assert_eq!((permit.actor(), permit.action(), permit.case()), (&actor, Action::ReadContent, Some(CASE)));
    let permit = authorize(&Actor::Anyone, Action::SubmitReport, None).unwrap();
    assert_eq!(permit.case(), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Controls EU-9.1a-1, EU-9.1c-1 and OI-11a-3, for every combination of roles and every situation.
    #[test]
    fn staff_get_no_more_than_their_part_in_the_case(
        roles in any_roles(), at in any_situation(), action in any_action_on_a_case(),
    ) {
        let answer = authorize(&staff(&roles, DESK), action, Some(&at));
        let part = at.grant.is_some_and(|capacity| roles.contains(&capacity.role())) && at.desk == DESK;
        if !part || at.recused || at.excluded || forbidden_pair(&roles).is_some() {
            prop_assert_eq!(answer.as_ref().err(), Some(&Denied::Hidden));
        } else {
            prop_assert_ne!(answer.as_ref().err(), Some(&Denied::Hidden));
        }
        if answer.is_ok() {
            prop_assert!(at.attested || before_attestation(action));
            if action == Action::DecideProposal {
                prop_assert_eq!(at.grant, Some(Capacity::Reviewer));
                prop_assert!(at.proposer.is_some() && at.proposer != Some(Proposer::Staff(SELF)));
                prop_assert!(!at.self_is_lead && !at.involved);
            }
        }
    }

    /// Auditors, oversight, custodians, registrars and administrators never get at a case, whatever rows say.
    #[test]
    fn roles_without_a_part_in_cases_never_get_one(
        role in proptest::sample::select(vec![
            Role::Auditor, Role::Oversight, Role::Custodian, Role::Registrar, Role::Administrator,
        ]),
        at in any_situation(), action in any_action_on_a_case(),
    ) {
        prop_assert_eq!(authorize(&staff(&[role], DESK), action, Some(&at)), Err(Denied::Hidden));
    }

    /// A person with two roles of a forbidden pair can do nothing at all.
    #[test]
    fn a_forbidden_pair_of_roles_is_worth_nothing(
        roles in forbidden_roles(), at in proptest::option::of(any_situation()), action in any_action(),
    ) {
        prop_assert!(authorize(&staff(&roles, DESK), action, at.as_ref()).is_err());
    }

    /// Neither the command line nor an unknown visitor nor a timer can read or decide.
    #[test]
    fn only_people_with_keys_read_and_decide(at in any_situation()) {
        for actor in [Actor::Timer, Actor::Operator, Actor::Anyone, Actor::Reporter(CASE)] {
            for action in [
                Action::ReadContent, Action::DecideProposal, Action::GrantAccess, Action::RevokeAccess, Action::Attest,
                Action::ReadLog, Action::SignDirectory,
            ] {
                prop_assert!(authorize(&actor, action, Some(&at)).is_err());
            }
        }
    }
}
