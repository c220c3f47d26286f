//! Founding an installation with the built program: two administrators, and what they approve over the API.

use std::{
    fs,
    io::{Read, Write},
};

use senim::{
    crypto::{secret::Secret, totp::TotpSeed},
    domain::clock::Clock,
};
use serde_json::{Value, json};

use crate::installation::{Home, Server};

/// A founding administrator, who knows what the command printed.
pub struct Administrator {
    login: &'static str,
    password: &'static str,
    secret: String,
}

impl Administrator {
    /// The token of a session.
    pub fn sign_in(&self, server: &Server) -> String {
        let seed = data_encoding::BASE32_NOPAD.decode(self.secret.as_bytes()).unwrap();
        let seed = TotpSeed::new(Secret::from_slice(&seed).unwrap());
        let code = seed.code_at(Clock::system().now().as_second());
        let body = json!({"login": self.login, "password": self.password, "totp": code});
        let answer = server.post("/api/v1/staff/sessions", "", &body);
        let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        body["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

impl Home {
    /// Founds the instance.
    pub fn found(&self) -> [Administrator; 2] {
        let file = self.path("founders.toml");
        let text = "[[administrator]]\nlogin = \"first\"\npassword = \"a long walk by the river\"\n\
                    [[administrator]]\nlogin = \"second\"\npassword = \"four pears on a plate\"\n";
        fs::write(&file, text).unwrap();
        let out = self.good(&["staff", "genesis", "--from-file", file.to_str().unwrap()]);
        let secrets: Vec<&str> =
            out.split("secret=").skip(1).map(|rest| rest.split(['&', '\n']).next().unwrap().trim()).collect();
        let [first, second] = secrets[..] else { panic!("{out}") };
        let of = |login, password, secret: &str| Administrator { login, password, secret: secret.to_owned() };
        [of("first", "a long walk by the river", first), of("second", "four pears on a plate", second)]
    }

    /// Proposes a file; the id of the change.
    pub fn propose(&self, kind: &str, text: &str) -> String {
        let file = self.path("proposal.csv");
        fs::write(&file, text).unwrap();
        let said = self.good(&["config", "propose", kind, file.to_str().unwrap()]);
        said.split("Proposed: ").nth(1).unwrap().lines().next().unwrap().to_owned()
    }
}

impl Server {
    /// What a page answers.
    pub fn get(&self, path: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address))
    }

    fn post(&self, path: &str, token: &str, body: &Value) -> String {
        let (body, host) = (body.to_string(), &self.address);
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// Both administrators approve what the operator proposed.
    pub fn approve(&self, change: &str, tokens: &[String; 2]) {
        for (token, state) in tokens.iter().zip(["pending", "in_force"]) {
            let answer = self.post(&format!("/api/v1/proposals/{change}/approval"), token, &json!({}));
            assert!(answer.contains(&format!("\"status\":\"{state}\"")), "{answer}");
        }
    }

    fn send(&self, request: &str) -> String {
        let mut stream = std::net::TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}
