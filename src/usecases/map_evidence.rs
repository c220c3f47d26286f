//! An auditor asks what the record holds as evidence for the thirteen principles of the OECD Recommendation on Public
//! Integrity (OECD/LEGAL/0435). It is a mapping of evidence: it says what was recorded, not whether a principle is met.

use jiff::civil::Date;

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    query_log::{Act, CLAUSES, note_query},
};
use crate::storage::log::ActsCount;

/// How many entries, and the days of the first and the last of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Entries; one that holds several acts counts once.
    pub entries: i64,
    /// The days of the first and the last; none where there is no entry.
    pub days: Option<(Date, Date)>,
}

impl Tally {
    fn over<'g>(groups: impl Iterator<Item = &'g ActsCount>) -> Self {
        groups.fold(Self::default(), |sum, group| Self {
            entries: sum.entries.saturating_add(group.entries),
            days: Some(sum.days.map_or((group.first, group.last), |(first, last)| {
                (first.min(group.first), last.max(group.last))
            })),
        })
    }
}

/// The evidence of one clause.
pub struct ClauseEvidence {
    /// The clause, such as `9b`.
    pub clause: &'static str,
    /// Entries that hold at least one of its acts.
    pub all: Tally,
    /// Its acts, in the order of the table; none where the record has no act for the clause.
    pub acts: Vec<(Act, Tally)>,
}

/// The evidence of one principle.
pub struct PrincipleEvidence {
    /// Its number, 1–13.
    pub number: u8,
    /// Entries that hold at least one of its acts.
    pub all: Tally,
    /// Its clauses.
    pub clauses: Vec<ClauseEvidence>,
}

/// Maps what was recorded in a period to principles, clauses and acts. Pads are left out: they are evidence of nothing. The
/// look-up is recorded.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but auditors.
pub async fn map_evidence(
    ctx: &Context,
    caller: &Caller,
    (from, until): (Option<Date>, Option<Date>),
) -> Result<Vec<PrincipleEvidence>, Error> {
    note_query(ctx, caller, "evidence").await?;
    let groups = ctx.store.read(async |db| db.count_by_acts(from, until).await).await?;
    Ok((1..=13).map(|number| of_principle(number, &groups)).collect())
}

fn holding(groups: &[ActsCount], acts: &[Act]) -> Tally {
    let holds = |group: &&ActsCount| group.acts.iter().any(|code| acts.iter().any(|act| act.code() == code));
    Tally::over(groups.iter().filter(holds))
}

fn of_principle(number: u8, groups: &[ActsCount]) -> PrincipleEvidence {
    let prefix = number.to_string();
    let own = |clause: &&&str| clause.trim_end_matches(|c: char| c.is_ascii_lowercase()) == prefix;
    let clauses = CLAUSES.iter().filter(own).map(|clause| of_clause(clause, groups)).collect();
    PrincipleEvidence { number, all: holding(groups, &Act::of_principle(number)), clauses }
}

fn of_clause(clause: &'static str, groups: &[ActsCount]) -> ClauseEvidence {
    let mut acts = Act::of_clause(clause);
    acts.retain(|act| *act != Act::LogPad);
    let each = acts.iter().map(|act| (*act, holding(groups, &[*act]))).collect();
    ClauseEvidence { clause, all: holding(groups, &acts), acts: each }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn group(acts: &[&str], entries: i64, first: Date, last: Date) -> ActsCount {
        ActsCount { acts: acts.iter().map(|act| (*act).to_owned()).collect(), entries, first, last }
    }

    #[test]
    fn an_entry_counts_once_for_a_clause_and_once_for_each_of_its_acts() {
        let groups = [
            group(&["report.received", "ack.sent"], 3, date(2026, 9, 3), date(2026, 9, 8)),
            group(&["content.read"], 2, date(2026, 9, 1), date(2026, 9, 5)),
        ];
        let openness = of_principle(9, &groups);
        assert_eq!(openness.all, Tally { entries: 5, days: Some((date(2026, 9, 1), date(2026, 9, 8))) });
        let clause = openness.clauses.iter().find(|clause| clause.clause == "9b").unwrap();
        assert_eq!(clause.all.entries, 5);
        let of = |act: Act| clause.acts.iter().find(|(one, _)| *one == act).unwrap().1;
        assert_eq!(of(Act::ReportReceived).entries, 3);
        assert_eq!(of(Act::AckSent).entries, 3);
        assert_eq!(of(Act::NoticeSent), Tally::default());
        let own_asking = openness.clauses.iter().find(|clause| clause.clause == "9c").unwrap();
        assert_eq!(own_asking.all.days, Some((date(2026, 9, 3), date(2026, 9, 8))));
    }

    #[test]
    fn every_clause_stands_in_its_principle_even_where_nothing_evidences_it() {
        let all: Vec<_> = (1..=13).map(|number| of_principle(number, &[])).collect();
        let clauses: Vec<_> = all.iter().flat_map(|one| &one.clauses).map(|one| one.clause).collect();
        assert_eq!(clauses, CLAUSES);
        let leadership = &all[5];
        assert!(leadership.clauses.iter().all(|clause| clause.acts.is_empty()));
        assert_eq!(leadership.all, Tally::default());
    }
}
