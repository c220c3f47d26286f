//! The registry of bodies: looking for them, the tree, and putting a whole registry in force.

use diesel::{
    pg::sql_types::Uuid as SqlUuid,
    prelude::*,
    sql_types::{Array, Binary, Bool, Nullable, Text},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    desks::name_in,
    images::BODIES_DIGEST,
    schema::{bodies, cases, desks, routing_rules},
    store::{Db, StorageError},
    tx::Tx,
};
use crate::{
    domain::{ids::BodyId, taxonomy::Region},
    policy::Permit,
};

/// Bodies that are written at once.
const BATCH: usize = 5000;

/// A body: an organisation of the registry.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
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
    /// The operator's stable code.
    pub code: String,
    /// Whether it left the registry and takes no new reports.
    pub closed: bool,
}

impl BodyRow {
    /// Its name in the language with this code.
    #[must_use]
    pub fn name(&self, language: &str) -> &str {
        name_in(language, &self.name_kk, &self.name_ru, &self.name_en)
    }

    /// What is looked for: code and names, in small letters.
    fn search(&self) -> String {
        folded(&[self.code.as_str(), &self.name_kk, &self.name_ru, &self.name_en].join(" "))
    }
}

/// A text as it is looked for: small letters, and those that people do not tell apart made one.
fn folded(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

/// A pattern of `like` for texts that contain a word.
fn containing(word: &str) -> String {
    format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

#[derive(QueryableByName)]
struct Digest {
    #[diesel(sql_type = Binary)]
    digest: Vec<u8>,
}

impl Db<'_> {
    /// A body.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn body(&mut self, id: BodyId) -> Result<Option<BodyRow>, StorageError> {
        Ok(bodies::table.find(id).select(BodyRow::as_select()).first(self.conn).await.optional()?)
    }

    /// The body of a code.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn body_of_code(&mut self, code: &str) -> Result<Option<BodyRow>, StorageError> {
        let query = bodies::table.filter(bodies::code.eq(code)).select(BodyRow::as_select());
        Ok(query.first(self.conn).await.optional()?)
    }

    /// Bodies that take reports and of which code and names, in any language, contain every one of the words; the first
    /// ones where there are none. By Russian name.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn find_bodies(&mut self, words: &str, limit: i64) -> Result<Vec<BodyRow>, StorageError> {
        let mut query = bodies::table
            .filter(bodies::closed.eq(false))
            .order((bodies::name_ru, bodies::id))
            .limit(limit)
            .select(BodyRow::as_select())
            .into_boxed();
        for word in folded(words).split_whitespace() {
            query = query.filter(bodies::search.like(containing(word)));
        }
        Ok(query.load(self.conn).await?)
    }

    /// Every body: id, the body above it, whether it is closed, by id.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn body_tree(&mut self) -> Result<Vec<(BodyId, Option<BodyId>, bool)>, StorageError> {
        let all = bodies::table.order(bodies::id).select((bodies::id, bodies::parent_id, bodies::closed));
        Ok(all.load(self.conn).await?)
    }

    /// Every body, by code.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn all_bodies(&mut self) -> Result<Vec<BodyRow>, StorageError> {
        Ok(bodies::table.order(bodies::code).select(BodyRow::as_select()).load(self.conn).await?)
    }

    /// Those of these codes that are there, open or closed, with their ids.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn bodies_of_codes(&mut self, codes: &[&str]) -> Result<Vec<BodyRow>, StorageError> {
        let query = bodies::table.filter(bodies::code.eq_any(codes)).select(BodyRow::as_select());
        Ok(query.load(self.conn).await?)
    }

    /// These bodies.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn bodies_of_ids(&mut self, ids: &[BodyId]) -> Result<Vec<BodyRow>, StorageError> {
        let query = bodies::table.filter(bodies::id.eq_any(ids));
        Ok(query.select(BodyRow::as_select()).load(self.conn).await?)
    }

    /// The codes of bodies.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn codes_of_bodies(&mut self, ids: &[BodyId]) -> Result<Vec<(BodyId, String)>, StorageError> {
        let query = bodies::table.filter(bodies::id.eq_any(ids)).select((bodies::id, bodies::code));
        Ok(query.load(self.conn).await?)
    }

    /// Which of these bodies a case, a desk or a routing rule refers to.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn bodies_in_use(&mut self, among: &[BodyId]) -> Result<Vec<BodyId>, StorageError> {
        let used = diesel::dsl::exists(cases::table.filter(cases::body_id.eq(bodies::id.nullable())))
            .or(diesel::dsl::exists(desks::table.filter(desks::body_id.eq(bodies::id))))
            .or(diesel::dsl::exists(
                routing_rules::table.filter(routing_rules::body_id.eq(bodies::id.nullable())),
            ));
        let query = bodies::table.filter(bodies::id.eq_any(among)).filter(used).select(bodies::id);
        Ok(query.load(self.conn).await?)
    }
}

impl Tx<'_> {
    /// Writes bodies, new ones and those that are there, a batch at a time; parents before what is under them. A change
    /// of their kind must have come in force in the same transaction.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn write_bodies(&mut self, _permit: &Permit, rows: &[BodyRow]) -> Result<(), StorageError> {
        for batch in rows.chunks(BATCH) {
            diesel::sql_query(
                "insert into bodies (id, parent_id, region, name_kk, name_ru, name_en, code, closed, search)
                 select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
                 on conflict (id) do update set (parent_id, region, name_kk, name_ru, name_en, closed, search)
                   = (excluded.parent_id, excluded.region, excluded.name_kk, excluded.name_ru, excluded.name_en,
                      excluded.closed, excluded.search)",
            )
            .bind::<Array<SqlUuid>, _>(column(batch, |row| row.id.0))
            .bind::<Array<Nullable<SqlUuid>>, _>(column(batch, |row| row.parent_id.map(|id| id.0)))
            .bind::<Array<Nullable<Text>>, _>(column(batch, |row| row.region.map(Region::code)))
            .bind::<Array<Text>, _>(column(batch, |row| row.name_kk.as_str()))
            .bind::<Array<Text>, _>(column(batch, |row| row.name_ru.as_str()))
            .bind::<Array<Text>, _>(column(batch, |row| row.name_en.as_str()))
            .bind::<Array<Text>, _>(column(batch, |row| row.code.as_str()))
            .bind::<Array<Bool>, _>(column(batch, |row| row.closed))
            .bind::<Array<Text>, _>(column(batch, BodyRow::search))
            .execute(self.conn)
            .await?;
        }
        Ok(())
    }

    /// Removes bodies that nothing refers to.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn remove_bodies(&mut self, _permit: &Permit, ids: &[BodyId]) -> Result<(), StorageError> {
        if ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        diesel::delete(bodies::table.filter(bodies::id.eq_any(ids))).execute(self.conn).await?;
        Ok(())
    }

    /// The digest of all bodies as they stand now.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn bodies_digest(&mut self) -> Result<Vec<u8>, StorageError> {
        let line: Digest = diesel::sql_query(BODIES_DIGEST).get_result(self.conn).await?;
        Ok(line.digest)
    }
}

fn column<'r, T>(rows: &'r [BodyRow], of: impl Fn(&'r BodyRow) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}
