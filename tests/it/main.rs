//! The real parts together: the use cases on a real PostgreSQL, a database of its own for every test, a clock that
//! stands still and randomness that repeats.
//!
//! | file | holds |
//! | --- | --- |
//! | `server` | the one private cluster of a run, shared by all test processes |
//! | `database` | a test's own database, and SQL past the application |
//! | `world` | a founded instance with desks and people, made by the real use cases |
//! | `desks` | changes of the configuration, which two administrators agree on |
//! | `people` | who acts: staff and reporters |
//! | `facts` | what a step needs, in the form in which it is sent |
//! | `record` | the check with which every test ends: the log is whole, no task is left |
//! | `kept` | the record as a bundle that somebody outside keeps |
//! | `app` | hosts the server over a world |
//! | `smtp` | a mail server that others wrote, as a process of the test |
//! | `installation` | the built program in a home directory of its own |
//! | `living` | the demo's installation while it serves, and who uses it |
//!
//! A test is `in_world(async |world| { … })`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test panics in order to fail"
)]

#[path = "../conformance/programs.rs"]
mod programs;

mod app;
mod bench;
mod browser;
mod database;
mod desks;
mod facts;
mod installation;
mod kept;
mod living;
mod people;
mod record;
mod recovery;
mod recovery_attacks;
mod rules;
mod server;
mod sheets;
mod smtp;
mod world;

mod absent;
mod access;
mod actions;
mod aliases;
mod audit_room;
mod barred;
mod browser_main_job;
mod browser_people;
mod browser_print;
mod browser_reporter;
mod case_proof;
mod changes;
mod changes_shown;
mod closing;
mod conflicts;
mod contention;
mod crash;
mod credentials;
mod damaged;
mod days;
mod deadlines;
mod denials;
mod devices;
mod directory;
mod every_transition;
mod exclusions;
mod factors;
mod findings;
mod forged;
mod grants;
mod http_desk;
mod http_input;
mod http_load;
mod http_main_job;
mod http_openapi;
mod http_proposals;
mod http_receipts;
mod http_silence;
mod http_steps;
mod http_walls;
mod legal_histories;
mod log_crash;
mod log_export;
mod log_files;
mod log_living;
mod log_page;
mod log_privacy;
mod log_schema;
mod log_tree;
mod mail_account;
mod mail_delivery;
mod mail_silence;
mod main_job;
mod merging;
mod migrations;
mod newcomers;
mod notice;
mod observed;
mod planted;
mod promise;
mod reads;
mod receipts;
mod reconcile;
mod reconcile_attacks;
mod referral_attacks;
mod referrals;
mod refusals;
mod registry_size;
mod retaliation;
mod review;
mod roles;
mod routing;
mod sign_in;
mod soak;
mod stages;
mod theft;
mod triage;
