//! What the application's own role may do to the record; `senim check` asks.

use diesel::sql_types::{Array, Bool, Text};
use diesel_async::RunQueryDsl;

use super::store::{Db, StorageError};

/// What the connection's role could do to the record beyond appending.
#[derive(Debug, Clone, diesel::QueryableByName)]
pub struct RecordPrivileges {
    /// The role that acts.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Privileges on the entries that let it change or remove them: `UPDATE`, `DELETE`, `TRUNCATE`, `INSERT`
    /// (which would pass by the function that checks), `TRIGGER`.
    #[diesel(sql_type = Array<Text>)]
    pub forbidden: Vec<String>,
    /// Whether it is, or belongs to, the owner of the entries, or is a superuser: then it could switch everything off.
    #[diesel(sql_type = Bool)]
    pub owns: bool,
    /// Whether the account that logged in could go back to being more than the acting role.
    #[diesel(sql_type = Bool)]
    pub login_owns: bool,
}

impl Db<'_> {
    /// What this connection's role may do to the record.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn record_privileges(&mut self) -> Result<RecordPrivileges, StorageError> {
        Ok(diesel::sql_query(
            "select current_user::text as role,
                    array(select p from unnest(array['UPDATE', 'DELETE', 'TRUNCATE', 'INSERT', 'TRIGGER']) p
                          where has_table_privilege('audit.entries', p)) as forbidden,
                    pg_has_role(current_user, c.relowner, 'member') as owns,
                    pg_has_role(session_user, c.relowner, 'member') as login_owns
             from pg_class c where c.oid = 'audit.entries'::regclass",
        )
        .get_result(self.conn)
        .await?)
    }
}
