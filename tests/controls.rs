//! The table of controls: it is whole, the tests it names exist, and the README states its figure.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test panics in order to fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use syn::visit::{self, Visit};

/// All controls in their order, so that none is dropped, added or renamed by an edit of the table.
const IDS: &str = "
    OI-9c-1 OI-9c-2 OI-9b-1 EU-9.1a-1 EU-16.1-1 EU-16.1-2 ISO-8.2-1 EU-9.1b-1 KZ-64.3-1 KZ-64.1-1 PROF-1
    EU-9.1f-1 EU-11.2b-1 EU-11.2d-1 KZ-76-1 KZ-65-1 KZ-65-2 KZ-ANON-1 EU-11.6-1 EU-11.3-1 ISO-8.3.1-1
    ISO-8.3.2-1 OI-11a-1 OI-11a-2 OI-11a-3 EU-9.1c-1 EU-9.1c-2 OI-11a-4 OI-10c-1 EU-16.2-1 EU-16.1-3
    EU-18.1-1 EU-17-1 AUD-1 AUD-2 AUD-3 AUD-4 AUD-5 AUD-6 EU-27.2-1 OI-11c-1 PII-378-1 OI-9b-2 EU-19-1
    EU-22-1 KZ-LANG-1 KZ-PD-1 KZ-24.3-1 OI-12b-1 OI-12a-1 EU-18.2-1 EU-12.3-1 EU-13-1 EU-14-1 OI-13a-1
    OI-3b-1 OI-10b-1 OI-7a-1 OI-8c-1 OI-8b-1 OI-11b-1 OI-11b-2 ISO-9.1.2-1 ISO-8.5-1 ISO-8.5-2 ISO-8.1-1
    ISO-8.4.1-1 ISO-37008-1 EU-21-1 EU-20-1 KZ-RWD-1 KZ-EOT-1 KZ-73-1 AUD-7 UA-1 KR-1 KR-2 ISO-8.2-2
    ATT-1 ONION-1 ISO-9.1.2-j ISO-8.5-3 TI-1 OI-5-1 OI-6-1 EU-10-1 QA-1
";

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    control: Vec<Control>,
}

/// One control.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Control {
    id: String,
    title: String,
    /// The source's wording awaits a check by a lawyer.
    #[serde(default)]
    #[expect(dead_code, reason = "for readers of the table")]
    verify: bool,
    tests: Vec<String>,
}

fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn controls() -> Vec<Control> {
    let text = fs::read_to_string(package().join("tests/controls.toml")).unwrap();
    toml::from_str::<Table>(&text).unwrap_or_else(|error| panic!("{error}")).control
}

/// The names of the tests in a piece of source: functions with an attribute `test`, or one whose path ends so
/// (`tokio::test`, `actix_web::test`).
fn tests_in(source: &str) -> BTreeSet<String> {
    struct Tests(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Tests {
        fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
            let is_test = |attribute: &syn::Attribute| {
                attribute.path().segments.last().is_some_and(|segment| segment.ident == "test")
            };
            if item.attrs.iter().any(is_test) {
                self.0.insert(item.sig.ident.to_string());
            }
            visit::visit_item_fn(self, item);
        }
    }
    let mut tests = Tests(BTreeSet::new());
    tests.visit_file(&syn::parse_file(source).unwrap());
    tests.0
}

/// Why `named` (`file::name`) is not a test below `root`.
fn fault(root: &Path, named: &str) -> Option<String> {
    let Some((file, name)) = named.rsplit_once("::") else {
        return Some(format!("`{named}` is not `file::name`"));
    };
    let path = root.join(format!("{file}.rs"));
    let Ok(source) = fs::read_to_string(&path) else {
        return Some(format!("`{named}`: there is no {}", path.display()));
    };
    (!tests_in(&source).contains(name)).then(|| format!("`{named}`: no such test in {}", path.display()))
}

/// The number in `implements N of the 87 controls`.
fn stated(readme: &str) -> Option<usize> {
    let words: Vec<&str> = readme.split_whitespace().map(|word| word.trim_matches(['*', '_', '`'])).collect();
    words.windows(6).find_map(|window| match window {
        [verb, number, "of", "the", "87", last]
            if verb.eq_ignore_ascii_case("implements") && last.starts_with("controls") =>
        {
            number.parse().ok()
        }
        _ => None,
    })
}

#[test]
fn the_table_holds_the_87_controls_in_order() {
    let wanted: Vec<&str> = IDS.split_whitespace().collect();
    assert_eq!(wanted.len(), 87);
    let controls = controls();
    let ids: Vec<&str> = controls.iter().map(|control| control.id.as_str()).collect();
    assert_eq!(ids, wanted);
    assert!(controls.iter().all(|control| !control.title.is_empty()));
}

#[test]
fn every_named_test_exists() {
    let root = package().join("tests");
    let named = controls().into_iter().flat_map(|control| control.tests);
    let faults: Vec<String> = named.filter_map(|named| fault(&root, &named)).collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_readme_states_how_many_are_implemented() {
    let readme = fs::read_to_string(package().join("README.md")).expect("there is a README.md");
    let done = controls().iter().filter(|control| !control.tests.is_empty()).count();
    assert_eq!(stated(&readme), Some(done), "the README must say: implements {done} of the 87 controls");
}

#[test]
fn a_wrong_name_or_figure_is_caught() {
    let root = package().join("tests");
    assert_eq!(fault(&root, "controls::every_named_test_exists"), None);
    for bad in ["controls::no_such_test", "controls::fault", "nowhere::x", "every_named_test_exists"] {
        assert!(fault(&root, bad).is_some(), "{bad}");
    }
    let tests = tests_in("#[tokio::test] async fn a() {} mod m { #[test] fn b() {} } #[cfg(test)] fn c() {}");
    assert_eq!(tests.into_iter().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(stated("Senim **implements 12 of the 87 controls**: see"), Some(12));
    assert_eq!(stated("implements twelve of the 87 controls"), None);
}
