use jiff::civil::date;

use super::staff::frame;
use super::{Sample, choices, faults};
use crate::i18n::Texts;
use crate::web::pages::admin::*;
use crate::web::pages::{Area, Choice, Faults};

pub(super) fn all(t: Texts) -> Vec<Sample> {
    vec![
        Sample::of("admin-mail", &letters(t, true)),
        Sample::of("admin-mail-none", &letters(t, false)),
        Sample::of("admin-staff", &people(t, Faults::default())),
        Sample::of(
            "admin-staff-faults",
            &people(
                t,
                faults(&[
                    ("login", "taken", None),
                    ("mail", "forbidden_characters", None),
                    ("roles", "not_allowed_here", None),
                ]),
            ),
        ),
        Sample::of(
            "admin-staff-roles",
            &StaffPage {
                changing: true,
                ..people(
                    t,
                    faults(&[
                        ("person", "required", None),
                        ("roles", "taken", None),
                        ("desk", "required", None),
                    ]),
                )
            },
        ),
    ]
}

fn letters(t: Texts, some: bool) -> MailPage {
    let letter = |notice, answer| LetterLine {
        id: "m1".to_owned(),
        notice,
        to: "first.last@example.kz".to_owned(),
        failed_at: date(2026, 11, 22).at(14, 5, 0, 0),
        answer,
    };
    let all = vec![letter("daily_digest", Some(550)), letter("address_changed", None)];
    MailPage { t, frame: frame(Area::Staff), letters: if some { all } else { Vec::new() } }
}

fn person(login: &str, roles: &[&'static str], state: &'static str) -> StaffLine {
    StaffLine {
        id: "s1".to_owned(),
        login: login.to_owned(),
        mail: (state == "active").then(|| "first.last@example.kz".to_owned()),
        name: (state != "invited").then(|| "<Ахметов Болат>".to_owned()),
        unit: (state == "active").then(|| "<AQM-2>".to_owned()),
        roles: roles.to_vec(),
        counts_from: (state == "active").then(|| date(2026, 11, 27).at(9, 0, 0, 0)),
        before: Vec::new(),
        changing: false,
        desk: Some("<Integrity desk>".to_owned()),
        state,
        fingerprint: Some("3F2A 91C0 77DE 4B18 A6E5 0D93 12FC 8847".to_owned()),
        signatures: 1,
        to_sign: "9f86d081".to_owned(),
        may_sign: state == "enrolled",
        may_refuse: state == "enrolled",
        may_reinvite: state != "enrolled",
        may_disable: state == "active",
    }
}

fn people(t: Texts, faults: Faults) -> StaffPage {
    StaffPage {
        t,
        frame: frame(Area::Staff),
        invitation: Some(InvitationShown {
            login: "review.two".to_owned(),
            code: "H7K2M-9QX4T-0WZ8R".to_owned(),
            until: date(2026, 11, 25),
        }),
        unsigned: vec![
            person("review.two", &["reviewer"], "enrolled"),
            StaffLine {
                before: vec!["triager"],
                changing: true,
                may_refuse: true,
                ..person("triage.nine", &["investigator", "reviewer"], "active")
            },
        ],
        recoveries: vec![RecoveryLine {
            id: "s2".to_owned(),
            login: "triage.one".to_owned(),
            number: "3F2A 91C0 77DE 4B18".to_owned(),
            asked: date(2026, 11, 22).at(14, 5, 0, 0),
            may_decide: true,
        }],
        rows: vec![
            person("triage.one", &["triager", "investigator"], "active"),
            person("audit.three", &["auditor"], "invited"),
            person("left.four", &["investigator"], "disabled"),
        ],
        invite: Invite {
            roles: choices(t, "role"),
            ticked: vec!["auditor".to_owned(), "administrator".to_owned()],
            desks: vec![Choice { value: "d1".to_owned(), label: "<Integrity desk>".to_owned() }],
            desk: "d1".to_owned(),
            login: "<x>".to_owned(),
            mail: "<a@b>".to_owned(),
            name: "<Ахметов>".to_owned(),
            unit: "<AQM>".to_owned(),
        },
        change: RolesForm {
            people: vec![Choice { value: "s1".to_owned(), label: "<triage.one>".to_owned() }],
            person: "s1".to_owned(),
            roles: choices(t, "role"),
            ticked: vec!["triager".to_owned()],
            desks: vec![Choice { value: "d1".to_owned(), label: "<Integrity desk>".to_owned() }],
            desk: String::new(),
            name: String::new(),
            unit: String::new(),
        },
        changing: false,
        faults,
    }
}
