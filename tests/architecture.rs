//! The architecture, checked on the parsed source: who may import whom, how large things may be, what is banned.
//!
//! Every rule is a function from a source file to complaints, and has a test that a bad sample is caught. To add a
//! module, give it a row in [`TABLE`]; to add a rule, give it a test on the code and one on a sample.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test panics in order to fail")]

#[path = "architecture/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};

use source::{Source, all_sources, calls_macro, functions, has_attribute, names};

/// Module, rank, what it may import. `*` is everything; `a::b` is only that part of `a`. A module of a rank imports
/// lower ranks only, so there can be no cycle between modules.
const TABLE: &[(&str, u8, &[&str])] = &[
    ("domain", 0, &[]),
    ("crypto", 0, &[]),
    ("durable", 0, &[]),
    ("i18n", 0, &[]),
    ("telemetry", 0, &[]),
    ("config", 1, &["crypto::secret"]),
    ("policy", 1, &["domain"]),
    ("audit", 1, &["domain", "crypto"]),
    ("storage", 2, &["domain", "crypto", "policy", "audit", "config"]),
    ("objects", 2, &["domain", "crypto", "config"]),
    ("sandbox", 2, &["domain", "crypto", "config"]),
    ("cluster", 2, &["domain", "crypto", "config"]),
    ("mail", 2, &["domain", "i18n", "config"]),
    ("usecases", 3, &["domain", "crypto", "policy", "audit", "storage", "objects", "sandbox", "config"]),
    ("signer", 3, &["domain", "crypto", "durable", "audit", "config"]),
    ("witness", 3, &["domain", "crypto", "durable", "audit", "config"]),
    (
        "jobs",
        4,
        &["usecases", "signer", "witness", "storage", "audit", "durable", "mail", "domain", "i18n", "config"],
    ),
    ("web", 4, &["usecases", "domain", "policy", "i18n", "config", "crypto::secret", "crypto::jwt"]),
    ("cli", 5, &["*"]),
];

/// Lines a file may have, and the constant tables that may have more.
const FILE_LINES: usize = 400;
const LONG_TABLES: &[&str] =
    &["src/storage/schema.rs", "src/web/endpoints.rs", "src/domain/case/transition.rs", "src/audit/act.rs"];

/// Lines a function may have, from its `fn` to its last brace, and its arguments, `self` among them.
const FUNCTION_LINES: usize = 60;
const FUNCTION_ARGUMENTS: usize = 5;

/// Names that do not tell what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "manager", "managers", "core"];

/// Calls that bring in ambient time or randomness, and the files that may make them.
const BANNED_CALLS: &[(&str, &[&str])] = &[
    ("Uuid::new_v4", &["src/crypto/random.rs"]),
    ("Uuid::now_v7", &[]),
    ("SystemTime::now", &["src/domain/clock.rs"]),
    ("Timestamp::now", &["src/domain/clock.rs"]),
    ("Zoned::now", &["src/domain/clock.rs"]),
    // A benchmark measures time; nothing else may depend on it.
    ("Instant::now", &["src/domain/clock.rs", "src/cli/bench"]),
    ("rand::rng", &["src/crypto/random.rs"]),
    ("rand::random", &["src/crypto/random.rs"]),
    ("rand::thread_rng", &[]),
];

/// Crates that know the database.
const DATABASE_CRATES: &[&str] = &["diesel", "diesel_async", "diesel_migrations", "jiff_diesel"];

fn row(module: &str) -> Option<&'static (&'static str, u8, &'static [&'static str])> {
    TABLE.iter().find(|(name, ..)| *name == module)
}

/// What a file uses of other modules of ours: the path after `crate`, and its line.
fn foreign(source: &Source) -> Vec<(Vec<String>, usize)> {
    let ours = source.references().into_iter().filter_map(|(path, line)| {
        let rest = path.strip_prefix(&["crate".to_owned()])?.to_vec();
        (rest.first()? != source.module()? && row(rest.first()?).is_some()).then_some((rest, line))
    });
    ours.collect()
}

fn imports(source: &Source) -> Vec<String> {
    let Some(module) = source.module() else { return Vec::new() };
    let Some((_, rank, allowed)) = row(module) else {
        return vec![format!("module `{module}` has no row in the table of ranks")];
    };
    let mut complaints = Vec::new();
    for (path, line) in foreign(source) {
        let listed = allowed.iter().any(|prefix| {
            *prefix == "*"
                || path.iter().map(String::as_str).take(prefix.split("::").count()).eq(prefix.split("::"))
        });
        let lower = path.first().and_then(|module| row(module)).is_some_and(|(_, other, _)| other < rank);
        if !listed || !lower {
            complaints.push(format!("line {line}: `{module}` may not import `{}`", path.join("::")));
        }
    }
    complaints
}

fn database(source: &Source) -> Vec<String> {
    if source.module().is_none_or(|module| module == "storage") {
        return Vec::new();
    }
    let uses = source
        .references()
        .into_iter()
        .filter(|(path, _)| path.first().is_some_and(|name| DATABASE_CRATES.contains(&name.as_str())));
    uses.map(|(path, line)| format!("line {line}: only storage knows `{}`", path.join("::"))).collect()
}

fn ambient(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, line) in source.references() {
        let tail: Vec<&str> = path.iter().rev().take(2).rev().map(String::as_str).collect();
        let call = tail.join("::");
        let banned = BANNED_CALLS.iter().find(|(name, _)| *name == call);
        if banned.is_some_and(|(_, places)| !places.iter().any(|place| source.path.starts_with(place))) {
            complaints.push(format!("line {line}: `{call}` is banned: time and randomness are arguments"));
        }
    }
    complaints
}

fn file_length(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    if lines <= FILE_LINES || LONG_TABLES.contains(&source.path.as_str()) {
        return Vec::new();
    }
    vec![format!("{lines} lines, {FILE_LINES} are allowed")]
}

fn function_size(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    for function in functions(source) {
        if function.lines > FUNCTION_LINES {
            complaints.push(format!(
                "`{}` has {} lines, {FUNCTION_LINES} are allowed",
                function.name, function.lines
            ));
        }
        if function.arguments > FUNCTION_ARGUMENTS {
            let count = function.arguments;
            complaints
                .push(format!("`{}` has {count} arguments, {FUNCTION_ARGUMENTS} are allowed", function.name));
        }
    }
    complaints
}

fn empty_names(source: &Source) -> Vec<String> {
    let bad = names(source)
        .into_iter()
        .filter(|(words, _)| words.iter().any(|word| EMPTY_NAMES.contains(&word.as_str())));
    bad.map(|(_, name)| format!("`{name}` does not tell what it holds")).collect()
}

fn unfinished(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    if has_attribute(source, "ignore") {
        complaints.push("a test is ignored: repair it or remove it".to_owned());
    }
    for name in ["todo", "unimplemented"] {
        if calls_macro(source, name) {
            complaints.push(format!("`{name}!` is left"));
        }
    }
    complaints
}

/// Modules that reach themselves through others, by what the code really imports.
fn cycles(sources: &[Source]) -> Vec<String> {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources {
        let Some(module) = source.module() else { continue };
        let to = foreign(source).into_iter().filter_map(|(path, _)| path.first().cloned());
        edges.entry(module.to_owned()).or_default().extend(to);
    }
    let reaches = |start: &String| {
        let mut seen = BTreeSet::new();
        let mut open = vec![start.clone()];
        while let Some(module) = open.pop() {
            for next in edges.get(&module).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        seen.contains(start)
    };
    edges.keys().filter(|module| reaches(module)).map(|module| format!("`{module}` imports itself")).collect()
}

/// Applies `rule` to every file below `roots`.
fn check(roots: &[&str], rule: fn(&Source) -> Vec<String>) {
    let mut complaints = Vec::new();
    for source in all_sources(roots) {
        complaints.extend(rule(&source).into_iter().map(|words| format!("{}: {words}", source.path)));
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn imports_go_downward_by_the_table() {
    check(&["src"], imports);
}

#[test]
fn the_table_itself_goes_downward() {
    for (module, rank, allowed) in TABLE {
        for other in allowed.iter().filter(|other| **other != "*") {
            let name = other.split("::").next().unwrap();
            let (_, below, _) = row(name).unwrap_or_else(|| panic!("`{name}` has no row"));
            assert!(below < rank, "`{module}` may not be allowed `{name}`");
        }
    }
}

#[test]
fn no_module_imports_itself_through_others() {
    assert_eq!(cycles(&all_sources(&["src"])), Vec::<String>::new());
}

#[test]
fn only_storage_knows_the_database() {
    check(&["src"], database);
}

#[test]
fn time_and_randomness_are_arguments() {
    check(&["src"], ambient);
}

#[test]
fn files_are_short() {
    check(&["src", "tests"], file_length);
}

#[test]
fn functions_are_short() {
    check(&["src", "tests"], function_size);
}

#[test]
fn names_tell_what_they_hold() {
    check(&["src", "tests"], empty_names);
}

#[test]
fn nothing_is_left_unfinished() {
    check(&["src", "tests"], unfinished);
}

/// Asserts that `rule` complains about `code` at `path`, and how often.
fn caught(rule: fn(&Source) -> Vec<String>, path: &str, code: &str, times: usize) {
    let complaints = rule(&Source::parse(path, code));
    assert_eq!(complaints.len(), times, "{path}: {code}\n{complaints:?}");
}

#[test]
fn a_wrong_import_is_caught_wherever_it_hides() {
    for code in [
        "use crate::storage::Store;",
        "use crate::{domain::ids, storage};",
        "use crate::storage as s;",
        "use super::super::storage::x;",
        "fn f() { crate::storage::x(); }",
        "fn f() { use crate::storage::x; }",
        "fn f() -> crate::storage::X { g() }",
        "fn f() { assert_eq!(1, crate::storage::x()); }",
        "#[serde(with = \"a\", other = crate::storage::x)] struct S;",
        "mod inner { use super::super::super::storage::x; }",
        "pub use crate::storage::*;",
    ] {
        caught(imports, "src/policy/access.rs", code, 1);
    }
    caught(imports, "src/policy/access.rs", "use crate::domain::ids; use super::rules; use self::x;", 0);
    caught(imports, "src/policy/mod.rs", "use super::storage::x;", 1);
    caught(imports, "src/policy/access.rs", "#[cfg(test)] mod tests { use crate::storage::x; }", 0);
    caught(imports, "src/web/caller.rs", "use crate::crypto::secret::Secret;", 0);
    caught(imports, "src/web/caller.rs", "use crate::crypto::epoch::Epoch;", 1);
    caught(imports, "src/web/caller.rs", "use crate::crypto;", 1);
    caught(imports, "src/cli/serve.rs", "use crate::{web, crypto::epoch};", 0);
    caught(imports, "src/newcomer/mod.rs", "", 1);
}

#[test]
fn a_cycle_is_caught() {
    let sources = [
        Source::parse("src/policy/a.rs", "use crate::audit::x;"),
        Source::parse("src/audit/b.rs", "fn f() { crate::storage::x() }"),
        Source::parse("src/storage/c.rs", "use crate::policy::x;"),
        Source::parse("src/web/d.rs", "use crate::policy::x;"),
    ];
    assert_eq!(cycles(&sources).len(), 3);
    assert_eq!(cycles(&sources[1..]).len(), 0);
}

#[test]
fn the_database_outside_storage_is_caught() {
    caught(database, "src/usecases/open.rs", "use diesel::prelude::*;", 1);
    caught(database, "src/usecases/open.rs", "fn f() { diesel_async::x() }", 1);
    caught(database, "src/storage/open.rs", "use diesel::prelude::*;", 0);
}

#[test]
fn ambient_time_and_randomness_are_caught() {
    caught(ambient, "src/usecases/open.rs", "fn f() { let t = std::time::Instant::now(); }", 1);
    caught(ambient, "src/usecases/open.rs", "fn f() { g(Uuid::new_v4()); rand::rng(); }", 2);
    caught(ambient, "src/usecases/open.rs", "use rand::rng;", 1);
    caught(ambient, "src/usecases/open.rs", "fn f() { format!(\"{}\", SystemTime::now()); }", 1);
    caught(ambient, "src/domain/clock.rs", "fn f() { jiff::Timestamp::now(); }", 0);
}

#[test]
fn a_long_file_is_caught() {
    caught(file_length, "src/a/b.rs", &"\n".repeat(FILE_LINES), 0);
    caught(file_length, "src/a/b.rs", &"\n".repeat(FILE_LINES + 1), 1);
    caught(file_length, LONG_TABLES[0], &"\n".repeat(FILE_LINES + 1), 0);
}

#[test]
fn a_large_function_is_caught() {
    let long = |lines: usize| format!("fn f() {{{}}}", "\n".repeat(lines - 1));
    caught(function_size, "src/a/b.rs", &long(FUNCTION_LINES), 0);
    caught(function_size, "src/a/b.rs", &long(FUNCTION_LINES + 1), 1);
    caught(function_size, "src/a/b.rs", &format!("impl A {{ {} }}", long(FUNCTION_LINES + 1)), 1);
    caught(function_size, "src/a/b.rs", &format!("trait A {{ {} }}", long(FUNCTION_LINES + 1)), 1);
    caught(function_size, "src/a/b.rs", "fn f(a: A, b: A, c: A, d: A, e: A) {}", 0);
    caught(function_size, "src/a/b.rs", "trait T { fn f(&self, b: A, c: A, d: A, e: A, f: A); }", 1);
}

#[test]
fn an_empty_name_is_caught() {
    caught(empty_names, "src/web/utils.rs", "", 1);
    caught(empty_names, "src/core/mod.rs", "", 1);
    caught(empty_names, "src/web/date_helpers.rs", "", 1);
    caught(empty_names, "src/web/a.rs", "struct CaseManager; mod common {} enum A { Core }", 2);
    caught(empty_names, "src/web/score.rs", "struct Commons;", 0);
}

#[test]
fn unfinished_work_is_caught() {
    caught(unfinished, "src/a/b.rs", "#[test] #[ignore] fn f() {}", 1);
    caught(unfinished, "src/a/b.rs", "#[test] #[ignore = \"slow\"] fn f() { todo!() }", 2);
    caught(unfinished, "src/a/b.rs", "mod m { impl A { fn f() { g(vec![unimplemented!()]) } } }", 1);
}
