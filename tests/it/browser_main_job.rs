//! The main job, clicked through the pages in a browser without scripts: from the report to the outcome in the
//! mailbox, by everybody who has a part in it.

use senim::{domain::role::Role, policy::RoleAt};

use crate::{
    browser::{Browser, in_browser},
    browser_reporter::{open_mailbox, report},
    facts::assessed,
    world::{World, password_of},
};

/// Signs in on the page.
pub async fn sign_in(world: &World, browser: &Browser, login: &str) {
    world.advance(jiff::SignedDuration::from_secs(60));
    browser.open("/staff/sign-in").await;
    browser.fill("#login", login).await;
    browser.fill("#password", &password_of(login)).await;
    browser.fill("#totp", &world.code(login)).await;
    browser.press("main form .button").await;
    assert!(browser.text_of(".session .who").await.contains(login), "{}", browser.text().await);
}

/// Signs out on the page.
pub async fn sign_out(browser: &Browser) {
    browser.press("form[action='/staff/sign-out'] button").await;
    assert!(
        browser.path().await.starts_with("/staff/sign-in"),
        "{} {}",
        browser.path().await,
        browser.text().await
    );
    assert!(!browser.cookies().await.iter().any(|name| name == "__Host-senim-staff"));
}

/// Opens the one case there is, ended or not.
async fn open_case(browser: &Browser) {
    browser.open("/staff/cases?state=all").await;
    browser.press("table.list tbody th a").await;
}

async fn attest(browser: &Browser) {
    browser.click("#no_conflict").await;
    browser.press("form[action$='/attestation'] .button").await;
    assert_eq!(browser.count("form[action$='/attestation']").await, 0, "attested");
}

/// Opens the form of a step.
async fn step_form(browser: &Browser, step: &str) {
    browser.click(&format!("#step-{step} > summary")).await;
}

/// Sends the form of a step.
async fn send_step(browser: &Browser, step: &str) {
    browser.press(&format!("#step-{step} form .button")).await;
    let faults = browser.count(".faults").await;
    assert_eq!(faults, 0, "{step}: {}", browser.text().await);
}

async fn fill(browser: &Browser, step: &str, field: &str, text: &str) {
    browser.fill(&format!("#{step}-{field}"), text).await;
}

async fn choose(browser: &Browser, step: &str, field: &str, value: &str) {
    browser.choose(&format!("#{step}-{field}"), value).await;
}

/// Approves the proposal that waits, as somebody who has to attest first.
async fn approve(world: &World, browser: &Browser, login: &str, look: &str) {
    sign_in(world, browser, login).await;
    browser.look(&format!("{look}-list")).await;
    browser.open("/staff/proposals").await;
    browser.look(&format!("{look}-proposals")).await;
    open_case(browser).await;
    if browser.count("#no_conflict").await == 1 {
        attest(browser).await;
    }
    browser.open("/staff/proposals").await;
    browser.press("main ul.lines a, main table a").await;
    browser.look(&format!("{look}-proposal")).await;
    browser.press("form[action$='/approval'] .button").await;
    assert_eq!(browser.path().await, "/staff/proposals");
    sign_out(browser).await;
}

async fn triage(world: &World, browser: &Browser) {
    browser.open("/staff/sign-in").await;
    browser.look("sign-in").await;
    sign_in(world, browser, "tri1").await;
    browser.look("cases").await;
    open_case(browser).await;
    browser.look("gate").await;
    browser.press("form[action$='/attestation'] .button").await;
    assert_eq!(browser.count("#no_conflict-fault").await, 1, "it must be ticked");
    browser.look("gate-mistake").await;
    attest(browser).await;
    assert!(browser.text().await.contains("Инспектор попросил конверт"));
    browser.look("case-received").await;
    step_form(browser, "open").await;
    send_step(browser, "open").await;
    step_form(browser, "assign").await;
    browser.look("case-assign").await;
    browser.press("#step-assign form .button").await;
    browser.look("case-assign-mistakes").await;
    for (name, code) in assessed().as_object().unwrap() {
        choose(browser, "assign", name, code.as_str().unwrap()).await;
    }
    choose(browser, "assign", "detriment_level", "high").await;
    fill(browser, "assign", "protection_plan", "Проверять раз в неделю.").await;
    choose(browser, "assign", "lead", &world.id("inv1").to_string()).await;
    send_step(browser, "assign").await;
    browser.look("case-assigned").await;
    sign_out(browser).await;
}

async fn investigate(world: &World, browser: &Browser) {
    sign_in(world, browser, "inv1").await;
    open_case(browser).await;
    attest(browser).await;
    step_form(browser, "start").await;
    fill(browser, "start", "plan", "Прочитать документы закупки.").await;
    choose(browser, "start", "reassessed_detriment", "low").await;
    send_step(browser, "start").await;
    browser.look("case-start-proposed").await;
    sign_out(browser).await;
    approve(world, browser, "rev1", "start").await;
    sign_in(world, browser, "inv1").await;
    open_case(browser).await;
    browser.fill("#message", "Мы занимаемся вашим сообщением.").await;
    browser.press("form[action$='/messages'] .button").await;
    browser.fill("#note", "Спросить бухгалтера.").await;
    browser.press("form[action$='/notes'] .button").await;
    assert!(browser.text().await.contains("Спросить бухгалтера."));
    step_form(browser, "submit").await;
    choose(browser, "submit", "subject_heard", "given").await;
    browser.click("#submit-evidence_verified").await;
    choose(browser, "submit", "reassessed_detriment", "low").await;
    browser.look("case-submit").await;
    send_step(browser, "submit").await;
    sign_out(browser).await;
}

async fn decide(world: &World, browser: &Browser) {
    sign_in(world, browser, "rev1").await;
    open_case(browser).await;
    step_form(browser, "decide_close").await;
    choose(browser, "decide_close", "outcome", "unsubstantiated").await;
    choose(browser, "decide_close", "actions", "none").await;
    fill(browser, "decide_close", "reasons", "Документы в порядке.").await;
    choose(browser, "decide_close", "hearing", "not_required").await;
    choose(browser, "decide_close", "reassessed_detriment", "low").await;
    choose(browser, "decide_close", "feedback_sent", "sent").await;
    fill(browser, "decide_close", "message", "Мы прочитали документы, нарушений нет.").await;
    choose(browser, "decide_close", "retention_class", "standard").await;
    browser.look("case-decide").await;
    send_step(browser, "decide_close").await;
    browser.look("case-decide-proposed").await;
    browser.press("a[href^='/staff/proposals/']").await;
    browser.look("own-proposal").await;
    assert_eq!(browser.count("form[action$='/approval']").await, 0, "not one's own");
    sign_out(browser).await;
    approve(world, browser, "rev2", "decide").await;
    sign_in(world, browser, "rev2").await;
    open_case(browser).await;
    browser.look("case-closed").await;
    sign_out(browser).await;
}

async fn audit(world: &World, browser: &Browser) {
    world.enrol("auditor", &[RoleAt { role: Role::Auditor, desk: None }]).await;
    sign_in(world, browser, "auditor").await;
    assert_eq!(browser.path().await, "/audit", "signing in asks nothing of the record");
    browser.look("audit-home").await;
    browser.press("dl a[href='/audit/entries']").await;
    browser.look_at_record("audit").await;
    browser.choose("#act", "approval.given").await;
    browser.press("form.filter button").await;
    assert_eq!(browser.count("table.list tbody tr").await, 2);
    browser.look_at_record("audit-filtered").await;
    browser.press("table.list tbody td[data-name] a.code").await;
    let entries = browser.count("table.list tbody tr").await;
    assert!(entries > 10, "the whole case: {entries}");
    browser.look_at_record("audit-case").await;
    browser.press("table.list tbody th a").await;
    browser.look_at_record("audit-entry").await;
    for word in ["конверт", "документы", "бухгалтера"] {
        assert!(!browser.text().await.to_lowercase().contains(word), "{word}");
    }
    browser.open("/audit/entries?principle=9").await;
    assert!(browser.count("table.list tbody tr").await > 2);
    sign_out(browser).await;
}

#[test]
fn browser_the_main_job_clicked_through() {
    in_browser("ru", async |world, _, browser| {
        assert!(!browser.runs_scripts().await, "scripts must be off");
        let receipt = report(browser, "ru", "Инспектор попросил конверт за справку.").await;
        triage(world, browser).await;
        investigate(world, browser).await;
        decide(world, browser).await;
        open_mailbox(browser, "ru", &receipt).await;
        let told = browser.text().await;
        for words in ["занимаемся вашим сообщением", "нарушений нет"] {
            assert!(told.contains(words), "{told}");
        }
        browser.look("mailbox-closed-case").await;
        browser.fill("#message", "Спасибо.").await;
        browser.press("form[action$='/messages'] .button").await;
        browser.look("mailbox-thanks").await;
        audit(world, browser).await;
    });
}
