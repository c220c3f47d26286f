//! Sealing and opening the pieces of a case.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    authentic::present_epoch,
    caller::Caller,
    case_access::{locked, role_code},
    context::Context,
    denials::watched,
    error::Error,
    holders::HeldSeeds,
};
use crate::{
    audit::act::Act,
    crypto::{
        epoch::{EpochKeys, seal_for_epoch},
        kem::KemPublic,
        random::Rng,
        secret::SecretBytes,
    },
    domain::{
        case::item::ItemKind,
        ids::{CaseId, ItemId, ProposalId, StaffId},
    },
    policy::{Action, Permit},
    storage::{
        Db, Tx,
        cases::{CaseChange, CaseRow},
        content::ItemRow,
    },
};

/// The table of the pieces, to which seals are bound.
pub(super) const ITEMS: &str = "case_items";
/// The column of the sealed bytes.
pub(super) const SEALED: &str = "sealed";

/// Words as they are sealed.
#[derive(Serialize, Deserialize)]
struct Words<'a> {
    v: u8,
    #[serde(borrow)]
    text: std::borrow::Cow<'a, str>,
}

/// The content bytes of a text.
pub(super) fn words(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(serde_json::to_vec(&Words { v: 1, text: text.into() }).unwrap_or_default())
}

/// The text of content bytes.
pub(super) fn text_of(bytes: &SecretBytes) -> Result<String, Error> {
    let words: Words<'_> = serde_json::from_slice(bytes.expose())
        .map_err(|_cause| Error::Sealed("the content is of no known format"))?;
    Ok(words.text.into_owned())
}

/// A key that seals for a case: of a holder, or the public half for everybody else.
pub(super) enum Sealer {
    /// Somebody who may read.
    Holder(EpochKeys),
    /// Anybody: a timer, a colleague without attestation, the reporter.
    Public(KemPublic),
}

impl Sealer {
    /// The public half of a case's current epoch, which this server wrote.
    pub(super) async fn public(ctx: &Context, db: &mut Db<'_>, case: &CaseRow) -> Result<Self, Error> {
        Ok(Self::Public(present_epoch(ctx, db, case).await?))
    }

    fn seal(&self, ctx: &Context, id: ItemId, content: &[u8], rng: &mut Rng) -> Result<Vec<u8>, Error> {
        let place = ctx.store.place(ITEMS, id.0.as_bytes(), SEALED);
        Ok(match self {
            Self::Holder(keys) => keys.seal(&place, content, rng)?,
            Self::Public(key) => seal_for_epoch(key, &place, content, rng)?,
        })
    }
}

/// Where a new piece stands: which case, in which entry, on which day, waiting for which proposal.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) case: CaseId,
    pub(super) n: i32,
    pub(super) epoch: i32,
    pub(super) on: jiff::civil::Date,
    pub(super) author: Option<StaffId>,
    pub(super) proposal: Option<ProposalId>,
}

impl Spot {
    /// In the next entry of a case.
    pub(super) const fn next(case: &CaseRow, on: jiff::civil::Date, author: Option<StaffId>) -> Self {
        Self { case: case.id, n: case.next_n(), epoch: case.epoch, on, author, proposal: None }
    }

    /// A sealed piece.
    pub(super) fn sealed(
        self,
        ctx: &Context,
        kind: ItemKind,
        (sealer, content): (&Sealer, &[u8]),
        rng: &mut Rng,
    ) -> Result<ItemRow, Error> {
        let id = ItemId(crate::crypto::random::uuid_v4(rng));
        let sealed = sealer.seal(ctx, id, content, rng)?;
        Ok(ItemRow { sealed: Some(sealed), ..self.item(id, kind) })
    }

    /// A closed text of the catalogue.
    pub(super) fn template(self, code: &str, rng: &mut Rng) -> ItemRow {
        let id = ItemId(crate::crypto::random::uuid_v4(rng));
        ItemRow { template: Some(code.to_owned()), author_id: None, ..self.item(id, ItemKind::SystemMessage) }
    }

    const fn item(self, id: ItemId, kind: ItemKind) -> ItemRow {
        ItemRow {
            id,
            case_id: self.case,
            n: self.n,
            epoch: self.epoch,
            kind,
            author_id: self.author,
            template: None,
            sealed: None,
            written_on: self.on,
            proposal_id: self.proposal,
        }
    }
}

/// Puts words into a case, sealed with its public half: whoever writes needs no key.
pub(super) async fn insert_words(
    ctx: &Context,
    tx: &mut Tx<'_>,
    permit: &Permit,
    (case, spot): (&CaseRow, Spot),
    (kind, text): (ItemKind, &str),
) -> Result<ItemId, Error> {
    let sealer = Sealer::public(ctx, tx, case).await?;
    let item = spot.sealed(ctx, kind, (&sealer, &words(text)), &mut tx.rng)?;
    let id = item.id;
    tx.insert_item(permit, item).await?;
    Ok(id)
}

/// A way in which staff write into a case without changing anything else.
pub(super) struct Writing {
    /// The transaction's name in the trace.
    pub(super) name: &'static str,
    /// What must be allowed.
    pub(super) action: Action,
    /// What it becomes.
    pub(super) kind: ItemKind,
    /// What the record says.
    pub(super) act: Act,
}

/// Writes words of a member of staff into a case, with their entry.
pub(super) async fn write_item(
    ctx: &Context,
    caller: &Caller,
    id: CaseId,
    writing: &Writing,
    text: &str,
) -> Result<ItemId, Error> {
    let outcome = ctx
        .store
        .record(writing.name, async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, writing.action).await?;
            let spot = Spot::next(&case, ctx.today_of(&case), Some(caller.id));
            let item = insert_words(ctx, tx, &permit, (&case, spot), (writing.kind, text)).await?;
            let draft = caller.draft(writing.act, role_code(&situation), ctx.store.now());
            Ok((item, tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}

/// Opens sealed pieces with the epochs that somebody holds.
pub(super) struct Opener<'a> {
    ctx: &'a Context,
    keys: Vec<(i32, EpochKeys)>,
}

impl<'a> Opener<'a> {
    pub(super) fn new(ctx: &'a Context, seeds: &HeldSeeds) -> Self {
        Self { ctx, keys: seeds.all_keys() }
    }

    /// The content of a sealed piece. What only holders write must be sealed by a holder; notes and the reporter's
    /// messages may come by the public half.
    pub(super) fn open(&self, item: &ItemRow) -> Result<SecretBytes, Error> {
        let sealed = item.sealed.as_deref().ok_or(Error::Sealed("the piece has no content"))?;
        let keys = self.keys.iter().find(|(epoch, _)| *epoch == item.epoch).map(|(_, keys)| keys);
        let keys = keys.ok_or(Error::Sealed("an epoch that is not held"))?;
        let place = self.ctx.store.place(ITEMS, item.id.0.as_bytes(), SEALED);
        Ok(match item.kind {
            ItemKind::Note | ItemKind::ReporterMessage | ItemKind::DeskMessage => {
                keys.open(&place, sealed)?
            }
            ItemKind::Report
            | ItemKind::Question
            | ItemKind::StepRecord
            | ItemKind::SystemMessage
            | ItemKind::Subject
            | ItemKind::Package
            | ItemKind::Remedy => keys.open_held(&place, sealed)?,
        })
    }
}
