//! What is denied is recorded: steps on the case, cases that are not one's own on one's own history.

use senim::{
    domain::{
        case::{status::Status, step::Step, transition::legal_from},
        ids::CaseId,
    },
    usecases::Error,
};

use crate::{facts::none, world::in_world};

const DENIED: &str = "audit.entries where obj_kind = 'case' and acts = array['transition.denied']";

/// Control OI-11a-1: whatever the table does not offer is refused, changes nothing and is recorded.
#[test]
fn a_step_that_the_state_does_not_offer_is_refused_and_recorded() {
    in_world(async |world| {
        let case = world.submit("The inspector asked for an envelope.").await.case;
        let triager = world.sign_in("tri1").await;
        triager.attest(case).await;
        let mut owner = world.owner().await;
        let mut expected = 0;
        for state in [Status::Received, Status::Triage] {
            assert_eq!(world.status(case).await, state);
            for step in Step::ALL.iter().filter(|step| !legal_from(state).contains(step)) {
                match triager.step(case, *step, none()).await {
                    Err(Error::IllegalStep { legal }) => assert_eq!(legal, legal_from(state), "{step}"),
                    Err(Error::Forbidden) => {}
                    other => panic!("{step} in {state}: {}", other.is_ok()),
                }
                expected += 1;
                assert_eq!(owner.count(DENIED).await, expected, "{step} in {state}");
            }
            if state == Status::Received {
                triager.take(case, Step::Open, none()).await;
            }
        }
    });
}

/// Who works on a case reads its history, but not what the table of acts keeps for auditors.
#[test]
fn the_history_of_a_case_shows_its_handlers_only_what_the_table_lets_them_see() {
    in_world(async |world| {
        let case = world.submit("The inspector asked for an envelope.").await.case;
        let triager = world.sign_in("tri1").await;
        triager.attest(case).await;
        assert!(triager.step(case, Step::Decide, none()).await.is_err());
        assert_eq!(world.owner().await.count(DENIED).await, 1);
        let history = triager.open(case).await.unwrap().history;
        let acts: Vec<&str> = history.iter().flat_map(|line| &line.acts).map(String::as_str).collect();
        assert!(acts.contains(&"report.received") && acts.contains(&"coi.attested"), "{acts:?}");
        assert!(!acts.contains(&"transition.denied"), "{acts:?}");
        assert!(history.iter().all(|line| !line.acts.is_empty()));
    });
}

/// Control EU-9.1a-1: asking for a case that is not one's own is answered like asking for none, and both are recorded.
#[test]
fn asking_for_a_case_of_others_is_recorded_like_asking_for_none() {
    in_world(async |world| {
        let case = world.submit("The inspector asked for an envelope.").await.case;
        let stranger = world.sign_in("inv1").await;
        let mut owner = world.owner().await;
        for (asked, id) in (1..).zip([case, CaseId(uuid::Uuid::max())]) {
            assert!(matches!(stranger.open(id).await, Err(Error::NotFound)));
            let denied = "audit.entries where obj_kind = 'staff' and acts = array['access.denied']";
            assert_eq!(owner.count(denied).await, asked);
        }
        let named = format!("audit.entries where convert_from(body, 'UTF8') like '%{}%'", case.0.simple());
        assert_eq!(owner.count(&named).await, 0, "the record of a denial names no case");
    });
}
