//! The desk writes to the reporter.

use super::{
    caller::Caller,
    case_access::{locked, role_code},
    clock_news,
    context::Context,
    denials::watched,
    error::Error,
    items::{Spot, insert_words},
};
use crate::{
    audit::act::Act,
    domain::{
        case::item::ItemKind,
        ids::{CaseId, ItemId},
        text::{Message, Reasons},
    },
    policy::Action,
    storage::cases::CaseChange,
};

/// What is written.
pub struct Letter<'a> {
    /// The words.
    pub text: &'a Message,
    /// With these the letter is feedback: the text says what is or will be done, these say on what grounds
    /// (EU 2019/1937 art. 5(13)).
    pub grounds: Option<&'a Reasons>,
}

/// Puts a message into the reporter's mailbox. It answers what they wrote, and meets the clocks that the profile says.
///
/// # Errors
/// [`Error::NotFound`] without a grant, [`Error::Forbidden`] for reviewers, without attestation, or once the mailbox
/// is closed.
pub async fn send_message(
    ctx: &Context,
    caller: &Caller,
    id: CaseId,
    letter: &Letter<'_>,
) -> Result<ItemId, Error> {
    let outcome = ctx
        .store
        .record("send_message", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::WriteMessage).await?;
            let on = ctx.today_of(&case);
            let spot = Spot::next(&case, on, Some(caller.id));
            let kind = ItemKind::DeskMessage;
            let item = insert_words(ctx, tx, &permit, (&case, spot), (kind, letter.text.expose())).await?;
            if let Some(grounds) = letter.grounds {
                insert_words(ctx, tx, &permit, (&case, spot), (kind, grounds.expose())).await?;
            }
            let (mut clocks, profile) = (case.clocks.clone(), ctx.profile_of(&case));
            let news = clocks.told(&profile, letter.grounds.is_some(), on);
            clock_news::raise(tx, &permit, &case, (&news, on)).await?;
            let mut draft = caller.draft(Act::MailboxMessage, role_code(&situation), ctx.store.now());
            if letter.grounds.is_some() {
                draft = draft.and(Act::FeedbackSent).code("feedback_sent", "sent");
            }
            let clocks =
                (!news.is_empty()).then(|| clock_news::columns(clocks, &profile, on, case.question_until));
            let unanswered = case.unanswered_since.map(|_| None);
            let change = CaseChange { clocks, unanswered, ..CaseChange::default() };
            let draft = clock_news::acts(draft, &news);
            Ok((item, tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}
