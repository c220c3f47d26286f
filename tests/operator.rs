//! The `senim` command as an operator uses it: the built program, on a private cluster, in a directory of its own.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test panics in order to fail"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use senim::cluster::{Cluster, ClusterConfig};
use serde_json::Value;

use installation::{Done, Home, Server};

#[path = "operator/founding.rs"]
mod founding;
#[path = "it/installation.rs"]
mod installation;

impl Home {
    /// Runs a command that is answered line by line.
    fn answer(&self, arguments: &[&str], answers: &str) -> Done {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
        Done::of(child.wait_with_output().unwrap())
    }

    /// Administrative SQL behind the application's back.
    fn sql(&self, sql: &str) {
        let config = ClusterConfig { dir: self.path("pg"), durable: true, bin_dir: None, run_as: None };
        let cluster = Cluster::start(&config).unwrap();
        cluster.execute("senim", sql).unwrap();
        cluster.stop();
    }

    fn cluster_runs(&self) -> bool {
        self.path("pg/data/postmaster.pid").exists()
    }

    fn ceremony(&self, sheets: &Path) -> Done {
        self.run(&[
            "keys",
            "ceremony",
            "--desk-name-kk",
            "Адалдық бөлімі",
            "--desk-name-ru",
            "Отдел",
            "--desk-name-en",
            "Integrity Desk",
            "--body",
            "ministry",
            "--out",
            sheets.to_str().unwrap(),
        ])
    }
}

impl Done {
    #[track_caller]
    fn fails(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        for word in words {
            assert!(self.out.contains(word) || self.err.contains(word), "{word}: {}{}", self.out, self.err);
        }
    }
}

#[test]
fn all_mistakes_of_the_configuration_are_told_at_once() {
    let home = Home::new("mistakes");
    let mut command = home.command(&["serve"]);
    command.env("SENIM_LISTEN", "nowhere").env("SENIM_POOL_SIZE", "0").env("SENIM_COLOUR", "blue");
    let done = Done::of(command.output().unwrap());
    done.fails(64, &["3 mistakes", "SENIM_LISTEN", "SENIM_POOL_SIZE", "SENIM_COLOUR"]);
    assert!(!home.path("pg").exists(), "nothing is started on a wrong configuration");
}

#[test]
fn a_wrong_command_line_is_told_apart_from_everything_else() {
    let home = Home::new("usage");
    for wrong in [&["dance"][..], &[], &["staff", "invite"], &["demo", "--seed"], &["keys", "ceremony"]] {
        home.run(wrong).fails(64, &["Usage"]);
    }
    for help in [&["--help"][..], &["help", "staff"], &["keys", "ceremony", "--help"], &["--version"]] {
        assert!(!home.good(help).is_empty());
    }
    let description: Value = serde_json::from_str(&home.good(&["openapi"])).unwrap();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(!home.path("pg").exists() && !home.path("secrets.toml").exists());
}

#[test]
fn an_installation_is_founded_step_by_step_and_serves_only_then() {
    let home = Home::new("founding");
    home.run(&["serve"]).fails(1, &["senim staff genesis"]);
    home.run(&["check"]).fails(1, &["never founded"]);
    home.ceremony(&home.path("sheets")).fails(1, &["senim staff genesis"]);
    let administrators = home.found();
    home.run(&["staff", "genesis", "--from-file", "no-such-file"]).fails(1, &["founded before"]);
    home.ceremony(&home.path("sheets")).fails(1, &["senim config propose bodies"]);
    let wrong = home.path("wrong.csv");
    fs::write(&wrong, "code;parent;region;name_kk;name_ru;name_en\nministry;nobody;99;М;;M\n").unwrap();
    home.run(&["config", "propose", "bodies", wrong.to_str().unwrap()]).fails(
        64,
        &["line 2: `nobody` is the parent", "line 2: `99` is no region", "line 2: a name is missing"],
    );
    let bodies =
        home.propose("bodies", "code,parent,region,name_kk,name_ru,name_en\nministry,,71,М,М,Ministry\n");
    assert!(home.good(&["config", "list"]).contains("2 more approvals"));

    let server = Server::start(&home, "serve", "Pages:");
    assert!(server.get("/en/report").starts_with("HTTP/1.1 503"), "nobody writes for nothing");
    let tokens = administrators.each_ref().map(|one| one.sign_in(&server));
    server.approve(&bodies, &tokens);
    let opened = home.ceremony(&home.path("sheets"));
    assert_eq!(opened.code, 0, "{}", opened.err);
    let desk = opened.out.split("is proposed: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    server.approve(&desk, &tokens);
    let rules = "position,body,category,region,desk\n100,,,,integrity-desk\n";
    server.approve(&home.propose("routing", rules), &tokens);
    assert_eq!(home.good(&["config", "show", "routing"]), rules);
    assert!(home.good(&["config", "list"]).contains("No change"));
    let said = home.good(&["config", "route", "--body", "ministry", "--category", "bribery"]);
    assert!(said.contains("Rule 100") && said.contains("`integrity-desk` has 0 triagers: too few"), "{said}");
    assert!(said.contains("It would go to `integrity-desk` (nobody)."), "{said}");
    assert!(server.get("/en/report").starts_with("HTTP/1.1 200"));
    assert_eq!(server.interrupt(), Some(0));
    let sheets: Vec<_> = fs::read_dir(home.path("sheets")).unwrap().map(Result::unwrap).collect();
    assert_eq!(sheets.len(), 3);
    for sheet in &sheets {
        assert_eq!(sheet.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    home.ceremony(&home.path("sheets")).fails(64, &["a desk with the code `integrity-desk`"]);

    home.good(&["staff", "invite", "--login", "aaa", "--role", "triager@Integrity Desk"]);
    home.run(&["staff", "invite", "--login", "aaa", "--role", "auditor"]).fails(64, &["login is taken"]);
    home.run(&["staff", "invite", "--login", "bbb", "--role", "auditor", "--role", "triager@Integrity Desk"])
        .fails(64, &["not allowed"]);
    home.run(&["staff", "invite", "--login", "bbb", "--role", "triager"]).fails(64, &["held at a desk"]);
    home.run(&["staff", "invite", "--login", "bbb", "--role", "king"]).fails(64, &["no role `king`"]);
    home.run(&["staff", "invite", "--login", "bbb", "--role", "triager@X"]).fails(64, &["no desk `X`"]);
    assert!(home.good(&["staff", "list"]).contains("triager@Integrity Desk"));
    home.run(&["check"]).fails(1, &["has 0 of the two triagers"]);
    home.run(&["demo", "--seed-only"]).fails(1, &["founded without the demo"]);

    let server = Server::start(&home, "serve", "Pages:");
    assert!(server.get("/en/").starts_with("HTTP/1.1 200"));
    assert!(home.cluster_runs());
    assert_eq!(server.interrupt(), Some(0));
    assert!(!home.cluster_runs(), "the cluster ends with its owner");
}

#[test]
fn the_demo_is_made_once_serves_and_ends_by_ctrl_c() {
    let home = Home::new("demo");
    // Whatever the hour is.
    fs::write(home.path("senim.toml"), "mail_digest_hour = 0\n").unwrap();
    home.good(&["demo", "--seed-only"]);
    let before = fs::read(home.path("demo/accounts.json")).unwrap();
    let staff = home.good(&["staff", "list"]);
    assert!(home.good(&["demo", "--seed-only"]).contains("there already"));
    assert_eq!(fs::read(home.path("demo/accounts.json")).unwrap(), before);
    assert_eq!(home.good(&["staff", "list"]), staff);
    home.good(&["check"]);
    the_accounts_are_as_documented(&home);

    let server = Server::start(&home, "demo", "Ctrl-C");
    assert!(server.printed.contains("triager1"), "{}", server.printed);
    for page in ["/kk/", "/ru/", "/en/"] {
        assert!(server.get(page).starts_with("HTTP/1.1 200"), "{page}");
    }
    // A second process uses the same cluster without owning it.
    assert_eq!(home.good(&["demo", "code", "triager1"]).trim().len(), 6);
    home.good(&["check"]);
    everybody_is_written_to_without_a_word_about_any_case(&home);
    assert_eq!(server.interrupt(), Some(0));
    assert!(!home.cluster_runs(), "the cluster ends with its owner");
}

fn the_accounts_are_as_documented(home: &Home) {
    for file in ["demo/accounts.json", "demo/receipts.json"] {
        assert_eq!(fs::metadata(home.path(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    let mut roles = BTreeSet::new();
    for account in home.json("demo/accounts.json").as_array().unwrap() {
        let fields: Vec<&str> = account.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["desk", "login", "password", "roles", "totp_secret"]);
        assert_eq!(account["totp_secret"].as_str().unwrap().len(), 32);
        roles.extend(
            account["roles"].as_array().unwrap().iter().map(|role| role.as_str().unwrap().to_owned()),
        );
    }
    let wanted = ["administrator", "auditor", "investigator", "oversight", "reviewer", "triager"];
    assert!(roles.iter().eq(wanted.iter()), "{roles:?}");
    let languages: BTreeSet<String> = home
        .json("demo/receipts.json")
        .as_array()
        .unwrap()
        .iter()
        .map(|receipt| receipt["language"].as_str().unwrap().to_owned())
        .collect();
    assert!(languages.iter().eq(["en", "kk", "ru"].iter()));
}

/// Everybody who works here has the day's mail, the same words each time; who was only invited has none.
fn everybody_is_written_to_without_a_word_about_any_case(home: &Home) {
    let mails = || fs::read_dir(home.path("mail")).map_or(Vec::new(), Iterator::collect);
    let accounts = home.json("demo/accounts.json");
    let staff: BTreeSet<String> = accounts
        .as_array()
        .unwrap()
        .iter()
        .map(|account| format!("{}@senim.invalid", account["login"].as_str().unwrap()))
        .collect();
    for _ in 0..100 {
        if mails().len() >= staff.len() {
            break;
        }
        sleep(Duration::from_millis(100));
    }
    let mut to = BTreeSet::new();
    let mut words = BTreeSet::new();
    for mail in mails() {
        let text = fs::read_to_string(mail.unwrap().path()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        to.extend(head.lines().filter_map(|line| line.strip_prefix("To: ")).map(ToOwned::to_owned));
        words.insert(body.to_owned());
    }
    assert_eq!(to, staff);
    assert_eq!(words.len(), 1, "one text, whatever waits");
}

#[test]
fn an_invitation_brings_an_address_and_a_mail_given_up_is_tried_again() {
    let home = Home::new("mail");
    home.found();
    let invite = |mail: &str| {
        home.run(&["staff", "invite", "--login", "auditor1", "--role", "auditor", "--mail", mail])
    };
    invite("a@b\nBcc: c@d").fails(64, &["is no mail address"]);
    assert_eq!(invite("auditor@example.kz").code, 0);
    let list = home.good(&["staff", "list"]);
    assert!(
        list.lines().any(|line| line.contains("auditor1") && line.contains("auditor@example.kz")),
        "{list}"
    );

    assert!(home.good(&["mail", "dead"]).contains("No mail was given up."));
    home.run(&["mail", "retry"]).fails(64, &["--all"]);
    let id = "11111111-1111-4111-8111-111111111111";
    home.run(&["mail", "retry", id]).fails(64, &["no mail with this id"]);
    home.sql(&format!(
        "insert into tasks (id, kind, payload, run_at, attempts, dead, answer, failed_at) values
         ('{id}', 'mail.daily_digest', '{{\"to\":\"auditor@example.kz\"}}', '2026-11-22', 1, true, 550, '2026-11-22 20:30Z')"
    ));
    let dead = home.good(&["mail", "dead"]);
    for words in [id, "daily_digest", "auditor@example.kz", "2026-11-22 20:30 UTC", "550"] {
        assert!(dead.contains(words), "{words}: {dead}");
    }
    home.run(&["check"]).fails(1, &["1 tasks were given up, 1 of them mails", "senim mail dead"]);
    assert!(home.good(&["mail", "retry", id]).contains("Tried again: 1."));
    assert!(home.good(&["mail", "retry", "--all"]).contains("Tried again: 0."));
    assert!(home.good(&["mail", "dead"]).contains("No mail was given up."));
    let settings =
        "mail_host = \"mail.example.kz\"\nmail_from = \"senim@example.kz\"\nmail_ca = \"/dev/null\"\n";
    fs::write(home.path("senim.toml"), settings).unwrap();
    home.run(&["check"])
        .fails(1, &["No mail can be sent: SENIM_MAIL_CA, /dev/null: there is no certificate in it."]);
}

#[test]
fn a_demo_that_was_killed_is_made_again() {
    let home = Home::new("killed");
    let mut child = home.command(&["demo", "--seed-only"]).stderr(Stdio::null()).spawn().unwrap();
    let kept = home.path("secrets.toml");
    let founded = || fs::read_to_string(&kept).is_ok_and(|text| text.contains("genesis"));
    while !founded() {
        assert!(child.try_wait().unwrap().is_none(), "it failed");
        sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!home.path("demo/accounts.json").exists());
    assert!(home.good(&["demo", "--seed-only"]).contains("half made"));
    home.good(&["check"]);
}

#[test]
fn people_are_disabled_with_a_signature_and_planted_ones_are_found() {
    let home = Home::new("people");
    home.good(&["demo", "--seed-only"]);
    home.run(&["staff", "disable", "nobody"]).fails(64, &["nobody is called"]);
    let administrator = home.account("administrator2");
    let code = home.good(&["demo", "code", "administrator2"]);
    let password = administrator["password"].as_str().unwrap();
    let wrong = format!("administrator2\nnot the password\n{code}");
    home.answer(&["staff", "disable", "reviewer3"], &wrong).fails(2, &["sign-in failed"]);
    let right = format!("administrator2\n{password}\n{code}");
    let done = home.answer(&["staff", "disable", "reviewer3"], &right);
    assert_eq!(done.code, 0, "{}", done.err);
    let list = home.good(&["staff", "list"]);
    assert!(list.lines().any(|line| line.contains("reviewer3") && line.contains("disabled")), "{list}");
    home.good(&["check"]);

    home.sql(
        "alter table staff disable trigger all;
         insert into staff select gen_random_uuid(), gen_random_uuid(), '\\x0102030405060708', 'planted', 'active',
           invited_roles, null, null, salt, verifier, public_keys, sealed_secrets, sealed_totp, 1, audit_head, null, null
           from staff where login = 'triager1';
         alter table staff enable always trigger must_record; alter table staff enable trigger advance",
    );
    home.run(&["check"]).fails(1, &["without being in the signed directory", "planted"]);
    home.sql(
        "alter table desks disable trigger all; alter table case_epochs disable trigger all;
         update desks set recovery_threshold = recovery_threshold + 1, recovery_shares = recovery_shares + 1
           where id = (select min(id::text)::uuid from desks);
         update case_epochs set public_key = public_key || '\\x00'",
    );
    home.run(&["check"])
        .fails(1, &["is not as this server wrote it", "open cases are not as this server wrote"]);
    home.sql("grant update, delete on audit.entries to senim_app");
    home.run(&["check"]).fails(1, &["`senim_app` has UPDATE, DELETE on the record"]);
}

impl Home {
    /// A recovery sheet of the demo.
    fn sheet(&self, desk: &str, number: u8) -> String {
        self.path(&format!("demo/recovery/{desk}-sheet-{number}-of-3.txt")).to_str().unwrap().to_owned()
    }

    /// Gives all cases to `to` with these sheets, as files.
    fn recover(&self, sheets: &[&str], to: &str, part: &str) -> Done {
        let arguments = ["keys", "recover", "--all", "--to", to, "--as", part, "--sheets"];
        self.run(&[&arguments[..], sheets].concat())
    }
}

#[test]
fn a_quorum_of_sheets_gives_the_cases_of_its_desk_and_every_other_input_says_what_is_wrong() {
    let home = Home::new("sheets");
    home.good(&["demo", "--seed-only"]);
    let (one, two) = (home.sheet("INTEGRITY", 1), home.sheet("INTEGRITY", 3));
    let other = home.sheet("INDEPENDENT", 1);
    home.run(&["keys", "recover", "--to", "triager1", "--as", "triager"]).fails(64, &["--case"]);
    home.recover(&[&one], "investigator2", "investigator").fails(64, &["2 different shares", "there are 1"]);
    home.recover(&[&one, &one], "investigator2", "investigator").fails(64, &["there are 1"]);
    home.recover(&[&one, &other], "investigator2", "investigator").fails(64, &["not of one set"]);
    home.recover(&[&one, "no-such-file"], "investigator2", "investigator").fails(2, &["no-such-file"]);
    home.recover(&[&one, &two], "investigator2", "king").fails(64, &["no part `king`"]);
    home.recover(&[&one, &two], "nobody", "triager").fails(64, &["nobody is called `nobody`"]);
    home.recover(&[&one, &two], "investigator3", "investigator")
        .fails(64, &["is no investigator of the desk"]);
    let page = fs::read_to_string(&two).unwrap();
    let line = page.lines().find(|line| line.starts_with("4) ")).unwrap();
    let slip = if line.ends_with('0') { "1" } else { "0" };
    let torn = home.path("torn.txt");
    fs::write(&torn, page.replace(line, &format!("{}{slip}", line.strip_suffix(|_: char| true).unwrap())))
        .unwrap();
    home.recover(&[&one, torn.to_str().unwrap()], "investigator2", "investigator")
        .fails(64, &["torn.txt", "line 4 of the symbols was mistyped"]);
    let elsewhere = ["--desk", "Independent Reporting Desk"];
    let arguments =
        ["keys", "recover", "--all", "--to", "triager3", "--as", "triager", "--sheets", &one, &two];
    home.run(&[&arguments[..], &elsewhere[..]].concat())
        .fails(64, &["another desk", "Internal Integrity Desk"]);
    let named = ["keys", "recover", "--case", "SN-0000-0000", "--to", "triager1", "--as", "triager"];
    home.run(&[&named[..], &["--sheets", &one, &two]].concat()).fails(64, &["no case `SN-0000-0000`"]);

    let done = home.recover(&[&one, &two], "triager1", "triager");
    assert!(done.out.contains("Cases given to triager1: 0."), "{}{}", done.out, done.err);
    // Typed in, as people read them off the paper.
    let typed: String = [&one, &two]
        .map(|path| {
            fs::read_to_string(path).unwrap().split_once("recover:").unwrap().1.trim().to_lowercase() + "\n"
        })
        .concat();
    let arguments = ["keys", "recover", "--all", "--to", "investigator2", "--as", "investigator"];
    let done = home.answer(&arguments, &typed);
    let given =
        done.out.lines().find_map(|line| line.strip_prefix("Cases given to investigator2: ")).unwrap();
    assert!(given.trim_end_matches('.').parse::<u32>().unwrap() > 5, "{}{}", done.out, done.err);
    assert!(done.out.contains("no conflict of interest"), "{}", done.out);
    let again = home.recover(&[&two, &one], "investigator2", "investigator");
    assert!(again.out.contains("Cases given to investigator2: 0."), "{}{}", again.out, again.err);
    home.good(&["check"]);
}
