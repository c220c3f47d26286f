//! How far long work has come, on a terminal.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of entries, of a number that is not known before; none where nobody looks.
pub(super) fn entries(silent: bool) -> ProgressBar {
    shown(silent, ProgressBar::no_length, "{spinner} {human_pos} entries, {per_sec}")
}

/// A bar of bytes.
pub(super) fn bytes(length: u64, silent: bool) -> ProgressBar {
    shown(
        silent,
        || ProgressBar::new(length),
        "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
    )
}

fn shown(silent: bool, bar: impl FnOnce() -> ProgressBar, template: &str) -> ProgressBar {
    if silent || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template);
    bar().with_style(style.unwrap_or_else(|_bad| ProgressStyle::default_spinner()))
}
