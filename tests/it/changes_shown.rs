//! Changes of the configuration over the API and on the pages; the dry run; bodies with desks of their own.

use senim::{
    domain::{configuration::Kind, role::Role},
    policy::RoleAt,
    usecases::Error,
};
use serde_json::json;

use crate::{
    app::in_app,
    changes::{BODIES, approve, desk_of, elsewhere, patient, propose},
    http_desk::english,
    world::{DESKS, ROUTING, in_world},
};

/// The API serves both kinds of proposals; a change is read, approved and refused there.
#[test]
fn administrators_decide_over_the_api() {
    in_app(async |world, app| {
        let (one, two) = (world.admin(0), world.admin(1));
        let body = json!({"kind": "routing", "file": elsewhere()});
        let proposed = app.staff(one).post("/proposals", &body).await.expect(201);
        assert_eq!(proposed["loosening"], true);
        let list = app.staff(two).get("/proposals").await.expect(200);
        assert_eq!((list[0]["kind"].as_str(), list[0]["decidable"].as_bool()), (Some("routing"), Some(true)));
        assert_eq!(list[0]["proposer"], "admin1");
        let path = format!("/proposals/{}", proposed["id"].as_str().unwrap());
        app.staff(one).post(&format!("{path}/approval"), &json!({})).await.expect(403);
        let wrong =
            app.staff(two).post(&format!("{path}/refusal"), &json!({"reasons": " "})).await.expect(422);
        assert_eq!(wrong["errors"][0]["field"], "reasons");
        let done = app.staff(two).post(&format!("{path}/approval"), &json!({})).await.expect(200);
        assert_eq!(done["status"], "in_force");
        app.staff(two).post(&format!("{path}/refusal"), &json!({"reasons": "Late."})).await.expect(409);
        let bad =
            json!({"kind": "bodies", "file": "code;parent;region;name_kk;name_ru;name_en\nx;y;;n;n;\n"});
        let refused = app.staff(one).post("/proposals", &bad).await.expect(422);
        let codes: Vec<_> = refused["mistakes"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        assert_eq!(codes, ["name_missing", "parent_unknown"]);
    });
}

#[test]
fn the_pages_show_the_difference_and_the_day() {
    in_app(async |world, app| {
        let (one, two) = (world.admin(0), world.admin(1));
        let ctx = patient(world);
        let file = format!("{BODIES}body,,,Жаңа,Новый,<New>\nschool,body,,М,Ш,School\n");
        let (pages, csrf) = (english(app, one), app.csrf(one));
        let csrf = ("csrf", csrf.as_str());
        let refused = pages.post("/admin/changes", &[csrf, ("kind", "bodies"), ("file", "code\nx\n")]).await;
        assert_eq!(refused.status, 422);
        for words in ["Line 1:", "must name the columns", "code\nx"] {
            assert!(refused.body.contains(words), "{words}: {}", refused.body);
        }
        assert_eq!(
            pages.post("/admin/changes", &[csrf, ("kind", "bodies"), ("file", &file)]).await.status,
            303
        );
        let id = world.owner().await.value("select id from config_changes where state = 'pending'").await;
        let path = format!("/admin/changes/{}", id.as_str().unwrap());
        let page = english(app, two).get(&path).await;
        for words in ["school: School", "Added: 1", "Renamed: 1", "&#60;New&#62;", "/approval\""] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        let own = english(app, one).get(&path).await;
        assert!(!own.body.contains("/approval\"") && own.body.contains("another administrator must"));
        let moved = propose(&ctx, Some(one), Kind::Routing, &elsewhere()).await;
        approve(&ctx, two, moved).await.unwrap();
        let list = english(app, two).get("/admin/changes").await;
        assert!(list.body.contains("takes effect: Thu 26 Nov 2026"), "{}", list.body);
        world.enrol("watcher", &[RoleAt { role: Role::Oversight, desk: None }]).await;
        let watcher = world.sign_in("watcher").await;
        let seen = english(app, &watcher).get("/staff/changes").await;
        for words in
            ["Thu 26 Nov 2026", "admin1", "admin2", "any body · any category · any region → independent"]
        {
            assert!(seen.body.contains(words), "{words}: {}", seen.body);
        }
        assert!(!seen.body.contains("/refusal\"") && !seen.body.contains("/approval\""));
        assert_eq!(app.staff_pages(&watcher).get("/admin/changes").await.status, 403);
    });
}

#[test]
fn the_dry_run_answers_as_the_intake_decides() {
    in_app(async |world, app| {
        let bodies = format!("{BODIES}body,,,n,n,n\nschool,body,,n,n,n\n");
        world.configure(Kind::Bodies, &bodies).await;
        let rules = format!("{ROUTING}1,,merit,,first\n2,body,,,independent\n100,,,,first\n");
        world.configure(Kind::Routing, &rules).await;
        let pages = english(app, world.admin(0));
        let page = pages.get("/admin/routing?body=school&category=bribery&region=71").await;
        for words in ["another category", "matches", "has two triagers", "school", "triagers: 0"] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        let school = world.ctx.store.read(async |db| db.body_of_code("school").await).await.unwrap().unwrap();
        let about = json!({"body": school.id.to_string(), "region": "71"});
        let reporter = world.submit_report(world.report_with("Something.", about)).await;
        let said = desk_of(world, &reporter.case.to_string()).await;
        assert_eq!(said, world.independent.to_string(), "a rule for a body is for what is under it");
        let query = "audit.entries where 'report.received' = any(acts) and convert_from(body, 'UTF8') like '%\"route\":\"nobody\"%'";
        assert_eq!(world.owner().await.count(query).await, 1);
        assert_eq!(pages.get("/admin/routing?body=nothing&category=bribery").await.status, 422);
    });
}

/// Control UA-1, as far as it is real: each body has handlers of its own, and those of the body above see nothing.
#[test]
fn ua_1_the_handlers_of_a_superior_body_see_no_content_of_an_inferior_one() {
    in_world(async |world| {
        let bodies = format!("{BODIES}body,,,n,n,n\nschool,body,,n,n,n\n");
        world.configure(Kind::Bodies, &bodies).await;
        let line = world.desk_line("of-school", "kz", "no").replace("of-school,body", "of-school,school");
        world.configure(Kind::Desks, &format!("{}{line}", DESKS)).await;
        let desk = world.desk_of("of-school").await;
        for login in ["own1", "own2"] {
            let role = RoleAt { role: Role::Triager, desk: Some(desk) };
            world.enrol(login, &[role]).await;
        }
        let rules = format!("{ROUTING}1,school,,,of-school\n100,,,,first\n");
        world.configure(Kind::Routing, &rules).await;
        let school = world.ctx.store.read(async |db| db.body_of_code("school").await).await.unwrap().unwrap();
        let about = json!({"body": school.id.to_string()});
        let case = world.submit_report(world.report_with("About the school.", about)).await.case;
        let own = world.sign_in("own1").await;
        own.attest(case).await;
        assert!(own.read(case).await.contains("About the school."));
        let above = world.sign_in("tri1").await;
        assert!(matches!(above.open(case).await, Err(Error::NotFound)));
        let held = format!(
            "case_grants where case_id = '{case}' and staff_id in ('{}', '{}')",
            above.id(),
            world.id("tri2")
        );
        assert_eq!(world.owner().await.count(&held).await, 0);
    });
}
