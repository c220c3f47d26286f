//! What a form needs: the taxonomy, the channels, the bodies, a token.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Answer, query};
use crate::{
    crypto::secret::SecretText,
    domain::{
        language::Language,
        suggestion::suggest as suggest_category,
        taxonomy::{Category, Region},
    },
    i18n::{LANGUAGES, Texts},
    usecases::{find_bodies::find_bodies, submit_report::FormOrigin},
    web::{App, problem::ProblemView},
};

/// The most bodies of one answer.
const MOST_BODIES: i64 = 50;

/// A code with its names.
#[derive(Serialize, ToSchema)]
pub struct CodeView {
    /// The code.
    pub code: &'static str,
    /// Its names.
    pub names: Names,
}

/// A name in the three languages.
#[derive(Serialize, ToSchema)]
pub struct Names {
    /// Kazakh.
    pub kk: String,
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

impl Names {
    fn of_code(vocabulary: &str, code: &str) -> Self {
        let [kk, ru, en] = ["kk", "ru", "en"].map(|language| Texts::of(language).code(vocabulary, code));
        Self { kk, ru, en }
    }
}

/// The closed lists of the form.
#[derive(Serialize, ToSchema)]
pub struct TaxonomyView {
    /// The languages of the form.
    pub languages: [&'static str; 3],
    /// What a report can be about.
    pub categories: Vec<CodeView>,
    /// Where.
    pub regions: Vec<CodeView>,
}

/// The closed lists of the form.
///
/// # Errors
/// None.
#[utoipa::path(get, path = "/taxonomy", responses((status = 200, body = TaxonomyView)))]
pub async fn taxonomy() -> HttpResponse {
    let view = |vocabulary, code| CodeView { code, names: Names::of_code(vocabulary, code) };
    HttpResponse::Ok().json(TaxonomyView {
        languages: LANGUAGES,
        categories: Category::ALL.iter().map(|category| view("category", category.code())).collect(),
        regions: Region::ALL.iter().map(|region| view("region", region.code())).collect(),
    })
}

/// A way to report.
#[derive(Serialize, ToSchema)]
pub struct ChannelView {
    /// The desk's names.
    pub names: Names,
    /// Whether it stands outside the hierarchy of the bodies it serves.
    pub independent: bool,
    /// The profile whose deadlines it keeps.
    pub profile: &'static str,
}

/// The desks that take reports, at least one of them outside the hierarchy (control OI-9c-2 needs two).
///
/// # Errors
/// 503 where the database is away.
#[utoipa::path(get, path = "/channels", responses((status = 200, body = [ChannelView])))]
pub async fn channels(app: Data<App>) -> Answer {
    let registry = app.context.registry().await?;
    let mut desks: Vec<_> = registry.desks.values().map(|desk| &desk.row).collect();
    desks.sort_by(|a, b| a.name_en.cmp(&b.name_en));
    let views = desks.into_iter().map(|desk| ChannelView {
        names: Names { kk: desk.name_kk.clone(), ru: desk.name_ru.clone(), en: desk.name_en.clone() },
        independent: desk.independent,
        profile: desk.profile.code(),
    });
    Ok(HttpResponse::Ok().json(views.collect::<Vec<_>>()))
}

/// Which bodies are looked for.
#[derive(Deserialize, IntoParams)]
pub struct BodyQuery {
    /// Part of a name, in any language.
    #[serde(default)]
    q: String,
}

/// A body of the registry.
#[derive(Serialize, ToSchema)]
pub struct BodyView {
    /// Its id, for the report's `body`.
    pub id: uuid::Uuid,
    /// Its names.
    pub names: Names,
    /// The region's code.
    pub region: Option<&'static str>,
}

/// Bodies by part of their name.
///
/// # Errors
/// 503 where the database is away.
#[utoipa::path(get, path = "/bodies", params(BodyQuery), responses((status = 200, body = [BodyView])))]
pub async fn bodies(app: Data<App>, request: HttpRequest) -> Answer {
    let BodyQuery { q } = query(&request)?;
    let found = find_bodies(&app.context, &q, MOST_BODIES).await?;
    let views = found.into_iter().map(|body| BodyView {
        id: body.id.0,
        names: Names { kk: body.name_kk, ru: body.name_ru, en: body.name_en },
        region: body.region.map(Region::code),
    });
    Ok(HttpResponse::Ok().json(views.collect::<Vec<_>>()))
}

/// A token for a new form.
#[derive(Serialize, ToSchema)]
pub struct FormView {
    /// Send it with the report: sending the same form twice then gives the same receipt.
    pub form_token: String,
}

/// A token for a new form. Optional: a report without one is taken as well.
///
/// # Errors
/// None that happens.
#[utoipa::path(get, path = "/form", responses((status = 200, body = FormView)))]
pub async fn form(app: Data<App>) -> Answer {
    Ok(HttpResponse::Ok().json(FormView { form_token: app.context.form_token(&FormOrigin::Api)? }))
}

/// A text for which a category is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"language": "en", "text": "The inspector asked for a bribe."}))]
pub struct SuggestionBody {
    /// The language of the text: `kk`, `ru`, `en`.
    #[schema(value_type = String)]
    language: Language,
    /// The text. It is neither stored nor logged.
    #[schema(value_type = String)]
    text: SecretText,
}

/// A category that a text suggests.
#[derive(Serialize, ToSchema)]
pub struct SuggestionView {
    /// The category's code; none where no word suggests any.
    pub category: Option<&'static str>,
    /// The words that led to it.
    pub words: Vec<String>,
}

/// Suggests a category by open rules. It decides nothing: send with the report whichever category fits.
///
/// # Errors
/// 422.
#[utoipa::path(post, path = "/suggestions", request_body = SuggestionBody,
    responses((status = 200, body = SuggestionView), (status = 422, body = ProblemView)))]
pub async fn suggest(app: Data<App>, request: HttpRequest, payload: Payload) -> Answer {
    let body: SuggestionBody = app.json(&request, payload).await?;
    let found = suggest_category(body.language, body.text.expose());
    let (category, words) = found.map_or((None, Vec::new()), |one| (Some(one.category.code()), one.words));
    Ok(HttpResponse::Ok().json(SuggestionView { category, words }))
}
