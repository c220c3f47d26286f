/// The checklist of a case's end.
#[derive(Debug, Clone)]
pub struct ClosingList {
    /// What belongs to it.
    pub lines: Vec<ClosingLine>,
    /// True where everything is there.
    pub whole: bool,
    /// True once the case is closed.
    pub closed: bool,
}

/// One thing that belongs to it.
#[derive(Debug, Clone)]
pub struct ClosingLine {
    /// Its code (`closing-…`).
    pub item: &'static str,
    /// What is there, in words; none where it is missing.
    pub text: Option<String>,
}
