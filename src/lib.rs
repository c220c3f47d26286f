//! Senim takes in anonymous reports of corruption, brings each to somebody fit to look into it, drives the case
//! through a lawful workflow, and keeps a record that an outsider can check.
//!
//! Modules stand in ranks and import only downward; `tests/architecture.rs` holds the table.

pub mod crypto;
pub mod domain;
pub mod durable;
pub mod i18n;
pub mod telemetry;

pub mod audit;
pub mod config;
pub mod policy;

pub mod cluster;
pub mod mail;
pub mod storage;

pub mod signer;
pub mod usecases;
pub mod witness;

pub mod jobs;
pub mod web;

pub mod cli;
