//! Asking rules, in any order: of those that fail, the earliest in the ledger's order of precedence answers.

use resit_domain::Rule;

/// Rules that were asked.
#[derive(Debug, Default)]
pub(super) struct Checks {
    failed: Vec<&'static str>,
}

impl Checks {
    /// Asks one rule.
    pub(super) fn ask(&mut self, rule: &'static str, holds: bool) {
        if !holds {
            self.failed.push(rule);
        }
    }

    /// The rule that refuses, of those that were not waived.
    pub(super) fn refusal(self, waived: &[&'static str]) -> Option<&'static str> {
        let place =
            |name: &str| Rule::ALL.iter().position(|rule| rule.name() == name).expect("a rule's name");
        self.failed.into_iter().filter(|rule| !waived.contains(rule)).min_by_key(|rule| place(rule))
    }
}
