use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use crate::crypto::secret::Secret;

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// A directory of one test, removed at its end.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("senim-config-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn env(&self, pairs: &[(&str, &str)]) -> Environment {
        let mut env = env(pairs);
        env.insert("SENIM_HOME".to_owned(), self.0.to_str().unwrap().to_owned());
        env
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn env(pairs: &[(&str, &str)]) -> Environment {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn with_keys(home: &Home, pairs: &[(&str, &str)]) -> Environment {
    let mut env = home.env(pairs);
    env.insert("SENIM_SERVER_KEY".to_owned(), KEY.to_owned());
    env.insert("SENIM_PEPPER".to_owned(), KEY.to_owned());
    env
}

fn mistakes(env: &Environment, file: Option<&Path>) -> Vec<String> {
    let error = Config::load(env, file).expect_err("the configuration is refused");
    error.mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn defaults_hold_where_nothing_is_set() {
    let home = Home::new("defaults");
    let config = Config::load(&with_keys(&home, &[]), None).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.admin_listen.to_string(), "127.0.0.1:9090");
    assert_eq!(config.server.public_base_url, "http://127.0.0.1:8080");
    assert_eq!(config.server.limits.narrative_chars, 100_000);
    assert!(config.database.url.is_none());
    assert_eq!(config.passwords.memory_kib, 65_536);
    assert_eq!(config.sessions.idle, Duration::from_secs(1800));
    assert_eq!(config.changes.loosening, Duration::from_secs(72 * 3600));
    assert!(matches!(config.mail.transport, MailTransport::Directory(path) if path == home.0.join("mail")));
    assert_eq!(config.mail.digest_hour, 3);
    assert_eq!((config.profile.as_str(), config.keys.instance.as_str()), ("kz", "senim"));
    assert!(config.keys.genesis.is_empty());
}

#[test]
fn the_environment_wins_over_the_file() {
    let home = Home::new("layers");
    home.file(
        "senim.toml",
        &format!("listen = '127.0.0.1:1000'\npool_size = 7\nworker_in_server = false\ngenesis = ['{KEY}']\n"),
    );
    let config = Config::load(&with_keys(&home, &[("SENIM_LISTEN", "127.0.0.1:2000")]), None).unwrap();
    assert_eq!(config.server.listen.port(), 2000);
    assert_eq!(config.database.pool_size, 7);
    assert!(!config.worker.in_server);
    assert_eq!(config.keys.genesis.len(), 1);
}

#[test]
fn a_named_file_replaces_that_of_the_home_directory() {
    let home = Home::new("named");
    home.file("senim.toml", "pool_size = 7\n");
    let other = home.file("other.toml", "workers = 3\n");
    let config = Config::load(&with_keys(&home, &[]), Some(&other)).unwrap();
    assert_eq!((config.database.pool_size, config.server.workers), (16, 3));
    let missing = mistakes(&with_keys(&home, &[]), Some(&home.0.join("missing.toml")));
    assert_eq!(missing.len(), 1, "{missing:?}");
}

#[test]
fn all_mistakes_come_at_once() {
    let home = Home::new("mistakes");
    home.file("senim.toml", "pool_sise = 7\nworkers = 0\nlimits = { a = 1 }\n");
    let env = home.env(&[
        ("SENIM_LISTEN", "somewhere"),
        ("SENIM_LISTN", "127.0.0.1:1"),
        ("SENIM_PROFILE", "mars"),
        ("SENIM_PEPPER", KEY),
        ("SENIM_TEST_LONG", "1"),
        ("SENIM_LOG", ""),
    ]);
    let found = mistakes(&env, None);
    let file = home.0.join("senim.toml").display().to_string();
    let wanted = [
        "SENIM_LISTEN: wanted an address with port such as 127.0.0.1:8080, found `somewhere`".to_owned(),
        "SENIM_LISTN: wanted a setting that exists (perhaps SENIM_LISTEN), found an unknown name".to_owned(),
        "SENIM_PROFILE: wanted one of kz, eu_internal, eu_external, iso_default, found `mars`".to_owned(),
        format!("workers in {file}: wanted a whole number from 1 to 256, found `0`"),
        format!(
            "pool_sise in {file}: wanted a setting that exists (perhaps SENIM_POOL_SIZE), found an unknown name"
        ),
        format!("limits in {file}: wanted a text, a number, true, false, or a list of texts, found table"),
    ];
    for mistake in &wanted {
        assert!(found.contains(mistake), "missing: {mistake}\nin {found:#?}");
    }
    assert!(
        found.iter().any(|mistake| mistake.starts_with("SENIM_SERVER_KEY: wanted 32 bytes")),
        "{found:#?}"
    );
    assert_eq!(found.len(), wanted.len() + 1, "{found:#?}");
}

#[test]
fn secrets_are_never_shown() {
    let home = Home::new("hidden");
    home.file("broken.toml", "server_key = \"canary-value\nx");
    let env = home.env(&[
        ("SENIM_SERVER_KEY", "canary-value"),
        ("SENIM_PEPER", "canary-value"),
        ("DATABASE_URL", "mysql://u:canary-value@h/d"),
    ]);
    let error = Config::load(&env, Some(&home.0.join("broken.toml"))).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    assert!(error.to_string().contains("SENIM_SERVER_KEY: wanted 32 bytes"), "{error}");
    assert!(error.to_string().contains("found 12 characters (not shown)"), "{error}");
    let good = Config::load(&with_keys(&home, &[("DATABASE_URL", "postgres://u:canary@h/d")]), None).unwrap();
    let shown = format!("{good:?}");
    assert!(!shown.contains("canary") && !shown.contains("00112233"), "{shown}");
}

#[test]
fn a_secret_may_stand_in_a_file_but_not_in_both() {
    let home = Home::new("file");
    let file = home.file("pepper", &format!("{KEY}\n"));
    let file = file.to_str().unwrap();
    let both = with_keys(&home, &[("SENIM_PEPPER_FILE", file)]);
    assert_eq!(
        mistakes(&both, None),
        ["SENIM_PEPPER: wanted only one of it and SENIM_PEPPER_FILE, found both"]
    );
    let one = home.env(&[("SENIM_PEPPER_FILE", file), ("SENIM_SERVER_KEY", KEY)]);
    let config = Config::load(&one, None).unwrap();
    assert_eq!(config.keys.pepper.expose(), config.keys.server_key.expose());
}

#[test]
fn the_owner_of_the_schema_defaults_to_the_application() {
    let home = Home::new("owner");
    let url = ("DATABASE_URL", "postgres://app@h/d");
    let config = Config::load(&with_keys(&home, &[url]), None).unwrap();
    assert_eq!(config.database.owner_url.unwrap().expose(), url.1);
    let owner = ("SENIM_OWNER_DATABASE_URL", "postgres://owner@h/d");
    let config = Config::load(&with_keys(&home, &[url, owner]), None).unwrap();
    assert_eq!(config.database.owner_url.unwrap().expose(), owner.1);
    assert_eq!(mistakes(&with_keys(&home, &[owner]), None).len(), 1);
}

#[test]
fn keys_are_read_in_every_common_spelling() {
    let bytes = reader::decode_32(KEY).unwrap();
    assert_eq!(reader::decode_32(&KEY.to_uppercase()), Some(bytes));
    let base64 = data_encoding::BASE64.encode(&bytes);
    assert_eq!(reader::decode_32(&base64), Some(bytes));
    assert_eq!(reader::decode_32(base64.trim_end_matches('=')), Some(bytes));
    assert_eq!(reader::decode_32(&data_encoding::BASE64URL.encode(&bytes)), Some(bytes));
    for bad in ["", "abc", KEY.strip_prefix("0").unwrap(), base64.strip_suffix("=").unwrap().split_at(40).0] {
        assert_eq!(reader::decode_32(bad), None, "{bad}");
    }
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let home = Home::new("against");
    let env = with_keys(
        &home,
        &[
            ("SENIM_ADMIN_LISTEN", "127.0.0.1:8080"),
            ("SENIM_IN_FLIGHT_BYTES", "131072"),
            ("SENIM_SESSION_IDLE_MINUTES", "1000"),
        ],
    );
    assert_eq!(mistakes(&env, None).len(), 3);
}

#[test]
fn missing_secrets_are_made_once_and_kept_private() {
    let home = Home::new("local");
    let mut drawn = 0;
    let mut draw = || {
        drawn += 1;
        Secret::new([drawn; 32])
    };
    let env = home.env(&[]);
    let path = local::create_missing_secrets(&env, None, &mut draw).unwrap().expect("made");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(local::create_missing_secrets(&env, None, &mut draw).unwrap(), None);
    let config = Config::load(&env, None).unwrap();
    assert_eq!(config.keys.server_key.expose(), &[1; 32]);
    assert_eq!(config.keys.pepper.expose(), &[2; 32]);
    local::keep_genesis(&home.0, &[[7; 32], [8; 32]]).unwrap();
    let config = Config::load(&env, None).unwrap();
    assert_eq!(config.keys.genesis, [[7; 32], [8; 32]]);
    assert_eq!(config.keys.pepper.expose(), &[2; 32]);
}

#[test]
fn no_secrets_are_made_for_a_database_of_somebody_else() {
    let home = Home::new("foreign");
    let env = home.env(&[("DATABASE_URL", "postgres://app@h/d")]);
    let made = local::create_missing_secrets(&env, None, &mut || panic!("drawn")).unwrap();
    assert_eq!(made, None);
    assert_eq!(mistakes(&env, None).len(), 2);
}

#[test]
fn lost_secrets_are_not_replaced_over_existing_data() {
    let home = Home::new("lost");
    fs::create_dir_all(home.0.join("pg/data")).unwrap();
    let error = local::create_missing_secrets(&home.env(&[]), None, &mut || panic!("drawn")).unwrap_err();
    assert!(matches!(error, local::LocalError::Lost { .. }), "{error}");
    home.file("secrets.toml", "not toml");
    let error = local::create_missing_secrets(&home.env(&[]), None, &mut || panic!("drawn")).unwrap_err();
    assert!(matches!(error, local::LocalError::Damaged(_)), "{error}");
}

#[test]
fn the_log_has_the_pace_of_the_specification_unless_told_otherwise() {
    let home = Home::new("log");
    let log = Config::load(&with_keys(&home, &[]), None).unwrap().log;
    assert_eq!(log.origin, "senim/log");
    assert_eq!(
        (log.epoch.as_secs(), log.quantum, log.day.as_secs(), log.mmd.as_secs()),
        (900, 64, 86_400, 3600)
    );
    assert_eq!(log.signer_state, home.0.join("signer"));
    assert_eq!(log.signer_socket, home.0.join("signer/socket"));
    assert_eq!((log.policy, log.public), (home.0.join("log/policy"), home.0.join("log/public")));
    assert_eq!(log.witnesses, []);
    let env = with_keys(
        &home,
        &[
            ("SENIM_INSTANCE", "senim.example.kz"),
            ("SENIM_LOG_EPOCH_SECONDS", "2"),
            ("SENIM_LOG_DAY_SECONDS", "20"),
            ("SENIM_LOG_WITNESSES", "court=https://court.example/w/, ngo=http://127.0.0.1:9,"),
        ],
    );
    let log = Config::load(&env, None).unwrap().log;
    assert_eq!(
        (log.origin.as_str(), log.epoch.as_secs(), log.day.as_secs()),
        ("senim.example.kz/log", 2, 20)
    );
    let told: Vec<_> = log.witnesses.iter().map(|w| (w.name.as_str(), w.url.as_str())).collect();
    assert_eq!(told, [("court", "https://court.example/w"), ("ngo", "http://127.0.0.1:9")]);
}

#[test]
fn a_pace_that_cannot_be_kept_is_refused() {
    let home = Home::new("pace");
    for (name, text) in [
        ("SENIM_LOG_EPOCH_SECONDS", "0"),
        ("SENIM_LOG_EPOCH_SECONDS", "7"),
        ("SENIM_LOG_EPOCH_SECONDS", "7200"),
        ("SENIM_LOG_QUANTUM", "0"),
        ("SENIM_LOG_DAY_SECONDS", "899"),
        ("SENIM_LOG_MMD_SECONDS", "899"),
        ("SENIM_LOG_WITNESSES", "court"),
        ("SENIM_LOG_WITNESSES", "=http://a"),
        ("SENIM_LOG_WITNESSES", "court=ftp://a"),
        ("SENIM_LOG_WITNESSES", "court=http://"),
        ("SENIM_LOG_WITNESSES", "court=http://a,court=http://b"),
    ] {
        assert_eq!(mistakes(&with_keys(&home, &[(name, text)]), None).len(), 1, "{name}={text}");
    }
}

#[test]
fn the_signer_reads_its_settings_without_the_secrets_of_the_server() {
    let home = Home::new("signer");
    home.file("senim.toml", "signer_socket = '/run/s'\nworkers = 0\n");
    let config = SignerConfig::load(&home.env(&[("SENIM_POOL_SIZE", "none")]), None).unwrap();
    assert_eq!(config.log.signer_socket, Path::new("/run/s"));
    let error = SignerConfig::load(&home.env(&[("SENIM_LOG_QUANTUM", "x")]), None).unwrap_err();
    assert_eq!(error.mistakes.len(), 1, "{error}");
}

#[test]
fn a_relay_needs_whatever_makes_it_safe_and_all_that_is_wrong_is_said() {
    let home = Home::new("relay");
    let ca = home.file("ca.pem", "");
    let ca = ca.to_str().unwrap();
    let good = [
        ("SENIM_MAIL_HOST", "mail.example.kz"),
        ("SENIM_MAIL_FROM", "senim@example.kz"),
        ("SENIM_MAIL_SECURITY", "starttls"),
        ("SENIM_MAIL_USER", "senim"),
        ("SENIM_MAIL_PASSWORD", "canary"),
        ("SENIM_MAIL_CA", ca),
    ];
    let config = Config::load(&with_keys(&home, &good), None).unwrap();
    assert!(!format!("{:?}", config.mail).contains("canary"));
    let MailTransport::Smtp(relay) = config.mail.transport else { panic!("a relay") };
    assert_eq!((relay.host.as_str(), relay.port), ("mail.example.kz", 587));
    assert_eq!(
        (relay.security, relay.timeout, relay.pool),
        (MailSecurity::StartTls, Duration::from_secs(20), 2)
    );
    assert_eq!(relay.authorities.as_deref(), Some(Path::new(ca)));

    let bad = [
        ("SENIM_MAIL_HOST", "mail.example.kz"),
        ("SENIM_MAIL_SECURITY", "none"),
        ("SENIM_MAIL_USER", "senim"),
        ("SENIM_MAIL_CA", "/nowhere/ca.pem"),
        ("SENIM_MAIL_TIMEOUT_SECONDS", "21"),
        ("SENIM_MAIL_DIR", "/tmp/mails"),
        ("SENIM_MAIL_DIGEST_HOUR", "24"),
    ];
    let found = mistakes(&with_keys(&home, &bad), None);
    for wanted in [
        "SENIM_MAIL_SECURITY: wanted tls or starttls, since the relay is not on this machine, found `none` for `mail.example.kz`",
        "SENIM_MAIL_USER: wanted SENIM_MAIL_PASSWORD beside it, found only one of the two",
        "SENIM_MAIL_CA: wanted a readable file, found `/nowhere/ca.pem`: No such file or directory (os error 2)",
        "SENIM_MAIL_TIMEOUT_SECONDS: wanted a whole number from 1 to 20, found `21`",
        "SENIM_MAIL_FROM: wanted an address that the relay sends from, since SENIM_MAIL_HOST is set, found nothing",
        "SENIM_MAIL_DIR: wanted only one of it and SENIM_MAIL_HOST, found both",
        "SENIM_MAIL_DIGEST_HOUR: wanted a whole number from 0 to 23, found `24`",
    ] {
        assert!(found.iter().any(|mistake| mistake == wanted), "{wanted}\nin {found:#?}");
    }
    assert_eq!(found.len(), 7, "{found:#?}");
    let lonely = with_keys(&home, &[("SENIM_MAIL_PORT", "25"), ("SENIM_MAIL_PASSWORD", "canary")]);
    let found = mistakes(&lonely, None);
    assert!(
        found.contains(&"SENIM_MAIL_PORT: wanted SENIM_MAIL_HOST beside it, found no relay".to_owned()),
        "{found:#?}"
    );
    assert!(!found.concat().contains("canary"));
    for host in ["127.0.0.1", "localhost", "::1"] {
        let plain = [
            ("SENIM_MAIL_HOST", host),
            ("SENIM_MAIL_FROM", "senim@example.kz"),
            ("SENIM_MAIL_SECURITY", "none"),
        ];
        Config::load(&with_keys(&home, &plain), None).unwrap();
    }
}
