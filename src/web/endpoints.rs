//! Everything that answers, as one table. The application is built from it; the OpenAPI document is checked against
//! it; a test walks every row without a session and with every wrong role.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError, Route,
    http::{
        Method,
        header::{self, HeaderValue},
    },
    web::{self, ServiceConfig},
};

use super::{
    api::{
        audit, bundle, cases, form_data, grants, inbox, oversight, proposals, referrals, reports,
        retaliation, sessions, subjects, tasks,
    },
    openapi::document,
    problem::Problem,
    site::{
        account, audit as audit_pages, audit_case, audit_log, audit_log_check, case as case_page,
        case_interim, case_people, case_referrals, case_remedies, case_subjects, cases as case_list, changes,
        credentials, desk as desk_pages, evidence, inbox as inbox_pages, inbox_proof, inventory, log, mail,
        oversight as oversight_page, people, people_roles, proposals as proposal_pages, public, report,
        retaliation as retaliation_page, routing, sign_in, start,
    },
};
use crate::domain::role::Role;

/// Who may call an endpoint at all; what they may do with which case is for `policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Public,
    /// Whoever opened a mailbox.
    Reporter,
    /// Every signed-in member of staff.
    Staff,
    /// Signed-in staff with one of these roles; the others get 403, or 404 where the thing may not be known.
    Roles(&'static [Role]),
}

/// One row of the table.
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path, with `{id}` for parameters.
    pub path: &'static str,
    /// Who.
    pub who: Audience,
    /// The handler's route for a method: the row's own, or HEAD where that is GET.
    pub route: fn(Method) -> Route,
}

use Audience::{Public, Reporter, Roles, Staff};

/// Roles that work on cases.
const CASE_ROLES: &[Role] = &[Role::Triager, Role::Investigator, Role::Reviewer, Role::ProtectionOfficer];
/// Roles that decide on what others proposed: of cases, and of the configuration.
const DECIDERS: &[Role] =
    &[Role::Triager, Role::Investigator, Role::Reviewer, Role::ProtectionOfficer, Role::Administrator];
const AUDITOR: &[Role] = &[Role::Auditor];
const OVERSIGHT: &[Role] = &[Role::Oversight];
const ADMINISTRATOR: &[Role] = &[Role::Administrator];

macro_rules! endpoints {
    ($($method:ident $path:literal $who:expr, $handler:expr;)*) => {
        /// Everything that answers.
        pub const ENDPOINTS: &[Endpoint] = &[$(
            Endpoint {
                method: Method::$method,
                path: $path,
                who: $who,
                route: |method| web::method(method).to($handler),
            },
        )*];
    };
}

#[rustfmt::skip]
mod table {
    use super::*;
    endpoints! {
        GET    "/api/v1/openapi.json"              Public,            document;
        GET    "/api/v1/taxonomy"                  Public,            form_data::taxonomy;
        GET    "/api/v1/channels"                  Public,            form_data::channels;
        GET    "/api/v1/bodies"                    Public,            form_data::bodies;
        GET    "/api/v1/form"                      Public,            form_data::form;
        POST   "/api/v1/suggestions"               Public,            form_data::suggest;
        POST   "/api/v1/reports"                   Public,            reports::submit;
        POST   "/api/v1/inbox/sessions"            Public,            inbox::open;
        GET    "/api/v1/inbox"                     Reporter,          inbox::read;
        POST   "/api/v1/inbox/messages"            Reporter,          inbox::write;
        POST   "/api/v1/inbox/no-response"         Reporter,          inbox::no_response;
        POST   "/api/v1/inbox/review"              Reporter,          inbox::review;
        POST   "/api/v1/inbox/retaliation"         Reporter,          retaliation::report;
        POST   "/api/v1/inbox/proof"               Reporter,          inbox::proof;
        POST   "/api/v1/staff/sessions"            Public,            sessions::open;
        DELETE "/api/v1/staff/sessions/current"    Staff,             sessions::close;
        GET    "/api/v1/cases"                     Roles(CASE_ROLES), cases::list;
        GET    "/api/v1/cases/{id}"                Roles(CASE_ROLES), cases::show;
        POST   "/api/v1/cases/{id}/steps"          Roles(CASE_ROLES), cases::step;
        POST   "/api/v1/cases/{id}/attestation"    Roles(CASE_ROLES), cases::attestation;
        POST   "/api/v1/cases/{id}/recusal"        Roles(CASE_ROLES), cases::recusal;
        POST   "/api/v1/cases/{id}/messages"       Roles(CASE_ROLES), cases::message;
        POST   "/api/v1/cases/{id}/notes"          Roles(CASE_ROLES), cases::note;
        POST   "/api/v1/cases/{id}/grants"         Roles(CASE_ROLES), grants::give;
        DELETE "/api/v1/cases/{id}/grants/{staff}" Roles(CASE_ROLES), grants::take;
        POST   "/api/v1/cases/{id}/subjects"       Roles(CASE_ROLES), subjects::record;
        POST   "/api/v1/cases/{id}/referrals/{referral}/course" Roles(CASE_ROLES), referrals::course;
        GET    "/api/v1/cases/{id}/referrals/{referral}/package" Roles(CASE_ROLES), referrals::package;
        POST   "/api/v1/cases/{id}/interim"        Roles(CASE_ROLES), retaliation::decide;
        POST   "/api/v1/cases/{id}/tasks"          Roles(CASE_ROLES), tasks::record;
        POST   "/api/v1/cases/{id}/tasks/{task}/turns" Roles(CASE_ROLES), tasks::turn;
        GET    "/api/v1/oversight"                 Roles(OVERSIGHT),  oversight::show;
        POST   "/api/v1/oversight/{id}/uptake"     Roles(OVERSIGHT),  oversight::uptake;
        GET    "/api/v1/proposals"                 Roles(DECIDERS),   proposals::list;
        POST   "/api/v1/proposals"                 Roles(ADMINISTRATOR), proposals::propose;
        POST   "/api/v1/proposals/{id}/approval"   Roles(DECIDERS),   proposals::approve;
        POST   "/api/v1/proposals/{id}/refusal"    Roles(DECIDERS),   proposals::refuse;
        GET    "/api/v1/audit/entries"             Roles(AUDITOR),    audit::entries;
        GET    "/api/v1/audit/cases/{id}"          Roles(AUDITOR),    audit::case;
        GET    "/api/v1/audit/bundle"              Roles(AUDITOR),    bundle::bundle;
        GET    "/api/v1/audit/acts"                Roles(AUDITOR),    audit::acts;

        GET    "/"                                 Public,            public::root;
        GET    "/blank"                            Public,            public::blank;
        GET    "/assets/{file}"                    Public,            public::asset;
        GET    "/log/checkpoint"                   Public,            log::checkpoint;
        GET    "/log/files"                        Public,            log::files;
        GET    "/log/keys"                         Public,            log::keys;
        GET    "/log/policy"                       Public,            log::policy;
        GET    "/log/tile/{tail:.*}"               Public,            log::tile;
        GET    "/{lang:kk|ru|en}/"                 Public,            public::home;
        GET    "/{lang:kk|ru|en}/promises"         Public,            public::promises;
        POST   "/{lang:kk|ru|en}/leave"            Public,            public::leave;
        GET    "/{lang:kk|ru|en}/report"           Public,            report::show;
        POST   "/{lang:kk|ru|en}/report"           Public,            report::submit;
        GET    "/{lang:kk|ru|en}/inbox"            Public,            inbox_pages::show;
        POST   "/{lang:kk|ru|en}/inbox"            Public,            inbox_pages::open;
        POST   "/{lang:kk|ru|en}/inbox/messages"   Reporter,          inbox_pages::write;
        POST   "/{lang:kk|ru|en}/inbox/no-response" Reporter,         inbox_pages::no_response;
        POST   "/{lang:kk|ru|en}/inbox/review"     Reporter,          inbox_pages::review;
        GET    "/{lang:kk|ru|en}/inbox/proof"      Reporter,          inbox_proof::show;
        POST   "/{lang:kk|ru|en}/inbox/proof"      Reporter,          inbox_proof::give;
        GET    "/{lang:kk|ru|en}/inbox/retaliation" Reporter,         retaliation_page::show;
        POST   "/{lang:kk|ru|en}/inbox/retaliation" Reporter,         retaliation_page::submit;
        POST   "/{lang:kk|ru|en}/inbox/close"      Public,            inbox_pages::close;

        GET    "/staff/sign-in"                    Public,            sign_in::show;
        POST   "/staff/sign-in"                    Public,            sign_in::submit;
        POST   "/staff/language"                   Public,            sign_in::language;
        GET    "/staff/join"                       Public,            credentials::show_join;
        POST   "/staff/join"                       Public,            credentials::submit_join;
        GET    "/staff/recover"                    Public,            credentials::show_recover;
        POST   "/staff/recover"                    Public,            credentials::submit_recover;
        POST   "/staff/sign-out"                   Staff,             sign_in::leave;
        GET    "/staff"                            Staff,             start::show;
        GET    "/staff/account"                    Staff,             account::show;
        POST   "/staff/account/mail"               Staff,             account::change;
        GET    "/staff/cases"                      Roles(CASE_ROLES), case_list::show;
        GET    "/staff/cases/{id}"                 Roles(CASE_ROLES), case_page::show;
        POST   "/staff/colleagues/{id}/access"     Roles(CASE_ROLES), case_list::restore;
        POST   "/staff/cases/{id}/attestation"     Roles(CASE_ROLES), case_page::attestation;
        POST   "/staff/cases/{id}/recusal"         Roles(CASE_ROLES), case_page::recusal;
        POST   "/staff/cases/{id}/steps"           Roles(CASE_ROLES), case_page::step;
        POST   "/staff/cases/{id}/messages"        Roles(CASE_ROLES), case_page::message;
        POST   "/staff/cases/{id}/notes"           Roles(CASE_ROLES), case_page::note;
        POST   "/staff/cases/{id}/people"          Roles(CASE_ROLES), case_people::give;
        POST   "/staff/cases/{id}/removals"        Roles(CASE_ROLES), case_people::take;
        POST   "/staff/cases/{id}/subjects"        Roles(CASE_ROLES), case_subjects::record;
        POST   "/staff/cases/{id}/referrals/{referral}" Roles(CASE_ROLES), case_referrals::track;
        GET    "/staff/cases/{id}/referrals/{referral}/package" Roles(CASE_ROLES), case_referrals::package;
        POST   "/staff/cases/{id}/interim"         Roles(CASE_ROLES), case_interim::decide;
        POST   "/staff/cases/{id}/tasks"           Roles(CASE_ROLES), case_remedies::record;
        POST   "/staff/cases/{id}/tasks/{task}/turns" Roles(CASE_ROLES), case_remedies::turn;
        GET    "/staff/proposals"                  Roles(CASE_ROLES), proposal_pages::list;
        GET    "/staff/proposals/{id}"             Roles(CASE_ROLES), proposal_pages::show;
        POST   "/staff/proposals/{id}/approval"    Roles(CASE_ROLES), proposal_pages::approve;
        POST   "/staff/proposals/{id}/refusal"     Roles(CASE_ROLES), proposal_pages::refuse;
        GET    "/staff/oversight"                  Roles(OVERSIGHT),  oversight_page::show;
        POST   "/staff/oversight/{id}/uptake"      Roles(OVERSIGHT),  oversight_page::uptake;
        GET    "/staff/changes"                    Roles(OVERSIGHT),  changes::watch;
        GET    "/audit/entries"                    Roles(AUDITOR),    audit_pages::list;
        GET    "/audit/entries/{id}"               Roles(AUDITOR),    audit_pages::show;
        GET    "/audit/entries/{id}/proof"         Roles(AUDITOR),    audit_pages::proof;
        GET    "/audit/cases/{id}"                 Roles(AUDITOR),    audit_case::show;
        GET    "/audit/cases/{id}/proof"           Roles(AUDITOR),    audit_case::proof;
        GET    "/audit"                            Roles(AUDITOR),    evidence::home;
        GET    "/audit/evidence"                   Roles(AUDITOR),    evidence::show;
        GET    "/audit/acts"                       Roles(AUDITOR),    inventory::show;
        GET    "/audit/acts.csv"                   Roles(AUDITOR),    inventory::csv;
        GET    "/audit/log"                        Roles(AUDITOR),    audit_log::show;
        GET    "/audit/log/sheet"                  Roles(AUDITOR),    audit_log::sheet;
        GET    "/audit/log/bundle"                 Roles(AUDITOR),    audit_log_check::take;
        POST   "/audit/log/verification"           Roles(AUDITOR),    audit_log_check::verify;
        GET    "/admin/staff"                      Roles(ADMINISTRATOR), people::list;
        POST   "/admin/staff/invitations"          Roles(ADMINISTRATOR), people::invite;
        POST   "/admin/staff/roles"                Roles(ADMINISTRATOR), people_roles::propose;
        POST   "/admin/staff/{id}/refusal"         Roles(ADMINISTRATOR), people_roles::refuse;
        POST   "/admin/staff/{id}/signature"       Roles(ADMINISTRATOR), people::sign;
        POST   "/admin/staff/{id}/invitation"      Roles(ADMINISTRATOR), people::reinvite;
        POST   "/admin/staff/{id}/recovery"        Roles(ADMINISTRATOR), people::approve;
        POST   "/admin/staff/{id}/recovery-refusal" Roles(ADMINISTRATOR), people::refuse;
        POST   "/admin/staff/{id}/disabling"       Roles(ADMINISTRATOR), people::disable;
        GET    "/admin/mail"                       Roles(ADMINISTRATOR), mail::list;
        POST   "/admin/mail/retries"               Roles(ADMINISTRATOR), mail::retry;
        GET    "/admin/changes"                    Roles(ADMINISTRATOR), changes::list;
        POST   "/admin/changes"                    Roles(ADMINISTRATOR), changes::propose;
        GET    "/admin/changes/{id}"               Roles(ADMINISTRATOR), changes::show;
        POST   "/admin/changes/{id}/approval"      Roles(ADMINISTRATOR), changes::approve;
        POST   "/admin/changes/{id}/refusal"       Roles(ADMINISTRATOR), changes::refuse;
        GET    "/admin/routing"                    Roles(ADMINISTRATOR), routing::show;
    }
}
pub use table::ENDPOINTS;

/// Whether a path is of the staff's part of the site or of the API.
pub(super) fn is_staff(path: &str) -> bool {
    let parts = [
        "/staff",
        "/admin",
        "/audit",
        "/api/v1/staff",
        "/api/v1/cases",
        "/api/v1/oversight",
        "/api/v1/proposals",
        "/api/v1/audit",
    ];
    parts.iter().any(|part| path.starts_with(part))
}

impl Endpoint {
    /// The methods that the row answers. HEAD goes with GET: the same head, and the server sends no body (RFC 9110
    /// section 9.3.2).
    fn methods(&self) -> impl Iterator<Item = Method> {
        let head = (self.method == Method::GET).then_some(Method::HEAD);
        [self.method.clone()].into_iter().chain(head)
    }
}

/// Builds the application from the table: one resource a path, so that a wrong method is answered 405.
pub fn register(config: &mut ServiceConfig) {
    let mut paths: Vec<&str> = ENDPOINTS.iter().map(|endpoint| endpoint.path).collect();
    paths.dedup();
    for path in paths {
        let mut resource = web::resource(path);
        for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.path == path) {
            for method in endpoint.methods() {
                resource = resource.route((endpoint.route)(method));
            }
        }
        config.service(resource.default_service(web::route().to(wrong_method)));
    }
}

/// The answer to every path that is not in the table: a document under `/api`, a page elsewhere.
pub async fn nothing_here(request: HttpRequest) -> HttpResponse {
    refused(&request, Problem::not_found())
}

/// The answer to a method that a path of the table does not take, with those it takes (RFC 9110 section 15.5.6).
async fn wrong_method(request: HttpRequest) -> HttpResponse {
    let pattern = request.match_pattern().unwrap_or_default();
    let taken = ENDPOINTS.iter().filter(|endpoint| endpoint.path == pattern);
    let methods: Vec<String> = taken.flat_map(Endpoint::methods).map(|method| method.to_string()).collect();
    let mut response = refused(&request, Problem::method_not_allowed());
    if let Ok(allow) = HeaderValue::from_str(&methods.join(", ")) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

fn refused(request: &HttpRequest, problem: Problem) -> HttpResponse {
    if request.path().starts_with("/api/") {
        problem.error_response()
    } else {
        desk_pages::refused_outside(request, problem)
    }
}
