//! The directory as it stands, verified and pinned, and held still while somebody changes it.
//!
//! The digest of the newest entry stands in the instance's row under the server's proof. Where it is not that of the
//! newest entry, or the chain has a gap, nobody is in: whoever can write to the database may have brought somebody back.

use super::{authentic::Authentic, context::Context, error::Error};
use crate::{
    audit::{
        directory::{Directory, DirectoryBody},
        entry::Draft,
    },
    crypto::sign::VerifyingKey,
    policy::Permit,
    storage::{
        Tx, Written,
        directory::DirectoryRow,
        instance::{DirectoryPin, InstanceRow, Pin},
    },
};

/// What the rows come to, with nobody in it where they are not those that the server left.
pub(super) fn verified(
    ctx: &Context,
    genesis: &[VerifyingKey],
    instance: Option<&InstanceRow>,
    rows: &[DirectoryRow],
) -> Directory {
    let entries = rows.iter().filter_map(DirectoryRow::in_force);
    let mut directory =
        Directory::verify(entries, genesis, (ctx.store.instance(), ctx.store.now().as_second()));
    let pinned = |row: &InstanceRow| match (&row.directory_head, &row.directory_mac) {
        (Some(head), Some(proof)) => {
            directory.head().is_some_and(|newest| newest.as_slice() == head)
                && Authentic::newest_entry(ctx, row, head).holds(ctx, proof)
        }
        // Nothing was pinned before the first entry took effect.
        _ => directory.chain.is_empty() && row.directory_head.is_none(),
    };
    if instance.is_some_and(|row| !pinned(row)) {
        directory.close();
    }
    directory
}

/// The directory while its next entry is made: nobody else changes it before the transaction ends.
pub(super) struct Standing {
    instance: InstanceRow,
    directory: Directory,
    /// Whether it has a new entry, which is to be pinned.
    taken: bool,
}

impl Standing {
    /// Locks the instance and reads the directory.
    ///
    /// # Errors
    /// [`Error::NotReady`] before the founding.
    pub(super) async fn lock(ctx: &Context, tx: &mut Tx<'_>) -> Result<Self, Error> {
        Self::upon(ctx, tx, &ctx.genesis).await
    }

    /// The same upon these founding keys: those of the configuration are not there yet while an instance is founded.
    pub(super) async fn upon(
        ctx: &Context,
        tx: &mut Tx<'_>,
        genesis: &[VerifyingKey],
    ) -> Result<Self, Error> {
        let instance = tx.lock_instance().await?.ok_or(Error::NotReady("the instance was never founded"))?;
        let directory = verified(ctx, genesis, Some(&instance), &tx.directory_rows().await?);
        Ok(Self { instance, directory, taken: false })
    }

    /// The version of the instance before the change.
    pub(super) const fn version(&self) -> i64 {
        self.instance.version
    }

    /// The directory before the change.
    pub(super) const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// An entry as it takes effect behind the newest one, still to be signed; `from` is when new roles in it count.
    ///
    /// # Errors
    /// [`Error::Sealed`] where entries are missing: nothing is built upon that.
    pub(super) fn effective(&self, row: DirectoryRow, from: Option<i64>) -> Result<DirectoryRow, Error> {
        if self.directory.breach.is_some() {
            return Err(Error::Sealed("the directory of staff is not as this server left it"));
        }
        let (body, version) = (self.place(&row.body, from)?, Some(self.instance.next_version()));
        Ok(DirectoryRow { body, version, ..row })
    }

    /// The bytes of an entry behind the newest one.
    fn place(&self, body: &[u8], from: Option<i64>) -> Result<Vec<u8>, Error> {
        let body: DirectoryBody =
            serde_json::from_slice(body).map_err(|_cause| Error::Sealed("a directory entry"))?;
        let placed = DirectoryBody { from, ..body.behind(self.directory.head()) };
        placed.to_bytes().map_err(|_cause| Error::Sealed("the directory entry has no canonical form"))
    }

    /// Takes the entry; its digest, which the log commits to.
    ///
    /// # Errors
    /// [`Error::Conflict`] where its signatures do not count, as of somebody who proposed it and left meanwhile.
    pub(super) fn take(&mut self, ctx: &Context, row: &DirectoryRow) -> Result<[u8; 32], Error> {
        let entry = row.entry();
        self.directory.admit(&entry, ctx.store.instance()).ok_or(Error::Conflict)?;
        self.taken = true;
        Ok(entry.digest())
    }

    /// Writes the instance's entry, and pins the directory's where one took effect.
    pub(super) async fn save(
        self,
        ctx: &Context,
        tx: &mut Tx<'_>,
        permit: &Permit,
        draft: &Draft<'_>,
    ) -> Result<Written, Error> {
        let Some(head) = self.directory.head().filter(|_| self.taken) else {
            return Ok(tx.save_instance(permit, &self.instance, draft).await?);
        };
        let pin = DirectoryPin { head, mac: Authentic::newest_entry(ctx, &self.instance, &head).mac(ctx) };
        Ok(tx.save_pinned(permit, &self.instance, Pin::Directory(pin), draft).await?)
    }
}
