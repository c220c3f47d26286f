//! Bodies, desks and routing rules.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    images,
    schema::{bodies, desks, routing_rules},
    store::{Db, StorageError},
    tx::{Tx, Written},
};
use crate::{
    audit::entry::{Draft, Head, ObjectKind},
    domain::{
        ids::{BodyId, DeskId},
        profile::ProfileId,
        taxonomy::{Category, Region},
    },
    policy::Permit,
};

/// A body: an organisation of the registry.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = bodies, check_for_backend(diesel::pg::Pg))]
pub struct BodyRow {
    /// Its id.
    pub id: BodyId,
    /// The body above it.
    pub parent_id: Option<BodyId>,
    /// Where it is.
    pub region: Option<Region>,
    /// Its name in Kazakh.
    pub name_kk: String,
    /// Its name in Russian.
    pub name_ru: String,
    /// Its name in English.
    pub name_en: String,
}

/// A name in one language of the three.
fn name_in<'a>(language: &str, kk: &'a str, ru: &'a str, en: &'a str) -> &'a str {
    match language {
        "kk" => kk,
        "ru" => ru,
        _ => en,
    }
}

impl BodyRow {
    /// Its name in the language with this code.
    #[must_use]
    pub fn name(&self, language: &str) -> &str {
        name_in(language, &self.name_kk, &self.name_ru, &self.name_en)
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

    /// A body.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn body(&mut self, id: BodyId) -> Result<Option<BodyRow>, StorageError> {
        Ok(bodies::table.find(id).select(BodyRow::as_select()).first(self.conn).await.optional()?)
    }

    /// Bodies whose name in any language contains the words; all where there are none. By Russian name.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn find_bodies(&mut self, words: &str, limit: i64) -> Result<Vec<BodyRow>, StorageError> {
        let escaped = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let pattern = format!("%{escaped}%");
        let query = bodies::table
            .filter(
                bodies::name_kk
                    .ilike(pattern.clone())
                    .or(bodies::name_ru.ilike(pattern.clone()))
                    .or(bodies::name_en.ilike(pattern)),
            )
            .order((bodies::name_ru, bodies::id))
            .limit(limit);
        Ok(query.select(BodyRow::as_select()).load(self.conn).await?)
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
    /// Writes a body; the instance's entry `config.changed` must stand in the same transaction.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_body(&mut self, _permit: &Permit, body: BodyRow) -> Result<(), StorageError> {
        diesel::insert_into(bodies::table).values(body).execute(self.conn).await?;
        Ok(())
    }

    /// Writes a routing rule; the instance's entry `config.changed` must stand in the same transaction.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] where the position is taken.
    pub async fn insert_rule(&mut self, _permit: &Permit, rule: KeptRule) -> Result<(), StorageError> {
        diesel::insert_into(routing_rules::table).values(rule).execute(self.conn).await?;
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
