//! Finding the PostgreSQL server programs of this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::ClusterError;

/// The oldest major version that is supported.
const OLDEST: u32 = 15;
/// Where Debian and Ubuntu keep one directory per major version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The two programs that are needed.
#[derive(Debug, Clone)]
pub(super) struct Binaries {
    /// The server.
    pub postgres: PathBuf,
    /// What makes a cluster.
    pub initdb: PathBuf,
}

impl Binaries {
    /// In `wanted` if given; else the version that made `data`, if Debian has it; else on the `PATH`; else the newest
    /// of Debian's directories. At least [`OLDEST`], and the version that made `data`.
    pub fn find(wanted: Option<&Path>, data: &Path) -> Result<Self, ClusterError> {
        let made_by = fs::read_to_string(data.join("PG_VERSION")).ok().map(|text| text.trim().to_owned());
        let places = match wanted {
            Some(dir) => vec![dir.to_owned()],
            None => places(made_by.as_deref(), std::env::var_os("PATH").as_deref()),
        };
        let Some(found) = places.iter().find_map(|dir| Self::within(dir)) else {
            let looked: Vec<_> = places.iter().map(|dir| dir.display().to_string()).collect();
            return Err(ClusterError::NoServer { looked: looked.join(", ") });
        };
        let version = found.version()?;
        match made_by {
            Some(made_by) if made_by != version.to_string() => {
                Err(ClusterError::OtherVersion { data: data.to_owned(), made_by, found: version })
            }
            _ => Ok(found),
        }
    }

    fn within(dir: &Path) -> Option<Self> {
        let found = Self { postgres: dir.join("postgres"), initdb: dir.join("initdb") };
        (found.postgres.is_file() && found.initdb.is_file()).then_some(found)
    }

    fn version(&self) -> Result<u32, ClusterError> {
        let output = Command::new(&self.postgres)
            .arg("--version")
            .output()
            .map_err(|source| ClusterError::Spawn { what: self.postgres.display().to_string(), source })?;
        let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        match major(&printed) {
            Some(version) if version >= OLDEST => Ok(version),
            _ => Err(ClusterError::TooOld { path: self.postgres.clone(), found: printed }),
        }
    }
}

/// Directories to look into, best first.
fn places(made_by: Option<&str>, path: Option<&std::ffi::OsStr>) -> Vec<PathBuf> {
    let debian = Path::new(DEBIAN);
    let mut places: Vec<PathBuf> =
        made_by.map(|version| debian.join(version).join("bin")).into_iter().collect();
    places.extend(path.iter().flat_map(|path| std::env::split_paths(path)));
    let mut versions: Vec<u32> = fs::read_dir(debian)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    places.extend(versions.iter().map(|version| debian.join(version.to_string()).join("bin")));
    places.push(debian.join("*/bin"));
    places
}

/// The major version in `postgres (PostgreSQL) 15.20 (Debian …)`, `… 17beta1`, `… 18devel`.
fn major(printed: &str) -> Option<u32> {
    let (_, version) = printed.split_once("(PostgreSQL) ")?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_major_version() {
        assert_eq!(major("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("something else"), None);
    }

    #[test]
    fn an_empty_place_is_refused_with_the_package_to_install() {
        let error = Binaries::find(Some(Path::new("/nowhere")), Path::new("/nowhere/data")).unwrap_err();
        assert!(error.to_string().contains("/nowhere"), "{error}");
        assert!(error.to_string().contains("apt-get install postgresql"), "{error}");
    }

    #[test]
    fn the_version_that_made_the_data_comes_first() {
        let first = places(Some("15"), None).into_iter().next();
        assert_eq!(first, Some(PathBuf::from("/usr/lib/postgresql/15/bin")));
    }
}
