//! Where mails to a person go: given with the invitation, changed by the person, seen by administrators; and the page of
//! mails that could not be delivered.

use senim::{
    crypto::secret::SecretText,
    domain::mail_address::MailAddress,
    usecases::{Error, change_mail::change_mail, list_staff::list_staff},
};
use serde_json::json;

use crate::{
    app::{Pages, in_app},
    http_desk::{english, send, told},
    people::StaffActor,
    recovery::admin,
    world::{World, in_world, password_of},
};

async fn mail_of(world: &World, login: &str) -> Option<String> {
    let people = list_staff(&world.ctx, Some(admin(world, 0))).await.unwrap();
    let line = people.lines.into_iter().find(|line| line.login == login).unwrap();
    line.mail.map(|address| address.expose().to_owned())
}

async fn change(pages: &Pages<'_>, csrf: &str, mail: &str, password: &str) -> (u16, String) {
    let form = [("csrf", csrf), ("mail", mail), ("current_password", password)];
    let answer = pages.post("/staff/account/mail", &form).await;
    (answer.status, answer.body)
}

async fn change_to(world: &World, actor: &StaffActor, password: &str, mail: &str) -> Result<(), Error> {
    let address = MailAddress::parse(mail).unwrap();
    change_mail(&world.ctx, &actor.caller, SecretText::from(password.to_owned()), Some(&address)).await
}

#[test]
fn a_person_changes_their_address_with_their_password() {
    in_app(async |world, app| {
        let triager = world.sign_in("tri1").await;
        let (pages, csrf) = (english(app, &triager), app.csrf(&triager));
        let cases = pages.get("/staff/cases").await;
        assert!(cases.body.contains("href=\"/staff/account\""), "{}", cases.body);
        let account = pages.get("/staff/account").await;
        assert_eq!(account.status, 200);
        assert!(account.body.contains("nowhere"), "{}", account.body);

        let own = password_of("tri1");
        let (status, page) = change(&pages, &csrf, "one@example.kz", "not the password").await;
        assert_eq!(status, 422);
        for words in ["This is not your password.", "value=\"one@example.kz\""] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let (status, page) = change(&pages, &csrf, "one@example.kz\r\nBcc: two@example.kz", "").await;
        assert_eq!(status, 422);
        for words in ["This is no mail address", "Please fill this in."] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert_eq!(mail_of(world, "tri1").await, None);

        let form = [("csrf", csrf.as_str()), ("mail", "one@example.kz"), ("current_password", own.as_str())];
        let after = send(&pages, "/staff/account/mail", &form).await;
        assert!(told(&after).unwrap().starts_with("Kept."), "{}", after.body);
        assert!(after.body.contains("<dd>one@example.kz</dd>"), "{}", after.body);
        assert_eq!(world.owner().await.count("tasks").await, 0, "nobody was written to before");
        let list = english(app, world.admin(0)).get("/admin/staff").await;
        assert!(list.body.contains("one@example.kz"), "{}", list.body);

        // The entry says who did it, and not what the address is.
        let entry = world
            .owner()
            .await
            .value("select convert_from(body, 'utf8') from audit.entries where 'mail.changed' = any(acts)")
            .await;
        assert!(!entry.as_str().unwrap().contains("example"), "{entry}");
        let form = [("csrf", csrf.as_str()), ("mail", ""), ("current_password", own.as_str())];
        let after = send(&pages, "/staff/account/mail", &form).await;
        assert!(after.body.contains("nowhere"), "{}", after.body);
        world.owner().await.run("delete from tasks").await.unwrap();
    });
}

/// A session that somebody left open does not let anybody guess the password.
#[test]
fn guesses_at_the_password_are_slowed_as_at_the_door() {
    in_world(async |world| {
        let triager = world.sign_in("tri1").await;
        for _ in 0..5 {
            let wrong = change_to(world, &triager, "not the password", "one@example.kz").await;
            assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
        }
        let right = change_to(world, &triager, &password_of("tri1"), "one@example.kz").await;
        assert!(matches!(right, Err(Error::TooManyAttempts { .. })), "{right:?}");
        let door = world.try_sign_in("tri1", &password_of("tri1"), &world.code("tri1")).await;
        assert!(matches!(door.map(drop), Err(Error::TooManyAttempts { .. })));
        world.advance(jiff::SignedDuration::from_secs(61));
        change_to(world, &triager, &password_of("tri1"), "one@example.kz").await.unwrap();
        change_to(world, &triager, &password_of("tri1"), "one@example.kz").await.unwrap();
        let changes = "audit.entries where 'mail.changed' = any(acts)";
        assert_eq!(world.owner().await.count(changes).await, 1, "the same again is no change");
    });
}

#[test]
fn an_invitation_may_bring_an_address() {
    in_app(async |world, app| {
        let pages = english(app, world.admin(0));
        let csrf = app.csrf(world.admin(0));
        let form = |mail: &'static str| {
            [("csrf", csrf.clone()), ("login", "newcomer".to_owned()), ("mail", mail.to_owned())]
                .into_iter()
                .chain([("role_auditor", "on".to_owned())])
                .collect::<Vec<_>>()
        };
        let invite = async |mail: &'static str| {
            let form = form(mail);
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            pages.post("/admin/staff/invitations", &form).await
        };
        let refused = invite("no address").await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("value=\"no address\""), "nothing typed is lost: {}", refused.body);
        assert_eq!(invite("newcomer@example.kz").await.status, 201);
        assert_eq!(mail_of(world, "newcomer").await.as_deref(), Some("newcomer@example.kz"));
    });
}

#[test]
fn administrators_see_what_was_given_up_and_try_it_again() {
    in_app(async |world, app| {
        let dead = |to: &str, kind: &str, answer: &str| {
            format!(
                "insert into tasks (id, kind, payload, run_at, attempts, dead, answer, failed_at) values
                 (gen_random_uuid(), '{kind}', '{{\"to\":\"{to}\"}}', '2026-11-22', 10, true, {answer}, '2026-11-22 20:30Z')"
            )
        };
        let mut owner = world.owner().await;
        owner.run(&dead("one@example.kz", "mail.daily_digest", "550")).await.unwrap();
        owner.run(&dead("two@example.kz", "mail.recovery_asked", "null")).await.unwrap();
        let (pages, csrf) = (english(app, world.admin(0)), app.csrf(world.admin(0)));
        let list = pages.get("/admin/mail").await;
        for words in ["one@example.kz", "daily mail", "550", "two@example.kz", "recovery asked for", "none"] {
            assert!(list.body.contains(words), "{words}: {}", list.body);
        }
        // In the time of the place.
        assert!(list.body.contains("Mon 23 Nov 2026, 01:30"), "{}", list.body);
        let id = list.input("id");
        let form = [("csrf", csrf.as_str()), ("id", id.as_str())];
        let after = send(&pages, "/admin/mail/retries", &form).await;
        assert!(told(&after).unwrap().starts_with("They are tried again"), "{}", after.body);
        assert_eq!(owner.count("tasks where dead").await, 1);
        assert_eq!(pages.post("/admin/mail/retries", &form).await.status, 404, "it is not given up now");
        let wrong = [("csrf", csrf.as_str()), ("id", "x")];
        assert_eq!(pages.post("/admin/mail/retries", &wrong).await.status, 404);
        send(&pages, "/admin/mail/retries", &form[..1]).await;
        let rows = owner.rows("select attempts, dead, answer, failed_at from tasks").await;
        let fresh = json!({"attempts": 0, "dead": false, "answer": null, "failed_at": null});
        assert_eq!(rows, [fresh.clone(), fresh]);
        let empty = pages.get("/admin/mail").await;
        assert!(!empty.body.contains("<table"), "{}", empty.body);
        let triager = world.sign_in("tri1").await;
        assert_eq!(app.staff_pages(&triager).get("/admin/mail").await.status, 403);
        owner.run("delete from tasks").await.unwrap();
    });
}
