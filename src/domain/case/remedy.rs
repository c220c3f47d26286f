//! What is to be done after an outcome: corrective actions and recommendations, each with an addressee, a due day, a
//! response, evidence and a verifier (OECD 12(a); control OI-12a-1). What they say is content: sealed with the case.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::facts::Measure;
use crate::domain::{
    field_error::FieldError,
    ids::{BodyId, RemedyId},
    text::{Reasons, ShortText},
    vocabulary::vocabulary,
};

/// To whom a remedy is addressed, in words.
pub type Addressee = ShortText<300>;

vocabulary! {
    /// What a remedy is.
    pub enum RemedyKind {
        /// Something that must be put right.
        CorrectiveAction = "corrective_action",
        /// Something that should be done otherwise from now on.
        Recommendation = "recommendation",
    }
}

vocabulary! {
    /// How far a remedy is.
    pub enum RemedyState {
        /// The addressee has not answered.
        Open = "open",
        /// The addressee will do it.
        Accepted = "accepted",
        /// The addressee will not, and says why.
        Rejected = "rejected",
        /// It was done, as the evidence says.
        Done = "done",
        /// Somebody else found that it was done.
        Verified = "verified",
        /// It goes on outside the case, in the register of recommendations.
        HandedOver = "handed_over",
    }
}

vocabulary! {
    /// What happens to a remedy.
    pub enum RemedyTurn {
        /// The addressee accepts it.
        Accept = "accept",
        /// The addressee rejects it, with reasons.
        Reject = "reject",
        /// It was done: with the evidence. Once more where a verifier was not satisfied.
        Finish = "finish",
        /// A second person found that it was done.
        Verify = "verify",
        /// It goes over to the register of recommendations.
        HandOver = "hand_over",
    }
}

impl RemedyState {
    /// Whether the case no longer waits for it.
    #[must_use]
    pub const fn ended(self) -> bool {
        matches!(self, Self::Verified | Self::HandedOver)
    }

    /// Whether its due day still counts.
    #[must_use]
    pub const fn awaited(self) -> bool {
        matches!(self, Self::Open | Self::Accepted | Self::Rejected)
    }
}

impl RemedyTurn {
    /// Where it leads from a state; `None` where it cannot happen.
    #[must_use]
    pub const fn leads(self, from: RemedyState) -> Option<RemedyState> {
        use RemedyState as S;
        match (self, from) {
            (Self::Accept, S::Open | S::Rejected) => Some(S::Accepted),
            (Self::Reject, S::Open | S::Accepted) => Some(S::Rejected),
            (Self::Finish, S::Accepted | S::Done) => Some(S::Done),
            (Self::Verify, S::Done) => Some(S::Verified),
            (Self::HandOver, S::Open | S::Accepted | S::Rejected | S::Done) => Some(S::HandedOver),
            _ => None,
        }
    }

    /// Whether it must be explained: by reasons, or by evidence.
    #[must_use]
    pub const fn needs_words(self) -> bool {
        matches!(self, Self::Reject | Self::Finish | Self::HandOver)
    }
}

/// A new remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRemedy {
    /// What it is.
    pub kind: RemedyKind,
    /// What is to be done.
    pub what: Measure,
    /// By whom.
    pub addressee: Addressee,
    /// The same, where it is a body of the registry.
    pub body: Option<BodyId>,
    /// Until when.
    pub due_on: Date,
}

/// A new remedy as it is sent. An empty field is the same as none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRemedy {
    /// Code of [`RemedyKind`].
    pub action_kind: Option<String>,
    /// What is to be done.
    pub measure: Option<String>,
    /// By whom, in words.
    pub addressee: Option<String>,
    /// Id of a body of the registry.
    pub addressee_body: Option<String>,
    /// A day, `YYYY-MM-DD`.
    pub action_due: Option<String>,
}

fn given(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

impl NewRemedy {
    /// Reads a remedy.
    ///
    /// # Errors
    /// One [`FieldError`] per field that lacks or cannot be read.
    pub fn parse(raw: &RawRemedy) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut need = |field, known: Option<bool>| match known {
            None => faults.push(FieldError::new(field, FieldError::REQUIRED)),
            Some(false) => faults.push(FieldError::new(field, FieldError::UNKNOWN)),
            Some(true) => {}
        };
        let kind = given(&raw.action_kind).map(RemedyKind::parse);
        let due_on = given(&raw.action_due).map(|day| day.parse::<Date>().ok());
        let body = given(&raw.addressee_body).map(|id| id.parse::<BodyId>().ok());
        need("action_kind", kind.map(|kind| kind.is_some()));
        need("action_due", due_on.map(|day| day.is_some()));
        need("addressee_body", Some(body.is_none_or(|body| body.is_some())));
        let what = Measure::parse(given(&raw.measure).unwrap_or_default())
            .map_err(|error| faults.push(FieldError::from_text("measure", &error)));
        let addressee = Addressee::parse(given(&raw.addressee).unwrap_or_default())
            .map_err(|error| faults.push(FieldError::from_text("addressee", &error)));
        match (kind.flatten(), what, addressee, due_on.flatten()) {
            (Some(kind), Ok(what), Ok(addressee), Some(due_on)) if faults.is_empty() => {
                Ok(Self { kind, what, addressee, body: body.flatten(), due_on })
            }
            _ => Err(faults),
        }
    }
}

/// A turn with its words: reasons, or evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// What happens.
    pub turn: RemedyTurn,
    /// Why, or how it shows.
    pub words: Option<Reasons>,
}

impl Turned {
    /// Reads a turn.
    ///
    /// # Errors
    /// [`FieldError`] for `turn` and `words`.
    pub fn parse(turn: Option<&str>, words: Option<&str>, most: usize) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let known = turn.map(RemedyTurn::parse);
        if known.flatten().is_none() {
            let code = if known.is_none() { FieldError::REQUIRED } else { FieldError::UNKNOWN };
            faults.push(FieldError::new("turn", code));
        }
        let given = words.map(str::trim).filter(|text| !text.is_empty());
        let words = given
            .map(|text| Reasons::parse(text, most))
            .transpose()
            .map_err(|error| faults.push(FieldError::from_text("words", &error)))
            .ok()
            .flatten();
        if given.is_none() && known.flatten().is_some_and(RemedyTurn::needs_words) {
            faults.push(FieldError::new("words", FieldError::REQUIRED));
        }
        match known.flatten() {
            Some(turn) if faults.is_empty() => Ok(Self { turn, words }),
            _ => Err(faults),
        }
    }
}

/// What a piece of a case says of a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemedyPiece {
    /// Which.
    pub remedy: RemedyId,
    /// What.
    pub said: RemedySaid,
}

/// What is said of a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemedySaid {
    /// What is to be done, and by whom.
    Named(Measure, Addressee),
    /// What happened to it.
    Turned(Turned),
}

#[derive(Serialize, Deserialize)]
struct Written {
    v: u8,
    remedy: RemedyId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    what: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    addressee: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    turn: Option<RemedyTurn>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<String>,
}

const FORMAT: u8 = 1;

impl RemedyPiece {
    /// The content bytes to be sealed.
    #[must_use]
    pub fn to_sealed_json(&self) -> Zeroizing<Vec<u8>> {
        let bare =
            Written { v: FORMAT, remedy: self.remedy, what: None, addressee: None, turn: None, words: None };
        let written = match &self.said {
            RemedySaid::Named(what, addressee) => Written {
                what: Some(what.expose().to_owned()),
                addressee: Some(addressee.expose().to_owned()),
                ..bare
            },
            RemedySaid::Turned(turned) => Written {
                turn: Some(turned.turn),
                words: turned.words.as_ref().map(|words| words.expose().to_owned()),
                ..bare
            },
        };
        Zeroizing::new(serde_json::to_vec(&written).unwrap_or_default())
    }

    /// Reads back what [`RemedyPiece::to_sealed_json`] wrote; `None` where it is of no known format.
    #[must_use]
    pub fn from_sealed_json(bytes: &[u8]) -> Option<Self> {
        let read: Written = serde_json::from_slice(bytes).ok()?;
        let said = match (read.turn, &read.what, &read.addressee) {
            (Some(turn), None, None) => {
                let words = read.words.as_deref();
                RemedySaid::Turned(Turned::parse(Some(turn.code()), words, usize::MAX).ok()?)
            }
            (None, Some(what), Some(addressee)) => {
                RemedySaid::Named(Measure::parse(what).ok()?, Addressee::parse(addressee).ok()?)
            }
            _ => return None,
        };
        (read.v == FORMAT).then_some(Self { remedy: read.remedy, said })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_ended_remedy_takes_no_turn_and_every_other_can_be_handed_over() {
        for state in RemedyState::ALL {
            let turns: Vec<_> = RemedyTurn::ALL.iter().filter(|turn| turn.leads(*state).is_some()).collect();
            assert_eq!(turns.is_empty(), state.ended(), "{state}");
            assert_eq!(RemedyTurn::HandOver.leads(*state).is_some(), !state.ended(), "{state}");
        }
        assert_eq!(RemedyTurn::Verify.leads(RemedyState::Accepted), None, "nothing was done yet");
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let raw = RawRemedy {
            action_kind: Some("advice".into()),
            addressee_body: Some("17".into()),
            ..RawRemedy::default()
        };
        let mut faults: Vec<_> =
            NewRemedy::parse(&raw).unwrap_err().iter().map(|fault| (fault.field, fault.code)).collect();
        faults.sort_unstable();
        let (required, unknown) = (FieldError::REQUIRED, FieldError::UNKNOWN);
        let expected = [
            ("action_due", required),
            ("action_kind", unknown),
            ("addressee", required),
            ("addressee_body", unknown),
            ("measure", required),
        ];
        assert_eq!(faults, expected);
        let fault = |turn| Turned::parse(turn, Some("  "), 10).unwrap_err()[0];
        assert_eq!(fault(Some("reject")), FieldError::new("words", FieldError::REQUIRED));
        assert_eq!(fault(Some("burn")), FieldError::new("turn", FieldError::UNKNOWN));
        assert_eq!(fault(None), FieldError::new("turn", FieldError::REQUIRED));
    }

    #[test]
    fn pieces_read_back() {
        let remedy = RemedyId(Uuid::from_u128(5));
        let named = RemedySaid::Named(
            Measure::parse("Publish it.").unwrap(),
            Addressee::parse("The head of procurement").unwrap(),
        );
        let turned = RemedySaid::Turned(Turned::parse(Some("finish"), Some("Order 17."), 100).unwrap());
        for said in [named, turned] {
            let piece = RemedyPiece { remedy, said };
            assert_eq!(RemedyPiece::from_sealed_json(&piece.to_sealed_json()), Some(piece));
        }
        assert_eq!(RemedyPiece::from_sealed_json(b"{\"v\":1,\"remedy\":\"x\"}"), None);
    }
}
