//! Putting a change of the configuration in force, within the transaction of whoever brings that about: the administrator
//! who approves it last, or the timer when its time has come.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    authentic::Authentic,
    body_tree::digest_of,
    caller::Caller,
    config_plan::{File, plan},
    context::Context,
    error::Error,
    registry::Registry,
};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, ObjectKind, When},
    },
    domain::{
        configuration::{Kind, State, Why, bodies::ListedBody, desks::ListedDesk, rules::ListedRule},
        ids::{BodyId, DeskId},
    },
    policy::Permit,
    storage::{
        Tx, Written,
        bodies::BodyRow,
        config_changes::ChangeRow,
        desks::{DeskRow, KeptRule, RuleRow},
        instance::{BodiesPin, InstanceRow, Pin},
    },
};

/// Who brings it about.
#[derive(Clone, Copy)]
pub(super) enum Hand<'h> {
    /// An administrator.
    Of(&'h Caller),
    /// The operator at the command line.
    Operator,
    /// The timer.
    Timer,
}

impl<'h> Hand<'h> {
    /// An entry's beginning.
    pub(super) fn draft(self, act: Act, now: Timestamp) -> Draft<'h> {
        match self {
            Self::Of(caller) => caller.draft(act, "administrator", now),
            Self::Operator => Draft::new(act, By::System, When::At(now)),
            Self::Timer => Draft::new(act, By::Timer, When::At(now)),
        }
    }
}

/// A change while something becomes of it: it and the instance are locked.
pub(super) struct Deciding<'d> {
    pub ctx: &'d Context,
    pub permit: &'d Permit,
    pub hand: Hand<'d>,
    pub registry: &'d Registry,
    pub instance: &'d InstanceRow,
}

/// The digest of a change's file, as entries name it.
pub(super) fn file_digest(row: &ChangeRow) -> Result<[u8; 32], Error> {
    row.digest.as_slice().try_into().map_err(|_cause| Error::Sealed("the digest of a change"))
}

impl<'d> Deciding<'d> {
    /// An entry about the change, which answers the one by which it was proposed.
    pub(super) async fn draft(&self, tx: &mut Tx<'_>, act: Act, row: &ChangeRow) -> Result<Draft<'d>, Error> {
        let draft = self.hand.draft(act, self.ctx.store.now());
        let draft = draft.code("what", row.kind.code()).committing("config", file_digest(row)?);
        let proposed = tx.commitment(ObjectKind::Instance, self.instance.audit_id, row.proposed_n).await?;
        Ok(draft.answering(proposed.ok_or(Error::Sealed("the entry of a proposal is gone"))?))
    }

    /// Why a change no longer fits, if it does not; what it would change, if it does.
    pub(super) async fn fit(&self, tx: &mut Tx<'_>, row: &ChangeRow) -> Result<Result<File, Why>, Error> {
        if row.change().behind().iter().any(|staff| !self.registry.is_administrator(*staff)) {
            return Ok(Err(Why::Left));
        }
        if row.kind.is_whole() && row.base != tx.changes_in_force(row.kind).await? {
            return Ok(Err(Why::Overtaken));
        }
        let text = tx.change_file(row.id).await?;
        match plan(tx, self.registry, (row.kind, &text)).await {
            Ok(plan) if plan.difference.is_empty() => Ok(Err(Why::Unfit)),
            Ok(plan) => Ok(Ok(plan.file)),
            Err(Error::Mistakes(_)) => Ok(Err(Why::Unfit)),
            Err(error) => Err(error),
        }
    }

    /// Writes that it no longer fits.
    pub(super) async fn outdate(
        &self,
        tx: &mut Tx<'_>,
        mut row: ChangeRow,
        why: Why,
    ) -> Result<Written, Error> {
        let draft = self.draft(tx, Act::ConfigStale, &row).await?.code("why", why.code());
        (row.state, row.why, row.ended_at) = (State::Stale, Some(why), Some(self.ctx.store.now()));
        self.save(tx, row).await?;
        Ok(tx.save_instance(self.permit, self.instance, &draft).await?)
    }

    /// Writes the change with the server's proof.
    pub(super) async fn save(&self, tx: &mut Tx<'_>, mut row: ChangeRow) -> Result<(), Error> {
        row.mac = Authentic::change(self.ctx, &row).mac(self.ctx).to_vec();
        Ok(tx.save_change(self.permit, row).await?)
    }

    /// Puts it in force.
    pub(super) async fn force(
        &self,
        tx: &mut Tx<'_>,
        mut row: ChangeRow,
        (file, draft): (File, Draft<'_>),
    ) -> Result<Written, Error> {
        (row.state, row.ended_at) = (State::InForce, Some(self.ctx.store.now()));
        row.base = tx.changes_in_force(row.kind).await?;
        self.save(tx, row).await?;
        let pin = match file {
            File::Bodies(bodies) => Pin::Bodies(self.write_bodies(tx, &bodies).await?),
            File::Desks(desks) => {
                for desk in desks {
                    self.open_desk(tx, desk).await?;
                }
                Pin::None
            }
            File::Routing(rules) => {
                self.write_rules(tx, rules).await?;
                Pin::None
            }
            // Its file in force is what counts.
            File::Version => Pin::None,
        };
        Ok(tx.save_pinned(self.permit, self.instance, pin, &draft.and(Act::ConfigChanged)).await?)
    }

    /// Makes the registry what the file says. What left it is removed, or closed where something refers to it or to what
    /// is under it.
    async fn write_bodies(&self, tx: &mut Tx<'_>, listed: &[ListedBody]) -> Result<BodiesPin, Error> {
        let there = tx.all_bodies().await?;
        let mut ids: BTreeMap<&str, BodyId> = there.iter().map(|row| (row.code.as_str(), row.id)).collect();
        for body in listed {
            ids.entry(&body.code).or_insert_with(|| BodyId(tx.uuid()));
        }
        let before: BTreeMap<BodyId, &BodyRow> = there.iter().map(|row| (row.id, row)).collect();
        let rows = listed.iter().filter_map(|body| row_of(body, &ids));
        let mut changed: Vec<BodyRow> = rows.filter(|row| before.get(&row.id) != Some(&row)).collect();
        let kept: BTreeSet<&str> = listed.iter().map(|body| body.code.as_str()).collect();
        let gone: Vec<&BodyRow> = there.iter().filter(|row| !kept.contains(row.code.as_str())).collect();
        let going: Vec<BodyId> = gone.iter().map(|row| row.id).collect();
        let mut closed = BTreeSet::new();
        for id in tx.bodies_in_use(&going).await? {
            // Above what stays closed everything stays: rules for it still hold.
            let mut next = before.get(&id);
            while let Some(row) =
                next.filter(|row| !kept.contains(row.code.as_str()) && closed.insert(row.id))
            {
                next = row.parent_id.and_then(|parent| before.get(&parent));
            }
        }
        let closing = gone.iter().filter(|row| closed.contains(&row.id) && !row.closed);
        changed.extend(closing.map(|row| BodyRow { closed: true, ..(*row).clone() }));
        tx.write_bodies(self.permit, &changed).await?;
        let removed: Vec<BodyId> = going.into_iter().filter(|id| !closed.contains(id)).collect();
        tx.remove_bodies(self.permit, &removed).await?;
        let tree = digest_of(&tx.body_tree().await?);
        let mac = Authentic::bodies(self.ctx, self.instance, &tree).mac(self.ctx);
        Ok(BodiesPin { digest: tx.bodies_digest().await?, mac })
    }

    async fn open_desk(&self, tx: &mut Tx<'_>, desk: ListedDesk) -> Result<(), Error> {
        let body = tx.body_of_code(&desk.body).await?.ok_or(Error::Conflict)?;
        let [name_kk, name_ru, name_en] = desk.names;
        let mut row = DeskRow {
            id: DeskId(tx.uuid()),
            audit_id: Uuid::nil(),
            body_id: body.id,
            name_kk,
            name_ru,
            name_en,
            profile: desk.profile,
            independent: desk.independent,
            recovery_key: desk.recovery,
            recovery_threshold: i32::from(desk.threshold),
            recovery_shares: i32::from(desk.shares),
            audit_n: 0,
            audit_head: Vec::new(),
            mac: Vec::new(),
            code: desk.code,
        };
        row.mac = Authentic::desk(self.ctx, &row).mac(self.ctx).to_vec();
        let draft =
            self.hand.draft(Act::DeskOpened, self.ctx.store.now()).code("profile", row.profile.code());
        let _desk = tx.insert_desk(self.permit, row, &draft).await?;
        Ok(())
    }

    async fn write_rules(&self, tx: &mut Tx<'_>, rules: Vec<ListedRule>) -> Result<(), Error> {
        let codes: Vec<&str> = rules.iter().filter_map(|rule| rule.body.as_deref()).collect();
        let bodies = tx.bodies_of_codes(&codes).await?;
        let desks = tx.desks().await?;
        let mut kept = Vec::with_capacity(rules.len());
        for rule in &rules {
            let body = |code: &String| bodies.iter().find(|row| row.code == *code).map(|row| row.id);
            let desk = desks.iter().find(|desk| desk.code == rule.desk).ok_or(Error::Conflict)?;
            let rule = RuleRow {
                position: rule.position,
                body_id: rule.body.as_ref().map(|code| body(code).ok_or(Error::Conflict)).transpose()?,
                category: rule.category,
                region: rule.region,
                desk_id: desk.id,
            };
            let mac = Authentic::rule(self.ctx, &rule).mac(self.ctx).to_vec();
            kept.push(KeptRule { rule, mac });
        }
        Ok(tx.replace_rules(self.permit, kept).await?)
    }
}

fn row_of(body: &ListedBody, ids: &BTreeMap<&str, BodyId>) -> Option<BodyRow> {
    let [name_kk, name_ru, name_en] = body.names.clone();
    Some(BodyRow {
        id: *ids.get(body.code.as_str())?,
        parent_id: body.parent.as_deref().and_then(|code| ids.get(code).copied()),
        region: body.region,
        name_kk,
        name_ru,
        name_en,
        code: body.code.clone(),
        closed: false,
    })
}

/// Whether nothing waits because there is nothing yet that could be loosened: no desk is open, or the first rules are to
/// send reports to those that are.
pub(super) async fn is_founding(tx: &mut Tx<'_>, kind: Kind) -> Result<bool, Error> {
    Ok(tx.desks().await?.is_empty() || (kind == Kind::Routing && tx.changes_in_force(kind).await? == 0))
}
