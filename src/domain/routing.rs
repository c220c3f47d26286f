//! Where a report goes, and why: the one function that decides at intake and answers the dry run.
//!
//! The first rule that matches wins. A desk with fewer than two triagers who may see the report gives way to an
//! independent one (norms.md 8.5, rules 2 and 5): of one person nobody would know whether they looked away.

use std::collections::BTreeSet;

use super::{
    ids::{BodyId, DeskId, StaffId},
    taxonomy::{Category, Region},
    vocabulary::vocabulary,
};

/// How many triagers a desk needs.
pub const TRIAGERS: usize = 2;

/// A routing rule; a `None` matches everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The lower, the earlier; the first that matches wins.
    pub position: i32,
    /// For this body and everything under it.
    pub body: Option<BodyId>,
    /// For this category.
    pub category: Option<Category>,
    /// For this region.
    pub region: Option<Region>,
    /// To this desk.
    pub desk: DeskId,
}

/// What of a report decides where it goes.
#[derive(Debug, Clone, Copy)]
pub struct Matter<'m> {
    /// The body it names and all above that one, from itself up; empty where it names none.
    pub bodies: &'m [BodyId],
    /// Its category.
    pub category: Category,
    /// Its region.
    pub region: Option<Region>,
}

/// A desk as far as routing looks at it.
#[derive(Debug, Clone)]
pub struct DeskStaff {
    /// The desk.
    pub desk: DeskId,
    /// Whether it stands outside the hierarchy of the bodies it serves.
    pub independent: bool,
    /// Its body and all above that one.
    pub bodies: Vec<BodyId>,
    /// Its triagers.
    pub triagers: Vec<StaffId>,
}

/// Whom a report must not reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exclusion {
    /// Nobody of these is given it.
    pub people: BTreeSet<StaffId>,
    /// It is looked into outside the body it names: by an independent desk that does not belong there (norms.md 8.5,
    /// rules 5 and 6).
    pub outside: bool,
}

impl Exclusion {
    /// Whether a desk may have a report about this matter.
    fn allows(&self, desk: &DeskStaff, matter: &Matter<'_>) -> bool {
        let belongs = matter.bodies.first().is_some_and(|body| desk.bodies.contains(body));
        !self.outside || (desk.independent && !belongs)
    }
}

vocabulary! {
    /// Why a report goes where it goes; it stands in the record.
    pub enum RouteReason {
        /// The first rule that matches, and its desk has its triagers.
        Rule = "rule",
        /// The rule's desk has too few triagers, so an independent desk has it.
        Unstaffed = "unstaffed",
        /// The rule's desk has too few triagers without a conflict of interest, so an independent desk has it.
        Conflict = "conflict",
        /// No rule matches, so an independent desk has it.
        NoRule = "no_rule",
        /// No desk has its triagers: the rule's desk has it, or an independent one, and it waits there.
        Nobody = "nobody",
    }
}

vocabulary! {
    /// What of a rule does not match.
    pub enum Mismatch {
        /// The report names no body, or one that is not under the rule's.
        Body = "body",
        /// The category is another.
        Category = "category",
        /// The report names no region, or another.
        Region = "region",
    }
}

/// A rule that was looked at, and what of it does not match; nothing where it matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// What does not match.
    pub mismatches: Vec<Mismatch>,
}

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route<'r> {
    /// The rules in the order in which they were looked at; the last one matches, or none does.
    pub looked: Vec<Looked<'r>>,
    /// The desk of the rule that matches.
    pub ruled: Option<DeskId>,
    /// The desk that gets the report.
    pub desk: DeskId,
    /// Those of its triagers who may see it.
    pub triagers: Vec<StaffId>,
    /// Why.
    pub reason: RouteReason,
}

impl Rule {
    /// What of it does not match.
    #[must_use]
    pub fn mismatches(&self, matter: &Matter<'_>) -> Vec<Mismatch> {
        let fits = [
            (Mismatch::Body, self.body.is_none_or(|body| matter.bodies.contains(&body))),
            (Mismatch::Category, self.category.is_none_or(|category| category == matter.category)),
            (Mismatch::Region, self.region.is_none_or(|region| Some(region) == matter.region)),
        ];
        fits.into_iter().filter(|(_, fits)| !fits).map(|(mismatch, _)| mismatch).collect()
    }
}

/// Decides. `rules` in the order of their positions; `exclusion` says whom the report must not reach, such as
/// its subjects. None where there is neither a rule that matches nor an independent desk.
#[must_use]
pub fn route<'r>(
    matter: &Matter<'_>,
    rules: &'r [Rule],
    desks: &[DeskStaff],
    exclusion: &Exclusion,
) -> Option<Route<'r>> {
    let mut looked = Vec::new();
    for rule in rules {
        let mismatches = rule.mismatches(matter);
        let matches = mismatches.is_empty();
        looked.push(Looked { rule, mismatches });
        if matches {
            break;
        }
    }
    let matching = looked.last().filter(|last| last.mismatches.is_empty()).map(|last| last.rule.desk);
    let ruled = matching.and_then(|desk| desks.iter().find(|one| one.desk == desk));
    let free = |desk: &DeskStaff| -> Vec<StaffId> {
        let triagers = desk.triagers.iter().filter(|_| exclusion.allows(desk, matter));
        triagers.copied().filter(|staff| !exclusion.people.contains(staff)).collect()
    };
    let staffed = |desk: &&DeskStaff| free(desk).len() >= TRIAGERS;
    let mut independent: Vec<&DeskStaff> = desks.iter().filter(|desk| desk.independent).collect();
    independent.sort_by_key(|desk| desk.desk);
    let fallback = independent.iter().copied().find(staffed);
    let conflicted = ruled.is_some_and(|desk| !staffed(&desk) && desk.triagers.len() >= TRIAGERS);
    let (desk, reason) = match (ruled, fallback) {
        (Some(desk), _) if staffed(&desk) => (desk, RouteReason::Rule),
        (Some(_), Some(desk)) if conflicted => (desk, RouteReason::Conflict),
        (Some(_), Some(desk)) => (desk, RouteReason::Unstaffed),
        (None, Some(desk)) => (desk, RouteReason::NoRule),
        // Where those whom it concerns would be the ones to wait with it, it waits elsewhere.
        (Some(_), None) if conflicted && !independent.is_empty() => {
            let outside = independent.iter().find(|desk| exclusion.allows(desk, matter));
            (outside.or(independent.first()).copied()?, RouteReason::Nobody)
        }
        (Some(desk), None) => (desk, RouteReason::Nobody),
        (None, None) => (independent.first().copied()?, RouteReason::Nobody),
    };
    let (ruled, triagers) = (ruled.map(|desk| desk.desk), free(desk));
    Some(Route { ruled, desk: desk.desk, triagers, looked, reason })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn body(n: u128) -> BodyId {
        BodyId(Uuid::from_u128(n))
    }

    fn staff(n: u128) -> StaffId {
        StaffId(Uuid::from_u128(n))
    }

    fn desk(n: u128, independent: bool, triagers: &[u128]) -> DeskStaff {
        let triagers = triagers.iter().map(|n| staff(*n)).collect();
        DeskStaff { desk: DeskId(Uuid::from_u128(n)), independent, bodies: vec![body(n), body(1)], triagers }
    }

    fn rule(position: i32, body_n: Option<u128>, category: Option<Category>, to: u128) -> Rule {
        Rule { position, body: body_n.map(body), category, region: None, desk: DeskId(Uuid::from_u128(to)) }
    }

    fn matter(bodies: &[BodyId], category: Category) -> Matter<'_> {
        Matter { bodies, category, region: Some(Region::Astana) }
    }

    /// To which desk, and why.
    fn goes(rules: &[Rule], desks: &[DeskStaff], excluded: &[u128]) -> Option<(u128, RouteReason)> {
        let exclusion = Exclusion { people: excluded.iter().map(|n| staff(*n)).collect(), outside: false };
        let bodies = [body(3), body(1)];
        let route = route(&matter(&bodies, Category::Bribery), rules, desks, &exclusion)?;
        assert!(excluded.iter().all(|n| !route.triagers.contains(&staff(*n))));
        Some((route.desk.0.as_u128(), route.reason))
    }

    #[test]
    fn a_rule_for_a_body_is_for_everything_under_it_and_the_first_wins() {
        let desks = [desk(1, false, &[1, 2]), desk(2, false, &[3, 4])];
        let rules = [
            rule(1, Some(9), None, 1),
            rule(2, Some(1), Some(Category::Merit), 1),
            rule(3, Some(1), None, 2),
            rule(4, None, None, 1),
        ];
        assert_eq!(goes(&rules, &desks, &[]), Some((2, RouteReason::Rule)));
        let bodies = [body(3), body(1)];
        let told = route(&matter(&bodies, Category::Bribery), &rules, &desks, &Exclusion::default()).unwrap();
        let why: Vec<_> = told.looked.iter().map(|looked| looked.mismatches.clone()).collect();
        assert_eq!(why, [vec![Mismatch::Body], vec![Mismatch::Category], vec![]]);
        let other = Rule { region: Some(Region::Abai), ..rule(1, Some(9), Some(Category::Merit), 1) };
        assert_eq!(other.mismatches(&matter(&bodies, Category::Bribery)), Mismatch::ALL);
    }

    /// norms.md 8.5, rules 2 and 5.
    #[test]
    fn fewer_than_two_triagers_without_a_conflict_send_it_to_the_independent_desk() {
        let rules = [rule(1, None, None, 1)];
        let desks = [desk(1, false, &[1, 2]), desk(2, true, &[3, 4])];
        assert_eq!(goes(&rules, &desks, &[]), Some((1, RouteReason::Rule)));
        assert_eq!(goes(&rules, &desks, &[2]), Some((2, RouteReason::Conflict)));
        assert_eq!(
            goes(&rules, &[desk(1, false, &[1]), desks[1].clone()], &[]),
            Some((2, RouteReason::Unstaffed))
        );
        assert_eq!(goes(&[], &desks, &[]), Some((2, RouteReason::NoRule)));
        // Two independent desks: the one that can.
        let three = [desks[0].clone(), desk(2, true, &[3]), desk(3, true, &[4, 5])];
        assert_eq!(goes(&rules, &three, &[1]), Some((3, RouteReason::Conflict)));
    }

    /// norms.md 8.5, rules 5 and 6.
    #[test]
    fn what_concerns_the_head_is_looked_into_outside_the_body() {
        let rules = [rule(1, None, None, 1)];
        let outside = Exclusion { outside: true, ..Exclusion::default() };
        let bodies = [body(3), body(9)];
        let goes = |desks: &[DeskStaff]| {
            let route = route(&matter(&bodies, Category::Bribery), &rules, desks, &outside).unwrap();
            (route.desk.0.as_u128(), route.triagers.len(), route.reason)
        };
        let (own, other) = (desk(1, false, &[1, 2]), desk(2, true, &[3, 4]));
        assert_eq!(goes(&[own.clone(), other.clone()]), (2, 2, RouteReason::Conflict));
        // An independent desk of that very body is not outside it.
        let within = desk(3, true, &[5, 6]);
        assert_eq!(goes(&[own.clone(), within.clone(), other]), (2, 2, RouteReason::Conflict));
        // Where there is none, it waits, and nobody inside is given it.
        assert_eq!(goes(&[own.clone(), within]), (3, 0, RouteReason::Nobody));
        assert_eq!(goes(&[own]), (1, 0, RouteReason::Nobody));
    }

    #[test]
    fn a_report_always_has_a_desk_where_there_is_one() {
        let rules = [rule(1, None, None, 1)];
        let empty = [desk(1, false, &[]), desk(2, true, &[])];
        assert_eq!(goes(&rules, &empty, &[]), Some((1, RouteReason::Nobody)));
        assert_eq!(goes(&[], &empty, &[]), Some((2, RouteReason::Nobody)));
        // It does not wait with those whom it concerns.
        let conflicted = [desk(1, false, &[1, 2]), desk(2, true, &[])];
        assert_eq!(goes(&rules, &conflicted, &[1]), Some((2, RouteReason::Nobody)));
        assert_eq!(goes(&rules, &conflicted[..1], &[1]), Some((1, RouteReason::Nobody)));
        assert_eq!(goes(&[], &empty[..1], &[]), None);
        // A rule to a desk that does not hold is as no rule.
        assert_eq!(goes(&[rule(1, None, None, 7)], &conflicted, &[]), Some((2, RouteReason::Nobody)));
    }
}
