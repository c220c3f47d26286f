# Pages for auditors.
audit-title = The record
audit-lead = Every change and every reading of content leaves one entry. Entries hold ids and closed codes, never content. A reporter's act carries a day of the desk's calendar, never a time.
audit-filter-all = all
audit-filter-button = Show
audit-filter-clear = Show everything
audit-none = No entry here.
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
audit-position = No. in the tree
audit-position-none = not yet
audit-nth = entry { NUMBER($count) }
audit-parts = Parts of the record
audit-pages = Pages of the list
audit-number = { NUMBER($count) }
audit-table-object = History of one object, first entry first
audit-proof = Download the proof that it is in the log
audit-proof-none = A proof can be had once the next head is signed.
audit-of-actor = Everything this person did
audit-around = Before and after it in the history of the same object
audit-history = The whole history of this object

audit-case-title = History of a case
audit-case-all = Complete as of the daily map of newest entries of { $moment }: the map knows { $count ->
    [one] one entry
   *[other] { $count } entries
  } of this case, and all stand here.
audit-case-some = Complete up to entry { NUMBER($count) }, as of the daily map of newest entries of { $moment }.
audit-case-newer = This case is newer than the newest daily map of newest entries, of { $moment }.
audit-case-later = { $count ->
    [one] One entry is later than the map
   *[other] { $count } entries are later than the map
  }; that nothing else is, the next map will show.
audit-case-broken = Entries of this case are missing here, or do not follow each other: somebody changed the record. Take the proof along and have it checked without this server.
audit-case-no_head = No head of the log has been signed yet, so nothing can be proved.
audit-case-no_map = There is no daily map of newest entries yet, so nothing shows whether the history is complete. The first is made when the log's first day has ended.
audit-case-proof = Download the proof (TAR)
audit-case-check = It holds this case only and is checked without this server. FILE is the policy, KEYS are the keys of the founding administrators, both as the one who checks has them:
audit-case-what = What this means
audit-case-what_chain = Entries are numbered, and each names the one before it, so none can be left out in the middle.
audit-case-what_map = Once a day the log takes in a map of the newest entry of every case. So none can be left out at the end, and no case as a whole.
audit-case-what_proof = The proof holds the entries, where they stand in the log, and the one leaf of the map, under a signed head. Of other cases it shows nothing.
audit-case-what_people = To check signatures the proof holds the directory: sign-in names and roles of all staff. It shows who did what in this case, and when to the second. A reporter's act has its day only, but stands between the acts before and after it.
audit-case-number = No.
audit-case-is_later = later than the map
audit-case-to = Led to
audit-case-entries = The same in the list of entries
audit-case-link = History of this case, and whether it is complete

audit-home-title = For auditors
audit-home-lead = Everything that happens here leaves an entry in a record that nobody can change unnoticed. You can read all of it, count it, and take away proofs that check without this server. You see ids and codes; what people wrote stays sealed.
audit-home-recorded = Your own look-ups are recorded too: that you looked, and with which kind of question.
audit_part-entries = Entries
audit_part-evidence = Evidence map
audit_part-acts = What is recorded
audit_part-log = State of the log
audit_about-entries = The record, entry by entry: by act, day, case, person, role, cause, principle or profile; each with its place in the tree and a proof to take away.
audit_about-evidence = For each of the thirteen OECD principles and their clauses: which acts are evidence, how many there are, and where there is none.
audit_about-acts = The inventory: every act, what its entries must hold, who may cause it and who may see it; and where each kind of log goes.
audit_about-log = The signed heads of the log, who cosigned them, and checks that you can start now.

acts-title = What is recorded
acts-lead = This inventory is made from the same table that decides what may be written. An entry that lacks something its acts need is not written, and the verifier that anybody can run finds one that was written by other means.
acts-csv = Download the acts as a table (CSV)
acts-logs = Where each kind of log goes
acts-log = Log
acts-log-holds = What it holds
acts-log-where = Where it goes
acts-log-kept = How long it is kept
acts-log-read = Who reads it
acts-all = Every act
acts-act = Act
acts-on = In the history of
acts-by = Caused by
acts-needs = Its entry must hold
acts-or = or
acts-clauses = Clauses
acts-seen = Who may see it
acts-entries = Entries
acts-later = not written yet
acts-members = What an entry can hold
acts-members-lead = Nothing else can stand in an entry: there is no place for a text, a name, an address, or the time of a reporter.
acts-member = Member
acts-member-stands = When it stands there
acts-member-shape = What it is

evidence-title = Evidence mapping
evidence-lead = What the record holds as evidence for the thirteen principles of the OECD Recommendation on Public Integrity (OECD/LEGAL/0435). The mapping says which acts were recorded. It does not say that a principle is met: that is for you to judge.
evidence-all-time = Since the beginning
evidence-sums = Of the clauses, { NUMBER($with) } have entries in this period; { NUMBER($never) } have acts here, but none of them happened; for { NUMBER($without) } this record has no act at all.
evidence-chart = Entries by principle
evidence-chart-words = Bar chart: entries by principle. The same figures stand in the table.
evidence-principle = Principle
evidence-clause = Clause
evidence-clauses = Clauses with entries
evidence-clauses-of = { NUMBER($with) } of { NUMBER($all) }
evidence-days = First and last day
evidence-acts = Acts that are evidence for it
evidence-counting = How these figures are counted
evidence-counting-words = An entry counts for a clause when at least one of its acts is mapped to that clause, and once only, however many of its acts are. An entry can count for several clauses and principles, so the lines do not add up. Padding of the log is left out. Days are days in UTC; a reporter’s act has a day and no time. Each number leads to the entries behind it.
evidence-no-act = Gap: no act of this record is evidence for this clause.
evidence-never = Not once in this period:
evidence-later = In the vocabulary, but not written by this program yet:
