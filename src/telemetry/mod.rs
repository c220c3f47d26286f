//! Tracing set-up: structured logs without personal data.
//!
//! What may be logged: ids of cases, tasks, sessions' holders and desks; closed codes; counts, sizes by class,
//! durations; errors of our own types. What may never be logged, at any level:
//!
//! - **anything of a reporter's request**: no line per request on public routes, no address, no user agent, no
//!   referrer, no cookie, no receipt, no time tied to a case (controls EU-16.1-2 and AUD-3 of norms.md section 7);
//! - **content**: reports, messages, notes, reasons, file names;
//! - **people**: names, logins, mail addresses, of staff too;
//! - **secrets**: their types print nothing, so that this cannot happen by accident.
//!
//! A test plants canary strings through every input and searches the log for them.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error("not a log filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Logging was set up before.
    #[error("logging is set up already")]
    Twice,
}

/// Writes log lines that pass `filter` (such as `info,senim::jobs=debug`) to standard error: for people where that is
/// a terminal, else one JSON object per line. Also replaces the panic message, which may hold content, by the place
/// of the panic.
///
/// # Errors
/// [`TelemetryError`]; nothing is changed then.
pub fn init(filter: &str) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(filter)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let set = if std::io::stderr().is_terminal() {
        lines.with_target(false).try_init()
    } else {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
    set.or(Err(TelemetryError::Twice))?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a thread panicked");
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_filter_is_refused() {
        assert!(matches!(init("senim=loudly"), Err(TelemetryError::Filter(_))));
    }
}
