//! What commands ask. At a terminal a password is not echoed; where the input is no terminal, answers are its lines, so
//! that commands can be driven by other programs.

use std::io::{self, BufRead, IsTerminal, Write};

use super::failure::Failure;
use crate::{
    crypto::secret::SecretText,
    domain::{field_error::FieldError, text::Login},
    usecases::credentials::password_mistakes,
};

const ASK: &str = "asking for input";

/// Asks for a line.
pub(super) fn line(question: &str) -> Result<String, Failure> {
    let mut out = io::stderr().lock();
    if io::stdin().is_terminal() {
        write!(out, "{question}: ").and_then(|()| out.flush()).map_err(Failure::system(ASK))?;
    }
    let mut text = String::new();
    let read = io::stdin().lock().read_line(&mut text).map_err(Failure::system(ASK))?;
    if read == 0 {
        return Err(Failure::Usage(format!("the input ended before an answer to: {question}")));
    }
    Ok(text.trim().to_owned())
}

/// Asks for a password.
pub(super) fn password(question: &str) -> Result<SecretText, Failure> {
    if io::stdin().is_terminal() {
        let typed = rpassword::prompt_password(format!("{question}: ")).map_err(Failure::system(ASK))?;
        return Ok(SecretText::from(typed));
    }
    line(question).map(SecretText::from)
}

/// Asks for a new password until it can be taken; at a terminal, twice.
pub(super) fn new_password(login: &Login) -> Result<SecretText, Failure> {
    loop {
        let typed = password(&format!("Password for {} (at least 12 characters)", login.as_str()))?;
        let mut mistakes = password_mistakes(&typed, login.as_str());
        if mistakes.is_empty() && io::stdin().is_terminal() {
            let again = password("The same again")?;
            if again.expose() != typed.expose() {
                mistakes.push(FieldError::new("password", FieldError::NOT_THE_SAME));
            }
        }
        if mistakes.is_empty() {
            return Ok(typed);
        }
        let why = Failure::Act(crate::usecases::Error::Invalid(mistakes));
        if !io::stdin().is_terminal() {
            return Err(why);
        }
        super::output::complain(&why);
    }
}
