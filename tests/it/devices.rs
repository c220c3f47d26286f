//! Nobody is locked out of a device in which they signed in before, by wrong tries of others or by a flood of names.

use jiff::SignedDuration;
use senim::{
    config::PasswordsConfig,
    crypto::{
        password::{PasswordParams, PasswordPool},
        secret::SecretText,
    },
    usecases::{
        Context, Error,
        sign_in::{Credentials, SignedIn, sign_in_on},
    },
};
use serde_json::{Value, json};

use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{
    app::{in_app, in_app_with},
    world::{World, in_world, password_of},
};

const WRONG: &str = "some wrong password";

async fn attempt(
    world: &World,
    ctx: &Context,
    (login, password): (&str, &str),
    device: Option<&str>,
) -> Result<SignedIn, Error> {
    let totp = if login == "nobody" { "123456".to_owned() } else { world.code(login) };
    let password = SecretText::from(password.to_owned());
    sign_in_on(ctx, Credentials { login: login.to_owned(), password, totp }, device).await
}

/// The token of a device in which somebody signs in now.
async fn device(world: &World, login: &str) -> String {
    world.advance(SignedDuration::from_secs(60));
    let signed = attempt(world, &world.ctx, (login, &password_of(login)), None).await.unwrap();
    world.advance(SignedDuration::from_secs(60));
    signed.device.expose().to_owned()
}

/// Fails until the name, or the device, has to wait.
async fn exhaust(world: &World, login: &str, device: Option<&str>) {
    for _ in 0..5 {
        let outcome = attempt(world, &world.ctx, (login, WRONG), device).await;
        assert!(matches!(outcome, Err(Error::SignInFailed)), "{:?}", outcome.err());
    }
    let outcome = attempt(world, &world.ctx, (login, WRONG), device).await;
    assert!(matches!(outcome, Err(Error::TooManyAttempts { .. })), "{:?}", outcome.err());
}

#[test]
fn wrong_tries_of_strangers_do_not_keep_a_known_device_out() {
    in_world(async |world| {
        let known = device(world, "tri1").await;
        exhaust(world, "tri1", None).await;
        let right = password_of("tri1");
        let stranger = attempt(world, &world.ctx, ("tri1", &right), None).await;
        assert!(matches!(stranger, Err(Error::TooManyAttempts { .. })));
        let signed = attempt(world, &world.ctx, ("tri1", &right), Some(&known)).await.unwrap();
        assert_ne!(signed.device.expose(), known, "each sign-in makes a new token");
        let still = attempt(world, &world.ctx, ("tri1", &right), None).await;
        assert!(matches!(still, Err(Error::TooManyAttempts { .. })), "the strangers wait on");
        let named = "throttles where encode(bucket, 'escape') like '%tri1%'";
        assert_eq!(world.owner().await.count(named).await, 0);
    });
}

#[test]
fn wrong_tries_on_a_known_device_make_only_that_device_wait() {
    in_world(async |world| {
        let (one, two) = (device(world, "tri1").await, device(world, "tri1").await);
        exhaust(world, "tri1", Some(&one)).await;
        let right = password_of("tri1");
        let waits = attempt(world, &world.ctx, ("tri1", &right), Some(&one)).await;
        assert!(matches!(waits, Err(Error::TooManyAttempts { .. })), "the right password waits too");
        attempt(world, &world.ctx, ("tri1", &right), Some(&two)).await.unwrap();
        world.advance(SignedDuration::from_secs(61));
        attempt(world, &world.ctx, ("tri1", &right), Some(&one)).await.unwrap();
        world.advance(SignedDuration::from_secs(30));
        attempt(world, &world.ctx, ("tri1", &right), None).await.unwrap();
    });
}

/// A token is of one name, of this server, for ninety days; another one is as good as none.
#[test]
fn a_token_that_does_not_hold_counts_as_none() {
    in_world(async |world| {
        let (own, anothers) = (device(world, "tri1").await, device(world, "tri2").await);
        exhaust(world, "tri1", None).await;
        let right = password_of("tri1");
        let mut cut = own.clone();
        cut.pop();
        for token in [anothers.as_str(), cut.as_str(), "", "ӘҒҚ", &"A".repeat(10_000)] {
            let outcome = attempt(world, &world.ctx, ("tri1", &right), Some(token)).await;
            assert!(matches!(outcome, Err(Error::TooManyAttempts { .. })), "{:?}", outcome.err());
        }
        exhaust(world, "nobody", Some(&own)).await;
        world.advance_days(90);
        assert!(!world.ctx.is_known_device(&own));
        let late = attempt(world, &world.ctx, ("tri1", WRONG), Some(&own)).await;
        assert!(matches!(late, Err(Error::SignInFailed)), "{:?}", late.err());
        let late = attempt(world, &world.ctx, ("tri1", &right), Some(&own)).await;
        assert!(matches!(late, Err(Error::TooManyAttempts { .. })), "it was counted by name");
    });
}

/// With one run at a time and two places to wait, a flood of invented names is answered "busy"; who is known gets in.
#[test]
fn a_flood_of_invented_names_does_not_keep_a_known_device_out() {
    in_world(async |world| {
        let known = device(world, "tri1").await;
        let mut ctx = world.another_process();
        let PasswordsConfig { memory_kib, passes, wait, .. } = world.config.passwords;
        let params = PasswordParams { memory_kib, passes, lanes: 1 };
        ctx.passwords = PasswordPool::new(params, 1, 2, wait, ctx.pepper.clone()).unwrap();
        let right = password_of("tri1");
        let stranger = || attempt(world, &ctx, ("nobody", WRONG), None);
        let (a, b, c, d, e, signed) = tokio::join!(
            stranger(),
            stranger(),
            stranger(),
            stranger(),
            stranger(),
            attempt(world, &ctx, ("tri1", &right), Some(&known)),
        );
        let strangers = [a.err(), b.err(), c.err(), d.err(), e.err()];
        let busy = strangers.iter().filter(|error| matches!(error, Some(Error::Busy))).count();
        assert!(busy >= 1, "the queue was full: {strangers:?}");
        assert!(signed.is_ok(), "{:?}", signed.err());
    });
}

/// Strangers who fill the doors with forms that never end keep nobody out who is known.
#[test]
fn a_flood_of_slow_forms_does_not_keep_a_known_device_out() {
    let settings = [("SENIM_BODY_BYTES", "65536"), ("SENIM_IN_FLIGHT_BYTES", "131072")];
    in_app_with(&settings, async |world, app| {
        let known = device(world, "tri1").await;
        let body = json!({"login": "tri1", "password": password_of("tri1"), "totp": world.code("tri1")});
        let nobody = json!({"login": "nobody", "password": WRONG, "totp": "123456"});
        let head =
            "POST /api/v1/staff/sessions HTTP/1.1\r\nHost: senim\r\nContent-Length: 60000\r\n\r\n{\"login\":";
        let (mut slow, mut busy) = (Vec::new(), false);
        while !busy && slow.len() < 200 {
            let mut one = TcpStream::connect(app.url.strip_prefix("http://").unwrap()).await.unwrap();
            one.write_all(head.as_bytes()).await.unwrap();
            slow.push(one);
            busy = app.api(None).post("/staff/sessions", &nobody).await.status == 503;
        }
        assert!(busy, "the doors are full");
        app.api(None).post_on(&known, "/staff/sessions", &body).await.expect(201);
        drop(slow);
    });
}

/// A browser keeps its device as a cookie that opens nothing; a program sends it as a header. Neither takes the other's.
#[test]
fn a_browser_and_a_program_bring_their_device_back() {
    in_app(async |world, app| {
        world.advance(SignedDuration::from_secs(60));
        let pages = app.pages();
        let form = |password: &str| {
            [("login", "tri1".to_owned()), ("password", password.to_owned()), ("totp", world.code("tri1"))]
        };
        let send = async |password: &str| {
            let form = form(password);
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            pages.post("/staff/sign-in", &form).await.status
        };
        let right = password_of("tri1");
        assert_eq!(send(&right).await, 303);
        let cookie = pages.jar.borrow()["__Host-senim-device"].clone();
        assert!(!app.api(Some(&cookie)).get("/cases").await.body.contains("\"cases\""), "it opens nothing");
        world.advance(SignedDuration::from_secs(60));
        let body =
            |password: &str| json!({"login": "tri1", "password": password, "totp": world.code("tri1")});
        for _ in 0..5 {
            app.api(None).post("/staff/sessions", &body(WRONG)).await.refused(401);
        }
        let path = "/staff/sessions";
        assert_eq!(app.api(None).post(path, &body(&right)).await.refused(429), "too_many_attempts");
        let opened: Value = app.api(None).post_on(&cookie, path, &body(&right)).await.expect(201);
        assert!(opened["device"].as_str().is_some_and(|device| device.len() > 40 && device != cookie));
        world.advance(SignedDuration::from_secs(30));
        let others = app.pages();
        let typed = [("login", "tri1"), ("password", right.as_str()), ("totp", "123456")];
        assert_eq!(others.post("/staff/sign-in", &typed).await.status, 429, "another browser");
        assert_eq!(send(&right).await, 303, "this browser");
        assert_ne!(pages.jar.borrow()["__Host-senim-device"], cookie);
    });
}
