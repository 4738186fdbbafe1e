//! What the five commands of a life publish: how many messages, how long, and on which subjects again.

use resit_event_log::EventLog;
use resit_nats::Link;

use super::broken;
use crate::{BenchError, life};

/// One message of a command.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// Which of the life's subjects it is published on; none for one that nothing else is published on.
    pub(super) subject: Option<usize>,
    pub(super) bytes: usize,
    /// How long the subject is.
    pub(super) subject_bytes: usize,
}

/// The messages of each command of a life.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) commands: Vec<Vec<Message>>,
}

impl Shape {
    /// That of the first life on record.
    pub(super) async fn of(link: &Link, log: &dyn EventLog) -> Result<Self, BenchError> {
        let stream =
            link.jetstream.get_stream_no_info(link.names.ledger_stream()).await.map_err(|e| broken(&e))?;
        let mut subjects: Vec<String> = Vec::new();
        let mut commands = Vec::new();
        for step in 0..life::LIFE {
            let records = log.find_command(&life::command(0, step).id).await?;
            let Some((first, last)) = records.first().zip(records.last()) else {
                return Err(BenchError::Broken("the first life was not lived to its end".to_owned()));
            };
            let mut messages = Vec::new();
            // Its marker stands before the first record.
            for sequence in first.position.0 - 1..=last.position.0 {
                let message = stream.get_raw_message(sequence).await.map_err(|e| broken(&e))?;
                let known = subjects.iter().position(|subject| *subject == *message.subject);
                let subject = known.unwrap_or_else(|| {
                    subjects.push(message.subject.to_string());
                    subjects.len() - 1
                });
                let subject = (sequence >= first.position.0).then_some(subject);
                messages.push(Message {
                    subject,
                    bytes: message.payload.len(),
                    subject_bytes: message.subject.len(),
                });
            }
            commands.push(messages);
        }
        Ok(Self { commands })
    }
}
