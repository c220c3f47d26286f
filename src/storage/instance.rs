//! The one row of the instance: the version of directory, desks and routing, and the history of changing them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::civil::Date;
use uuid::Uuid;

use super::{
    images,
    schema::instance,
    store::{Db, StorageError},
    tx::{Tx, Written},
};
use crate::{
    audit::entry::{Draft, Head, ObjectKind},
    policy::Permit,
};

/// The instance.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = instance, check_for_backend(diesel::pg::Pg))]
pub struct InstanceRow {
    /// The random id under which the log keeps its history.
    pub audit_id: Uuid,
    /// Rises by one with every change of the directory, of desks, bodies or routing.
    pub version: i64,
    /// Number of the last entry.
    pub audit_n: i32,
    /// Its commitment.
    pub audit_head: Vec<u8>,
    /// Digest of the newest entry of the directory.
    pub directory_head: Option<Vec<u8>>,
    /// Proof that the server wrote it.
    pub directory_mac: Option<Vec<u8>>,
    /// Digest of all rows of the registry of bodies.
    pub bodies_digest: Option<Vec<u8>>,
    /// Proof that the server wrote their tree.
    pub bodies_mac: Option<Vec<u8>>,
}

/// The registry of bodies, as it is pinned.
#[derive(Debug, Clone)]
pub struct BodiesPin {
    /// Digest of all its rows.
    pub digest: Vec<u8>,
    /// Proof that the server wrote their tree.
    pub mac: [u8; 32],
}

/// What a change of the instance pins.
#[derive(Debug, Clone)]
pub enum Pin {
    /// Nothing new.
    None,
    /// The newest entry of the directory.
    Directory(DirectoryPin),
    /// The registry of bodies.
    Bodies(BodiesPin),
}

/// The newest entry of the directory, as it is pinned.
#[derive(Debug, Clone, Copy)]
pub struct DirectoryPin {
    /// Its digest.
    pub head: [u8; 32],
    /// Proof that the server wrote it.
    pub mac: [u8; 32],
}

#[derive(AsChangeset, Default)]
#[diesel(table_name = instance)]
struct PinColumns {
    directory_head: Option<Vec<u8>>,
    directory_mac: Option<Vec<u8>>,
    bodies_digest: Option<Vec<u8>>,
    bodies_mac: Option<Vec<u8>>,
}

impl From<Pin> for PinColumns {
    fn from(pin: Pin) -> Self {
        match pin {
            Pin::None => Self::default(),
            Pin::Directory(pin) => Self {
                directory_head: Some(pin.head.to_vec()),
                directory_mac: Some(pin.mac.to_vec()),
                ..Self::default()
            },
            Pin::Bodies(pin) => Self {
                bodies_digest: Some(pin.digest),
                bodies_mac: Some(pin.mac.to_vec()),
                ..Self::default()
            },
        }
    }
}

impl InstanceRow {
    /// The version after the next change.
    #[must_use]
    pub const fn next_version(&self) -> i64 {
        self.version.saturating_add(1)
    }

    fn head(&self) -> Head {
        Head {
            kind: ObjectKind::Instance,
            id: self.audit_id,
            n: self.audit_n,
            commitment: self.audit_head.as_slice().try_into().ok(),
        }
    }
}

impl Db<'_> {
    /// The instance, once it was founded.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn instance(&mut self) -> Result<Option<InstanceRow>, StorageError> {
        Ok(instance::table.select(InstanceRow::as_select()).first(self.conn).await.optional()?)
    }
}

impl Tx<'_> {
    /// Founds the instance with the first entry of the log.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] where it was founded before.
    pub async fn insert_instance(
        &mut self,
        _permit: &Permit,
        founded_on: Date,
        draft: &Draft<'_>,
    ) -> Result<Written, StorageError> {
        let audit_id = self.uuid();
        let head = Head::new(ObjectKind::Instance, audit_id);
        let entry = self.seal_leaving(&head, draft, images::new_instance(founded_on))?;
        diesel::insert_into(instance::table)
            .values((
                instance::audit_id.eq(audit_id),
                instance::founded_on.eq(jiff_diesel::Date::from(founded_on)),
                instance::audit_n.eq(entry.place.n),
                instance::audit_head.eq(entry.commitment.as_slice()),
            ))
            .execute(self.conn)
            .await?;
        self.append(&entry).await
    }

    /// The instance, locked until the transaction ends.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn lock_instance(&mut self) -> Result<Option<InstanceRow>, StorageError> {
        Ok(instance::table.select(InstanceRow::as_select()).for_update().first(self.conn).await.optional()?)
    }

    /// Writes a change of the configuration as the instance's next entry.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn save_instance(
        &mut self,
        permit: &Permit,
        row: &InstanceRow,
        draft: &Draft<'_>,
    ) -> Result<Written, StorageError> {
        self.save_pinned(permit, row, Pin::None, draft).await
    }

    /// Writes a change as the instance's next entry, and pins what it changed.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn save_pinned(
        &mut self,
        _permit: &Permit,
        row: &InstanceRow,
        pin: Pin,
        draft: &Draft<'_>,
    ) -> Result<Written, StorageError> {
        let image = self.instance_after(row.next_version(), &pin).await?;
        let entry = self.seal_leaving(&row.head(), draft, image)?;
        diesel::update(instance::table)
            .set((
                PinColumns::from(pin),
                instance::version.eq(row.next_version()),
                instance::audit_n.eq(entry.place.n),
                instance::audit_head.eq(entry.commitment.as_slice()),
            ))
            .execute(self.conn)
            .await?;
        self.append(&entry).await
    }
}
