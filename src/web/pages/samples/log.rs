use jiff::civil::{DateTime, date};

use super::{HOSTILE, Sample, staff::frame};
use crate::i18n::Texts;
use crate::web::pages::Area;
use crate::web::pages::audit::{
    AuditLogCheckPage, AuditLogPage, AuditSheetPage, Chart, CheckLine, DayLine, HeadLine, MissingLine, QrCode,
};

const NOTE: &str = "senim.example/log\n12928\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let good = AuditLogPage { watch: "witnessed", since: None, missing: Vec::new(), late: 0, ..log(t) };
    let empty = AuditLogPage {
        watch: "no_head",
        since: None,
        heads: Vec::new(),
        days: Vec::new(),
        chart: Chart::default(),
        policy: None,
        ..log(t)
    };
    let sheet = AuditSheetPage {
        t,
        frame: frame(Area::Audit),
        origin: "senim.example/log".to_owned(),
        head: Some(head(12_928, true)),
        code: QrCode::of(NOTE),
        note: format!("{NOTE}\n— senim.example/log {HOSTILE}\n"),
    };
    let check = |name, outcome, sentence: &str| CheckLine { name, outcome, sentence: sentence.to_owned() };
    let checked = AuditLogCheckPage {
        t,
        frame: frame(Area::Audit),
        outcome: "finding",
        size: 147_392,
        root: head(1, true).root,
        checks: vec![
            check("tree", "good", "All 147392 entries give the signed root."),
            check("quorum", "policy_not_met", HOSTILE),
            check("times", "finding", "Entry 7 was seen by a witness before it says it was written."),
        ],
    };
    vec![
        Sample::of("audit-log-check", &checked),
        Sample::of("audit-log", &log(t)),
        Sample::of("audit-log-good", &good),
        Sample::of("audit-log-empty", &empty),
        Sample::of("audit-log-no-policy", &AuditLogPage { watch: "no_policy", since: None, ..log(t) }),
        Sample::of("audit-log-nobody-asked", &AuditLogPage { watch: "nobody_asked", since: None, ..log(t) }),
        Sample::of("audit-log-never", &AuditLogPage { watch: "never", since: None, ..log(t) }),
        Sample::of("audit-log-sheet", &sheet),
        Sample::of("audit-log-sheet-none", &AuditSheetPage { head: None, code: None, ..sheet }),
    ]
}

fn at(hour: i8) -> DateTime {
    date(2026, 11, 24).at(hour, 0, 4, 0)
}

fn head(size: i64, quorum: bool) -> HeadLine {
    let cosigned = [("parliament", Some(at(9))), ("<court>", None)];
    HeadLine {
        size,
        root: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned(),
        made_at: at(9),
        public: quorum,
        anchored: quorum,
        quorum,
        cosigned: cosigned.into_iter().filter(|_| quorum).map(|(name, at)| (name.to_owned(), at)).collect(),
    }
}

fn log(t: Texts) -> AuditLogPage {
    let day = |number: i8, growth: i64| DayLine {
        day: t.date(date(2026, 11, number)),
        growth,
        epochs: growth / 64,
        size: i64::from(number) * 6144,
    };
    let days = vec![day(24, 2304), day(23, 6144), day(22, 5120), day(21, 12_288)];
    let growths: Vec<i64> = days.iter().rev().map(|day| day.growth).collect();
    AuditLogPage {
        t,
        frame: frame(Area::Audit),
        origin: "senim.example/log".to_owned(),
        size: 147_456,
        unsigned: 64,
        watch: "unwitnessed",
        since: Some(at(7)),
        policy: Some(format!("log senim.example/log+… {HOSTILE}")),
        heads: vec![head(147_392, false), head(147_328, true)],
        missing: vec![MissingLine { from: at(3), until: at(5), epochs: 8 }],
        due: 3,
        late: 1,
        oldest: Some(at(6)),
        days,
        chart: Chart::of(&growths, 6144),
        expected: 6144,
    }
}
