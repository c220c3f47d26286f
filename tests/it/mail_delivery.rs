//! The way of a mail to a server that others wrote: TLS, authentication, refusals, and what becomes of a mail that did not
//! arrive.

use std::sync::Arc;

use jiff::SignedDuration;
use senim::{
    crypto::secret::SecretText,
    domain::mail_address::{MailAddress, Notice},
    jobs::Runner,
    usecases::{
        Error,
        change_mail::change_mail,
        dead_letters::{dead_letters, retry_mail},
    },
};
use serde_json::{Value, json};

use crate::{
    app::configure,
    smtp::{MailServer, Post},
    world::{World, in_world, password_of},
};

/// Mails to somebody go here from now on.
pub async fn give_mail(world: &World, login: &str, address: &str) {
    let (actor, address) = (world.sign_in(login).await, MailAddress::parse(address).unwrap());
    let password = SecretText::from(password_of(login));
    change_mail(&world.ctx, &actor.caller, password, Some(&address)).await.unwrap();
}

/// A process that works and sends its mails to this server.
fn worker(world: &World, post: &Post, server: &MailServer, settings: &[(&str, &str)]) -> Runner {
    let (port, ca, home) = (server.port.to_string(), post.file("ca.pem"), post.file("home"));
    let mut all = vec![
        ("SENIM_HOME", home.as_str()),
        ("SENIM_MAIL_HOST", "127.0.0.1"),
        ("SENIM_MAIL_PORT", port.as_str()),
        ("SENIM_MAIL_FROM", "senim@report.example.kz"),
        ("SENIM_MAIL_CA", ca.as_str()),
    ];
    all.extend(settings);
    Runner::new(Arc::clone(&world.ctx), Arc::new(configure(world, &all)))
}

/// Time for the next try passes.
async fn later(world: &World, runner: &Runner) {
    world.advance(SignedDuration::from_hours(1));
    runner.run_due().await;
}

/// The tasks of the queue, as an operator of the database sees them.
async fn queue(world: &World) -> Vec<Value> {
    world
        .owner()
        .await
        .rows("select kind, attempts, dead, answer, last_error from tasks order by payload")
        .await
}

fn to(mail: &str) -> &str {
    mail.lines().find_map(|line| line.strip_prefix("To: ")).unwrap()
}

const ALL_UNDER_TLS: [&str; 4] = ["EHLO under TLS", "MAIL under TLS", "RCPT under TLS", "DATA under TLS"];

#[test]
fn mail_goes_under_tls_from_the_first_byte_and_in_one_connection() {
    in_world(async |world| {
        let post = Post::new("implicit");
        let server = post.serve("implicit");
        give_mail(world, "tri1", "one@example.kz").await;
        give_mail(world, "tri2", "two@example.kz").await;
        let runner = worker(world, &post, &server, &[("SENIM_WORKER_PARALLEL", "1")]);
        runner.run_due().await;
        let mut to: Vec<_> = post.mails().iter().map(|mail| to(mail).to_owned()).collect();
        to.sort();
        assert_eq!(to, ["one@example.kz", "two@example.kz"]);
        assert_eq!(post.commands()[..4], ALL_UNDER_TLS);
        assert_eq!(post.commands()[4..], ALL_UNDER_TLS[1..], "the connection is kept");
    });
}

#[test]
fn mail_goes_under_tls_that_begins_before_anything_is_said() {
    in_world(async |world| {
        let post = Post::new("starttls");
        let server = post.serve_at(0, "starttls", Some(("senim", "the right one")));
        give_mail(world, "tri1", "one@example.kz").await;
        let password = post.file("password");
        std::fs::write(&password, "the right one\n").unwrap();
        let settings = [
            ("SENIM_MAIL_SECURITY", "starttls"),
            ("SENIM_MAIL_USER", "senim"),
            ("SENIM_MAIL_PASSWORD_FILE", password.as_str()),
        ];
        worker(world, &post, &server, &settings).run_due().await;
        assert_eq!(post.mails().len(), 1);
        let wanted = [&["EHLO in clear", "EHLO under TLS", "AUTH under TLS"], &ALL_UNDER_TLS[1..]].concat();
        assert_eq!(post.commands(), wanted);
    });
}

/// Somebody on the way takes the offer of TLS out, or the server has none.
#[test]
fn where_starttls_is_not_offered_nothing_is_sent_in_clear() {
    in_world(async |world| {
        let post = Post::new("stripped");
        let bare = post.serve_at(0, "none", Some(("senim", "the right one")));
        give_mail(world, "tri1", "one@example.kz").await;
        let settings = [
            ("SENIM_MAIL_SECURITY", "starttls"),
            ("SENIM_MAIL_USER", "senim"),
            ("SENIM_MAIL_PASSWORD", "the right one"),
        ];
        worker(world, &post, &bare, &settings).run_due().await;
        assert_eq!(post.commands(), ["EHLO in clear"], "no name, no password, no address");
        assert_eq!(queue(world).await[0]["dead"], false, "it waits for the operator");
        let whole = post.serve_at(0, "starttls", Some(("senim", "the right one")));
        later(world, &worker(world, &post, &whole, &settings)).await;
        assert_eq!(post.mails().len(), 1);
    });
}

#[test]
fn a_server_that_nobody_vouches_for_gets_nothing() {
    in_world(async |world| {
        let post = Post::new("untrusted");
        let server = post.serve("implicit");
        give_mail(world, "tri1", "one@example.kz").await;
        let other = post.file("other-ca.pem");
        // Another authority; another name than the certificate's; the authorities of browsers.
        let port = server.port.to_string();
        let public = [
            ("SENIM_MAIL_HOST", "127.0.0.1"),
            ("SENIM_MAIL_PORT", port.as_str()),
            ("SENIM_MAIL_FROM", "senim@report.example.kz"),
        ];
        let runners = [
            worker(world, &post, &server, &[("SENIM_MAIL_CA", other.as_str())]),
            worker(world, &post, &server, &[("SENIM_MAIL_HOST", "localhost")]),
            Runner::new(Arc::clone(&world.ctx), Arc::new(configure(world, &public))),
        ];
        for runner in runners {
            later(world, &runner).await;
            let task = &queue(world).await[0];
            let why = task["last_error"].as_str().unwrap();
            assert!(why.contains("certificate"), "{why}");
            assert_eq!((&task["dead"], &task["answer"]), (&json!(false), &Value::Null));
        }
        assert_eq!(post.commands(), Vec::<String>::new());
        later(world, &worker(world, &post, &server, &[])).await;
        assert_eq!(post.mails().len(), 1);
    });
}

#[test]
fn a_wrong_password_delays_mail_and_loses_none() {
    in_world(async |world| {
        let post = Post::new("password");
        let server = post.serve_at(0, "implicit", Some(("senim", "the right one")));
        give_mail(world, "tri1", "one@example.kz").await;
        let with = |password: &'static str| {
            let settings = [("SENIM_MAIL_USER", "senim"), ("SENIM_MAIL_PASSWORD", password)];
            worker(world, &post, &server, &settings)
        };
        with("the wrong one").run_due().await;
        let task = &queue(world).await[0];
        assert_eq!(
            (&task["attempts"], &task["dead"], &task["answer"]),
            (&json!(1), &json!(false), &json!(535))
        );
        assert!(!task["last_error"].as_str().unwrap().contains("one"), "{task}");
        later(world, &with("the right one")).await;
        assert_eq!(post.mails().len(), 1);
    });
}

#[test]
fn a_server_that_was_away_gets_each_mail_once() {
    in_world(async |world| {
        let post = Post::new("away");
        give_mail(world, "tri1", "one@example.kz").await;
        let server = post.serve("implicit");
        let (port, runner) = (server.port, worker(world, &post, &server, &[]));
        drop(server);
        runner.run_due().await;
        runner.run_due().await;
        let task = &queue(world).await[0];
        assert_eq!((&task["attempts"], &task["dead"]), (&json!(1), &json!(false)), "not before its time");
        let _server = post.serve_at(port, "implicit", None);
        later(world, &runner).await;
        later(world, &runner).await;
        assert_eq!(post.mails().len(), 1);
    });
}

/// It takes the connection and never says a word.
#[test]
fn a_silent_server_ends_the_try_and_not_the_work() {
    in_world(async |world| {
        let post = Post::new("silent");
        give_mail(world, "tri1", "one@example.kz").await;
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = silent.local_addr().unwrap().port().to_string();
        let server = post.serve("implicit");
        let at = [("SENIM_MAIL_PORT", port.as_str()), ("SENIM_MAIL_TIMEOUT_SECONDS", "1")];
        worker(world, &post, &server, &at).run_due().await;
        let task = &queue(world).await[0];
        assert_eq!((&task["attempts"], &task["dead"]), (&json!(1), &json!(false)));
        later(world, &worker(world, &post, &server, &[])).await;
        assert_eq!(post.mails().len(), 1);
    });
}

/// One recipient is refused for good, one for now; neither holds up the third.
#[test]
fn what_is_refused_for_good_is_given_up_at_once_until_somebody_has_it_tried_again() {
    in_world(async |world| {
        let post = Post::new("refused");
        let server = post.serve("implicit");
        for (login, address) in
            [("tri1", "gone@example.kz"), ("tri2", "later@example.kz"), ("rev1", "here@example.kz")]
        {
            give_mail(world, login, address).await;
        }
        let runner = worker(world, &post, &server, &[]);
        runner.run_due().await;
        let all: Vec<_> = post.mails().iter().map(|mail| to(mail).to_owned()).collect();
        assert_eq!(all, ["here@example.kz"]);
        let [gone, busy] = queue(world).await.try_into().unwrap();
        assert_eq!(
            (&gone["attempts"], &gone["dead"], &gone["answer"]),
            (&json!(1), &json!(true), &json!(550))
        );
        assert_eq!(
            (&busy["attempts"], &busy["dead"], &busy["answer"]),
            (&json!(1), &json!(false), &json!(451))
        );
        for task in [&gone, &busy] {
            assert!(
                !task["last_error"].as_str().unwrap().contains("example"),
                "the server's words stay out: {task}"
            );
        }
        later(world, &runner).await;
        let [gone, busy] = queue(world).await.try_into().unwrap();
        assert_eq!((&gone["attempts"], &busy["attempts"]), (&json!(1), &json!(2)));

        let letters = dead_letters(&world.ctx, None).await.unwrap();
        let [letter] = letters.as_slice() else { panic!("{letters:?}") };
        assert_eq!((letter.notice, letter.to.expose()), (Notice::DailyDigest, "gone@example.kz"));
        assert_eq!(
            (letter.answer, letter.failed_at),
            (Some(550), world.clock.now() - SignedDuration::from_hours(1))
        );
        post.be_lenient();
        assert_eq!(retry_mail(&world.ctx, None, Some(letter.id)).await.unwrap(), 1);
        let again = retry_mail(&world.ctx, None, Some(letter.id)).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
        later(world, &runner).await;
        assert_eq!(post.mails().len(), 3);
        assert!(queue(world).await.is_empty());
    });
}

/// Tries of a mail come further and further apart, and end; all of those given up are tried again at one word.
#[test]
fn a_mail_that_never_arrives_is_given_up_after_the_last_try() {
    in_world(async |world| {
        let post = Post::new("given-up");
        let server = post.serve("none");
        for (login, address) in [("tri1", "later1@example.kz"), ("tri2", "later2@example.kz")] {
            give_mail(world, login, address).await;
        }
        let runner = worker(world, &post, &server, &[("SENIM_MAIL_SECURITY", "none")]);
        runner.run_due().await;
        for _ in 0..9 {
            later(world, &runner).await;
        }
        for task in queue(world).await {
            assert_eq!(
                (&task["attempts"], &task["dead"], &task["answer"]),
                (&json!(10), &json!(true), &json!(451))
            );
        }
        post.be_lenient();
        assert_eq!(retry_mail(&world.ctx, None, None).await.unwrap(), 2);
        runner.run_due().await;
        assert_eq!(post.mails().len(), 2);
    });
}

/// A mail that was tried twice is known as one by who gets it twice.
#[test]
fn a_mail_is_a_whole_one_that_no_machine_answers() {
    in_world(async |world| {
        let post = Post::new("whole");
        let server = post.serve("none");
        give_mail(world, "tri1", "later@example.kz").await;
        let runner = worker(world, &post, &server, &[("SENIM_MAIL_SECURITY", "none")]);
        runner.run_due().await;
        let task = world.owner().await.value("select id::text from tasks").await;
        post.be_lenient();
        later(world, &runner).await;
        let mail = &post.mails()[0];
        for line in [
            "From: senim@report.example.kz".to_owned(),
            "To: later@example.kz".to_owned(),
            "Subject: Senim".to_owned(),
            "Auto-Submitted: auto-generated".to_owned(),
            format!("Message-ID: <{}@report.example.kz>", task.as_str().unwrap()),
            "Date: Mon, 23 Nov 2026 06:00:00 +0000".to_owned(),
        ] {
            assert!(mail.lines().any(|found| found == line), "{line}: {mail}");
        }
    });
}
