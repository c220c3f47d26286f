//! The reports, and what is done with them day by day.

use std::{cmp::Reverse, collections::HashMap};

use jiff::{SignedDuration, civil::Date};
use serde::Deserialize;

use super::{
    super::failure::Failure,
    accounts::KeptReceipt,
    cast::{Callers, caller},
    setting::Setting,
    stage::Stage,
};
use crate::{
    crypto::receipt::Receipt,
    domain::{
        case::{raw_facts::RawFacts, remedy::Turned, step::Step},
        ids::CaseId,
        profile::TriageQuestion,
        report::{RawReport, Report},
        text::{Message, Note, TextError},
    },
    usecases::{
        Context, Error,
        add_note::add_note,
        approve_proposal::approve_proposal,
        attest::attest,
        open_case::open_case,
        open_inbox::open_inbox,
        remedies::turn_remedy,
        send_inbox_message::send_inbox_message,
        send_message::{Letter, send_message},
        submit_report::{Submission, submit_report},
        take_step::{StepDone, take_step},
    },
};

/// Who writes through the mailbox.
const REPORTER: &str = "reporter";

/// Everything that happens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    case: Vec<CaseStory>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseStory {
    key: String,
    days_ago: i64,
    report: RawReport,
    #[serde(default)]
    act: Vec<Act>,
}

/// One of a step, a message or a note.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    day: i64,
    by: String,
    step: Option<Step>,
    #[serde(default)]
    facts: RawFacts,
    approved_by: Option<String>,
    message: Option<String>,
    note: Option<String>,
    /// What happens to every measure of the case, with `words`.
    turn: Option<String>,
    words: Option<String>,
}

/// A case that has arrived.
struct Arrived {
    id: CaseId,
    receipt: Receipt,
    reference: String,
    language: &'static str,
}

/// Reads the story.
pub(super) fn read() -> Result<Story, Failure> {
    toml::from_str(include_str!("story.toml")).map_err(|error| Failure::Demo(format!("story.toml: {error}")))
}

impl Story {
    /// How many days ago it begins.
    pub fn days(&self) -> i64 {
        self.case.iter().map(|case| case.days_ago).max().unwrap_or(0)
    }

    /// How many things happen.
    pub fn events(&self) -> usize {
        self.case.iter().map(|case| case.act.len().saturating_add(1)).sum()
    }

    /// Everything in the order of time: how many days ago, which case, and which act, or none for its arrival.
    fn timeline(&self) -> Vec<(i64, &CaseStory, Option<&Act>)> {
        let mut events = Vec::new();
        for case in &self.case {
            events.push((case.days_ago, case, None));
            events
                .extend(case.act.iter().map(|act| (case.days_ago.saturating_sub(act.day), case, Some(act))));
        }
        events.sort_by_key(|(days_ago, ..)| Reverse(*days_ago));
        events
    }
}

/// Tells it; gives the receipts.
pub(super) async fn tell(
    ctx: &Context,
    story: &Story,
    (setting, callers): (&Setting, &Callers),
    stage: &Stage,
) -> Result<Vec<KeptReceipt>, Failure> {
    let mut teller = Teller { ctx, setting, callers, cases: HashMap::new() };
    for (days_ago, case, act) in story.timeline() {
        stage.reach(days_ago);
        let told = match act {
            None => teller.arrive(case).await,
            Some(act) => teller.act(case, act).await,
        };
        told.map_err(|failure| Failure::Demo(format!("the case `{}`: {failure}", case.key)))?;
        stage.done("Telling the cases");
    }
    let mut receipts = Vec::new();
    for case in &story.case {
        if let Some(arrived) = teller.cases.get(case.key.as_str()) {
            receipts.push(KeptReceipt {
                reference: arrived.reference.clone(),
                receipt: arrived.receipt.reveal(),
                language: arrived.language,
            });
        }
    }
    Ok(receipts)
}

struct Teller<'a> {
    ctx: &'a Context,
    setting: &'a Setting,
    callers: &'a Callers,
    cases: HashMap<&'a str, Arrived>,
}

impl<'a> Teller<'a> {
    async fn arrive(&mut self, case: &'a CaseStory) -> Result<(), Failure> {
        let mut raw = case.report.clone();
        if let Some(key) = raw.body.take() {
            raw.body = Some(self.setting.body(&key)?.to_string());
        }
        let report = Report::parse(&raw, self.ctx.limits).map_err(Error::Invalid)?;
        let language = report.language.code();
        let submission = Submission { report, form_token: None, channel: "web" };
        let submitted = submit_report(self.ctx, &submission).await?;
        let receipt_id = submitted.receipt.lookup(self.ctx.store.instance());
        let row = self.ctx.store.read(async |db| db.case_of_receipt(&receipt_id).await).await?;
        let id = row.ok_or(Error::NotFound)?.id;
        let (receipt, reference) = (submitted.receipt, submitted.reference);
        self.cases.insert(&case.key, Arrived { id, receipt, reference, language });
        Ok(())
    }

    async fn act(&self, case: &CaseStory, act: &Act) -> Result<(), Failure> {
        let ctx = self.ctx;
        let arrived = self.arrived(&case.key)?;
        let message = act.message.as_deref().map(|text| Message::parse(text, ctx.limits.message));
        let message = message.transpose().map_err(unfit)?;
        if act.by == REPORTER {
            let message = message.ok_or_else(|| Failure::Demo("the reporter only writes".to_owned()))?;
            let inbox = open_inbox(ctx, &arrived.receipt.reveal()).await?;
            return Ok(send_inbox_message(ctx, &inbox.token, &message).await?);
        }
        let who = caller(self.callers, &act.by)?;
        attest(ctx, who, arrived.id).await?;
        if let Some(message) = message {
            send_message(ctx, who, arrived.id, &Letter { text: &message, grounds: None }).await?;
        }
        if let Some(text) = &act.note {
            let note = Note::parse(text, ctx.limits.staff).map_err(unfit)?;
            add_note(ctx, who, arrived.id, &note).await?;
        }
        if let Some(turn) = &act.turn {
            let turned = Turned::parse(Some(turn), act.words.as_deref(), ctx.limits.staff);
            let turned = turned.map_err(Error::Invalid)?;
            for remedy in open_case(ctx, who, arrived.id).await?.remedies {
                turn_remedy(ctx, who, (arrived.id, remedy.row.id), &turned).await?;
            }
        }
        if let Some(step) = act.step {
            let facts = self.facts(step, &act.facts)?.parse(ctx.limits).map_err(Error::Invalid)?;
            let done = take_step(ctx, who, arrived.id, step, &facts).await?;
            if let (StepDone::Proposed(proposal), Some(second)) = (done, &act.approved_by) {
                let second = caller(self.callers, second)?;
                attest(ctx, second, arrived.id).await?;
                approve_proposal(ctx, second, proposal).await?;
            }
        }
        Ok(())
    }

    fn arrived(&self, key: &str) -> Result<&Arrived, Failure> {
        self.cases.get(key).ok_or_else(|| Failure::Demo(format!("the case `{key}` has not arrived yet")))
    }

    /// The facts with ids in the place of logins and keys, and a day in the place of `+30`. Questions of triage that the
    /// story does not answer are answered as most reports would.
    fn facts(&self, step: Step, raw: &RawFacts) -> Result<RawFacts, Failure> {
        let mut raw = raw.clone();
        if matches!(step, Step::Assign | Step::Reject | Step::Merge | Step::Refer) {
            for question in TriageQuestion::ALL {
                let usual = if *question == TriageQuestion::InScope { "yes" } else { "no" };
                if let Some(place) = raw.field_mut(question.code()) {
                    place.get_or_insert_with(|| usual.to_owned());
                }
            }
        }
        if let Some(login) = raw.lead.take() {
            raw.lead = Some(caller(self.callers, &login)?.id.to_string());
        }
        if let Some(login) = raw.investigators.take() {
            raw.investigators = Some(caller(self.callers, &login)?.id.to_string());
        }
        if let Some(key) = raw.master.take() {
            raw.master = Some(self.arrived(&key)?.id.to_string());
        }
        if let Some(days) = raw.expected_on.take() {
            raw.expected_on = Some(self.later(&days)?.to_string());
        }
        if let Some(days) = raw.action_due.take() {
            raw.action_due = Some(self.later(&days)?.to_string());
        }
        if let Some(days) = raw.done_on.take() {
            raw.done_on = Some(self.later(&days)?.to_string());
        }
        Ok(raw)
    }

    fn later(&self, days: &str) -> Result<Date, Failure> {
        let days: i64 =
            days.parse().map_err(|_other| Failure::Demo(format!("`{days}` is no number of days")))?;
        Ok(self.ctx.store.today().saturating_add(SignedDuration::from_hours(days.saturating_mul(24))))
    }
}

fn unfit(error: TextError) -> Failure {
    Failure::Demo(error.to_string())
}
