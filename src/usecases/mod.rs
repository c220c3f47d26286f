//! One file, one act that somebody does; the function has the file's name.
//!
//! A use case authorizes (`policy`), decides (`domain`), seals (`crypto`) and writes (`storage`) with its entry
//! (`audit`) in one transaction. It knows nothing of HTTP, pages or languages. To add one: a file here, an action in
//! `policy`, an endpoint in `web`.
//!
//! | of the reporter | of the desk | of administrators and auditors |
//! | --- | --- | --- |
//! | `read_log_file`, `find_bodies`, `submit_report`, `open_inbox`, `read_inbox`, `send_inbox_message`, `raise_no_response`, `request_review`, `report_retaliation`, `give_promise` | `sign_in`, `sign_out`, `resume_session`, `list_cases`, `open_case`, `attest`, `recuse`, `take_step`, `approve_proposal`, `refuse_proposal`, `list_proposals`, `open_proposal`, `send_message`, `add_note`, `recover_account`, `restore_access`, `give_access`, `take_access`, `record_subject`, `track_referral`, `decide_interim`, `change_mail`, `oversee` | `found_instance`, `propose_change`, `approve_change`, `refuse_change`, `list_changes`, `try_route`, `export_config`, `invite_staff`, `redeem_invitation`, `propose_member`, `confirm_member`, `propose_roles`, `refuse_member`, `disable_staff`, `reinvite_staff`, `dead_letters`, `approve_recovery`, `refuse_recovery`, `recover_case`, `list_staff`, `query_log`, `export_log`, `read_entry`, `read_history`, `prove_entry`, `prove_case`, `list_acts`, `map_evidence`, `survey_log`, `verify_log`, `reconcile` |
//!
//! `enforce_changes`, `expire_questions`, `expire_recoveries`, `finish_departures`, `queue_digests`, `publish_log`, `sequence_log`, `sign_heads`, `sweep`, `watch_deadlines`, `watch_referrals` and `watch_remedies` are done by timers, `take_pulse`, `take_readings`, `compare_directory` and `open_actors` for the operator. What several use cases share has its own file:
//! `context`, `caller`, `config_plan`, `config_force`, `body_tree`, `credentials`, `departure`, `device`, `registry`, `roles`, `standing`, `holders`, `part`, `case_access`, `case_history`, `denials`, `items`, `effects`, `assessed`, `clock_news`, `form_token`, `impartiality`, `barring`, `bar_named`, `piece`, `package`, `refer`, `remedies`, `closing`, `round`, `unbar`, `rulebook`, `tarball`.

pub mod add_note;
pub mod approve_change;
pub mod approve_proposal;
pub mod approve_recovery;
mod assessed;
pub mod attest;
pub mod authentic;
mod bar_named;
mod barring;
pub mod body_tree;
pub mod caller;
mod case_access;
pub mod case_history;
pub mod change_mail;
mod clock_news;
pub mod closing;
pub mod compare_directory;
mod config_force;
mod config_plan;
pub mod confirm_member;
pub mod context;
pub mod credentials;
pub mod dead_letters;
pub mod decide_interim;
mod denials;
mod departure;
pub mod device;
pub mod disable_staff;
mod effects;
pub mod enforce_changes;
pub mod error;
pub mod expire_questions;
pub mod expire_recoveries;
pub mod export_config;
pub mod export_log;
pub mod find_bodies;
pub mod finish_departures;
pub mod form_token;
pub mod found_instance;
pub mod give_access;
pub mod give_promise;
mod holders;
pub mod impartiality;
pub mod invite_staff;
mod items;
pub mod list_acts;
pub mod list_cases;
pub mod list_changes;
pub mod list_proposals;
pub mod list_staff;
pub mod map_evidence;
pub mod open_actors;
pub mod open_case;
pub mod open_inbox;
pub mod open_proposal;
pub mod oversee;
pub mod package;
pub mod part;
pub mod piece;
pub mod propose_change;
pub mod propose_member;
pub mod propose_roles;
pub mod prove_case;
pub mod prove_entry;
pub mod publish_log;
pub mod query_log;
pub mod queue_digests;
pub mod raise_no_response;
pub mod read_entry;
pub mod read_history;
pub mod read_inbox;
pub mod read_log_file;
pub mod reconcile;
pub mod record_subject;
pub mod recover_account;
pub mod recover_case;
pub mod recuse;
pub mod redeem_invitation;
mod refer;
pub mod refuse_change;
pub mod refuse_member;
pub mod refuse_proposal;
pub mod refuse_recovery;
pub mod registry;
pub mod reinvite_staff;
pub mod remedies;
pub mod report_retaliation;
pub mod request_review;
pub mod restore_access;
pub mod resume_session;
mod roles;
mod round;
mod rulebook;
pub mod send_inbox_message;
pub mod send_message;
pub mod sequence_log;
pub mod sign_heads;
pub mod sign_in;
pub mod sign_out;
mod standing;
pub mod submit_report;
pub mod survey_log;
pub mod sweep;
pub mod take_access;
pub mod take_pulse;
pub mod take_readings;
pub mod take_step;
pub mod tarball;
pub mod track_referral;
pub mod try_route;
mod unbar;
pub mod verify_log;
pub mod watch_deadlines;
pub mod watch_referrals;
pub mod watch_remedies;

pub use caller::Caller;
pub use context::Context;
pub use error::Error;
