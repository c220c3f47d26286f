use askama::Template;
use jiff::civil::DateTime;

use super::{Chart, QrCode};
use crate::i18n::Texts;
use crate::web::pages::StaffFrame;

/// `/audit/log`: how the log does. All moments are in UTC.
#[derive(Debug, Template)]
#[template(path = "pages/audit/log.html")]
pub struct AuditLogPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// The log's identity.
    pub origin: String,
    /// Leaves of the tree.
    pub size: i64,
    /// Leaves that are under no signed head.
    pub unsigned: i64,
    /// Whether outsiders hold the newest head: code of `log-watch-…`.
    pub watch: &'static str,
    /// When the last head with a quorum was made, where the newest has none.
    pub since: Option<DateTime>,
    /// The policy as it is published.
    pub policy: Option<String>,
    /// The newest heads, newest first.
    pub heads: Vec<HeadLine>,
    /// Epochs without growth, newest first.
    pub missing: Vec<MissingLine>,
    /// Entries that are due and wait for the end of the epoch.
    pub due: i64,
    /// Those of them that waited longer than is allowed.
    pub late: i64,
    /// Since when the oldest of them waits.
    pub oldest: Option<DateTime>,
    /// The tree's growth by days, newest first.
    pub days: Vec<DayLine>,
    /// The same as a chart, oldest first.
    pub chart: Chart,
    /// Leaves of a day on which every epoch was closed and nothing was late.
    pub expected: i64,
}

/// A head of the tree.
#[derive(Debug, Clone)]
pub struct HeadLine {
    /// Leaves.
    pub size: i64,
    /// The root, in hexadecimal.
    pub root: String,
    /// When it was signed.
    pub made_at: DateTime,
    /// Whether everybody may have it.
    pub public: bool,
    /// Whether the log's own history says that it reached the quorum.
    pub anchored: bool,
    /// Whether the witnesses that cosigned it are enough.
    pub quorum: bool,
    /// Who cosigned it, and when by their own clocks.
    pub cosigned: Vec<(String, Option<DateTime>)>,
}

/// Epochs without growth.
#[derive(Debug, Clone)]
pub struct MissingLine {
    /// When the first of them began.
    pub from: DateTime,
    /// When the last of them ended.
    pub until: DateTime,
    /// How many.
    pub epochs: i64,
}

/// A day of the log.
#[derive(Debug, Clone)]
pub struct DayLine {
    /// What it is called.
    pub day: String,
    /// Leaves that the tree gained.
    pub growth: i64,
    /// Epochs that were closed.
    pub epochs: i64,
    /// Leaves at its end.
    pub size: i64,
}

/// `/audit/log/sheet`: the head with which the last day ended, for printing and keeping elsewhere (control AUD-7).
#[derive(Debug, Template)]
#[template(path = "pages/audit/log_sheet.html")]
pub struct AuditSheetPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// The log's identity.
    pub origin: String,
    /// The head; none before a day has ended.
    pub head: Option<HeadLine>,
    /// Its checkpoint's text (origin, size, root) as a code.
    pub code: Option<QrCode>,
    /// The checkpoint's file, with every signature.
    pub note: String,
}

impl HeadLine {
    /// The beginning of the root; the whole stands on the sheet.
    fn short(&self) -> String {
        self.root.chars().take(16).collect::<String>() + "…"
    }

    /// The root in groups of eight digits, as it is read out and compared.
    fn grouped(&self) -> String {
        let digits: Vec<char> = self.root.chars().collect();
        digits.chunks(8).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }
}
