//! The workflow of a case (norms.md section 8): one table of transitions, the facts their guards need, and the pure
//! function [`step_taken::take`] that says what a step does. To change the workflow, edit [`transition::TRANSITIONS`];
//! `faults` then says whether the table still holds together.

pub mod assessment;
pub mod clocks;
pub mod facts;
pub mod faults;
pub mod item;
pub mod known;
pub mod outcome;
pub mod raw_facts;
pub mod reason;
pub mod referral;
pub mod remedy;
pub mod review;
pub mod status;
pub mod step;
pub mod step_taken;
pub mod subject;
pub mod transition;

mod guard;
mod sealed_facts;

pub use faults::workflow_faults;
pub use step_taken::{Move, StepError, take};

#[cfg(test)]
mod tests;
