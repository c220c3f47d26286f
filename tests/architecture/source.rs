//! Source files as syntax trees, and what the rules ask of them.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// One parsed file.
pub(crate) struct Source {
    /// From the package's root, with slashes.
    pub path: String,
    pub text: String,
    file: syn::File,
}

impl Source {
    pub fn parse(path: &str, text: &str) -> Self {
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), text: text.to_owned(), file }
    }

    /// The top-level module: the directory (or file) below `src`. `None` for the crate's roots and for tests.
    pub fn module(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src/")?;
        let module = below.split('/').next()?.trim_end_matches(".rs");
        (!["lib", "main"].contains(&module)).then_some(module)
    }

    /// Every path the file's code (not its tests) names, with `super` and `self` resolved, and its line: in uses,
    /// expressions, types, patterns, attributes and the arguments of macros.
    pub fn references(&self) -> Vec<(Vec<String>, usize)> {
        let steps: Vec<&str> = self.path.trim_end_matches(".rs").split('/').skip(1).collect();
        let mut at: Vec<String> = steps
            .iter()
            .filter(|step| !["mod", "lib", "main"].contains(step))
            .map(|step| (*step).to_owned())
            .collect();
        let mut found = References { at: std::mem::take(&mut at), found: Vec::new() };
        if !steps.contains(&"tests") {
            found.visit_file(&self.file);
        }
        found.found
    }
}

/// All Rust files below `roots` of the package.
pub(crate) fn all_sources(roots: &[&str]) -> Vec<Source> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open: Vec<PathBuf> = roots.iter().map(|root| package.join(root)).collect();
    let mut sources = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(package).unwrap().to_str().unwrap().replace('\\', "/");
            sources.push(Source::parse(&name, &fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(!sources.is_empty(), "no sources below {roots:?}");
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

struct References {
    /// The module the visitor is in, from the crate's root.
    at: Vec<String>,
    found: Vec<(Vec<String>, usize)>,
}

impl References {
    fn add(&mut self, path: &[String], line: usize) {
        let relative = matches!(path.first().map(String::as_str), Some("self" | "super"));
        if !relative {
            self.found.push((path.to_vec(), line));
            return;
        }
        let mut absolute = self.at.clone();
        for step in path {
            match step.as_str() {
                "self" => {}
                "super" => drop(absolute.pop()),
                _ => absolute.push(step.clone()),
            }
        }
        absolute.insert(0, "crate".to_owned());
        self.found.push((absolute, line));
    }

    fn add_use(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |ident: &syn::Ident| [before, &[ident.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add_use(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.add(&with(&name.ident), line(&name.ident)),
            syn::UseTree::Rename(rename) => self.add(&with(&rename.ident), line(&rename.ident)),
            syn::UseTree::Glob(glob) => self.add(before, line(glob)),
            syn::UseTree::Group(group) => {
                for item in &group.items {
                    self.add_use(before, item);
                }
            }
        }
    }

    /// Paths in the tokens of a macro or an attribute, which have no syntax tree: names joined by `::`.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut colons, mut at) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.end_tokens(&mut path, at);
                    }
                    at = line(&ident);
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && colons < 2 => colons += 1,
                TokenTree::Group(group) => {
                    self.end_tokens(&mut path, at);
                    colons = 0;
                    self.add_tokens(group.stream());
                }
                _ => {
                    self.end_tokens(&mut path, at);
                    colons = 0;
                }
            }
        }
        self.end_tokens(&mut path, at);
    }

    fn end_tokens(&mut self, path: &mut Vec<String>, line: usize) {
        if path.len() > 1 {
            self.add(path, line);
        }
        path.clear();
    }
}

impl<'ast> Visit<'ast> for References {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_for_tests(&module.attrs) {
            self.at.push(module.ident.to_string());
            visit::visit_item_mod(self, module);
            self.at.pop();
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if !is_for_tests(&function.attrs) {
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_for_tests(&item.attrs) {
            self.add_use(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&names, line(path));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.visit_path(&mac.path);
        self.add_tokens(mac.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        match &attribute.meta {
            syn::Meta::List(list) => self.add_tokens(list.tokens.clone()),
            other => visit::visit_meta(self, other),
        }
    }
}

/// Whether an item exists in tests only.
fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

fn line(node: &impl Spanned) -> usize {
    node.span().start().line
}

/// One function or method.
pub(crate) struct Function {
    pub name: String,
    /// From its `fn` to its last brace.
    pub lines: usize,
    /// `self` among them.
    pub arguments: usize,
}

/// All functions of a file, wherever they stand.
pub(crate) fn functions(source: &Source) -> Vec<Function> {
    struct Functions(Vec<Function>);
    impl Functions {
        fn add(&mut self, signature: &syn::Signature, end: Option<usize>) {
            let start = line(&signature.fn_token);
            self.0.push(Function {
                name: signature.ident.to_string(),
                lines: end.unwrap_or(start) + 1 - start,
                arguments: signature.inputs.len(),
            });
        }
    }
    impl<'ast> Visit<'ast> for Functions {
        fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
            self.add(&item.sig, Some(item.block.span().end().line));
            visit::visit_item_fn(self, item);
        }
        fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
            self.add(&item.sig, Some(item.block.span().end().line));
            visit::visit_impl_item_fn(self, item);
        }
        fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
            self.add(&item.sig, item.default.as_ref().map(|block| block.span().end().line));
            visit::visit_trait_item_fn(self, item);
        }
    }
    let mut functions = Functions(Vec::new());
    functions.visit_file(&source.file);
    functions.0
}

/// The names of a file's path and of the modules and types it defines, each with its words in small letters.
pub(crate) fn names(source: &Source) -> Vec<(Vec<String>, String)> {
    struct Names(Vec<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
            // A module in a file of its own is named by that file already.
            if item.content.is_some() {
                self.0.push(item.ident.to_string());
            }
            visit::visit_item_mod(self, item);
        }
        fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
            self.0.push(item.ident.to_string());
        }
        fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
            self.0.push(item.ident.to_string());
        }
        fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
            self.0.push(item.ident.to_string());
            visit::visit_item_trait(self, item);
        }
    }
    let mut names = Names(source.path.trim_end_matches(".rs").split('/').map(str::to_owned).collect());
    names.visit_file(&source.file);
    names.0.into_iter().map(|name| (words(&name), name)).collect()
}

/// `CaseManager` and `case_manager` are `case` and `manager`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            words.push(String::new());
        }
        if letter != '_' {
            words.last_mut().unwrap().extend(letter.to_lowercase());
        }
    }
    words
}

/// Whether anything in the file carries the attribute `name`.
pub(crate) fn has_attribute(source: &Source, name: &str) -> bool {
    struct Attributes<'name>(&'name str, bool);
    impl<'ast> Visit<'ast> for Attributes<'_> {
        fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
            self.1 |= attribute.path().is_ident(self.0);
        }
    }
    let mut attributes = Attributes(name, false);
    attributes.visit_file(&source.file);
    attributes.1
}

/// Whether the file calls the macro `name`, also within the arguments of other macros.
pub(crate) fn calls_macro(source: &Source, name: &str) -> bool {
    struct Macros<'name>(&'name str, bool);
    impl<'ast> Visit<'ast> for Macros<'_> {
        fn visit_macro(&mut self, mac: &'ast syn::Macro) {
            let named = mac.path.segments.last().is_some_and(|segment| segment.ident == self.0);
            self.1 |= named || holds_call(mac.tokens.clone(), self.0);
        }
    }
    let mut macros = Macros(name, false);
    macros.visit_file(&source.file);
    macros.1
}

fn holds_call(tokens: TokenStream, name: &str) -> bool {
    let mut before = false;
    tokens.into_iter().any(|token| {
        let called = before && matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '!');
        before = matches!(&token, TokenTree::Ident(ident) if ident == name);
        called || matches!(token, TokenTree::Group(group) if holds_call(group.stream(), name))
    })
}
