//! What is wrong with one field of a form or a JSON body.

use super::text::TextError;

/// One field that cannot be accepted as it is; pages and `problem+json` name it by these stable codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct FieldError {
    /// The field's name as it is sent.
    pub field: &'static str,
    /// What is wrong: one of the constants of [`FieldError`].
    pub code: &'static str,
    /// The limit that was passed, where the code is [`FieldError::TOO_LONG`]: in characters, or entries of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

impl FieldError {
    /// The field is needed and was not given.
    pub const REQUIRED: &'static str = "required";
    /// The value is longer than allowed; `max` tells the limit.
    pub const TOO_LONG: &'static str = "too_long";
    /// The value contains characters that are not allowed.
    pub const FORBIDDEN: &'static str = "forbidden_characters";
    /// The value is not one of the codes, not an id or not a date.
    pub const UNKNOWN: &'static str = "unknown_value";
    /// The value is known, but this step cannot be taken with it.
    pub const NOT_ALLOWED: &'static str = "not_allowed_here";
    /// Somebody else has it already.
    pub const TAKEN: &'static str = "taken";
    /// It is what is there already.
    pub const UNCHANGED: &'static str = "unchanged";
    /// The form stood open too long.
    pub const EXPIRED: &'static str = "expired";
    /// The value is shorter than allowed.
    pub const TOO_SHORT: &'static str = "too_short";
    /// A password that is guessed at once.
    pub const TOO_SIMPLE: &'static str = "too_simple";
    /// The risk to the reporter must be assessed first.
    pub const ASSESS_FIRST: &'static str = "assess_first";
    /// With these ticks nobody may look at the report.
    pub const NOBODY_LEFT: &'static str = "nobody_left";
    /// What must be over first is not.
    pub const UNFINISHED: &'static str = "unfinished";
    /// Two fields that should be the same are not.
    pub const NOT_THE_SAME: &'static str = "not_the_same";

    /// An error of a field.
    #[must_use]
    pub const fn new(field: &'static str, code: &'static str) -> Self {
        Self { field, code, max: None }
    }

    /// What a text type found wrong, as an error of a field.
    #[must_use]
    pub fn from_text(field: &'static str, error: &TextError) -> Self {
        match *error {
            TextError::Empty => Self::new(field, Self::REQUIRED),
            TextError::Forbidden => Self::new(field, Self::FORBIDDEN),
            TextError::TooLong { max, .. } => {
                Self { field, code: Self::TOO_LONG, max: Some(u64::try_from(max).unwrap_or(u64::MAX)) }
            }
        }
    }
}
