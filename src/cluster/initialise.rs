//! Making a new cluster: in a directory aside, moved into place by one rename when it is whole.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use super::account::{Account, OnOurEnd, no_setpriv};
use super::binaries::Binaries;
use super::layout::{Layout, make_private};
use super::{APP_ROLE, ClusterError, OWNER_ROLE};

/// How directories of unfinished initialisations begin.
const ASIDE: &str = "data.init.";

/// Makes the cluster of `layout` with both roles. Called with the lock held.
///
/// Killed at any moment it leaves no `data`; what it leaves aside is removed by the next run.
pub(super) fn run(
    binaries: &Binaries,
    account: &Account,
    layout: &Layout,
    durable: bool,
) -> Result<(), ClusterError> {
    remove_leftovers(&layout.base);
    let aside = fresh_directory(&layout.base, account)?;
    let made = make(binaries, account, &aside, durable).and_then(|()| {
        fs::rename(&aside, &layout.data).map_err(ClusterError::at(&layout.data))?;
        File::open(&layout.base).and_then(|base| base.sync_all()).map_err(ClusterError::at(&layout.base))
    });
    // Once more: an orphan of a killed run that was still writing at the beginning is gone by now.
    remove_leftovers(&layout.base);
    made
}

fn make(binaries: &Binaries, account: &Account, dir: &Path, durable: bool) -> Result<(), ClusterError> {
    let mut initdb = account.command(&binaries.initdb, OnOurEnd::Kill);
    initdb.arg("-D").arg(dir).args(["-U", OWNER_ROLE, "-E", "UTF8", "--locale=C.UTF-8"]);
    initdb.args(["--data-checksums", "-A", "peer", "--no-instructions"]);
    if !durable {
        initdb.arg("--no-sync");
    }
    let said = initdb.output().map_err(no_setpriv)?;
    if !said.status.success() {
        return Err(ClusterError::Initialise(last_words(&said)));
    }
    create_app_role(binaries, account, dir)
}

/// The login role is made in single-user mode, before anybody can connect: a cluster in place always has both roles.
fn create_app_role(binaries: &Binaries, account: &Account, dir: &Path) -> Result<(), ClusterError> {
    let mut single = account.command(&binaries.postgres, OnOurEnd::Kill);
    single.arg("--single").arg("-D").arg(dir).args(["-c", "log_min_messages=warning", "postgres"]);
    let said = with_input(&mut single, &format!("CREATE ROLE {APP_ROLE} LOGIN\n"))?;
    // Single-user mode reports a failed statement in words only; its exit status stays 0.
    let words = String::from_utf8_lossy(&said.stderr);
    if said.status.success() && !words.contains("ERROR") && !words.contains("FATAL") {
        Ok(())
    } else {
        Err(ClusterError::Initialise(last_words(&said)))
    }
}

fn with_input(command: &mut Command, input: &str) -> Result<Output, ClusterError> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child: Child = command.spawn().map_err(no_setpriv)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    Ok(child.wait_with_output()?)
}

/// An empty directory aside that the server's account owns.
fn fresh_directory(base: &Path, account: &Account) -> Result<PathBuf, ClusterError> {
    // An orphan of a killed run may still be writing into its directory, and process ids come again (in a container
    // at every start), so a name that cannot be removed is passed over.
    let pid = std::process::id();
    let free = (0..100).map(|n| base.join(format!("{ASIDE}{pid}.{n}"))).find(|dir| !dir.exists());
    let dir = free.unwrap_or_else(|| base.join(format!("{ASIDE}{pid}")));
    make_private(&dir, account)?;
    Ok(dir)
}

fn remove_leftovers(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(ASIDE)
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::debug!(%error, "an unfinished cluster is not removed yet");
        }
    }
}

/// The last lines a program wrote, for an error message.
fn last_words(said: &Output) -> String {
    let both = [said.stdout.as_slice(), said.stderr.as_slice()].concat();
    last_lines(&String::from_utf8_lossy(&both))
}

/// The last five non-empty lines, joined by `; `.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let from = lines.len().saturating_sub(5);
    lines.get(from..).unwrap_or_default().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_lines() {
        assert_eq!(last_lines(""), "");
        assert_eq!(last_lines("a\n\nb\n"), "a; b");
        assert_eq!(last_lines("1\n2\n3\n4\n5\n6\n"), "2; 3; 4; 5; 6");
    }
}
