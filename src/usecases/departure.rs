//! What losing one's place here has in common, for good (`disable_staff`) or until new keys are made
//! (`reinvite_staff`): the sessions end, the directory no longer lists the person, every case gets a new epoch without
//! them.

use super::{
    caller::Caller, context::Context, error::Error, holders::shut_out, propose_member::body_of,
    registry::Registry, standing::Standing,
};
use crate::{
    audit::{
        act::Act,
        directory::{DirectoryBody, SIGNATURE_DOMAIN},
        entry::{By, Draft, When},
    },
    domain::{
        ids::{CaseId, StaffId},
        mail_address::Notice,
    },
    policy::Permit,
    storage::{
        Tx, Written,
        directory::DirectoryRow,
        grants::GrantEnd,
        staff::{StaffChange, StaffRow},
    },
};

/// What becomes of the person's grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grants {
    /// They end.
    End,
    /// They stay; the person reads again once they have new keys and a holder has given them the case again.
    Wait,
}

/// Somebody who loses their place, and who takes it: an administrator, or the operator, who has no key to sign with.
pub(super) struct Departure<'a> {
    pub ctx: &'a Context,
    pub caller: Option<&'a Caller>,
    pub permit: &'a Permit,
    pub staff: StaffId,
}

impl Departure<'_> {
    /// Ends the sessions, takes the person out of the directory and tells them. An administrator's signature is enough, because
    /// tightening acts at once; what the operator does unsigned, the row's state keeps up.
    ///
    /// # Errors
    /// [`Error::Conflict`] where there is nothing left to change.
    pub(super) async fn leave(&self, change: &StaffChange, act: Act, notice: Notice) -> Result<(), Error> {
        let id = self.staff;
        self.ctx
            .store
            .record("leave", async |tx| {
                let mut standing = Standing::lock(self.ctx, tx).await?;
                let registry = self.ctx.registry_at(tx, standing.version()).await?;
                self.leaves_two_administrators(&registry)?;
                let person = tx.lock_staff(id).await?.ok_or(Error::NotFound)?;
                let retired = self.retire(tx, &mut standing, &person).await?;
                let invites = matches!(change.invitation, Some(Some(_)));
                if retired.is_none() && !invites && change.state == Some(person.state.as_str()) {
                    return Err(Error::Conflict);
                }
                let mut draft = self.draft(act);
                if let Some(entry) = retired {
                    draft = draft.committing("directory", entry);
                }
                if retired.is_some() || person.state == "active" {
                    draft = draft.and(Act::ActorRetired);
                    tx.take_recovery(self.permit, id).await?;
                }
                tx.end_sessions_of(self.permit, id).await?;
                tx.notify(self.permit, &person, notice).await?;
                let _person = tx.save_staff(self.permit, &person, change.clone(), &draft).await?;
                let draft = self.draft(Act::ConfigChanged).code("what", "directory");
                Ok(((), standing.save(self.ctx, tx, self.permit, &draft).await?))
            })
            .await
    }

    /// Two administrators must remain, or nobody could ever be signed in again; what one of them cannot do to the other,
    /// the operator can. Asked while nobody else can change the directory: of two who take each other's place at once,
    /// the second is not one any more.
    fn leaves_two_administrators(&self, registry: &Registry) -> Result<(), Error> {
        let Some(caller) = self.caller else { return Ok(()) };
        if !registry.is_administrator(caller.id) {
            return Err(Error::Unauthenticated);
        }
        if registry.is_administrator(self.staff) && registry.administrators_besides(self.staff) < 2 {
            return Err(Error::TooFewAdministrators);
        }
        Ok(())
    }

    /// Signs the person out of the directory where it lists them; the digest of the entry.
    async fn retire(
        &self,
        tx: &mut Tx<'_>,
        standing: &mut Standing,
        person: &StaffRow,
    ) -> Result<Option<[u8; 32]>, Error> {
        let Some(caller) = self.caller.filter(|_| person.public_keys.is_some()) else { return Ok(None) };
        let listed = tx.directory_row_in_force(person.id).await?.is_some_and(|row| {
            serde_json::from_slice::<DirectoryBody>(&row.body).is_ok_and(|body| !body.roles.is_empty())
        });
        if !listed {
            return Ok(None);
        }
        let serial = tx.last_serial(person.id).await?.saturating_add(1);
        let body = body_of(self.ctx, person, serial, Vec::new())?;
        let mut row = standing.effective(
            DirectoryRow {
                staff_id: person.id,
                serial,
                first_signer: caller.id,
                first_signature: Vec::new(),
                body,
                second_signer: None,
                second_signature: None,
                version: None,
            },
            None,
        )?;
        row.first_signature = caller.secrets.sign.sign(SIGNATURE_DOMAIN, &row.body).to_vec();
        let entry = standing.take(self.ctx, &row)?;
        tx.insert_directory_row(self.permit, &row).await?;
        Ok(Some(entry))
    }

    /// Takes the keys of these cases: each begins a new epoch, with nobody's help. What the person opened before is not
    /// reached by it.
    pub(super) async fn lose_keys(&self, cases: &[CaseId], grants: Grants) -> Result<(), Error> {
        let mut failed = Ok(());
        for case in cases {
            // One that is damaged does not keep the others open.
            if let Err(error) = self.lose_key(*case, grants).await {
                tracing::error!(%case, %error, "somebody who left still has the keys of a case");
                failed = Err(error);
            }
        }
        failed
    }

    async fn lose_key(&self, case: CaseId, grants: Grants) -> Result<(), Error> {
        let registry = self.ctx.current_registry().await?;
        let (permit, staff) = (self.permit, self.staff);
        self.ctx
            .store
            .record("lose_key", async |tx| -> Result<((), Written), Error> {
                let row = tx.lock_case(case).await?.ok_or(Error::NotFound)?;
                let end = (grants == Grants::End).then_some(GrantEnd::Revoked);
                let (change, acts) = shut_out(self.ctx, tx, permit, &registry, (&row, staff, end)).await?;
                let draft = self.draft(if end.is_some() { Act::GrantRemoved } else { Act::GrantSuspended });
                let draft = acts.into_iter().fold(draft, Draft::and);
                Ok(((), tx.save_case(permit, &row, change, &draft).await?))
            })
            .await
    }

    fn draft(&self, act: Act) -> Draft<'_> {
        let now = self.ctx.store.now();
        match self.caller {
            Some(caller) => caller.draft(act, "administrator", now),
            None => Draft::new(act, By::System, When::At(now)),
        }
    }
}
