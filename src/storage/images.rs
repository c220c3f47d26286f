//! What is audited of an object, as one JSON value: its own columns, and the rows that hang on it. The digest of it stands
//! in the object's newest entry (`post`), so whoever edits any of them past the application is found by `reconcile`.
//!
//! Every column is in it unless it is named here as left out, so a column that a migration adds is audited without further
//! ado; it must allow null, or the entries from before no longer fit. A change that has an act of its own sets its columns
//! in the image before they are written: [`Tx::case_after`], [`Tx::staff_after`].

mod case;

pub(super) use case::new_case;
use diesel::{pg::sql_types::Uuid as SqlUuid, sql_types::Text};
use diesel_async::RunQueryDsl;
use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    cases::CaseChange,
    desks::DeskRow,
    instance::Pin,
    staff::{NewStaff, StaffChange, StaffKeyColumns},
    store::StorageError,
    tx::Tx,
};
use crate::{
    audit::{
        entry::ObjectKind,
        post::{Image, bytes},
    },
    domain::ids::{CaseId, StaffId},
};

macro_rules! instance_image {
    ($bodies:literal, $file:literal) => {
        concat!(
            "jsonb_build_object(
  'row', to_jsonb(o) - '{audit_id,audit_n,audit_head}'::text[],
  'bodies', ", $bodies, ",
  'changes', (select jsonb_agg(to_jsonb(c) || jsonb_build_object('file', ", $file, ",
                  'proposed_at', (extract(epoch from c.proposed_at) * 1000000)::bigint,
                  'approved_at', (extract(epoch from c.approved_at) * 1000000)::bigint,
                  'effective_at', (extract(epoch from c.effective_at) * 1000000)::bigint,
                  'ended_at', (extract(epoch from c.ended_at) * 1000000)::bigint) order by c.id)
              from config_changes f, lateral (select f.id, f.kind, f.digest, f.base, f.loosening, f.state,
                f.proposer_id, f.proposed_at, f.proposed_n, f.approver_id, f.co_approver_id, f.approved_at,
                f.effective_at, f.refuser_id, f.ended_at, f.reasons, f.why, f.mac) c),
  'directory', (select jsonb_agg(to_jsonb(d) order by d.version) from directory_entries d where d.version is not null),
  'rules', (select jsonb_agg(to_jsonb(r) order by r.position) from routing_rules r))"
        )
    };
}

/// Where an object of a kind stands, and what of it is audited; `o` is its row. The place in the log is left out: it is
/// compared by itself.
pub(super) const fn audited(kind: ObjectKind) -> (&'static str, &'static str) {
    match kind {
        ObjectKind::Case => ("cases", CASE),
        ObjectKind::Staff => ("staff", STAFF),
        ObjectKind::Desk => {
            ("desks", "jsonb_build_object('row', to_jsonb(o) - '{audit_id,audit_n,audit_head}'::text[])")
        }
        ObjectKind::Instance => ("instance", INSTANCE),
        // The tree itself shows its state.
        ObjectKind::Log => ("audit.tree_state", "'{}'::jsonb"),
    }
}

/// The same as it is found by whoever looks through everything, who takes no digest from the tables.
pub(super) const fn found(kind: ObjectKind) -> (&'static str, &'static str) {
    match kind {
        ObjectKind::Instance => ("instance", INSTANCE_AGAIN),
        other => audited(other),
    }
}

/// The digest of all bodies as the second image of the instance computes it.
pub(super) const BODIES_DIGEST: &str = "select sha256(convert_to(
    coalesce(string_agg(to_jsonb(b)::text, E'\\n' order by b.id), ''), 'UTF8')) as digest from bodies b";

/// Sealed content stands by its digest; of wraps only who holds one, because the application cannot read them.
const CASE: &str = "jsonb_build_object(
  'row', to_jsonb(o) - '{audit_id,audit_n,audit_head}'::text[],
  'epochs', (select jsonb_agg(to_jsonb(e) - 'case_id' order by e.epoch) from case_epochs e where e.case_id = o.id),
  'grants', (select jsonb_agg(to_jsonb(g) - 'case_id' order by g.staff_id) from case_grants g where g.case_id = o.id),
  'holders', (select jsonb_agg(jsonb_build_array(w.epoch, w.holder_kind, w.holder_id) order by w.epoch, w.holder_id)
              from case_wraps w where w.case_id = o.id),
  'items', (select jsonb_agg(jsonb_build_object('id', i.id, 'n', i.n, 'epoch', i.epoch, 'kind', i.kind,
                'author_id', i.author_id, 'template', i.template, 'written_on', i.written_on,
                'proposal_id', i.proposal_id, 'sealed', encode(sha256(i.sealed), 'hex')) order by i.id)
            from case_items i where i.case_id = o.id),
  'proposals', (select jsonb_agg(to_jsonb(p) - 'case_id' || jsonb_build_object(
                    'proposed_at', (extract(epoch from p.proposed_at) * 1000000)::bigint,
                    'resolved_at', (extract(epoch from p.resolved_at) * 1000000)::bigint) order by p.id)
                from proposals p where p.case_id = o.id),
  'matters', (select jsonb_agg(to_jsonb(m) - 'case_id' order by m.id) from oversight_matters m where m.case_id = o.id),
  'referrals', (select jsonb_agg(to_jsonb(r) - 'case_id' order by r.id) from referrals r where r.case_id = o.id),
  'remedies', (select jsonb_agg(to_jsonb(r) - 'case_id' order by r.id) from case_remedies r where r.case_id = o.id))";

/// Times stand as microseconds since 1970: a session's time zone must not change the digest.
const STAFF: &str = "jsonb_build_object(
  'row', to_jsonb(o) - '{audit_id,audit_n,audit_head}'::text[] || jsonb_build_object(
           'invitation_expires', (extract(epoch from o.invitation_expires) * 1000000)::bigint),
  'recovery', (select jsonb_agg(jsonb_build_object('keys', encode(sha256(r.keys), 'hex'), 'signature', r.signature,
                   'asked_at', (extract(epoch from r.asked_at) * 1000000)::bigint))
               from staff_recoveries r where r.staff_id = o.id))";

/// Of the directory what is in force; what waits for its second signature gives nobody anything. Of files and of the
/// registry of bodies, which may be long, the digests that stand beside them; [`INSTANCE_AGAIN`] computes them.
const INSTANCE: &str = instance_image!(
    "case when o.bodies_digest is not null then jsonb_build_array(o.bodies_digest) end",
    "f.digest"
);

/// The same with the digests of what is really there.
const INSTANCE_AGAIN: &str = instance_image!(
    "case when o.bodies_digest is not null or exists (select from bodies) then jsonb_build_array((select sha256(convert_to(
       coalesce(string_agg(to_jsonb(b)::text, E'\\n' order by b.id), ''), 'UTF8')) from bodies b)) end",
    "sha256(convert_to(f.payload, 'UTF8'))"
);

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    image: String,
}

fn corrupt(kind: ObjectKind) -> StorageError {
    StorageError::Corrupt { table: audited(kind).0, column: "image" }
}

/// Reads what the database made.
pub(super) fn read(kind: ObjectKind, text: &str) -> Result<Image, StorageError> {
    Image::parse(text).ok_or(corrupt(kind))
}

fn day(day: Date) -> Value {
    Value::String(day.to_string())
}

fn moment(moment: Timestamp) -> Value {
    json!(moment.as_microsecond())
}

impl Tx<'_> {
    async fn image(&mut self, kind: ObjectKind, id: Uuid) -> Result<Image, StorageError> {
        let (table, audited) = audited(kind);
        let query =
            format!("select jsonb_strip_nulls({audited})::text as image from {table} o where o.id = $1");
        let line: Line = diesel::sql_query(query).bind::<SqlUuid, _>(id).get_result(self.conn).await?;
        read(kind, &line.image)
    }

    /// A case as it will stand after a change, with the rows that hang on it as they stand now: they are written first.
    pub(super) async fn case_after(
        &mut self,
        id: CaseId,
        n: i32,
        change: &CaseChange,
    ) -> Result<Image, StorageError> {
        let mut image = self.image(ObjectKind::Case, id.0).await?;
        let columns = case::stage(n, change).into_iter().chain(case::matter(change));
        for (column, value) in columns.filter_map(|(column, value)| Some((column, value?))) {
            image.set(column, value);
        }
        Ok(image)
    }

    /// A member of staff as they will stand after a change.
    pub(super) async fn staff_after(
        &mut self,
        id: StaffId,
        change: &StaffChange,
    ) -> Result<Image, StorageError> {
        let mut image = self.image(ObjectKind::Staff, id.0).await?;
        let StaffChange { state, keys, invitation, roles, mail, identity } = change;
        if let Some(state) = state {
            image.set("state", Some((*state).into()));
        }
        if let Some(roles) = roles {
            image.set("invited_roles", Some(roles.as_str().into()));
        }
        if let Some(mail) = mail {
            image.set("mail", mail.as_ref().map(|address| address.expose().into()));
        }
        if let Some(identity) = identity {
            image.set("name", identity.name.as_deref().map(Into::into));
            image.set("unit_id", identity.unit.map(|unit| unit.to_string().into()));
        }
        if let Some(invitation) = invitation {
            image.set("invitation_hash", invitation.map(|new| bytes(&new.hash)));
            image.set("invitation_expires", invitation.map(|new| moment(new.expires)));
        }
        if let Some(keys) = keys {
            let StaffKeyColumns {
                salt,
                verifier,
                public_keys,
                sealed_secrets,
                sealed_totp,
                recovery_hash,
                sealed_recovery,
            } = keys;
            let columns = [
                ("salt", salt),
                ("verifier", verifier),
                ("public_keys", public_keys),
                ("sealed_secrets", sealed_secrets),
                ("sealed_totp", sealed_totp),
                ("recovery_hash", recovery_hash),
                ("sealed_recovery", sealed_recovery),
            ];
            for (column, value) in columns {
                image.set(column, Some(bytes(value)));
            }
        }
        Ok(image)
    }

    /// The instance as it will stand with its next version.
    pub(super) async fn instance_after(&mut self, version: i64, pin: &Pin) -> Result<Image, StorageError> {
        let (table, audited) = audited(ObjectKind::Instance);
        let query = format!("select jsonb_strip_nulls({audited})::text as image from {table} o");
        let line: Line = diesel::sql_query(query).get_result(self.conn).await?;
        let mut image = read(ObjectKind::Instance, &line.image)?;
        image.set("version", Some(version.into()));
        match pin {
            Pin::None => {}
            Pin::Directory(pin) => {
                image.set("directory_head", Some(bytes(&pin.head)));
                image.set("directory_mac", Some(bytes(&pin.mac)));
            }
            Pin::Bodies(pin) => {
                image.set("bodies_digest", Some(bytes(&pin.digest)));
                image.set("bodies_mac", Some(bytes(&pin.mac)));
                image.hang("bodies", vec![bytes(&pin.digest)]);
            }
        }
        Ok(image)
    }
}

/// The instance as it begins.
pub(super) fn new_instance(founded_on: Date) -> Image {
    let mut image = Image::default();
    image.set("id", Some(true.into()));
    image.set("version", Some(0.into()));
    image.set("founded_on", Some(day(founded_on)));
    image
}

/// Somebody who was invited.
pub(super) fn new_staff(new: &NewStaff, alias: &[u8; 8], salt: &[u8; 32]) -> Image {
    let mut image = Image::default();
    image.set("id", Some(new.id.to_string().into()));
    image.set("alias", Some(bytes(alias)));
    image.set("identity_salt", Some(bytes(salt)));
    image.set("login", Some(new.login.as_str().into()));
    image.set("state", Some("invited".into()));
    image.set("invited_roles", Some(new.invited_roles.as_str().into()));
    image.set("invitation_hash", Some(bytes(&new.invitation.hash)));
    image.set("invitation_expires", Some(moment(new.invitation.expires)));
    image.set("mail", new.mail.as_ref().map(|address| address.expose().into()));
    image.set("name", new.identity.name.as_deref().map(Into::into));
    image.set("unit_id", new.identity.unit.map(|unit| unit.to_string().into()));
    image
}

/// A desk.
pub(super) fn desk(row: &DeskRow) -> Image {
    let mut image = Image::default();
    let mut set = |column: &str, value: Value| image.set(column, Some(value));
    set("id", row.id.to_string().into());
    set("body_id", row.body_id.to_string().into());
    set("name_kk", row.name_kk.as_str().into());
    set("name_ru", row.name_ru.as_str().into());
    set("name_en", row.name_en.as_str().into());
    set("profile", row.profile.code().into());
    set("independent", row.independent.into());
    set("recovery_key", bytes(&row.recovery_key));
    set("recovery_threshold", row.recovery_threshold.into());
    set("recovery_shares", row.recovery_shares.into());
    set("mac", bytes(&row.mac));
    set("code", row.code.as_str().into());
    image
}
