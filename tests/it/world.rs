//! A founded instance with two desks and their people, made by the real use cases.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use senim::{
    config::{Config, Environment},
    crypto::{kem::KemSecret, random::Entropy, secret::SecretText},
    domain::{
        case::{status::Status, step::Step},
        clock::Clock,
        configuration::Kind,
        ids::{BodyId, CaseId, DeskId, StaffId},
        report::{RawReport, Report},
        role::Role,
        text::Login,
    },
    policy::RoleAt,
    storage::{Store, StoreParts},
    usecases::{
        Context, Error,
        confirm_member::confirm_member,
        found_instance::{Founder, found_instance},
        invite_staff::{Invitee, StaffIdentity, invite_staff},
        propose_member::{propose_member, what_is_signed},
        sign_in::{Credentials, SignedIn, sign_in},
        submit_report::{Submission, submit_report},
        take_step::StepDone,
    },
};
use serde_json::{Value, json};

use crate::{
    credentials::{Person, seed_of},
    database::{Database, Sql},
    facts::{enough, none, with},
    people::{ReporterActor, StaffActor},
    record,
};

/// Monday morning in Astana.
const MORNING: &str = "2026-11-23T05:00:00Z";

/// The first line of a file of desks.
pub const DESKS: &str =
    "code,body,profile,independent,name_kk,name_ru,name_en,recovery_key,threshold,shares\n";
/// The first line of a file of routing rules.
pub const ROUTING: &str = "position,body,category,region,desk\n";

/// The people of every world: name and role; all of the first desk, except who has none.
const PEOPLE: &[(&str, Role)] = &[
    ("tri1", Role::Triager),
    ("tri2", Role::Triager),
    ("inv1", Role::Investigator),
    ("inv2", Role::Investigator),
    ("rev1", Role::Reviewer),
    ("rev2", Role::Reviewer),
    ("rev3", Role::Reviewer),
    ("rev4", Role::Reviewer),
];

/// An instance with everything around it.
pub struct World {
    /// The context of all acts.
    pub ctx: Arc<Context>,
    /// The configuration.
    pub config: Config,
    /// Stands still until told.
    pub clock: Clock,
    /// The database.
    pub db: Database,
    /// The desk to which everything is routed.
    pub desk: DeskId,
    /// The independent desk; nobody works there at first.
    pub independent: DeskId,
    /// The body of both.
    pub body: BodyId,
    /// The recovery key of the first desk, from its sheets.
    pub recovery: KemSecret,
    pub(crate) people: RefCell<BTreeMap<String, Person>>,
    admins: Vec<StaffActor>,
}

/// Runs a test in a world of its own, then checks the log and the queue, and that the tables say what the record says.
pub fn in_world(test: impl AsyncFnOnce(&World)) {
    in_planted_world(async |world| {
        test(world).await;
        assert_eq!(record::differences(world).await, Vec::<String>::new());
    });
}

/// The same, where somebody plants rows with entries of their own: the tables need not say what the record says.
pub fn in_planted_world(test: impl AsyncFnOnce(&World)) {
    in_ruined_world(async |world| {
        test(world).await;
        record::check(&world.db).await;
    });
}

/// The same, where somebody changes the record itself: nothing is checked.
pub fn in_ruined_world(test: impl AsyncFnOnce(&World)) {
    let system = actix_web::rt::System::new();
    let world = system.block_on(World::found());
    let outcome = catch_unwind(AssertUnwindSafe(|| system.block_on(test(&world))));
    system.block_on(world.db.drop_for_good());
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// A number of the test that runs, so that its randomness repeats and is nobody else's.
fn seed() -> u64 {
    let mut hash = DefaultHasher::new();
    std::thread::current().name().unwrap_or_default().hash(&mut hash);
    hash.finish()
}

/// The settings of a process on this database, for tests: cheap passwords, free ports.
pub fn environment(url: &str) -> Environment {
    let hex = |byte: u8| data_encoding::HEXLOWER.encode(&[byte; 32]);
    [
        ("DATABASE_URL", url.to_owned()),
        ("SENIM_SERVER_KEY", hex(0x5e)),
        ("SENIM_PEPPER", hex(0x9e)),
        ("SENIM_PASSWORD_MEMORY_KIB", "19456".to_owned()),
        ("SENIM_PASSWORD_PASSES", "1".to_owned()),
        ("SENIM_LOOSENING_HOURS", "0".to_owned()),
        ("SENIM_HOME", format!("{}/no-home", env!("CARGO_TARGET_TMPDIR"))),
        ("SENIM_LISTEN", "127.0.0.1:0".to_owned()),
        ("SENIM_ADMIN_LISTEN", "127.0.0.1:0".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn configure(url: &str) -> Config {
    Config::load(&environment(url), None).unwrap()
}

/// Another process of the same instance: its own pool and its own caches.
fn process(config: &Config, db: &Database, clock: &Clock, entropy: &Arc<Entropy>) -> Context {
    let parts = StoreParts {
        url: &db.app_url(),
        database: &config.database,
        log: &config.log,
        instance: &config.keys.instance,
        node: "test",
        clock: clock.clone(),
        entropy: Arc::clone(entropy),
    };
    Context::new(config, Store::open(parts).unwrap()).unwrap()
}

/// The password of a test person.
pub fn password_of(login: &str) -> String {
    let reversed: String = login.chars().rev().collect();
    format!("correct horse {reversed} battery")
}

impl World {
    async fn found() -> Self {
        let db = Database::create().await;
        let clock = Clock::fixed(MORNING.parse::<Timestamp>().unwrap());
        let entropy = Arc::new(Entropy::seeded(seed()));
        let mut config = configure(&db.app_url());
        let bare = process(&config, &db, &clock, &entropy);
        let founders = ["admin1", "admin2"].map(|login| Founder {
            login: Login::parse(login).unwrap(),
            password: SecretText::from(password_of(login)),
        });
        let founded = found_instance(&bare, founders).await.unwrap();
        config.keys.genesis = founded.iter().map(|founder| founder.genesis).collect();
        let ctx = Arc::new(process(&config, &db, &clock, &entropy));
        let recovery = KemSecret::generate(&mut entropy.rng());
        let (body, desk) = (BodyId(uuid::Uuid::nil()), DeskId(uuid::Uuid::nil()));
        let independent = desk;
        let people = RefCell::new(BTreeMap::new());
        let admins = Vec::new();
        let mut world = Self { ctx, config, clock, db, desk, independent, body, recovery, people, admins };
        for founder in founded {
            let id = world.staff_id(&founder.login).await;
            let person = Person::new(
                id,
                password_of(&founder.login),
                founder.totp_secret.expose(),
                &founder.recovery.reveal(),
            );
            world.remember(&founder.login, person);
            let admin = world.sign_in(&founder.login).await;
            world.admins.push(admin);
        }
        world.furnish().await;
        for (login, role) in PEOPLE {
            world.enrol(login, &[RoleAt { role: *role, desk: Some(world.desk) }]).await;
        }
        world
    }

    /// Another process of the same instance.
    pub fn another_process(&self) -> Context {
        // Each with a sequence of its own, or two of them would draw the same ids.
        let entropy = Arc::new(Entropy::seeded(self.ctx.store.entropy().uuid().as_u64_pair().0));
        process(&self.config, &self.db, &self.clock, &entropy)
    }

    /// SQL as the owner.
    pub async fn owner(&self) -> Sql {
        self.db.owner().await
    }

    /// SQL as the application.
    pub async fn app(&self) -> Sql {
        self.db.app().await
    }

    /// One of the two administrators.
    pub fn admin(&self, which: usize) -> &StaffActor {
        &self.admins[which]
    }

    async fn staff_id(&self, login: &str) -> StaffId {
        let id = self.owner().await.value(&format!("select id from staff where login = '{login}'")).await;
        id.as_str().unwrap().parse().unwrap()
    }

    /// Who somebody is.
    pub fn id(&self, login: &str) -> StaffId {
        self.people.borrow()[login].id
    }

    /// What somebody knows: password and second factor.
    pub fn secrets_of_people(&self) -> Vec<(String, String)> {
        self.people.borrow().values().map(|person| (person.password.clone(), person.totp.clone())).collect()
    }

    /// Invites a person, who makes their keys and waits for the directory.
    pub async fn invite(&self, login: &str, roles: &[RoleAt]) -> StaffId {
        self.invite_as(login, StaffIdentity::default(), roles).await
    }

    /// The same for somebody of whom name or unit is known.
    pub async fn invite_as(&self, login: &str, identity: StaffIdentity, roles: &[RoleAt]) -> StaffId {
        let login_typed = Login::parse(login).unwrap();
        let invitee = Invitee { login: login_typed, mail: None, identity, roles: roles.to_vec() };
        let invitation = invite_staff(&self.ctx, Some(&self.admin(0).caller), &invitee).await.unwrap();
        self.redeem(login, invitation.staff, invitation.code.expose()).await.unwrap();
        invitation.staff
    }

    /// Invites a person and signs them into the directory.
    pub async fn enrol(&self, login: &str, roles: &[RoleAt]) -> StaffId {
        let id = self.invite(login, roles).await;
        self.sign_in_to_directory(id).await;
        id
    }

    /// Two administrators sign somebody who waits into the directory.
    pub async fn sign_in_to_directory(&self, id: StaffId) {
        propose_member(&self.ctx, &self.admin(0).caller, id, &what_is_signed(&self.ctx, id).await.unwrap())
            .await
            .unwrap();
        self.countersign(id).await;
    }

    /// The second administrator signs what waits about somebody.
    pub async fn countersign(&self, id: StaffId) {
        confirm_member(&self.ctx, &self.admin(1).caller, id, &what_is_signed(&self.ctx, id).await.unwrap())
            .await
            .unwrap();
    }

    /// The code of somebody's second factor now.
    pub fn code(&self, login: &str) -> String {
        seed_of(&self.people.borrow()[login].totp).code_at(self.clock.now().as_second())
    }

    /// Tries to sign in as somebody.
    pub async fn try_sign_in(&self, login: &str, password: &str, totp: &str) -> Result<SignedIn, Error> {
        let password = SecretText::from(password.to_owned());
        let credentials = Credentials { login: login.to_owned(), password, totp: totp.to_owned() };
        sign_in(&self.ctx, credentials).await
    }

    /// Signs somebody in; a code counts once, so a second sign-in waits for the next.
    pub async fn sign_in(&self, login: &str) -> StaffActor {
        let step = self.clock.now().as_second().div_euclid(30);
        let last = self.people.borrow()[login].last_step;
        if last >= step {
            self.advance(SignedDuration::from_secs((last - step + 1) * 30));
        }
        let now = self.clock.now().as_second().div_euclid(30);
        self.people.borrow_mut().get_mut(login).unwrap().last_step = now;
        let password = self.people.borrow()[login].password.clone();
        let signed = self.try_sign_in(login, &password, &self.code(login)).await.unwrap();
        StaffActor { ctx: Arc::clone(&self.ctx), caller: signed.caller, token: signed.token }
    }

    /// Lets time pass.
    pub fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
    }

    /// Lets days pass.
    pub fn advance_days(&self, days: i64) {
        self.advance(SignedDuration::from_hours(24 * days));
    }

    /// A report of these words.
    pub fn report(&self, narrative: &str) -> Report {
        self.report_with(narrative, none())
    }

    /// A report of these words and these answers.
    pub fn report_with(&self, narrative: &str, answers: Value) -> Report {
        let raw = json!({"language": "ru", "category": "bribery", "narrative": narrative});
        let raw: RawReport = serde_json::from_value(with(raw, answers)).unwrap();
        Report::parse(&raw, self.ctx.limits).unwrap()
    }

    /// Somebody reports.
    pub async fn submit(&self, narrative: &str) -> ReporterActor {
        self.submit_report(self.report(narrative)).await
    }

    /// Somebody sends this report.
    pub async fn submit_report(&self, report: Report) -> ReporterActor {
        let submission = Submission { report, form_token: None, channel: "web" };
        let done = submit_report(&self.ctx, &submission).await.unwrap();
        let case = self.case_of(&done.reference).await;
        let ctx = Arc::clone(&self.ctx);
        ReporterActor { ctx, receipt: done.receipt.reveal(), reference: done.reference, case }
    }

    /// The case of a reference.
    pub async fn case_of(&self, reference: &str) -> CaseId {
        let query = format!("select id from cases where reference = '{reference}'");
        self.owner().await.value(&query).await.as_str().unwrap().parse().unwrap()
    }

    /// Somebody of whom the directory knows name and unit, signed in.
    pub async fn known(&self, login: &str, identity: StaffIdentity, roles: &[RoleAt]) -> StaffActor {
        let id = self.invite_as(login, identity, roles).await;
        self.sign_in_to_directory(id).await;
        self.sign_in(login).await
    }

    /// The state of a case.
    pub async fn status(&self, case: CaseId) -> Status {
        let code = self.owner().await.value(&format!("select status from cases where id = '{case}'")).await;
        Status::parse(code.as_str().unwrap()).unwrap()
    }

    /// Takes a step with sufficient facts; what needs a second person is approved by `second`.
    pub async fn drive(&self, case: CaseId, by: &StaffActor, step: Step, second: &StaffActor) -> Status {
        by.attest(case).await;
        if step == Step::Complete {
            second.attest(case).await;
            by.carry_out(case, second, "some evidence").await;
        }
        let given = enough(self.status(case).await, step, self.id("inv1"), "some");
        match by.step(case, step, given).await.unwrap_or_else(|error| panic!("{}: {error:?}", step.code())) {
            StepDone::Taken(status) => status,
            StepDone::Proposed(proposal) => {
                second.attest(case).await;
                second.approve(proposal).await.unwrap()
            }
        }
    }
}

impl World {
    /// One body, two desks of it, and a rule that sends everything to the first.
    async fn furnish(&mut self) {
        self.configure(Kind::Bodies, "code,parent,region,name_kk,name_ru,name_en\nbody,,,Орган,Орган,Body\n")
            .await;
        let lines: Vec<String> = [("first", "no"), ("independent", "yes")]
            .map(|(code, alone)| self.desk_line(code, "kz", alone))
            .into();
        self.configure(Kind::Desks, &format!("{DESKS}{}", lines.concat())).await;
        self.configure(Kind::Routing, &format!("{ROUTING}100,,,,first\n")).await;
        (self.desk, self.independent) = (self.desk_of("first").await, self.desk_of("independent").await);
        let body = self.ctx.store.read(async |db| db.body_of_code("body").await).await.unwrap();
        self.body = body.unwrap().id;
    }
}

impl World {
    /// A well-formed receipt that opens nothing.
    pub fn receipt_of_nobody(ctx: &Context) -> String {
        senim::crypto::receipt::Receipt::generate(&mut ctx.store.entropy().rng()).reveal()
    }
}
