//! A test's own database, and SQL past the application: as its owner, who may do everything, or as the
//! application's role.

use std::{
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use diesel::{QueryableByName, result::Error as DieselError, sql_types::Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::Value;

use crate::server::{Server, TEMPLATE};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A copy of the template, dropped by [`Database::drop_for_good`].
pub struct Database {
    server: Server,
    name: String,
}

/// A connection for SQL of the test's own.
pub struct Sql(AsyncPgConnection);

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl Database {
    /// Makes one.
    pub async fn create() -> Self {
        Self::create_from(TEMPLATE).await
    }

    /// Makes one from another template.
    pub async fn create_from(template: &str) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let server = Server::join();
        let name = format!("t_{}_{number}", std::process::id());
        let sql = format!("create database {name} template {template} strategy wal_log");
        Sql::connect(&server.owner_url("postgres")).await.run(&sql).await.unwrap();
        Self { server, name }
    }

    /// Its address as the owner.
    pub fn owner_url(&self) -> String {
        self.server.owner_url(&self.name)
    }

    /// Its address as the application.
    pub fn app_url(&self) -> String {
        self.server.app_url(&self.name)
    }

    /// SQL as the owner of everything: a database administrator.
    pub async fn owner(&self) -> Sql {
        Sql::connect(&self.owner_url()).await
    }

    /// SQL as the application's role.
    pub async fn app(&self) -> Sql {
        Sql::connect(&self.app_url()).await
    }

    /// Removes it, whoever is still connected.
    pub async fn drop_for_good(&self) {
        let sql = format!("drop database if exists {} with (force)", self.name);
        Sql::connect(&self.server.owner_url("postgres")).await.run(&sql).await.unwrap();
    }

    /// Every row of every table as text, as the owner sees it, by table.
    pub async fn dump(&self) -> Vec<(String, Vec<String>)> {
        let mut owner = self.owner().await;
        let tables = "select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables \
                      where schemaname not in ('pg_catalog', 'information_schema') order by 1";
        let mut dump = Vec::new();
        for table in owner.rows(tables).await {
            let table = table["name"].as_str().unwrap().to_owned();
            let lines = owner.lines(&format!("select t::text as line from {table} t order by 1")).await;
            dump.push((table, lines));
        }
        dump
    }
}

impl Sql {
    /// Connects to a database.
    pub async fn connect(url: &str) -> Self {
        Self(AsyncPgConnection::establish(url).await.unwrap())
    }

    /// Runs statements as one transaction; the server's words where it refuses.
    pub async fn run(&mut self, sql: &str) -> Result<(), String> {
        self.0.batch_execute(sql).await.map_err(|error| match error {
            DieselError::DatabaseError(_, info) => info.message().to_owned(),
            other => other.to_string(),
        })
    }

    /// Runs statements that must be refused, and says why they were.
    pub async fn refused(&mut self, sql: &str) -> String {
        let outcome = self.run(sql).await;
        let _ = self.run("rollback").await;
        outcome.expect_err(sql)
    }

    /// Rows as JSON.
    pub async fn rows(&mut self, query: &str) -> Vec<Value> {
        let lines = self.lines(&format!("select to_jsonb(q)::text as line from ({query}) q")).await;
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The one value of the one row.
    pub async fn value(&mut self, query: &str) -> Value {
        let rows = self.rows(&format!("select ({query}) as v")).await;
        rows[0]["v"].clone()
    }

    /// How many rows.
    pub async fn count(&mut self, from: &str) -> i64 {
        self.value(&format!("select count(*) from {from}")).await.as_i64().unwrap()
    }

    async fn lines(&mut self, query: &str) -> Vec<String> {
        let lines: Vec<Line> = diesel::sql_query(query).load(&mut self.0).await.expect(query);
        lines.into_iter().map(|line| line.line).collect()
    }
}

/// The bytes of a `bytea` in JSON.
pub fn bytes(value: &Value) -> Vec<u8> {
    let hex = value.as_str().unwrap().strip_prefix("\\x").unwrap();
    data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()
}

impl Database {
    /// A copy of a world's database as it stands, taken by dump and restore since the world is connected to it.
    pub async fn create_from_living(world: &crate::world::World) -> Self {
        let copy = Self::create_empty().await;
        let (from, to, tool) = (world.db.owner_url(), copy.owner_url(), dump_program(&world.db.owner_url()));
        let script = format!("{} '{from}' | psql -XqAt -v ON_ERROR_STOP=1 '{to}'", tool.display());
        let done = Command::new("bash").args(["-o", "pipefail", "-c", &script]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        copy
    }

    async fn create_empty() -> Self {
        Self::create_from("template0").await
    }
}

/// The `pg_dump` of the server's own version, where it stands beside others.
pub fn dump_program(url: &str) -> PathBuf {
    let said = Command::new("psql").args(["-XAtc", "show server_version_num", url]).output().unwrap();
    let number: u32 = String::from_utf8(said.stdout).unwrap().trim().parse().unwrap();
    let beside = PathBuf::from(format!("/usr/lib/postgresql/{}/bin/pg_dump", number / 10_000));
    if beside.exists() { beside } else { "pg_dump".into() }
}
