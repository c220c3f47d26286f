//! The verifiers that others wrote: how they are built and asked.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

/// What a program answers: its output, or what it complains about.
fn answer(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_owned();
    let output = command.output().map_err(|error| format!("{}: {error}", program.display()))?;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim().to_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// Builds the Go program from Debian's packages alone: no module proxy, no network.
pub fn go_program(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let program = target.join(format!("verify-{name}"));
    let built = answer(
        Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg(sources().join("main.go"))
            .env("GO111MODULE", "off")
            .env("GOPATH", "/usr/share/gocode")
            .env("GOFLAGS", "")
            .env("GOCACHE", target.join("go-cache")),
    );
    assert_eq!(built, Ok(String::new()), "run `.ci/install test`");
    program
}

/// Python with the packages of `.ci/install test`.
pub fn python() -> OsString {
    std::env::var_os("SENIM_TEST_PYTHON").unwrap_or_else(|| {
        let home = std::env::var_os("HOME").unwrap();
        Path::new(&home).join(".cache/senim/python/bin/python").into_os_string()
    })
}

/// What Go says of a published log that these keys signed, the log's own first.
pub fn by_go(
    program: &Path,
    directory: &Path,
    vkeys: &[String],
    old: Option<&Path>,
) -> Result<String, String> {
    let mut command = Command::new(program);
    let (log, witnesses) = vkeys.split_first().unwrap();
    command.arg(directory).arg(log);
    if let Some(old) = old {
        command.arg("-old").arg(old);
    }
    answer(command.args(witnesses))
}

/// What Python says of it, and of the entries where they are there.
pub fn by_python(directory: &Path, vkeys: &[String]) -> Result<String, String> {
    answer(Command::new(python()).arg(sources().join("verify.py")).arg(directory).args(vkeys))
}
