//! What this process gives up before it knows any secret.

use nix::sys::resource::{Resource, setrlimit};

use super::failure::Failure;

/// No memory image of this process or its children is ever written to a disk, and no other process of the same user
/// may look into it.
pub(super) fn apply() -> Result<(), Failure> {
    setrlimit(Resource::RLIMIT_CORE, 0, 0)
        .map_err(|error| Failure::system("switching off core dumps")(error.into()))?;
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_dumpable(false)
        .map_err(|error| Failure::system("closing the process to others")(error.into()))?;
    Ok(())
}
