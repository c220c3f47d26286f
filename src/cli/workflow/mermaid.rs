//! The table for Mermaid: a state diagram, one arrow a row and destination.

use super::{doers, eyes, words};
use crate::domain::case::{
    status::Status,
    transition::{ARRIVAL, TRANSITIONS},
};

/// The text.
pub(super) fn draw() -> String {
    let mut lines = vec!["stateDiagram-v2".to_owned(), format!("    [*] --> {ARRIVAL} : a report arrives")];
    for status in Status::ALL {
        lines.push(format!("    {status} : {}", words(status.code())));
    }
    for row in TRANSITIONS {
        let marked = eyes(row).map(|eyes| format!(", {eyes}")).unwrap_or_default();
        for to in row.to.possible(row.from) {
            let step = words(row.step.code());
            lines.push(format!("    {} --> {to} : {step} ({}{marked})", row.from, doers(row)));
        }
    }
    lines.push(format!("    {} --> [*]", Status::Disposed));
    lines.join("\n") + "\n"
}
