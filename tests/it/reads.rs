//! Content is read only with an entry that says so: once per person, case and session (control AUD-2).

use senim::{domain::case::step::Step, usecases::sign_out::sign_out};

use crate::{facts::none, world::in_world};

const READS: &str = "audit.entries where 'content.read' = any(acts)";

/// Control AUD-2.
#[test]
fn a_reading_is_recorded_once_per_person_case_and_session() {
    in_world(async |world| {
        let (one, two) = (world.submit("First.").await, world.submit("Second.").await);
        let mut owner = world.owner().await;
        let first = world.sign_in("tri1").await;
        for case in [one.case, two.case] {
            first.attest(case).await;
        }
        assert_eq!(owner.count(READS).await, 0, "an attestation reads nothing");
        for _ in 0..3 {
            first.read(one.case).await;
        }
        assert_eq!(owner.count(READS).await, 1);
        first.read(two.case).await;
        assert_eq!(owner.count(READS).await, 2, "another case");
        let second = world.sign_in("tri2").await;
        second.attest(one.case).await;
        second.read(one.case).await;
        assert_eq!(owner.count(READS).await, 3, "another person");
        sign_out(&world.ctx, &first.caller).await.unwrap();
        let again = world.sign_in("tri1").await;
        again.read(one.case).await;
        assert_eq!(owner.count(READS).await, 4, "another session");
        assert_eq!(owner.count("content_reads").await, 2, "what a session read goes with it");
    });
}

/// A step needs the keys, so it counts as a reading; in the same entry.
#[test]
fn a_step_without_an_earlier_reading_records_the_reading_too() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let triager = world.sign_in("tri1").await;
        triager.attest(reporter.case).await;
        triager.take(reporter.case, Step::Open, none()).await;
        let mut owner = world.owner().await;
        let both = "audit.entries where acts @> array['content.read', 'state.changed']";
        assert_eq!(owner.count(both).await, 1);
        triager.read(reporter.case).await;
        assert_eq!(owner.count(READS).await, 1);
    });
}

/// Control AUD-2: the function that hands out wraps is the only way, and asks for grant, attestation and reading.
#[test]
fn a_wrap_is_not_to_be_had_without_a_recorded_reading() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        let triager = world.sign_in("tri1").await;
        let mut app = world.app().await;
        let wraps = |session: String| format!("take_staff_wraps('{case}', '{}', '{session}')", triager.id());
        let mine = wraps(triager.caller.session.to_string());
        assert_eq!(app.count(&mine).await, 0, "without attestation and reading");
        triager.attest(case).await;
        assert_eq!(app.count(&mine).await, 0, "without reading");
        let note = format!(
            "insert into content_reads (session_id, case_id, staff_id) values ('{}', '{case}', '{}')",
            triager.caller.session,
            triager.id()
        );
        assert!(app.refused(&note).await.contains("without an entry"), "a reading needs its entry");
        triager.read(case).await;
        assert_eq!(app.count(&mine).await, 1);
        let other = world.sign_in("tri2").await;
        assert_eq!(app.count(&wraps(other.caller.session.to_string())).await, 0, "another session");
        let direct = app.refused("select sealed from case_wraps").await;
        assert!(direct.contains("permission denied"), "{direct}");
        triager.recuse(case).await.unwrap();
        assert_eq!(app.count(&mine).await, 0, "after stepping back");
    });
}
