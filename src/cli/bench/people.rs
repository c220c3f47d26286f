//! Who must be there before a report can be taken in: two administrators, and for each number of wrapped keys a desk
//! with as many triagers as make that number together with the reporter and the recovery key. All by the use cases
//! that the pages use.

use data_encoding::BASE32_NOPAD;

use super::{super::agree::agree, BenchError, ground::Ground};
use crate::{
    config::Config,
    crypto::{
        kem::{KemPublic, KemSecret},
        secret::{Secret, SecretText},
        totp::TotpSeed,
    },
    domain::{
        configuration::{
            Kind,
            desks::{self, ListedDesk},
            rules::{self, ListedRule},
        },
        ids::{DeskId, StaffId},
        profile::ProfileId,
        role::Role,
        taxonomy::Region,
        text::Login,
    },
    policy::RoleAt,
    usecases::{
        Caller, Context, Error,
        confirm_member::confirm_member,
        credentials::ChosenCredentials,
        found_instance::{Founder, found_instance},
        invite_staff::{Invitee, StaffIdentity, invite_staff},
        propose_member::{propose_member, what_is_signed},
        redeem_invitation::{open_invitation, redeem_invitation},
        sign_in::{Credentials, sign_in},
    },
};

/// The password of everybody here; nobody else can reach this instance.
const PASSWORD: &str = "a benchmark is no secret";

/// A desk whose reports have a certain number of wrapped keys.
pub struct Desk {
    /// Keys wrapped a report: reporter, recovery, triagers.
    pub wraps: usize,
    /// Reports of this region come here.
    pub region: Region,
    /// Its id.
    pub id: DeskId,
    /// Its triagers.
    pub triagers: Vec<StaffId>,
    /// Public keys of the recovery and of the triagers.
    pub readers: Vec<KemPublic>,
}

/// The instance, founded.
pub struct Founded {
    /// Settings with the founders' keys.
    pub config: Config,
    /// The context over it.
    pub ctx: Context,
    /// The desks.
    pub desks: Vec<Desk>,
}

/// Founds the instance with a desk for each number of wrapped keys.
///
/// # Errors
/// [`BenchError`].
pub async fn found(ground: &mut Ground, wraps: &[usize]) -> Result<Founded, BenchError> {
    let config = ground.config(&[])?;
    let before = ground.context(&config)?;
    let founders = [founder("first.admin")?, founder("second.admin")?];
    let founded = found_instance(&before, founders).await?;
    drop(before);
    let config = ground.config(&founded.each_ref().map(|one| one.genesis))?;
    let mut ctx = ground.context(&config)?;
    ctx.loosening = std::time::Duration::ZERO;
    let mut admins = Vec::new();
    for one in &founded {
        let totp = code(&ctx, &one.totp_secret)?;
        let credentials = Credentials { login: one.login.clone(), password: password(), totp };
        admins.push(sign_in(&ctx, credentials).await?.caller);
    }
    let [first, second] = admins.as_slice() else { return Err(BenchError::Missing("an administrator")) };
    let bodies = "code,parent,region,name_kk,name_ru,name_en\nbody,,,Орган,Орган,Body\n";
    agree(&ctx, (first, second), (Kind::Bodies, bodies)).await?;
    let recoveries = furnish(&ctx, (first, second), wraps).await?;
    let mut desks = Vec::new();
    for ((recovery, wraps), region) in recoveries.into_iter().zip(wraps).zip(Region::ALL) {
        let id = desk_of_code(&ctx, &code_of(*wraps)).await?;
        let mut triagers = Vec::new();
        for number in 0..wraps.saturating_sub(2) {
            let login = format!("triager.{wraps}.{number}");
            triagers.push(enrol(&ctx, (first, second), &login, id).await?);
        }
        desks.push(Desk { wraps: *wraps, region: *region, id, triagers, readers: vec![recovery] });
    }
    let registry = ctx.fresh_registry().await?;
    for desk in &mut desks {
        let members = desk.triagers.iter().filter_map(|id| registry.directory.members.get(id));
        desk.readers.extend(members.map(|member| member.public.kem.clone()));
        if desk.readers.len().saturating_add(1) != desk.wraps {
            return Err(BenchError::Missing("a triager in the directory"));
        }
    }
    Ok(Founded { config, ctx, desks })
}

fn code_of(wraps: usize) -> String {
    format!("desk-{wraps}")
}

/// Opens the desks, each with a region of its own, and returns their recovery keys.
async fn furnish(
    ctx: &Context,
    admins: (&Caller, &Caller),
    wraps: &[usize],
) -> Result<Vec<KemPublic>, BenchError> {
    let (mut recoveries, mut listed, mut sent) = (Vec::new(), Vec::new(), Vec::new());
    for ((position, wraps), region) in (1_i32..).zip(wraps).zip(Region::ALL) {
        let recovery = KemSecret::generate(&mut ctx.store.entropy().rng()).public();
        listed.push(ListedDesk {
            code: code_of(*wraps),
            body: "body".to_owned(),
            profile: ProfileId::Kz,
            independent: true,
            names: ["Орган", "Орган", "Body"].map(str::to_owned),
            recovery: recovery.to_bytes(),
            threshold: 2,
            shares: 3,
        });
        let (body, category, region) = (None, None, Some(*region));
        sent.push(ListedRule { position, body, category, region, desk: code_of(*wraps) });
        recoveries.push(recovery);
    }
    agree(ctx, admins, (Kind::Desks, &desks::write(&listed))).await?;
    agree(ctx, admins, (Kind::Routing, &rules::write(&sent))).await?;
    Ok(recoveries)
}

async fn desk_of_code(ctx: &Context, code: &str) -> Result<DeskId, BenchError> {
    let registry = ctx.current_registry().await?;
    let found = registry.desks.values().find(|desk| desk.row.code == code);
    found.map(|desk| desk.row.id).ok_or(BenchError::Missing("a desk"))
}

/// Invites, lets redeem, and signs into the directory by both administrators.
async fn enrol(
    ctx: &Context,
    (first, second): (&Caller, &Caller),
    login: &str,
    desk: DeskId,
) -> Result<StaffId, BenchError> {
    let invitee = Invitee {
        login: parse(login)?,
        mail: None,
        identity: StaffIdentity::default(),
        roles: vec![RoleAt { role: Role::Triager, desk: Some(desk) }],
    };
    let invitation = invite_staff(ctx, Some(first), &invitee).await?;
    let opened = open_invitation(ctx, invitation.code.expose(), None).await?;
    let chosen = ChosenCredentials {
        totp: code(ctx, &opened.totp_secret)?,
        form_token: opened.form_token,
        password: password(),
    };
    redeem_invitation(ctx, invitation.code.expose(), chosen).await?;
    let shown = what_is_signed(ctx, invitation.staff).await?;
    propose_member(ctx, first, invitation.staff, &shown).await?;
    confirm_member(ctx, second, invitation.staff, &shown).await?;
    Ok(invitation.staff)
}

fn founder(login: &str) -> Result<Founder, BenchError> {
    Ok(Founder { login: parse(login)?, password: password() })
}

fn parse(login: &str) -> Result<Login, BenchError> {
    Login::parse(login).map_err(|_bad| BenchError::Usecase(Error::NotFound))
}

fn password() -> SecretText {
    SecretText::from(PASSWORD.to_owned())
}

fn code(ctx: &Context, base32: &SecretText) -> Result<String, BenchError> {
    let bytes = BASE32_NOPAD.decode(base32.expose().as_bytes()).ok();
    let seed = bytes.and_then(|bytes| Secret::from_slice(&bytes)).map(TotpSeed::new);
    let seed = seed.ok_or(BenchError::Missing("a second factor"))?;
    Ok(seed.code_at(ctx.store.now().as_second()))
}
