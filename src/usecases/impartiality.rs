//! Who is kept from a case because it concerns them (norms.md 8.5, rules 1, 2, 5 and 6; control EU-9.1c-2).
//!
//! What was recorded stands sealed in the case, and as marks in its row (`crypto::exclusions`): whether somebody is kept
//! from a case must be known where nobody holds its keys, for every list and every look. The epoch's proof covers the
//! marks, so nobody lets themselves in by changing the row.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::{
    context::Context,
    error::Error,
    holders::HeldSeeds,
    items::Opener,
    piece::{Piece, people_in, piece},
    registry::Registry,
};
use crate::{
    audit::directory::Member,
    crypto::{
        exclusions::{Exclusions, Full},
        place::Place,
        secret::Secret,
    },
    domain::{
        case::item::ItemKind,
        conflict::{Concern, Concerned, Conflict, Standing, conflict},
        ids::{BodyId, CaseId, DeskId, StaffId},
        report::Report,
        routing::Exclusion,
    },
    storage::{Db, cases::CaseRow},
};

/// The place of a case's marks.
fn place(instance: &str, case: CaseId) -> Place {
    Place::new(instance, "cases", case.0.as_bytes(), "excluded")
}

/// Tells of which cases somebody must not know.
#[derive(Clone)]
pub struct Impartiality {
    key: Secret<32>,
    instance: String,
    standing: Standing,
    /// Which unit belongs to which cannot be told: the tree of bodies is not as the server wrote it.
    blind: bool,
}

impl Impartiality {
    /// That of a member of staff.
    pub(super) fn of(ctx: &Context, registry: &Registry, staff: StaffId) -> Self {
        let (key, instance) = (ctx.keys.exclusions.clone(), ctx.store.instance().to_owned());
        let blind = !registry.bodies.is_sound();
        Self { key, instance, standing: registry.standing(staff), blind }
    }

    /// Fails while nobody can be told impartial.
    ///
    /// # Errors
    /// [`Error::NotReady`] where the tree of bodies was changed past the server.
    pub(super) const fn seeing(&self) -> Result<(), Error> {
        if self.blind { Err(BLIND) } else { Ok(()) }
    }

    /// Whether one of these lines names the person.
    pub(super) fn is_named(&self, names: Vec<String>) -> bool {
        let concerned = Concerned { names, ..Concerned::default() };
        conflict(&self.standing, &concerned).is_some()
    }

    /// Whether a case with these marks concerns the person or a unit they belong to; always, where that cannot be told.
    #[must_use]
    pub fn kept_from(&self, case: CaseId, marks: Option<&[u8]>) -> bool {
        if self.blind {
            return true;
        }
        let place = place(&self.instance, case);
        let list = Exclusions::new(&self.key, &place);
        let Some(marks) = marks else { return false };
        let Standing { person, units, desks, .. } = &self.standing;
        let (units, desks) = (units.iter().map(|unit| unit.0), desks.iter().map(|desk| desk.0));
        units.chain(desks).chain([person.0]).any(|id| list.holds(marks, id.as_bytes()))
    }

    /// The same of a case's row.
    #[must_use]
    pub fn kept_from_case(&self, case: &CaseRow) -> bool {
        self.kept_from(case.id, case.excluded.as_deref())
    }
}

/// Two administrators must bring the bodies in again before anybody is given, or reads, a case.
const BLIND: Error = Error::NotReady(
    "the tree of bodies is not as this server wrote it, so that nobody can be told impartial: propose the file of bodies again",
);

impl Registry {
    /// Fails while nobody can be told impartial: then no key changes hands and none is taken away.
    ///
    /// # Errors
    /// [`Error::NotReady`] where the tree of bodies was changed past the server.
    pub(super) fn seeing(&self) -> Result<(), Error> {
        if self.bodies.is_sound() { Ok(()) } else { Err(BLIND) }
    }

    /// Who somebody is: their name, and the units they belong to: their own, those of their desks, and all above.
    #[must_use]
    pub fn standing(&self, staff: StaffId) -> Standing {
        let member = self.directory.members.get(&staff);
        // Who comes to a desk soon belongs there already.
        let held = member.into_iter().flat_map(Member::signed_roles).filter_map(|held| held.desk);
        let desks: BTreeSet<DeskId> = held.collect();
        Standing {
            person: staff,
            name: member.and_then(|member| member.name.clone()),
            units: self.own_units(staff).into_iter().flat_map(|unit| self.bodies.chain(unit)).collect(),
            desks: desks.into_iter().collect(),
        }
    }

    /// Where somebody works: their own unit and the bodies of their desks.
    pub(super) fn own_units(&self, staff: StaffId) -> BTreeSet<BodyId> {
        let member = self.directory.members.get(&staff);
        let held = member.into_iter().flat_map(Member::signed_roles).filter_map(|held| held.desk);
        let of_desks = held.filter_map(|desk| self.desks.get(&desk)).map(|desk| desk.row.body_id);
        member.and_then(|member| member.unit).into_iter().chain(of_desks).collect()
    }

    /// The unit that the directory says somebody belongs to.
    pub(super) fn own_unit(&self, staff: StaffId) -> Option<BodyId> {
        self.directory.members.get(&staff).and_then(|member| member.unit)
    }

    /// Everybody of the directory in conflict with what is recorded, and how.
    pub(super) fn in_conflict(&self, concerned: &Concerned) -> Vec<(StaffId, Conflict)> {
        if *concerned == Concerned::default() {
            return Vec::new();
        }
        // Who belongs to the units cannot be told: then nobody is known not to.
        let unsure = (!self.bodies.is_sound() && !concerned.units.is_empty()).then_some(Conflict::Unit);
        let all = self.directory.members.keys();
        let mut found: Vec<_> = all
            .filter_map(|staff| {
                let found = conflict(&self.standing(*staff), concerned).or(unsure);
                found.map(|conflict| (*staff, conflict))
            })
            .collect();
        found.sort_unstable_by_key(|(staff, _)| *staff);
        found
    }

    /// Whom a report must not reach by the reporter's own ticks and names, and what is marked of it.
    pub(super) fn exclusion(&self, report: &Report) -> (Exclusion, Concerned) {
        let ticked = |concern| report.concerns.contains(&concern);
        let of_body = [Concern::Unit, Concern::Head, Concern::SeniorOfficial];
        let mut concerned = Concerned {
            // Of the head nobody in the body is free.
            units: report.body.filter(|_| of_body.into_iter().any(ticked)).into_iter().collect(),
            names: report.people.iter().map(|line| line.expose().to_owned()).collect(),
            ..Concerned::default()
        };
        if ticked(Concern::Desk) {
            let route = self.route(report.body, report.category, report.region, &Exclusion::default());
            concerned.desks.extend(route.map(|route| route.desk));
        }
        // A unit that is not named cannot be told from the one that would get the report.
        let outside = ticked(Concern::Head)
            || ticked(Concern::SeniorOfficial)
            || ticked(Concern::Desk)
            || (ticked(Concern::Unit) && report.body.is_none());
        let found = self.in_conflict(&concerned);
        concerned.people.extend(subjects(&found));
        // Where nobody can be told impartial, nobody is given what the reporter wanted kept from somebody.
        if !self.bodies.is_sound() && !report.concerns.is_empty() {
            let people = self.directory.members.keys().copied().collect();
            return (Exclusion { people, outside }, concerned);
        }
        (Exclusion { people: found.into_iter().map(|(staff, _)| staff).collect(), outside }, concerned)
    }
}

/// Those who are in conflict as persons, not by their unit.
pub(super) fn subjects(found: &[(StaffId, Conflict)]) -> impl Iterator<Item = StaffId> {
    found.iter().filter(|(_, conflict)| *conflict == Conflict::Subject).map(|(staff, _)| *staff)
}

/// Tells whom a case must not be given to: by its marks, and by the names in its content, which only who holds its keys
/// can compare with those of people who came later.
pub(super) struct Barrier<'b> {
    ctx: &'b Context,
    registry: &'b Registry,
    case: &'b CaseRow,
    concerned: Concerned,
}

impl<'b> Barrier<'b> {
    /// Reads what stands in the case.
    pub(super) async fn read(
        ctx: &'b Context,
        db: &mut Db<'_>,
        registry: &'b Registry,
        (case, seeds): (&'b CaseRow, &HeldSeeds),
    ) -> Result<Self, Error> {
        registry.seeing()?;
        let concerned =
            Concerned { names: people_in(&told_of(ctx, db, (case, seeds)).await?), ..Concerned::default() };
        Ok(Self { ctx, registry, case, concerned })
    }

    /// Members of staff whom the case concerns as persons.
    pub(super) fn subjects(&self) -> impl Iterator<Item = StaffId> {
        let all = self.registry.directory.members.keys().copied();
        all.filter(|staff| {
            let named = conflict(&self.registry.standing(*staff), &self.concerned).is_some();
            named || is_marked(self.ctx, self.case, staff.0)
        })
    }

    /// Whether somebody must not be given it.
    pub(super) fn bars(&self, staff: StaffId) -> bool {
        Impartiality::of(self.ctx, self.registry, staff).kept_from_case(self.case)
            || conflict(&self.registry.standing(staff), &self.concerned).is_some()
    }
}

/// What tells whom a case concerns: the report, what was recorded since, and what was struck out.
pub(super) async fn told_of(
    ctx: &Context,
    db: &mut Db<'_>,
    (case, seeds): (&CaseRow, &HeldSeeds),
) -> Result<Vec<Piece>, Error> {
    let (opener, nobody) = (Opener::new(ctx, seeds), HashMap::new());
    let told = [ItemKind::Report, ItemKind::Subject, ItemKind::StepRecord];
    let items = db.items_of(case.id, &told).await?;
    items.iter().map(|item| piece(&opener, item, &nobody)).collect()
}

/// Whether the marks of a case name this one.
pub(super) fn is_marked(ctx: &Context, case: &CaseRow, id: Uuid) -> bool {
    let place = place(ctx.store.instance(), case.id);
    let list = Exclusions::new(&ctx.keys.exclusions, &place);
    case.excluded.as_deref().is_some_and(|marks| list.holds(marks, id.as_bytes()))
}

/// The marks of a case without these.
pub(super) fn unmarked(ctx: &Context, case: &CaseRow, freed: impl Iterator<Item = Uuid>) -> Option<Vec<u8>> {
    let place = place(ctx.store.instance(), case.id);
    let list = Exclusions::new(&ctx.keys.exclusions, &place);
    Some(freed.fold(case.excluded.clone()?, |marks, id| list.without(&marks, id.as_bytes())))
}

/// The marks of a case, with those of what concerns it added to the ones that stand there. `Err` has as many as one case
/// can have, where those are not all.
pub(super) fn marks(
    ctx: &Context,
    (case, before): (CaseId, Option<&[u8]>),
    concerned: &Concerned,
) -> Result<Vec<u8>, Vec<u8>> {
    let place = place(ctx.store.instance(), case);
    let list = Exclusions::new(&ctx.keys.exclusions, &place);
    let Concerned { people, units, desks, names: _ } = concerned;
    let (units, desks) = (units.iter().map(|unit| unit.0), desks.iter().map(|desk| desk.0));
    let mut marks = before.map_or_else(|| list.empty(), <[u8]>::to_vec);
    for id in units.chain(desks).chain(people.iter().map(|staff| staff.0)) {
        marks = match list.with(&marks, id.as_bytes()) {
            Ok(more) => more,
            Err(Full) => return Err(marks),
        };
    }
    Ok(marks)
}
