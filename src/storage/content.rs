//! The sealed content of cases, and the closed texts that the system sends: `case_items`.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::civil::Date;

use super::{
    schema::case_items,
    store::{Db, StorageError},
    tx::Tx,
};
use crate::{
    domain::{
        case::item::ItemKind,
        ids::{CaseId, ItemId, ProposalId, StaffId},
    },
    policy::Permit,
};

/// A piece of a case: sealed content or a closed text.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = case_items, check_for_backend(diesel::pg::Pg))]
pub struct ItemRow {
    /// Its id, to which the seal is bound.
    pub id: ItemId,
    /// The case.
    pub case_id: CaseId,
    /// Number of the entry that recorded it: the order within the case.
    pub n: i32,
    /// The epoch it is sealed under.
    pub epoch: i32,
    /// What it is.
    pub kind: ItemKind,
    /// Who wrote it; none for the reporter and the system.
    pub author_id: Option<StaffId>,
    /// Code of a closed text, where it is one.
    pub template: Option<String>,
    /// The sealed bytes, where it is not.
    pub sealed: Option<Vec<u8>>,
    /// The day.
    #[diesel(deserialize_as = jiff_diesel::Date, serialize_as = jiff_diesel::Date)]
    pub written_on: Date,
    /// Set while it waits for the approval that publishes it.
    pub proposal_id: Option<ProposalId>,
}

impl Db<'_> {
    /// Everything in a case in the order it came; prepared effects of proposals included.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn items(&mut self, case: CaseId) -> Result<Vec<ItemRow>, StorageError> {
        let query =
            case_items::table.filter(case_items::case_id.eq(case)).order((case_items::n, case_items::id));
        Ok(query.select(ItemRow::as_select()).load(self.conn).await?)
    }

    /// The sealed pieces of these kinds in a case.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn items_of(&mut self, case: CaseId, kinds: &[ItemKind]) -> Result<Vec<ItemRow>, StorageError> {
        let query =
            case_items::table.filter(case_items::case_id.eq(case)).filter(case_items::kind.eq_any(kinds));
        Ok(query.select(ItemRow::as_select()).load(self.conn).await?)
    }
}

impl Tx<'_> {
    /// Writes a piece of a case.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_item(&mut self, _permit: &Permit, item: ItemRow) -> Result<(), StorageError> {
        diesel::insert_into(case_items::table).values(item).execute(self.conn).await?;
        Ok(())
    }

    /// Publishes what a proposal prepared: it now stands in the case at the place of the approval.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn publish_items(
        &mut self,
        _permit: &Permit,
        proposal: ProposalId,
        n: i32,
        on: Date,
    ) -> Result<(), StorageError> {
        diesel::update(case_items::table.filter(case_items::proposal_id.eq(proposal)))
            .set((
                case_items::proposal_id.eq(None::<ProposalId>),
                case_items::n.eq(n),
                case_items::written_on.eq(jiff_diesel::Date::from(on)),
            ))
            .execute(self.conn)
            .await?;
        Ok(())
    }
}
