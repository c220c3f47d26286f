//! The description of the API is what stands in `tests/openapi.json`, and it describes each endpoint and no other.

use std::{collections::BTreeSet, fs, path::Path};

use senim::{
    domain::role::Role,
    policy::RoleAt,
    web::endpoints::{Audience, ENDPOINTS},
};
use serde_json::Value;

use crate::{app::in_app, http_main_job::sign_in};

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

fn described() -> Value {
    serde_json::from_str(&senim::web::openapi()).unwrap()
}

/// Every operation with its path and method.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap();
        methods.iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    all.collect()
}

/// The schema that a reference names.
fn schema_of<'a>(document: &'a Value, reference: &Value) -> &'a Value {
    let at = reference["$ref"].as_str().unwrap().trim_start_matches('#');
    document.pointer(at).unwrap_or_else(|| panic!("{at} is not described"))
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_how_it_refuses() {
    let document = described();
    let mut names = BTreeSet::new();
    for (place, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{name} is the name of two operations");
        let responses = operation["responses"].as_object().unwrap();
        let says = |status: &str| responses.contains_key(status);
        assert!(says("500") && says("503"), "{place}");
        if operation.get("requestBody").is_some() {
            assert!(says("408") && says("413") && says("422"), "{place}");
        }
        assert!(responses.keys().any(|status| status.starts_with('2')), "{place}");
        for (status, response) in responses {
            assert!(!response["description"].as_str().unwrap().is_empty(), "{place} {status}");
            if status.starts_with(['4', '5']) {
                let content = response["content"].as_object().unwrap();
                assert_eq!(
                    content.keys().collect::<Vec<_>>(),
                    ["application/problem+json"],
                    "{place} {status}"
                );
            }
        }
    }
}

/// What must be sent, and what every answer holds, is said of each; and what is sent has an example.
#[test]
fn every_document_says_which_members_are_there() {
    let document = described();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let whole = [schema.clone()];
        // One of several, of which each says its own; or at least one of several, whichever.
        if schema["oneOf"].is_array() || name == "SubjectBody" {
            continue;
        }
        let parts = schema["allOf"].as_array().map_or(whole.as_slice(), Vec::as_slice);
        for part in parts.iter().filter(|part| part.get("$ref").is_none()) {
            let required = part["required"].as_array().unwrap_or_else(|| panic!("{name} requires nothing"));
            assert!(!required.is_empty(), "{name}");
            for member in required {
                assert!(part["properties"].get(member.as_str().unwrap()).is_some(), "{name}: {member}");
            }
        }
    }
    for (place, operation) in operations(&document) {
        let sent = &operation["requestBody"]["content"]["application/json"]["schema"];
        if sent.is_object() {
            let example = &schema_of(&document, sent)["example"];
            for member in schema_of(&document, sent)["required"].as_array().into_iter().flatten() {
                assert!(example.get(member.as_str().unwrap()).is_some(), "{place}: {member}");
            }
        }
    }
}

/// An answer holds every member that the document requires of its kind.
fn holds_all(document: &Value, name: &str, answer: &Value) {
    let schema = &document["components"]["schemas"][name];
    let whole = [schema.clone()];
    for part in schema["allOf"].as_array().map_or(whole.as_slice(), Vec::as_slice) {
        let part = if part.get("$ref").is_some() { schema_of(document, part) } else { part };
        for member in part["required"].as_array().unwrap() {
            assert!(answer.get(member.as_str().unwrap()).is_some(), "{name}: {member} in {answer}");
        }
    }
}

/// The description does not promise what the answers do not hold, and its example is taken.
#[test]
fn the_answers_hold_what_the_description_requires() {
    in_app(async |world, app| {
        let document = described();
        let holds = |name: &str, answer: &Value| holds_all(&document, name, answer);
        let api = app.api(None);
        holds("TaxonomyView", &api.get("/taxonomy").await.expect(200));
        let example = &document["components"]["schemas"]["ReportBody"]["example"];
        let sent = api.post("/reports", example).await.expect(201);
        holds("SubmittedView", &sent);
        holds("ProblemView", &api.post("/reports", &serde_json::json!({})).await.json());
        let opened =
            api.post("/inbox/sessions", &serde_json::json!({"receipt": sent["receipt"]})).await.expect(201);
        holds("InboxSessionView", &opened);
        let inbox = app.api(opened["token"].as_str()).get("/inbox").await.expect(200);
        holds("InboxView", &inbox);
        holds("LetterView", &inbox["messages"][0]);
        let triager = sign_in(world, app, "tri1").await;
        let list = triager.get("/cases").await.expect(200);
        holds("CaseListView", &list);
        holds("CaseLineView", &list["cases"][0]);
        let path = format!("/cases/{}", list["cases"][0]["id"].as_str().unwrap());
        triager.order(&format!("{path}/attestation")).await.expect(204);
        let case = triager.get(&path).await.expect(200);
        holds("CaseView", &case);
        holds("PieceView", &case["content"][0]);
        holds("GrantView", &case["grants"][0]);
        holds("StepOffer", &case["steps"][0]);
    });
}

/// The same of what auditors are given, also where a member is left out.
#[test]
fn the_record_holds_what_the_description_requires() {
    in_app(async |world, app| {
        let document = described();
        world.submit("Something.").await;
        world.enrol("aud1", &[RoleAt { role: Role::Auditor, desk: None }]).await;
        let auditor = sign_in(world, app, "aud1").await;
        let entries = auditor.get("/audit/entries").await.expect(200);
        holds_all(&document, "EntriesView", &entries);
        let waiting = &entries["entries"][0];
        assert!(waiting.get("index").is_none(), "its place in the tree is still to come: {waiting}");
        holds_all(&document, "EntryView", waiting);
        let acts = auditor.get("/audit/acts").await.expect(200);
        holds_all(&document, "ActsView", &acts);
        holds_all(&document, "ActView", &acts["acts"][0]);
    });
}
