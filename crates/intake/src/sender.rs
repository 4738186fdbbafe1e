//! Who sent an event: the subject says so, and the server sees to it who may publish there.

use resit_access::Role;
use resit_domain::Actor;
use resit_nats::{Names, untoken};

use crate::{Poison, Reason};

/// What the subject of an event says, whatever that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The sender's role.
    pub role: String,
    /// The sender's name.
    pub name: String,
    /// The type of the event.
    pub kind: String,
}

/// Somebody who may send events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sender {
    /// What they are.
    pub role: Role,
    /// Their name, which commands carry on record.
    pub name: Actor,
}

impl Subject {
    /// What a subject says. A part that is not there is empty; one that is no token stays as it is.
    pub fn of(names: &Names, subject: &str) -> Self {
        let prefix = names.intake_subjects();
        let rest = subject.strip_prefix(prefix.trim_end_matches('>')).unwrap_or(subject);
        let mut parts = rest.splitn(3, '.').map(|part| untoken(part).unwrap_or_else(|| part.to_owned()));
        let mut next = || parts.next().unwrap_or_default();
        Self { role: next(), name: next(), kind: next() }
    }

    /// The sender.
    pub(crate) fn sender(&self) -> Result<Sender, Poison> {
        let wrong = |what: String| {
            let remedy = "publish to LEDGER.intake.ROLE.NAME.TYPE";
            Poison::new(Reason::WrongSubject, "subject", what, remedy)
        };
        let role = self.role.parse().map_err(|e: resit_access::UnknownRole| wrong(e.to_string()))?;
        let name = self.name.parse().map_err(|e: resit_domain::InvalidId| wrong(e.to_string()))?;
        Ok(Sender { role, name })
    }
}

impl Sender {
    /// Asks that an event's source is the sender: the name, alone or with something behind a slash.
    pub(crate) fn must_be_source(&self, source: &str) -> Result<(), Poison> {
        let name = self.name.as_str();
        let rest = source.strip_prefix(name);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            return Ok(());
        }
        let what = format!("`{source}` is not {name}, who sent the event");
        let remedy =
            format!("name yourself as the source: `{name}`, or `{name}/` with a part of your system");
        Err(Poison::new(Reason::WrongSource, "source", what, remedy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(text: &str) -> Subject {
        Subject::of(&Names::of("resit".parse().unwrap()), text)
    }

    #[test]
    fn role_name_and_type_come_out_of_the_subject() {
        let said = subject("resit.intake.purchase.web=2Eshop.order-placed-v1");
        assert_eq!(
            said,
            Subject { role: "purchase".into(), name: "web.shop".into(), kind: "order-placed-v1".into() }
        );
        assert_eq!(said.sender().unwrap().name.as_str(), "web.shop");
    }

    #[test]
    fn a_subject_that_names_no_sender_is_told() {
        for text in ["resit.intake.purchase", "resit.intake.king.web.x", "resit.intake.purchase.=20.x"] {
            assert_eq!(subject(text).sender().unwrap_err().reason, Reason::WrongSubject, "{text}");
        }
        assert_eq!(subject("resit.intake.purchase.web.a.b").kind, "a.b");
    }

    #[test]
    fn the_source_is_the_sender_or_a_part_of_it() {
        let web = Sender { role: Role::Purchase, name: "web".parse().unwrap() };
        for source in ["web", "web/checkout", "web/"] {
            assert!(web.must_be_source(source).is_ok(), "{source}");
        }
        for source in ["", "webshop", "other/web", "/web"] {
            assert_eq!(web.must_be_source(source).unwrap_err().reason, Reason::WrongSource, "{source}");
        }
    }
}
