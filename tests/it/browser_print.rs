//! What comes out of the printer: the receipt, a case, the record, without what only a screen is for.

use senim::{domain::role::Role, policy::RoleAt};

use crate::{
    browser::{Browser, in_browser},
    browser_main_job::{sign_in, sign_out},
    browser_reporter::report,
};

/// Checks how these parts are laid out on paper.
async fn on_paper(browser: &Browser, parts: &[(&str, &str)]) {
    browser.as_printed(true).await;
    for (part, layout) in parts {
        assert_eq!(browser.layout_of(part).await, *layout, "{part} on {}", browser.path().await);
    }
    browser.as_printed(false).await;
}

#[test]
fn browser_receipt_case_and_record_are_printed_as_such() {
    in_browser("ru", async |world, _, browser| {
        report(browser, "ru", "Инспектор попросил конверт.").await;
        let receipt = [
            (".receipt", "block"),
            ("form.leave", "none"),
            ("section.screen", "none"),
            (".by-hand table", "table"),
            ("footer.bottom", "none"),
        ];
        on_paper(browser, &receipt).await;
        world.enrol("auditor", &[RoleAt { role: Role::Auditor, desk: None }]).await;
        sign_in(world, browser, "tri1").await;
        browser.press("table.list tbody th a").await;
        browser.click("#no_conflict").await;
        browser.press("form[action$='/attestation'] .button").await;
        let case =
            [("p.account", "block"), ("details.step", "none"), (".session", "none"), (".case", "block")];
        on_paper(browser, &case).await;
        sign_out(browser).await;
        sign_in(world, browser, "auditor").await;
        browser.open("/audit/entries").await;
        let record = [
            ("table.list thead", "table-header-group"),
            ("table.list tbody tr", "table-row"),
            ("table.list tbody td", "table-cell"),
            ("form.filter", "none"),
        ];
        on_paper(browser, &record).await;
    });
}
