//! The table of attacks on the record: all 26 are in it, and the tests that it names exist.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The rows: the number, and what stands in the last column.
fn rows(text: &str) -> Vec<(u32, String)> {
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
        Some((cells.next()?.parse().ok()?, cells.nth(1)?.to_owned()))
    };
    text.lines().filter_map(row).collect()
}

/// The names between backticks.
fn named(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Whether a file of the tests has a test of this name: a function right below its attribute.
fn exists(root: &Path, name: &str) -> bool {
    let Some((file, function)) = name.rsplit_once("::") else { return false };
    let Ok(source) = fs::read_to_string(root.join(format!("{file}.rs"))) else { return false };
    let mut above = "";
    source.lines().any(|line| {
        let found = above == "#[test]" && line.starts_with(&format!("fn {function}("));
        above = line.trim();
        found
    })
}

#[test]
fn every_attack_stands_in_the_table_with_tests_that_exist() {
    let rows = rows(&fs::read_to_string(folder().join("attacks.md")).unwrap());
    assert_eq!(rows.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (1..=26).collect::<Vec<_>>());
    for (number, cell) in &rows {
        assert!(!named(cell).is_empty(), "attack {number} is held by nothing");
        for name in named(cell) {
            assert!(exists(&folder(), name), "attack {number} names {name}");
        }
    }
}

#[test]
fn a_wrong_name_is_caught() {
    assert!(exists(&folder(), "attacks::a_wrong_name_is_caught"));
    for wrong in ["attacks::no_such_test", "attacks::folder", "nowhere::a", "a_wrong_name_is_caught"] {
        assert!(!exists(&folder(), wrong), "{wrong}");
    }
    assert_eq!(rows("| 7 | a | `x::y` `z` |\n| --- |"), [(7, "`x::y` `z`".to_owned())]);
}
