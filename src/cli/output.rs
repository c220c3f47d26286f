//! What commands print.

use std::{
    fmt::{Display, Write as _},
    io::{self, Write as _},
};

/// Prints a line. Where nobody reads any more, nothing is left to be done about it.
pub(super) fn say(line: impl Display) {
    let _ = writeln!(io::stdout().lock(), "{}", shown(&line.to_string()));
}

/// Prints why a command failed.
pub(super) fn complain(why: impl Display) {
    let _ = writeln!(io::stderr().lock(), "senim: {}", shown(&why.to_string()));
}

/// A text as a terminal may have it. What is told of a file may quote it, and whoever made the file may have put characters
/// into it that rub out or turn round what stands beside them.
fn shown(text: &str) -> String {
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let moves = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    text.chars().map(|c| if moves(c) || turns(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// A text that must not begin a line of its own.
pub(super) fn one_line(text: &str) -> String {
    shown(text).replace(['\n', '\t'], "\u{fffd}")
}

/// Rows in columns, each as wide as it needs; the first row is the head.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            // A string takes what is written to it.
            let _ = write!(line, "  {cell:<width$}");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "b", "c"], ["қысқа", "", "x"], ["1", "22", ""]]
            .map(|row| row.map(ToOwned::to_owned).to_vec());
        assert_eq!(table(&rows), "  a      b   c\n  қысқа      x\n  1      22\n");
    }
}
