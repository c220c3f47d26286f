//! The main job through the JSON API alone: report, open, attest, assign, start, findings, decide, close, answer; and
//! the ways that lead elsewhere. An auditor sees every step.

use serde_json::{Value, json};

use crate::{
    app::{Api, App, in_app},
    facts::{assessed, with},
    world::{World, password_of},
};

/// What the reporter was given.
struct Sent {
    receipt: String,
    reference: String,
}

async fn report(app: &App, narrative: &str) -> Sent {
    let body = json!({"language": "en", "category": "bribery", "narrative": narrative, "risk": "some"});
    let sent = app.api(None).post("/reports", &body).await.expect(201);
    assert_eq!(sent["acknowledged"], true);
    assert!(sent["next_steps"].as_array().unwrap().len() == 3);
    let text = |name: &str| sent[name].as_str().unwrap().to_owned();
    Sent { receipt: text("receipt"), reference: text("reference") }
}

/// Somebody reports; the receipt and the reference.
pub async fn report_of(app: &App, narrative: &str) -> (String, String) {
    let Sent { receipt, reference } = report(app, narrative).await;
    (receipt, reference)
}

/// The mailbox of a receipt.
async fn mailbox<'a>(app: &'a App, sent: &Sent) -> Api<'a> {
    let opened = app.api(None).post("/inbox/sessions", &json!({"receipt": sent.receipt})).await.expect(201);
    app.api(opened["token"].as_str())
}

/// A line of a mailbox: who, and what.
async fn letters(app: &App, sent: &Sent) -> Vec<(String, String)> {
    let inbox = mailbox(app, sent).await.get("/inbox").await.expect(200);
    assert_eq!(inbox["reference"], sent.reference.as_str());
    let line = |letter: &Value| {
        (letter["from"].as_str().unwrap().to_owned(), letter["text"].as_str().unwrap_or_default().to_owned())
    };
    inbox["messages"].as_array().unwrap().iter().map(line).collect()
}

/// Signs in over HTTP.
pub async fn sign_in<'a>(world: &World, app: &'a App, login: &str) -> Api<'a> {
    world.advance(jiff::SignedDuration::from_secs(30));
    let body = json!({"login": login, "password": password_of(login), "totp": world.code(login)});
    let session = app.api(None).post("/staff/sessions", &body).await.expect(201);
    app.api(session["token"].as_str())
}

/// The one case of a list.
pub async fn only_case(staff: &Api<'_>) -> String {
    let list = staff.get("/cases").await.expect(200);
    assert_eq!(list["cases"].as_array().unwrap().len(), 1);
    list["cases"][0]["id"].as_str().unwrap().to_owned()
}

/// Signs that there is no conflict.
pub async fn attest(staff: &Api<'_>, case: &str) {
    staff.order(&format!("/cases/{case}/attestation")).await.expect(204);
}

/// Takes a step at once; the state it leads to.
async fn take(staff: &Api<'_>, case: &str, step: Value) -> String {
    let done = staff.post(&format!("/cases/{case}/steps"), &step).await.expect(200);
    done["status"].as_str().unwrap().to_owned()
}

/// Proposes a step and has it approved; the state it leads to.
async fn agree(by: &Api<'_>, second: &Api<'_>, case: &str, step: Value) -> String {
    let done = by.post(&format!("/cases/{case}/steps"), &step).await.expect(202);
    let proposal = done["proposal"].as_str().unwrap();
    let waiting = second.get("/proposals").await.expect(200);
    assert_eq!(waiting[0]["id"], proposal);
    if waiting[0]["attest_first"] == true {
        second.order(&format!("/proposals/{proposal}/approval")).await.refused(403);
        attest(second, case).await;
    }
    by.order(&format!("/proposals/{proposal}/approval")).await.refused(403);
    let approved = second.order(&format!("/proposals/{proposal}/approval")).await.expect(200);
    assert_eq!(second.order(&format!("/proposals/{proposal}/approval")).await.refused(409), "proposal_stale");
    approved["status"].as_str().unwrap().to_owned()
}

/// The words in a case.
async fn words(staff: &Api<'_>, case: &str) -> String {
    staff.get(&format!("/cases/{case}")).await.expect(200)["content"].to_string()
}

fn assign(world: &World) -> Value {
    with(assessed(), json!({"step": "assign", "lead": world.id("inv1").to_string()}))
}

fn start() -> Value {
    json!({"step": "start", "plan": "Read the tender papers.", "reassessed_detriment": "low"})
}

fn submit() -> Value {
    json!({"step": "submit", "subject_heard": "given", "evidence_verified": true,
        "reassessed_detriment": "low"})
}

fn closing(step: &str) -> Value {
    json!({"step": step, "outcome": "unsubstantiated", "actions": "none", "reasons": "The papers are in order.",
        "message": "We read the papers and found them in order.", "feedback_sent": "sent",
        "retention_class": "standard", "reassessed_detriment": "low", "hearing": "not_required"})
}

/// Controls OI-9c-1, OI-11a-1, OI-11a-3, EU-9.1b-1; by nothing but the API.
#[test]
fn the_main_job_by_the_api_alone() {
    in_app(async |world, app| {
        let sent = report(app, "The inspector asked for an envelope.").await;
        assert_eq!(letters(app, &sent).await.len(), 1);
        let triager = sign_in(world, app, "tri1").await;
        let case = only_case(&triager).await;
        let head = triager.get(&format!("/cases/{case}")).await.expect(200);
        assert_eq!((&head["content"], &head["attested"]), (&Value::Null, &json!(false)));
        assert_eq!(
            (head["reference"].as_str(), head["status"].as_str()),
            (Some(&*sent.reference), Some("received"))
        );
        attest(&triager, &case).await;
        assert!(words(&triager, &case).await.contains("asked for an envelope"));
        assert_eq!(take(&triager, &case, json!({"step": "open"})).await, "triage");
        let [lead, one, two] = [
            sign_in(world, app, "inv1").await,
            sign_in(world, app, "rev1").await,
            sign_in(world, app, "rev2").await,
        ];
        lead.get(&format!("/cases/{case}")).await.refused(404);
        assert_eq!(take(&triager, &case, assign(world)).await, "assigned");
        assert_eq!(only_case(&lead).await, case);
        attest(&lead, &case).await;
        assert_eq!(agree(&lead, &one, &case, start()).await, "investigation");
        lead.post(&format!("/cases/{case}/messages"), &json!({"text": "We are looking into it."}))
            .await
            .expect(201);
        lead.post(&format!("/cases/{case}/notes"), &json!({"text": "Ask the accountant."})).await.expect(201);
        mailbox(app, &sent)
            .await
            .post("/inbox/messages", &json!({"text": "It was room 214."}))
            .await
            .expect(201);
        let read = words(&lead, &case).await;
        assert!(read.contains("room 214") && read.contains("Ask the accountant."), "{read}");
        assert_eq!(take(&lead, &case, submit()).await, "findings_review");
        assert_eq!(agree(&one, &two, &case, closing("decide_close")).await, "closed");
        let told = letters(app, &sent).await;
        let said = |who: &str, what: &str| told.iter().any(|(from, text)| from == who && text.contains(what));
        assert!(said("desk", "looking into it") && said("desk", "found them in order"), "{told:?}");
        assert!(
            !told.iter().any(|(_, text)| text.contains("room 214") || text.contains("accountant")),
            "{told:?}"
        );
        mailbox(app, &sent).await.post("/inbox/messages", &json!({"text": "Thank you."})).await.expect(201);
        audited(world, app, &case).await;
        triager.delete("/staff/sessions/current").await.expect(204);
        triager.get("/cases").await.refused(401);
    });
}

/// The auditor sees each step, in order, by filters too, and no word of content.
async fn audited(world: &World, app: &App, case: &str) {
    let roles = [senim::policy::RoleAt { role: senim::domain::role::Role::Auditor, desk: None }];
    world.enrol("auditor", &roles).await;
    let auditor = sign_in(world, app, "auditor").await;
    let query = format!("select audit_id from cases where id = '{case}'");
    let known = world.owner().await.value(&query).await;
    let history = auditor.get(&format!("/audit/cases/{}", known.as_str().unwrap())).await.expect(200);
    let entries = history["entries"].as_array().unwrap();
    let states: Vec<&str> = entries.iter().filter_map(|entry| entry["entry"]["to"].as_str()).collect();
    let wanted = ["received", "triage", "assigned", "investigation", "findings_review", "closed"];
    assert_eq!(states, wanted, "{history}");
    let acts = history.to_string();
    for act in ["report.received", "coi.attested", "content.read", "proposal.made", "approval.given"] {
        assert!(acts.contains(act), "{act} is not in {acts}");
    }
    for word in ["envelope", "room 214", "tender", "papers", "accountant"] {
        assert!(!acts.contains(word), "{word}");
    }
    auditor.get(&format!("/audit/cases/{case}")).await.refused(404);
    auditor.get(&format!("/cases/{case}")).await.refused(404);
    let received = auditor.get("/audit/entries?act=report.received").await.expect(200);
    assert_eq!(received["entries"].as_array().unwrap().len(), 1);
    let day = world.ctx.store.today();
    let filtered =
        auditor.get(&format!("/audit/entries?principle=11&from={day}&until={day}&limit=3")).await.expect(200);
    assert_eq!(filtered["entries"].as_array().unwrap().len(), 3);
    let next = filtered["cursor"].as_str().unwrap();
    let more = auditor.get(&format!("/audit/entries?principle=11&limit=3&cursor={next}")).await.expect(200);
    assert_ne!(more["entries"][0]["id"], filtered["entries"][0]["id"]);
    for wrong in ["act=nothing", "principle=14", "cursor=abc", "from=yesterday"] {
        let refused = auditor.get(&format!("/audit/entries?{wrong}")).await;
        assert_eq!(refused.refused(422), "invalid");
        let field = wrong.split('=').next().unwrap();
        assert_eq!(refused.faults(), [format!("{field} unknown_value")]);
    }
}

#[test]
fn a_rejection_needs_two_and_can_be_reopened() {
    in_app(async |world, app| {
        let sent = report(app, "It rained.").await;
        let (triager, reviewer) = (sign_in(world, app, "tri1").await, sign_in(world, app, "rev1").await);
        let case = only_case(&triager).await;
        attest(&triager, &case).await;
        take(&triager, &case, json!({"step": "open"})).await;
        let reject = json!({"step": "reject", "reason_code": "no_substance", "reasons": "Nothing to look into.",
            "message": "You did not tell what happened.", "anon_crime": "no", "anon_security": "no"});
        let reject = with(assessed(), reject);
        let refused = triager.post(&format!("/cases/{case}/steps"), &reject).await.expect(202);
        let again = triager.post(&format!("/cases/{case}/steps"), &reject).await;
        assert_eq!(again.refused(409), "proposal_waiting");
        attest(&reviewer, &case).await;
        let path = format!("/proposals/{}/refusal", refused["proposal"].as_str().unwrap());
        assert_eq!(reviewer.post(&path, &json!({"reasons": " "})).await.refused(422), "invalid");
        reviewer.post(&path, &json!({"reasons": "Ask them first."})).await.expect(204);
        assert!(words(&triager, &case).await.contains("Ask them first."));
        assert_eq!(agree(&triager, &reviewer, &case, reject).await, "rejected");
        assert!(
            letters(app, &sent).await.contains(&("desk".into(), "You did not tell what happened.".into()))
        );
        let reopen = json!({"step": "reopen", "new_ground": "new_facts", "reasons": "A witness came."});
        let second = sign_in(world, app, "rev2").await;
        assert_eq!(agree(&reviewer, &second, &case, reopen).await, "triage");
    });
}

#[test]
fn a_question_waits_for_its_answer_and_a_return_goes_back() {
    in_app(async |world, app| {
        let sent = report(app, "The inspector asked for an envelope.").await;
        let triager = sign_in(world, app, "tri1").await;
        let case = only_case(&triager).await;
        attest(&triager, &case).await;
        take(&triager, &case, json!({"step": "open"})).await;
        let ask = json!({"step": "ask", "question": "Which inspector?"});
        assert_eq!(take(&triager, &case, ask).await, "awaiting_info");
        assert!(letters(app, &sent).await.contains(&("question".into(), "Which inspector?".into())));
        mailbox(app, &sent)
            .await
            .post("/inbox/messages", &json!({"text": "The tall one."}))
            .await
            .expect(201);
        let opened = triager.get(&format!("/cases/{case}")).await.expect(200);
        assert_eq!(opened["status"], "triage", "the answer leads back");
        take(&triager, &case, assign(world)).await;
        let (lead, reviewer) = (sign_in(world, app, "inv1").await, sign_in(world, app, "rev1").await);
        attest(&lead, &case).await;
        let back =
            json!({"step": "return", "reason_code": "wrong_competence", "reasons": "I know the place."});
        let back = with(back, json!({"message": "Somebody else takes it on."}));
        let done = lead.post(&format!("/cases/{case}/steps"), &back).await;
        let status = if done.status == 202 {
            let proposal = done.json()["proposal"].as_str().unwrap().to_owned();
            attest(&reviewer, &case).await;
            reviewer.order(&format!("/proposals/{proposal}/approval")).await.expect(200)
        } else {
            done.expect(200)
        };
        assert_eq!(status["status"], "triage");
        assert!(words(&triager, &case).await.contains("The tall one."));
    });
}
