# Pages for those who handle cases.
sign-in-title = Sign in
sign-in-login = Login
sign-in-password = Password
sign-in-totp = One-time code
sign-in-totp-hint = Six digits from your authenticator.
sign-in-button = Sign in
sign-in-join = I have an invitation
sign-in-recover = I have lost my password or my phone
sign-in-recover-no-code = Without the recovery code, ask an administrator to invite you anew.
notice-failed = That did not work. Check the login, the password and the code; each code works only once.
notice-busy = Too many people are signing in at this moment. Please try again in a few seconds.
notice-ended = Your session has ended. Please sign in again.
notice-expired = The page was open too long. Nothing is lost: please send it once more.
notice-signed_out = You are signed out.
notice-joined = Your keys are made. Please sign in.

credentials-step = Step { $step } of 2
credentials-next = Continue
credentials-login = Your login is { $login }.
credentials-password-title = 1. Your password
credentials-totp-title = 2. Your one-time codes
credentials-password-lead = Choose a password that nobody else knows. It opens the cases that are given to you. No administrator can see or reset it.
credentials-password = New password
credentials-password-hint = At least 12 characters. A sentence of four or five words is good.
credentials-password-again = New password again
credentials-totp-lead = Add this key to an authenticator app now. It is not shown again.
credentials-totp-seed = Key to type in
credentials-totp-uri = The same as an address, if your app takes one
credentials-totp-confirm = Code that the app shows now
credentials-recovery-title = Your recovery code
credentials-recovery-once = Shown only now. Print this page or copy the code by hand.
credentials-recovery-lead = If you lose your password or your phone, this code and a colleague bring you back. Keep it at home or in a safe, never beside your computer. Whoever has it can ask in your name.
join-title = Join
join-lead = You make your own password and keys here. Nobody else ever knows them.
join-code = Invitation
join-code-hint = The code that an administrator gave you.
join-finish = Make my keys
join-number = Fingerprint of your keys
join-done-title = Your keys are made
join-done = Two administrators must now sign your public keys. Read the fingerprint out to them when they ask. You can sign in as soon as they have signed.
recover-title = Recover my access
recover-lead = You lost your password or your phone and have your printed recovery code. You choose both anew here; your keys and your cases stay.
recover-code = Recovery code
recover-code-hint = 25 letters and digits. Small letters, spaces and dashes do not matter.
recover-finish = Ask for recovery
recover-number = Number of this recovery
recover-done-title = A colleague must approve this
recover-done = Speak to an administrator, in person or by a call in which they know your voice, and read this number out. Once they approve, sign in with the new password. Until then nothing has changed.
waiting-title = Colleagues with new keys
waiting-lead = Give them your common cases again only after you have spoken to them and know that the new keys are theirs.
waiting-line = { $login } waits for { $count ->
    [one] { NUMBER($count) } case
   *[other] { NUMBER($count) } cases
 } that you both hold.
waiting-button = Give { $login } the cases again
keys-awaited = You have new keys, and this case was sealed for your old ones. A colleague who holds it can give it to you again; ask one of them.

# Where somebody stands after signing in, and what was done just now.
start-title = Start
start-roles-title = Your roles
start-roles-none = You have no role at present.
start-every-desk = for every desk
start-areas-title = What is open to you
start-areas-none = There is no page for your role yet, and nothing waits for you here. You need not do anything.
done-step = Done. The case now stands where you see it below.
done-proposed = Your proposal is made. It takes effect once another person approves it.
done-message = Your message is in the reporter's mailbox.
done-note = Your note is kept.
done-attested = Your signature is kept in the record. You can work on the case now.
done-recused = You have stepped back. The case has left your list.
done-approved = Approved. The step has taken effect.
done-refused = Refused. The case stays as it is; whoever proposed the step reads your reasons.
done-restored = The cases are given again.
done-signed = Your signature is kept.
done-disabled = Access has ended, at once and everywhere.
done-recovery_approved = The recovery is approved. The person signs in with the new password.
done-recovery_refused = The recovery is refused. Nothing has changed.
done-given = The part is given. Your colleague sees the case in their list now.
done-taken = The part is taken. The case has a new lock, which they cannot open.
done-roles_proposed = The roles are proposed, with your signature. They hold once a second administrator signs them.
done-roles_refused = The roles are refused. The person keeps those that they have.

cases-title = My cases
cases-pending-title = Waiting for your decision
cases-filter = State
cases-filter-open = every open state
cases-filter-all = every state
cases-filter-button = Show
cases-none = There is no case here. New cases appear as soon as somebody gives them to you.
cases-none-so = No case of yours is in this state.
cases-reference = Reference
cases-category = Matter
cases-body = Organisation
cases-state = State
cases-age = Age
cases-due = Next due
cases-attest-first = sign first
cases-no-due = no date
not-told = not told

case-title = Case { $reference }
case-category = Matter
case-body = Organisation
case-region = Region
case-language = Language of the reporter
case-received = Received
case-due = Next due
case-capacity = Your part
case-state = State

gate-lead = Before you see any content, say whether you have a part in this matter.
gate-attest-title = I have no part in it
gate-attest-words = I am not named in this matter as far as I can tell, I do not work in the unit concerned, and nobody close to me is involved. If I find out otherwise, I step back at once.
gate-no-conflict = I have read this and sign it
gate-attest-button = Sign and open the case
gate-attest-note = Your signature is kept in the record.
gate-recuse-title = I have a part in it, or may have
gate-recuse-lead = Step back. You see nothing of the content, and the case leaves your list. You need not say why.
gate-recuse-button = Step back from this case

case-content-title = The report
case-steps-title = Next steps
case-steps-none = There is no step you can take now.
case-steps-closed-title = Why other steps are not possible
case-pending-title = Waiting for a second pair of eyes
case-pending-line = { $step }: proposed by { $login }, { $when }
case-four-eyes = needs a second person
case-four-eyes-note = This becomes a proposal. Another person without a conflict decides about it.
case-step-propose = Propose: { $step }
case-messages-title = Messages with the reporter
case-messages-none = No messages yet.
case-message = Message to the reporter
case-message-hint = Plain words. The reporter reads this in the mailbox, perhaps with fear. Name no colleague.
case-message-button = Send to the reporter
case-mailbox-closed = The reporter cannot be written to: the mailbox is closed or there is none.
case-reviewer-silent = Reviewers do not write to the reporter: they speak by their decisions.
case-notes-title = Notes
case-notes-none = No notes yet.
case-note = New note
case-note-hint = Only those who hold the case read it. The reporter never sees it.
case-note-button = Keep the note
case-timeline-title = What happened
case-record-number = In the record this case has the number
case-readers-title = People on this case
case-readers-note = The reporter's receipt and the desk's recovery sheets open this case too.
case-readers-changed = { $count ->
    [one] The lock was changed once, because somebody lost access: they cannot open what was written since.
   *[other] The lock was changed { NUMBER($count) } times, because somebody lost access: they cannot open what was written since.
 }
case-reader-since = since { $date }
case-reader-unattested = has not signed yet, sees no content
case-take-summary = Take off
case-take-note = A new key for the case begins without them, and a proposal that waits must be made anew. What they have read stays read.
case-take-button = Take { $login } off this case
case-give-title = Give a colleague a part
case-give-lead = They get the keys of the case, and read it once they have signed that they have no part in the matter. Nobody reviews what they worked on, and who stepped back is not listed.
case-give-staff = Colleague
case-give-nobody = choose somebody
case-give-capacity = Part
case-give-none = choose a part
case-give-button = Give the part
case-alarm-no-lead = Nobody leads this case, and its state needs a lead investigator. Give the part to a colleague below.
case-alarm-too-few = { $holders ->
    [0] Nobody holds the key of this case any more. It opens only with the recovery sheets. Tell the head of the desk today.
    [one] Only one person holds the key of this case. If they leave, it opens only with the recovery sheets. Give it to a second person.
   *[other] Only { $holders } people hold the key of this case.
 }
case-recuse-title = Step back from this case
choice-none = Please choose

why-state = not in this state
why-role = not your part in this case
why-pending = a proposal is waiting for a decision
why-reporter_only = only the reporter
why-timer_only = happens by itself when the time has come
why-own = You proposed this yourself. Another person must decide.
why-reviewer = The decision is for a reviewer of this case. You may read the proposal.
why-stale_moved = The case has moved on since this was proposed, so it can no longer be approved. If the step is still needed, propose it anew.
why-stale_keys = Somebody lost access to the case after this was proposed, and its lock was changed. So this can no longer be approved. If the step is still needed, propose it anew.
why-attest = First open the case and sign that you have no part in it.
why-competence = This is not a matter for your desk.

proposals-title = Proposals
proposals-waiting-title = Waiting for your decision
proposals-others-title = Waiting for others
proposals-decided-title = Decided lately
proposals-none = Nothing is waiting for you.
proposal-title = { $step }: { $reference }
proposal-by = Proposed by
proposal-at = Proposed on
proposal-change = Change of state
proposal-state = State of the proposal
proposal-facts-title = What the proposer says
proposal-message-title = What the reporter will read
proposal-message-sent-title = What the reporter was told
proposal-no-facts = Nothing was said with it.
proposal-no-message = Nothing is sent to the reporter.
proposal-decided-title = The decision
proposal-approved-by = Approved by { $login }, { $when }.
proposal-refused-by = Refused by { $login }, { $when }. The reasons:
proposal-open-case = Open the case
proposal-decide-title = Your decision
proposal-approve-lead = If you approve, it takes effect at once, with your signature.
proposal-approve-button = Approve
proposal-refuse-lead = If you refuse, the case stays as it is and the proposer reads your reasons.
proposal-refuse-button = Refuse
proposal-reasons = Reasons
proposal_state-pending = waiting
proposal_state-approved = approved
proposal_state-refused = refused
proposal_state-stale = out of date

staff-error-legal = Possible now:
staff-error-back = Go back
