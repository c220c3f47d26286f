//! A real browser, Chromium by its driver, with scripts switched off and nothing remembered from before.
//!
//! Each test starts a driver and a browser of its own and ends both. With `SENIM_SCREENS` set, [`Browser::look`] leaves
//! pictures of what it sees in `target/screens`.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::{
    app::{App, in_app},
    world::World,
};

/// The narrow and the wide screen that pages are looked at on, in CSS pixels.
const WIDTHS: [u32; 2] = [320, 1280];

/// A browser and its driver.
pub struct Browser {
    client: Client,
    driver: Driver,
    /// What stands before every path.
    pub site: String,
    folder: String,
}

/// The running driver. Ends its browsers with itself, however the test ends.
struct Driver {
    process: Child,
    port: u16,
    profile: PathBuf,
}

/// Runs a test in a world, with its server and a browser that asks for pages in this language.
pub fn in_browser(language: &str, test: impl AsyncFnOnce(&World, &App, &Browser)) {
    in_app(async |world, app| {
        let browser = Browser::start(&app.url, language, false).await;
        test(world, app, &browser).await;
        browser.end().await;
    });
}

impl Driver {
    fn start() -> Self {
        let name = std::thread::current().name().unwrap_or("browser").replace("::", "-");
        let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&profile);
        fs::create_dir_all(&profile).unwrap();
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is missing: install the package chromium-driver (and chromium), as `make test` does");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.into_iter().find_map(|line| {
            line.strip_prefix("ChromeDriver was started successfully on port ")?
                .trim_end_matches('.')
                .parse()
                .ok()
        });
        Self { process, port: port.expect("chromedriver names its port"), profile }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let ours = self.profile.display().to_string();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let of = fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
            let id = entry.file_name().to_string_lossy().parse::<i32>();
            if let (true, Ok(id)) = (of.contains(&ours), id) {
                let _ =
                    nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::Signal::SIGKILL);
            }
        }
        let _ = fs::remove_dir_all(&self.profile);
    }
}

fn capabilities(profile: &Path, language: &str, scripts: bool) -> Capabilities {
    let args = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
    ];
    let mut args: Vec<String> = args.map(str::to_owned).to_vec();
    args.push(format!("--user-data-dir={}", profile.display()));
    args.push(format!("--lang={language}"));
    let prefs = json!({
        "profile.managed_default_content_settings.javascript": if scripts { 1 } else { 2 },
        "intl.accept_languages": language,
    });
    let options = json!({"args": args, "prefs": prefs});
    [("goog:chromeOptions".to_owned(), options)].into_iter().collect()
}

impl Browser {
    async fn start(site: &str, language: &str, scripts: bool) -> Self {
        let driver = Driver::start();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&driver.profile, language, scripts))
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .expect("the browser starts");
        let name = std::thread::current().name().unwrap_or("browser").rsplit("::").next().unwrap().to_owned();
        let browser = Self { client, driver, site: site.to_owned(), folder: name };
        browser.width(WIDTHS[1]).await;
        // Pages scroll smoothly for whoever likes motion; the driver would click where the element is not yet.
        let still = json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]});
        browser.devtools("Emulation.setEmulatedMedia", still).await;
        browser
    }

    async fn end(self) {
        let _ = self.client.clone().close().await;
        drop(self.driver);
    }

    /// Makes the screen so wide.
    pub async fn width(&self, width: u32) {
        let screen = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await;
    }

    /// Shows pages as they are printed on a sheet of A4 upright, or as on a screen again.
    pub async fn as_printed(&self, printed: bool) {
        self.width(if printed { 718 } else { WIDTHS[1] }).await;
        let still = json!([{"name": "prefers-reduced-motion", "value": "reduce"}]);
        let media = json!({"media": if printed { "print" } else { "" }, "features": still});
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// How the first element that fits is laid out: `none`, `block`, `table-row` …
    pub async fn layout_of(&self, css: &str) -> String {
        self.find(css).await.css_value("display").await.unwrap()
    }

    async fn devtools(&self, command: &'static str, params: Value) -> Value {
        self.client.issue_cmd(DevTools { command, params }).await.unwrap()
    }

    /// Opens a path of the site.
    pub async fn open(&self, path: &str) {
        self.go(&format!("{}{path}", self.site)).await;
    }

    /// Opens any address.
    pub async fn go(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// The path it stands on, with what follows it.
    pub async fn path(&self) -> String {
        self.client.current_url().await.unwrap().as_str().replacen(&self.site, "", 1)
    }

    /// The first element that fits.
    pub async fn find(&self, css: &str) -> Element {
        match self.client.find(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("no {css} on {}: {error}\n{}", self.path().await, self.text().await),
        }
    }

    /// How many elements fit.
    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    /// Clicks.
    pub async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap_or_else(|error| panic!("{css} cannot be clicked: {error}"));
    }

    /// Clicks what leads to another page, and waits until the old one is gone and the new one is there.
    pub async fn press(&self, css: &str) {
        let old = self.find("html").await;
        self.click(css).await;
        for _ in 0..400 {
            if old.tag_name().await.is_err() && self.client.find(Locator::Css("body")).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{css} leads nowhere from {}", self.path().await);
    }

    /// Goes back as by the browser's button, and waits until something is there.
    pub async fn back(&self) {
        let old = self.find("html").await;
        self.client.back().await.unwrap();
        for _ in 0..400 {
            if old.tag_name().await.is_err() && self.client.find(Locator::Css("body")).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the way back leads nowhere");
    }

    /// Types into a field.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{css} takes no keys: {error}"));
    }

    /// Chooses from a list.
    pub async fn choose(&self, css: &str, value: &str) {
        self.click(&format!("{css} option[value='{value}']")).await;
    }

    /// What a person sees of the page.
    pub async fn text(&self) -> String {
        self.client.find(Locator::Css("body")).await.unwrap().text().await.unwrap()
    }

    /// What a person sees of a part.
    pub async fn text_of(&self, css: &str) -> String {
        self.find(css).await.text().await.unwrap()
    }

    /// Every cookie the browser keeps, as the driver tells it.
    pub async fn cookies(&self) -> Vec<String> {
        let cookies = self.client.get_all_cookies().await.unwrap();
        cookies.iter().map(|cookie| cookie.name().to_owned()).collect()
    }

    /// Looks at the page on a narrow and a wide screen: nothing sticks out at the side, no code stands where words
    /// should.
    pub async fn look(&self, name: &str) {
        self.look_at_record(name).await;
        let text = self.text().await;
        let raw = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').find(|word| {
            word.contains('_')
                && word.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
        });
        assert!(raw.is_none(), "{name} shows the code {}:\n{text}", raw.unwrap_or_default());
    }

    /// The same for a page that shows codes on purpose.
    pub async fn look_at_record(&self, name: &str) {
        for width in WIDTHS {
            self.width(width).await;
            self.picture(name, width).await;
            let sizes = self.devtools("Page.getLayoutMetrics", json!({})).await;
            let wide = sizes["cssContentSize"]["width"].as_f64().unwrap();
            assert!(wide <= f64::from(width), "{name} is {wide} wide on a screen of {width}");
        }
    }

    async fn picture(&self, name: &str, width: u32) {
        if std::env::var_os("SENIM_SCREENS").is_none() {
            return;
        }
        let shot = self.devtools("Page.captureScreenshot", json!({"captureBeyondViewport": true})).await;
        let picture = data_encoding::BASE64.decode(shot["data"].as_str().unwrap().as_bytes()).unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../screens").join(&self.folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}-{width}.png")), picture).unwrap();
    }

    /// Whether the browser runs scripts.
    pub async fn runs_scripts(&self) -> bool {
        self.go("data:text/html,<title>off</title><script>document.title='on'</script>").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        self.client.title().await.unwrap() == "on"
    }
}

/// A command of the browser's own protocol, sent through its driver.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    params: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({"cmd": self.command, "params": self.params}).to_string()))
    }
}

/// The proof that scripts are off is one: with scripts on it fails.
#[test]
fn browser_scripts_would_be_noticed() {
    actix_web::rt::System::new().block_on(async {
        let browser = Browser::start("", "ru", true).await;
        assert!(browser.runs_scripts().await);
        browser.end().await;
    });
}
