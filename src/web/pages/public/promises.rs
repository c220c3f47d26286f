use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::PublicFrame;

/// `/{lang}/promises`: what is promised against whom, and what is not (the table of the README in plain words).
#[derive(Debug, Template)]
#[template(path = "pages/public/promises.html")]
pub struct PromisesPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: PublicFrame,
}
