//! Policies: files that are checked, and what is on record.

use std::io;

use chrono::NaiveDate;
use resit_api::{PolicyLine, PolicyVersion, PublishedPolicy};
use resit_domain::Policy;
use resit_domain::terms::{OfferError, explain_policy};
use serde_json::json;

use super::{Out, Tone};

impl Out {
    /// What a policy file is found to say, or what is wrong with it.
    pub(crate) fn policy_file(&mut self, file: &str, checked: &Result<Policy, OfferError>) -> io::Result<()> {
        if self.is_json() {
            return self.value(&as_json(file, checked));
        }
        let policy = match checked {
            Ok(policy) => policy,
            Err(error) => {
                let word = self.tone(Tone::Bad, "refused");
                return writeln!(self.sink(), "{file}: {word}: {error}");
            }
        };
        let days = days(policy.first_day, policy.last_day);
        writeln!(self.sink(), "policy of {}  ({days}, policy {})", policy.programme, policy.hash)?;
        self.lines_of_policy(explain_policy(policy).into_iter().map(PolicyLine::from))
    }

    /// What is on record of a programme's policy.
    pub(crate) fn policy(&mut self, policy: &PublishedPolicy) -> io::Result<()> {
        if self.is_json() {
            return self.json(policy);
        }
        let in_force = policy.versions.iter().find(|version| version.in_force);
        let stands = match in_force {
            Some(PolicyVersion { version, first_day, last_day, policy, .. }) => {
                format!("version {version} is in force, {}, policy {policy}", days(*first_day, *last_day))
            }
            None => "no version is in force today".to_owned(),
        };
        writeln!(self.sink(), "policy of {}: {stands}", policy.programme)?;
        if in_force.is_some() {
            self.lines_of_policy(policy.says.iter().cloned())?;
        }
        let row = |version: &PolicyVersion| {
            let stands = if version.in_force { "in force" } else { "" };
            [
                version.version.to_string(),
                stands.to_owned(),
                version.published_at.to_string(),
                days(version.first_day, version.last_day),
                version.policy.to_string(),
            ]
        };
        self.table(["version", "stands", "published at", "holds", "policy"], policy.versions.iter().map(row))
    }

    fn lines_of_policy(&mut self, lines: impl Iterator<Item = PolicyLine>) -> io::Result<()> {
        self.table(["about", "in words", "clause"], lines.map(|line| [line.about, line.words, line.clause]))
    }
}

/// The days on which a version holds.
fn days(first: Option<NaiveDate>, last: Option<NaiveDate>) -> String {
    match (first, last) {
        (None, None) => "on every day".to_owned(),
        (Some(first), None) => format!("from {first}"),
        (None, Some(last)) => format!("to {last}"),
        (Some(first), Some(last)) => format!("from {first} to {last}"),
    }
}

fn as_json(file: &str, checked: &Result<Policy, OfferError>) -> serde_json::Value {
    match checked {
        Ok(policy) => {
            let explained: Vec<_> = explain_policy(policy).into_iter().map(PolicyLine::from).collect();
            json!({
                "file": file, "holds": true, "programme": policy.programme, "policy": policy.hash,
                "first_day": policy.first_day, "last_day": policy.last_day, "explained": explained,
            })
        }
        Err(error) => super::offer::refused_as_json(file, error),
    }
}
