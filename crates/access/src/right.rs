//! Rights: what a caller may do. Two tables, which roles have a right and which right a command takes.

use std::fmt;

use crate::Role;
use Role::{Delivery, Operator, Purchase, Reporting, Support};

macro_rules! rights {
    ($($(#[$doc:meta])* $right:ident $name:literal [$($role:ident),*];)*) => {
        /// What somebody may do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Right {
            $($(#[$doc])* $right,)*
        }

        impl Right {
            /// Every right.
            pub const ALL: &'static [Right] = &[$(Right::$right),*];

            /// The right's name.
            pub fn name(self) -> &'static str {
                match self { $(Right::$right => $name),* }
            }

            /// The roles that have it.
            pub fn roles(self) -> &'static [Role] {
                match self { $(Right::$right => &[$($role),*]),* }
            }
        }
    };
}

rights! {
    /// Issue what an order bought.
    Order "order" [Purchase, Operator];
    /// Take back what an order bought, and give it again when a dispute was won.
    Refund "refund" [Purchase, Support, Operator];
    /// Record the steps in which an order is delivered.
    RecordSteps "record-steps" [Purchase, Support, Operator];
    /// Register candidates for sittings, and start what is not an exam.
    Register "register" [Delivery, Support, Operator];
    /// Record and correct what came of sittings.
    ReportResults "report-results" [Delivery, Operator];
    /// Assign vouchers, share them out, replace their codes.
    ManageVouchers "manage-vouchers" [Support, Operator];
    /// Give more than the terms do, or propose, approve and decline it.
    Goodwill "goodwill" [Support, Operator];
    /// Publish offers, exams, practice tests, calendars, policies, zone rules; open agreements.
    ManageCatalogue "manage-catalogue" [Operator];
    /// Read offers, terms and rules, and how the server is.
    ReadCatalogue "read-catalogue" [Purchase, Delivery, Support, Reporting, Operator];
    /// Read one voucher or order, its history, and why a command was answered as it was.
    ReadVouchers "read-vouchers" [Purchase, Delivery, Support, Reporting, Operator];
    /// List the vouchers of an offer, and what an agreement has.
    ReadLists "read-lists" [Support, Reporting, Operator];
    /// List the vouchers of a person.
    ReadPersons "read-persons" [Support, Reporting, Operator];
    /// Read every record of the log.
    ReadLog "read-log" [Reporting, Operator];
    /// Read what Prometheus asks for.
    ReadMetrics "read-metrics" [Reporting, Operator];
    /// Prove that the log is sound, and that what is derived from it equals it. A report is worth as much as that.
    Verify "verify" [Reporting, Operator];
    /// Put ends on record, rebuild, confirm the clock.
    Operate "operate" [Operator];
}

/// The right that each command takes, by the command's name in kebab case.
const COMMANDS: &[(&str, Right)] = &[
    ("publish-offer", Right::ManageCatalogue),
    ("extend-offer", Right::ManageCatalogue),
    ("withdraw-offer", Right::ManageCatalogue),
    ("migrate-provider", Right::ManageCatalogue),
    ("define-exam", Right::ManageCatalogue),
    ("define-practice-test", Right::ManageCatalogue),
    ("publish-calendar", Right::ManageCatalogue),
    ("publish-policy", Right::ManageCatalogue),
    ("publish-zone-rules", Right::ManageCatalogue),
    ("open-agreement", Right::ManageCatalogue),
    ("amend-agreement", Right::ManageCatalogue),
    ("issue", Right::Order),
    ("assign", Right::ManageVouchers),
    ("unassign", Right::ManageVouchers),
    ("share-out", Right::ManageVouchers),
    ("take-back-share", Right::ManageVouchers),
    ("schedule", Right::Register),
    ("reschedule", Right::Register),
    ("cancel", Right::Register),
    ("record-result", Right::ReportResults),
    ("correct-result", Right::ReportResults),
    ("activate", Right::Register),
    ("replace-code", Right::ManageVouchers),
    ("revoke", Right::Refund),
    ("extend", Right::Goodwill),
    ("approve-goodwill", Right::Goodwill),
    ("decline-goodwill", Right::Goodwill),
    ("reinstate", Right::Refund),
    ("record-step", Right::RecordSteps),
    ("expire", Right::Operate),
    ("confirm-clock", Right::Operate),
];

impl Right {
    /// The right that a command takes; none for a name that is no command's.
    pub fn of_command(name: &str) -> Option<Right> {
        COMMANDS.iter().find(|(known, _)| *known == name).map(|(_, right)| *right)
    }
}

impl Role {
    /// Whether the role has a right.
    pub fn has(self, right: Right) -> bool {
        right.roles().contains(&self)
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_shows_the_table_as_it_is() {
        let page = include_str!("../README.md");
        for right in Right::ALL {
            let row = page.lines().find(|line| line.starts_with(&format!("| `{right}` |"))).unwrap();
            let cells: Vec<bool> =
                row.trim_matches('|').split('|').skip(2).map(|cell| cell.trim() == "yes").collect();
            let table: Vec<bool> = Role::ALL.into_iter().map(|role| role.has(*right)).collect();
            assert_eq!(cells, table, "{right}");
        }
    }

    #[test]
    fn the_operator_may_do_everything_and_reporting_only_reads() {
        assert!(Right::ALL.iter().all(|right| Operator.has(*right)));
        assert!(COMMANDS.iter().all(|(_, right)| !Reporting.has(*right)));
    }
}
