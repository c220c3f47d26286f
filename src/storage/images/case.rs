//! What is audited of a case, as intake writes it and as a change leaves it.

use serde_json::{Value, json};

use super::day;
use crate::{
    audit::post::{Image, bytes, digest_of},
    domain::ids::StaffId,
    storage::{cases::CaseChange, intake::NewCase},
};

/// A column and what it holds after a change: what is none here stays, what is some of none is cleared.
type Column = (&'static str, Option<Option<Value>>);

/// Where a case stands and by when it is answered. Here and below every member is named, so that a new one cannot be
/// forgotten.
pub(super) fn stage(n: i32, change: &CaseChange) -> Vec<Column> {
    let CaseChange {
        step,
        proposal,
        origin,
        profile,
        clocks,
        registered,
        question_until,
        unanswered,
        review,
        lead: _,
        assessment: _,
        detriment: _,
        subject_heard: _,
        hearing_notified: _,
        outcome: _,
        reason: _,
        master: _,
        epoch: _,
        excluded: _,
        desk: _,
        on,
    } = change;
    let text = |text: &str| Value::String(text.to_owned());
    vec![
        ("step", step.map(|(step, _)| Some(text(step.code())))),
        ("status", step.map(|(_, status)| Some(text(status.code())))),
        ("step_n", step.map(|_| Some(n.into()))),
        ("status_since", step.and(*on).map(|on| Some(day(on)))),
        ("proposal_id", proposal.map(|proposal| Some(text(&proposal.to_string())))),
        ("origin_status", origin.map(|origin| origin.map(|status| text(status.code())))),
        ("profile", profile.map(|profile| Some(text(profile.id.code())))),
        ("profile_version", profile.map(|profile| Some(profile.version.into()))),
        ("clocks", clocks.as_ref().map(|columns| Some(text(&columns.clocks.to_json())))),
        ("due_on", clocks.as_ref().map(|columns| columns.due_on.map(day))),
        ("watch_on", clocks.as_ref().map(|columns| columns.watch_on.map(day))),
        ("registered_on", registered.map(|on| Some(day(on)))),
        ("question_until", question_until.map(|until| until.map(day))),
        ("unanswered_since", unanswered.map(|since| since.map(day))),
        ("review", review.map(|review| review.map(|review| text(review.code())))),
    ]
}

/// What was found of a case, and who has it.
pub(super) fn matter(change: &CaseChange) -> Vec<Column> {
    let CaseChange {
        step: _,
        proposal: _,
        origin: _,
        profile: _,
        clocks: _,
        registered: _,
        question_until: _,
        unanswered: _,
        review: _,
        lead,
        assessment,
        detriment,
        subject_heard,
        hearing_notified,
        outcome,
        reason,
        master,
        epoch,
        excluded,
        desk,
        on: _,
    } = change;
    let text = |text: &str| Value::String(text.to_owned());
    vec![
        ("lead_id", lead.map(|lead| lead.map(|lead| text(&lead.to_string())))),
        ("assessment", assessment.as_ref().map(|assessment| Some(text(&assessment.to_json())))),
        ("severity", change.severity().map(|(severity, _)| Some(text(severity.code())))),
        ("severity_formula", change.severity().map(|(_, formula)| Some(formula.into()))),
        ("detriment", detriment.map(|level| Some(text(level.code())))),
        ("subject_heard", subject_heard.map(|heard| heard.map(|heard| text(heard.code())))),
        ("hearing_notified_on", hearing_notified.map(|on| Some(day(on)))),
        ("outcome", outcome.map(|outcome| Some(text(outcome.code())))),
        ("reason_code", reason.map(|reason| Some(text(reason.code())))),
        ("master_id", master.map(|master| Some(text(&master.to_string())))),
        ("epoch", epoch.map(|epoch| Some(epoch.into()))),
        ("excluded", excluded.as_deref().map(|marks| Some(bytes(marks)))),
        ("desk_id", desk.map(|desk| Some(text(&desk.to_string())))),
    ]
}

/// A case as the one statement of intake writes it.
pub(in crate::storage) fn new_case(case: &NewCase) -> Image {
    let mut image = Image::default();
    let received = day(case.received_on);
    let mut set = |column: &str, value: Value| image.set(column, Some(value));
    set("id", case.id.to_string().into());
    set("reference", case.reference.as_str().into());
    set("desk_id", case.desk.to_string().into());
    set("category", case.category.code().into());
    set("language", case.language.code().into());
    set("channel", case.channel.into());
    set("mode", "anonymous".into());
    set("profile", case.profile.code().into());
    set("notice_version", case.notice_version.as_str().into());
    set("status", "received".into());
    for column in ["status_since", "received_on"] {
        set(column, received.clone());
    }
    set("epoch", 1.into());
    set("receipt_id", bytes(&case.receipt_id));
    set("reporter_key", bytes(&case.reporter_key));
    set("excluded", bytes(&case.excluded));
    set("step", "submit".into());
    set("step_n", 1.into());
    image.set("acknowledged_on", case.acknowledgement.map(|_| received.clone()));
    image.set("body_id", case.body.map(|body| body.to_string().into()));
    image.set("region", case.region.map(|region| region.code().into()));
    image.set("profile_version", Some(case.profile_version.into()));
    image.set("registered_on", case.registered_on.map(day));
    image.set("clocks", Some(case.clocks.clocks.to_json().into()));
    image.set("due_on", case.clocks.due_on.map(day));
    image.set("watch_on", case.clocks.watch_on.map(day));
    hang_on_new_case(&mut image, case, &received);
    image
}

fn hang_on_new_case(image: &mut Image, case: &NewCase, received: &Value) {
    let epoch = json!({"epoch": 1, "public_key": bytes(&case.epoch_key), "mac": bytes(&case.epoch_mac)});
    image.hang("epochs", vec![epoch]);
    let mut triagers = case.triagers.clone();
    triagers.sort_unstable();
    let grant = |staff: &StaffId| json!({"staff_id": staff, "capacity": "triager", "granted_on": received});
    image.hang("grants", triagers.iter().map(grant).collect());
    let mut holders: Vec<_> =
        case.wraps.iter().map(|wrap| (wrap.epoch, wrap.holder.id(), wrap.holder.kind())).collect();
    holders.sort_unstable();
    image.hang("holders", holders.iter().map(|(epoch, id, kind)| json!([epoch, kind, id])).collect());
    let (report, sealed) = &case.report;
    let mut items = vec![(
        report.0,
        json!({"id": report.0, "n": 1, "epoch": 1, "kind": "report", "written_on": received, "sealed": digest_of(sealed)}),
    )];
    items.extend(case.acknowledgement.map(|id| {
        (
            id.0,
            json!({"id": id.0, "n": 1, "epoch": 1, "kind": "system_message", "written_on": received, "template": "acknowledged"}),
        )
    }));
    items.sort_unstable_by_key(|(id, _)| *id);
    image.hang("items", items.into_iter().map(|(_, item)| item).collect());
}
