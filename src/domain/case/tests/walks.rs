//! Random walks: whatever is done to a case, it stays in the table and can still end.

use proptest::prelude::*;

use super::*;
use crate::domain::case::raw_facts::RawFacts;

/// A case as far as the workflow is concerned.
#[derive(Debug, Clone, Copy)]
struct Walker {
    status: Status,
    origin: Option<Status>,
}

impl Walker {
    /// Takes the row with enough facts, as its first doer.
    fn go(self, row: &Transition) -> Self {
        let step = take(self.status, row.step, row.by[0], &enough(row), &known(row)).unwrap();
        let to = step.to.status(self.status, self.origin).expect("a walk never loses its origin");
        let origin = if row.step == Step::Ask { Some(self.status) } else { None };
        Self { status: to, origin }
    }

    fn rows(self) -> Vec<&'static Transition> {
        TRANSITIONS.iter().filter(|row| row.from == self.status).collect()
    }
}

proptest! {
    #[test]
    fn any_walk_stays_in_the_table_and_can_still_end(choices in proptest::collection::vec(any::<proptest::sample::Index>(), 0..60)) {
        let mut walker = Walker { status: ARRIVAL, origin: None };
        for choice in choices {
            let rows = walker.rows();
            if rows.is_empty() {
                prop_assert_eq!(walker.status, Status::Disposed);
                break;
            }
            let row = *choice.get(&rows);
            let before = walker.status;
            walker = walker.go(row);
            prop_assert!(moves().contains(&(before, row.step, walker.status)));
            prop_assert_eq!(walker.status == Status::AwaitingInfo, walker.origin.is_some());
        }
        // From wherever it got to, an open case ends in one withdrawal, and an ended one is disposed of in at most two steps.
        if walker.status.is_open() {
            walker = walker.go(find(walker.status, Step::Withdraw).unwrap());
        }
        for step in [Step::Archive, Step::Dispose] {
            if let Some(row) = find(walker.status, step) {
                walker = walker.go(row);
            }
        }
        prop_assert_eq!(walker.status, Status::Disposed);
    }

    #[test]
    fn a_dropped_fact_is_missed_exactly_where_a_guard_needs_it(
        row in proptest::sample::select(TRANSITIONS),
        dropped in proptest::sample::select(RawFacts::FIELDS),
    ) {
        let full = enough(&row);
        let sealed = full.to_sealed_json();
        let mut value: serde_json::Value = serde_json::from_slice(&sealed).unwrap();
        value["facts"].as_object_mut().unwrap().remove(dropped);
        let mut facts = StepFacts::from_sealed_json(&serde_json::to_vec(&value).unwrap()).unwrap();
        (facts.checkins_done, facts.retention_due, facts.no_hold) = (true, true, true);
        let complaint = take(row.from, row.step, row.by[0], &facts, &known(&row)).err();
        let needed = row.facts.iter().any(|fact| fact.code() == dropped)
            || match dropped {
                "actions" => row.facts.contains(&Fact::NoActions),
                "action_kind" | "addressee" | "action_due" => row.facts.contains(&Fact::Actions),
                "lead" => row.facts.contains(&Fact::Assignees),
                "anon_crime" | "anon_security" => row.facts.contains(&Fact::AnonymousBranch),
                "likelihood" | "impact" => row.facts.contains(&Fact::Assessment),
                question if TriageQuestion::parse(question).is_some() => row.facts.contains(&Fact::Assessment),
                "protection_plan" => row.facts.contains(&Fact::DetrimentLevel),
                "deferral_reason" => row.facts.contains(&Fact::SubjectHeard),
                "message" => row.facts.contains(&Fact::FeedbackSent),
                _ => false,
            };
        let expected = needed.then(|| StepError::Missing(vec![FieldError::new(dropped, REQUIRED)]));
        prop_assert_eq!(complaint, expected);
    }
}
