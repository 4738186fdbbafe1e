//! Failures as problems: what the world did not answer, by kind.

use std::error::Error;
use std::fmt::Write as _;

use resit_clock_guard::{Unconfirmed, Untrusted};
use resit_command_handler::Failure;
use resit_event_log::{AppendError, ReadError};
use resit_projector::ProjectionError;
use resit_states::StateError;

use crate::{FieldError, Problem, ProblemKind};

impl Problem {
    fn of(kind: ProblemKind, error: &dyn Error) -> Self {
        let mut detail = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            write!(detail, ": {error}").expect("writing to a string does not fail");
            cause = error.source();
        }
        Self::new(kind, detail)
    }

    /// The same, with the seconds to wait, if it is worth to try again.
    fn with_retry(self) -> Self {
        match self.r#type {
            // A log that can't be used was tried for as long as it might come back.
            ProblemKind::Unavailable => self.retry_after(5),
            // Somebody has to do something about it first.
            ProblemKind::ClockUntrusted => self.retry_after(10),
            kind if kind.status() == 503 => self.retry_after(1),
            _ => self,
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let kind = match &failure {
            Failure::IdReused { .. } => ProblemKind::IdReused,
            Failure::TooLarge { .. } | Failure::IdTooLong { .. } | Failure::IdOfTheLedger { .. } => {
                ProblemKind::BadInput
            }
            Failure::Append(AppendError::Invalid { .. }) => ProblemKind::TooLarge,
            Failure::UnknownCommand(_) => ProblemKind::NotFound,
            Failure::ClockUntrusted(_) => ProblemKind::ClockUntrusted,
            Failure::State(state) => of_state(state),
            Failure::Busy { .. } | Failure::Append(_) => ProblemKind::Unavailable,
        };
        let problem = Self::of(kind, &failure).with_retry();
        match failure {
            Failure::IdReused { id, position } => problem.about(id, position),
            // Others were faster, this time.
            Failure::Busy { .. } => problem.retry_after(1),
            Failure::TooLarge { .. } => {
                let reason = problem.detail.clone();
                let error = FieldError::new("quantity", reason, "split the line");
                Self { errors: Box::new([error]), ..problem }
            }
            Failure::IdOfTheLedger { .. } => {
                let reason = problem.detail.clone();
                let error = FieldError::new("Idempotency-Key", reason, "take another, such as a UUID");
                Self { errors: Box::new([error]), ..problem }
            }
            Failure::IdTooLong { max, .. } => {
                let reason = problem.detail.clone();
                let remedy = format!("{max} bytes at most for so large an order");
                let error = FieldError::new("Idempotency-Key", reason, remedy);
                Self { errors: Box::new([error]), ..problem }
            }
            _ => problem,
        }
    }
}

impl From<Untrusted> for Problem {
    fn from(untrusted: Untrusted) -> Self {
        Self::of(ProblemKind::ClockUntrusted, &untrusted).with_retry()
    }
}

impl From<Unconfirmed> for Problem {
    fn from(unconfirmed: Unconfirmed) -> Self {
        match unconfirmed {
            Unconfirmed::Contradicted(untrusted) => untrusted.into(),
            Unconfirmed::OtherTime { clock, .. } => {
                let remedy = format!("send what the clock reads, {clock}, if that is the time");
                Self::bad_input(FieldError::new("reads", unconfirmed.to_string(), remedy))
            }
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self::of(of_read(&error), &error).with_retry()
    }
}

impl From<StateError> for Problem {
    fn from(error: StateError) -> Self {
        Self::of(of_state(&error), &error).with_retry()
    }
}

impl From<ProjectionError> for Problem {
    fn from(error: ProjectionError) -> Self {
        let kind = match &error {
            ProjectionError::Read(read) => of_read(read),
            ProjectionError::State(state) => of_state(state),
            ProjectionError::Store(_) | ProjectionError::Row(_) | ProjectionError::Stopped => {
                ProblemKind::Unavailable
            }
        };
        Self::of(kind, &error).with_retry()
    }
}

fn of_read(error: &ReadError) -> ProblemKind {
    match error {
        ReadError::Corrupt { .. } => ProblemKind::Damaged,
        ReadError::Unavailable { .. } => ProblemKind::Unavailable,
    }
}

fn of_state(error: &StateError) -> ProblemKind {
    match error {
        StateError::Read(read) => of_read(read),
        StateError::Codec(_) | StateError::Stream(_) | StateError::StreamId(_) => ProblemKind::Damaged,
    }
}
