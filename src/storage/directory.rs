//! The signed directory as rows: `directory_entries`. What they say is checked by whoever reads them
//! (`audit::directory`); here they are only bytes and signatures.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{
    schema::{directory_entries, staff},
    store::{Db, StorageError},
    tx::Tx,
};
use crate::{audit::directory::DirectoryEntry, domain::ids::StaffId, policy::Permit};

/// An entry of the directory.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = directory_entries, check_for_backend(diesel::pg::Pg))]
pub struct DirectoryRow {
    /// Whom it is about.
    pub staff_id: StaffId,
    /// The how-manieth entry about them; the last effective one counts.
    pub serial: i32,
    /// The signed bytes.
    pub body: Vec<u8>,
    /// The administrator who proposed it.
    pub first_signer: StaffId,
    /// Their signature.
    pub first_signature: Vec<u8>,
    /// The administrator who confirmed it.
    pub second_signer: Option<StaffId>,
    /// Their signature.
    pub second_signature: Option<Vec<u8>>,
    /// The directory version with which it took effect; none while it waits.
    pub version: Option<i64>,
}

impl DirectoryRow {
    /// What there is to verify; none while it waits for its second signature.
    #[must_use]
    pub fn in_force(&self) -> Option<DirectoryEntry<'_>> {
        self.version.map(|_| self.entry())
    }

    /// What is signed, whether it is in force or not.
    #[must_use]
    pub fn entry(&self) -> DirectoryEntry<'_> {
        DirectoryEntry {
            staff: self.staff_id,
            serial: self.serial,
            body: &self.body,
            first_signature: &self.first_signature,
            second_signature: self.second_signature.as_deref(),
        }
    }
}

impl Db<'_> {
    /// Every entry in the order in which they took effect; waiting ones last.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn directory_rows(&mut self) -> Result<Vec<DirectoryRow>, StorageError> {
        let query = directory_entries::table
            .order((directory_entries::version.asc().nulls_last(), directory_entries::staff_id))
            .select(DirectoryRow::as_select());
        Ok(query.load(self.conn).await?)
    }

    /// The entry about a person that counts.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn directory_row_in_force(
        &mut self,
        id: StaffId,
    ) -> Result<Option<DirectoryRow>, StorageError> {
        let query = directory_entries::table
            .filter(directory_entries::staff_id.eq(id).and(directory_entries::version.is_not_null()))
            .order(directory_entries::serial.desc())
            .select(DirectoryRow::as_select());
        Ok(query.first(self.conn).await.optional()?)
    }

    /// The last entry about a person, in force or waiting for its second signature.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn last_directory_row(&mut self, id: StaffId) -> Result<Option<DirectoryRow>, StorageError> {
        let query = directory_entries::table
            .filter(directory_entries::staff_id.eq(id))
            .order(directory_entries::serial.desc())
            .select(DirectoryRow::as_select());
        Ok(query.first(self.conn).await.optional()?)
    }

    /// Who was signed in more than once, so that their roles may be others than before.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn signed_again(&mut self) -> Result<Vec<StaffId>, StorageError> {
        let query = directory_entries::table
            .filter(directory_entries::version.is_not_null())
            .group_by(directory_entries::staff_id)
            .having(diesel::dsl::count_star().gt(1))
            .select(directory_entries::staff_id);
        Ok(query.load(self.conn).await?)
    }

    /// Number of the last entry about a person; 0 where there is none.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn last_serial(&mut self, id: StaffId) -> Result<i32, StorageError> {
        let query = directory_entries::table
            .filter(directory_entries::staff_id.eq(id))
            .select(diesel::dsl::max(directory_entries::serial));
        Ok(query.first::<Option<i32>>(self.conn).await?.unwrap_or(0))
    }

    /// Logins by id, for pages that name people.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn logins(&mut self) -> Result<Vec<(StaffId, String)>, StorageError> {
        Ok(staff::table.select((staff::id, staff::login)).load(self.conn).await?)
    }
}

impl Tx<'_> {
    /// Writes an entry; it takes effect at once where it brings both signatures and a version.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_directory_row(
        &mut self,
        _permit: &Permit,
        row: &DirectoryRow,
    ) -> Result<(), StorageError> {
        diesel::insert_into(directory_entries::table).values(row).execute(self.conn).await?;
        Ok(())
    }

    /// Countersigns a waiting entry, which takes effect: its body gains its place in the chain.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn countersign(&mut self, _permit: &Permit, row: &DirectoryRow) -> Result<(), StorageError> {
        diesel::update(directory_entries::table.find((row.staff_id, row.serial)))
            .set((
                directory_entries::body.eq(&row.body),
                directory_entries::second_signer.eq(row.second_signer),
                directory_entries::second_signature.eq(row.second_signature.as_deref()),
                directory_entries::version.eq(row.version),
            ))
            .execute(self.conn)
            .await?;
        Ok(())
    }
}
