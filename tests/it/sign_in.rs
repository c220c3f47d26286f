//! Signing in and staying signed in.

use jiff::SignedDuration;
use senim::{
    config::PasswordsConfig,
    crypto::{
        jwt::{Claims, JwtKey},
        password::{PasswordParams, PasswordPool},
        secret::SecretText,
        session::SessionSecret,
    },
    usecases::{
        Error,
        disable_staff::disable_staff,
        resume_session::resume_session,
        sign_in::{Credentials, sign_in},
        sign_out::sign_out,
        sweep::sweep,
    },
};

use crate::world::{World, in_world, password_of};

#[test]
fn a_code_counts_once() {
    in_world(async |world| {
        world.advance(SignedDuration::from_secs(30));
        let code = world.code("tri1");
        world.try_sign_in("tri1", &password_of("tri1"), &code).await.unwrap();
        let again = world.try_sign_in("tri1", &password_of("tri1"), &code).await;
        assert!(matches!(again, Err(Error::SignInFailed)), "replayed");
        world.advance(SignedDuration::from_secs(30));
        let old = world.try_sign_in("tri1", &password_of("tri1"), &code).await;
        assert!(matches!(old, Err(Error::SignInFailed)), "still within the window, but used");
        world.try_sign_in("tri1", &password_of("tri1"), &world.code("tri1")).await.unwrap();
    });
}

#[test]
fn a_code_sent_twice_at_once_counts_once() {
    in_world(async |world| {
        let (code, password) = (world.code("tri1"), password_of("tri1"));
        let (one, two) = tokio::join!(
            world.try_sign_in("tri1", &password, &code),
            world.try_sign_in("tri1", &password, &code),
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    });
}

/// Every failure is the same answer; nobody learns which names exist.
#[test]
fn every_failure_is_one_answer() {
    in_world(async |world| {
        let code = world.code("tri1");
        let right = password_of("tri1");
        let wrong_code = if code == "000000" { "000001" } else { "000000" };
        for (login, password, totp) in [
            ("tri1", "wrong password", code.as_str()),
            ("tri1", right.as_str(), wrong_code),
            ("tri1", right.as_str(), ""),
            ("nobody", right.as_str(), code.as_str()),
            ("", "", ""),
        ] {
            let outcome = world.try_sign_in(login, password, totp).await;
            assert!(matches!(outcome, Err(Error::SignInFailed)), "{login}");
        }
        world.sign_in("tri1").await;
    });
}

/// With one permit and no queue, two sign-ins at once are one too many: so each asks for its run of Argon2id, also for
/// a name that does not exist and for one that has no keys.
#[test]
fn an_unknown_name_costs_the_same_work() {
    in_world(async |world| {
        let mut ctx = world.another_process();
        let PasswordsConfig { memory_kib, passes, wait, .. } = world.config.passwords;
        let params = PasswordParams { memory_kib, passes, lanes: 1 };
        ctx.passwords = PasswordPool::new(params, 1, 0, wait, ctx.pepper.clone()).unwrap();
        let attempt = async |login: &str| {
            let password = SecretText::from("some wrong password".to_owned());
            sign_in(&ctx, Credentials { login: login.to_owned(), password, totp: "123456".to_owned() })
                .await
                .err()
        };
        for login in ["tri1", "nobody", "rev1"] {
            let (one, two) = tokio::join!(attempt(login), attempt("another-nobody"));
            let busy = [&one, &two].iter().filter(|error| matches!(error, Some(Error::Busy))).count();
            let failed =
                [&one, &two].iter().filter(|error| matches!(error, Some(Error::SignInFailed))).count();
            assert_eq!((busy, failed), (1, 1), "{login}: {one:?} {two:?}");
        }
    });
}

#[test]
fn too_many_failures_make_a_name_wait_whether_it_exists_or_not() {
    in_world(async |world| {
        for login in ["tri1", "nobody"] {
            for _ in 0..5 {
                let outcome = world.try_sign_in(login, "wrong password", "123456").await;
                assert!(matches!(outcome, Err(Error::SignInFailed)));
            }
            let Err(Error::TooManyAttempts { retry_after }) =
                world.try_sign_in(login, "wrong password", "123456").await
            else {
                panic!("{login} must wait");
            };
            assert!((1..=60).contains(&retry_after));
        }
        let right = world.try_sign_in("tri1", &password_of("tri1"), &world.code("tri1")).await;
        assert!(matches!(right, Err(Error::TooManyAttempts { .. })), "the right password waits too");
        world.sign_in("tri2").await;
        world.advance(SignedDuration::from_secs(61));
        world.sign_in("tri1").await;
        let after = world.try_sign_in("tri1", "wrong password", "123456").await;
        assert!(matches!(after, Err(Error::SignInFailed)), "a good sign-in forgets the failures");
        let mut owner = world.owner().await;
        let named = "throttles where encode(bucket, 'escape') like '%tri1%'";
        assert_eq!(owner.count(named).await, 0, "no name stands in the throttles");
    });
}

async fn resumes(world: &World, token: &SecretText) -> bool {
    match resume_session(&world.ctx, token.expose()).await {
        Ok(_) => true,
        Err(Error::Unauthenticated) => false,
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_session_ends_when_idle() {
    in_world(async |world| {
        let actor = world.sign_in("tri1").await;
        for _ in 0..3 {
            world.advance(SignedDuration::from_mins(29));
            assert!(resumes(world, &actor.token).await, "in use");
        }
        world.advance(SignedDuration::from_mins(30));
        assert!(!resumes(world, &actor.token).await, "idle");
    });
}

#[test]
fn a_session_ends_after_ten_hours_however_busy() {
    in_world(async |world| {
        let actor = world.sign_in("tri1").await;
        for _ in 0..23 {
            world.advance(SignedDuration::from_mins(26));
            assert!(resumes(world, &actor.token).await);
        }
        world.advance(SignedDuration::from_mins(2));
        assert!(!resumes(world, &actor.token).await);
        assert!(sweep(&world.ctx).await.unwrap() >= 1);
        assert_eq!(world.owner().await.count("sessions").await, 0, "swept");
    });
}

#[test]
fn a_session_ends_with_signing_out_and_with_being_disabled() {
    in_world(async |world| {
        let (one, two) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
        sign_out(&world.ctx, &one.caller).await.unwrap();
        assert!(!resumes(world, &one.token).await);
        assert!(resumes(world, &two.token).await);
        disable_staff(&world.ctx, Some(&world.admin(0).caller), two.id()).await.unwrap();
        assert!(!resumes(world, &two.token).await);
        world.advance(SignedDuration::from_secs(30));
        let again = world.try_sign_in("tri2", &password_of("tri2"), &world.code("tri2")).await;
        assert!(matches!(again, Err(Error::SignInFailed)), "disabled");
        let oneself = disable_staff(&world.ctx, Some(&world.admin(0).caller), world.id("admin1")).await;
        assert!(matches!(oneself, Err(Error::Forbidden)));
    });
}

/// Neither a stolen row nor a signed token without the right secret opens a session.
#[test]
fn a_session_row_without_its_token_opens_nothing() {
    in_world(async |world| {
        let actor = world.sign_in("tri1").await;
        let exp = world.clock.now().as_second() + 3600;
        let sec = SessionSecret::generate(&mut world.ctx.store.entropy().rng());
        let forged = Claims { sid: actor.caller.session.0, sec, exp };
        let forged = JwtKey::new(&world.ctx.keys.jwt).sign(&forged).unwrap();
        assert!(!resumes(world, &forged).await, "signed by the server's own key, with another secret");
        let other = JwtKey::new(&world.ctx.keys.csrf).sign(&Claims {
            sid: actor.caller.session.0,
            sec: SessionSecret::generate(&mut world.ctx.store.entropy().rng()),
            exp,
        });
        assert!(!resumes(world, &other.unwrap()).await, "another key");
        let other = world.sign_in("tri2").await;
        let steal = format!(
            "update sessions set sealed = (select sealed from sessions where id = '{}') where id = '{}'",
            other.caller.session, actor.caller.session
        );
        world.owner().await.run(&steal).await.unwrap();
        assert!(!resumes(world, &actor.token).await, "another person's row under my token");
        let steal = format!(
            "update sessions set staff_id = '{}' where id = '{}'",
            world.id("rev1"),
            other.caller.session
        );
        world.owner().await.run(&steal).await.unwrap();
        let confused = resume_session(&world.ctx, other.token.expose()).await;
        assert!(matches!(confused, Err(Error::Unauthenticated)), "a row that names another person");
    });
}

/// Who redeemed an invitation waits for two administrators.
#[test]
fn a_person_who_is_not_in_the_directory_yet_cannot_sign_in() {
    in_world(async |world| {
        use senim::{
            domain::role::Role,
            policy::RoleAt,
            usecases::{
                confirm_member::confirm_member,
                propose_member::{propose_member, what_is_signed},
            },
        };
        let roles = [RoleAt { role: Role::Triager, desk: Some(world.desk) }];
        let id = world.invite("newcomer", &roles).await;
        let attempt = async || {
            world.advance(SignedDuration::from_secs(90));
            world.try_sign_in("newcomer", &password_of("newcomer"), &world.code("newcomer")).await
        };
        assert!(matches!(attempt().await, Err(Error::SignInFailed)));
        propose_member(
            &world.ctx,
            &world.admin(0).caller,
            id,
            &what_is_signed(&world.ctx, id).await.unwrap(),
        )
        .await
        .unwrap();
        assert!(matches!(attempt().await, Err(Error::SignInFailed)), "one signature");
        let same = confirm_member(
            &world.ctx,
            &world.admin(0).caller,
            id,
            &what_is_signed(&world.ctx, id).await.unwrap(),
        )
        .await;
        assert!(matches!(same, Err(Error::Forbidden)), "not the same administrator twice");
        confirm_member(
            &world.ctx,
            &world.admin(1).caller,
            id,
            &what_is_signed(&world.ctx, id).await.unwrap(),
        )
        .await
        .unwrap();
        attempt().await.unwrap();
    });
}
