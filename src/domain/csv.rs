//! Tables as text: CSV (RFC 4180) with a comma or a semicolon between the columns, as spreadsheets here write it, with or
//! without a byte order mark.

use std::borrow::Cow;

use super::mistake::{Fault, Mistake};

/// A row and the line on which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'t> {
    /// The line, counted from 1.
    pub line: usize,
    /// Its columns, without white space around them.
    pub fields: Vec<Cow<'t, str>>,
}

impl Row<'_> {
    /// A column; empty where there is none.
    #[must_use]
    pub fn get(&self, column: usize) -> &str {
        self.fields.get(column).map_or("", AsRef::as_ref)
    }

    /// A column that may be left empty.
    #[must_use]
    pub fn optional(&self, column: usize) -> Option<&str> {
        Some(self.get(column)).filter(|text| !text.is_empty())
    }
}

/// The text of a file's bytes.
///
/// # Errors
/// Every line that is not UTF-8.
pub fn decode(bytes: &[u8]) -> Result<String, Vec<Mistake>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let bad = lines.filter(|(_, line)| std::str::from_utf8(line).is_err());
    Err(bad
        .map(|(at, line)| Mistake::new(at.saturating_add(1), Fault::Encoding, &String::from_utf8_lossy(line)))
        .collect())
}

/// The rows of a text whose first line names these columns. Empty lines do not count.
///
/// # Errors
/// Every line with another number of columns, a character that no text holds, or a quotation mark left open.
pub fn read<'t>(text: &'t str, columns: &[&str]) -> Result<Vec<Row<'t>>, Vec<Mistake>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head = text.lines().next().unwrap_or_default();
    let mut reader = Reader { rest: text, line: 1, separator: if head.contains(';') { ';' } else { ',' } };
    let (mut rows, mut mistakes) = (Vec::new(), Vec::new());
    match reader.next_row() {
        Some(Ok(row)) if named(&row, columns) => {}
        _ => return Err(vec![Mistake::new(1, Fault::Header, &columns.join(","))]),
    }
    while let Some(next) = reader.next_row() {
        match next {
            Ok(row) if row.fields.iter().all(|field| field.is_empty()) => {}
            Ok(row) if row.fields.len() != columns.len() => {
                mistakes.push(Mistake::new(row.line, Fault::Columns, &row.fields.len().to_string()));
            }
            Ok(row) => match row.fields.iter().find(|field| field.chars().any(char::is_control)) {
                Some(field) => mistakes.push(Mistake::new(row.line, Fault::Encoding, field)),
                None => rows.push(row),
            },
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if rows.is_empty() && mistakes.is_empty() {
        mistakes.push(Mistake::new(1, Fault::Empty, ""));
    }
    if mistakes.is_empty() { Ok(rows) } else { Err(mistakes) }
}

fn named(row: &Row<'_>, columns: &[&str]) -> bool {
    row.fields.len() == columns.len()
        && row.fields.iter().zip(columns).all(|(field, column)| field.eq_ignore_ascii_case(column))
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
    separator: char,
}

impl<'t> Reader<'t> {
    fn next_row(&mut self) -> Option<Result<Row<'t>, Mistake>> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        let mut fields = Vec::new();
        loop {
            let field = match self.rest.trim_start_matches([' ', '\t']).strip_prefix('"') {
                Some(inside) => match self.quoted(inside) {
                    Some(field) => field,
                    None => {
                        let mistake = Mistake::new(line, Fault::Quote, self.rest);
                        self.rest = "";
                        return Some(Err(mistake));
                    }
                },
                None => Cow::Borrowed(self.bare()),
            };
            fields.push(field);
            match self.rest.strip_prefix(self.separator) {
                Some(rest) => self.rest = rest,
                None => break,
            }
        }
        let rest = self.rest.strip_prefix('\r').unwrap_or(self.rest);
        self.rest = rest.strip_prefix('\n').unwrap_or(rest);
        self.line = self.line.saturating_add(1);
        Some(Ok(Row { line, fields }))
    }

    /// What stands up to the next separator or the end of the line.
    fn bare(&mut self) -> &'t str {
        let end = self.rest.find([self.separator, '\n']).unwrap_or(self.rest.len());
        let (field, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        field.trim()
    }

    /// What stands between quotation marks; two of them mean one. What follows them up to the separator is nothing.
    fn quoted(&mut self, inside: &'t str) -> Option<Cow<'t, str>> {
        let mut from = 0;
        let end = loop {
            let at = from + inside.get(from..)?.find('"')?;
            if !inside.get(at + 1..)?.starts_with('"') {
                break at;
            }
            from = at + 2;
        };
        let (field, rest) = inside.split_at_checked(end)?;
        self.line = self.line.saturating_add(field.matches('\n').count());
        self.rest = rest.strip_prefix('"')?.trim_start_matches([' ', '\t']);
        let next = self.rest.chars().next();
        if next.is_some_and(|next| next != self.separator && next != '\r' && next != '\n') {
            return None;
        }
        let field = field.trim();
        Some(if field.contains('"') { Cow::Owned(field.replace("\"\"", "\"")) } else { Cow::Borrowed(field) })
    }
}

/// Adds a row to a text, quoted where it must be.
pub fn write_row<'f>(text: &mut String, fields: impl IntoIterator<Item = &'f str>) {
    for (at, field) in fields.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        if field.contains([',', ';', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fields(text: &str) -> Vec<Vec<String>> {
        let rows = read(text, &["a", "b"]).unwrap();
        rows.into_iter().map(|row| row.fields.into_iter().map(Cow::into_owned).collect()).collect()
    }

    #[test]
    fn commas_semicolons_marks_and_line_ends_are_taken() {
        for text in
            ["a,b\n1,x y\n", "\u{feff}a;b\r\n1; x y \r\n", "A,B\n\"1\",\"x y\"", "a,b\n\n,\n1,x y\n\n"]
        {
            assert_eq!(fields(text), [["1", "x y"]], "{text:?}");
        }
        assert_eq!(fields("a;b\n\"x; \"\"y\"\"\";z"), [["x; \"y\"", "z"]]);
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let found = |text| read(text, &["a", "b"]).unwrap_err();
        let told = |text| found(text).iter().map(|one| (one.line, one.fault)).collect::<Vec<_>>();
        assert_eq!(told(""), [(1, Fault::Header)]);
        assert_eq!(told("x,y\n1,2"), [(1, Fault::Header)]);
        assert_eq!(told("a,b\n"), [(1, Fault::Empty)]);
        assert_eq!(
            told("a,b\n1\n1,2\n1,2,3\n4,\"5\n"),
            [(2, Fault::Columns), (4, Fault::Columns), (5, Fault::Quote)]
        );
        assert_eq!(told("a,b\n1,\"2\n3\"\n4"), [(2, Fault::Encoding), (4, Fault::Columns)]);
        assert_eq!(told("a,b\n1,x\0"), [(2, Fault::Encoding)]);
        assert_eq!(told("a,b\n1,\"x\"y"), [(2, Fault::Quote)]);
    }

    #[test]
    fn lines_that_are_not_utf_8_are_told() {
        let told = decode(b"a,b\n\xcf\xf0,1\nok,2\n\xff,3").unwrap_err();
        assert_eq!(told.iter().map(|one| one.line).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(decode(b"\xef\xbb\xbfa").unwrap(), "a");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(rows in prop::collection::vec(["[a-zқ;,\" ]{1,8}", "[a-z]{1,4}"], 1..6)) {
            let mut text = "a,b\n".to_owned();
            for row in &rows {
                write_row(&mut text, row.iter().map(|field| field.trim()));
            }
            let kept: Vec<Vec<String>> = rows.iter()
                .map(|row| row.iter().map(|field| field.trim().to_owned()).collect()).collect();
            prop_assert_eq!(fields(&text), kept);
        }

        #[test]
        fn nothing_makes_it_fail_otherwise_than_by_mistakes(text in any::<String>()) {
            let text = format!("a,b\n{text}");
            let _ = read(&text, &["a", "b"]);
        }
    }
}
