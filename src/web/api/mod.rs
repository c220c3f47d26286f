//! The JSON API under `/api/v1`, one file per noun. Handlers only translate: parse, call one use case, show.

pub mod audit;
pub mod bundle;
pub mod case_view;
pub mod cases;
pub mod closing;
pub mod entry_filter;
pub mod form_data;
pub mod grants;
pub mod inbox;
pub mod oversight;
pub mod proposals;
pub mod referrals;
pub mod reports;
pub mod retaliation;
pub mod sessions;
pub mod subjects;
pub mod tasks;

use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// What a handler answers.
pub type Answer = Result<HttpResponse, Problem>;

/// An id of the path; whatever is no id is nothing here.
pub(in crate::web) fn path_id<T: From<uuid::Uuid>>(request: &HttpRequest) -> Result<T, Problem> {
    let text = request.match_info().get("id").unwrap_or_default();
    text.parse::<uuid::Uuid>().map(T::from).map_err(|_cause| Problem::not_found())
}

/// The query string as its parameters. NUL is refused: the database has no text with it.
pub(in crate::web) fn query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Problem> {
    let mut pairs = form_urlencoded::parse(request.query_string().as_bytes());
    if pairs.any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return Err(Problem::malformed("The query string contains a character that is not taken (NUL)."));
    }
    actix_web::web::Query::<T>::from_query(request.query_string())
        .map(actix_web::web::Query::into_inner)
        .map_err(|_cause| Problem::malformed("The query string is not what is expected here."))
}
