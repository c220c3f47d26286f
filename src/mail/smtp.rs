//! The way to a relay (RFC 5321), under TLS wherever it leaves this machine.

use std::fs;

use lettre::{
    SmtpTransport,
    transport::smtp::{
        Error, PoolConfig,
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
    },
};

use super::transport::MailError;
use crate::config::{MailSecurity, SmtpConfig};

/// Answers about our own sign-in to the relay (RFC 4954 section 6), not about the mail: they change when the operator
/// mends the settings.
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];

/// The relay of a configuration; connects when the first mail goes.
pub(super) fn relay(config: &SmtpConfig) -> Result<SmtpTransport, MailError> {
    let tls = match config.security {
        MailSecurity::Tls => Tls::Wrapper(parameters(config)?),
        // Required: where the relay does not offer it, or somebody on the way took the offer out, nothing is sent.
        MailSecurity::StartTls => Tls::Required(parameters(config)?),
        MailSecurity::Plain => Tls::None,
    };
    let builder = SmtpTransport::builder_dangerous(&config.host)
        .port(config.port)
        .tls(tls)
        .timeout(Some(config.timeout))
        .pool_config(PoolConfig::new().max_size(config.pool));
    let builder = match &config.credentials {
        Some((user, password)) => {
            builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()))
        }
        None => builder,
    };
    Ok(builder.build())
}

fn parameters(config: &SmtpConfig) -> Result<TlsParameters, MailError> {
    let unusable = |cause: &dyn std::fmt::Display| MailError::Setting(format!("TLS: {cause}"));
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(path) = &config.authorities {
        let of_file = |cause: &dyn std::fmt::Display| {
            MailError::Setting(format!("SENIM_MAIL_CA, {}: {cause}", path.display()))
        };
        let pem = fs::read(path).map_err(|error| of_file(&error))?;
        if !String::from_utf8_lossy(&pem).contains("BEGIN CERTIFICATE") {
            return Err(of_file(&"there is no certificate in it"));
        }
        let trusted = Certificate::from_pem(&pem).map_err(|error| of_file(&error))?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(trusted);
    }
    builder.build_rustls().map_err(|error| unusable(&error))
}

/// What went wrong, without the relay's own words: they may repeat the address.
pub(super) fn failure(error: &Error) -> MailError {
    if let Some(code) = error.status() {
        let code = u16::from(code);
        return MailError::Answer { code, for_good: error.is_permanent() && !ABOUT_US.contains(&code) };
    }
    if error.is_response() {
        return MailError::Relay("it does not speak SMTP".to_owned());
    }
    MailError::Relay(error.to_string())
}
