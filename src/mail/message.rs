//! What we write.

use askama::Template;

/// A message that can be sent.
pub trait Message: Template {
    /// The subject line: one line, nothing about any case.
    fn subject(&self) -> &'static str;
}

/// To those who open a desk's reports: something waits. The same words whatever it is.
#[derive(Template)]
#[template(path = "mails/report_awaits.txt")]
pub struct ReportAwaits {
    /// Where to sign in.
    sign_in: String,
}

impl ReportAwaits {
    /// The message of an instance that people reach at `public_base_url` (without a slash at its end).
    #[must_use]
    pub fn new(public_base_url: &str) -> Self {
        Self { sign_in: format!("{public_base_url}/staff") }
    }
}

impl Message for ReportAwaits {
    fn subject(&self) -> &'static str {
        "Сізді хабарлама күтіп тұр · Вас ждёт сообщение · A report awaits you"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_the_same_for_every_report() {
        let mail = ReportAwaits::new("https://report.example.kz");
        insta::assert_snapshot!(format!("{}\n\n{}", mail.subject(), mail.render().unwrap()));
    }
}
