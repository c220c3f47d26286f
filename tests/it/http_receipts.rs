//! The mailbox by its receipt over HTTP: a typo is told at once, everything else is one answer, and the cookie, the
//! token and the form's own token are worth nothing to anybody else.

use reqwest::header::HeaderMap;
use serde_json::json;

use crate::{
    app::{Answer, App, FORM_COOKIE, INBOX_COOKIE, Pages, in_app},
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
        // What was mistyped stands in the field again; nothing else tells one typing mistake from another.
        let [one, two] = [0, 1].map(|n: usize| mistakes[n].body.replace(&mistakes[n].input("receipt"), ""));
        assert_eq!((one, &strangers[0].body), (two, &strangers[1].body));
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
        pages.get("/ru/report").await;
        assert!(pages.jar.borrow().contains_key(FORM_COOKIE));
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

const WORDS: [(&str, &str); 2] = [("narrative", "Инспектор просил"), ("category", "bribery")];

async fn send(pages: &Pages<'_>, token: &str) -> Answer {
    let answer = pages.post("/ru/report", &[&WORDS[..], &[("form_token", token)]].concat()).await;
    assert_eq!(answer.status, 201, "a report is never refused for its token: {}", answer.body);
    answer
}

async fn form_of(pages: &Pages<'_>) -> String {
    pages.get("/ru/report").await.input("form_token")
}

/// Whoever has somebody else's browser send their own form's token does not get that person's receipt.
#[test]
fn a_form_counts_only_in_the_browser_it_was_given_to() {
    in_app(async |world, app| {
        let (attacker, victim) = (app.pages(), app.pages());
        let token = form_of(&attacker).await;
        // A form without a category is drawn again: with a token of the victim's own.
        let drawn = victim.post("/ru/report", &[("form_token", &token), ("narrative", "Слова")]).await;
        assert_eq!(drawn.status, 422);
        assert_ne!(drawn.input("form_token"), token);
        let sent = send(&victim, &drawn.input("form_token")).await;
        let fixed = send(&victim, &token).await;
        let replayed = send(&attacker, &token).await;
        assert_eq!(send(&victim, &drawn.input("form_token")).await.body, sent.body, "sent again");
        assert_eq!(send(&attacker, &token).await.body, replayed.body, "sent again");
        assert!(sent.body != fixed.body && fixed.body != replayed.body && sent.body != replayed.body);
        assert_eq!(world.owner().await.count("cases").await, 3);
        let without = app.pages();
        assert_ne!(send(&without, &token).await.body, replayed.body, "without a cookie");
    });
}

/// The cookie holds a random number and nothing else, is kept as long as the browser runs, and is given once.
#[test]
fn the_cookie_of_a_form_says_nothing() {
    in_app(async |_, app| {
        let (pages, others) = (app.pages(), app.pages());
        let (first, other) = (pages.get("/ru/report").await, others.get("/ru/report").await);
        let cookie = |answer: &Answer| answer.header("set-cookie").split(';').next().unwrap().to_owned();
        assert_eq!(cookie(&first).len(), FORM_COOKIE.len() + 1 + 22);
        assert_ne!(cookie(&first), cookie(&other));
        assert_eq!(pages.get("/kk/report").await.header("set-cookie"), "", "two forms of one browser");
        pages.jar.borrow_mut().insert(FORM_COOKIE.to_owned(), "chosen".to_owned());
        assert_eq!(cookie(&pages.get("/ru/report").await).len(), FORM_COOKIE.len() + 1 + 22);
    });
}

#[test]
fn what_another_site_sends_is_shown_first() {
    in_app(async |world, app| {
        let pages = app.pages();
        let token = form_of(&pages).await;
        let form = [&WORDS[..], &[("form_token", token.as_str())]].concat();
        for place in ["cross-site", "same-site"] {
            let answer = pages.post_from(place, "/ru/report", &form).await;
            assert_eq!(answer.status, 422, "{place}");
            assert!(answer.body.contains("Инспектор просил") && answer.body.contains("отправьте ещё раз"));
            assert_ne!(answer.input("form_token"), token);
        }
        assert_eq!(world.owner().await.count("cases").await, 0);
        for place in ["same-origin", "none"] {
            assert_eq!(pages.post_from(place, "/ru/report", &form).await.status, 201, "{place}");
        }
        assert_eq!(world.owner().await.count("cases").await, 1);
    });
}

async fn over_api(app: &App, token: &str) -> serde_json::Value {
    let report =
        json!({"language": "en", "category": "other", "narrative": "Something.", "form_token": token});
    app.api(None).post("/reports", &report).await.expect(201)
}

#[test]
fn a_token_of_the_api_is_none_of_a_page() {
    in_app(async |world, app| {
        let pages = app.pages();
        let page = form_of(&pages).await;
        let api = app.api(None).get("/form").await.expect(200)["form_token"].as_str().unwrap().to_owned();
        assert_ne!(send(&pages, &api).await.body, send(&pages, &api).await.body);
        assert_ne!(over_api(app, &page).await, over_api(app, &page).await);
        assert_eq!(over_api(app, &api).await, over_api(app, &api).await);
        assert_eq!(world.owner().await.count("cases").await, 5);
    });
}
