//! An administrator invites a person, who makes their keys and is signed by two administrators, all in a browser
//! without scripts.

use senim::crypto::{secret::Secret, totp::TotpSeed};

use crate::{
    browser::{Browser, in_browser},
    browser_main_job::{sign_in, sign_out},
    world::{World, password_of},
};

/// Opens the invitation and makes the keys; the seed of the second factor.
async fn join(world: &World, browser: &Browser, invitation: &str) -> TotpSeed {
    browser.open("/staff/sign-in").await;
    browser.press("a[href='/staff/join']").await;
    browser.look("join").await;
    browser.fill("#code", "wrong").await;
    browser.press("main form .button").await;
    assert_eq!(browser.count("#code-fault").await, 1);
    browser.look("join-mistake").await;
    browser.fill("#code", invitation).await;
    browser.press("main form .button").await;
    browser.look_at_record("join-keys").await;
    let shown = browser.text_of(".shown-once .code").await.replace(' ', "");
    let seed = data_encoding::BASE32_NOPAD.decode(shown.as_bytes()).unwrap();
    let seed = TotpSeed::new(Secret::from_slice(&seed).unwrap());
    browser.fill("#password", "short").await;
    browser.fill("#password_again", "other").await;
    browser.press("main form .button").await;
    browser.look_at_record("join-keys-mistake").await;
    assert!(browser.count(".fault").await >= 1);
    assert_eq!(browser.text_of(".shown-once .code").await.replace(' ', ""), shown, "the same seed");
    browser.fill("#password", &password_of("newcomer")).await;
    browser.fill("#password_again", &password_of("newcomer")).await;
    browser.fill("#totp", &seed.code_at(world.clock.now().as_second())).await;
    browser.press("main form .button").await;
    browser.look("join-done").await;
    assert_eq!(browser.text_of(".receipt-box .code").await.len(), 29, "a recovery code, in five groups");
    assert_eq!(browser.text_of(".facts .code").await.len(), 39, "the fingerprint to be read out");
    seed
}

/// Signs the newcomer into the directory.
async fn vouch(world: &World, browser: &Browser, admin: &str, look: &str) {
    sign_in(world, browser, admin).await;
    assert_eq!(browser.path().await, "/admin/staff");
    browser.look(&format!("people-{look}")).await;
    browser.press("form[action$='/signature'] button").await;
    browser.look(&format!("people-{look}-signed")).await;
    sign_out(browser).await;
}

#[test]
fn browser_an_invited_person_joins_and_is_signed_by_two() {
    in_browser("ru", async |world, _, browser| {
        sign_in(world, browser, "admin1").await;
        browser.look("people").await;
        browser.press("form[action='/admin/staff/invitations'] .button").await;
        assert!(browser.count(".faults li").await >= 1);
        browser.look("people-mistake").await;
        browser.fill("#login", "newcomer").await;
        browser.click("input[name='role_triager']").await;
        browser.choose("#desk", &world.desk.to_string()).await;
        browser.press("form[action='/admin/staff/invitations'] .button").await;
        browser.look("people-invited").await;
        let invitation = browser.text_of(".receipt-box .code").await;
        sign_out(browser).await;
        let seed = join(world, browser, &invitation).await;
        vouch(world, browser, "admin1", "first").await;
        vouch(world, browser, "admin2", "second").await;
        world.advance(jiff::SignedDuration::from_secs(60));
        browser.open("/staff/sign-in").await;
        browser.fill("#login", "newcomer").await;
        browser.fill("#password", &password_of("newcomer")).await;
        browser.fill("#totp", &seed.code_at(world.clock.now().as_second())).await;
        browser.press("main form .button").await;
        assert_eq!(browser.path().await, "/staff/cases");
        browser.look("newcomer-cases").await;
        browser.choose("#switch-language", "kk").await;
        browser.press("form[action='/staff/language'] button").await;
        assert_eq!(browser.path().await, "/staff/cases");
        browser.look("newcomer-cases-kk").await;
        browser.open("/admin/staff").await;
        browser.look("refused").await;
        browser.open("/staff/nowhere").await;
        browser.look("nowhere").await;
    });
}

#[test]
fn browser_a_person_recovers_and_another_is_invited_anew() {
    in_browser("en", async |world, _, browser| {
        browser.open("/staff/sign-in").await;
        browser.press("a[href='/staff/recover']").await;
        browser.fill("#code", &world.recovery_code("tri1")).await;
        browser.press("main form .button").await;
        browser.look_at_record("recover-keys").await;
        let shown = browser.text_of(".shown-once .code").await.replace(' ', "");
        let seed = data_encoding::BASE32_NOPAD.decode(shown.as_bytes()).unwrap();
        let seed = TotpSeed::new(Secret::from_slice(&seed).unwrap());
        browser.fill("#password", "quite another sentence").await;
        browser.fill("#password_again", "quite another sentence").await;
        browser.fill("#totp", &seed.code_at(world.clock.now().as_second())).await;
        browser.press("main form .button").await;
        browser.look("recover-done").await;
        sign_in(world, browser, "admin1").await;
        browser.look("people-recovery").await;
        browser.press("form[action$='/recovery'] button").await;
        assert_eq!(browser.count("form[action$='/recovery']").await, 0);
        world.submit("Something.").await;
        let again = format!("form[action='/admin/staff/{}/invitation']", world.id("tri2"));
        browser.click(&format!("details:has({again}) summary")).await;
        browser.press(&format!("{again} button")).await;
        browser.look("people-invited-anew").await;
        let invitation = browser.text_of(".receipt-box .code").await;
        world.redeem("tri2", world.id("tri2"), &invitation).await.unwrap();
        sign_out(browser).await;
        vouch(world, browser, "admin1", "anew-first").await;
        vouch(world, browser, "admin2", "anew-second").await;
        world.advance(jiff::SignedDuration::from_secs(60));
        browser.open("/staff/sign-in").await;
        browser.fill("#login", "tri1").await;
        browser.fill("#password", "quite another sentence").await;
        browser.fill("#totp", &seed.code_at(world.clock.now().as_second())).await;
        browser.press("main form .button").await;
        browser.press("tbody a").await;
        browser.click("#no_conflict").await;
        browser.press("form[action$='/attestation'] .button").await;
        browser.open("/staff/cases").await;
        browser.look("cases-colleague-waits").await;
        browser.press("form[action$='/access'] button").await;
        assert_eq!(browser.count("form[action$='/access']").await, 0);
    });
}
