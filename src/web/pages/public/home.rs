use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::PublicFrame;

/// `/{lang}/`: what this place is, and the two doors: report, mailbox.
#[derive(Debug, Template)]
#[template(path = "pages/public/home.html")]
pub struct HomePage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: PublicFrame,
}
