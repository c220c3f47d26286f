//! The members of staff: `staff`. What a person may do stands in the signed directory, not here.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    images,
    schema::staff,
    store::{Db, StorageError},
    tx::{Tx, Written},
};
use crate::{
    audit::{
        actor::ActorOpening,
        entry::{Draft, Head, ObjectKind},
    },
    domain::{
        ids::{BodyId, StaffId},
        mail_address::MailAddress,
    },
    policy::Permit,
};

/// A member of staff.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = staff, check_for_backend(diesel::pg::Pg))]
pub struct StaffRow {
    /// Row id.
    pub id: StaffId,
    /// The random id under which the log keeps the person's history.
    pub audit_id: Uuid,
    /// The random name under which the person acts in the log.
    pub alias: Vec<u8>,
    /// The name to sign in with.
    pub login: String,
    /// `invited`, `enrolled` (has keys, waits for the directory), `active` or `disabled`.
    pub state: String,
    /// What the invitation asks for, JSON; gives nothing by itself.
    pub invited_roles: String,
    /// SHA-256 of the invitation's secret.
    pub invitation_hash: Option<Vec<u8>>,
    /// Until when the invitation can be redeemed.
    #[diesel(deserialize_as = jiff_diesel::NullableTimestamp)]
    pub invitation_expires: Option<Timestamp>,
    /// Salt of the password derivation.
    pub salt: Option<Vec<u8>>,
    /// What proves the password.
    pub verifier: Option<Vec<u8>>,
    /// Public halves of the person's keys.
    pub public_keys: Option<Vec<u8>>,
    /// Secret halves, sealed under the password.
    pub sealed_secrets: Option<Vec<u8>>,
    /// The second factor's seed, sealed under the secret halves.
    pub sealed_totp: Option<Vec<u8>>,
    /// Secret halves once more, sealed under the recovery code.
    pub sealed_recovery: Option<Vec<u8>>,
    /// Number of the last entry.
    pub audit_n: i32,
    /// Its commitment.
    pub audit_head: Vec<u8>,
    /// Salt of the commitment that binds the alias to the person; none once it was erased.
    pub identity_salt: Option<Vec<u8>>,
    /// Where mails to the person go; [`StaffRow::mail`] reads it.
    mail: Option<String>,
    /// Their name, the surname first; counts once the directory says it.
    pub name: Option<String>,
    /// The body or unit they belong to; counts once the directory says it.
    pub unit_id: Option<BodyId>,
}

impl StaffRow {
    /// Where the next entry goes.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            kind: ObjectKind::Staff,
            id: self.audit_id,
            n: self.audit_n,
            commitment: self.audit_head.as_slice().try_into().ok(),
        }
    }

    /// What shows to whom the log has bound the alias; none once the salt was erased.
    #[must_use]
    pub fn opening(&self) -> Option<ActorOpening> {
        let salt = self.identity_salt.as_deref()?;
        Some(ActorOpening::new(&self.alias, &self.login, self.id, salt))
    }

    /// Where mails to the person go, if anywhere; what is no address counts for none.
    #[must_use]
    pub fn mail(&self) -> Option<MailAddress> {
        MailAddress::parse(self.mail.as_deref()?).ok()
    }

    /// Their name and unit, as they are to be signed.
    #[must_use]
    pub fn identity(&self) -> StaffIdentity {
        StaffIdentity { name: self.name.clone(), unit: self.unit_id }
    }

    /// The same person under another name or in another unit.
    #[must_use]
    pub fn with(self, identity: &StaffIdentity) -> Self {
        Self { name: identity.name.clone(), unit_id: identity.unit, ..self }
    }

    /// The alias as eight bytes.
    #[must_use]
    pub fn alias(&self) -> [u8; 8] {
        self.alias.as_slice().try_into().unwrap_or_default()
    }
}

/// A person to be invited.
pub struct NewStaff {
    /// Row id.
    pub id: StaffId,
    /// The name to sign in with.
    pub login: String,
    /// What the invitation asks for, JSON.
    pub invited_roles: String,
    /// What is stored of the invitation.
    pub invitation: StoredInvitation,
    /// Where mails to the person go.
    pub mail: Option<MailAddress>,
    /// Their name, and where they belong.
    pub identity: StaffIdentity,
}

/// By what a report that concerns somebody is kept from them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StaffIdentity {
    /// Their name, the surname first.
    pub name: Option<String>,
    /// The body or unit they belong to.
    pub unit: Option<BodyId>,
}

/// What is stored of an invitation.
#[derive(Debug, Clone, Copy)]
pub struct StoredInvitation {
    /// SHA-256 of its secret.
    pub hash: [u8; 32],
    /// Until when it can be redeemed.
    pub expires: Timestamp,
}

/// The keys a person made.
#[derive(Debug, Clone, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = staff)]
pub struct StaffKeyColumns {
    /// Salt of the password derivation.
    pub salt: Vec<u8>,
    /// What proves the password.
    pub verifier: Vec<u8>,
    /// Public halves.
    pub public_keys: Vec<u8>,
    /// Secret halves, sealed under the password.
    pub sealed_secrets: Vec<u8>,
    /// The second factor's seed, sealed.
    pub sealed_totp: Vec<u8>,
    /// Look-up hash of the recovery code.
    pub recovery_hash: Vec<u8>,
    /// Secret halves, sealed under the recovery code.
    pub sealed_recovery: Vec<u8>,
}

/// What an act changes in a person's row.
#[derive(Debug, Default, Clone)]
pub struct StaffChange {
    /// The new state.
    pub state: Option<&'static str>,
    /// New keys.
    pub keys: Option<StaffKeyColumns>,
    /// A new invitation; `Some(None)` where it is used up.
    pub invitation: Option<Option<StoredInvitation>>,
    /// The roles that are to be signed, JSON; gives nothing by itself.
    pub roles: Option<String>,
    /// Where mails go from now on; `Some(None)` where none are wanted any more.
    pub mail: Option<Option<MailAddress>>,
    /// The name and unit that are to be signed.
    pub identity: Option<StaffIdentity>,
}

#[derive(AsChangeset)]
#[diesel(table_name = staff)]
struct StaffColumns {
    state: Option<&'static str>,
    invited_roles: Option<String>,
    invitation_hash: Option<Option<Vec<u8>>>,
    invitation_expires: Option<Option<jiff_diesel::Timestamp>>,
    mail: Option<Option<String>>,
    name: Option<Option<String>>,
    unit_id: Option<Option<BodyId>>,
    audit_n: i32,
    audit_head: Vec<u8>,
}

impl Db<'_> {
    /// A person by id.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn staff(&mut self, id: StaffId) -> Result<Option<StaffRow>, StorageError> {
        Ok(staff::table.find(id).select(StaffRow::as_select()).first(self.conn).await.optional()?)
    }

    /// A person by the name they sign in with.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn staff_by_login(&mut self, login: &str) -> Result<Option<StaffRow>, StorageError> {
        let query = staff::table.filter(staff::login.eq(login)).select(StaffRow::as_select());
        Ok(query.first(self.conn).await.optional()?)
    }

    /// A person by the hash of an unused invitation.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn staff_by_invitation(&mut self, hash: &[u8; 32]) -> Result<Option<StaffRow>, StorageError> {
        let query =
            staff::table.filter(staff::invitation_hash.eq(hash.as_slice())).select(StaffRow::as_select());
        Ok(query.first(self.conn).await.optional()?)
    }

    /// A person by the look-up hash of their recovery code.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn staff_by_recovery(&mut self, hash: &[u8; 32]) -> Result<Option<StaffRow>, StorageError> {
        let query =
            staff::table.filter(staff::recovery_hash.eq(hash.as_slice())).select(StaffRow::as_select());
        Ok(query.first(self.conn).await.optional()?)
    }

    /// Who does not work here: invited, not signed into the directory yet, or disabled; and whether it is the last.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn inactive_staff(&mut self) -> Result<Vec<(StaffId, bool)>, StorageError> {
        let query = staff::table.filter(staff::state.ne("active"));
        Ok(query.select((staff::id, staff::state.eq("disabled"))).load(self.conn).await?)
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn all_staff(&mut self) -> Result<Vec<StaffRow>, StorageError> {
        Ok(staff::table.order(staff::login).select(StaffRow::as_select()).load(self.conn).await?)
    }
}

impl Tx<'_> {
    /// The person's row, locked until the transaction ends.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn lock_staff(&mut self, id: StaffId) -> Result<Option<StaffRow>, StorageError> {
        let query = staff::table.find(id).select(StaffRow::as_select()).for_update();
        Ok(query.first(self.conn).await.optional()?)
    }

    /// Writes a new person with the first entry of their history.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] where the login is taken.
    pub async fn insert_staff(
        &mut self,
        _permit: &Permit,
        new: NewStaff,
        draft: &Draft<'_>,
    ) -> Result<Written, StorageError> {
        let audit_id = self.uuid();
        let alias: [u8; 8] = rand::RngExt::random(&mut self.rng);
        let salt: [u8; 32] = rand::RngExt::random(&mut self.rng);
        let image = images::new_staff(&new, &alias, &salt);
        let entry = self.seal_leaving(&Head::new(ObjectKind::Staff, audit_id), draft, image)?;
        diesel::insert_into(staff::table)
            .values((
                staff::id.eq(new.id),
                staff::audit_id.eq(audit_id),
                staff::alias.eq(alias.as_slice()),
                staff::identity_salt.eq(salt.as_slice()),
                staff::login.eq(&new.login),
                staff::state.eq("invited"),
                staff::invited_roles.eq(&new.invited_roles),
                staff::invitation_hash.eq(new.invitation.hash.as_slice()),
                staff::invitation_expires.eq(jiff_diesel::Timestamp::from(new.invitation.expires)),
                staff::mail.eq(new.mail.as_ref().map(MailAddress::expose)),
                staff::name.eq(&new.identity.name),
                staff::unit_id.eq(new.identity.unit),
                staff::audit_n.eq(entry.place.n),
                staff::audit_head.eq(entry.commitment.as_slice()),
            ))
            .execute(self.conn)
            .await?;
        self.append(&entry).await
    }

    /// Writes a change of a locked person together with its entry.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn save_staff(
        &mut self,
        _permit: &Permit,
        person: &StaffRow,
        change: StaffChange,
        draft: &Draft<'_>,
    ) -> Result<Written, StorageError> {
        let image = self.staff_after(person.id, &change).await?;
        let entry = self.seal_leaving(&person.head(), draft, image)?;
        let columns = StaffColumns {
            state: change.state,
            invited_roles: change.roles,
            invitation_hash: change.invitation.map(|new| new.map(|new| new.hash.to_vec())),
            invitation_expires: change.invitation.map(|new| new.map(|new| new.expires.into())),
            mail: change.mail.map(|mail| mail.map(|address| address.expose().to_owned())),
            name: change.identity.as_ref().map(|identity| identity.name.clone()),
            unit_id: change.identity.map(|identity| identity.unit),
            audit_n: entry.place.n,
            audit_head: entry.commitment.to_vec(),
        };
        let target = staff::table.find(person.id);
        match change.keys {
            Some(keys) => diesel::update(target).set((columns, keys)).execute(self.conn).await?,
            None => diesel::update(target).set(columns).execute(self.conn).await?,
        };
        self.append(&entry).await
    }
}
