//! The description of the API is what stands in `tests/openapi.json`, and it describes each endpoint and no other.

use std::{collections::BTreeSet, fs, path::Path};

use senim::web::endpoints::{Audience, ENDPOINTS};
use serde_json::Value;

fn kept() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openapi.json")
}

#[test]
fn the_description_is_the_one_that_was_published() {
    let made = senim::web::openapi();
    if std::env::var_os("SENIM_UPDATE").is_some() {
        fs::write(kept(), format!("{made}\n")).unwrap();
    }
    let kept = fs::read_to_string(kept()).unwrap_or_default();
    assert!(
        kept.trim_end() == made.trim_end(),
        "the API differs from tests/openapi.json: if the change is meant, run this test with SENIM_UPDATE=1 and look at the difference"
    );
}

#[test]
fn every_endpoint_is_described_and_nothing_else() {
    let made: Value = serde_json::from_str(&senim::web::openapi()).unwrap();
    let prefix = made["servers"][0]["url"].as_str().unwrap();
    assert_eq!((prefix, &made["openapi"]), ("/api/v1", &Value::from("3.1.0")));
    let mut described = BTreeSet::new();
    for (path, methods) in made["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            described.insert(format!("{} {prefix}{path}", method.to_uppercase()));
            let row = ENDPOINTS.iter().find(|row| {
                row.path == format!("{prefix}{path}") && row.method.as_str() == method.to_uppercase()
            });
            let row = row.unwrap_or_else(|| panic!("{method} {path} is described and does not exist"));
            let guarded = operation["security"].is_array();
            assert_eq!(guarded, row.who != Audience::Public, "{method} {path}: who may call it");
            let refused = operation["responses"].get("401").is_some();
            assert!(!guarded || refused, "{method} {path} does not say 401");
            assert!(
                !operation["summary"].as_str().unwrap_or_default().is_empty(),
                "{method} {path} says nothing"
            );
        }
    }
    let rows =
        ENDPOINTS.iter().filter(|row| row.path.starts_with("/api/") && !row.path.ends_with("openapi.json"));
    let table: BTreeSet<String> = rows.map(|row| format!("{} {}", row.method, row.path)).collect();
    assert_eq!(described, table);
}
