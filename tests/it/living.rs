//! The demo's installation while it serves, and whoever uses it over HTTP, also while it dies.

use std::{cell::RefCell, collections::BTreeMap, fs, path::PathBuf, process::Stdio, time::Duration};

use nix::unistd::Pid;
use reqwest::{Client, Method};
use senim::{
    cluster::{Cluster, ClusterConfig},
    domain::clock::Clock,
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    credentials::seed_of,
    database::Sql,
    installation::{Home, Running, Server},
};

/// How long a condition may take to become true before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether the long forms are wanted: `make test-long`.
pub fn long() -> bool {
    std::env::var_os("SENIM_TEST_LONG").is_some_and(|value| !value.is_empty())
}

/// Waits until something is so.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(Instant::now() < end, "it never came about that {what}");
        sleep(Duration::from_millis(2)).await;
    }
}

/// An installation with the demo's data whose server runs.
pub struct Living {
    /// Its directory.
    pub home: Home,
    /// The server's process.
    pub server: Server,
    /// Where the private cluster lies.
    pub cluster: PathBuf,
    owner_url: String,
    used_steps: RefCell<BTreeMap<String, i64>>,
}

impl Living {
    /// Makes one; takes some seconds.
    pub fn start(name: &str) -> Self {
        Self::start_with(name, "")
    }

    /// Makes one with these settings in its file.
    pub fn start_with(name: &str, settings: &str) -> Self {
        let home = Home::new(name);
        if !settings.is_empty() {
            fs::write(home.path("senim.toml"), settings).unwrap();
        }
        home.good(&["demo", "--seed-only"]);
        let server = Server::start(&home, "serve", "Pages:");
        let config = ClusterConfig { dir: home.path("pg"), durable: true, bin_dir: None, run_as: None };
        let adopted = Cluster::start(&config).unwrap();
        assert!(adopted.is_adopted());
        let (cluster, owner_url) = (adopted.directory().to_owned(), adopted.owner_url("senim"));
        Self { home, server, cluster, owner_url, used_steps: RefCell::default() }
    }

    /// Starts a server after the last one was killed.
    pub fn restart(&mut self) {
        self.server = Server::start(&self.home, "serve", "Pages:");
    }

    /// SQL as the owner.
    pub async fn owner(&self) -> Sql {
        Sql::connect(&self.owner_url).await
    }

    /// Somebody who comes by.
    pub fn visitor(&self) -> Visitor {
        let http = Client::builder().no_proxy().build().unwrap();
        Visitor { http, url: format!("http://{}/api/v1", self.server.address) }
    }

    /// Signs an account of the demo in; none where the server is away, or the code of the moment was used before.
    pub async fn sign_in(&self, visitor: &Visitor, login: &str) -> Option<String> {
        let now = Clock::system().now().as_second();
        let step = now.div_euclid(30);
        if self.used_steps.borrow_mut().insert(login.to_owned(), step) == Some(step) {
            return None;
        }
        let account = self.home.account(login);
        let totp = seed_of(account["totp_secret"].as_str().unwrap()).code_at(now);
        let body = json!({"login": login, "password": account["password"], "totp": totp});
        let said = visitor.post("/staff/sessions", None, &body).await.filter(|said| said.status == 201)?;
        Some(said.text("token"))
    }

    /// Waits until every task is done. Leases of processes that were killed end at once, which else takes minutes.
    pub async fn finish_tasks(&self) {
        let mut owner = self.owner().await;
        owner.run("update tasks set locked_until = null, run_at = now() where not dead").await.unwrap();
        until("no task is left", async || owner.count("tasks").await == 0).await;
    }

    /// Stops the server in good order and lets the operator look over everything.
    pub fn end(self) {
        let Self { home, server, .. } = self;
        assert_eq!(server.interrupt(), Some(0), "a clean end");
        home.good(&["check"]);
    }
}

/// An answer that came whole.
#[derive(Debug)]
pub struct Said {
    /// Its status.
    pub status: u16,
    /// Its body; null where there is none.
    pub body: Value,
}

impl Said {
    /// A member of the body.
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {self:?}")).to_owned()
    }

    /// That it is one of these, or the honest answer that the server is overloaded or lost its database; whether it
    /// is one of these.
    #[track_caller]
    pub fn is(&self, good: &[u16]) -> bool {
        let busy = self.status == 503 && self.body["code"] == "busy";
        assert!(busy || good.contains(&self.status), "{self:?}");
        !busy
    }
}

/// Somebody who uses the API and bears that an answer never comes.
pub struct Visitor {
    http: Client,
    url: String,
}

impl Visitor {
    async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Option<Said> {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        Some(Said { status, body: serde_json::from_str(&text).unwrap_or_default() })
    }

    /// Reads.
    pub async fn get(&self, path: &str, token: &str) -> Option<Said> {
        self.ask(Method::GET, path, Some(token), None).await
    }

    /// Sends.
    pub async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Option<Said> {
        self.ask(Method::POST, path, token, Some(body)).await
    }

    /// Opens the mailbox of a receipt; the token.
    pub async fn open_inbox(&self, receipt: &str) -> Option<String> {
        let said = self.post("/inbox/sessions", None, &json!({"receipt": receipt})).await?;
        said.is(&[201]).then(|| said.text("token"))
    }
}

/// A process beside the server.
pub struct Beside(Running);

impl Beside {
    /// Starts one.
    pub fn start(home: &Home, arguments: &[&str]) -> Self {
        let log = fs::File::options().create(true).append(true).open(home.path("beside.log")).unwrap();
        Self(Running(home.command(arguments).stdout(Stdio::null()).stderr(log).spawn().unwrap()))
    }

    /// Its process.
    pub fn pid(&self) -> Pid {
        self.0.pid()
    }
}
