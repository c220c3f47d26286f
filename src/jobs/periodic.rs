//! The list of what is done again and again.

use std::{pin::Pin, sync::Arc};

use super::{publish::publish, queued::TaskError};
use crate::{
    config::Config,
    usecases::{
        Context, enforce_changes::enforce_changes, expire_questions::expire_questions,
        expire_recoveries::expire_recoveries, finish_departures::finish_departures,
        queue_digests::queue_digests, sequence_log::sequence_log, sweep::sweep,
        watch_deadlines::watch_deadlines, watch_referrals::watch_referrals, watch_remedies::watch_remedies,
    },
};

/// Seconds.
const MINUTE: i64 = 60;

type Running<'a> = Pin<Box<dyn Future<Output = Result<usize, TaskError>> + 'a>>;

/// Something that is done once in every slot of so many seconds, counted from 1970 UTC.
pub(super) struct Periodic {
    /// Its name in the log.
    pub name: &'static str,
    /// Seconds of a slot.
    pub every: fn(&Context) -> i64,
    /// What is done; says to how many things.
    pub run: for<'a> fn(&'a Arc<Context>, &'a Config) -> Running<'a>,
}

/// Everything periodic.
pub(super) const PERIODIC: &[Periodic] = &[
    Periodic {
        name: "expire_questions",
        every: |_| 900,
        run: |ctx, _| Box::pin(async { Ok(expire_questions(ctx).await?) }),
    },
    Periodic {
        name: "watch_deadlines",
        every: |_| 900,
        run: |ctx, _| Box::pin(async { Ok(watch_deadlines(ctx).await?) }),
    },
    Periodic {
        name: "watch_referrals",
        every: |_| 900,
        run: |ctx, _| Box::pin(async { Ok(watch_referrals(ctx).await?) }),
    },
    Periodic {
        name: "watch_remedies",
        every: |_| 900,
        run: |ctx, _| Box::pin(async { Ok(watch_remedies(ctx).await?) }),
    },
    Periodic {
        name: "enforce_changes",
        every: |_| MINUTE,
        run: |ctx, _| Box::pin(async { Ok(enforce_changes(ctx).await?) }),
    },
    Periodic {
        name: "finish_departures",
        every: |_| MINUTE,
        run: |ctx, _| Box::pin(async { Ok(finish_departures(ctx).await?) }),
    },
    Periodic {
        name: "expire_recoveries",
        every: |_| 3600,
        run: |ctx, _| Box::pin(async { Ok(expire_recoveries(ctx).await?) }),
    },
    // A slot is an epoch: when one begins, the one before it is closed.
    Periodic {
        name: "sequence_log",
        every: |ctx| ctx.store.rhythm().epoch_seconds(),
        run: |ctx, _| Box::pin(async { Ok(sequence_log(ctx).await?) }),
    },
    // Often, because the signer may be away when an epoch ends.
    Periodic {
        name: "publish",
        every: |ctx| ctx.store.rhythm().epoch_seconds().min(MINUTE),
        run: |ctx, config| Box::pin(publish(ctx, config)),
    },
    Periodic {
        name: "queue_digests",
        every: |_| MINUTE,
        run: |ctx, config| Box::pin(async { Ok(queue_digests(ctx, config.mail.digest_hour).await?) }),
    },
    Periodic { name: "sweep", every: |_| 300, run: |ctx, _| Box::pin(async { Ok(sweep(ctx).await?) }) },
];
