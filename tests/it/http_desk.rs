//! What the desk's pages tell a person: where they stand, what was done, and everything they typed.

use jiff::{SignedDuration, tz::TimeZone};
use senim::{
    domain::{
        case::{status::Status, step::Step},
        ids::CaseId,
        role::Role,
    },
    policy::RoleAt,
};
use serde_json::json;

use crate::{
    app::{Answer, App, Pages, in_app},
    facts::{assessed, enough, with},
    people::StaffActor,
    world::World,
};

/// The pages of somebody, in English.
pub fn english<'a>(app: &'a App, actor: &StaffActor) -> Pages<'a> {
    let pages = app.staff_pages(actor);
    pages.jar.borrow_mut().insert("senim-language".to_owned(), "en".to_owned());
    pages
}

/// What is told with a page in its line of success.
pub fn told(answer: &Answer) -> Option<&str> {
    let (_, rest) = answer.body.split_once("<p class=\"good\" role=\"status\">")?;
    rest.split("</p>").next()
}

/// Sends a form that is taken, and follows to the page after it.
pub async fn send(pages: &Pages<'_>, path: &str, form: &[(&str, &str)]) -> Answer {
    let sent = pages.post(path, form).await;
    assert_eq!(sent.status, 303, "{path}: {}", sent.body);
    let location = sent.header("location").to_owned();
    assert!(!location.contains('?'), "no address says what was done: {location}");
    pages.get(&location).await
}

#[test]
fn a_role_without_an_area_has_a_start_page_and_others_go_to_their_work() {
    in_app(async |world, app| {
        let everywhere = [RoleAt { role: Role::Custodian, desk: None }];
        world.enrol("watcher", &everywhere).await;
        world.enrol("writer", &[RoleAt { role: Role::Registrar, desk: Some(world.desk) }]).await;
        for (login, role, place) in
            [("watcher", "custodian", "for every desk"), ("writer", "registrar", "Body")]
        {
            let actor = world.sign_in(login).await;
            let pages = english(app, &actor);
            let start = pages.get("/staff").await;
            assert_eq!(start.status, 200);
            for words in [&format!("Signed in as {login}"), role, place, "nothing waits for you here"] {
                assert!(start.body.contains(words), "{words}: {}", start.body);
            }
            assert!(!start.body.contains("href=\"/staff/cases\""), "no way into what is closed");
            let refused = pages.get("/staff/cases").await;
            assert_eq!(refused.status, 403);
            assert!(refused.body.contains("href=\"/staff\""), "{}", refused.body);
        }
        for (login, work) in [("admin1", "/admin/staff"), ("tri1", "/staff/cases"), ("rev1", "/staff/cases")]
        {
            let actor = world.sign_in(login).await;
            let start = app.staff_pages(&actor).get("/staff").await;
            assert_eq!((start.status, start.header("location")), (303, work), "{login}");
        }
    });
}

/// A report of the small hours is of today where it was sent, though it is still yesterday by UTC.
#[test]
fn days_are_counted_by_the_calendar_of_the_place() {
    in_app(async |world, app| {
        let evening = world.clock.now().to_zoned(TimeZone::UTC).end_of_day().unwrap().timestamp();
        world.advance(evening.duration_since(world.clock.now()) - SignedDuration::from_hours(3));
        let case = world.submit("Something.").await.case;
        let triager = world.sign_in("tri1").await;
        let pages = english(app, &triager);
        let list = pages.get("/staff/cases").await;
        assert!(list.body.contains("<td data-name=\"Age\" class=\"nowrap\">today</td>"), "{}", list.body);
        let gate = pages.get(&format!("/staff/cases/{case}")).await;
        assert!(gate.body.contains("(today)"), "{}", gate.body);
    });
}

/// A word of success stands on the page one lands on, and on no later one; no address says it.
#[test]
fn what_was_done_is_told_once() {
    in_app(async |world, app| {
        let case = world.submit("Something.").await.case;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        let (pages, csrf) = (english(app, &triager), app.csrf(&triager));
        let page = format!("/staff/cases/{case}");
        let at = |what: &str| format!("{page}/{what}");
        let answers = assessed();
        let answers =
            answers.as_object().unwrap().iter().map(|(name, code)| (&**name, code.as_str().unwrap()));
        let rejection = [
            ("step", "reject"),
            ("reason_code", "spam"),
            ("reasons", "Spam."),
            ("message", "No."),
            ("anon_crime", "no"),
            ("anon_security", "no"),
        ];
        let rejection = rejection.into_iter().chain(answers).collect();
        let acts = [
            ("attestation", vec![("no_conflict", "on")], "Your signature is kept"),
            ("steps", vec![("step", "open")], "Done."),
            ("messages", vec![("message", "Hello.")], "in the reporter's mailbox"),
            ("notes", vec![("note", "Hello.")], "Your note is kept"),
            ("steps", rejection, "Your proposal is made"),
        ];
        for (what, fields, words) in acts {
            let form = [fields, vec![("csrf", csrf.as_str())]].concat();
            let after = send(&pages, &at(what), &form).await;
            assert!(
                told(&after).unwrap_or_default().replace("&#39;", "'").contains(words),
                "{what}: {:?}",
                told(&after)
            );
            assert_eq!(told(&pages.get(&page).await), None, "{what}: told again");
            assert!(!pages.jar.borrow().contains_key("__Host-senim-done"), "{what}");
        }
        let proposal = world.owner().await.value("select id from proposals").await;
        let path = format!("/staff/proposals/{}/approval", proposal.as_str().unwrap());
        reviewer.attest(case).await;
        let after = send(&english(app, &reviewer), &path, &[("csrf", &app.csrf(&reviewer))]).await;
        assert!(told(&after).unwrap().starts_with("Approved."));
        let forged = app.staff_pages(&triager);
        forged.jar.borrow_mut().insert("__Host-senim-done".to_owned(), "<b>paid</b>".to_owned());
        assert_eq!(told(&forged.get(&page).await), None, "only closed codes are told");
    });
}

#[test]
fn the_list_holds_what_is_still_to_be_done_until_more_is_asked_for() {
    in_app(async |world, app| {
        let (open, ended) = (world.submit("One.").await, world.submit("Two.").await);
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(ended.case, &triager, Step::Open, &reviewer).await;
        world.drive(ended.case, &triager, Step::Reject, &reviewer).await;
        let pages = app.staff_pages(&triager);
        for (query, holds) in [
            ("", [true, false]),
            ("?state=", [true, false]),
            ("?state=all", [true, true]),
            ("?state=rejected", [false, true]),
        ] {
            let list = pages.get(&format!("/staff/cases{query}")).await;
            let found = [&open, &ended].map(|one| list.body.contains(&one.reference));
            assert_eq!(found, holds, "{query}");
        }
        let all = app.staff(&triager).get("/cases").await.expect(200);
        assert_eq!(all["cases"].as_array().unwrap().len(), 2, "the API lists every state");
    });
}

/// Where switching the language would lose what stands on a page, it cannot be switched, and the page says so.
#[test]
fn no_switch_of_language_loses_a_secret_or_a_text() {
    in_app(async |world, app| {
        let admin = world.sign_in("admin1").await;
        let (pages, csrf) = (english(app, &admin), app.csrf(&admin));
        let switches = |answer: &Answer| answer.body.contains("action=\"/staff/language\"");
        let says = |answer: &Answer| answer.body.contains("The language cannot be changed here");
        let list = pages.get("/admin/staff").await;
        assert!(switches(&list) && !says(&list));
        let form = [("csrf", csrf.as_str()), ("login", "newcomer"), ("role_auditor", "on")];
        let invited = pages.post("/admin/staff/invitations", &form).await;
        assert_eq!(invited.status, 201);
        assert!(!switches(&invited) && says(&invited), "{}", invited.body);
        let code = invited.body.split("<p class=\"code big\">").nth(1).unwrap().split('<').next().unwrap();
        let join = pages.post("/staff/join", &[("stage", "code"), ("code", code)]).await;
        assert!(join.body.contains("form_token") && !switches(&join) && says(&join), "{}", join.body);
        let case = world.submit("Something.").await.case;
        let triager = world.sign_in("tri1").await;
        triager.attest(case).await;
        let (pages, csrf) = (english(app, &triager), app.csrf(&triager));
        let long = "x".repeat(90_000);
        let form = [("csrf", csrf.as_str()), ("note", &long)];
        let refused = pages.post(&format!("/staff/cases/{case}/notes"), &form).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains(&long) && !switches(&refused) && says(&refused));
        let public = app.pages();
        let linked = |answer: &Answer| answer.body.contains("hreflang=\"kk\"");
        assert!(linked(&public.get("/en/report").await));
        let mistake = public.post("/en/report", &[("narrative", "Something.")]).await;
        assert!(mistake.status == 422 && !linked(&mistake) && says(&mistake));
        let sent = public.post("/en/report", &[("narrative", "Something."), ("category", "other")]).await;
        assert!(sent.status == 201 && !linked(&sent) && says(&sent), "{}", sent.body);
    });
}

/// A receipt whose check symbol does not fit stands in the field again, beside its fault. A whole one never does.
#[test]
fn a_mistyped_receipt_can_be_mended_and_a_whole_one_is_never_shown() {
    in_app(async |world, app| {
        let reporter = world.submit("Something.").await;
        let pages = app.pages();
        let last = if reporter.receipt.ends_with('0') { "1" } else { "0" };
        let mistyped = format!("{}{last}", &reporter.receipt[..reporter.receipt.len() - 1]);
        for typed in [mistyped.as_str(), "<script>\"", "7Q2MX"] {
            let answer = pages.post("/en/inbox", &[("receipt", typed)]).await;
            assert_eq!(answer.status, 422, "{typed}");
            assert!(answer.body.contains("id=\"receipt-fault\""));
            let shown =
                answer.input("receipt").replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"");
            assert_eq!(shown, typed);
        }
        let unknown = World::receipt_of_nobody(&app.ctx);
        let answer = pages.post("/en/inbox", &[("receipt", &unknown)]).await;
        assert!(answer.status == 401 && !answer.body.contains(&unknown), "{}", answer.body);
        let opened = pages.post("/en/inbox", &[("receipt", &reporter.receipt)]).await;
        assert_eq!((opened.status, opened.header("location")), (303, "/en/inbox"));
    });
}

/// Every field of a form that could not be taken comes back, whatever the reason.
#[test]
fn nothing_typed_is_lost() {
    in_app(async |world, app| {
        let case = world.submit("Something.").await.case;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(case, &triager, Step::Open, &reviewer).await;
        let (pages, csrf) = (english(app, &triager), app.csrf(&triager));
        let path = format!("/staff/cases/{case}/steps");
        let form = [
            ("csrf", csrf.as_str()),
            ("step", "refer"),
            ("reason_code", "criminal_signs"),
            ("reasons", "Signs of a <crime>."),
            ("target", "prosecutor"),
            ("statement", "The police of the district"),
            ("identity_removed", "removed"),
        ];
        let words = [
            "signs of a crime",
            "Signs of a &#60;crime&#62;.",
            "The police of the district",
            "nothing shows who it is",
        ];
        triager.propose(case, Step::Reject, enough(Status::Triage, Step::Reject, triager.id(), "some")).await;
        let waiting = pages.post(&path, &form).await;
        world.advance(SignedDuration::from_mins(31));
        let expired = pages.post(&path, &form).await;
        for (answer, status) in [(waiting, 409), (expired, 401)] {
            assert_eq!(answer.status, status, "{}", answer.body);
            for word in words {
                assert!(answer.body.contains(word), "{word} is not in {}", answer.body);
            }
        }
        let reviewer = world.sign_in("rev1").await;
        let proposal = world.owner().await.value("select id from proposals").await;
        let path = format!("/staff/proposals/{}/refusal", proposal.as_str().unwrap());
        reviewer.attest(case).await;
        reviewer.approve(proposal.as_str().unwrap().parse().unwrap()).await.unwrap();
        let (pages, csrf) = (english(app, &reviewer), app.csrf(&reviewer));
        let late = pages.post(&path, &[("csrf", &csrf), ("reasons", "Ask them first.")]).await;
        assert_eq!(late.status, 409);
        assert!(late.body.contains("Ask them first."));
    });
}

/// What the page of refusal keeps, field by field: its name, and what was typed or chosen.
fn kept(answer: &Answer) -> Vec<(&str, &str)> {
    let fields = answer.body.split("<label for=\"kept-").skip(1).map(|field| {
        let (name, rest) = field.split_once('>').unwrap().1.split_once("</label>").unwrap();
        let text = rest.split_once("readonly>\n").unwrap().1;
        (name, text.split("</textarea>").next().unwrap())
    });
    fields.collect()
}

/// So do the answers of the forms about people: parts in a case, invitations, roles.
#[test]
fn nothing_chosen_about_people_is_lost() {
    in_app(async |world, app| {
        let case = world.submit("Something.").await.case;
        let (triager, admin) = (world.sign_in("tri1").await, world.sign_in("admin1").await);
        let part: &[(&str, &str)] = &[("capacity", "reviewer")];
        let invitation = &[("login", "new.comer"), ("role_auditor", "on"), ("role_oversight", "on")];
        let forms = [
            (&triager, format!("/staff/cases/{case}/people"), part, vec![("Part", "reviewer")]),
            (
                &admin,
                "/admin/staff/invitations".to_owned(),
                invitation,
                vec![("Login", "new.comer"), ("Roles", "auditor\noversight")],
            ),
            (
                &admin,
                "/admin/staff/roles".to_owned(),
                &invitation[1..],
                vec![("Roles", "auditor\noversight")],
            ),
        ];
        for (actor, path, form, wanted) in &forms {
            let sent = [form, [("csrf", "of another page")].as_slice()].concat();
            let expired = english(app, actor).post(path, &sent).await;
            assert_eq!((expired.status, &kept(&expired)), (403, wanted), "{path}: {}", expired.body);
        }
        world.advance(SignedDuration::from_mins(31));
        for (actor, path, form, wanted) in &forms {
            let ended = english(app, actor).post(path, form).await;
            assert_eq!((ended.status, &kept(&ended)), (401, wanted), "{path}: {}", ended.body);
        }
    });
}

/// The forms of the steps on a case's page: step, and for each field its name, whether it is required, whether it has a
/// hint.
fn fields(page: &str) -> Vec<(String, String, bool, bool)> {
    let mut found = Vec::new();
    for form in page.split("<details class=\"step\" id=\"step-").skip(1) {
        let step = form.split('"').next().unwrap();
        let form = form.split("</form>").next().unwrap();
        for tag in ["<input type=\"text\"", "<input type=\"date\"", "<select", "<textarea", "<fieldset"] {
            for field in form.split(tag).skip(1).map(|rest| rest.split('>').next().unwrap()) {
                let id = field.split(" id=\"").nth(1).unwrap().split('"').next().unwrap();
                let required = field.contains("aria-required=\"true\"");
                let hint = field.contains(&format!("aria-describedby=\"{id}-hint"));
                found.push((step.to_owned(), id.to_owned(), required, hint));
            }
        }
    }
    found
}

/// A field that is not always needed says beside it when it is.
#[test]
fn what_is_needed_only_sometimes_says_when() {
    in_app(async |world, app| {
        let (triager, lead) = (world.sign_in("tri1").await, world.sign_in("inv1").await);
        let [one, two] = [world.sign_in("rev1").await, world.sign_in("rev2").await];
        let case = world.submit("Something.").await.case;
        let mut seen = 0;
        let mut look = async |case: CaseId, actor: &StaffActor| {
            actor.attest(case).await;
            let page = app.staff_pages(actor).get(&format!("/staff/cases/{case}")).await;
            for (step, id, required, hint) in fields(&page.body) {
                assert!(required || hint, "{step}: {id} does not say when it is needed");
                seen += 1;
            }
        };
        world.drive(case, &triager, Step::Open, &one).await;
        look(case, &triager).await;
        world.drive(case, &triager, Step::Assign, &one).await;
        look(case, &lead).await;
        world.drive(case, &lead, Step::Start, &one).await;
        look(case, &lead).await;
        world.drive(case, &lead, Step::Pause, &one).await;
        look(case, &lead).await;
        world.drive(case, &lead, Step::Resume, &one).await;
        world.drive(case, &lead, Step::Submit, &one).await;
        look(case, &one).await;
        world.drive(case, &one, Step::Decide, &two).await;
        look(case, &lead).await;
        world.drive(case, &lead, Step::Complete, &two).await;
        let three = world.sign_in("rev3").await;
        look(case, &three).await;
        let referred = world.submit("Something else.").await.case;
        world.drive(referred, &triager, Step::Open, &one).await;
        world.drive(referred, &triager, Step::Refer, &one).await;
        look(referred, &triager).await;
        assert!(seen > 60, "{seen} fields");
    });
}

/// A person's note on a step names people and cases as people call them.
#[test]
fn the_facts_of_a_step_are_told_in_words() {
    in_app(async |world, app| {
        let case = world.submit("Something.").await.case;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(case, &triager, Step::Open, &reviewer).await;
        let given = with(
            enough(Status::Triage, Step::Assign, world.id("inv1"), "some"),
            json!({"investigators": world.id("inv2").to_string()}),
        );
        triager.take(case, Step::Assign, given).await;
        let page = english(app, &triager).get(&format!("/staff/cases/{case}")).await;
        for words in ["Lead investigator: inv1", "Further investigators: inv2"] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        let lead = world.sign_in("inv1").await;
        world.drive(case, &lead, Step::Start, &reviewer).await;
        world.drive(case, &lead, Step::Submit, &reviewer).await;
        let page = english(app, &lead).get(&format!("/staff/cases/{case}")).await;
        assert!(page.body.contains("been heard? "), "a question keeps its mark alone: {}", page.body);
    });
}
