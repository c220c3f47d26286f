//! What the log says about itself: pads are pads and hold nothing else, head maps and companions of what came late stand in
//! the log's own history, and it has one history.

use super::{
    Pace,
    growth::Growth,
    reading::Reading,
    report::{Outcome, Report},
};

/// Acts that stand nowhere but in the log's own history.
const ITS_OWN: &[&str] = &["log.pad", "log.headmap", "log.late"];

/// Looks at the log's own entries.
pub(super) struct Own {
    /// Its history, once it has begun.
    history: Option<String>,
    growth: Growth,
    pads: u64,
    faults: u64,
}

impl Own {
    pub(super) fn new(pace: Pace) -> Self {
        Self { history: None, growth: Growth::new(pace), pads: 0, faults: 0 }
    }

    pub(super) fn push(&mut self, index: u64, entry: &Reading, report: &mut Report) {
        if let Some(fault) = self.fault(index, entry) {
            self.faults = self.faults.saturating_add(1);
            report.add_at("own", index, format_args!("Entry {index}: {fault}."));
        }
        self.growth.push(index, entry, report);
    }

    fn fault(&mut self, index: u64, entry: &Reading) -> Option<&'static str> {
        if entry.object.0 != "log" {
            let its = ITS_OWN.iter().any(|act| entry.did(act));
            return its.then_some("it speaks for the log in the history of something else");
        }
        let begins = self.history.is_none();
        let history = self.history.get_or_insert_with(|| entry.object.1.clone());
        if *history != entry.object.1 {
            return Some("the log has a second history of itself");
        }
        if begins && (index != 0 || entry.n != 1 || !entry.did("log.genesis")) {
            return Some("the log does not begin with its own beginning");
        }
        if entry.did("log.pad") {
            self.pads = self.pads.saturating_add(1);
        }
        holds_something_else(entry)
    }

    /// Ends; `size` is that of the signed head. Of a log without entries of its own nothing is said.
    pub(super) fn finish(mut self, size: u64, report: &mut Report) {
        if self.history.is_none() {
            return;
        }
        let strays = self.growth.end(size, report);
        if self.faults == 0 && strays == 0 {
            let sentence = format!("{} entries are pads, and nothing but pads.", self.pads);
            report.add("own", Outcome::Good, sentence);
        }
        self.growth.tell(report);
    }
}

/// What an entry of the log about itself holds beside what its act needs.
pub(super) fn holds_something_else(entry: &Reading) -> Option<&'static str> {
    let bare = entry.cause == "system" && entry.codes.is_empty() && entry.to.is_none() && !entry.signed;
    let (answers, heads) = (entry.answers.len(), entry.heads.is_some());
    let [act] = entry.acts.as_slice() else {
        return Some("an entry of the log about itself says two things");
    };
    match act.as_str() {
        "log.pad" if !(bare && answers == 0 && !heads) => Some("a pad holds something else"),
        "log.headmap" if !(bare && answers == 0 && heads) => {
            Some("a head map holds something else, or no map")
        }
        "log.late" if !(bare && answers == 1 && !heads) => {
            Some("it does not name the one entry that came late")
        }
        "chain.anchored" if !bare || answers != 0 || heads => Some("an anchored head holds something else"),
        act if !act.starts_with("log.") && act != "chain.anchored" => {
            Some("the log's own history tells of something else")
        }
        _ => None,
    }
}
