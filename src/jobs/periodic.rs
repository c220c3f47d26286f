//! The list of what is done again and again.

use std::pin::Pin;

use crate::usecases::{
    Context, Error, expire_questions::expire_questions, notify_desks::notify_desks,
    sequence_log::sequence_log, sweep::sweep,
};

type Running<'a> = Pin<Box<dyn Future<Output = Result<usize, Error>> + 'a>>;

/// Something that is done once in every slot of so many seconds, counted from 1970 UTC.
pub(super) struct Periodic {
    /// Its name in the log.
    pub name: &'static str,
    /// Seconds of a slot.
    pub every: fn(&Context) -> i64,
    /// What is done; says to how many things.
    pub run: for<'a> fn(&'a Context) -> Running<'a>,
}

/// Everything periodic.
pub(super) const PERIODIC: &[Periodic] = &[
    Periodic { name: "expire_questions", every: |_| 900, run: |ctx| Box::pin(expire_questions(ctx)) },
    // A slot is an epoch: when one begins, the one before it is closed.
    Periodic {
        name: "sequence_log",
        every: |ctx| ctx.store.rhythm().epoch_seconds(),
        run: |ctx| Box::pin(sequence_log(ctx)),
    },
    // Few slots a day: the time of a notice must not tell the hour of the report it speaks of.
    Periodic { name: "notify_desks", every: |_| 4 * 3600, run: |ctx| Box::pin(notify_desks(ctx)) },
    Periodic { name: "sweep", every: |_| 300, run: |ctx| Box::pin(sweep(ctx)) },
];
