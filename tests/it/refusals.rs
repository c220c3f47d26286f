//! What the database itself refuses, whoever asks and whatever the program believes (controls AUD-1, AUD-5, OI-11a-1,
//! OI-11a-3).

use senim::{
    audit::entry::commitment_of,
    domain::{
        case::{
            status::Status,
            step::Step,
            transition::{TRANSITIONS, moves},
        },
        ids::CaseId,
    },
    usecases::Error,
};
use serde_json::{Value, json};

use crate::{
    database::{Sql, bytes},
    facts::enough,
    world::{World, in_world},
};

/// A case in triage, for the application's role to be misused on.
async fn case_in_triage(world: &World) -> CaseId {
    let case = world.submit("Something.").await.case;
    let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
    world.drive(case, &triager, Step::Open, &reviewer).await;
    case
}

/// An entry that somebody with the application's rights makes up: the statement that appends it, its number and
/// its commitment.
struct Forged {
    append: String,
    n: i64,
    head: String,
}

async fn forge(sql: &mut Sql, case: CaseId, acts: &[&str], states: Option<(Status, Status)>) -> Forged {
    let row = sql.rows(&format!("select audit_id, audit_n, audit_head from cases where id = '{case}'")).await;
    let n = row[0]["audit_n"].as_i64().unwrap() + 1;
    let prev = data_encoding::HEXLOWER.encode(&bytes(&row[0]["audit_head"]));
    let object = row[0]["audit_id"].as_str().unwrap();
    let mut body = json!({"acts": acts, "n": n, "prev": prev, "at": 1_800_000_000,
        "obj": {"id": object.replace('-', ""), "k": "case"}});
    if let Some((from, to)) = states {
        body["from"] = Value::from(from.code());
        body["to"] = Value::from(to.code());
    }
    let body = serde_json::to_vec(&body).unwrap();
    let hex = |bytes: &[u8]| format!("'\\x{}'", data_encoding::HEXLOWER.encode(bytes));
    let append = format!(
        "select audit.append(gen_random_uuid(), 'case', '{object}', {n}, '\\x{prev}', {}, now())",
        hex(&body)
    );
    Forged { append, n, head: hex(&commitment_of(&body)) }
}

impl Forged {
    /// The case moves to this entry, and this is set.
    fn with(&self, case: CaseId, set: &str) -> String {
        let (append, n, head) = (&self.append, self.n, &self.head);
        format!(
            "begin; {append}; update cases set audit_n = {n}, audit_head = {head}{set} where id = '{case}'; commit"
        )
    }

    /// The case moves to this entry, and this is done besides.
    fn beside(&self, case: CaseId, more: &str) -> String {
        let (append, n, head) = (&self.append, self.n, &self.head);
        format!(
            "begin; {append}; update cases set audit_n = {n}, audit_head = {head} where id = '{case}'; {more}; commit"
        )
    }
}

/// Control AUD-5.
#[test]
fn the_log_is_never_changed_and_cases_are_never_deleted() {
    in_world(async |world| {
        let case = case_in_triage(world).await;
        let changes = [
            "update audit.entries set day = day".to_owned(),
            "delete from audit.entries".to_owned(),
            "truncate audit.entries".to_owned(),
            format!("delete from case_items where case_id = '{case}'"),
            format!("delete from case_grants where case_id = '{case}'"),
            format!("delete from cases where id = '{case}'"),
            "delete from staff".to_owned(),
        ];
        for sql in &changes {
            let said = world.app().await.refused(sql).await;
            assert!(said.contains("permission denied"), "{sql}: {said}");
        }
        let insert = "insert into audit.entries (eid, obj_kind, obj_id, n, prev, body, commitment, acts, day, moment, status_from, status_to) select eid, obj_kind, obj_id, n, prev, body, commitment, acts, day, moment, status_from, status_to from audit.entries limit 1";
        assert!(world.app().await.refused(insert).await.contains("permission denied"));
        assert!(world.app().await.refused("delete from audit.pending").await.contains("permission denied"));
        for sql in &changes[..3] {
            for before in ["", "set session_replication_role = replica; "] {
                let said = world.owner().await.refused(&format!("{before}{sql}")).await;
                assert!(said.contains("audit: "), "{sql}: {said}");
            }
        }
        let drop_case = format!(
            "begin; set local session_replication_role = replica; delete from cases where id = '{case}'; commit"
        );
        assert!(world.owner().await.refused(&drop_case).await.contains("never deleted"));
    });
}

/// Control AUD-1: no change without its entry, none with an entry that tells something else.
#[test]
fn a_change_without_a_truthful_entry_is_refused() {
    in_world(async |world| {
        let case = case_in_triage(world).await;
        let mut app = world.app().await;
        let to = "status = 'awaiting_info', step = 'ask', origin_status = 'triage'";
        let silent = format!("update cases set {to} where id = '{case}'");
        assert!(app.refused(&silent).await.contains("advance by exactly one"));
        let silent =
            format!("update cases set {to}, audit_n = audit_n + 1, step_n = audit_n + 1 where id = '{case}'");
        assert!(app.refused(&silent).await.contains("without an entry"));
        let set = format!(", {to}, step_n = audit_n + 1");
        let lying = forge(&mut app, case, &["state.changed"], Some((Status::Triage, Status::Assigned))).await;
        assert!(app.refused(&lying.with(case, &set)).await.contains("does not describe"));
        let mute = forge(&mut app, case, &["note.added"], None).await;
        assert!(app.refused(&mute.with(case, &set)).await.contains("does not describe"));
        let hidden = format!(", {to}");
        assert!(app.refused(&mute.with(case, &hidden)).await.contains("changes only by a step"));
        let jump = mute.with(case, "").replace("set audit_n = ", "set audit_n = 1 + ");
        assert!(app.refused(&jump).await.contains("advance by exactly one"));
        let same = forge(&mut app, case, &["note.added"], None).await;
        let same = same.with(case, "").replace(&same.head, "audit_head");
        assert!(app.refused(&same).await.contains("without an entry"));
        let alone = forge(&mut app, case, &["note.added"], None).await.append;
        let twice = format!("begin; {alone}; {alone}; commit");
        assert!(app.run(&twice).await.is_err(), "a number is used once");
        let _ = app.run("rollback").await;
        let elsewhere = alone.replace("'case', '", "'desk', '");
        assert!(app.refused(&elsewhere).await.contains("does not belong to this place"));
    });
}

/// Control OI-11a-1.
#[test]
fn an_illegal_transition_is_refused() {
    in_world(async |world| {
        let case = case_in_triage(world).await;
        let mut app = world.app().await;
        for (step, to) in [
            (Step::Open, Status::Triage),
            (Step::Submit, Status::FindingsReview),
            (Step::Assign, Status::Investigation),
            (Step::Dispose, Status::Disposed),
        ] {
            let entry = forge(&mut app, case, &["state.changed"], Some((Status::Triage, to))).await;
            let set = format!(", status = '{}', step = '{}', step_n = audit_n + 1", to.code(), step.code());
            let said = app.refused(&entry.with(case, &set)).await;
            assert!(said.contains("does not lead"), "{}: {said}", step.code());
        }
        let columns = "id, audit_id, reference, desk_id, category, language, channel, mode, profile, notice_version, \
                       status_since, received_on, epoch, reporter_key, step, step_n, audit_n, audit_head";
        let born = format!(
            "insert into cases ({columns}, status, receipt_id) select gen_random_uuid(), gen_random_uuid(), 'SN-X', \
             desk_id, category, language, channel, mode, profile, notice_version, status_since, received_on, epoch, \
             reporter_key, step, step_n, audit_n, audit_head, 'closed', sha256('x') from cases where id = '{case}'"
        );
        assert!(app.refused(&born).await.contains("without an entry"));
    });
}

/// Control OI-11a-3.
#[test]
fn a_step_under_four_eyes_needs_a_second_person_in_the_database_too() {
    in_world(async |world| {
        let case = case_in_triage(world).await;
        let triager = world.sign_in("tri1").await;
        let mut app = world.app().await;
        let rejected = (Status::Triage, Status::Rejected);
        let set = ", status = 'rejected', step = 'reject', step_n = audit_n + 1";
        let alone = forge(&mut app, case, &["state.changed"], Some(rejected)).await;
        assert!(app.refused(&alone.with(case, set)).await.contains("needs a second person"));
        let given = enough(Status::Triage, Step::Reject, triager.id(), "some");
        let proposal = triager.propose(case, Step::Reject, given).await;
        let acts = ["state.changed", "approval.given"];
        let pending = forge(&mut app, case, &acts, Some(rejected)).await;
        let with_proposal = format!("{set}, proposal_id = '{proposal}'");
        assert!(app.refused(&pending.with(case, &with_proposal)).await.contains("needs a second person"));
        let approve = |by: &str| {
            format!("update proposals set state = 'approved', resolver_id = {by} where id = '{proposal}'")
        };
        let own = approve(&format!("'{}'", triager.id()));
        assert!(app.refused(&own).await.contains("proposals_check"), "nobody resolves what they proposed");
        assert!(app.refused(&approve("null")).await.contains("proposals_check"), "nor nobody");
        let silent = approve(&format!("'{}'", world.id("rev1")));
        assert!(app.refused(&silent).await.contains("without an entry"));
        let other = forge(&mut app, case, &["note.added"], None).await;
        assert!(app.refused(&other.beside(case, &silent)).await.contains("without an entry"), "another act");
    });
}

/// Control AUD-1: what hangs on a case appears or changes only with an entry that names a fitting act.
#[test]
fn grants_pieces_epochs_and_proposals_need_their_entry() {
    in_world(async |world| {
        let case = case_in_triage(world).await;
        let stranger = world.id("inv2");
        let mut app = world.app().await;
        let writes = [
            format!(
                "insert into case_grants (case_id, staff_id, capacity, granted_on, attested_on) \
                 values ('{case}', '{stranger}', 'lead', now(), now())"
            ),
            format!("update case_grants set attested_on = now() where case_id = '{case}'"),
            format!("update case_grants set capacity = 'reviewer' where case_id = '{case}'"),
            format!(
                "insert into case_items (id, case_id, n, epoch, kind, template, written_on) \
                 values (gen_random_uuid(), '{case}', 9, 1, 'system_message', 'closed', now())"
            ),
            format!("update case_items set sealed = '\\x00' where case_id = '{case}' and sealed is not null"),
            format!("delete from case_wraps where case_id = '{case}'"),
            format!("insert into case_epochs values ('{case}', 2, '\\x00', sha256('x'))"),
            format!(
                "insert into proposals (id, case_id, step, from_status, to_status, epoch, facts, proposer_id, \
                 proposed_at, proposed_n, state) values (gen_random_uuid(), '{case}', 'reject', 'triage', 'rejected', \
                 1, '{{}}', '{stranger}', now(), 3, 'pending')"
            ),
            "update routing_rules set position = position + 1".to_owned(),
            "insert into bodies (id, name_kk, name_ru, name_en, code, search) \
             values (gen_random_uuid(), 'x', 'x', 'x', 'x', 'x')"
                .to_owned(),
            "update desks set recovery_key = '\\x00'".to_owned(),
            "update staff set state = 'disabled'".to_owned(),
            "update directory_entries set version = 77 where version = 1".to_owned(),
        ];
        for sql in &writes {
            let said = app.refused(sql).await;
            let why = ["without an entry", "advance by exactly one", "never changed"];
            assert!(why.iter().any(|why| said.contains(why)), "{sql}: {said}");
            let wrong = forge(&mut app, case, &["content.read"], None).await;
            assert!(app.run(&wrong.beside(case, sql)).await.is_err(), "with an entry of another act: {sql}");
            let _ = app.run("rollback").await;
        }
    });
}

/// The application cannot look at wraps, nor undo the rules that hold it.
#[test]
fn the_applications_role_reads_no_wrap_and_changes_no_rule() {
    in_world(async |world| {
        case_in_triage(world).await;
        let mut app = world.app().await;
        for sql in [
            "select sealed from case_wraps",
            "select * from case_wraps",
            "copy case_wraps to stdout",
            "update case_wraps set holder_id = holder_id",
            "insert into workflow_transitions values ('received', 'open', 'closed', false)",
            "update workflow_transitions set four_eyes = false",
            "alter table cases disable trigger all",
            "drop trigger must_record on cases",
            "create or replace function audit.deny() returns trigger language plpgsql as 'begin return null; end'",
            "set session_replication_role = replica",
            "create table public.mine (x int)",
            "set role senim_owner",
        ] {
            let said = app.refused(sql).await;
            let why = ["permission denied", "must be owner"];
            assert!(why.iter().any(|why| said.contains(why)), "{sql}: {said}");
        }
    });
}

/// The database's copy of the table of transitions is the table.
#[test]
fn the_transitions_of_the_database_are_those_of_the_table() {
    in_world(async |world| {
        let eyes =
            |from, step| TRANSITIONS.iter().any(|row| row.from == from && row.step == step && row.four_eyes);
        let mut wanted: Vec<Value> = moves()
            .into_iter()
            .map(|(from, step, to)| {
                json!({"from_status": from.code(), "step": step.code(), "to_status": to.code(),
                    "four_eyes": eyes(from, step)})
            })
            .collect();
        let mut found = world.owner().await.rows("select * from workflow_transitions").await;
        wanted.sort_by_key(ToString::to_string);
        found.sort_by_key(ToString::to_string);
        assert_eq!(found, wanted);
    });
}

/// A case is not joined to itself, or nobody would work on it any more.
#[test]
fn a_case_is_not_joined_to_itself() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(case, &triager, Step::Open, &reviewer).await;
        let mut given = enough(Status::Triage, Step::Merge, triager.id(), "some");
        given["master"] = json!(case.to_string());
        let refused = triager.step(case, Step::Merge, given).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    });
}
