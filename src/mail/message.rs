//! What we write: the same words to everybody, whatever happened.

use crate::{
    domain::mail_address::Notice,
    i18n::{LANGUAGES, Texts},
};

/// A mail's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The subject line: one line, nothing about any case.
    pub subject: String,
    /// The text.
    pub body: String,
}

impl Message {
    /// The words of a notice, in an instance that people reach at `public_base_url` (without a slash at its end). Only the
    /// digest leads anywhere: whoever is warned about their account should not follow a link in a mail.
    #[must_use]
    pub fn of(notice: Notice, public_base_url: &str) -> Self {
        let digest = notice == Notice::DailyDigest;
        let words = |language: &str| {
            let t = Texts::of(language);
            let subject = if digest { t.mail_subject_digest() } else { t.mail_subject_account() };
            let text = t.code("mail_text", notice.code());
            let body = if digest {
                format!("{text}\n{public_base_url}/staff\n{}\n", t.mail_every_day())
            } else {
                format!("{text}\n{}\n", t.mail_no_reply())
            };
            (subject.into_owned(), body)
        };
        let (mut subjects, bodies): (Vec<_>, Vec<_>) = LANGUAGES.into_iter().map(words).unzip();
        subjects.dedup();
        Self { subject: subjects.join(" · "), body: bodies.join("\n") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_notice_has_its_constant_words_in_three_languages() {
        let mails = Notice::ALL.iter().map(|notice| {
            let Message { subject, body } = Message::of(*notice, "https://report.example.kz");
            format!("{notice}\n\n{subject}\n\n{body}")
        });
        insta::assert_snapshot!(mails.collect::<Vec<_>>().join("\n----\n"));
    }

    #[test]
    fn a_subject_is_one_line() {
        assert!(Notice::ALL.iter().all(|notice| !Message::of(*notice, "").subject.contains(['\r', '\n'])));
    }
}
