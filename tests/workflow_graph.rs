//! `senim workflow graph`: the table as text and as a picture, whole and current.

#![expect(clippy::unwrap_used, reason = "a test panics in order to fail")]

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use senim::domain::case::{
    status::Status,
    transition::{TRANSITIONS, To},
};

fn graph(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_senim"));
    let done =
        command.args(["workflow", "graph"]).args(arguments).env_remove("DATABASE_URL").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// The picture that the README shows.
fn shown() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens/workflow.svg")
}

fn words(code: &str) -> String {
    code.replace('_', " ")
}

#[test]
fn the_text_is_reviewed() {
    insta::assert_snapshot!(graph(&[]));
}

#[test]
fn every_row_of_the_table_is_in_the_text() {
    let text = graph(&["--format", "mermaid"]);
    for row in TRANSITIONS {
        for to in row.to.possible(row.from) {
            let start = format!("    {} --> {to} : {} (", row.from, words(row.step.code()));
            let line =
                text.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("{start}"));
            for doer in row.by {
                assert!(line.contains(&words(doer.code())), "{line}");
            }
            let marked = line.contains("four eyes") || line.contains("two approve");
            assert_eq!(marked, row.four_eyes, "{line}");
        }
    }
}

#[test]
fn every_row_of_the_table_is_in_the_picture() {
    let picture = graph(&["--format", "svg"]);
    for status in Status::ALL {
        assert!(picture.contains(&format!("<g id=\"state-{status}\">")), "{status}");
    }
    for row in TRANSITIONS {
        let start = format!("<g id=\"step-{}-{}\">", row.from, row.step);
        let (_, rest) = picture.split_once(&start).unwrap_or_else(|| panic!("{start}"));
        let drawn = rest.split_once("</g>").unwrap().0;
        assert!(drawn.contains(&format!(">{}<", words(row.step.code()))), "{drawn}");
        let doers: Vec<_> = row.by.iter().map(|doer| words(doer.code())).collect();
        assert!(drawn.contains(&format!(">{}<", doers.join(", "))), "{drawn}");
        assert_eq!(drawn.contains("class=\"eyes\""), row.four_eyes, "{drawn}");
        if let To::Fixed(to) = row.to {
            assert!(drawn.contains(&format!("→ {}<", words(to.code()))), "{drawn}");
        }
    }
    let rows = picture.matches("<g id=\"step-").count();
    assert_eq!(rows, TRANSITIONS.len(), "and nothing else is");
}

/// By a parser that others wrote.
#[test]
fn the_picture_is_well_formed_and_says_what_it_is() {
    let program = "import sys, xml.etree.ElementTree as tree\n\
                   root = tree.fromstring(sys.stdin.read())\n\
                   names = {part.tag.split('}')[1]: (part.get('id'), bool(part.text.strip())) for part in root[:2]}\n\
                   print(root.tag, root.get('role'), root.get('aria-labelledby'), names['title'], names['desc'])";
    let mut command = Command::new("python3");
    let piped = command.args(["-c", program]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = piped.spawn().unwrap();
    python.stdin.take().unwrap().write_all(graph(&["--format", "svg"]).as_bytes()).unwrap();
    let done = python.wait_with_output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    let wanted = "{http://www.w3.org/2000/svg}svg img title desc ('title', True) ('desc', True)";
    assert_eq!((done.status.code(), said.trim()), (Some(0), wanted));
}

#[test]
fn the_picture_of_the_readme_is_current() {
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("workflow-{}.svg", std::process::id()));
    graph(&["--format", "svg", "--out", made.to_str().unwrap()]);
    let (made, shown) = (fs::read_to_string(&made).unwrap(), fs::read_to_string(shown()).unwrap());
    assert!(made == shown, "run: senim workflow graph --format svg --out tests/screens/workflow.svg");
}
