//! Which commands publish something that rights already sold may depend on.

use crate::Command;

impl Command {
    /// Whether the command is a publication: its impact on live rights is counted before it is recorded, and one that takes a
    /// right away asks for confirmation (ruling 18). A new publication is named here.
    pub fn is_publication(&self) -> bool {
        matches!(
            self,
            Command::PublishOffer(_)
                | Command::ExtendOffer(_)
                | Command::WithdrawOffer(_)
                | Command::MigrateProvider(_)
                | Command::DefineExam(_)
                | Command::PublishCalendar(_)
                | Command::PublishPolicy(_)
                | Command::PublishZoneRules(_)
                | Command::AmendAgreement(_)
        )
    }
}
