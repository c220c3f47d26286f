//! Neither the coming of a mail nor anything in it tells of a case: one digest a day, the same bytes whatever happened.

use std::{collections::BTreeSet, fs, path::PathBuf, sync::Arc};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use senim::{
    crypto::secret::SecretText,
    domain::mail_address::{MailAddress, Notice},
    jobs::Runner,
    mail::Message,
    policy::{Action, authorize},
    usecases::{
        Error, change_mail::change_mail, disable_staff::disable_staff, reinvite_staff::reinvite_staff,
    },
};

use crate::{
    app::configure,
    mail_delivery::give_mail,
    recovery::{NEW, admin},
    theft::{CANARIES, disguises, fill},
    world::{World, in_world, password_of},
};

/// A directory into which mails are written, removed at the end.
struct Letters(PathBuf);

impl Drop for Letters {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Letters {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("senim-letters-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        Self(dir)
    }

    fn worker(&self, world: &World) -> Runner {
        let home = self.0.to_str().unwrap();
        let config = configure(world, &[("SENIM_HOME", home), ("SENIM_MAIL_DIGEST_HOUR", "3")]);
        Runner::new(Arc::clone(&world.ctx), Arc::new(config))
    }

    /// The mails that were written, taken away.
    fn take(&self) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.0.join("mail")) else { return Vec::new() };
        let paths = files.map(|file| file.unwrap().path());
        let mut mails: Vec<String> = paths
            .map(|path| {
                let text = fs::read_to_string(&path).unwrap();
                fs::remove_file(path).unwrap();
                text
            })
            .collect();
        mails.sort_by_key(|mail| line(mail, "To: ").to_owned());
        mails
    }
}

fn line<'a>(mail: &'a str, start: &str) -> &'a str {
    mail.lines().find_map(|line| line.strip_prefix(start)).unwrap()
}

/// A mail's text, as a reader sees it.
fn body(mail: &str) -> String {
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("Content-Transfer-Encoding: base64"), "{head}");
    let bytes = data_encoding::BASE64.decode(body.replace("\r\n", "").as_bytes()).unwrap();
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

/// A mail but for what tells one from another.
fn constant(mail: &str) -> String {
    let own = |line: &&str| !line.starts_with("Date: ") && !line.starts_with("Message-ID: ");
    mail.split("\r\n").filter(own).collect::<Vec<_>>().join("\r\n")
}

fn until(world: &World, moment: &str) {
    let moment: Timestamp = moment.parse().unwrap();
    world.advance(moment.duration_since(world.clock.now()));
}

/// Three people of the desk and an administrator have addresses that say nothing of their logins.
async fn addresses(world: &World) {
    for (login, address) in [
        ("tri1", "a1@mail.example"),
        ("tri2", "a2@mail.example"),
        ("rev3", "a3@mail.example"),
        ("admin2", "a4@mail.example"),
    ] {
        give_mail(world, login, address).await;
    }
}

#[test]
fn no_mail_holds_a_word_of_any_case_or_anybodys_name() {
    in_world(async |world| {
        let letters = Letters::new("canaries");
        let runner = letters.worker(world);
        addresses(world).await;
        let full = fill(world).await;
        // Everything that makes a mail.
        runner.run_due().await;
        let code = world.recovery_code("tri1");
        world.recover(world.id("tri1"), &code, NEW).await.unwrap();
        let own = world.sign_in("admin2").await;
        let (password, other) =
            (SecretText::from(password_of("admin2")), MailAddress::parse("a5@mail.example").unwrap());
        change_mail(&world.ctx, &own.caller, password, Some(&other)).await.unwrap();
        reinvite_staff(&world.ctx, Some(admin(world, 0)), world.id("tri2")).await.unwrap();
        disable_staff(&world.ctx, Some(admin(world, 0)), world.id("rev3")).await.unwrap();
        runner.run_due().await;
        let mails = letters.take();
        let base = configure(world, &[]).server.public_base_url;
        let mut unsent: BTreeSet<String> =
            Notice::ALL.iter().map(|notice| Message::of(*notice, &base).body).collect();
        let constants = unsent.clone();
        for mail in &mails {
            let body = body(mail);
            assert!(constants.contains(&body), "{body}");
            unsent.remove(&body);
            check_words(world, &full.reporter.receipt, &full.reporter.reference, mail, &body).await;
        }
        assert_eq!((mails.len(), unsent), (8, BTreeSet::new()), "every kind of mail was sent");
    });
}

async fn check_words(world: &World, receipt: &str, reference: &str, mail: &str, body: &str) {
    let case = world.owner().await.value("select id::text from cases").await;
    let desk = world.desk.to_string();
    let mut words: Vec<String> = CANARIES.iter().flat_map(|word| disguises(word)).collect();
    words.extend([receipt, reference, case.as_str().unwrap(), &desk].map(str::to_owned));
    words.extend(["Орган", "Body", "bribery", "взят", "tri1", "tri2", "rev3", "admin2"].map(str::to_owned));
    for word in words {
        assert!(!mail.contains(&word) && !body.contains(&word), "{word} in {mail}{body}");
    }
}

/// What a triager who is the subject of a report could learn from their mails is nothing.
#[test]
fn digests_of_days_with_and_without_reports_are_the_same_bytes() {
    in_world(async |world| {
        let letters = Letters::new("bytes");
        let runner = letters.worker(world);
        addresses(world).await;
        runner.run_due().await;
        let quiet = letters.take();
        let all: Vec<&str> = quiet.iter().map(|mail| line(mail, "To: ")).collect();
        assert_eq!(all, ["a1@mail.example", "a2@mail.example", "a3@mail.example", "a4@mail.example"]);
        for _ in 0..3 {
            world.submit("The inspector asked for an envelope.").await;
        }
        runner.run_due().await;
        assert_eq!(letters.take(), Vec::<String>::new(), "a report makes no mail");
        until(world, "2026-11-24T03:00:00Z");
        runner.run_due().await;
        let busy = letters.take();
        let bare = |mails: &[String]| mails.iter().map(|mail| constant(mail)).collect::<Vec<_>>();
        assert_eq!(bare(&quiet), bare(&busy));
        let sizes: BTreeSet<usize> = quiet.iter().chain(&busy).map(String::len).collect();
        assert_eq!(sizes.len(), 1, "of one size to everybody");
        assert_ne!(quiet[0], busy[0], "Date and Message-ID differ");
    });
}

#[test]
fn each_person_has_one_digest_a_day_at_its_hour_whatever_happens() {
    in_world(async |world| {
        let letters = Letters::new("once");
        give_mail(world, "tri1", "a1@mail.example").await;
        give_mail(world, "tri2", "a2@mail.example").await;
        // Several processes, at once and again.
        let runners = [letters.worker(world), letters.worker(world), letters.worker(world)];
        let everybody = async || {
            join_all(runners.iter().map(Runner::run_due)).await;
            letters.take().len()
        };
        assert_eq!(everybody().await, 2);
        world.advance(SignedDuration::from_hours(10));
        assert_eq!(everybody().await, 0, "no second one of the day");
        until(world, "2026-11-24T02:59:59Z");
        assert_eq!(everybody().await, 0, "not before its hour");
        until(world, "2026-11-24T03:00:00Z");
        assert_eq!(everybody().await, 2);
        until(world, "2026-12-03T01:00:00Z");
        assert_eq!(everybody().await, 0, "nothing of the days that were missed");
        until(world, "2026-12-03T17:00:00Z");
        assert_eq!(everybody().await, 2, "late on the first day back, once");
        until(world, "2026-12-02T17:00:00Z");
        assert_eq!(everybody().await, 0, "the clock was set back");
        until(world, "2026-12-04T03:00:00Z");
        disable_staff(&world.ctx, None, world.id("tri2")).await.unwrap();
        let left = everybody().await;
        assert_eq!(left, 2, "one digest, and the word to who left");
    });
}

/// The relay was away for days: nobody finds a heap of old digests afterwards.
#[test]
fn digests_that_could_not_be_sent_do_not_pile_up() {
    in_world(async |world| {
        let letters = Letters::new("piled");
        give_mail(world, "tri1", "a1@mail.example").await;
        let home = letters.0.to_str().unwrap();
        let away = [
            ("SENIM_HOME", home),
            ("SENIM_MAIL_HOST", "127.0.0.1"),
            ("SENIM_MAIL_PORT", "1"),
            ("SENIM_MAIL_SECURITY", "none"),
            ("SENIM_MAIL_FROM", "senim@mail.example"),
        ];
        let runner = Runner::new(Arc::clone(&world.ctx), Arc::new(configure(world, &away)));
        for _ in 0..4 {
            runner.run_due().await;
            assert_eq!(world.owner().await.count("tasks").await, 1);
            world.advance_days(1);
        }
        letters.worker(world).run_due().await;
        assert_eq!(letters.take().len(), 1);
    });
}

#[test]
fn a_notice_is_queued_with_its_act_or_not_at_all() {
    in_world(async |world| {
        give_mail(world, "tri1", "a1@mail.example").await;
        let triager = world.sign_in("tri1").await;
        let permit = authorize(&triager.caller.actor(), Action::ChangeAccount, None).unwrap();
        let outcome: Result<(), Error> = world
            .ctx
            .store
            .record("undone", async |tx| {
                let person = tx.lock_staff(triager.id()).await?.ok_or(Error::NotFound)?;
                tx.notify(&permit, &person, Notice::AddressChanged).await?;
                assert_eq!(tx.queue_depth().await?.0, 1);
                Err(Error::Conflict)
            })
            .await;
        assert!(matches!(outcome, Err(Error::Conflict)), "{outcome:?}");
        assert_eq!(world.owner().await.count("tasks").await, 0);
        let password = SecretText::from(password_of("tri1"));
        change_mail(&world.ctx, &triager.caller, password, None).await.unwrap();
        let queued = world.owner().await.rows("select kind, payload from tasks").await;
        assert_eq!(
            queued,
            [serde_json::json!({"kind": "mail.address_changed", "payload": "{\"to\":\"a1@mail.example\"}"})]
        );
        let letters = Letters::new("queued");
        letters.worker(world).run_due().await;
        assert_eq!(letters.take().len(), 1, "the old address is told, and has no digest any more");
    });
}
