//! The mailbox by its receipt over HTTP: a typo is told at once, everything else is one answer, and the cookie, the
//! token and the form's own token are worth nothing to anybody else.

use reqwest::header::HeaderMap;
use serde_json::json;

use crate::{
    app::{Answer, INBOX_COOKIE, in_app},
    world::World,
};

/// The names and values of the headers, but for the date.
fn comparable(headers: &HeaderMap) -> Vec<String> {
    let mut lines: Vec<String> = headers
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    lines.sort();
    lines
}

/// One symbol exchanged for another of the alphabet.
fn mistyped(receipt: &str) -> String {
    let other = if receipt.starts_with('7') { "8" } else { "7" };
    format!("{other}{}", &receipt[1..])
}

fn alike(one: &Answer, other: &Answer) {
    assert_eq!(one.status, other.status);
    assert_eq!(one.body.len(), other.body.len());
    assert_eq!(comparable(&one.headers), comparable(&other.headers));
}

#[test]
fn a_typo_is_told_and_everything_else_is_one_answer() {
    in_app(async |world, app| {
        let reporter = world.submit("Something.").await;
        let before = world.db.dump().await;
        let open =
            async |receipt: &str| app.api(None).post("/inbox/sessions", &json!({"receipt": receipt})).await;
        let typos =
            [mistyped(&reporter.receipt), mistyped(&World::receipt_of_nobody(&world.ctx)), "ABC".into()];
        let mut answers = Vec::new();
        for typo in typos {
            let answer = open(&typo).await;
            assert_eq!(answer.refused(422), "receipt_mistyped");
            answers.push(answer);
        }
        alike(&answers[0], &answers[1]);
        alike(&answers[0], &answers[2]);
        let (one, two) = (
            open(&World::receipt_of_nobody(&world.ctx)).await,
            open(&World::receipt_of_nobody(&world.ctx)).await,
        );
        assert_eq!(one.refused(401), "receipt_unknown");
        assert_eq!(one.body, two.body);
        alike(&one, &two);
        open(&reporter.receipt.to_lowercase().replace('-', " ")).await.expect(201);
        let pages = app.pages();
        let (mut mistakes, mut strangers) = (Vec::new(), Vec::new());
        for _ in 0..2 {
            let stranger = World::receipt_of_nobody(&world.ctx);
            mistakes.push(pages.post("/ru/inbox", &[("receipt", &mistyped(&stranger))]).await);
            strangers.push(pages.post("/ru/inbox", &[("receipt", &stranger)]).await);
        }
        assert_eq!((mistakes[0].status, strangers[0].status), (422, 401));
        assert_eq!((&mistakes[0].body, &strangers[0].body), (&mistakes[1].body, &strangers[1].body));
        alike(&strangers[0], &strangers[1]);
        assert!(pages.jar.borrow().is_empty());
        assert!(world.db.dump().await == before, "a row changed");
    });
}

#[test]
fn a_mailbox_page_takes_only_its_own_form_and_keeps_the_words() {
    in_app(async |world, app| {
        let (reporter, other) = (world.submit("Something.").await, world.submit("Something else.").await);
        let (pages, others) = (app.pages(), app.pages());
        assert_eq!(pages.post("/ru/inbox", &[("receipt", &reporter.receipt)]).await.status, 303);
        assert_eq!(others.post("/ru/inbox", &[("receipt", &other.receipt)]).await.status, 303);
        let own = pages.get("/ru/inbox").await.input("csrf");
        let foreign = others.get("/ru/inbox").await.input("csrf");
        let typed = "Слова, которые нельзя терять.";
        for token in [None, Some("abc"), Some(foreign.as_str())] {
            let mut form = vec![("message", typed)];
            form.extend(token.map(|token| ("csrf", token)));
            let answer = pages.post("/ru/inbox/messages", &form).await;
            assert_eq!(answer.status, 403);
            assert!(answer.body.contains(typed), "{}", answer.body);
        }
        let blank = pages.post("/ru/inbox/messages", &[("csrf", &own), ("message", " ")]).await;
        assert_eq!(blank.status, 422);
        world.advance(jiff::SignedDuration::from_mins(31));
        let late = pages.post("/ru/inbox/messages", &[("csrf", &own), ("message", typed)]).await;
        assert_eq!(late.status, 401);
        assert!(late.body.contains(typed), "{}", late.body);
        let ended = pages.get("/ru/inbox").await;
        assert_eq!(ended.status, 401);
        assert!(pages.jar.borrow().is_empty(), "the cookie is taken away");
        assert!(!reporter.read().await.contains("reporter"), "nothing was taken in");
    });
}

#[test]
fn leaving_takes_everything_away() {
    in_app(async |world, app| {
        let reporter = world.submit("Something.").await;
        let pages = app.pages();
        pages.post("/ru/inbox", &[("receipt", &reporter.receipt)]).await;
        assert!(pages.jar.borrow().contains_key(INBOX_COOKIE));
        let answer = pages.post("/ru/leave", &[]).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/blank"));
        assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
        assert!(pages.jar.borrow().is_empty());
    });
}

/// A form that is sent again after the answer was lost gives the same receipt, and a refused one can be sent again.
#[test]
fn a_report_sent_twice_is_one_report() {
    in_app(async |world, app| {
        let pages = app.pages();
        let token = pages.get("/ru/report").await.input("form_token");
        let short = pages
            .post("/ru/report", &[("form_token", &token), ("narrative", "Инспектор <b>просил</b>")])
            .await;
        assert_eq!(short.status, 422);
        assert!(short.body.contains("Инспектор &#60;b&#62;просил"), "{}", short.body);
        assert_eq!(short.input("form_token"), token);
        let form =
            [("form_token", token.as_str()), ("narrative", "Инспектор просил"), ("category", "bribery")];
        let (one, two) = (pages.post("/ru/report", &form).await, pages.post("/ru/report", &form).await);
        assert_eq!((one.status, two.status), (201, 201));
        assert_eq!(one.body, two.body);
        assert!(!one.body.contains("просил"));
        assert_eq!(world.owner().await.count("cases").await, 1);
        let token = app.api(None).get("/form").await.expect(200)["form_token"].clone();
        let report =
            json!({"language": "en", "category": "other", "narrative": "Something.", "form_token": token});
        let one = app.api(None).post("/reports", &report).await.expect(201);
        let two = app.api(None).post("/reports", &report).await.expect(201);
        assert_eq!(one, two);
        assert_eq!(world.owner().await.count("cases").await, 2);
    });
}
