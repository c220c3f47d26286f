//! The closed words that facts are chosen from.

use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// An answer to a closed question.
    pub enum Answer {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// Cannot be told.
        Unsure = "unsure",
    }
}

vocabulary! {
    /// The risk that somebody suffers for the report (ISO 37002, 8.3.2).
    pub enum DetrimentLevel {
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High: nothing goes on without a protection plan.
        High = "high",
    }
}

vocabulary! {
    /// Why a case ends while signs of a crime are still to be referred; the reasons explain it.
    pub enum Unreferred {
        /// The body that would get it has the matter already.
        KnownThere = "known_there",
        /// The signs were not confirmed.
        NotConfirmed = "not_confirmed",
        /// It can no longer be prosecuted.
        TimeBarred = "time_barred",
        /// It goes with another case.
        WithAnother = "with_another",
    }
}

vocabulary! {
    /// Whether the person concerned could respond.
    pub enum SubjectHeard {
        /// They did.
        Given = "given",
        /// They were asked and declined.
        Declined = "declined",
        /// Lawfully deferred, with a reason.
        Deferred = "deferred",
    }
}

vocabulary! {
    /// The hearing before an adverse decision (APPC art. 73).
    pub enum Hearing {
        /// It was held.
        Held = "held",
        /// The law allows an exception, which `hearing_reason` explains.
        Excepted = "excepted",
        /// The decision is not adverse to anybody.
        NotRequired = "not_required",
    }
}

vocabulary! {
    /// Disciplinary, administrative, civil or criminal proceedings that follow.
    pub enum Proceedings {
        /// They are recorded.
        Recorded = "recorded",
        /// There are none.
        None = "none",
    }
}

vocabulary! {
    /// Feedback to the reporter at the end (EU 2019/1937 art. 9(1)(f); ISO 37002, 8.5).
    pub enum FeedbackSent {
        /// It goes with the step, as its message.
        Sent = "sent",
        /// There is no way to reach the reporter.
        Impossible = "impossible",
    }
}

vocabulary! {
    /// Why the reporter cannot be told how it ended (control ISO-8.5-1).
    pub enum FeedbackImpossible {
        /// Nobody can open the mailbox any more.
        MailboxLost = "mailbox_lost",
        /// It would put somebody in danger.
        Endangers = "endangers",
        /// The law forbids it.
        LawForbids = "law_forbids",
    }
}

vocabulary! {
    /// How long a closed case is kept: the class; its length is a matter of the operator's retention schedule.
    pub enum RetentionClass {
        /// Nothing came of it.
        Short = "short",
        /// The ordinary case.
        Standard = "standard",
        /// Proceedings or claims are to be expected.
        Long = "long",
    }
}

vocabulary! {
    /// Why a referred package does not betray the reporter.
    pub enum IdentityRemoved {
        /// Whatever could tell the identity was taken out.
        Removed = "removed",
        /// The reporter consented to this recipient.
        Consent = "consent",
        /// A court or another competent authority ordered it.
        Order = "order",
    }
}

vocabulary! {
    /// Why a case is paused (norms.md 8.3).
    pub enum PauseReason {
        /// A criminal case runs on the same facts.
        ParallelCriminalCase = "parallel_criminal_case",
        /// A court has the matter.
        Court = "court",
        /// A competent authority ordered it.
        Order = "order",
    }
}

vocabulary! {
    /// On what ground an ended case is taken up again (norms.md 8.3).
    pub enum NewGround {
        /// New facts.
        NewFacts = "new_facts",
        /// A procedural error.
        ProceduralError = "procedural_error",
        /// A review came to `reopened`.
        ReviewDecision = "review_decision",
        /// A referral came back after the case had ended.
        ReturnedReferral = "returned_referral",
    }
}

vocabulary! {
    /// What a review came to (norms.md 8.3). `reopened` keeps the state; a step `reopen` on the ground
    /// `review_decision` follows.
    pub enum ReviewResult {
        /// The decision stands.
        Upheld = "upheld",
        /// The reasons are replaced, the state is kept.
        Amended = "amended",
        /// The case is to be taken up again.
        Reopened = "reopened",
    }
}
