//! Settings and tokens.

use std::io;

use resit_access::{Role, Token};
use resit_domain::{Actor, Timestamp};
use serde_json::json;

use super::{Out, Tone};
use crate::config::{Row, Source};

impl Out {
    /// Every setting, with where its value comes from.
    pub(crate) fn settings(&mut self, rows: &[Row]) -> io::Result<()> {
        if self.is_json() {
            let list = rows.iter().map(|row| {
                let (file, line) = match &row.source {
                    Source::File(path, line) => (Some(path), Some(line)),
                    _ => (None, None),
                };
                let value = Some(&row.value).filter(|value| *value != "-");
                json!({ "name": row.key.name, "value": value, "source": row.source.to_string(), "file": file, "line": line })
            });
            let list = list.collect::<Vec<_>>().into();
            return self.value(&list);
        }
        let row = |row: &Row| {
            [row.key.name.to_owned(), row.value.clone(), row.source.to_string(), row.key.says.to_owned()]
        };
        self.table(["setting", "value", "where from", "what it is"], rows.iter().map(row))
    }

    /// A token that was made. Its secret is shown here and never again.
    pub(crate) fn token(&mut self, name: &Actor, role: Role, secret: &str) -> io::Result<()> {
        if self.is_json() {
            return self.value(&json!({ "name": name, "role": role, "token": secret }));
        }
        let secret = self.tone(Tone::Strong, secret);
        writeln!(self.sink(), "{secret}")?;
        writeln!(
            self.sink(),
            "This is the token of {name}, with the role {role}. It is shown once and kept nowhere: hand it over now.\n\
             Its holder sends it as `Authorization: Bearer TOKEN`, or sets RESIT_TOKEN for this program."
        )
    }

    /// What is known of tokens.
    pub(crate) fn tokens(&mut self, tokens: &[Token], now: Timestamp) -> io::Result<()> {
        let row = |token: &Token| {
            let expires = match token.expires_at {
                Some(at) if token.is_expired(now) => format!("{at} (over)"),
                Some(at) => at.to_string(),
                None => "never".to_owned(),
            };
            let shop = token.shop.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
            [token.name.to_string(), token.role.to_string(), token.made_at.to_string(), expires, shop]
        };
        self.table(["name", "role", "made at", "expires at", "shop"], tokens.iter().map(row))
    }
}
