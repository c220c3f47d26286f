//! Changes of a world's configuration, which two administrators agree on.

use senim::{
    domain::{configuration::Kind, ids::DeskId, role::Role},
    policy::RoleAt,
    usecases::{
        approve_change::{DecidedChange, approve_change},
        propose_change::propose_change,
    },
};

use crate::world::{DESKS, ROUTING, World};

impl World {
    /// Opens a desk under this profile, with two triagers called after it, and sends it every report.
    pub async fn route_all_to(&self, code: &str, profile: &str) -> DeskId {
        let line = self.desk_line(code, profile, "no");
        self.configure(Kind::Desks, &format!("{DESKS}{line}")).await;
        let desk = self.desk_of(code).await;
        for number in [1, 2] {
            let held = RoleAt { role: Role::Triager, desk: Some(desk) };
            self.enrol(&format!("{code}{number}"), &[held]).await;
        }
        self.configure(Kind::Routing, &format!("{ROUTING}1,,,,{code}\n")).await;
        desk
    }

    /// A desk of the one body as a line of a file, with this world's recovery key.
    pub fn desk_line(&self, code: &str, profile: &str, independent: &str) -> String {
        let key = data_encoding::HEXLOWER.encode(&self.recovery.public().to_bytes());
        format!("{code},body,{profile},{independent},Орган,Орган,Body,{key},2,3\n")
    }

    /// The desk of a code.
    pub async fn desk_of(&self, code: &str) -> DeskId {
        let registry = self.ctx.current_registry().await.unwrap();
        registry.desks.values().find(|desk| desk.row.code == code).unwrap().row.id
    }

    /// The first administrator proposes a file, the second approves it.
    pub async fn configure(&self, kind: Kind, text: &str) -> DecidedChange {
        let change = propose_change(&self.ctx, Some(&self.admin(0).caller), (kind, text)).await.unwrap();
        approve_change(&self.ctx, &self.admin(1).caller, change.id).await.unwrap()
    }
}
