//! The floor: `pgbench` with the rows of one report in one statement, like that of `storage/intake.rs`, on the same
//! tables with the same triggers. Ids are drawn and the entry is made by the database; what is sealed is a constant of
//! the prepared statement, so the floor does not even pay for sending it.

use std::{
    env, fs,
    num::NonZero,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use data_encoding::HEXLOWER;
use jiff::civil::date;
use serde_json::Value;

use super::{BenchError, figures::Speed, ground::Ground, people::Desk};
use crate::{
    crypto::{epoch::WRAP, kem::PUBLIC_KEY},
    domain::{
        case::clocks::Clocks,
        profile::{ProfileId, Rulebook},
    },
    storage::log::EntryRow,
};

/// What the statement needs to be like that of a real report.
pub struct Rows<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// The instance's version, without which the statement takes nothing in.
    pub version: i64,
    /// Bytes of the sealed content.
    pub content: usize,
    /// The entry of a real report: the floor's entries say the same of other cases.
    pub entry: &'a EntryRow,
}

impl Rows<'_> {
    /// The statement.
    fn sql(&self) -> Result<String, BenchError> {
        let desk = self.desk;
        let (key, wrap, sealed) = (constant(PUBLIC_KEY), constant(WRAP), constant(self.content));
        let text =
            |ids: &[String]| ids.iter().map(|id| format!("'{id}'::uuid")).collect::<Vec<_>>().join(", ");
        let triagers: Vec<String> = desk.triagers.iter().map(ToString::to_string).collect();
        let mut staff = vec!["reporter", "recovery"];
        staff.resize(desk.wraps, "staff");
        let kinds = staff.iter().map(|kind| format!("'{kind}'")).collect::<Vec<_>>().join(", ");
        let wraps = vec![wrap; desk.wraps].join(", ");
        let (triagers, region, id) = (text(&triagers), desk.region.code(), desk.id);
        let (version, entry) = (self.version, self.entry_sql()?);
        let clocks = first_clocks();
        Ok(format!(
            "with ids as materialized (select gen_random_uuid() as id, gen_random_uuid() as audit_id, \
gen_random_uuid() as eid, gen_random_uuid() as report, gen_random_uuid() as ack, gen_random_uuid() as r1, \
gen_random_uuid() as r2, gen_random_uuid() as r3), entry as materialized (select ids.*, {entry} as body from ids), \
fresh as (select id from instance where version = {version}), \
c as (insert into cases (id, audit_id, reference, desk_id, body_id, category, region, language, channel, mode, profile, \
notice_version, status, status_since, received_on, acknowledged_on, profile_version, registered_on, clocks, due_on, watch_on, epoch, receipt_id, reporter_key, excluded, step, \
step_n, audit_n, audit_head) select entry.id, audit_id, 'SN-' || left(r1::text, 18), '{id}'::uuid, null, 'bribery', \
'{region}', 'ru', 'api', 'anonymous', 'kz', '1', 'received', d, d, d, 1, d, {clocks}, d + 3, d + 1, 1, uuid_send(r2) || uuid_send(r3), {key}, decode(repeat('5a', 512), 'hex'), \
'submit', 1, 1, sha256(convert_to(E'senim/audit-entry/v1\\n', 'UTF8') || body) \
from fresh, entry, (select current_date as d) as day on conflict (receipt_id) do nothing returning id, received_on), \
e as (insert into case_epochs (case_id, epoch, public_key, mac) select id, 1, {key}, sha256({key}) from c), \
g as (insert into case_grants (case_id, staff_id, capacity, granted_on) \
select c.id, s, 'triager', c.received_on from c, unnest(array[{triagers}]) as s), \
w as (insert into case_wraps (case_id, epoch, holder_kind, holder_id, sealed) \
select c.id, 1, k, h, s from c, unnest(array[{kinds}], array[c.id, '{id}'::uuid, {triagers}], array[{wraps}]) \
as t (k, h, s)), \
i as (insert into case_items (id, case_id, n, epoch, kind, template, sealed, written_on) \
select t.id, c.id, 1, 1, t.kind, t.template, t.sealed, c.received_on from c, entry, \
lateral (values (entry.report, 'report', null::text, {sealed}), \
(entry.ack, 'system_message', 'acknowledged', null)) as t (id, kind, template, sealed)) \
select audit.append(entry.eid, 'case', entry.audit_id, 1, null, entry.body, now() + interval '1 day') from c, entry;\n"
        ))
    }

    /// The body of an entry as SQL: the real one with another object and other blinding.
    fn entry_sql(&self) -> Result<String, BenchError> {
        let body = std::str::from_utf8(&self.entry.body).ok();
        let body = body.ok_or(BenchError::Missing("the entry of a report"))?;
        let read: Value = serde_json::from_str(body).unwrap_or_default();
        let blinding =
            read.get("r").and_then(Value::as_str).ok_or(BenchError::Missing("an entry's blinding"))?;
        let object = self.entry.obj_id.simple().to_string();
        let quoted = body
            .replace('\'', "''")
            .replace(&object, "' || replace(audit_id::text, '-', '') || '")
            .replace(blinding, "' || encode(uuid_send(r2) || uuid_send(r3), 'hex') || '");
        Ok(format!("convert_to('{quoted}', 'UTF8')"))
    }
}

/// pgbench with its scripts.
pub struct Pgbench {
    program: PathBuf,
    dir: PathBuf,
    url: String,
}

impl Pgbench {
    /// Finds the program.
    ///
    /// # Errors
    /// [`BenchError::NoPgbench`].
    pub fn find(ground: &Ground, bin_dir: Option<&Path>) -> Result<Self, BenchError> {
        let path = env::var_os("PATH").unwrap_or_default();
        let mut places: Vec<PathBuf> = bin_dir.map(Path::to_owned).into_iter().collect();
        let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
        places.extend(debian.map(|version| version.path().join("bin")));
        places.extend(env::split_paths(&path));
        let program = places.iter().map(|place| place.join("pgbench")).find(|program| program.is_file());
        let program =
            program.ok_or_else(|| BenchError::NoPgbench(places.first().cloned().unwrap_or_default()))?;
        Ok(Self { program, dir: ground.dir.clone(), url: ground.url()? })
    }

    /// Writes the script of a desk.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn write(&self, rows: &Rows<'_>) -> Result<(), BenchError> {
        let path = self.script(rows.desk.wraps);
        fs::write(&path, rows.sql()?).map_err(BenchError::system(path.display().to_string()))
    }

    /// Runs the script of a desk.
    ///
    /// # Errors
    /// [`BenchError::Pgbench`] with its own words.
    pub fn run(&self, wraps: usize, clients: u32, seconds: u64) -> Result<Speed, BenchError> {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let threads = u32::try_from(processors).unwrap_or(1).min(clients);
        let output = Command::new(&self.program)
            .args(["--no-vacuum", "--protocol=prepared", "--log", "--log-prefix=latency"])
            .arg(format!("--client={clients}"))
            .arg(format!("--jobs={threads}"))
            .arg(format!("--time={seconds}"))
            .arg("--file")
            .arg(self.script(wraps))
            .arg(&self.url)
            .current_dir(&self.dir)
            .output()
            .map_err(BenchError::system(self.program.display().to_string()))?;
        let latencies = self.take_latencies()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        match rate {
            Some(rate) if output.status.success() => Ok(Speed::of(rate, latencies)),
            _ => Err(BenchError::Pgbench(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
        }
    }

    fn script(&self, wraps: usize) -> PathBuf {
        self.dir.join(format!("floor-{wraps}.sql"))
    }

    /// Reads and removes the logs of transactions: `client number microseconds script seconds microseconds`.
    fn take_latencies(&self) -> Result<Vec<u32>, BenchError> {
        let mut all = Vec::new();
        let entries = fs::read_dir(&self.dir).map_err(BenchError::system(self.dir.display().to_string()))?;
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("latency.")) {
                let text = fs::read_to_string(&path).unwrap_or_default();
                all.extend(text.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<u32>().ok()));
                let _ = fs::remove_file(&path);
            }
        }
        Ok(all)
    }
}

/// So many bytes as a constant of SQL.
/// The clocks of a report as the server stores them.
fn first_clocks() -> String {
    let book = Rulebook::embedded();
    let (clocks, _) = Clocks::at_arrival(book.current(ProfileId::Kz), date(2026, 3, 3), None);
    format!("'{}'", clocks.to_json())
}

fn constant(bytes: usize) -> String {
    format!(r"'\x{}'::bytea", HEXLOWER.encode(&vec![0xa5; bytes]))
}
