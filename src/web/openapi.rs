//! The description of the API (OpenAPI 3.1), made from the handlers.

use actix_web::HttpResponse;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::api::{audit, bundle, cases, form_data, grants, inbox, proposals, reports, sessions};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Senim",
        description = "Takes in anonymous reports of corruption and brings each to somebody fit to look into it.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/api/v1")),
    paths(
        form_data::taxonomy, form_data::channels, form_data::bodies, form_data::form,
        reports::submit,
        inbox::open, inbox::read, inbox::write, inbox::proof,
        sessions::open, sessions::close,
        cases::list, cases::show, cases::step, cases::attestation, cases::recusal, cases::message, cases::note,
        grants::give, grants::take,
        proposals::list, proposals::approve, proposals::refuse,
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
    Description::openapi().to_pretty_json().unwrap_or_default()
}

/// `GET /api/v1/openapi.json`.
pub async fn document() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(openapi())
}
