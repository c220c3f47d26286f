//! The forms of steps on the pages.

use senim::{
    domain::{case::step::Step, role::Role},
    policy::RoleAt,
};

use crate::{app::in_app, facts::assessed};

#[test]
fn an_assignment_takes_several_people_and_keeps_who_was_ticked() {
    in_app(async |world, app| {
        let case = world.submit("The inspector asked for an envelope.").await.case;
        world.enrol("inv3", &[RoleAt { role: Role::Investigator, desk: Some(world.desk) }]).await;
        let triager = world.sign_in("tri1").await;
        let reviewer = world.sign_in("rev1").await;
        world.drive(case, &triager, Step::Open, &reviewer).await;
        let (pages, csrf) = (app.staff_pages(&triager), app.csrf(&triager));
        let page = format!("/staff/cases/{case}");
        let [lead, two, three] = ["inv1", "inv2", "inv3"].map(|login| world.id(login).to_string());
        let mut answers = assessed().as_object().unwrap().clone();
        answers.remove("detriment_level");
        let form = |level| {
            let fixed =
                [("csrf", csrf.as_str()), ("step", "assign"), ("detriment_level", level), ("lead", &lead)];
            let [two, three] = [&two, &three].map(|id| ("investigators", id.as_str()));
            let answers = answers.iter().map(|(name, code)| (name.as_str(), code.as_str().unwrap()));
            fixed.into_iter().chain(answers).chain([two, three]).collect::<Vec<_>>()
        };
        let fresh = pages.get(&page).await;
        let ticked = |body: &str| {
            let boxes = body.split("<input ").filter(|input| input.contains("name=\"investigators\""));
            boxes.filter(|input| input.split('>').next().unwrap().contains(" checked")).count()
        };
        assert_eq!((fresh.body.matches("name=\"investigators\"").count(), ticked(&fresh.body)), (3, 0));
        let refused = pages.post(&format!("{page}/steps"), &form("")).await;
        assert_eq!((refused.status, ticked(&refused.body)), (422, 2), "{}", refused.body);
        let done = pages.post(&format!("{page}/steps"), &form("low")).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let mut owner = world.owner().await;
        for (login, capacity) in [("inv1", "lead"), ("inv2", "investigator"), ("inv3", "investigator")] {
            let id = world.id(login);
            let grant = format!("case_grants where staff_id = '{id}' and capacity = '{capacity}'");
            assert_eq!(owner.count(&grant).await, 1, "{login}");
        }
    });
}
