//! The server over a world, and who speaks HTTP with it.
//!
//! Every answer that is read here is checked on the way: the headers that each answer must carry, and that a page
//! holds no script, no style of its own and nothing from elsewhere.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use reqwest::{Client, Method, RequestBuilder, header::HeaderMap, redirect::Policy};
use senim::{
    config::Config,
    crypto::random::Entropy,
    storage::{Store, StoreParts},
    usecases::Context,
    web::Running,
};
use serde_json::Value;

use crate::{
    people::StaffActor,
    world::{World, environment, in_world},
};

/// The cookie of staff.
pub const STAFF_COOKIE: &str = "__Host-senim-staff";
/// The cookie of a mailbox.
pub const INBOX_COOKIE: &str = "__Host-senim-inbox";

/// The cookie of who is given the form of a report.
pub const FORM_COOKIE: &str = "__Host-senim-form";

/// What every answer carries: neighbours.md section 4, items 1 to 3.
const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("x-robots-tag", "noindex"),
];

/// A running server.
pub struct App {
    /// Where it serves, without a slash at the end.
    pub url: String,
    /// Where operators look.
    pub admin_url: String,
    /// The context of its acts.
    pub ctx: Arc<Context>,
    running: Running,
    http: Client,
}

/// Runs a test in a world with its server, then stops it.
pub fn in_app(test: impl AsyncFnOnce(&World, &App)) {
    in_app_with(&[], test);
}

/// The same with other settings.
pub fn in_app_with(settings: &[(&str, &str)], test: impl AsyncFnOnce(&World, &App)) {
    in_world(async |world| {
        let app = App::start(world, settings);
        test(world, &app).await;
        app.stop().await;
    });
}

impl App {
    /// Starts a server.
    pub fn start(world: &World, settings: &[(&str, &str)]) -> Self {
        let config = Arc::new(configure(world, settings));
        let ctx =
            if settings.is_empty() { Arc::clone(&world.ctx) } else { Arc::new(process(world, &config)) };
        let running = senim::web::start(Arc::clone(&ctx), config).unwrap();
        let url = format!("http://{}", running.address);
        let admin_url = format!("http://{}", running.admin_address);
        let http = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { url, admin_url, ctx, running, http }
    }

    /// Stops it; running requests are finished.
    pub async fn stop(self) {
        self.running.stop().await;
    }

    /// A request to be filled.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.http.request(method, format!("{}{path}", self.url))
    }

    /// Somebody who uses the API, signed in with a token or not.
    pub fn api(&self, token: Option<&str>) -> Api<'_> {
        Api { app: self, token: token.map(str::to_owned) }
    }

    /// A member of staff on the API.
    pub fn staff(&self, actor: &StaffActor) -> Api<'_> {
        self.api(Some(actor.token.expose()))
    }

    /// Somebody who looks at pages.
    pub fn pages(&self) -> Pages<'_> {
        Pages { app: self, jar: RefCell::default() }
    }

    /// A member of staff on the pages.
    pub fn staff_pages(&self, actor: &StaffActor) -> Pages<'_> {
        let pages = self.pages();
        pages.jar.borrow_mut().insert(STAFF_COOKIE.to_owned(), actor.token.expose().to_owned());
        pages
    }

    /// The token that a form of this person's carries.
    pub fn csrf(&self, actor: &StaffActor) -> String {
        self.ctx.csrf_token(&actor.caller.session.0)
    }

    /// What the admin address says.
    pub async fn admin(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.admin_url)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

/// The configuration of a process of this world.
pub fn configure(world: &World, settings: &[(&str, &str)]) -> Config {
    let mut env = environment(&world.db.app_url());
    env.insert("SENIM_WORKERS".to_owned(), "2".to_owned());
    env.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let mut config = Config::load(&env, None).unwrap();
    config.keys.genesis = world.config.keys.genesis.clone();
    config
}

fn process(world: &World, config: &Config) -> Context {
    let parts = StoreParts {
        url: &world.db.app_url(),
        database: &config.database,
        log: &config.log,
        instance: &config.keys.instance,
        node: "test",
        clock: world.clock.clone(),
        entropy: Arc::new(Entropy::seeded(0x0a44)),
    };
    Context::new(config, Store::open(parts).unwrap()).unwrap()
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Answer {
    /// Sends a request and checks what every answer must hold.
    pub async fn to(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.text().await.unwrap();
        let answer = Self { status, headers, body };
        answer.check();
        answer
    }

    /// A header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|_| panic!("{} is no JSON: {}", self.status, self.body))
    }

    /// The body as JSON, which must come with this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The code of a refusal by this status.
    #[track_caller]
    pub fn refused(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        let code = problem["code"].as_str().unwrap().to_owned();
        assert_eq!(problem["type"], format!("urn:senim:problem:{code}"));
        code
    }

    /// The fields of a refusal with their codes: `narrative required`.
    pub fn faults(&self) -> Vec<String> {
        let problem = self.json();
        let line = |fault: &Value| {
            format!("{} {}", fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap())
        };
        problem["errors"].as_array().map(|all| all.iter().map(line).collect()).unwrap_or_default()
    }

    /// The value of the first input of this name in a page.
    #[track_caller]
    pub fn input(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let at = self.body.find(&start).unwrap_or_else(|| panic!("no input {name}: {}", self.body));
        self.body[at + start.len()..].split('"').next().unwrap().to_owned()
    }

    fn check(&self) {
        for (name, value) in HEADERS {
            assert_eq!(self.header(name), *value, "{name} of {} {}", self.status, self.body);
        }
        for feature in ["camera", "geolocation", "microphone"] {
            assert!(self.header("permissions-policy").contains(&format!("{feature}=()")));
        }
        for name in ["server", "etag", "last-modified", "x-powered-by"] {
            assert!(!self.headers.contains_key(name), "{name}");
        }
        assert_eq!(self.header("cache-control"), "no-store", "nothing stays on the reporter's device");
        self.headers.get_all("set-cookie").iter().for_each(|cookie| check_cookie(cookie.to_str().unwrap()));
        if self.header("content-type").starts_with("text/html") {
            check_page(&self.body);
        }
    }
}

/// Control: a session cookie is for this host, unreadable by scripts, sent by this site only, gone with the browser.
fn check_cookie(cookie: &str) {
    let parts: Vec<&str> = cookie.split("; ").collect();
    let has = |wanted: &str| parts.contains(&wanted);
    assert!(has("HttpOnly") && has("SameSite=Strict") && has("Path=/"), "{cookie}");
    assert!(!parts.iter().any(|part| part.starts_with("Domain")), "{cookie}");
    if !cookie.starts_with("senim-language=") {
        assert!(cookie.starts_with("__Host-") && has("Secure"), "{cookie}");
    }
    let lives = parts.iter().any(|part| part.starts_with("Expires") || part.starts_with("Max-Age"));
    let ends_the_way_back = cookie.starts_with("__Host-senim-left=1;") && has("Max-Age=1");
    let known_device = cookie.starts_with("__Host-senim-device=") && has("Max-Age=7776000");
    let may_live = has("Max-Age=0") || ends_the_way_back || known_device;
    assert!(!lives || may_live, "only a removal has a date: {cookie}");
}

fn check_page(body: &str) {
    let lower = body.to_lowercase();
    for forbidden in [
        "<script",
        "javascript:",
        " style=",
        "<style",
        "<iframe",
        "<img",
        "<image",
        "<use",
        "<foreignobject",
        "http://",
        "https://",
        "//cdn",
    ] {
        assert!(!lower.contains(forbidden), "{forbidden} in {body}");
    }
    for handler in [" onclick=", " onload=", " onsubmit=", " onerror="] {
        assert!(!lower.contains(handler), "{handler} in {body}");
    }
}

/// Somebody who uses the API.
pub struct Api<'a> {
    app: &'a App,
    token: Option<String>,
}

impl Api<'_> {
    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let request = self.app.request(method, &format!("/api/v1{path}"));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request("GET", path)).await
    }

    /// Sends a document.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::to(self.request("POST", path).json(body)).await
    }

    /// Sends a document from a device that is known by this token.
    pub async fn post_on(&self, device: &str, path: &str, body: &Value) -> Answer {
        Answer::to(self.request("POST", path).header("senim-device", device).json(body)).await
    }

    /// Sends nothing.
    pub async fn order(&self, path: &str) -> Answer {
        Answer::to(self.request("POST", path)).await
    }

    /// Sends whatever stands here as JSON.
    pub async fn post_raw(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        Answer::to(self.request("POST", path).header("content-type", "application/json").body(body)).await
    }

    /// Takes away.
    pub async fn delete(&self, path: &str) -> Answer {
        Answer::to(self.request("DELETE", path)).await
    }
}

/// Somebody who looks at pages. The jar keeps what a browser would keep.
pub struct Pages<'a> {
    app: &'a App,
    /// The cookies by name.
    pub jar: RefCell<BTreeMap<String, String>>,
}

impl Pages<'_> {
    async fn send(&self, request: RequestBuilder) -> Answer {
        let cookies: Vec<String> =
            self.jar.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) };
        let answer = Answer::to(request).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.jar.borrow_mut().remove(name);
            } else {
                self.jar.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.app.request("GET", path)).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(self.app.request("POST", path).form(form)).await
    }

    /// Sends a form as a page of another place would have the browser send it: `cross-site`, `same-site`.
    pub async fn post_from(&self, place: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(self.app.request("POST", path).header("sec-fetch-site", place).form(form)).await
    }
}
