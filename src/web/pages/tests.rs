//! Every page in every language: complete, escaped, and free of anything that a browser would fetch or run.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

mod lists;

use lists::closed_lists;

use super::samples::{Sample, all};
use super::{assets, samples};
use crate::domain::case::assessment::{Grade, Severity};
use crate::domain::case::facts::{
    Answer, DetrimentLevel, Fact, FeedbackImpossible, FeedbackSent, Hearing, IdentityRemoved, NewGround,
    PauseReason, Proceedings, RetentionClass, ReviewResult, SubjectHeard, Unreferred,
};
use crate::domain::case::{
    item::ItemKind,
    outcome::Outcome,
    raw_facts::RawFacts,
    reason::ReasonCode,
    referral::ReferralState,
    remedy::{RemedyKind, RemedyState, RemedyTurn},
    status::Status,
    step::Step,
    transition::MessageKind,
};
use crate::domain::configuration::{Kind, State, Touch, Why};
use crate::domain::conflict::Concern;
use crate::domain::language::Language;
use crate::domain::mail_address::Notice;
use crate::domain::mistake::Fault;
use crate::domain::profile::{ClockName, ProfileId, Route, Waiver};
use crate::domain::report::Risk;
use crate::domain::retaliation::{Form, Interim};
use crate::domain::role::Role;
use crate::domain::routing::{Mismatch, RouteReason};
use crate::domain::taxonomy::{Category, RedFlag, Region, Weakness};
use crate::i18n::{LANGUAGES, Texts};

fn each(mut check: impl FnMut(&str, &Sample)) {
    for language in LANGUAGES {
        for sample in all(Texts::of(language)) {
            check(&format!("{} in {language}", sample.name), &sample);
        }
    }
}

/// Writes the samples where a browser can open them: `SENIM_PAGES_OUT=dir cargo nextest run write_the_samples`.
#[test]
fn write_the_samples() {
    let Some(out) = env::var_os("SENIM_PAGES_OUT") else { return };
    let out = Path::new(&out);
    fs::create_dir_all(out.join("assets")).unwrap();
    fs::write(out.join("assets/style.css"), assets::find(assets::STYLE_PATH).unwrap().1).unwrap();
    for language in LANGUAGES {
        for sample in all(Texts::of(language)) {
            fs::write(out.join(format!("{}-{language}.html", sample.name)), sample.html).unwrap();
        }
    }
}

#[test]
fn what_people_typed_is_escaped() {
    let first = samples::HOSTILE.split('"').next().unwrap();
    each(|name, sample| {
        assert!(!sample.html.contains(first), "{name}: markup was not escaped");
        assert!(!sample.html.contains("&lt;br"), "{name}: markup of ours was escaped");
        assert_eq!(
            sample.html.matches("<textarea").count(),
            sample.html.matches("</textarea>").count(),
            "{name}"
        );
    });
}

#[test]
fn pages_run_nothing_and_fetch_nothing_from_elsewhere() {
    each(|name, sample| {
        for banned in [
            "<script",
            " style=",
            " onclick",
            " onload",
            "<img",
            "<image",
            "<use",
            "<foreignObject",
            "http://",
            "https://",
            "javascript:",
        ] {
            assert!(!sample.html.contains(banned), "{name} has {banned}");
        }
        assert_eq!(sample.html.matches("<link ").count(), 1, "{name}: one style sheet");
    });
}

#[test]
fn every_page_has_its_language_one_heading_and_a_way_past_the_menu() {
    each(|name, sample| {
        let language = name.rsplit(' ').next().unwrap();
        assert!(sample.html.starts_with(&format!("<!doctype html>\n<html lang=\"{language}\">")), "{name}");
        assert_eq!(sample.html.matches("<h1>").count(), 1, "{name}: one h1");
        assert!(sample.html.contains("class=\"skip\" href=\"#content\""), "{name}");
        assert!(!sample.html.contains("<title> "), "{name}: empty title");
    });
}

#[test]
fn every_post_form_of_a_session_carries_its_token() {
    each(|name, sample| {
        for form in sample.html.split("<form ").skip(1).map(|rest| rest.split("</form>").next().unwrap()) {
            let public = form.contains("/leave\"");
            if form.contains("method=\"post\"") && !public {
                assert!(form.contains("name=\"csrf\" value=\"csrf-token\""), "{name}: {form}");
            }
        }
    });
}

#[test]
fn ids_are_unique_and_every_reference_to_one_resolves() {
    each(|name, sample| {
        let mut ids = BTreeSet::new();
        for id in attribute(&sample.html, " id=\"") {
            assert!(ids.insert(id.to_owned()), "{name}: id {id} stands twice");
        }
        for list in ["for=\"", "aria-describedby=\"", "aria-labelledby=\"", "href=\"#"] {
            for reference in attribute(&sample.html, list).flat_map(str::split_whitespace) {
                assert!(ids.contains(reference), "{name}: {list}{reference} leads nowhere");
            }
        }
    });
}

fn attribute<'a>(html: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(start).skip(1).map(|rest| rest.split('"').next().unwrap())
}

/// A key looks like `word-word` or `word_word`; the samples themselves hold a few such words.
#[test]
fn no_page_shows_a_raw_key() {
    let keys: Vec<String> = crate::i18n::keys().collect();
    each(|name, sample| {
        // The inventory of what is recorded is about codes.
        if sample.name == "audit-acts" {
            return;
        }
        let text = visible(&sample.html);
        let words: BTreeSet<&str> =
            text.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).collect();
        for key in keys.iter().filter(|key| key.contains(['-', '_'])) {
            assert!(!words.contains(key.as_str()), "{name} shows the key {key}");
        }
        for code in ["awaiting_info", "abuse_of_office", "not_opened", "reason_code", "state.changed,"] {
            assert!(!text.contains(code), "{name} shows the code {code}");
        }
    });
}

/// What stands between the tags.
fn visible(html: &str) -> String {
    html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| format!("{text}\n")).collect()
}

#[test]
fn a_secret_is_never_filled_in_again() {
    each(|name, sample| {
        for input in sample.html.split("<input ").skip(1).map(|rest| rest.split('>').next().unwrap()) {
            if ["\"password\"", "\"totp\"", "\"receipt\""]
                .iter()
                .any(|secret| input.contains(&format!("name={secret}")))
                && !name.starts_with("public-open-mistyped")
            {
                assert!(!input.contains("value="), "{name}: {input}");
            }
        }
    });
}

#[test]
fn words_that_no_page_uses_are_taken_out() {
    let sources = read_all(Path::new(env!("CARGO_MANIFEST_DIR")));
    let others =
        ["next-", "open-", "notice-", "why-", "speaker-", "area-", "month-", "report-", "join-", "recover-"];
    let vocabularies = [VOCABULARIES, &others];
    let in_use =
        |key: &str| vocabularies.iter().copied().flatten().any(|vocabulary| key.starts_with(vocabulary));
    let unused: Vec<String> = crate::i18n::keys()
        .filter(|key| !in_use(key))
        .filter(|key| !sources.contains(&format!("{}(", key.replace('-', "_"))))
        .collect();
    assert!(unused.is_empty(), "no page uses {unused:?}");
}

/// Vocabularies that are looked up by code.
const VOCABULARIES: &[&str] = &[
    "concern-",
    "status-",
    "status_reporter-",
    "step-",
    "role-",
    "capacity-",
    "language-",
    "category-",
    "region-",
    "answer-",
    "risk-",
    "reason-",
    "outcome-",
    "level-",
    "subject_heard-",
    "hearing-",
    "proceedings-",
    "feedback_sent-",
    "clock-",
    "waiver-",
    "outside-",
    "matter-",
    "retention_class-",
    "identity_removed-",
    "pause_reason-",
    "new_ground-",
    "review_result-",
    "field-",
    "fact-",
    "fact_hint-",
    "actions-",
    "act-",
    "oecd-",
    "fault-",
    "error-",
    "advice-",
    "object-",
    "letter-",
    "proposal_state-",
    "done-",
    "staff_state-",
    "mail_text-",
    "notice_kind-",
    "audit_part-",
    "audit_about-",
    "cause-",
    "viewer-",
    "profile-",
    "stands-",
    "shape-",
    "log_",
    "clause-",
    "check_",
    "config_kind-",
    "change_",
    "touch-",
    "route-",
    "referral-",
    "piece-",
    "mismatch-",
    "mistake-",
    "grade-",
    "severity-",
    "retaliation-",
    "interim-",
    "red_flag-",
    "weakness-",
    "unreferred-",
    "action_kind-",
    "remedy_",
    "closing-",
    "feedback_impossible-",
];

/// Every code of every closed list has its word in every language.
#[test]
fn no_code_is_without_its_word() {
    for t in LANGUAGES.map(Texts::of) {
        let mut lacking = Vec::new();
        for (vocabulary, codes) in closed_lists() {
            lacking.extend(
                codes
                    .into_iter()
                    .filter(|code| t.find_code(vocabulary, code).is_none())
                    .map(|code| format!("{vocabulary}-{code}")),
            );
        }
        assert!(lacking.is_empty(), "{t:?} lacks {lacking:?}");
    }
}

/// The record belongs to a module that pages do not import: its table is read as text.
#[test]
fn every_act_of_the_record_has_its_word() {
    let table = include_str!("../../audit/act.rs");
    let acts: Vec<&str> = table
        .lines()
        .filter_map(|line| line.split_once("= \"")?.1.split_once("\", "))
        .map(|(code, _)| code)
        .collect();
    assert!(acts.len() > 80, "the table was not understood");
    for t in LANGUAGES.map(Texts::of) {
        let lacking: Vec<_> = acts.iter().filter(|code| t.find_code("act", code).is_none()).collect();
        assert!(lacking.is_empty(), "{t:?} lacks {lacking:?}");
    }
}

fn read_all(root: &Path) -> String {
    let mut text = String::new();
    let mut folders = vec![root.join("templates/pages"), root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                text.push_str(&fs::read_to_string(&path).unwrap_or_default());
            }
        }
    }
    text
}

#[test]
fn the_style_sheet_is_found_with_and_without_its_version() {
    let (kind, content) = assets::find(assets::STYLE_PATH).unwrap();
    assert_eq!(kind, "text/css; charset=utf-8");
    assert_eq!(assets::find("/assets/style.css").unwrap().1, content);
    assert_eq!(assets::find("/assets/../Cargo.toml"), None);
    let sheet = std::str::from_utf8(content).unwrap();
    assert!(!sheet.contains("url(") && !sheet.contains("@import"), "the style sheet fetches nothing");
}
