//! An administrator, or the operator at the command line, invites a person. An invitation gives no access: the person
//! makes their own keys with it, and two administrators must sign them into the directory afterwards.

use data_encoding::BASE32_NOPAD;
use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use sha2::{Digest, Sha256};

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    roles::{check_identity, check_roles},
};
pub use crate::storage::staff::StaffIdentity;
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    crypto::secret::SecretText,
    domain::{field_error::FieldError, ids::StaffId, mail_address::MailAddress, text::Login},
    policy::{Action, Actor, RoleAt, authorize},
    storage::staff::{NewStaff, StoredInvitation},
};

/// How long an invitation can be redeemed, days.
pub const INVITATION_DAYS: i64 = 7;

/// An invitation, shown once.
pub struct Invitation {
    /// Whom it is for.
    pub staff: StaffId,
    /// The secret that redeems it.
    pub code: SecretText,
}

/// A fresh invitation: what is handed over, and what is stored of it.
pub(super) struct NewInvitation {
    pub code: SecretText,
    pub stored: StoredInvitation,
}

impl NewInvitation {
    pub(super) fn make(ctx: &Context) -> Self {
        let secret: [u8; 20] = ctx.store.entropy().rng().random();
        let code = BASE32_NOPAD.encode(&secret);
        let from_now = SignedDuration::from_hours(INVITATION_DAYS * 24);
        let expires = ctx.store.now().saturating_add(from_now).unwrap_or(Timestamp::MAX);
        Self { stored: StoredInvitation { hash: hash(&code), expires }, code: SecretText::from(code) }
    }
}

/// A person to be invited.
pub struct Invitee {
    /// The name to sign in with.
    pub login: Login,
    /// Where mails go, if anywhere; the invitation itself is handed over, not mailed.
    pub mail: Option<MailAddress>,
    /// Their name and where they belong.
    pub identity: StaffIdentity,
    /// What they are to be.
    pub roles: Vec<RoleAt>,
}

/// Invites a person for roles.
///
/// # Errors
/// [`Error::Invalid`] where the roles exclude each other (DESIGN section 2), none is given, a desk is missing or unknown,
/// the unit is not in the registry, or the name is taken; [`Error::Forbidden`] without the right.
pub async fn invite_staff(
    ctx: &Context,
    caller: Option<&Caller>,
    invitee: &Invitee,
) -> Result<Invitation, Error> {
    let Invitee { login, mail, identity, roles } = invitee;
    let actor = caller.map_or(Actor::Operator, Caller::actor);
    let permit = authorize(&actor, Action::InviteStaff, None)?;
    let registry = ctx.current_registry().await?;
    check_roles(&registry, roles)?;
    check_identity(&registry, identity)?;
    let invitation = NewInvitation::make(ctx);
    let id = StaffId(ctx.store.entropy().uuid());
    let now = ctx.store.now();
    let invited_roles = serde_json::to_string(roles).map_err(|_cause| Error::Sealed("the roles"))?;
    let outcome = ctx
        .store
        .record("invite_staff", async |tx| {
            let new = NewStaff {
                id,
                login: login.as_str().to_owned(),
                invited_roles: invited_roles.clone(),
                invitation: invitation.stored,
                mail: mail.clone(),
                identity: identity.clone(),
            };
            let draft = match caller {
                Some(caller) => caller.draft(Act::StaffInvited, "administrator", now),
                None => Draft::new(Act::StaffInvited, By::System, When::At(now)),
            };
            Ok::<_, Error>(((), tx.insert_staff(&permit, new, &draft).await?))
        })
        .await;
    match outcome {
        Err(Error::Conflict) => Err(Error::Invalid(vec![FieldError::new("login", FieldError::TAKEN)])),
        outcome => outcome.map(|()| Invitation { staff: id, code: invitation.code }),
    }
}

/// What is stored of an invitation's secret; it is random, so a plain hash is enough.
pub(super) fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code.trim().to_ascii_uppercase().as_bytes()).into()
}
