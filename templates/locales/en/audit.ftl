# Pages for auditors.
audit-title = The record
audit-lead = Every change and every reading of content leaves one entry. Entries hold ids and closed codes, never content. A reporter's act carries a day, never a time.
audit-filter-act = Act
audit-filter-case = Object (number in the record)
audit-filter-principle = OECD principle
audit-filter-all = all
audit-filter-button = Show
audit-filter-clear = Show everything
audit-total = { $count ->
    [0] No entry matches.
    [one] One entry matches.
   *[other] { $count } entries match.
 }
audit-none = No entry here.
audit-position = No.
audit-position-none = not in the tree yet
audit-when = When (UTC)
audit-acts = Acts
audit-actor = Who
audit-case = About
audit-principles = Principles
audit-entry-title = Entry of the record
audit-canonical = The entry as it was committed to (canonical JSON)
audit-commitment = Commitment (SHA-256)
audit-previous = Commitment of the entry before it
audit-previous-none = This is the first entry about this object.
audit-back = Back to the record
audit-table = Entries of the record, newest first
