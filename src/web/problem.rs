//! Refusals: every error of a use case becomes one answer with a stable code. Under `/api` an RFC 9457 document; the
//! pages draw the same refusal in words (`site::refusal`). Internal errors are logged here, once, and stay opaque.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{field_error::FieldError, mistake::Mistake},
    usecases::{Error, error::refusal_number},
};

/// Seconds after which trying again makes sense when the server is overloaded.
const RETRY_AFTER: u32 = 5;

/// A refusal.
#[derive(Debug)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable code.
    pub code: &'static str,
    /// What happened and what to do, in English; pages have their own words by the code.
    pub detail: String,
    /// What is wrong with which field.
    pub errors: Vec<FieldError>,
    /// What is wrong with which line of a file.
    pub mistakes: Box<[Mistake]>,
    /// The steps that would be legal, where a step was not.
    pub legal: Vec<&'static str>,
    /// Seconds until trying again makes sense.
    pub retry_after: Option<u32>,
    /// Random number of the refusal; the one in the log where something failed.
    pub id: u32,
}

/// A refusal as it is sent (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct ProblemView<'a> {
    /// `urn:senim:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short title of the status.
    pub title: &'a str,
    /// HTTP status.
    pub status: u16,
    /// Stable code.
    pub code: &'a str,
    /// What happened and what to do.
    pub detail: &'a str,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub errors: Vec<FieldView<'a>>,
    /// What is wrong with which line of a file.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub mistakes: Vec<MistakeView<'a>>,
    /// The steps that would be legal now.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub legal: &'a [&'static str],
}

/// What is wrong with a line.
#[derive(Serialize, ToSchema)]
pub struct MistakeView<'a> {
    /// The line, counted from 1.
    pub line: usize,
    /// Stable code.
    pub code: &'static str,
    /// What stands there, shortened.
    pub text: &'a str,
}

/// What is wrong with a field.
#[derive(Serialize, ToSchema)]
pub struct FieldView<'a> {
    /// Its name.
    pub field: &'a str,
    /// Stable code.
    pub code: &'a str,
    /// The limit, where one was passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

impl Problem {
    /// A refusal with a status, a code and its sentence.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let id = refusal_number();
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            mistakes: Box::default(),
            legal: Vec::new(),
            retry_after: None,
            id,
        }
    }

    /// Fields that cannot be taken as they are.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = "Some fields cannot be taken as they are; see errors.";
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail) }
    }

    fn forbidden() -> Self {
        let detail = "Your role or your part in this does not allow it.";
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// A file with mistakes.
    fn mistaken(mistakes: Vec<Mistake>) -> Self {
        let detail = "The file was not taken; see mistakes for what is wrong with which line.";
        Self { mistakes: mistakes.into(), ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "mistakes", detail) }
    }

    /// The body is not what it should be: broken JSON, unknown member, wrong type.
    #[must_use]
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "malformed", detail)
    }

    /// Larger than this server takes.
    #[must_use]
    pub fn too_large(max: usize) -> Self {
        let detail = format!("The request is larger than {max} bytes, which is the most this server takes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// Slower than this server waits.
    #[must_use]
    pub fn too_slow() -> Self {
        let detail = "The request came too slowly. Nothing was stored; please send it again.";
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", detail)
    }

    /// Too much at once.
    #[must_use]
    pub fn busy() -> Self {
        let detail =
            "Too many requests are being handled. Nothing was stored; please send it again in a few seconds.";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail);
        Self { retry_after: Some(RETRY_AFTER), ..problem }
    }

    /// Nothing here, or nothing that the caller may know of.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
    }

    /// The address is right, the method is not.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        let detail = "This address does not take this method; see the Allow header.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
    }

    /// Not signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Please sign in; the session may have ended.")
    }

    /// The form's token does not belong to this session: it was open too long, or sent from elsewhere.
    #[must_use]
    pub fn expired() -> Self {
        Self::new(StatusCode::FORBIDDEN, "expired", "The page was open too long. Please open it again.")
    }

    fn internal(error: &Error) -> Self {
        let detail = "The server could not do this. Nothing was changed. The operator has been told.";
        let problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail);
        tracing::error!(%error, id = problem.id, "a request failed");
        problem
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let conflict = |code, detail: &str| Self::new(StatusCode::CONFLICT, code, detail);
        match error {
            Error::NotFound => Self::not_found(),
            Error::Forbidden => Self::forbidden(),
            Error::KeysAwaited => Self::new(
                StatusCode::FORBIDDEN,
                "keys_awaited",
                "You have new keys. A colleague who holds this case has to give it to you again.",
            ),
            Error::Unauthenticated => Self::unauthenticated(),
            Error::SignInFailed => {
                Self::new(StatusCode::UNAUTHORIZED, "sign_in_failed", "Name, password or code is not right.")
            }
            Error::ReceiptUnknown => {
                Self::new(StatusCode::UNAUTHORIZED, "receipt_unknown", "This receipt opens nothing.")
            }
            Error::ReceiptMistyped => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "receipt_mistyped",
                "The receipt has a typing mistake: its last symbol does not fit the others.",
            ),
            Error::Invalid(errors) => Self::invalid(errors),
            Error::Mistakes(mistakes) => Self::mistaken(mistakes),
            Error::IllegalStep { legal } => Self {
                legal: legal.iter().map(|step| step.code()).collect(),
                ..conflict(
                    "illegal_step",
                    "The case's state does not allow this step; see legal for those it does.",
                )
            },
            Error::ProposalWaiting => conflict("proposal_waiting", "A proposal of this case waits."),
            Error::ProposalStale => conflict(
                "proposal_stale",
                "The proposal was answered, or the case or its keys changed meanwhile.",
            ),
            Error::NobodyToApprove => conflict("nobody_to_approve", "No reviewer of this desk is free."),
            Error::TooFewAdministrators => {
                conflict("too_few_administrators", "Two administrators must remain.")
            }
            Error::Conflict => conflict("conflict", "Somebody else was first. Please look again."),
            Error::Busy => Self::busy(),
            Error::TooManyAttempts { retry_after } => Self {
                retry_after: Some(retry_after),
                ..Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too_many_attempts",
                    "Too many attempts failed for this name. Please wait before the next one.",
                )
            },
            Error::NotReady(why) => {
                tracing::error!(why, "the instance is not ready");
                Self::busy()
            }
            other @ (Error::Sealed(_) | Error::BrokenTree(_) | Error::Storage(_)) => Self::internal(&other),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status.as_u16(), self.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let view = ProblemView {
            kind: format!("urn:senim:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code,
            detail: &self.detail,
            errors: self
                .errors
                .iter()
                .map(|error| FieldView { field: error.field, code: error.code, max: error.max })
                .collect(),
            mistakes: self
                .mistakes
                .iter()
                .map(|one| MistakeView { line: one.line, code: one.fault.code(), text: &one.text })
                .collect(),
            legal: &self.legal,
        };
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        response.body(serde_json::to_string(&view).unwrap_or_default())
    }
}
