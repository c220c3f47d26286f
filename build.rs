//! Reads the Fluent catalogues in `templates/locales`, refuses to build when a key or a variable is missing in any
//! language, and writes one typed method for each key, so that a template cannot ask for words that do not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Message, Pattern, PatternElement, VariantKey,
};

/// The first language is the one whose words become the documentation of the methods.
const LANGUAGES: [&str; 3] = ["en", "ru", "kk"];
/// One file for each area, the same in every language.
const AREAS: [&str; 13] = [
    "frame", "public", "report", "inbox", "proof", "desk", "audit", "log", "admin", "mail", "codes",
    "config", "errors",
];

/// Variables of one message; true where it is used as a number.
type Variables = BTreeMap<String, bool>;

/// What one language says under one key.
struct Words {
    area: &'static str,
    text: String,
    variables: Variables,
}

type Catalogue = BTreeMap<String, Words>;

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut faults = Vec::new();
    let mut catalogues = Vec::new();
    for language in LANGUAGES {
        catalogues.push((language, read_language(&root, language, &mut faults)?));
    }
    compare(&catalogues, &mut faults);
    if !faults.is_empty() {
        return Err(format!("templates/locales:\n  {}", faults.join("\n  ")).into());
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("texts.rs"), methods(&catalogues)?)?;
    fs::write(out.join("sources.rs"), sources()?)?;
    tell_cargo(&root)
}

fn tell_cargo(root: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rustc-env=SENIM_NOTICE_VERSION={:016x}", notice_version(root)?);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=templates/locales");
    // Embedded by a macro that does not tell cargo what it read.
    println!("cargo::rerun-if-changed=migrations");
    Ok(())
}

/// What the form and the promises say, in all languages, as one number (FNV-1a): a report keeps the number of the
/// texts that were shown with it, and changing a text makes a new one (control OI-9b-1).
fn notice_version(root: &Path) -> Result<u64, Box<dyn Error>> {
    let mut version: u64 = 0xcbf2_9ce4_8422_2325;
    for language in LANGUAGES {
        for area in ["public", "report"] {
            for byte in fs::read(root.join(format!("templates/locales/{language}/{area}.ftl")))? {
                version = (version ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
    }
    Ok(version)
}

fn read_language(root: &Path, language: &str, faults: &mut Vec<String>) -> Result<Catalogue, Box<dyn Error>> {
    let mut catalogue = Catalogue::new();
    for area in AREAS {
        let path = root.join(format!("templates/locales/{language}/{area}.ftl"));
        let source = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let resource = match fluent_syntax::parser::parse(source.as_str()) {
            Ok(resource) => resource,
            Err((_, errors)) => {
                faults.extend(errors.iter().map(|error| {
                    let line = source.bytes().take(error.pos.start).filter(|byte| *byte == b'\n').count() + 1;
                    format!("{language}/{area}.ftl:{line}: {error}")
                }));
                continue;
            }
        };
        for entry in &resource.body {
            match entry {
                Entry::Message(message) => add(&mut catalogue, language, area, message, faults),
                Entry::Term(term) => {
                    faults.push(format!("{language}/{area}.ftl: term -{}: use messages only", term.id.name));
                }
                _ => {}
            }
        }
    }
    Ok(catalogue)
}

fn add(
    catalogue: &mut Catalogue,
    language: &str,
    area: &'static str,
    message: &Message<&str>,
    faults: &mut Vec<String>,
) {
    let key = message.id.name;
    let Some(pattern) = &message.value else {
        faults.push(format!("{language}/{area}.ftl: {key} has no words"));
        return;
    };
    let mut variables = Variables::new();
    collect(pattern, &mut variables);
    let mut text = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable { .. } => text.push('…'),
        }
    }
    let words = Words { area, text: text.replace('\n', " "), variables };
    if catalogue.insert(key.to_owned(), words).is_some() {
        faults.push(format!("{language}/{area}.ftl: {key} stands twice"));
    }
}

/// Every language must have the same keys, in the same file, with the same variables.
fn compare(catalogues: &[(&str, Catalogue)], faults: &mut Vec<String>) {
    let keys: BTreeSet<&String> = catalogues.iter().flat_map(|(_, catalogue)| catalogue.keys()).collect();
    let mut names = BTreeMap::new();
    for key in keys {
        if let Some(other) = names.insert(method_name(key), key) {
            faults.push(format!("{key} and {other} would be the same method"));
        }
        let found: Vec<(&str, Option<&Words>)> =
            catalogues.iter().map(|(language, all)| (*language, all.get(key))).collect();
        let Some((model_language, model)) =
            found.iter().find_map(|(language, words)| words.map(|words| (*language, words)))
        else {
            continue;
        };
        for (language, words) in &found {
            let Some(words) = words else {
                faults.push(format!(
                    "{language}/{}.ftl: {key} is missing ({model_language} has it)",
                    model.area
                ));
                continue;
            };
            if words.area != model.area {
                faults.push(format!(
                    "{key}: in {} for {model_language}, in {} for {language}",
                    model.area, words.area
                ));
            }
            if !words.variables.keys().eq(model.variables.keys()) {
                faults.push(format!(
                    "{key}: {language} uses {:?}, {model_language} uses {:?}",
                    words.variables.keys().collect::<Vec<_>>(),
                    model.variables.keys().collect::<Vec<_>>()
                ));
            }
        }
    }
}

fn collect(pattern: &Pattern<&str>, variables: &mut Variables) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            collect_expression(expression, variables);
        }
    }
}

fn collect_expression(expression: &Expression<&str>, variables: &mut Variables) {
    match expression {
        Expression::Inline(inline) => collect_inline(inline, false, variables),
        Expression::Select { selector, variants } => {
            let plural = variants.iter().any(|variant| match &variant.key {
                VariantKey::NumberLiteral { .. } => true,
                VariantKey::Identifier { name } => matches!(*name, "zero" | "one" | "two" | "few" | "many"),
            });
            collect_inline(selector, plural, variables);
            for variant in variants {
                collect(&variant.value, variables);
            }
        }
    }
}

fn collect_inline(inline: &InlineExpression<&str>, number: bool, variables: &mut Variables) {
    match inline {
        InlineExpression::VariableReference { id } => {
            *variables.entry(id.name.to_owned()).or_default() |= number;
        }
        InlineExpression::FunctionReference { id, arguments } => {
            let CallArguments { positional, .. } = arguments;
            for argument in positional {
                collect_inline(argument, id.name == "NUMBER", variables);
            }
        }
        InlineExpression::Placeable { expression } => collect_expression(expression, variables),
        _ => {}
    }
}

fn method_name(key: &str) -> String {
    key.replace('-', "_")
}

/// The text of `texts.rs`: a variable is a number if any language counts with it.
fn methods(catalogues: &[(&str, Catalogue)]) -> Result<String, Box<dyn Error>> {
    let mut code = String::from("impl Texts {\n");
    let Some((_, model)) = catalogues.first() else { return Ok(code) };
    for (key, words) in model {
        let mut parameters = String::new();
        let mut values = String::new();
        for name in words.variables.keys() {
            let number = catalogues.iter().any(|(_, all)| {
                all.get(key).and_then(|words| words.variables.get(name)).copied().unwrap_or_default()
            });
            if number {
                write!(parameters, ", {name}: impl Given<i64>")?;
                write!(values, "(\"{name}\", FluentValue::from({name}.given())), ")?;
            } else {
                write!(parameters, ", {name}: impl AsRef<str>")?;
                write!(values, "(\"{name}\", FluentValue::from({name}.as_ref())), ")?;
            }
        }
        writeln!(code, "    #[doc = {:?}]", format!("`{key}` ({}): {}", words.area, words.text))?;
        writeln!(code, "    #[must_use]")?;
        writeln!(code, "    pub fn {}(self{parameters}) -> Cow<'static, str> {{", method_name(key))?;
        if values.is_empty() {
            writeln!(code, "        self.fixed({key:?})\n    }}")?;
        } else {
            writeln!(code, "        self.filled({key:?}, &[{values}])\n    }}")?;
        }
    }
    code.push_str("}\n");
    let keys: Vec<&String> = model.keys().collect();
    writeln!(code, "#[cfg(test)]\nstatic KEYS: [&str; {}] = {keys:?};", keys.len())?;
    Ok(code)
}

/// The text of `sources.rs`: the catalogues themselves, embedded.
fn sources() -> Result<String, Box<dyn Error>> {
    let mut code = format!("[(&str, [&str; {}]); {}] = [\n", AREAS.len(), LANGUAGES.len());
    code.insert_str(0, "/// Language code and its catalogues.\nconst SOURCES: ");
    for language in LANGUAGES {
        writeln!(code, "    ({language:?}, [")?;
        for area in AREAS {
            let path = format!("/templates/locales/{language}/{area}.ftl");
            writeln!(code, "        include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?})),")?;
        }
        writeln!(code, "    ]),")?;
    }
    code.push_str("];\n");
    Ok(code)
}
