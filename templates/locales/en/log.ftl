# The auditors' page on the log.
log-title = How the log does
log-lead = Every entry has its place in a tree. The log signs the head of the tree after each epoch; witnesses outside sign that they saw it. What a witness has seen cannot be changed unnoticed. All times are UTC.
log-to-entries = To the entries
log-to-sheet = Today's head, for printing
log-now-title = Now
log-watch-witnessed = The newest head is cosigned by the quorum of the policy.
log-watch-no_head = No head has been signed yet.
log-watch-no_policy = No policy is set up, so no witness is asked. Whoever runs this system could rewrite the log and nobody outside would hold a head to compare with. Print the head and keep it elsewhere.
log-watch-nobody_asked = The policy asks for no witness. Whoever runs this system could rewrite the log and nobody outside would hold a head to compare with. Print the head and keep it elsewhere.
log-watch-never = Unwitnessed: no head that is kept here has the quorum of the policy.
log-watch-unwitnessed = Unwitnessed since { $moment }: no later head has the quorum of the policy.
log-missing-title = The tree did not grow in every epoch. The background work or the database was away, or somebody stopped the log:
log-missing-line = { $count ->
    [one] one epoch, from { $from } to { $until }
   *[other] { $count } epochs, from { $from } to { $until }
 }
log-late = { $count ->
    [one] One entry has waited longer than is allowed.
   *[other] { $count } entries have waited longer than is allowed.
 }
log-origin = The log's name
log-size = Entries in the tree
log-count = { NUMBER($count) }
log-unsigned = Not under a signed head
log-due = Due, waiting for the end of the epoch
log-oldest = the oldest since { $moment }
log-gaps = Epochs without growth
log-gaps-none = none in the days shown
log-gaps-some = see above
log-what = What these figures are
log-what-size = Entries in the tree: all entries that have their place, with the padding that hides how many there were.
log-what-unsigned = Not under a signed head: entries that entered after the newest head was signed. If this stays above zero for more than an epoch, the signer is away.
log-what-due = Due: entries of staff and of the system that enter at the end of the present epoch, and entries caused by reporters on an earlier day. What reporters caused today is not counted here: it is due tomorrow.
log-what-gaps = Epochs without growth: each epoch adds at least its quantum of entries, so an epoch that added none is an outage or a log that was stopped.
log-heads-title = The newest heads
log-head-made = Signed by the log
log-head-root = Root
log-head-cosigned = Cosigned by, when by their clock
log-head-state = State
log-head-nobody = nobody
log-head-quorum = ✓ quorum
log-head-no_quorum = no quorum
log-head-public = public
log-head-anchored = recorded
log-what-head = A head is the number of entries and one hash over all of them, the root. Whoever holds an old head can check that nothing before it was changed.
log-what-quorum = Quorum: the witnesses that cosigned are those that the policy asks for. Only then a head counts as published.
log-what-public = Public: the head with which a day ended; everybody may have it and its files.
log-what-anchored = Recorded: an entry (chain.anchored) in the log's own history says that this head reached the quorum.
log-policy = The policy, as it is published:
log-policy-none = No policy is set up.
log-growth-title = Growth by days
log-growth-none = The tree has not begun.
log-growth-chart = Entries added on each day, the oldest on the left; the dashed line is a day without gaps. The table below has the same numbers.
log-day = Day
log-growth = Entries added
log-epochs = Epochs closed
log-size-after = Entries after it
log-what-growth = The tree grows by the same amount in every epoch, whatever happens: padding fills what real entries leave. A day on which every epoch was closed adds { NUMBER($count) }. Less means missing epochs. More means that so many entries were late that the amount was doubled; more often than that nothing can be read from it.

sheet-title = Head of the log
sheet-root = Root (SHA-256, hexadecimal)
sheet-code = QR code of the log's name, the number of entries and the root
sheet-note = The signed head, exactly as published
sheet-keep = Print this sheet every day, sign it, and keep it where whoever runs this system has no hand: with the auditors, at a notary, in a newspaper. It tells nothing about any case.
sheet-compare = To compare later: a later copy of the log is given to senim audit verify; it shows the root at this number of entries. If it differs from this sheet, the log was rewritten.
sheet-none = No day of the log has ended yet, so there is no public head. Come back tomorrow.
sheet-back = Back to the log
