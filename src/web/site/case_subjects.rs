//! The part of a case's page that says whom the case concerns, and takes it up.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{
    Desk, PageRefusal,
    case::{Draft, back_to, case_id, draw},
    done::done,
};
use crate::{
    domain::{
        case::subject::{RawSubject, Subject},
        field_error::FieldError,
        ids::{CaseId, ItemId},
    },
    i18n::Texts,
    policy::{Action, authorize},
    usecases::{
        Error,
        find_bodies::find_code,
        open_case::{Names, OpenedCase},
        piece::{Piece, PieceBody, struck},
        record_subject::record_subject,
    },
    web::{
        body::Form,
        pages::staff::{SubjectForm, SubjectLine, Subjects},
    },
};

/// Records whom the case concerns; what cannot be taken is the case again, with what was typed.
///
/// # Errors
/// A page.
pub async fn record(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let id = case_id(&desk, &request)?;
    match try_record(&desk, id, &form).await {
        Ok(true) => Ok(back_to(id, "subject")),
        Ok(false) => Ok(done("/staff/cases", "subject")),
        Err(Error::Invalid(faults)) => {
            let draft = Draft { form, faults, ..Draft::default() };
            draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, draft).await
        }
        Err(error) => Err(desk.refuse(&request, error, Some(&form))),
    }
}

async fn try_record(desk: &Desk, id: CaseId, form: &Form) -> Result<bool, Error> {
    let ctx = &desk.app.context;
    let mut raw = RawSubject {
        name: form.get("subject_name").map(str::to_owned),
        login: form.get("login").map(str::to_owned),
        unit: None,
    };
    if let Some(code) = form.get("unit") {
        let unknown = || Error::Invalid(vec![FieldError::new("unit", FieldError::UNKNOWN)]);
        raw.unit = Some(find_code(ctx, code.trim()).await?.ok_or_else(unknown)?.id.to_string());
    }
    let subject = Subject::parse(&raw).map_err(Error::Invalid)?;
    record_subject(ctx, &desk.caller, id, &subject).await
}

/// Whom the case concerns: by the report, and as it was recorded since.
pub(super) fn subjects(desk: &Desk, opened: &OpenedCase, form: &Form) -> Subjects {
    let mut lines = Vec::new();
    for piece in opened.content.iter().flatten() {
        if let PieceBody::Report(report) = &piece.body {
            let ticks = report.concerns.iter().map(|concern| desk.t.code("concern", concern.code()));
            let named = report.people.iter().map(|line| line.expose().to_owned());
            let line = |who| SubjectLine { who, by: None, on: piece.on, struck: false };
            lines.extend(named.chain(ticks).map(line));
        }
    }
    lines.extend(recorded(desk.t, opened).into_iter().map(|(_, line)| line));
    let may = authorize(&desk.caller.actor(), Action::RecordSubject, Some(&opened.situation)).is_ok();
    let form = (may && !opened.keys_awaited).then(|| SubjectForm {
        name: form.text("subject_name"),
        login: form.text("login"),
        unit: form.text("unit"),
    });
    Subjects { lines, form }
}

/// Whom those who work on the case recorded, each with the piece in which it stands.
pub(super) fn recorded(t: Texts, opened: &OpenedCase) -> Vec<(ItemId, SubjectLine)> {
    let pieces = opened.content.as_deref().unwrap_or_default();
    let struck = struck(pieces);
    let line = |piece: &Piece| match &piece.body {
        PieceBody::Subject(subject) => Some(SubjectLine {
            who: who(t, &opened.names, subject),
            by: piece.author.clone(),
            on: piece.on,
            struck: struck.contains(&piece.id),
        }),
        _ => None,
    };
    pieces.iter().filter_map(|piece| Some((piece.id, line(piece)?))).collect()
}

/// A subject in words.
pub(super) fn who(t: Texts, names: &Names, subject: &Subject) -> String {
    let unit = subject.unit.and_then(|unit| names.bodies.get(&unit));
    let parts = [
        subject.name.as_ref().map(|name| name.expose().to_owned()),
        subject.login.as_ref().map(|login| login.as_str().to_owned()),
        unit.map(|body| body.name(t.language()).to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
