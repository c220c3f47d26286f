//! The staff of the demo: invited, enrolled, signed into the directory by two administrators, signed in.

use std::collections::HashMap;

use super::{
    super::{failure::Failure, staff::login},
    accounts::Account,
    seed_of,
    setting::Setting,
    stage::Stage,
};
use crate::{
    crypto::{
        random::Entropy,
        secret::{Secret, SecretText},
    },
    domain::{mail_address::MailAddress, role::Role},
    policy::RoleAt,
    usecases::{
        Caller, Context,
        change_mail::change_mail,
        confirm_member::confirm_member,
        credentials::ChosenCredentials,
        found_instance::{Founder, found_instance},
        invite_staff::{Invitee, StaffIdentity, invite_staff},
        propose_member::{propose_member, what_is_signed},
        redeem_invitation::{open_invitation, redeem_invitation},
        sign_in::{Credentials, sign_in},
        sign_out::sign_out,
    },
};

/// The founding administrators.
const ADMINISTRATORS: [&str; 2] = ["administrator1", "administrator2"];

/// Login, role, and the desk at which it is held. Named by what they do: nobody is invented.
const CAST: &[(&str, Role, Option<&str>)] = &[
    ("triager1", Role::Triager, Some("integrity")),
    ("triager2", Role::Triager, Some("integrity")),
    ("investigator1", Role::Investigator, Some("integrity")),
    ("investigator2", Role::Investigator, Some("integrity")),
    ("reviewer1", Role::Reviewer, Some("integrity")),
    ("reviewer2", Role::Reviewer, Some("integrity")),
    ("reviewer3", Role::Reviewer, Some("integrity")),
    ("triager3", Role::Triager, Some("independent")),
    ("triager4", Role::Triager, Some("independent")),
    ("investigator3", Role::Investigator, Some("independent")),
    ("reviewer4", Role::Reviewer, Some("independent")),
    ("reviewer5", Role::Reviewer, Some("independent")),
    ("auditor1", Role::Auditor, None),
    ("oversight1", Role::Oversight, None),
];

/// Where the demo's mails to somebody go: no server delivers to `.invalid` (RFC 2606 section 2).
fn mail_of(login: &str) -> Result<MailAddress, Failure> {
    let address = format!("{login}@senim.invalid");
    MailAddress::parse(&address).map_err(|_no_address| Failure::Demo(format!("`{address}` is no address")))
}

/// Everybody who is signed in, by login.
pub(super) type Callers = HashMap<String, Caller>;

/// How many people there are.
pub(super) fn size() -> usize {
    CAST.len().saturating_add(ADMINISTRATORS.len())
}

/// The administrators before the founding. One random password serves every account of this demo: it is typed by hand,
/// and the file that holds it is private.
pub(super) fn administrators() -> Vec<Account> {
    let bytes: Secret<10> = Secret::generate(&mut Entropy::os().rng());
    let letters: Vec<char> =
        data_encoding::BASE32_NOPAD.encode(bytes.expose()).to_lowercase().chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    let password = format!("demo-{}", groups.join("-"));
    let account = |login: &str| Account {
        login: login.to_owned(),
        password: password.clone(),
        totp_secret: String::new(),
        roles: vec![Role::Administrator.code().to_owned()],
        desk: None,
    };
    ADMINISTRATORS.iter().map(|login| account(login)).collect()
}

/// Founds the instance; fills in the administrators' second factors and returns their public keys.
pub(super) async fn found(ctx: &Context, accounts: &mut [Account]) -> Result<[[u8; 32]; 2], Failure> {
    let founders: Vec<Founder> = accounts
        .iter()
        .map(|account| {
            let password = SecretText::from(account.password.clone());
            Ok(Founder { login: login(&account.login)?, password })
        })
        .collect::<Result<_, Failure>>()?;
    let two =
        founders.try_into().map_err(|_other| Failure::Demo("two administrators found it".to_owned()))?;
    let founded = found_instance(ctx, two).await?;
    for (account, person) in accounts.iter_mut().zip(&founded) {
        person.totp_secret.expose().clone_into(&mut account.totp_secret);
    }
    Ok(founded.map(|person| person.genesis))
}

/// Signs the administrators in.
pub(super) async fn begin(ctx: &Context, accounts: &[Account], stage: &Stage) -> Result<Callers, Failure> {
    let mut callers = Callers::new();
    for account in accounts {
        let administrator = enter(ctx, account).await?;
        let password = SecretText::from(account.password.clone());
        change_mail(ctx, &administrator, password, Some(&mail_of(&account.login)?)).await?;
        callers.insert(account.login.clone(), administrator);
        stage.done("Signing the administrators in");
    }
    Ok(callers)
}

/// The two administrators among those who are signed in.
pub(super) fn both(callers: &Callers) -> Result<(&Caller, &Caller), Failure> {
    let [first, second] = ADMINISTRATORS;
    Ok((caller(callers, first)?, caller(callers, second)?))
}

/// Brings in everybody else, and signs them in.
pub(super) async fn enrol(
    ctx: &Context,
    (setting, callers): (&Setting, &mut Callers),
    accounts: &mut Vec<Account>,
    stage: &Stage,
) -> Result<(), Failure> {
    let password = accounts.first().map(|account| account.password.clone()).unwrap_or_default();
    for (login, role, desk) in CAST {
        let at = desk.map(|key| setting.desk(key)).transpose()?;
        let account = Account {
            login: (*login).to_owned(),
            password: password.clone(),
            totp_secret: String::new(),
            roles: vec![role.code().to_owned()],
            desk: at.as_ref().map(|(_, name)| name.clone()),
        };
        let held = RoleAt { role: *role, desk: at.map(|(id, _)| id) };
        let account = admit(ctx, callers, account, held).await?;
        callers.insert(account.login.clone(), enter(ctx, &account).await?);
        accounts.push(account);
        stage.done("Inviting and enrolling the staff");
    }
    Ok(())
}

/// Somebody of the cast.
pub(super) fn caller<'a>(callers: &'a Callers, login: &str) -> Result<&'a Caller, Failure> {
    callers.get(login).ok_or_else(|| Failure::Demo(format!("there is nobody called `{login}`")))
}

/// Everybody goes home.
pub(super) async fn leave(ctx: &Context, callers: &Callers) -> Result<(), Failure> {
    for caller in callers.values() {
        sign_out(ctx, caller).await?;
    }
    Ok(())
}

/// Invitation, own keys, two signatures.
async fn admit(
    ctx: &Context,
    callers: &Callers,
    mut account: Account,
    held: RoleAt,
) -> Result<Account, Failure> {
    let (first, second) = both(callers)?;
    let invitee = Invitee {
        login: login(&account.login)?,
        mail: Some(mail_of(&account.login)?),
        identity: StaffIdentity::default(),
        roles: vec![held],
    };
    let invitation = invite_staff(ctx, Some(first), &invitee).await?;
    let opened = open_invitation(ctx, invitation.code.expose(), None).await?;
    opened.totp_secret.expose().clone_into(&mut account.totp_secret);
    let chosen = ChosenCredentials {
        form_token: opened.form_token,
        password: SecretText::from(account.password.clone()),
        totp: seed_of(&account.totp_secret)?.code_at(ctx.store.now().as_second()),
    };
    redeem_invitation(ctx, invitation.code.expose(), chosen).await?;
    let shown = what_is_signed(ctx, invitation.staff).await?;
    propose_member(ctx, first, invitation.staff, &shown).await?;
    confirm_member(ctx, second, invitation.staff, &shown).await?;
    Ok(account)
}

async fn enter(ctx: &Context, account: &Account) -> Result<Caller, Failure> {
    let credentials = Credentials {
        login: account.login.clone(),
        password: SecretText::from(account.password.clone()),
        totp: seed_of(&account.totp_secret)?.code_at(ctx.store.now().as_second()),
    };
    Ok(sign_in(ctx, credentials).await?.caller)
}
