//! Background work: the runner, and one file per task.
//!
//! | file | holds |
//! | --- | --- |
//! | `runner` | who runs what when: leases, second tries, giving up |
//! | `periodic` | the list of what is done again and again |
//! | `publish` | heads of the log's tree to the signer, the public files |
//! | `queued` | the list of tasks that acts put into the queue |
//! | `send_mail` | the one queued task: a mail |
//!
//! Any number of processes may work at once: a queued task is leased to one of them, and what is periodic is safe to be
//! done twice. A task may run again after it succeeded (the process can die in between), so each must bear that.
//!
//! To add a periodic task: a use case and a row in `periodic`. To add a queued task: a file here and an arm in
//! `queued`.

mod periodic;
mod publish;
mod queued;
mod runner;
mod send_mail;

pub use runner::Runner;
