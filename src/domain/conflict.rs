//! Conflicts of interest that can be seen from recorded facts alone (norms.md 8.5, rule 1; control EU-9.1c-2).

use super::ids::{BodyId, StaffId};

/// Whom and what a report concerns, as far as recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concerned {
    /// Members of staff who are subjects.
    pub people: Vec<StaffId>,
    /// Bodies or units that the reporter or triage marked.
    pub units: Vec<BodyId>,
}

/// Who somebody is: the person and the units they belong to, from their own up to the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The person.
    pub person: StaffId,
    /// Their unit and all units above it.
    pub units: Vec<BodyId>,
}

/// Why somebody may have nothing to do with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// They are a subject of the report.
    Subject,
    /// They belong to a unit that the report concerns.
    Unit,
}

/// The conflict between a person and a case, if the recorded facts show one. The person must never learn of it: whoever
/// is in conflict gets no key and the case does not exist for them.
#[must_use]
pub fn conflict(standing: &Standing, concerned: &Concerned) -> Option<Conflict> {
    if concerned.people.contains(&standing.person) {
        Some(Conflict::Subject)
    } else if standing.units.iter().any(|unit| concerned.units.contains(unit)) {
        Some(Conflict::Unit)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn subjects_and_their_units_are_in_conflict_others_are_not() {
        let staff = |n| StaffId(Uuid::from_u128(n));
        let unit = |n| BodyId(Uuid::from_u128(n));
        let concerned = Concerned { people: vec![staff(1)], units: vec![unit(7)] };
        let of =
            |person, units: &[u128]| Standing { person, units: units.iter().map(|&n| unit(n)).collect() };
        assert_eq!(conflict(&of(staff(1), &[9]), &concerned), Some(Conflict::Subject));
        assert_eq!(conflict(&of(staff(2), &[8, 7]), &concerned), Some(Conflict::Unit));
        assert_eq!(conflict(&of(staff(2), &[8]), &concerned), None);
        assert_eq!(conflict(&of(staff(1), &[7]), &Concerned::default()), None);
    }
}
