//! The list of tokens.

use resit_domain::Timestamp;
use serde::Deserialize;

use crate::{Token, TokenHash};

/// All tokens of a ledger. Names are unique.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    list: Vec<Token>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default)]
    token: Vec<Token>,
}

const HEAD: &str = "# Who may use this ledger's server. Made and changed by `resit token`; a server reads it again by itself.\n";

impl Tokens {
    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// What is wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Text { token: list } = toml::from_str(text).map_err(|e| e.to_string())?;
        for (at, token) in list.iter().enumerate() {
            if list[..at].iter().any(|other| other.name == token.name) {
                return Err(format!("two tokens have the name {}; take one out", token.name));
            }
        }
        Ok(Self { list })
    }

    /// The text of a file.
    pub(crate) fn to_text(&self) -> String {
        let mut text = HEAD.to_owned();
        self.list.iter().for_each(|token| token.write(&mut text));
        text
    }

    /// All of them, in the order in which they were made.
    pub fn list(&self) -> &[Token] {
        &self.list
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The token whose secret this is; none if it is nobody's, or has ended at `at`.
    ///
    /// Every token is compared, each in a time that does not depend on where it differs.
    pub fn verify(&self, presented: &str, at: Timestamp) -> Option<&Token> {
        let hash = TokenHash::of(presented);
        let mut found = None;
        for token in &self.list {
            if hash.same_as(&token.sha256) {
                found = Some(token);
            }
        }
        found.filter(|token| !token.is_expired(at))
    }

    pub(crate) fn named(&self, name: &resit_domain::Actor) -> Option<&Token> {
        self.list.iter().find(|token| token.name == *name)
    }

    pub(crate) fn with(mut self, token: Token) -> Self {
        self.list.push(token);
        self
    }

    pub(crate) fn without(mut self, name: &resit_domain::Actor) -> Self {
        self.list.retain(|token| token.name != *name);
        self
    }
}
