//! What a browser is shown: one struct with typed fields for each page, drawn by the askama template of the same name in
//! `templates/pages`. A page knows nothing of requests or storage; handlers fill its fields and render it.
//!
//! To add a page: write the struct here, the template beside the others, the words in all three languages, and a
//! sample in `pages/samples.rs`, which the tests render in every language. Each page is plain HTML: no script, no
//! inline style, nothing from elsewhere (`reference/neighbours.md` section 4).

pub mod admin;
pub mod assets;
pub mod audit;
pub mod form;
pub mod frame;
pub mod public;
pub mod staff;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use form::{Choice, Fault, Faults, Kept};
pub use frame::{Area, PublicFrame, StaffFrame, Who};
