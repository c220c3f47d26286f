//! The rows of a kind of objects against their folded histories, both in the order of the objects' ids, so that neither is
//! ever whole in memory.

use std::collections::VecDeque;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use uuid::Uuid;

use super::{BATCH, Findings, Part, Progress, outside::Kept};
use crate::{
    audit::{
        entry::ObjectKind,
        fold::{History, Told},
        schema,
        verify::Report,
    },
    storage::{Db, StorageError, log::EntryRow, snapshot::AuditedRow},
};

/// What a kind is called in a check's name and in sentences: the check, one, several.
const fn words(kind: ObjectKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        ObjectKind::Case => ("cases", "case", "cases"),
        ObjectKind::Staff => ("staff", "member of staff", "members of staff"),
        ObjectKind::Desk => ("desks", "desk", "desks"),
        ObjectKind::Instance => ("instance", "instance", "instances"),
        ObjectKind::Log => ("log", "log", "logs"),
    }
}

/// Compares all objects of a kind. Whoever waits is told how many entries were `seen`.
pub(super) async fn compare(
    db: &mut Db<'_>,
    kind: ObjectKind,
    kept: Option<&mut Kept>,
    (seen, progress, report): (&mut u64, Progress<'_>, &mut Report),
) -> Result<(), StorageError> {
    let mut pass = Pass {
        rows: Rows { kind, waiting: VecDeque::new(), last: None, ended: false },
        kept,
        open: None,
        objects: 0,
        findings: Findings::of(words(kind).0),
        report,
    };
    let mut after = None;
    loop {
        let page = db.histories(kind, after, BATCH).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.obj_id, last.n));
        for entry in &page {
            pass.take(db, entry).await?;
            *seen = seen.saturating_add(1);
        }
        progress(Part::Entries, *seen);
    }
    pass.finish(db).await
}

/// Whether entries stand in the record that belong to no kind of object that is known, which nobody would have looked at.
pub(super) async fn all_known(db: &mut Db<'_>, seen: u64, report: &mut Report) -> Result<(), StorageError> {
    let loose = db.loose_entries().await?;
    let mut findings = Findings::of("entries");
    let entries = u64::try_from(loose.entries).unwrap_or(0);
    let mut tell = |count: i64, sentence: &str| {
        if count > 0 {
            findings.add(report, format_args!("{count} {sentence}"));
        }
    };
    tell(
        i64::try_from(entries.abs_diff(seen)).unwrap_or(i64::MAX),
        "entries belong to no kind of object that this version knows.",
    );
    tell(
        loose.lost,
        "entries have no place in the tree and do not wait for one: somebody emptied the queue.",
    );
    tell(loose.twice, "entries have a place in the tree and wait for another.");
    tell(loose.empty, "places in the queue belong to entries that were removed.");
    let waiting = loose.waiting;
    let good =
        format!("Each of the {entries} entries has a place in the tree or waits for one; {waiting} wait.");
    findings.finish(report, good);
    Ok(())
}

/// The rows of a kind, one after the other.
struct Rows {
    kind: ObjectKind,
    waiting: VecDeque<AuditedRow>,
    last: Option<Uuid>,
    ended: bool,
}

impl Rows {
    /// The next row, if its id is not above this one.
    async fn next_until(
        &mut self,
        db: &mut Db<'_>,
        most: Option<Uuid>,
    ) -> Result<Option<AuditedRow>, StorageError> {
        if self.waiting.is_empty() && !self.ended {
            self.waiting = db.audited_rows(self.kind, self.last, BATCH).await?.into();
            self.last = self.waiting.back().map(|row| row.id);
            self.ended = self.waiting.is_empty();
        }
        let due = |row: &mut AuditedRow| most.is_none_or(|most| row.id <= most);
        Ok(self.waiting.pop_front_if(due))
    }
}

/// One pass over a kind.
struct Pass<'p> {
    rows: Rows,
    kept: Option<&'p mut Kept>,
    /// The object whose entries are being read.
    open: Option<(Uuid, History)>,
    objects: u64,
    findings: Findings,
    report: &'p mut Report,
}

impl Pass<'_> {
    async fn take(&mut self, db: &mut Db<'_>, entry: &EntryRow) -> Result<(), StorageError> {
        if self.open.as_ref().is_some_and(|(id, _)| *id != entry.obj_id) {
            self.close(db).await?;
        }
        let (_, history) = self.open.get_or_insert_with(|| (entry.obj_id, History::default()));
        let (Some(told), true) = (Told::by(&entry.body), schema::faults(&entry.body).is_empty()) else {
            let sentence = format!("Entry {} of {} is no entry of a record.", entry.n, entry.obj_id);
            self.findings.add(self.report, sentence);
            return Ok(());
        };
        if let Err(fault) = history.follow(&told) {
            self.findings.add(self.report, format_args!("The history of {}: {fault}.", entry.obj_id));
        }
        if !says(entry, &told) {
            let sentence =
                format!("Entry {} of {}: its row says something else than its bytes.", entry.n, entry.obj_id);
            self.findings.add(self.report, sentence);
        }
        Ok(())
    }

    /// Ends the history that was being read: rows before it have none, and its own must be what it comes to.
    async fn close(&mut self, db: &mut Db<'_>) -> Result<(), StorageError> {
        let Some((id, history)) = self.open.take() else { return Ok(()) };
        let one = words(self.rows.kind).1;
        self.objects = self.objects.saturating_add(1);
        if let Some(kept) = self.kept.as_deref_mut() {
            kept.met(self.rows.kind, id, &history);
        }
        let mut found = false;
        while let Some(row) = self.rows.next_until(db, Some(id)).await? {
            if row.id == id {
                found = true;
                self.row(&row, &history);
            } else {
                self.unknown(&row);
            }
        }
        if !found {
            let sentence = format!("The {one} {id} has {} entries, and its row was removed.", history.n);
            self.findings.add(self.report, sentence);
        }
        Ok(())
    }

    fn row(&mut self, row: &AuditedRow, history: &History) {
        let (id, one) = (row.id, words(self.rows.kind).1);
        let mut add = |sentence: String| self.findings.add(self.report, sentence);
        if u32::try_from(row.n) != Ok(history.n) {
            add(format!("The {one} {id} says that it has {} entries; the record has {}.", row.n, history.n));
        } else if history.head.is_none_or(|head| row.head != head) {
            add(format!("The {one} {id} names another last entry than the record has."));
        }
        if row.status != history.status {
            let (says, folded) = (shown(row.status.as_deref()), shown(history.status.as_deref()));
            add(format!("The {one} {id} stands in the state {says}; its entries lead to {folded}."));
        } else if self.rows.kind != ObjectKind::Log && !history.left(&row.image) {
            add(format!(
                "The {one} {id} is not as its last entry left it: a column, or a row that belongs to it, was changed, added \
                 or removed."
            ));
        }
    }

    fn unknown(&mut self, row: &AuditedRow) {
        let one = words(self.rows.kind).1;
        self.findings.add(self.report, format_args!("The {one} {} has no entry in the record.", row.id));
    }

    async fn finish(mut self, db: &mut Db<'_>) -> Result<(), StorageError> {
        self.close(db).await?;
        while let Some(row) = self.rows.next_until(db, None).await? {
            self.unknown(&row);
        }
        let (_, one, many) = words(self.rows.kind);
        let good = match self.objects {
            0 => format!("There are no {many}, and no entries about any."),
            1 => format!("The {one} is exactly what its entries say."),
            objects => format!("The {objects} {many} are exactly what their entries say."),
        };
        self.findings.finish(self.report, good);
        Ok(())
    }
}

fn shown(status: Option<&str>) -> String {
    status.map_or_else(|| "none".to_owned(), |status| format!("`{status}`"))
}

/// Whether the columns of an entry are those that its bytes give, among them its commitment.
fn says(entry: &EntryRow, told: &Told) -> bool {
    let (day, moment) = when(told).unzip();
    entry.commitment == told.commitment
        && (entry.obj_kind.as_str(), entry.obj_id) == (told.kind.code(), told.id)
        && u32::try_from(entry.n) == Ok(told.n)
        && entry.prev.as_deref() == told.prev.as_ref().map(<[u8; 32]>::as_slice)
        && entry.acts == told.acts
        && (Some(entry.day), Some(entry.moment)) == (day, moment)
        && (&entry.status_from, &entry.status_to) == (&told.from, &told.to)
}

/// The day and the moment that an entry gives.
fn when(told: &Told) -> Option<(Date, Timestamp)> {
    if let Some(at) = told.at {
        let moment = Timestamp::from_second(at).ok()?;
        return Some((moment.to_zoned(TimeZone::UTC).date(), moment));
    }
    let day: Date = told.day.as_ref()?.parse().ok()?;
    Some((day, day.to_zoned(TimeZone::UTC).ok()?.timestamp()))
}
