//! Control OI-9b-1: a report keeps the version and the language of the texts that were shown with it.

use senim::usecases::submit_report::NOTICE_VERSION;
use serde_json::json;

use crate::world::in_world;

/// The version is made from the texts, so no text changes without a new version.
#[test]
fn the_version_is_made_from_the_texts_of_all_languages() {
    let mut version: u64 = 0xcbf2_9ce4_8422_2325;
    for language in ["en", "ru", "kk"] {
        for area in ["public", "report"] {
            let root = env!("CARGO_MANIFEST_DIR");
            let text = std::fs::read(format!("{root}/templates/locales/{language}/{area}.ftl")).unwrap();
            for byte in text {
                version = (version ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
    }
    assert_eq!(NOTICE_VERSION, format!("{version:016x}"));
}

#[test]
fn a_report_keeps_the_version_and_language_it_came_with() {
    in_world(async |world| {
        world.submit("The inspector asked for an envelope.").await;
        let mut owner = world.owner().await;
        let kept = owner.rows("select notice_version, language from cases").await;
        assert_eq!(kept, [json!({"notice_version": NOTICE_VERSION, "language": "ru"})]);
        for change in ["notice_version = 'later'", "language = 'kk'", "received_on = received_on - 1"] {
            let refused = owner.refused(&format!("update cases set audit_n = audit_n + 1, {change}")).await;
            assert!(refused.contains("never changes"), "{change}: {refused}");
        }
    });
}
