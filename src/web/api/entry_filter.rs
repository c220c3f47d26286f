//! What the record is narrowed to, as the API and the page take it. Every filter must hold; one that cannot be read is named
//! with its field, and nothing is shown instead of something else than what was asked for.

use jiff::{Timestamp, civil::Date};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    domain::{field_error::FieldError, profile::ProfileId, role::Role},
    usecases::query_log::{Act, After, Cause, EntryFilter, EntryPage, MOST},
};

/// Entries of a page where no other number is asked for.
const USUAL: i64 = 100;

/// Which entries are asked for; what is empty is not asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct EntryQuery {
    /// Only entries with this act.
    #[param(required = false)]
    pub act: String,
    /// Only entries that evidence this principle (`9`, 1–13) or this clause (`9b`) of the OECD Recommendation.
    #[param(required = false)]
    pub principle: String,
    /// From this day on.
    #[param(required = false)]
    pub from: String,
    /// Up to this day.
    #[param(required = false)]
    pub until: String,
    /// Only the history of this case, or of another object, by its number in the record; from the first entry to the last.
    #[serde(alias = "object")]
    #[param(required = false)]
    pub case: String,
    /// Only what this member of staff caused, by the alias in the record.
    #[param(required = false)]
    pub actor: String,
    /// Only what was done in this role or part (`reviewer`, `lead`).
    #[param(required = false)]
    pub role: String,
    /// Only what was caused by `staff`, `reporter`, `timer` or `system`.
    #[param(required = false)]
    pub cause: String,
    /// Only cases and desks of this profile.
    #[param(required = false)]
    pub profile: String,
    /// Continue after this cursor.
    #[param(required = false)]
    pub cursor: String,
    /// At most so many, 1–500.
    #[param(required = false, value_type = i64)]
    pub limit: String,
}

/// Reads fields and keeps what is wrong with them.
struct Reader(Vec<FieldError>);

impl Reader {
    fn read<T>(
        &mut self,
        field: &'static str,
        text: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = Some(text.trim()).filter(|text| !text.is_empty())?;
        let value = parse(text);
        if value.is_none() {
            self.0.push(FieldError::new(field, FieldError::UNKNOWN));
        }
        value
    }

    /// The first and the last day of a period, either of which may be open.
    fn period(&mut self, from: &str, until: &str) -> (Option<Date>, Option<Date>) {
        let (from, until) = (self.read("from", from, day), self.read("until", until, day));
        if from.zip(until).is_some_and(|(from, until)| from > until) {
            self.0.push(FieldError::new("until", FieldError::NOT_ALLOWED));
        }
        (from, until)
    }

    fn outcome<T>(self, value: T) -> Result<T, Vec<FieldError>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}

/// A period of days, where it can be read.
///
/// # Errors
/// What is wrong with `from` and `until`.
pub(in crate::web) fn period(
    from: &str,
    until: &str,
) -> Result<(Option<Date>, Option<Date>), Vec<FieldError>> {
    let mut reader = Reader(Vec::new());
    let days = reader.period(from, until);
    reader.outcome(days)
}

impl EntryQuery {
    /// The filter of the storage.
    ///
    /// # Errors
    /// Every field that cannot be read.
    pub(in crate::web) fn filter(&self) -> Result<EntryFilter, Vec<FieldError>> {
        let mut reader = Reader(Vec::new());
        let of_act = reader.read("act", &self.act, |code| Act::parse(code).map(|act| vec![act]));
        let of_principle = reader.read("principle", &self.principle, acts_of);
        let acts = match (of_act, of_principle) {
            (Some(act), Some(evidence)) => {
                Some(act.into_iter().filter(|act| evidence.contains(act)).collect())
            }
            (one, other) => one.or(other),
        };
        let (from, until) = reader.period(&self.from, &self.until);
        let audit_id = reader.read("case", &self.case, |id| id.parse().ok());
        let filter = EntryFilter {
            acts,
            object: None,
            audit_id,
            actor: reader.read("actor", &self.actor, alias),
            role: reader.read("role", &self.role, part),
            cause: reader.read("cause", &self.cause, Cause::parse),
            profile: reader.read("profile", &self.profile, ProfileId::parse),
            from,
            until,
            after: reader.read("cursor", &self.cursor, |text| cursor(text, audit_id.is_some())),
            limit: reader.read("limit", &self.limit, limit).unwrap_or(USUAL),
        };
        reader.outcome(filter)
    }

    /// The filters as a query string without a cursor, for links that keep them.
    pub(in crate::web) fn carried(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.filters() {
            if !value.trim().is_empty() {
                query.append_pair(name, value.trim());
            }
        }
        query.finish()
    }

    const fn filters(&self) -> [(&'static str, &String); 9] {
        [
            ("act", &self.act),
            ("principle", &self.principle),
            ("from", &self.from),
            ("until", &self.until),
            ("case", &self.case),
            ("actor", &self.actor),
            ("role", &self.role),
            ("cause", &self.cause),
            ("profile", &self.profile),
        ]
    }
}

fn day(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|day| day.to_string() == text)
}

/// The acts that evidence a principle or a clause.
fn acts_of(text: &str) -> Option<Vec<Act>> {
    if let Ok(number @ 1..=13) = text.parse::<u8>() {
        return Some(Act::of_principle(number));
    }
    crate::usecases::query_log::CLAUSES.contains(&text).then(|| Act::of_clause(text))
}

fn alias(text: &str) -> Option<String> {
    let alias = text.to_ascii_lowercase();
    let digits = alias.len() == 16 && alias.bytes().all(|b| b.is_ascii_hexdigit());
    digits.then_some(alias)
}

fn part(text: &str) -> Option<String> {
    let known = Role::parse(text).is_some() || PARTS.contains(&text);
    known.then(|| text.to_owned())
}

/// The parts in which people act besides their roles.
pub(in crate::web) const PARTS: &[&str] = &["lead", "none"];

fn limit(text: &str) -> Option<i64> {
    text.parse().ok().filter(|limit| (1..=MOST).contains(limit))
}

fn cursor(text: &str, of_object: bool) -> Option<After> {
    if of_object {
        return text.strip_prefix('n')?.parse().ok().map(After::Number);
    }
    let (second, eid) = text.split_once('_')?;
    Some(After::Moment(Timestamp::from_second(second.parse().ok()?).ok()?, eid.parse().ok()?))
}

/// The cursor that continues after a page of these filters.
pub(in crate::web) fn cursor_after(page: &EntryPage, filter: &EntryFilter) -> Option<String> {
    let last = page.entries.last().filter(|_| page.more)?;
    Some(if filter.of_object() {
        format!("n{}", last.n)
    } else {
        format!("{}_{}", last.moment.as_second(), last.eid)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &str) -> EntryQuery {
        actix_web::web::Query::<EntryQuery>::from_query(pairs).unwrap().into_inner()
    }

    #[test]
    fn every_filter_that_cannot_be_read_is_named() {
        let wrong = query(
            "act=nothing&principle=9z&from=yesterday&until=2026-02-30&case=7&actor=x&role=king&cause=god\
             &profile=xx&cursor=abc&limit=501",
        );
        let faults = wrong.filter().unwrap_err();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field).collect();
        let all =
            ["act", "principle", "from", "until", "case", "actor", "role", "cause", "profile", "cursor"];
        assert_eq!(fields[..10], all);
        assert_eq!(fields[10..], ["limit"]);
        assert!(faults.iter().all(|fault| fault.code == FieldError::UNKNOWN));
        let turned = query("from=2026-11-02&until=2026-11-01").filter().unwrap_err();
        assert_eq!(turned, [FieldError::new("until", FieldError::NOT_ALLOWED)]);
    }

    #[test]
    fn filters_are_combined_and_kept_in_links() {
        let asked = query("principle=9b&act=content.read&actor=00FF00FF00FF00FF&object=&cursor=0_%00&limit=");
        assert_eq!(asked.carried(), "act=content.read&principle=9b&actor=00FF00FF00FF00FF");
        let filter = EntryQuery { cursor: String::new(), ..asked }.filter().unwrap();
        assert_eq!(filter.acts, Some(vec![Act::ContentRead]));
        assert_eq!(filter.actor.as_deref(), Some("00ff00ff00ff00ff"));
        assert_eq!(filter.limit, USUAL);
        assert_eq!(query("principle=11&act=content.read").filter().unwrap().acts, Some(Vec::new()));
    }

    #[test]
    fn a_cursor_is_of_the_list_or_of_a_history() {
        let id = "5c0e9a1f-2b7d-4c63-9e55-0f1d8a7b6c42";
        let after = |text: &str| query(text).filter().map(|filter| filter.after);
        assert_eq!(after(&format!("case={id}&cursor=n7")), Ok(Some(After::Number(7))));
        assert!(after(&format!("cursor=5_{id}")).is_ok_and(|after| matches!(after, Some(After::Moment(..)))));
        assert!(after("cursor=n7").is_err());
        assert!(after(&format!("object={id}&cursor=5_{id}")).is_err());
    }
}
