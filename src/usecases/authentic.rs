//! Which rows the server itself wrote: those by which keys are chosen carry its proof.
//!
//! A desk's recovery key, a routing rule, the newest entry of the directory, the desk of a case, the public half of its
//! epoch and the reporter's key decide to whom words are sealed. Whoever can write to the database, even with a well-formed entry of the record, could put their own key
//! there; a row without the server's proof is not used. What the proof does not show: that a row was removed, or that
//! the database as a whole was put back to an older state. Whoever has the server's secrets besides can make proofs:
//! they are an attacker on the live server and get what is written from then on, never what was sealed before.

use super::{context::Context, error::Error, holders::HeldSeeds};
use crate::{
    crypto::{kem::KemPublic, place::Place, row_mac},
    domain::{
        case::status::Status,
        configuration::State,
        ids::{CaseId, DeskId, StaffId},
        profile::ProfileId,
    },
    storage::{
        Db,
        cases::CaseRow,
        config_changes::ChangeRow,
        desks::{DeskRow, RuleRow},
        instance::InstanceRow,
        wraps::EpochRow,
    },
};

/// What is said of a case whose epoch or reporter's key somebody else wrote.
const FORGED: Error = Error::Sealed("the case's keys are not those that this server wrote");

/// What stands in a case's own row and is bound to its epochs.
#[derive(Clone, Copy)]
pub(super) struct CaseKeys<'c> {
    pub id: CaseId,
    pub desk: DeskId,
    pub profile: ProfileId,
    pub reporter: &'c [u8],
    /// None in cases from before there were marks.
    pub excluded: Option<&'c [u8]>,
}

impl<'c> CaseKeys<'c> {
    pub(super) fn of(row: &'c CaseRow) -> Self {
        Self {
            id: row.id,
            desk: row.desk_id,
            profile: row.profile,
            reporter: &row.reporter_key,
            excluded: row.excluded.as_deref(),
        }
    }
}

/// A row as the proof sees it.
pub(super) struct Authentic {
    place: Place,
    columns: Vec<Vec<u8>>,
}

impl Authentic {
    /// A desk: whose it is, how its reports are handled and who may recover them.
    pub(super) fn desk(ctx: &Context, row: &DeskRow) -> Self {
        Self {
            place: ctx.store.place("desks", row.id.0.as_bytes(), "mac"),
            columns: vec![
                row.body_id.0.as_bytes().to_vec(),
                row.profile.code().into(),
                vec![u8::from(row.independent)],
                row.recovery_key.clone(),
                row.recovery_threshold.to_be_bytes().to_vec(),
                row.recovery_shares.to_be_bytes().to_vec(),
            ],
        }
    }

    /// A routing rule. An empty column matches everything: no id and no code is empty.
    pub(super) fn rule(ctx: &Context, row: &RuleRow) -> Self {
        Self {
            place: ctx.store.place("routing_rules", &row.position.to_be_bytes(), "mac"),
            columns: vec![
                row.body_id.map(|body| body.0.as_bytes().to_vec()).unwrap_or_default(),
                row.category.map(|category| category.code().into()).unwrap_or_default(),
                row.region.map(|region| region.code().into()).unwrap_or_default(),
                row.desk_id.0.as_bytes().to_vec(),
            ],
        }
    }

    /// The newest entry of the directory: whoever takes entries out has another one.
    pub(super) fn newest_entry(ctx: &Context, row: &InstanceRow, head: &[u8]) -> Self {
        let place = ctx.store.place("instance", row.audit_id.as_bytes(), "directory_mac");
        Self { place, columns: vec![head.to_vec()] }
    }

    /// The tree of bodies, by its digest: under which body one stands decides which rules its reports follow.
    pub(super) fn bodies(ctx: &Context, row: &InstanceRow, tree: &[u8; 32]) -> Self {
        let place = ctx.store.place("instance", row.audit_id.as_bytes(), "bodies_mac");
        Self { place, columns: vec![tree.to_vec()] }
    }

    /// A proposed change of the configuration: everything that decides whether and when it comes in force.
    pub(super) fn change(ctx: &Context, row: &ChangeRow) -> Self {
        let person = |id: Option<StaffId>| id.map(|id| id.0.as_bytes().to_vec()).unwrap_or_default();
        let moment = row.effective_at.map(|at| at.as_microsecond().to_be_bytes().to_vec());
        Self {
            place: ctx.store.place("config_changes", row.id.0.as_bytes(), "mac"),
            columns: vec![
                row.kind.code().into(),
                row.digest.clone(),
                row.base.to_be_bytes().to_vec(),
                vec![u8::from(row.loosening)],
                row.state.code().into(),
                person(row.proposer_id),
                person(row.approver_id),
                person(row.co_approver_id),
                moment.unwrap_or_default(),
            ],
        }
    }

    /// An epoch of a case, with what the next epoch will be wrapped to: the reporter's key, and the recovery key of the
    /// desk that has the case. The profile says by which days it is answered, the marks who is kept from it.
    pub(super) fn epoch(ctx: &Context, case: &CaseKeys<'_>, epoch: i32, public: &[u8]) -> Self {
        let row = [case.id.0.as_bytes().as_slice(), &epoch.to_be_bytes()].concat();
        Self {
            place: ctx.store.place("case_epochs", &row, "mac"),
            columns: [
                public.to_vec(),
                case.reporter.to_vec(),
                case.desk.0.as_bytes().to_vec(),
                case.profile.code().into(),
            ]
            .into_iter()
            .chain(case.excluded.map(<[u8]>::to_vec))
            .collect(),
        }
    }

    /// The proof to be stored.
    pub(super) fn mac(&self, ctx: &Context) -> [u8; 32] {
        row_mac::seal(&ctx.keys.rows, &self.place, &self.columns())
    }

    /// Whether the stored proof holds.
    pub(super) fn holds(&self, ctx: &Context, mac: &[u8]) -> bool {
        row_mac::holds(&ctx.keys.rows, &self.place, &self.columns(), mac)
    }

    fn columns(&self) -> Vec<&[u8]> {
        self.columns.iter().map(Vec::as_slice).collect()
    }
}

/// Whether a case's newest epoch is the one it says it is in, and it, the reporter's key, desk and profile are as the
/// server left them.
fn in_force(ctx: &Context, case: &CaseKeys<'_>, epoch: i32, newest: &EpochRow) -> bool {
    newest.epoch == epoch && Authentic::epoch(ctx, case, epoch, &newest.public_key).holds(ctx, &newest.mac)
}

/// The public half of a case's present epoch; with it the case's `reporter_key` is shown to be the server's as well.
/// The newest epoch must be the present one, so that a case is not put back to an epoch that a leaver holds.
///
/// # Errors
/// [`Error::Sealed`] where anybody but the server wrote either.
pub(super) async fn present_epoch(
    ctx: &Context,
    db: &mut Db<'_>,
    case: &CaseRow,
) -> Result<KemPublic, Error> {
    let newest = db.newest_epoch(case.id).await?;
    let newest = newest.filter(|row| in_force(ctx, &CaseKeys::of(case), case.epoch, row));
    let Some(newest) = newest else {
        tracing::error!(case = %case.id, "the keys of a case were not written by this server: nothing is sealed to them");
        return Err(FORGED);
    };
    KemPublic::parse(&newest.public_key).map_err(|_cause| FORGED)
}

/// Shows that what a holder's wrap gave is the present epoch: anybody can wrap a seed of their own to a public key.
///
/// # Errors
/// [`Error::Sealed`] where it is not; [`Error::KeysAwaited`] where the present epoch is not held.
pub(super) async fn check_held(
    ctx: &Context,
    db: &mut Db<'_>,
    (case, seeds): (&CaseRow, &HeldSeeds),
) -> Result<(), Error> {
    let public = present_epoch(ctx, db, case).await?;
    let held = seeds.keys(case.epoch).ok_or(Error::KeysAwaited)?;
    if held.public().to_bytes() == public.to_bytes() { Ok(()) } else { Err(FORGED) }
}

/// How many cases in these states, of the first `most` by id, have keys that this server did not write.
///
/// # Errors
/// [`Error`] of the database.
pub async fn forged_cases(ctx: &Context, among: &[Status], most: i64) -> Result<usize, Error> {
    let rows = ctx.store.read(async |db| db.present_keys(among, most).await).await?;
    let forged = rows.iter().filter(|row| {
        let id = CaseId(row.case);
        let newest = EpochRow {
            case_id: id,
            epoch: row.newest,
            public_key: row.public_key.clone(),
            mac: row.mac.clone(),
        };
        let desk = DeskId(row.desk);
        let case = |profile| CaseKeys {
            id,
            desk,
            profile,
            reporter: &row.reporter_key,
            excluded: row.excluded.as_deref(),
        };
        let held = |profile| in_force(ctx, &case(profile), row.epoch, &newest);
        !ProfileId::parse(&row.profile).is_some_and(held)
    });
    Ok(forged.count())
}

/// How many changes of the configuration that wait are not as this server wrote them: nothing is done with those.
///
/// # Errors
/// [`Error`] of the database.
pub async fn forged_changes(ctx: &Context) -> Result<usize, Error> {
    let rows = ctx.store.read(async |db| db.changes_in(&[State::Pending, State::Approved]).await).await?;
    Ok(rows.iter().filter(|row| !Authentic::change(ctx, row).holds(ctx, &row.mac)).count())
}
