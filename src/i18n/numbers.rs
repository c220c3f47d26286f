//! Whole numbers with their thousands set apart as the language does it.

use fluent_bundle::FluentValue;

/// No-break space: a number must not be torn at the end of a line.
const SPACE: char = '\u{a0}';

/// Formatter of a bundle: `2,140`.
pub(super) fn with_commas<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    grouped(value, ',', 4)
}

/// Formatter of a bundle: `12 140`, but `2140`: Russian and Kazakh leave four digits together (GOST 7.32).
pub(super) fn with_spaces<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    grouped(value, SPACE, 5)
}

/// `None` leaves anything but a whole number of at least `from` digits to the bundle.
fn grouped(value: &FluentValue<'_>, mark: char, from: usize) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let digits = number.value.abs().to_string();
    if digits.contains('.') || digits.len() < from {
        return None;
    }
    let mut text = String::new();
    if number.value.is_sign_negative() {
        text.push('\u{2212}');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    Some(text)
}
