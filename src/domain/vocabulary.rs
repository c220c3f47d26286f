//! Closed vocabularies: enums that travel as short codes (columns, forms, JSON, audit entries).

/// A code that is not in the vocabulary it was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown {vocabulary} code")]
pub struct UnknownCode {
    /// The name of the enum, such as `Status`.
    pub vocabulary: &'static str,
}

/// Declares an enum whose variants have a code each, with `code`, `parse`, `ALL`, `Display`, `FromStr` and serde
/// (as the code). Codes are lower-case snake_case unless the vocabulary has a public standard (KATO regions).
macro_rules! vocabulary {
    (
        $(#[$outer:meta])*
        pub enum $name:ident { $( $(#[$inner:meta])* $variant:ident = $code:literal ),+ $(,)? }
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $( $(#[$inner])* $variant ),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$( Self::$variant ),+];

            /// The code under which the value is stored and exchanged.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $( Self::$variant => $code ),+ }
            }

            /// The value of a code; `None` if the vocabulary does not have it. Exact match: no trimming, no folding.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                match code { $( $code => Some(Self::$variant), )+ _ => None }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.code())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::domain::UnknownCode;
            fn from_str(code: &str) -> Result<Self, Self::Err> {
                Self::parse(code).ok_or($crate::domain::UnknownCode { vocabulary: stringify!($name) })
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(deserializer)?;
                code.parse().map_err(::serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use vocabulary;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fmt::Debug;

    use crate::domain::case::assessment::{Grade, Severity};
    use crate::domain::case::facts::{
        Answer, DetrimentLevel, Fact, FeedbackImpossible, FeedbackSent, Hearing, IdentityRemoved, NewGround,
        PauseReason, Proceedings, RetentionClass, ReviewResult, SubjectHeard, Unreferred,
    };
    use crate::domain::case::outcome::Outcome;
    use crate::domain::case::reason::ReasonCode;
    use crate::domain::case::remedy::{RemedyKind, RemedyState, RemedyTurn};
    use crate::domain::case::review::Review;
    use crate::domain::case::status::Status;
    use crate::domain::case::step::Step;
    use crate::domain::case::transition::{Doer, MessageKind};
    use crate::domain::configuration::{Kind, State, Touch, Why};
    use crate::domain::conflict::Concern;
    use crate::domain::language::Language;
    use crate::domain::mistake::Fault;
    use crate::domain::profile::{
        Anchor, ClockName, IdentityDefault, MetBy, ProfileId, Route, TriageQuestion, Unit, Waiver,
    };
    use crate::domain::report::Risk;
    use crate::domain::retaliation::{Form, Interim};
    use crate::domain::role::Role;
    use crate::domain::routing::{Mismatch, RouteReason};
    use crate::domain::taxonomy::{Category, RedFlag, Region, Weakness};

    fn sound<T: Copy + Eq + Debug + 'static>(
        all: &[T],
        code: impl Fn(T) -> &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) {
        let mut seen = HashSet::new();
        for &value in all {
            let code = code(value);
            assert!(seen.insert(code), "code {code} twice");
            assert_eq!(parse(code), Some(value));
            assert!(
                code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
                "{code}"
            );
        }
        assert_eq!(parse(""), None);
        assert_eq!(parse("no such code"), None);
    }

    macro_rules! all_sound {
        ($($name:ident),+ $(,)?) => { $( sound($name::ALL, $name::code, $name::parse); )+ };
    }

    #[test]
    fn every_vocabulary_reads_back_its_codes() {
        all_sound!(
            Anchor,
            FeedbackImpossible,
            RemedyKind,
            RemedyState,
            RemedyTurn,
            Unit,
            IdentityDefault,
            MetBy,
            Route,
            TriageQuestion,
            Waiver,
            Risk,
            Answer,
            Category,
            ClockName,
            Concern,
            DetrimentLevel,
            Doer,
            Fact,
            Grade,
            RedFlag,
            Severity,
            Unreferred,
            Weakness,
            Fault,
            Form,
            Interim,
            FeedbackSent,
            Hearing,
            IdentityRemoved,
            Kind,
            Language,
            MessageKind,
            Mismatch,
            NewGround,
            Outcome,
            PauseReason,
            Proceedings,
            ProfileId,
            ReasonCode,
            Region,
            RetentionClass,
            Review,
            ReviewResult,
            Role,
            RouteReason,
            State,
            Status,
            Step,
            SubjectHeard,
            Touch,
            Why,
        );
    }

    #[test]
    fn vocabularies_travel_as_strings_in_json() {
        assert_eq!(serde_json::to_string(&Status::AwaitingInfo).unwrap(), "\"awaiting_info\"");
        assert_eq!(serde_json::from_str::<Region>("\"10\"").unwrap(), Region::Abai);
        assert!(serde_json::from_str::<Status>("\"nowhere\"").is_err());
        assert_eq!(format!("{:>8}|", Status::Triage), "  triage|");
    }
}
