//! The receipt: all that a reporter has.

use senim::{
    domain::ids::BodyId,
    usecases::{
        Context, Error,
        open_inbox::open_inbox,
        read_inbox::read_inbox,
        submit_report::{FormOrigin, FormToken, Submission, Submitted, submit_report},
    },
};
use serde_json::json;

use crate::world::{World, in_world};

const PARTS: &[&str] = &["cases", "case_items", "case_wraps", "case_epochs", "case_grants", "audit.entries"];

async fn counts(world: &World) -> Vec<i64> {
    let mut owner = world.owner().await;
    let mut all = Vec::new();
    for table in PARTS {
        all.push(owner.count(table).await);
    }
    all
}

/// The receipt with one symbol exchanged.
fn mistyped(receipt: &str) -> String {
    let first = if receipt.starts_with('7') { '8' } else { '7' };
    format!("{first}{}", &receipt[1..])
}

/// Control ISO-8.2-1: what opens nothing gives one answer; a typo is told before any look-up.
#[test]
fn unknown_receipts_are_alike_and_a_typo_is_told_from_the_check_symbol() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let stranger = {
            let other = World::receipt_of_nobody(&world.ctx);
            assert_ne!(other, reporter.receipt);
            other
        };
        assert!(matches!(open_inbox(&world.ctx, &stranger).await, Err(Error::ReceiptUnknown)));
        for typo in
            [mistyped(&reporter.receipt), mistyped(&stranger), "abc".into(), String::new(), "\0".into()]
        {
            let outcome = open_inbox(&world.ctx, &typo).await;
            assert!(matches!(outcome, Err(Error::ReceiptMistyped)), "{typo:?}");
        }
        let forgiven = reporter.receipt.to_lowercase().replace('-', " ");
        open_inbox(&world.ctx, &forgiven).await.unwrap();
    });
}

/// The mailbox's token ends, and another instance's or anybody's own is none.
#[test]
fn a_mailbox_token_ends_after_half_an_hour_and_cannot_be_made_up() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let token = reporter.token().await;
        read_inbox(&world.ctx, &token).await.unwrap();
        let form = world.ctx.form_token(&FormOrigin::Api).unwrap();
        for bad in [form.as_str(), "", "abc", &token[1..]] {
            assert!(matches!(read_inbox(&world.ctx, bad).await, Err(Error::Unauthenticated)));
        }
        world.advance(jiff::SignedDuration::from_mins(31));
        assert!(matches!(read_inbox(&world.ctx, &token).await, Err(Error::Unauthenticated)));
    });
}

async fn send(ctx: &Context, world: &World, token: &str) -> Submitted {
    let report = world.report("The same form twice.");
    let form_token = Some(FormToken { text: token.to_owned(), origin: FormOrigin::Api });
    let submission = Submission { report, form_token, channel: "web" };
    submit_report(ctx, &submission).await.unwrap()
}

#[test]
fn sending_a_form_again_gives_the_same_receipt_and_stores_nothing() {
    in_world(async |world| {
        let token = world.ctx.form_token(&FormOrigin::Api).unwrap();
        let first = send(&world.ctx, world, &token).await;
        let before = counts(world).await;
        let second = send(&world.ctx, world, &token).await;
        assert_eq!((first.repeated, second.repeated), (false, true));
        assert_eq!(first.receipt.reveal(), second.receipt.reveal());
        assert_eq!(first.reference, second.reference);
        assert_eq!(first.registered_on, second.registered_on);
        assert_eq!(counts(world).await, before);
    });
}

#[test]
fn sending_a_form_many_times_at_once_stores_it_once() {
    in_world(async |world| {
        let token = world.ctx.form_token(&FormOrigin::Api).unwrap();
        let other = world.another_process();
        let before = counts(world).await;
        let (a, b, c, d) = tokio::join!(
            send(&world.ctx, world, &token),
            send(&other, world, &token),
            send(&world.ctx, world, &token),
            send(&other, world, &token),
        );
        let all = [a, b, c, d];
        assert_eq!(all.iter().filter(|done| !done.repeated).count(), 1);
        assert!(all.iter().all(|done| done.receipt.reveal() == all[0].receipt.reveal()));
        assert!(all.iter().all(|done| done.reference == all[0].reference));
        let more: Vec<i64> = counts(world).await.iter().zip(before).map(|(now, then)| now - then).collect();
        assert_eq!(more, [1, 2, 4, 1, 2, 1], "one case with its parts: {PARTS:?}");
    });
}

/// Control KZ-64.1-1: a report is worth more than a token.
#[test]
fn an_expired_or_foreign_form_still_takes_the_report_in() {
    in_world(async |world| {
        let token = world.ctx.form_token(&FormOrigin::Api).unwrap();
        world.advance_days(2);
        let late = send(&world.ctx, world, &token).await;
        let foreign = send(&world.ctx, world, "not a token of ours").await;
        assert!(!late.repeated && !foreign.repeated);
        assert_ne!(late.receipt.reveal(), foreign.receipt.reveal());
        for done in [late, foreign] {
            open_inbox(&world.ctx, &done.receipt.reveal()).await.unwrap();
        }
    });
}

/// DESIGN section 4: a reporter's reads leave no row and no entry.
#[test]
fn what_a_reporter_reads_leaves_no_trace() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let before = world.db.dump().await;
        for _ in 0..2 {
            reporter.read().await;
        }
        let _ = open_inbox(&world.ctx, &mistyped(&reporter.receipt)).await;
        let _ = open_inbox(&world.ctx, &World::receipt_of_nobody(&world.ctx)).await;
        let _ = world.ctx.form_token(&FormOrigin::Api).unwrap();
        assert!(world.db.dump().await == before, "a row changed");
    });
}

/// Nothing is half written where the body named does not exist.
#[test]
fn a_report_about_an_unknown_body_is_refused_whole() {
    in_world(async |world| {
        let before = counts(world).await;
        let body = BodyId(uuid::Uuid::from_u128(7)).to_string();
        let report = world.report_with("Something.", json!({"body": body}));
        let submission = Submission { report, form_token: None, channel: "api" };
        let Err(Error::Invalid(fields)) = submit_report(&world.ctx, &submission).await else {
            panic!("there is no such body");
        };
        assert_eq!(fields[0].field, "body");
        assert_eq!(counts(world).await, before);
    });
}
