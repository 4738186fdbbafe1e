//! Where events go that can't be taken: a stream of their own, as they came, with the reason and what to do.
//!
//! A message of that stream is an event that was parked, or says that one was settled: taken again, mended, or discarded.
//! Nothing is removed by it, so that there is a record of each.

mod list;
mod message;
mod settle;

use async_nats::HeaderMap;
use bytes::Bytes;
use resit_domain::{Actor, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{CloudEvent, Poison, Subject};

pub use list::ParkedEvents;
pub(crate) use message::{park, publish};
pub use settle::Mended;

/// What stands beside a parked event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Why, and what to do.
    #[serde(flatten)]
    pub poison: Poison,
    /// The subject that it was sent to.
    pub subject: String,
    /// Its number among all events that were sent in.
    pub sequence: u64,
    /// When it was sent in.
    pub sent_at: Timestamp,
    /// Whether it is not kept whole: codes were blanked out of it, or its headers were too long.
    pub withheld: bool,
}

/// An event that was parked.
#[derive(Debug, Clone)]
pub struct Parked {
    /// Its number in the parking stream.
    pub number: u64,
    /// When it was parked.
    pub parked_at: Timestamp,
    /// Why, and where it came from.
    pub note: Note,
    /// Who sent it, and as what.
    pub sent_as: Subject,
    /// The headers that it came with.
    pub headers: HeaderMap,
    /// Its bytes as they came.
    pub payload: Bytes,
    /// What was done about it, if anything was.
    pub settled: Option<Settled>,
}

/// What was done about a parked event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Its number in the parking stream.
    pub parked: u64,
    /// What was done.
    pub how: How,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// What can be done about a parked event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It was sent in again as it was.
    Retried,
    /// Another event was sent in its place.
    Fixed {
        /// The id of that event.
        id: String,
    },
    /// It will not be taken.
    Discarded {
        /// Why.
        reason: String,
    },
}

impl How {
    /// What was done, in a word.
    pub fn word(&self) -> &'static str {
        match self {
            How::Retried => "retried",
            How::Fixed { .. } => "fixed",
            How::Discarded { .. } => "discarded",
        }
    }
}

impl Parked {
    /// The event, as far as it is one.
    pub fn event(&self) -> Result<CloudEvent, Poison> {
        CloudEvent::read(&self.headers, &self.payload)
    }
}
