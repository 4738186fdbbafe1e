//! How a command ended: the one place where outcomes become exit codes.

mod stopped;
mod turned_down;

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use resit_access::AccessError;
use resit_api::ProblemKind;
use resit_client::ClientError;
use resit_clock_guard::Unconfirmed;
use resit_command_handler::Failure;
use resit_embedded_log::OpenError;
use resit_event_log::ReadError;
use resit_intake::IntakeError;
use resit_nats::LinkError;
use resit_nats::layout::LayoutError;
use resit_voucher_code::masked;

pub(crate) use self::stopped::{Stopped, in_one_line};
use self::turned_down::is_turned_down;
use crate::output::{VisibleForm, visible};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It was done, or answered.
    Done,
    /// The rules said no; or a check found that something does not hold.
    Refused,
    /// What was given can't be used.
    Input,
    /// The ledger can't be used now: locked, full, not there.
    Unavailable,
    /// The ledger is damaged.
    Damaged,
    /// The command id is on record with another body.
    IdReused,
    /// A signal ended it before it was done.
    Interrupted,
}

impl Status {
    /// The exit code, and what it says, for the documentation.
    pub(crate) const ALL: [(Status, u8, &str); 7] = [
        (Status::Done, 0, "done, or answered"),
        (Status::Refused, 1, "the rules said no, or a check found that something does not hold"),
        (Status::Input, 2, "what was given can't be used; nothing was changed"),
        (Status::Unavailable, 3, "the ledger can't be used now: it is locked, full or not there"),
        (Status::Damaged, 4, "the ledger is damaged; the message says where and what to do"),
        (Status::IdReused, 5, "the command id is on record with another body"),
        (Status::Interrupted, 130, "a signal ended it before it was done"),
    ];
}

/// Says why the words of a command can't be used, or shows the help that they ask for, and ends the process. What may be a code
/// is not repeated, and what would steer a terminal is written out.
pub(crate) fn misread(error: &clap::Error) -> ! {
    let clap_says = error.render().to_string();
    let said = visible(&masked(&clap_says), VisibleForm::Lines { coloured: false });
    if error.use_stderr() && said != clap_says {
        // If even this can't be written, the exit code is all that is left to say.
        drop(std::io::stderr().write_all(said.as_bytes()));
        std::process::exit(Status::Input.code().into());
    }
    error.exit()
}

impl Status {
    /// Its exit code.
    pub(crate) fn code(self) -> u8 {
        Status::ALL.iter().find(|(known, ..)| *known == self).map_or(3, |(_, code, _)| *code)
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(status.code())
    }
}

impl Stopped {
    /// How the process ends for it.
    pub(crate) fn status(&self) -> Status {
        match self {
            _ if is_damage(self) => Status::Damaged,
            Stopped::Interrupted => Status::Interrupted,
            Stopped::Access(AccessError::File { .. } | AccessError::Malformed { .. }) => Status::Unavailable,
            Stopped::Input(_)
            | Stopped::Unconfirmed(Unconfirmed::OtherTime { .. })
            | Stopped::OnNats(_)
            | Stopped::Config(_)
            | Stopped::Nats(LinkError::Address { .. } | LinkError::User | LinkError::File { .. })
            | Stopped::NotAllowed(_)
            | Stopped::NatsLayout(LayoutError::Denied { .. })
            | Stopped::Seed { .. }
            | Stopped::File { .. }
            | Stopped::Access(_)
            | Stopped::Intake(
                IntakeError::NotParked(_) | IntakeError::Settled { .. } | IntakeError::Withheld(_),
            )
            | Stopped::Server(ClientError::CodeUnknown | ClientError::Unauthenticated { .. })
            | Stopped::NotCopied { source: OpenError::NoBoundary(_), .. }
            | Stopped::Story(_) => Status::Input,
            Stopped::Problem(said) => of_problem(said.0.r#type),
            Stopped::Handler(Failure::IdReused { .. }) => Status::IdReused,
            Stopped::Handler(failure) if is_turned_down(failure) => Status::Input,
            Stopped::NoFormat(_)
            | Stopped::Open { source: OpenError::Damaged { .. } | OpenError::NoLog { .. }, .. }
            | Stopped::NotCopied { source: OpenError::Damaged { .. } | OpenError::NoLog { .. }, .. } => {
                Status::Damaged
            }
            _ => Status::Unavailable,
        }
    }
}

/// Whether the log's bytes are behind it, however many say so before it came here.
fn is_damage(error: &(dyn Error + 'static)) -> bool {
    let corrupt =
        |error: &(dyn Error + 'static)| matches!(error.downcast_ref(), Some(ReadError::Corrupt { .. }));
    corrupt(error) || error.source().is_some_and(is_damage)
}

/// How the process ends for a server's problem.
fn of_problem(kind: ProblemKind) -> Status {
    match kind {
        ProblemKind::Refused => Status::Refused,
        ProblemKind::IdReused => Status::IdReused,
        ProblemKind::Damaged => Status::Damaged,
        ProblemKind::BadInput
        | ProblemKind::KeyRequired
        | ProblemKind::ClockFixed
        | ProblemKind::NotFound
        | ProblemKind::MethodNotAllowed
        | ProblemKind::TooLarge
        | ProblemKind::UnsupportedMediaType
        | ProblemKind::Unauthenticated
        | ProblemKind::Forbidden
        | ProblemKind::NotLocal => Status::Input,
        ProblemKind::SlowDown
        | ProblemKind::RequestTimeout
        | ProblemKind::Bug
        | ProblemKind::Behind
        | ProblemKind::UnderWay
        | ProblemKind::Overloaded
        | ProblemKind::NotSent
        | ProblemKind::ClockUntrusted
        | ProblemKind::Unavailable => Status::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_code_is_documented_as_it_is() {
        let page = include_str!("../../../docs/command-line.md");
        for (_, code, says) in Status::ALL {
            assert!(page.contains(&format!("| {code} | {says} |")), "{code}: {says}");
        }
    }
}
