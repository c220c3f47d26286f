//! Who runs what when.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch::Receiver;

use super::{
    periodic::PERIODIC,
    queued::{self, TaskError, Tools},
};
use crate::{
    config::Config,
    mail::{MailError, Mailer},
    storage::{
        StorageError,
        tasks::{TaskFailure, TaskRow},
    },
    usecases::Context,
};

/// How long a task belongs to the process that took it. If that process dies, another takes it after this.
const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// Tries after which a task is given up.
const TRIES: i32 = 10;
/// The wait after the first failed try, doubled with each further one.
const FIRST_WAIT: i64 = 15;
/// The longest wait, seconds.
const LONGEST_WAIT: i64 = 3600;

/// Does what is periodic and what is queued.
pub struct Runner {
    context: Arc<Context>,
    config: Arc<Config>,
    mailer: Result<Mailer, MailError>,
    /// For each row of the periodic list, the slot in which it was last done here.
    slots: Vec<AtomicI64>,
}

impl Runner {
    /// A runner of this process.
    #[must_use]
    pub fn new(context: Arc<Context>, config: Arc<Config>) -> Self {
        let mailer = Mailer::new(&config.mail, &config.server.public_base_url);
        let slots = PERIODIC.iter().map(|_| AtomicI64::new(i64::MIN)).collect();
        Self { context, config, mailer, slots }
    }

    /// Works until `stop` turns true or its sender is gone; what is being done then is finished.
    pub async fn run(self, mut stop: Receiver<bool>) {
        while !*stop.borrow() {
            self.run_due().await;
            tokio::select! {
                changed = stop.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(self.config.worker.poll) => {}
            }
        }
    }

    /// Does everything that is due now, once; says how many things that were. Failures are logged, and tasks come back
    /// later.
    pub async fn run_due(&self) -> usize {
        let periodic = self.run_periodic().await;
        let mailer = match &self.mailer {
            Ok(mailer) => mailer,
            Err(error) => {
                tracing::error!(%error, "no mail can be sent, so no task is run");
                return periodic;
            }
        };
        let tools = Tools { context: &self.context, mailer };
        let done = AtomicUsize::new(periodic);
        let workers = (0..self.config.worker.parallel).map(|_| drain(&tools, &done));
        join_all(workers).await;
        done.into_inner()
    }

    async fn run_periodic(&self) -> usize {
        let now = self.context.store.now().as_second();
        let mut done = 0_usize;
        for (periodic, last) in PERIODIC.iter().zip(&self.slots) {
            let slot = now.div_euclid((periodic.every)(&self.context));
            if last.swap(slot, Ordering::Relaxed) == slot {
                continue;
            }
            match (periodic.run)(&self.context, &self.config).await {
                Ok(things) => tracing::debug!(task = periodic.name, things, "done"),
                Err(error) => {
                    // The next look tries again.
                    last.store(i64::MIN, Ordering::Relaxed);
                    tracing::error!(task = periodic.name, %error, "a periodic task failed");
                }
            }
            done = done.saturating_add(1);
        }
        done
    }
}

/// Takes due tasks until there is none.
async fn drain(tools: &Tools<'_>, done: &AtomicUsize) {
    loop {
        match one(tools).await {
            Ok(true) => _ = done.fetch_add(1, Ordering::Relaxed),
            Ok(false) => return,
            Err(error) => {
                tracing::error!(%error, "the queue cannot be read");
                return;
            }
        }
    }
}

/// Takes the next due task and runs it; false where there is none.
async fn one(tools: &Tools<'_>) -> Result<bool, StorageError> {
    let store = &tools.context.store;
    let claimed = store.maintain(async |upkeep| upkeep.claim_task(store.now(), LEASE).await).await?;
    let Some(task) = claimed else { return Ok(false) };
    // A task that kills its process never reports: its number of tries alone says that it is to be given up.
    let outcome = if task.attempts > TRIES { Ok(()) } else { queued::run(tools, &task).await };
    match outcome {
        Ok(()) if task.attempts <= TRIES => {
            store.maintain(async |upkeep| upkeep.finish_task(task.id).await).await?;
        }
        Ok(()) => {
            fail(tools, &task, Fault { why: "it ended the process that ran it", answer: None }, None).await?
        }
        Err(error) => {
            let retry = retry_at(&task, &error, store.now());
            fail(tools, &task, Fault { why: &error.to_string(), answer: error.answer() }, retry).await?;
        }
    }
    Ok(true)
}

/// When a failed task is tried again; never where that cannot help, or once it was tried often enough.
fn retry_at(task: &TaskRow, error: &TaskError, now: Timestamp) -> Option<Timestamp> {
    if error.is_final() || task.attempts >= TRIES {
        return None;
    }
    let doublings = u32::try_from(task.attempts.saturating_sub(1)).unwrap_or(0);
    let wait = FIRST_WAIT.saturating_mul(2_i64.saturating_pow(doublings)).min(LONGEST_WAIT);
    Some(now.saturating_add(SignedDuration::from_secs(wait)).unwrap_or(now))
}

/// Why a task failed, without content.
struct Fault<'a> {
    why: &'a str,
    answer: Option<i32>,
}

async fn fail(
    tools: &Tools<'_>,
    task: &TaskRow,
    Fault { why, answer }: Fault<'_>,
    retry_at: Option<Timestamp>,
) -> Result<(), StorageError> {
    match retry_at {
        Some(_) => {
            tracing::warn!(task = %task.id, kind = task.kind, attempts = task.attempts, why, "a task failed");
        }
        None => tracing::error!(task = %task.id, kind = task.kind, why, "a task was given up"),
    }
    let store = &tools.context.store;
    let failure = TaskFailure { error: why, answer, at: store.now(), retry_at };
    store.maintain(async |upkeep| upkeep.fail_task(task.id, failure).await).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::TaskId;

    fn wait_after(attempts: i32, error: fn() -> MailError) -> Option<i64> {
        let now = Timestamp::UNIX_EPOCH;
        let task = TaskRow {
            id: TaskId(uuid::Uuid::nil()),
            kind: "mail.daily_digest".to_owned(),
            payload: String::new(),
            attempts,
        };
        retry_at(&task, &TaskError::Mail(error()), now).map(Timestamp::as_second)
    }

    #[test]
    fn each_failure_waits_longer_and_the_tenth_is_the_last() {
        let away = || MailError::Relay("it is away".to_owned());
        let waits: Vec<_> = (1..=10).map(|attempts| wait_after(attempts, away)).collect();
        let seconds = [15, 30, 60, 120, 240, 480, 960, 1920, 3600].map(Some);
        assert_eq!(waits, [seconds.as_slice(), &[None]].concat());
    }

    #[test]
    fn what_can_never_succeed_is_not_tried_again() {
        assert_eq!(wait_after(1, || MailError::Answer { code: 550, for_good: true }), None);
        assert_eq!(wait_after(1, || MailError::Answer { code: 451, for_good: false }), Some(15));
        assert_eq!(wait_after(1, || MailError::Address), None);
    }
}
