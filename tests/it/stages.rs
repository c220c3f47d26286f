//! What the reporter is told of the stages of their case (control ISO-8.1-1).

use senim::{
    domain::case::step::Step,
    usecases::{take_step::StepDone, watch_deadlines::watch_deadlines},
};
use serde_json::json;

use crate::{
    app::in_app,
    facts::{enough, with},
    world::in_world,
};

/// The closed texts speak the language of the report, whoever asks for them.
#[test]
fn iso_8_1_1_the_stages_are_told_in_the_language_of_the_report() {
    in_app(async |world, app| {
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        for (language, words) in [
            ("kk", "қазір қаралып жатыр"),
            ("ru", "сейчас рассматривают"),
            ("en", "looking at your report now"),
        ] {
            let reporter =
                world.submit_report(world.report_with("Something.", json!({"language": language}))).await;
            world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
            let body = json!({"receipt": reporter.receipt});
            let opened = app.api(None).post("/inbox/sessions", &body).await.expect(201);
            let inbox = app.api(opened["token"].as_str()).get("/inbox").await.expect(200);
            let texts: Vec<&str> =
                inbox["messages"].as_array().unwrap().iter().filter_map(|one| one["text"].as_str()).collect();
            assert!(texts.len() == 2 && texts[1].contains(words), "{language}: {texts:?}");
        }
    });
}

/// A stage over its planned time is told in between; a closed text is no letter of a person, so who waits still waits.
#[test]
fn iso_8_1_1_a_late_stage_is_told_and_a_closed_text_answers_nobody() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        reporter.write("Are you there?").await.unwrap();
        let waits = format!("select unanswered_since is not null from cases where id = '{}'", reporter.case);
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        assert_eq!(world.owner().await.value(&waits).await, true);
        world.advance_days(5);
        assert_eq!(watch_deadlines(&world.ctx).await.unwrap(), 1);
        let told = reporter.read().await;
        for words in ["template: opened", "template: delayed"] {
            assert_eq!(told.matches(words).count(), 1, "{told}");
        }
    });
}

/// Where the table allows silence, its reason is kept with the case, and nothing else is told.
#[test]
fn iso_8_1_1_silence_has_a_reason_that_the_case_keeps() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let (triager, lead) = (world.sign_in("tri1").await, world.sign_in("inv1").await);
        let reviewer = world.sign_in("rev1").await;
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        world.drive(reporter.case, &triager, Step::Assign, &reviewer).await;
        world.drive(reporter.case, &lead, Step::Start, &reviewer).await;
        let before = reporter.inbox().await.letters.len();
        let given = enough(world.status(reporter.case).await, Step::Pause, lead.id(), "some");
        let silent = with(given, json!({"silence_reason": "It would warn the subject."}));
        let StepDone::Proposed(id) = lead.step(reporter.case, Step::Pause, silent).await.unwrap() else {
            panic!("it needs a second person")
        };
        reviewer.approve(id).await.unwrap();
        assert_eq!(reporter.inbox().await.letters.len(), before);
        assert!(reviewer.read(reporter.case).await.contains("It would warn the subject."));
    });
}
