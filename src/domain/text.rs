//! Texts that people write. Parsed once, at the edge: trimmed, line ends made `\n`, length in characters checked, NUL
//! refused (PostgreSQL and C strings cannot hold it). Content wipes itself and does not print.

use std::fmt;

use zeroize::Zeroizing;

/// Why a text is refused. Holds no part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("empty")]
    Empty,
    /// More characters than allowed.
    #[error("{got} characters, at most {max} allowed")]
    TooLong {
        /// The limit, in Unicode scalar values.
        max: usize,
        /// The length found, after trimming.
        got: usize,
    },
    /// A character that cannot be taken.
    #[error("forbidden character")]
    Forbidden,
}

/// Longest texts, in characters; part of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLimits {
    /// The report itself.
    pub narrative: usize,
    /// A message through the mailbox, either way.
    pub message: usize,
    /// Reasons, plans, notes and whatever else staff write.
    pub staff: usize,
}

impl Default for TextLimits {
    fn default() -> Self {
        Self { narrative: 100_000, message: 20_000, staff: 20_000 }
    }
}

fn prepare(raw: &str, max: usize) -> Result<Zeroizing<String>, TextError> {
    let trimmed = raw.trim();
    if trimmed.is_empty() {
        return Err(TextError::Empty);
    }
    if trimmed.contains('\0') {
        return Err(TextError::Forbidden);
    }
    // The buffer never grows, so no unwiped copy of the text is left behind by a reallocation.
    let mut clean = Zeroizing::new(String::with_capacity(trimmed.len()));
    let mut got: usize = 0;
    let mut chars = trimmed.chars().peekable();
    while let Some(c) = chars.next() {
        // Browsers send line breaks as CRLF but count them as one.
        if c == '\r' && chars.peek() == Some(&'\n') {
            continue;
        }
        clean.push(if c == '\r' { '\n' } else { c });
        got = got.saturating_add(1);
    }
    if got > max { Err(TextError::TooLong { max, got }) } else { Ok(clean) }
}

macro_rules! content {
    ($( $(#[$doc:meta])* $name:ident ),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Reads a text of at most `max` characters.
            ///
            /// # Errors
            /// [`TextError`] if it is empty after trimming, too long, or contains NUL.
            pub fn parse(raw: &str, max: usize) -> Result<Self, TextError> {
                prepare(raw, max).map(Self)
            }

            /// The text, to be sealed or shown to whoever may read it; never to be logged.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+ };
}

content! {
    /// What happened, in the reporter's words.
    Narrative,
    /// A message of the mailbox, either way.
    Message,
    /// The reasons of a decision.
    Reasons,
    /// A note, plan or other working text of staff.
    Note,
}

/// One line of at most `MAX` characters; content, so it does not print. Control characters are refused.
#[derive(Clone, PartialEq, Eq)]
pub struct ShortText<const MAX: usize>(Zeroizing<String>);

impl<const MAX: usize> ShortText<MAX> {
    /// Reads one line.
    ///
    /// # Errors
    /// [`TextError`] if it is empty after trimming, longer than `MAX`, or contains a control character.
    pub fn parse(raw: &str) -> Result<Self, TextError> {
        if raw.trim().chars().any(char::is_control) {
            return Err(TextError::Forbidden);
        }
        prepare(raw, MAX).map(Self)
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Debug for ShortText<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShortText(..)")
    }
}

/// The name under which a member of staff signs in: 3 to 64 of `a-z 0-9 . _ -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Login(String);

impl Login {
    /// Fewest characters.
    pub const MIN: usize = 3;
    /// Most characters.
    pub const MAX: usize = 64;

    /// Reads a login; upper case is folded, since people type it on phones.
    ///
    /// # Errors
    /// [`TextError`]; a login shorter than three characters is `Forbidden`.
    pub fn parse(raw: &str) -> Result<Self, TextError> {
        let login = raw.trim().to_ascii_lowercase();
        let got = login.chars().count();
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
        if got == 0 {
            Err(TextError::Empty)
        } else if got > Self::MAX {
            Err(TextError::TooLong { max: Self::MAX, got })
        } else if got < Self::MIN || !login.bytes().all(allowed) {
            Err(TextError::Forbidden)
        } else {
            Ok(Self(login))
        }
    }

    /// The login.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_trimmed_and_line_ends_made_one() {
        assert_eq!(Narrative::parse("  a\r\nb\rc\n ", 5).unwrap().expose(), "a\nb\nc");
        assert_eq!(Narrative::parse(" \r\n ", 5), Err(TextError::Empty));
        assert_eq!(Narrative::parse("a\0b", 5), Err(TextError::Forbidden));
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(Message::parse(&"қ".repeat(10), 10).is_ok());
        assert_eq!(Message::parse(&"қ".repeat(11), 10), Err(TextError::TooLong { max: 10, got: 11 }));
    }

    #[test]
    fn content_does_not_print() {
        let text = Reasons::parse("planted", 100).unwrap();
        let line = ShortText::<20>::parse("planted").unwrap();
        assert!(!format!("{text:?} {line:?}").contains("planted"));
    }

    #[test]
    fn short_texts_are_one_line() {
        assert_eq!(ShortText::<20>::parse("a\nb"), Err(TextError::Forbidden));
        assert_eq!(ShortText::<3>::parse(" abc ").unwrap().expose(), "abc");
        assert_eq!(ShortText::<3>::parse("abcd"), Err(TextError::TooLong { max: 3, got: 4 }));
    }

    #[test]
    fn logins_are_narrow() {
        assert_eq!(Login::parse(" A.Sample-1_x ").unwrap().as_str(), "a.sample-1_x");
        for bad in ["ab", "a b c", "қазақ", "a@b", "a/b/c"] {
            assert_eq!(Login::parse(bad), Err(TextError::Forbidden), "{bad}");
        }
        assert_eq!(Login::parse("  "), Err(TextError::Empty));
        assert!(matches!(Login::parse(&"a".repeat(65)), Err(TextError::TooLong { max: 64, got: 65 })));
    }

    proptest! {
        #[test]
        fn parsing_again_changes_nothing(raw in any::<String>()) {
            if let Ok(once) = Narrative::parse(&raw, 1000) {
                let twice = Narrative::parse(once.expose(), 1000).unwrap();
                prop_assert_eq!(once.expose(), twice.expose());
            }
        }
    }
}
