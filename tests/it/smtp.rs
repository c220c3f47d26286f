//! A mail server that others wrote (aiosmtpd), as a process of one test, with certificates made for it.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::json;

use crate::programs::python;

/// A directory of one test with certificates and what the server took; removed at the end.
pub struct Post {
    dir: PathBuf,
}

impl Drop for Post {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

impl Post {
    /// A new one: an authority, a certificate of the server by it, and another authority that vouches for nobody.
    pub fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("senim-smtp-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("out")).unwrap();
        let authority = || {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
        };
        let own = authority();
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let server = server.signed_by(&key, &own).unwrap();
        for (file, text) in [
            ("ca.pem", own.pem()),
            ("other-ca.pem", authority().pem()),
            ("server.pem", server.pem()),
            ("server.key", key.serialize_pem()),
        ] {
            fs::write(dir.join(file), text).unwrap();
        }
        Self { dir }
    }

    /// A file of it.
    pub fn file(&self, name: &str) -> String {
        self.dir.join(name).to_str().unwrap().to_owned()
    }

    /// The mails that the server took, in their order.
    pub fn mails(&self) -> Vec<String> {
        let files = fs::read_dir(self.dir.join("out")).unwrap().map(|file| file.unwrap().path());
        let mut mails: Vec<PathBuf> =
            files.filter(|path| path.extension().is_some_and(|end| end == "eml")).collect();
        mails.sort();
        mails.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    /// What the server was asked, since it was first started.
    pub fn commands(&self) -> Vec<String> {
        let text = fs::read_to_string(self.dir.join("out/commands")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// From now on the server takes what it refused before.
    pub fn be_lenient(&self) {
        fs::write(self.dir.join("out/lenient"), "").unwrap();
    }

    /// Starts the server; `tls` is `implicit`, `starttls` or `none`.
    pub fn serve(&self, tls: &str) -> MailServer {
        self.serve_at(0, tls, None)
    }

    /// Starts it where it was before, or asking for a name and a password.
    pub fn serve_at(&self, port: u16, tls: &str, account: Option<(&str, &str)>) -> MailServer {
        let settings = json!({
            "port": port, "tls": tls, "cert": self.file("server.pem"), "key": self.file("server.key"),
            "user": account.map(|(user, _)| user), "password": account.map(|(_, password)| password),
            "out": self.file("out"),
        });
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp/server.py");
        let mut command = Command::new(python());
        command.arg(program).arg(settings.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("run `.ci/install test`");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("the mail server says its port: run `.ci/install test`");
        MailServer { port, process }
    }
}

/// A server that listens until this is dropped.
pub struct MailServer {
    /// Where.
    pub port: u16,
    process: Child,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
