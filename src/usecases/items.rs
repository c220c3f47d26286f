//! Sealing and opening the pieces of a case.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{context::Context, error::Error, holders::HeldSeeds};
use crate::{
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
    storage::{
        Db,
        cases::CaseRow,
        content::{ItemRow, NewItem},
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
    /// The public half of a case's current epoch.
    pub(super) async fn public(db: &mut Db<'_>, case: &CaseRow) -> Result<Self, Error> {
        let bytes =
            db.epoch_key(case.id, case.epoch).await?.ok_or(Error::Sealed("the epoch's public half"))?;
        Ok(Self::Public(KemPublic::parse(&bytes).map_err(|_cause| Error::Sealed("the epoch's public half"))?))
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
    ) -> Result<NewItem, Error> {
        let id = ItemId(crate::crypto::random::uuid_v4(rng));
        let sealed = sealer.seal(ctx, id, content, rng)?;
        Ok(NewItem { sealed: Some(sealed), ..self.item(id, kind) })
    }

    /// A closed text of the catalogue.
    pub(super) fn template(self, code: &str, rng: &mut Rng) -> NewItem {
        let id = ItemId(crate::crypto::random::uuid_v4(rng));
        NewItem { template: Some(code.to_owned()), author_id: None, ..self.item(id, ItemKind::SystemMessage) }
    }

    const fn item(self, id: ItemId, kind: ItemKind) -> NewItem {
        NewItem {
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
            ItemKind::Report | ItemKind::Question | ItemKind::StepRecord | ItemKind::SystemMessage => {
                keys.open_held(&place, sealed)?
            }
        })
    }
}
