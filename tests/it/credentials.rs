//! What people of a world know, and how they come to it: by an invitation, or by their printed recovery code.

use senim::{
    crypto::{
        secret::{Secret, SecretText},
        totp::TotpSeed,
    },
    domain::ids::StaffId,
    usecases::{
        Error,
        credentials::{ChosenCredentials, CredentialsForm},
        recover_account::{open_recovery, recover_account},
        redeem_invitation::{open_invitation, redeem_invitation},
    },
};

use crate::world::{World, password_of};

/// What a person knows.
pub struct Person {
    /// Their row.
    pub id: StaffId,
    /// Their password.
    pub password: String,
    /// The seed of their second factor, as they were shown it.
    pub totp: String,
    /// The recovery code that they printed.
    pub recovery: String,
    /// The last step of the second factor that was used.
    pub last_step: i64,
}

impl Person {
    /// Who knows this.
    pub fn new(id: StaffId, password: String, totp: &str, recovery: &str) -> Self {
        Self { id, password, totp: totp.to_owned(), recovery: recovery.to_owned(), last_step: 0 }
    }
}

impl World {
    /// From now on `login` signs in as this.
    pub fn remember(&self, login: &str, person: Person) {
        self.people.borrow_mut().insert(login.to_owned(), person);
    }

    /// The recovery code that somebody printed.
    pub fn recovery_code(&self, login: &str) -> String {
        self.people.borrow()[login].recovery.clone()
    }

    /// Redeems an invitation: keys, password, second factor.
    pub async fn redeem(&self, login: &str, id: StaffId, code: &str) -> Result<(), Error> {
        let form = open_invitation(&self.ctx, code, None).await?;
        let (password, totp) = (password_of(login), form.totp_secret.expose().to_owned());
        let made = redeem_invitation(&self.ctx, code, self.choose(form, &password)).await?;
        self.remember(login, Person::new(id, password, &totp, &made.recovery.reveal()));
        Ok(())
    }

    /// Asks for a recovery with a printed code; what the person will know once it is approved.
    pub async fn recover(&self, id: StaffId, code: &str, password: &str) -> Result<Person, Error> {
        let form = open_recovery(&self.ctx, code, None).await?;
        let totp = form.totp_secret.expose().to_owned();
        let made = recover_account(&self.ctx, code, self.choose(form, password)).await?;
        Ok(Person::new(id, password.to_owned(), &totp, &made.recovery.reveal()))
    }

    fn choose(&self, form: CredentialsForm, password: &str) -> ChosenCredentials {
        let now = self.clock.now().as_second();
        ChosenCredentials {
            totp: seed_of(form.totp_secret.expose()).code_at(now),
            form_token: form.form_token,
            password: SecretText::from(password.to_owned()),
        }
    }
}

pub fn seed_of(base32: &str) -> TotpSeed {
    let bytes = data_encoding::BASE32_NOPAD.decode(base32.as_bytes()).unwrap();
    TotpSeed::new(Secret::from_slice(&bytes).unwrap())
}
