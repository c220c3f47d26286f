//! JSON as entries use it, read once, in place: objects, lists, text and whole numbers.
//!
//! [`parse`] takes canonical bytes only (RFC 8785) and of these only what an entry may hold: printable ASCII without
//! escapes, whole numbers that every reader keeps, members in ascending order, no space. So what it reads needs no second
//! look, and a log of millions of entries is read at the speed at which it is hashed. Everything else goes the long way
//! through a full reader, which can also say what is wrong.

use serde_json::Value;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node<'b> {
    /// A string.
    Text(&'b str),
    /// A whole number.
    Whole(u64),
    /// A list.
    List(Vec<Node<'b>>),
    /// Members in their order.
    Object(Vec<(&'b str, Node<'b>)>),
    /// What no entry holds: a fraction, a negative number, true, false, null.
    Other,
}

/// The largest whole number that every reader of JSON keeps exactly (RFC 8259 section 6).
pub(super) const LARGEST: u64 = (1 << 53) - 1;
/// An entry is an object of objects and lists of words.
const DEPTH: u8 = 4;

impl<'b> Node<'b> {
    /// What a full reader read.
    pub fn of(value: &'b Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text),
            Value::Number(number) => number.as_u64().map_or(Self::Other, Self::Whole),
            Value::Array(list) => Self::List(list.iter().map(Self::of).collect()),
            Value::Object(object) => {
                Self::Object(object.iter().map(|(name, value)| (name.as_str(), Self::of(value))).collect())
            }
            Value::Null | Value::Bool(_) => Self::Other,
        }
    }

    /// A member of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// The members of an object; none of what is no object.
    pub fn members(&self) -> &[(&'b str, Self)] {
        if let Self::Object(members) = self { members } else { &[] }
    }

    /// The items of a list; none of what is no list.
    pub fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// A string.
    pub const fn text(&self) -> Option<&'b str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A whole number.
    pub const fn whole(&self) -> Option<u64> {
        if let Self::Whole(number) = self { Some(*number) } else { None }
    }
}

/// Reads canonical bytes of this kind; `None` where they are anything else.
pub(super) fn parse(bytes: &[u8]) -> Option<Node<'_>> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii())?;
    let mut rest = text;
    let node = value(&mut rest, DEPTH)?;
    (rest.is_empty() && matches!(node, Node::Object(_))).then_some(node)
}

fn value<'b>(rest: &mut &'b str, depth: u8) -> Option<Node<'b>> {
    match rest.bytes().next()? {
        b'"' => string(rest).map(Node::Text),
        b'0'..=b'9' => number(rest),
        b'{' => object(rest, depth.checked_sub(1)?),
        b'[' => list(rest, depth.checked_sub(1)?),
        _ => None,
    }
}

/// Takes this text off the beginning, if it stands there.
fn take(rest: &mut &str, wanted: &str) -> bool {
    rest.strip_prefix(wanted).map(|after| *rest = after).is_some()
}

fn string<'b>(rest: &mut &'b str) -> Option<&'b str> {
    let (inside, after) = rest.strip_prefix('"')?.split_once('"')?;
    *rest = after;
    inside.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\').then_some(inside)
}

fn number<'b>(rest: &mut &str) -> Option<Node<'b>> {
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, after) = rest.split_at_checked(length)?;
    let canonical = digits == "0" || !digits.starts_with('0');
    *rest = after;
    digits.parse().ok().filter(|number| canonical && *number <= LARGEST).map(Node::Whole)
}

fn object<'b>(rest: &mut &'b str, depth: u8) -> Option<Node<'b>> {
    take(rest, "{").then_some(())?;
    let mut members: Vec<(&str, Node<'_>)> = Vec::with_capacity(if depth + 1 == DEPTH { 16 } else { 4 });
    if take(rest, "}") {
        return Some(Node::Object(members));
    }
    loop {
        let name = string(rest)?;
        take(rest, ":").then_some(())?;
        // Of ASCII the order of bytes is that of UTF-16, by which RFC 8785 sorts.
        members.last().is_none_or(|(last, _)| *last < name).then_some(())?;
        members.push((name, value(rest, depth)?));
        if take(rest, "}") {
            return Some(Node::Object(members));
        }
        take(rest, ",").then_some(())?;
    }
}

fn list<'b>(rest: &mut &'b str, depth: u8) -> Option<Node<'b>> {
    take(rest, "[").then_some(())?;
    let mut items = Vec::new();
    if take(rest, "]") {
        return Some(Node::List(items));
    }
    loop {
        items.push(value(rest, depth)?);
        if take(rest, "]") {
            return Some(Node::List(items));
        }
        take(rest, ",").then_some(())?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(bytes: &[u8]) -> bool {
        let read = serde_json::from_slice::<Value>(bytes);
        read.is_ok_and(|value| serde_json_canonicalizer::to_vec(&value).is_ok_and(|again| again == bytes))
    }

    #[test]
    fn what_an_entry_holds_is_read_as_a_full_reader_reads_it() {
        let text = r#"{"a":["x","y"],"b":{"c":0,"d":{}},"n":9007199254740991,"t":"a/b-c.d ~"}"#;
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(parse(text.as_bytes()), Some(Node::of(&value)));
        assert!(canonical(text.as_bytes()));
    }

    #[test]
    fn everything_else_goes_the_long_way() {
        for text in [
            "",
            "1",
            "\"a\"",
            "[]",
            "{",
            "{}x",
            "{ }",
            r#"{"a":1,}"#,
            r#"{"b":1,"a":2}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"a":01}"#,
            r#"{"a":-1}"#,
            r#"{"a":1.5}"#,
            r#"{"a":1e3}"#,
            r#"{"a":9007199254740992}"#,
            r#"{"a":99999999999999999999}"#,
            r#"{"a":null}"#,
            r#"{"a":true}"#,
            r#"{"a":"\u0041"}"#,
            "{\"a\":\"\u{7}\"}",
            "{\"a\":\"\u{44f}\"}",
            r#"{"a":[1,]}"#,
            r#"{"a":[1 ]}"#,
            r#"{"a":}"#,
            r#"{"a":{"b":{"c":{"d":{}}}}}"#,
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse(&[b'{', 0xff, b'}']), None);
    }

    proptest! {
        #[test]
        fn what_it_takes_is_canonical(text in r#"[\[\]{}",:a-c0-3\\ .-]{0,24}"#) {
            if let Some(node) = parse(text.as_bytes()) {
                prop_assert!(canonical(text.as_bytes()), "{text}");
                let value: Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(node, Node::of(&value));
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse(&bytes);
        }
    }
}
