use askama::Template;
use jiff::civil::{Date, DateTime};

use crate::i18n::Texts;
use crate::web::pages::{Choice, Faults, StaffFrame};

/// `/admin/staff`: who works here, who was invited, whose keys wait for a signature.
#[derive(Template)]
#[template(path = "pages/admin/staff.html")]
pub struct StaffPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// An invitation made just now, shown this once.
    pub invitation: Option<InvitationShown>,
    /// People whose keys wait for signatures in the directory.
    pub unsigned: Vec<StaffLine>,
    /// People who asked for a recovery and wait for approval.
    pub recoveries: Vec<RecoveryLine>,
    /// Everybody else.
    pub rows: Vec<StaffLine>,
    /// The form for an invitation.
    pub invite: Invite,
    /// The form for other roles.
    pub change: RolesForm,
    /// True where it was the form for other roles that was refused.
    pub changing: bool,
    /// What was wrong with the form that was refused (fields `login`, `mail`, `name`, `unit`, `person`, `roles`, `desk`).
    pub faults: Faults,
}

impl StaffPage {
    /// What stands before a field's name in its id, in the form that was refused.
    fn before(&self) -> &'static str {
        if self.changing { "change-" } else { "" }
    }

    /// The fault of a field in the form for other roles, or in that for an invitation.
    fn fault(&self, changing: bool, field: &str) -> Option<String> {
        if self.changing == changing { self.faults.of(self.t, field) } else { None }
    }
}

/// An invitation to be handed over.
pub struct InvitationShown {
    /// Login that was invited.
    pub login: String,
    /// The invitation's secret: typed into `/staff/join`.
    pub code: String,
    /// Last day on which it can be redeemed.
    pub until: Date,
}

/// The form for an invitation: fields `login`, `mail`, `name`, `unit`, `desk`, and `role_{code}` = `on` for each role.
#[derive(Debug, Clone, Default)]
pub struct Invite {
    /// Roles that can be given.
    pub roles: Vec<Choice>,
    /// Codes of the roles ticked.
    pub ticked: Vec<String>,
    /// Desks to choose from; empty = a role without a desk.
    pub desks: Vec<Choice>,
    /// Id of the desk chosen.
    pub desk: String,
    /// The login typed.
    pub login: String,
    /// The mail address typed.
    pub mail: String,
    /// The name typed.
    pub name: String,
    /// The unit's code typed.
    pub unit: String,
}

impl Invite {
    fn has(&self, role: &str) -> bool {
        self.ticked.iter().any(|ticked| ticked == role)
    }
}

/// The form for other roles: fields `person`, `name`, `unit`, `desk`, and `role_{code}` = `on` for each role.
#[derive(Debug, Clone, Default)]
pub struct RolesForm {
    /// People whose roles can be changed.
    pub people: Vec<Choice>,
    /// Id of the person chosen.
    pub person: String,
    /// Roles that can be given.
    pub roles: Vec<Choice>,
    /// Codes of the roles ticked.
    pub ticked: Vec<String>,
    /// Desks to choose from.
    pub desks: Vec<Choice>,
    /// Id of the desk chosen.
    pub desk: String,
    /// The name typed; empty = as before.
    pub name: String,
    /// The unit's code typed; empty = as before.
    pub unit: String,
}

impl RolesForm {
    fn has(&self, role: &str) -> bool {
        self.ticked.iter().any(|ticked| ticked == role)
    }
}

/// Somebody who asked for a recovery.
#[derive(Debug, Clone)]
pub struct RecoveryLine {
    /// Id for addresses.
    pub id: String,
    /// Login.
    pub login: String,
    /// The number that the person was shown and reads out: it names what was prepared.
    pub number: String,
    /// When they asked, in the instance's local time.
    pub asked: DateTime,
    /// False for oneself.
    pub may_decide: bool,
}

/// One person of the staff.
#[derive(Debug, Clone)]
pub struct StaffLine {
    /// Id for addresses.
    pub id: String,
    /// Login.
    pub login: String,
    /// Where mails to them go.
    pub mail: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// The code of the unit they belong to.
    pub unit: Option<String>,
    /// Codes of the roles; where other roles wait for signatures, of these.
    pub roles: Vec<&'static str>,
    /// When those count by which they come to cases, where they do not yet.
    pub counts_from: Option<DateTime>,
    /// Codes of the roles that they have while others wait for signatures.
    pub before: Vec<&'static str>,
    /// True where other roles wait for signatures, not keys.
    pub changing: bool,
    /// Name of the desk, if they belong to one.
    pub desk: Option<String>,
    /// Code of the state: `invited`, `enrolled` (keys made, not signed yet), `active`, `disabled`.
    pub state: &'static str,
    /// Fingerprint of the public keys, to be compared with what the person reads out.
    pub fingerprint: Option<String>,
    /// Signatures so far, of two.
    pub signatures: i64,
    /// The digest of what I would sign.
    pub to_sign: String,
    /// True where I may sign (I have not signed yet, and it is not me).
    pub may_sign: bool,
    /// True where I may refuse what waits for signatures.
    pub may_refuse: bool,
    /// True where I may invite them anew.
    pub may_reinvite: bool,
    /// True where I may disable them.
    pub may_disable: bool,
}

impl StaffLine {
    /// Shape of the state's word, as for cases.
    fn phase(&self) -> &'static str {
        match self.state {
            "active" => "open",
            "disabled" => "ended",
            _ => "waiting",
        }
    }
}
