//! What a reporter sees in a browser without scripts: the form, the receipt, the mailbox, the way out; in each
//! language, narrow and wide.

use crate::browser::{Browser, in_browser};

/// The words of a report in a language.
const STORIES: &[(&str, &str)] = &[
    ("ru", "Инспектор попросил конверт за справку."),
    ("kk", "Инспектор анықтама үшін ақша сұрады. Ә Ғ Қ Ң Ө Ұ Ү Һ І"),
    ("en", "The inspector asked for an envelope."),
];

/// Reports as a person would; the receipt.
pub async fn report(browser: &Browser, language: &str, story: &str) -> String {
    browser.open(&format!("/{language}/")).await;
    browser.look("home").await;
    browser.press("a.button[href$='/report']").await;
    browser.look("report").await;
    browser.fill("#narrative", story).await;
    browser.choose("#category", "bribery").await;
    browser.fill("#when", "2026").await;
    browser.click("input[name='first_hand'][value='yes']").await;
    browser.click("input[name='risk'][value='some']").await;
    browser.press("main form .button").await;
    browser.look("receipt").await;
    assert!(!browser.text().await.contains(story), "the page shows the reporter's own words");
    browser.text_of(".receipt").await
}

/// Opens the mailbox by typing the receipt.
pub async fn open_mailbox(browser: &Browser, language: &str, receipt: &str) {
    browser.open(&format!("/{language}/inbox")).await;
    browser.fill("#receipt", receipt).await;
    browser.press("main form .button").await;
}

fn one_language(number: usize) {
    let (language, story) = STORIES[number];
    in_browser(language, async |_, _, browser| {
        assert!(!browser.runs_scripts().await, "scripts must be off");
        browser.open("/").await;
        assert_eq!(browser.path().await, format!("/{language}/"), "the browser's own language");
        let receipt = report(browser, language, story).await;
        browser.fill("#receipt", &receipt.to_lowercase().replace('-', " ")).await;
        browser.press("section.screen .button").await;
        assert_eq!(browser.path().await, format!("/{language}/inbox"));
        browser.look("mailbox").await;
        browser.fill("#message", "Кабинет 214").await;
        browser.press("form[action$='/messages'] .button").await;
        assert_eq!(browser.path().await, format!("/{language}/inbox?sent"));
        browser.look("mailbox-sent").await;
        assert!(!browser.text().await.contains("214"), "the mailbox shows the reporter's own words");
        browser.press("form[action$='/inbox/close'] .button").await;
        browser.open(&format!("/{language}/inbox")).await;
        assert_eq!(browser.count("#receipt").await, 1, "closed");
        browser.look("mailbox-closed").await;
        browser.open(&format!("/{language}/promises")).await;
        browser.look("promises").await;
    });
}

#[test]
fn browser_report_and_mailbox_in_russian() {
    one_language(0);
}

#[test]
fn browser_report_and_mailbox_in_kazakh() {
    one_language(1);
}

#[test]
fn browser_report_and_mailbox_in_english() {
    one_language(2);
}

/// The way back leads to nothing that was read or typed, although browsers keep left pages.
#[test]
fn browser_the_way_back_shows_nothing() {
    in_browser("en", async |world, _, browser| {
        for page in ["/en/promises", "/en/", "/en/report"] {
            browser.open(page).await;
        }
        browser.fill("#narrative", "secret text").await;
        browser.press("form.leave button").await;
        browser.back().await;
        let kept = browser.find("#narrative").await.prop("value").await.unwrap();
        assert_eq!(kept.as_deref(), Some(""), "what was typed is gone");

        let reporter = world.submit("Something.").await;
        for end in ["form.leave button", "form[action$='/inbox/close'] button"] {
            for page in ["/en/promises", "/en/"] {
                browser.open(page).await;
            }
            open_mailbox(browser, "en", &reporter.receipt).await;
            assert!(browser.text().await.contains(&reporter.reference));
            browser.press(end).await;
            browser.back().await;
            assert!(!browser.text().await.contains(&reporter.reference), "{end}");
        }
    });
}

/// Mistakes are named on the form, with everything typed still there.
#[test]
fn browser_a_mistake_keeps_what_was_typed() {
    in_browser("ru", async |_, _, browser| {
        browser.open("/ru/report").await;
        browser.fill("#narrative", "Инспектор попросил конверт.").await;
        browser.fill("#where", "Кабинет 214").await;
        browser.click("input[name='evidence'][value='no']").await;
        browser.press("main form .button").await;
        browser.look("report-mistake").await;
        browser.click(".faults a").await;
        assert!(browser.path().await.ends_with("#category"), "the summary leads to the field");
        assert!(!browser.text_of("#category-fault").await.is_empty());
        let kept = browser.find("#narrative").await.prop("value").await.unwrap();
        assert_eq!(kept.as_deref(), Some("Инспектор попросил конверт."));
        assert!(browser.find("input[name='evidence'][value='no']").await.is_selected().await.unwrap());
        browser.choose("#category", "other").await;
        browser.press("main form .button").await;
        assert!(!browser.text_of(".receipt").await.is_empty());
        open_mailbox(browser, "ru", "ABC").await;
        browser.look("mailbox-mistyped").await;
        assert_eq!(browser.count("#receipt-fault").await, 1);
    });
}

/// "Leave this site" ends the mailbox and leads to a page that tells nothing.
#[test]
fn browser_leaving_forgets_the_mailbox() {
    in_browser("ru", async |world, _, browser| {
        let reporter = world.submit("Something.").await;
        open_mailbox(browser, "ru", &reporter.receipt).await;
        assert_eq!(browser.path().await, "/ru/inbox");
        assert!(
            browser.cookies().await.iter().any(|name| name == "__Host-senim-inbox"),
            "kept on plain loopback HTTP"
        );
        browser.press("form.leave button").await;
        assert_eq!(browser.path().await, "/blank");
        assert!(browser.text().await.is_empty());
        let ours = browser.cookies().await;
        assert!(ours.iter().all(|name| name == "__Host-senim-left"), "{ours:?}");
        browser.open("/ru/inbox").await;
        assert_eq!(browser.count("#receipt").await, 1);
    });
}
