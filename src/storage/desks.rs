//! Desks and routing rules.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    images,
    schema::{desks, routing_rules},
    store::{Db, StorageError},
    tx::{Tx, Written},
};
use crate::{
    audit::entry::{Draft, Head, ObjectKind},
    domain::{
        ids::{BodyId, DeskId},
        profile::ProfileId,
        routing::Rule,
        taxonomy::{Category, Region},
    },
    policy::Permit,
};

/// A name in one language of the three.
pub(super) fn name_in<'a>(language: &str, kk: &'a str, ru: &'a str, en: &'a str) -> &'a str {
    match language {
        "kk" => kk,
        "ru" => ru,
        _ => en,
    }
}

impl DeskRow {
    /// Its name in the language with this code.
    #[must_use]
    pub fn name(&self, language: &str) -> &str {
        name_in(language, &self.name_kk, &self.name_ru, &self.name_en)
    }
}

/// A desk: a team of a body that receives reports.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = desks, check_for_backend(diesel::pg::Pg))]
pub struct DeskRow {
    /// Its id.
    pub id: DeskId,
    /// The random id under which the log keeps its history.
    pub audit_id: Uuid,
    /// The body it belongs to.
    pub body_id: BodyId,
    /// Its name in Kazakh.
    pub name_kk: String,
    /// Its name in Russian.
    pub name_ru: String,
    /// Its name in English.
    pub name_en: String,
    /// The profile of its cases.
    pub profile: ProfileId,
    /// Whether it stands outside the hierarchy of the bodies it serves.
    pub independent: bool,
    /// Public half of its recovery key; the secret half exists only on printed sheets.
    pub recovery_key: Vec<u8>,
    /// How many sheets open it.
    pub recovery_threshold: i32,
    /// How many sheets were made.
    pub recovery_shares: i32,
    /// Number of the last entry.
    pub audit_n: i32,
    /// Its commitment.
    pub audit_head: Vec<u8>,
    /// Proof that the server wrote the row.
    pub mac: Vec<u8>,
    /// The operator's stable code.
    pub code: String,
}

/// A routing rule; a `None` matches everything.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = routing_rules, check_for_backend(diesel::pg::Pg))]
pub struct RuleRow {
    /// The lower, the earlier; the first that matches wins.
    pub position: i32,
    /// For this body.
    pub body_id: Option<BodyId>,
    /// For this category.
    pub category: Option<Category>,
    /// For this region.
    pub region: Option<Region>,
    /// To this desk.
    pub desk_id: DeskId,
}

impl From<RuleRow> for Rule {
    fn from(row: RuleRow) -> Self {
        let RuleRow { position, body_id, category, region, desk_id } = row;
        Self { position, body: body_id, category, region, desk: desk_id }
    }
}

/// A routing rule as it is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = routing_rules, check_for_backend(diesel::pg::Pg))]
pub struct KeptRule {
    /// The rule.
    #[diesel(embed)]
    pub rule: RuleRow,
    /// Proof that the server wrote the row.
    pub mac: Vec<u8>,
}

impl Db<'_> {
    /// Every desk.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn desks(&mut self) -> Result<Vec<DeskRow>, StorageError> {
        Ok(desks::table
            .order((desks::name_en, desks::id))
            .select(DeskRow::as_select())
            .load(self.conn)
            .await?)
    }

    /// The routing rules in their order.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn routing_rules(&mut self) -> Result<Vec<KeptRule>, StorageError> {
        Ok(routing_rules::table
            .order(routing_rules::position)
            .select(KeptRule::as_select())
            .load(self.conn)
            .await?)
    }
}

impl Tx<'_> {
    /// Writes the whole list of routing rules in place of the one before. A change of their kind must have come in force in
    /// the same transaction.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn replace_rules(
        &mut self,
        _permit: &Permit,
        rules: Vec<KeptRule>,
    ) -> Result<(), StorageError> {
        diesel::delete(routing_rules::table).execute(self.conn).await?;
        diesel::insert_into(routing_rules::table).values(rules).execute(self.conn).await?;
        Ok(())
    }

    /// Writes a desk with the first entry of its history; `audit_*` of the row are filled here.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_desk(
        &mut self,
        _permit: &Permit,
        mut desk: DeskRow,
        draft: &Draft<'_>,
    ) -> Result<Written, StorageError> {
        desk.audit_id = self.uuid();
        let head = Head::new(ObjectKind::Desk, desk.audit_id);
        let entry = self.seal_leaving(&head, draft, images::desk(&desk))?;
        desk.audit_n = entry.place.n;
        desk.audit_head = entry.commitment.to_vec();
        diesel::insert_into(desks::table).values(desk).execute(self.conn).await?;
        self.append(&entry).await
    }
}
