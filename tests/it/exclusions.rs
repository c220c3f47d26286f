//! The marks of those who are kept from a case: what they tell, and what becomes of a case whose marks somebody changed.

use senim::{
    crypto::row_mac,
    domain::{case::status::Status, configuration::Kind, role::Role},
    usecases::{
        authentic::forged_cases,
        invite_staff::StaffIdentity,
        propose_roles::{Wanted, propose_roles},
        reinvite_staff::reinvite_staff,
        restore_access::restore_access,
    },
};
use serde_json::json;

use crate::{
    conflicts::{
        NAME, another_body, at, colleague, concerning, finds_nothing, holders, named, record,
        staff_the_independent_desk,
    },
    world::{in_ruined_world, in_world},
};

/// Whoever takes the marks away in the database gets nothing for it: the case's keys are those with the marks.
#[test]
fn marks_that_somebody_else_wrote_make_the_case_unusable_and_are_found() {
    in_ruined_world(async |world| {
        let subject = world.known("akhmetov", named(), &at(Role::Triager, world.desk)).await;
        let reporter = concerning(world, json!({"people": [NAME]})).await;
        let other = world.submit("Nobody is named.").await;
        let (from, to) = (other.case, reporter.case);
        let sql = format!(
            "begin; alter table cases disable trigger all; update cases set excluded = \
             (select excluded from cases where id = '{from}') where id = '{to}'; \
             alter table cases enable trigger all; commit"
        );
        world.owner().await.run(&sql).await.unwrap();
        let forged = forged_cases(&world.ctx, &[Status::Received], 100).await.unwrap();
        assert_eq!(forged, 1);
        assert!(reporter.write("To whom?").await.is_err(), "nothing more is sealed to it");
        assert!(!subject.cases().await.contains(&reporter.case));
    });
}

/// A case from before there were marks has a proof without them.
#[test]
fn a_case_from_before_there_were_marks_goes_on() {
    in_ruined_world(async |world| {
        let reporter = world.submit("Something old.").await;
        let case = reporter.case;
        let mut owner = world.owner().await;
        let row = owner
            .rows(&format!(
                "select encode(e.public_key, 'hex') as public, encode(c.reporter_key, 'hex') as reporter \
                 from cases c join case_epochs e on e.case_id = c.id where c.id = '{case}'"
            ))
            .await;
        let bytes =
            |name: &str| data_encoding::HEXLOWER.decode(row[0][name].as_str().unwrap().as_bytes()).unwrap();
        let place = [case.0.as_bytes().as_slice(), &1_i32.to_be_bytes()].concat();
        let place = world.ctx.store.place("case_epochs", &place, "mac");
        let columns = [bytes("public"), bytes("reporter"), world.desk.0.as_bytes().to_vec(), b"kz".to_vec()];
        let columns: Vec<&[u8]> = columns.iter().map(Vec::as_slice).collect();
        let mac = data_encoding::HEXLOWER.encode(&row_mac::seal(&world.ctx.keys.rows, &place, &columns));
        let old = format!(
            "begin; alter table cases disable trigger all; alter table case_epochs disable trigger all; \
             update cases set excluded = null where id = '{case}'; \
             update case_epochs set mac = '\\x{mac}' where case_id = '{case}'; \
             alter table cases enable trigger all; alter table case_epochs enable trigger all; commit"
        );
        owner.run(&old).await.unwrap();
        assert_eq!(forged_cases(&world.ctx, &[Status::Received], 100).await.unwrap(), 0);
        reporter.write("Is somebody there?").await.unwrap();
        let by = world.sign_in("tri1").await;
        by.attest(case).await;
        assert!(record(&by, case, colleague("inv1")).await.unwrap(), "and gets its marks");
    });
}

/// What an interested eye can see of a case is equal whether it was named there or not.
#[test]
fn the_marks_of_a_case_tell_nothing_without_the_key() {
    in_world(async |world| {
        world.known("akhmetov", named(), &at(Role::Auditor, world.desk)).await;
        let (one, other) =
            (concerning(world, json!({"people": [NAME]})).await, world.submit("Nobody is named.").await);
        let marks = async |case| {
            let query = format!("select encode(excluded, 'hex') from cases where id = '{case}'");
            world.owner().await.value(&query).await.as_str().unwrap().to_owned()
        };
        let (one, other) = (marks(one.case).await, marks(other.case).await);
        assert_eq!((one.len(), other.len()), (1024, 1024));
        let alike = one.as_bytes().chunks(16).filter(|mark| other.as_bytes().chunks(16).any(|o| o == *mark));
        assert_eq!(alike.count(), 0, "no mark stands in two cases");
    });
}

/// Of the head of a body nobody in it is free, wherever they work.
#[test]
fn of_the_head_of_a_body_nobody_who_belongs_there_gets_the_report() {
    in_world(async |world| {
        staff_the_independent_desk(world).await;
        let (other, unit) = another_body(world).await;
        let within = StaffIdentity { name: None, unit: Some(unit) };
        let subject = world.known("within", within, &at(Role::Triager, world.independent)).await;
        for concern in ["head", "senior_official"] {
            let reporter = concerning(world, json!({"body": other.to_string(), "concerns": [concern]})).await;
            assert_eq!(holders(world, reporter.case).await.len(), 2, "{concern}");
            finds_nothing(world, &subject, reporter.case).await;
        }
    });
}

/// A case that moves asks the names in it as well, of whom no mark tells.
#[test]
fn a_case_that_moves_is_given_to_nobody_who_is_named_in_it() {
    in_world(async |world| {
        staff_the_independent_desk(world).await;
        let reporter = concerning(world, json!({"people": [NAME]})).await;
        let later = world.known("later", named(), &at(Role::Triager, world.independent)).await;
        let by = world.sign_in("tri1").await;
        by.attest(reporter.case).await;
        assert!(!record(&by, reporter.case, colleague("tri2")).await.unwrap());
        assert_eq!(holders(world, reporter.case).await.len(), 2, "the other two have it");
        finds_nothing(world, &later, reporter.case).await;
    });
}

/// A body moves under one that a case concerns: the next epoch begins without whoever belongs there now.
#[test]
fn a_new_epoch_leaves_out_whom_the_case_concerns_by_now() {
    in_world(async |world| {
        let (other, _) = another_body(world).await;
        let reporter = concerning(world, json!({"body": other.to_string(), "concerns": ["unit"]})).await;
        let moved = "code,parent,region,name_kk,name_ru,name_en\nbody,other,,Орган,Орган,Body\n\
                     other,,,Басқа,Другой,Other\nunit,other,,Бөлім,Отдел,Unit\n";
        let leaver = world.sign_in("tri2").await;
        assert_eq!(holders(world, reporter.case).await.len(), 2);
        world.configure(Kind::Bodies, moved).await;
        let owner = world.sign_in("tri1").await;
        // Of a request that began before.
        leaver.recuse(reporter.case).await.unwrap();
        assert!(!holders(world, reporter.case).await.contains(&owner.id()));
    });
}

/// Who has new keys is given back what does not concern them, and the rest is passed over.
#[test]
fn what_concerns_somebody_with_new_keys_does_not_hold_up_the_rest() {
    in_world(async |world| {
        let id = world.enrol("tri3", &at(Role::Triager, world.desk)).await;
        let barred = concerning(world, json!({"people": [NAME]})).await;
        let free = world.submit("It concerns nobody.").await;
        let wanted = Wanted { roles: at(Role::Triager, world.desk).to_vec(), identity: named() };
        propose_roles(&world.ctx, &world.admin(0).caller, id, &wanted).await.unwrap();
        world.countersign(id).await;
        let invitation = reinvite_staff(&world.ctx, Some(&world.admin(0).caller), id).await.unwrap();
        world.redeem("tri3", id, invitation.code.expose()).await.unwrap();
        world.sign_in_to_directory(id).await;
        let by = world.sign_in("tri1").await;
        by.attest(barred.case).await;
        by.attest(free.case).await;
        assert_eq!(restore_access(&world.ctx, &by.caller, id).await.unwrap(), 1);
        assert!(holders(world, free.case).await.contains(&id));
        assert!(!holders(world, barred.case).await.contains(&id));
    });
}
