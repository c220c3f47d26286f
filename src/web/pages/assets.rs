//! Files that pages refer to, embedded in the program.

/// Address of the style sheet; the version changes with its content, so it may be kept by browsers for ever.
pub const STYLE_PATH: &str = concat!("/assets/style.css?v=", env!("SENIM_STYLE_VERSION"));

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
