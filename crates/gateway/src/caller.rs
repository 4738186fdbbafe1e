//! Who asks, and what they may do.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::request::Parts;
use resit_access::{Right, Role, Token, WatchedTokens};
use resit_api::{FieldError, Problem, ProblemKind, header};
use resit_domain::{Actor, ShopId, Timestamp};

/// How callers show who they are.
pub enum Auth {
    /// Not at all: the server listens on its own machine alone, and believes what a caller says.
    Open,
    /// By a token.
    Tokens(Arc<WatchedTokens>),
    /// Whoever hands their requests in vouches for them ([`crate::HandedIn`]).
    Vouched,
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The name that commands carry on record.
    pub actor: Actor,
    /// What it may do; none if everything, as on an open server.
    pub role: Option<Role>,
    /// The only shop that it knows of, if it is bound to one.
    pub shop: Option<ShopId>,
}

impl Auth {
    /// The mode's name.
    pub fn name(&self) -> &'static str {
        match self {
            Auth::Open => "open",
            Auth::Tokens(_) => "tokens",
            Auth::Vouched => "vouched",
        }
    }

    /// Refuses what reached an open server through somebody's browser: a page has an origin, and a name that was
    /// rebound to this machine is no name of it.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> Result<(), Problem> {
        if !matches!(self, Auth::Open) {
            return Ok(());
        }
        let detail = if headers.contains_key(ORIGIN) {
            "a browser sent this for a page; use tokens to serve pages (`resit token make`)"
        } else if headers.get(HOST).is_some_and(|host| !host.to_str().is_ok_and(is_this_machine)) {
            "the Host is not this machine's; ask for 127.0.0.1 or localhost, or use tokens (`resit token make`)"
        } else {
            return Ok(());
        };
        Err(Problem::new(ProblemKind::NotLocal, detail))
    }

    /// Who asks.
    pub(crate) fn caller(&self, head: &Parts, now: Timestamp) -> Result<Caller, Problem> {
        match self {
            Auth::Open => Ok(Caller { actor: named(&head.headers)?, role: None, shop: None }),
            Auth::Vouched => head.extensions.get().cloned().ok_or_else(|| {
                Problem::new(ProblemKind::Bug, "a request came in without the caller that it is vouched for")
            }),
            Auth::Tokens(tokens) => {
                let shown = head.headers.get(AUTHORIZATION).and_then(|text| text.to_str().ok());
                let shown = shown.and_then(|text| text.split_once(' '));
                let shown = shown.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
                let tokens = tokens.at(now);
                let token = shown.and_then(|(_, token)| tokens.verify(token.trim(), now));
                let token = token.ok_or_else(|| {
                    let detail = "send `Authorization: Bearer …` with a token that is neither revoked nor expired; \
                                  `resit token make` makes one";
                    Problem::new(ProblemKind::Unauthenticated, detail)
                })?;
                let Token { name, role, shop, .. } = token.clone();
                Ok(Caller { actor: name, role: Some(role), shop })
            }
        }
    }
}

impl Caller {
    /// Refuses a caller without the right.
    pub(crate) fn must_have(&self, right: Right) -> Result<(), Problem> {
        let Some(role) = self.role.filter(|role| !role.has(right)) else { return Ok(()) };
        let roles: Vec<_> = right.roles().iter().map(|role| role.name()).collect();
        let detail = format!(
            "this takes the right {right}, which a token of role {role} does not have; roles that have it: {}",
            roles.join(", ")
        );
        Err(Problem::new(ProblemKind::Forbidden, detail))
    }

    /// By whom unknown codes are counted: a token, or all of an open server's callers, who may call themselves anything.
    pub(crate) fn bucket(&self) -> Option<&Actor> {
        self.role.map(|_| &self.actor)
    }

    /// Whether it has a right.
    pub(crate) fn has(&self, right: Right) -> bool {
        self.role.is_none_or(|role| role.has(right))
    }

    /// The only shop that the caller knows of, if it is bound to one.
    pub(crate) fn shop(&self) -> Option<&ShopId> {
        self.shop.as_ref()
    }

    /// A problem as the caller may know it: where others' commands stand is no business of one that is bound to a shop.
    pub(crate) fn told(&self, problem: Problem) -> Problem {
        match &problem.command {
            Some(id) if problem.r#type == ProblemKind::IdReused && self.shop().is_some() => {
                let detail = format!(
                    "command id {id} is on record with another body; use a new id for another command"
                );
                Problem { detail, position: None, ..problem }
            }
            _ => problem,
        }
    }

    /// Refuses another shop than the one that the caller is bound to.
    pub(crate) fn must_serve(&self, shop: &ShopId) -> Result<(), Problem> {
        match self.shop().filter(|own| *own != shop) {
            None => Ok(()),
            Some(own) => {
                let detail = format!("this token is bound to the shop {own}, and the request is for {shop}");
                Err(Problem::new(ProblemKind::Forbidden, detail))
            }
        }
    }
}

/// Whom the caller says to be.
fn named(headers: &HeaderMap) -> Result<Actor, Problem> {
    let text = headers.get(header::ACTOR).map_or(Ok("http"), |text| text.to_str());
    text.ok().and_then(|text| text.parse().ok()).ok_or_else(|| {
        let reason = "it is no name: 1 to 64 characters out of letters, digits and . _ : -";
        Problem::bad_input(FieldError::new(header::ACTOR, reason, "write a name, or leave the header out"))
    })
}

fn is_this_machine(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix("[::1]") {
        return rest.is_empty() || rest.starts_with(':');
    }
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_few_names() {
        for host in ["localhost", "LocalHost:7480", "127.0.0.1:7480", "127.9.9.9", "[::1]:7480", "[::1]"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in
            ["example.org", "127.0.0.1.example.org", "localhost.example.org:80", "10.0.0.1", "", "[::1]x"]
        {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
