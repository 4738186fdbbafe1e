//! What a user may do, as subjects.

use super::class::{Class, Way};
use super::{User, UserKind};
use crate::{Denied, Names};

/// What a user may do. What is not in here, it may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The subjects that it may publish on.
    pub publish: Vec<String>,
    /// The subjects that it may subscribe to.
    pub subscribe: Vec<String>,
    /// Whether it answers requests.
    pub answers: Answers,
}

/// Whether somebody answers requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// On the inboxes of those who may ask, and of callers in other accounts.
    Inboxes,
    /// Never.
    Never,
}

impl Grant {
    /// What a user of a ledger may do.
    pub fn of(names: &Names, user: &User) -> Self {
        let classes = |way: Way| {
            let has = move |class: &&Class| class.way() == way && class.kinds().contains(&user.kind());
            let subjects: Vec<String> =
                Class::ALL.iter().filter(has).flat_map(|class| class.subjects(names, user)).collect();
            subjects
        };
        let serves = |kind: UserKind| Class::Serve.kinds().contains(&kind);
        let answers = if serves(user.kind()) { Answers::Inboxes } else { Answers::Never };
        Self { publish: classes(Way::Publish), subscribe: classes(Way::Subscribe), answers }
    }

    /// Whether it may publish on a subject.
    pub fn may_publish(&self, subject: &str) -> bool {
        covering(&self.publish, subject).is_some()
    }

    /// Whether it may subscribe to a subject, which may have wildcards.
    pub fn may_subscribe(&self, subject: &str) -> bool {
        covering(&self.subscribe, subject).is_some()
    }

    /// What of this is denied, as it is granted here; none if it is not.
    pub(crate) fn denied(&self, denied: &Denied) -> Option<Denied> {
        match denied {
            Denied::Publish(subject) => covering(&self.publish, subject).map(Denied::Publish),
            Denied::Subscribe(subject) => covering(&self.subscribe, subject).map(Denied::Subscribe),
        }
    }
}

/// The granted subject that stands for this one as well.
fn covering(granted: &[String], subject: &str) -> Option<String> {
    granted.iter().find(|granted| covers(granted, subject)).cloned()
}

/// Whether everything that one subject stands for, another stands for as well.
fn covers(wide: &str, narrow: &str) -> bool {
    let (mut wide, mut narrow) = (wide.split('.'), narrow.split('.'));
    loop {
        match (wide.next(), narrow.next()) {
            (Some(">"), Some(_)) | (None, None) => return true,
            (Some("*"), Some(token)) if token != ">" => {}
            (Some(one), Some(other)) if one == other => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_covers_what_it_stands_for() {
        for (wide, narrow) in [("a.>", "a.b"), ("a.>", "a.*.>"), ("a.*", "a.b"), ("a.*.c", "a.*.c")] {
            assert!(covers(wide, narrow), "{wide} {narrow}");
        }
        for (wide, narrow) in [("a.>", "a"), ("a.*", "a.>"), ("a.b", "a.*"), ("a.*", "a.b.c"), ("a.>", ">")] {
            assert!(!covers(wide, narrow), "{wide} {narrow}");
        }
    }
}
