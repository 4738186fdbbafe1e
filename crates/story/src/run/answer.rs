//! What a story expects of the last command, and what came of it.

use resit_command_handler::{Happened, Outcome, Reply, Request};
use resit_domain::Command;
use resit_voucher_code::Code;

use crate::expect::Expect;

/// The last command, and what came of it.
pub(super) struct Last {
    pub(super) line: usize,
    pub(super) request: Request,
    pub(super) code: Option<Code>,
    pub(super) answer: Answer,
    /// Whether an expectation was about it.
    pub(super) looked_at: bool,
}

/// What came of a command.
pub(super) enum Answer {
    Reply(Box<Reply>),
    /// No answer from the rules: the name of the error, and its words.
    Error(&'static str, String),
}

impl Answer {
    /// In a few words.
    pub(super) fn found(&self) -> String {
        match self {
            Answer::Error(name, words) => format!("error {name}: {words}"),
            Answer::Reply(reply) => match &reply.outcome {
                Outcome::Accepted { .. } => "accepted".to_owned(),
                Outcome::Refused(refusal) => refusal.to_string(),
            },
        }
    }

    pub(super) fn is_no(&self) -> bool {
        !matches!(self, Answer::Reply(reply) if matches!(reply.outcome, Outcome::Accepted { .. }))
    }
}

/// What was found instead; none if the expectation is met.
pub(super) fn of_answer(expect: &Expect, last: &Last) -> Option<String> {
    let answer = &last.answer;
    let Answer::Reply(reply) = answer else {
        return match (expect, answer) {
            (Expect::Error(wanted), Answer::Error(name, _)) if wanted == name => None,
            _ => Some(answer.found()),
        };
    };
    match (expect, &reply.outcome) {
        (Expect::Replayed, _) => (!reply.replayed).then(|| format!("{} for the first time", answer.found())),
        (Expect::Refused { clause, rule }, Outcome::Refused(refusal)) => {
            let met = refusal.clause == *clause && rule.is_none_or(|rule| refusal.rule == rule);
            (!met).then(|| answer.found())
        }
        (Expect::Error(_), _) | (_, Outcome::Refused(_)) => Some(answer.found()),
        (expect, Outcome::Accepted { events, warnings }) => {
            let kinds = own(&last.request.command, events);
            let met = match expect {
                Expect::Events(wanted) => *wanted == kinds,
                Expect::Warned(clause) => warnings.iter().any(|warning| warning.clause == *clause),
                Expect::NoWarning => warnings.is_empty(),
                Expect::Repeated => kinds == ["CommandRepeated"],
                _ => false,
            };
            let warned: Vec<&str> = warnings.iter().map(|warning| warning.clause.as_str()).collect();
            (!met).then(|| match expect {
                Expect::Warned(_) if warned.is_empty() => "no warning".to_owned(),
                Expect::Warned(_) | Expect::NoWarning => format!("warned {}", warned.join(", ")),
                Expect::Refused { .. } => answer.found(),
                _ => format!("events {}", kinds.join(" ")),
            })
        }
    }
}

/// The types of the facts on the one stream that the command is about. An order of several is about its first piece.
fn own<'a>(command: &Command, events: &'a [Happened]) -> Vec<&'a str> {
    let kind = match command {
        Command::PublishOffer(_)
        | Command::ExtendOffer(_)
        | Command::WithdrawOffer(_)
        | Command::MigrateProvider(_) => "offer",
        Command::PublishCalendar(_) => "calendar",
        Command::PublishPolicy(_) => "policy",
        Command::PublishZoneRules(_) => "zones",
        Command::DefineExam(_) => "exam",
        Command::DefinePracticeTest(_) => "practice-test",
        Command::OpenAgreement(_) | Command::AmendAgreement(_) => "agreement",
        _ => "entitlement",
    };
    let first = events.iter().map(|e| &e.stream).find(|stream| stream.kind() == kind);
    events.iter().filter(|e| Some(&e.stream) == first).map(|e| e.event.kind()).collect()
}
