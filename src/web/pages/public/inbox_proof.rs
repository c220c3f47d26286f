use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::PublicFrame;

/// `/{lang}/inbox/proof`: what the promise is, and what holding it may mean, before it is given.
#[derive(Debug, Template)]
#[template(path = "pages/public/inbox_proof.html")]
pub struct InboxProofPage {
    /// Words.
    pub t: Texts,
    /// What stands around; `csrf` is set.
    pub frame: PublicFrame,
}
