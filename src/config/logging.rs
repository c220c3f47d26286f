//! What is logged.

use tracing_subscriber::EnvFilter;

use super::reader::Reader;

/// The log on standard error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggingConfig {
    /// `SENIM_LOG` (`info`): directives of a tracing filter, such as `info,senim::jobs=debug`.
    pub filter: String,
}

impl LoggingConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            filter: reader.parse(
                "SENIM_LOG",
                "a filter such as `info` or `info,senim::jobs=debug`",
                "info,actix_server=warn".to_owned(),
                |text| EnvFilter::try_new(text).ok().map(|_| text.to_owned()),
            ),
        }
    }
}
