//! Whatever people do through the use cases, in whatever order: the tables say what the record says, the entries fold to the
//! tables, and once its epochs are closed the log verifies. Seeded, so that a walk that fails can be walked again.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use rand::{RngExt, rngs::StdRng};
use senim::{
    crypto::random::Entropy,
    domain::{
        case::{step::Step, transition::moves},
        ids::CaseId,
        role::Role,
    },
    policy::RoleAt,
    usecases::{
        Error, attest::attest, disable_staff::disable_staff, expire_questions::expire_questions,
        sequence_log::sequence_log, take_step::StepDone, watch_deadlines::watch_deadlines,
    },
};
use serde_json::Value;

use crate::{
    facts::{enough, with},
    kept,
    living::long,
    log_tree::next,
    people::{ReporterActor, StaffActor},
    record::differences,
    world::{World, in_world},
};

/// Walks and acts of each, and in the long form.
const WALKS: (u64, u64) = (2, 20);
const ACTS: (u32, u32) = (90, 400);

/// An act that was done, or refused as it may be; the database itself never has to refuse one.
#[track_caller]
fn legal<T>(outcome: Result<T, Error>) -> Option<T> {
    match outcome {
        Ok(done) => Some(done),
        Err(error @ (Error::Storage(_) | Error::Sealed(_) | Error::BrokenTree(_) | Error::Busy)) => {
            panic!("{error:?}")
        }
        Err(_refused) => None,
    }
}

struct Walk<'w> {
    world: &'w World,
    rng: StdRng,
    staff: Vec<StaffActor>,
    reporters: Vec<ReporterActor>,
}

impl<'w> Walk<'w> {
    async fn begin(world: &'w World, seed: u64) -> Self {
        let mut staff = Vec::new();
        for login in ["tri1", "tri2", "inv1", "inv2", "rev1", "rev2", "rev3", "rev4"] {
            staff.push(world.sign_in(login).await);
        }
        sequence_log(&world.ctx).await.unwrap();
        let reporters = vec![world.submit("The first.").await];
        Self { world, rng: Entropy::seeded(seed).rng(), staff, reporters }
    }

    fn reporter(&mut self) -> usize {
        self.rng.random_range(0..self.reporters.len())
    }

    /// Somebody of the desk; whoever triages more often than others.
    fn somebody(&mut self) -> usize {
        if self.rng.random_ratio(1, 3) { 0 } else { self.rng.random_range(0..self.staff.len()) }
    }

    async fn act(&mut self) {
        match self.rng.random_range(0..20) {
            0 | 1 => {
                let words = "They asked for money. ".repeat(self.rng.random_range(1..40));
                let reporter = self.world.submit(&words).await;
                self.reporters.push(reporter);
            }
            2 | 3 => {
                let which = self.reporter();
                legal(self.reporters[which].write("More of it.").await);
                legal(self.reporters[which].ask_review("Look again.").await);
            }
            4 => self.time_passes().await,
            5 => {
                let (who, which) = (self.somebody(), self.reporter());
                let (somebody, case) = (&self.staff[who], self.reporters[which].case);
                legal(somebody.note(case, "A note.").await);
                legal(somebody.write(case, "A letter.").await);
            }
            6 => {
                let (who, which) = (self.somebody(), self.reporter());
                legal(self.staff[who].open(self.reporters[which].case).await);
            }
            7 if self.rng.random_ratio(1, 4) => {
                let (who, which) = (self.somebody(), self.reporter());
                legal(self.staff[who].recuse(self.reporters[which].case).await);
            }
            _ => self.step().await,
        }
    }

    async fn time_passes(&mut self) {
        let minutes = self.rng.random_range(1..60);
        self.world.advance(SignedDuration::from_mins(minutes));
        legal(sequence_log(&self.world.ctx).await);
        legal(expire_questions(&self.world.ctx).await);
        legal(watch_deadlines(&self.world.ctx).await);
    }

    /// A step that the table has in this state, by whoever may or may not take it; a proposal is answered more often than
    /// not.
    async fn step(&mut self) {
        let which = self.reporter();
        let case = self.reporters[which].case;
        let status = self.world.status(case).await;
        let steps: Vec<Step> =
            moves().into_iter().filter(|(from, ..)| *from == status).map(|(_, step, _)| step).collect();
        // Nobody is recorded here who could be struck out.
        let steps: Vec<Step> = steps.into_iter().filter(|step| *step != Step::StrikeSubject).collect();
        if steps.is_empty() {
            return;
        }
        let step = steps[self.rng.random_range(0..steps.len())];
        let who = self.somebody();
        self.attest(who, case).await;
        let given = self.given(case, step, enough(status, step, self.world.id("inv1"), "some"));
        let Some(StepDone::Proposed(id)) = legal(self.staff[who].step(case, step, given).await) else {
            return;
        };
        let second = self.rng.random_range(4..self.staff.len());
        self.attest(second, case).await;
        match self.rng.random_range(0..6) {
            0 => {}
            1 => drop(legal(self.staff[second].refuse(id, "Not enough.").await)),
            _ => drop(legal(self.staff[second].approve(id).await)),
        }
    }

    fn given(&mut self, case: CaseId, step: Step, given: Value) -> Value {
        let other = self.reporters.iter().find(|reporter| reporter.case != case);
        match (step, other) {
            (Step::Merge, Some(other)) => with(given, serde_json::json!({"master": other.case.to_string()})),
            _ => given,
        }
    }

    async fn attest(&self, who: usize, case: CaseId) {
        legal(attest(&self.world.ctx, &self.staff[who].caller, case).await);
    }

    /// Somebody comes, somebody leaves.
    async fn people_change(&mut self) {
        let desk = Some(self.world.desk);
        self.world.enrol("tri3", &[RoleAt { role: Role::Triager, desk }]).await;
        let leaver = self.staff.pop().expect("rev4").id();
        legal(disable_staff(&self.world.ctx, Some(&self.world.admin(0).caller), leaver).await).unwrap();
    }
}

async fn walk(world: &World, seed: u64, acts: u32) {
    let mut walk = Walk::begin(world, seed).await;
    for number in 0..acts {
        walk.act().await;
        if number == acts / 2 {
            walk.people_change().await;
            assert_eq!(differences(world).await, Vec::<String>::new(), "half-way through walk {seed}");
        }
    }
    let mut owner = world.owner().await;
    let states = owner.rows("select distinct status from cases").await.len();
    assert!(states > 3, "walk {seed} came to {states} states only");
    assert_eq!(differences(world).await, Vec::<String>::new(), "walk {seed}");
    // Every entry has its place once the day after the last is over.
    for _ in 0..3 {
        world.advance(SignedDuration::from_hours(24));
        next(world).await;
    }
    assert_eq!(owner.count("audit.pending").await, 0, "walk {seed}");
    assert_eq!(kept::faults(world).await, [], "walk {seed}");
}

/// Controls AUD-1 and AUD-5 over histories that nobody wrote down beforehand.
#[test]
fn after_any_legal_history_tables_and_record_agree_and_the_log_verifies() {
    let (walks, acts) = if long() { (WALKS.1, ACTS.1) } else { (WALKS.0, ACTS.0) };
    let mut came_to = BTreeSet::new();
    for seed in 0..walks {
        in_world(async |world| {
            walk(world, seed, acts).await;
            for row in world.owner().await.rows("select distinct status from cases").await {
                came_to.insert(row["status"].as_str().unwrap().to_owned());
            }
        });
    }
    assert!(came_to.len() > 4, "{came_to:?}");
}

/// The walk through every transition of the table ends the same way.
#[test]
fn after_every_transition_the_log_verifies() {
    in_world(async |world| {
        sequence_log(&world.ctx).await.unwrap();
        crate::every_transition::take_all(world).await;
        for _ in 0..3 {
            world.advance(SignedDuration::from_hours(24));
            next(world).await;
        }
        assert_eq!(kept::faults(world).await, []);
    });
}
