//! The review of a decision that ended a case, which its reporter asks for (APPC, ISO 37002 8.5; control OI-11a-4).

use jiff::civil::Date;

use super::status::Status;
use crate::domain::profile::{CaseDays, ClockName, Profile};
use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// How far the review of the present decision is; a reopened case has a new decision ahead.
    pub enum Review {
        /// The reporter asked for it.
        Asked = "asked",
        /// It was decided, and is not asked for again.
        Decided = "decided",
    }
}

/// Whether the reporter may ask for a review today: once for each decision, within the time of the profile. Where the
/// profile sets none, or its calendar lacks the year, there is no end.
#[must_use]
pub fn may_ask(
    profile: &Profile,
    status: Status,
    asked: Option<Review>,
    days: CaseDays,
    today: Date,
) -> bool {
    let decided = matches!(status, Status::Closed | Status::Rejected);
    let late = profile.due(ClockName::ReviewFiling, days).ok().flatten().is_some_and(|due| due < today);
    decided && asked.is_none() && !late
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::profile::{ProfileId, Rulebook};

    #[test]
    fn a_review_is_asked_for_once_and_in_time() {
        let book = Rulebook::embedded();
        let kz = book.current(ProfileId::Kz);
        let decided = date(2026, 11, 30);
        let days = CaseDays { status_since: decided, ..CaseDays::of_receipt(date(2026, 11, 2)) };
        let may = |status, asked, today| may_ask(kz, status, asked, days, today);
        let last = date(2027, 2, 28);
        for status in Status::ALL {
            let ended = matches!(status, Status::Closed | Status::Rejected);
            assert_eq!(may(*status, None, decided), ended, "{status}");
        }
        assert!(may(Status::Closed, None, last) && !may(Status::Closed, None, last.tomorrow().unwrap()));
        for asked in Review::ALL {
            assert!(!may(Status::Rejected, Some(*asked), decided), "{asked}");
        }
    }
}
