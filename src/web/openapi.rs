//! The description of the API (OpenAPI 3.1), made from the handlers. What holds for all of them is said here once: the
//! names of operations, the refusals that can meet every request, which members are always there.

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::{Map, Value, json};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::api::{
    audit, bundle, cases, form_data, grants, inbox, oversight, proposals, referrals, reports, retaliation,
    sessions, subjects, tasks,
};
use crate::{
    domain::case::{raw_facts::RawFacts, step::Step},
    i18n::Texts,
};

/// Members that an answer leaves out where there is nothing to say. All others are always there, as `null` if need be.
const LEFT_OUT: &[(&str, &str)] = &[
    ("ApprovedView", "effective_at"),
    ("EntryView", "index"),
    ("ProblemView", "errors"),
    ("ProblemView", "mistakes"),
    ("ProblemView", "legal"),
    ("FieldView", "max"),
];

/// Refusals that can meet every request, and those that can meet every request with a body.
const ALWAYS: &[&str] = &["500", "503"];
const WITH_A_BODY: &[&str] = &["408", "413", "422"];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Senim",
        description = "Takes in anonymous reports of corruption and brings each to somebody fit to look into it.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/api/v1")),
    paths(
        form_data::taxonomy, form_data::channels, form_data::bodies, form_data::form, form_data::suggest,
        reports::submit,
        inbox::open, inbox::read, inbox::write, inbox::no_response, inbox::review, retaliation::report, inbox::proof,
        sessions::open, sessions::close,
        cases::list, cases::show, cases::step, cases::attestation, cases::recusal, cases::message, cases::note,
        grants::give, grants::take, subjects::record, referrals::course, referrals::package, retaliation::decide, tasks::record, tasks::turn,
        oversight::show, oversight::uptake,
        proposals::list, proposals::propose, proposals::approve, proposals::refuse,
        audit::entries, audit::case, audit::acts, bundle::bundle,
    ),
    modifiers(&Bearer),
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The description as JSON.
#[must_use]
pub fn openapi() -> String {
    let mut document = serde_json::to_value(Description::openapi()).unwrap_or_default();
    let paths = members(&mut document, "/paths").into_iter().flatten();
    for (_, operations) in paths {
        for (_, operation) in operations.as_object_mut().into_iter().flatten() {
            complete_operation(operation);
        }
    }
    for (name, schema) in members(&mut document, "/components/schemas").into_iter().flatten() {
        complete_schema(name, schema);
    }
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn members<'a>(value: &'a mut Value, at: &str) -> Option<&'a mut Map<String, Value>> {
    value.pointer_mut(at)?.as_object_mut()
}

/// Gives an operation a name of its own, its noun and its verb, and all its refusals as RFC 9457 documents.
fn complete_operation(operation: &mut Value) {
    let part = |at: &str| operation.pointer(at).and_then(Value::as_str).unwrap_or_default();
    let name = format!("{}_{}", part("/tags/0"), part("/operationId"));
    let also = if operation.get("requestBody").is_some() { WITH_A_BODY } else { &[] };
    if let Some(operation) = operation.as_object_mut() {
        operation.insert("operationId".to_owned(), json!(name));
    }
    let Some(responses) = members(operation, "/responses") else { return };
    for status in ALWAYS.iter().chain(also) {
        responses.entry(*status).or_insert_with(|| json!({}));
    }
    for (status, response) in responses.iter_mut() {
        let code: u16 = status.parse().unwrap_or_default();
        let reason = StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason());
        let Some(response) = response.as_object_mut() else { continue };
        response.insert("description".to_owned(), json!(reason.unwrap_or_default()));
        if code >= 400 {
            let problem = json!({"schema": {"$ref": "#/components/schemas/ProblemView"}});
            response.insert("content".to_owned(), json!({"application/problem+json": problem}));
        }
    }
}

/// Says which members are there: of what is sent, the handlers' types tell; of an answer, all but those left out.
fn complete_schema(name: &str, schema: &mut Value) {
    match name {
        "StepBody" => *schema = step_body(),
        body if body.ends_with("Body") => {}
        _ => {
            always_there(name, schema);
            for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
                always_there(name, part);
            }
        }
    }
}

fn always_there(name: &str, schema: &mut Value) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let there = properties.keys().filter(|member| !LEFT_OUT.contains(&(name, member.as_str())));
    let required: Vec<Value> = there.map(|member| json!(member)).collect();
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("required".to_owned(), json!(required));
    }
}

/// A step with its facts beside it, which the handler's type holds as one.
fn step_body() -> Value {
    let t = Texts::of("en");
    let mut properties = Map::new();
    let steps: Vec<&str> = Step::ALL.iter().map(|step| step.code()).collect();
    properties.insert("step".to_owned(), json!({"type": "string", "enum": steps}));
    for name in RawFacts::FIELDS {
        let kind = match *name {
            "evidence_verified" | "reporter_asked" => json!({"type": "boolean"}),
            "reminders" => json!({"type": "integer", "minimum": 1}),
            "actions" | "investigators" => {
                json!({"type": ["array", "string"], "items": {"type": "string"}})
            }
            "expected_on" | "action_due" => json!({"type": "string", "format": "date"}),
            "lead" | "master" | "addressee_body" => json!({"type": "string", "format": "uuid"}),
            _ => json!({"type": "string"}),
        };
        let mut field = kind;
        if let Some(field) = field.as_object_mut() {
            field.insert("description".to_owned(), json!(t.code("fact", name)));
        }
        properties.insert((*name).to_owned(), field);
    }
    json!({
        "type": "object",
        "description": "A step and the facts that its guard asks for: `GET /cases/{id}` names them for each step.",
        "required": ["step"],
        "properties": properties,
        "additionalProperties": false,
        "example": {"step": "submit", "subject_heard": "given", "evidence_verified": true},
    })
}

/// `GET /api/v1/openapi.json`.
pub async fn document() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(openapi())
}
