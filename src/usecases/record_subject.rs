//! Somebody who works on a case records whom it concerns (control EU-9.1c-2): colleagues who are, or belong to it, lose
//! the case at once, whoever they are. Where too few triagers without a conflict are left, an independent desk has it
//! from then on (norms.md 8.5, rule 5).

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{
    barring::Barring,
    caller::Caller,
    case_access::{locked, role_code},
    context::Context,
    denials::watched,
    error::Error,
    holders::{HeldSeeds, unlock},
    impartiality::{is_marked, marks, subjects, told_of},
    items::{Sealer, Spot},
    registry::Registry,
    unbar::owned_by_subjects,
};
use crate::{
    audit::{act::Act, entry::Draft},
    domain::{
        case::{item::ItemKind, subject::Subject},
        conflict::Concerned,
        field_error::FieldError,
        ids::CaseId,
    },
    policy::Action,
    storage::{
        Tx,
        cases::{CaseChange, CaseRow},
    },
};

/// Records a subject; says whether the caller still has the case: who records themselves, or sends the case to another
/// desk, loses it as everybody else does.
///
/// # Errors
/// [`Error::NotFound`] and [`Error::Forbidden`] by the policy; [`Error::Invalid`] for `login` and `unit`, where they are
/// not known, and for `subject`, where no more can be kept from one case, or nobody at all would be left.
pub async fn record_subject(
    ctx: &Context,
    caller: &Caller,
    id: CaseId,
    subject: &Subject,
) -> Result<bool, Error> {
    let registry = ctx.current_registry().await?;
    let concerned = concerned(&registry, subject)?;
    let outcome = ctx
        .store
        .record("record_subject", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::RecordSubject).await?;
            let (seeds, first) = unlock(ctx, tx, &permit, caller, &case).await?;
            let full = |_most| Error::Invalid(vec![FieldError::new("subject", FieldError::TOO_LONG)]);
            let excluded = marks(ctx, (id, case.excluded.as_deref()), &concerned).map_err(full)?;
            let mut draft = caller.draft(Act::SubjectRecorded, role_code(&situation), ctx.store.now());
            if first {
                draft = draft.and(Act::ContentRead);
            }
            let mut change = CaseChange::default();
            let mut keeps = true;
            let mut spot = Spot::next(&case, ctx.today_of(&case), Some(caller.id));
            let mut keys = seeds.keys(case.epoch).ok_or(Error::KeysAwaited)?;
            if case.excluded.as_ref() != Some(&excluded) {
                let by = Some(caller.id);
                let barring = Barring { ctx, registry: &registry, permit: &permit, seeds: &seeds, by };
                let barred = barring.turn(tx, &case, excluded).await?;
                if barred.left_to_nobody {
                    // Nobody would be left who could do anything about it.
                    return Err(Error::Invalid(vec![FieldError::new("subject", FieldError::NOT_ALLOWED)]));
                }
                draft = barred.acts.into_iter().fold(draft, Draft::and);
                (change, keys, keeps) = (barred.change, barred.keys, !barred.leaving.contains(&caller.id));
                spot.epoch = change.epoch.unwrap_or(spot.epoch);
            }
            let own = own_of(ctx, tx, (&case, &seeds), &concerned).await?;
            let content = Subject { own, ..subject.clone() }.to_sealed_json();
            let sealed = (&Sealer::Holder(keys), content.as_slice());
            let item = spot.sealed(ctx, ItemKind::Subject, sealed, &mut tx.rng)?;
            tx.insert_item(&permit, item).await?;
            Ok((keeps, tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}

/// Whom only this subject keeps from the case, or other subjects with it: not whom the report does.
async fn own_of(
    ctx: &Context,
    tx: &mut Tx<'_>,
    (case, seeds): (&CaseRow, &HeldSeeds),
    concerned: &Concerned,
) -> Result<BTreeSet<Uuid>, Error> {
    let pieces = told_of(ctx, tx, (case, seeds)).await?;
    let shared = owned_by_subjects(&pieces, None);
    let ids = concerned.people.iter().map(|staff| staff.0).chain(concerned.units.iter().map(|unit| unit.0));
    Ok(ids.filter(|id| shared.contains(id) || !is_marked(ctx, case, *id)).collect())
}

/// Who of those who work here it is, and which unit.
fn concerned(registry: &Registry, subject: &Subject) -> Result<Concerned, Error> {
    let unknown = |field| Error::Invalid(vec![FieldError::new(field, FieldError::UNKNOWN)]);
    let mut concerned = Concerned {
        names: subject.name.iter().map(|name| name.expose().to_owned()).collect(),
        ..Concerned::default()
    };
    if let Some(login) = &subject.login {
        let mut members = registry.directory.members.iter();
        let known = members.find(|(_, member)| member.login == login.as_str());
        concerned.people.insert(*known.ok_or_else(|| unknown("login"))?.0);
    }
    if let Some(unit) = subject.unit {
        if !registry.bodies.holds(unit) {
            return Err(unknown("unit"));
        }
        concerned.units.insert(unit);
    }
    let found = registry.in_conflict(&concerned);
    concerned.people.extend(subjects(&found));
    Ok(concerned)
}
