//! Files that pages refer to, embedded in the program.

/// Address of the style sheet. Browsers do not keep it, so it needs no version.
pub const STYLE_PATH: &str = "/assets/style.css";

/// Media type and content of the asset with this path (`/assets/style.css`, with or without a query).
#[must_use]
pub fn find(path: &str) -> Option<(&'static str, &'static [u8])> {
    match path.split_once('?').map_or(path, |(path, _)| path) {
        "/assets/style.css" => {
            Some(("text/css; charset=utf-8", include_bytes!("../../../templates/assets/style.css")))
        }
        _ => None,
    }
}
