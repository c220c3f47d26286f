//! Profiles and calendars as they are in force: what comes with the program, and the versions that two people agreed on,
//! in the order in which they came in force. A version that the server did not put in force is left out.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{authentic::Authentic, context::Context, registry::Fault};
use crate::{
    domain::{configuration::Kind, profile::Rulebook},
    storage::{Db, StorageError},
};

/// Reads them; what is left out is added to `faults`.
pub(super) async fn load(
    db: &mut Db<'_>,
    ctx: &Context,
    faults: &mut Vec<Fault>,
) -> Result<Arc<Rulebook>, StorageError> {
    let mut book = Rulebook::embedded();
    for kind in [Kind::Calendar, Kind::Profile] {
        for (row, text) in db.files_in_force(kind).await? {
            let whole = row.digest == Sha256::digest(text.as_bytes()).as_slice();
            let ours = whole && Authentic::change(ctx, &row).holds(ctx, &row.mac);
            let kept = match kind {
                _ if !ours => false,
                Kind::Calendar => book.add_calendar(&text).is_ok(),
                _ => book.add_profile(&text).is_ok(),
            };
            if !kept {
                faults.push(Fault::Rules { id: row.id });
            }
        }
    }
    Ok(Arc::new(book))
}
