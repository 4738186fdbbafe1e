//! The states that are kept. A newer one is never replaced by an older one.

use std::time::Duration;

use quick_cache::Weighter;
use quick_cache::sync::{Cache, EntryAction, EntryResult};
use resit_domain::{State, Stream};
use resit_event_log::Record;

use crate::{Folded, StateError, is_common};

/// States by their streams. They are bounded by weight, for a pack or an offer takes as much memory as many vouchers do.
///
/// What is kept of a common stream is at least as new as every record of it that was told here ([`Kept::go_on`]): it gets in
/// only by whoever began to read it when nothing was kept ([`Kept::found`]), and only if no record of it was told meanwhile.
pub(crate) struct Kept(Cache<Stream, Folded, ByContent>);

/// Weighs a state in vouchers: one takes 1 to 2 KiB.
#[derive(Debug, Clone)]
struct ByContent;

/// What a version of an offer weighs: its terms, as they are read.
const VERSION_WEIGHT: usize = 8;
/// What the rules of a zone weigh, by one version.
const ZONE_WEIGHT: usize = 4;
/// How many registrations of a candidate, orders under an agreement or definitions of an exam weigh as much as a voucher.
const SMALL_PER_VOUCHER: usize = 8;

impl Weighter<Stream, Folded> for ByContent {
    fn weight(&self, _: &Stream, folded: &Folded) -> u64 {
        let weight = match &folded.state {
            State::Entitlement(entitlement) => entitlement.units.len().max(1),
            State::Offer(offer) => 1 + VERSION_WEIGHT * offer.versions.len(),
            State::Candidate(candidate) => 1 + candidate.attempts.len() / SMALL_PER_VOUCHER,
            State::Agreement(agreement) => 1 + agreement.ordered.len() / SMALL_PER_VOUCHER,
            State::Exam(exam) => 1 + exam.definitions() / SMALL_PER_VOUCHER,
            // A zone's rules take as much memory as a few vouchers.
            State::Zones(zones) => 1 + ZONE_WEIGHT * zones.len(),
            _ => 1,
        };
        weight as u64
    }
}

impl Kept {
    /// Keeps states that together weigh as much as `capacity` vouchers.
    pub(crate) fn new(capacity: usize) -> Self {
        Self(Cache::with_weighter(capacity, capacity as u64, ByContent))
    }

    /// What is kept of a stream.
    pub(crate) fn of(&self, stream: &Stream) -> Option<Folded> {
        self.0.get(stream)
    }

    /// What is kept of a stream, or else what is read now. Whoever comes meanwhile waits for that.
    pub(crate) async fn found(
        &self,
        stream: &Stream,
        read: impl Future<Output = Result<Folded, StateError>>,
    ) -> Result<Folded, StateError> {
        match self.0.get_value_or_guard_async(stream).await {
            Ok(folded) => Ok(folded),
            Err(place) => {
                let folded = read.await?;
                // Its place is gone if something newer was told.
                drop(place.insert(folded.clone()));
                Ok(folded)
            }
        }
    }

    /// Keeps a state, unless a newer one is kept. Where nothing is kept of a common stream, nobody here knows whether there is
    /// something newer.
    pub(crate) fn renew(&self, stream: &Stream, folded: Folded) {
        let newer = |_: &Stream, kept: &mut Folded| {
            if kept.revision < folded.revision {
                *kept = folded.clone();
            }
            EntryAction::Retain(())
        };
        match self.0.entry(stream, Some(Duration::ZERO), newer) {
            EntryResult::Vacant(place) if !is_common(stream) => drop(place.insert(folded)),
            // What is being read may be older.
            EntryResult::Timeout if is_common(stream) => self.forget(stream),
            EntryResult::Timeout => self.0.insert(stream.clone(), folded),
            _ => {}
        }
    }

    /// Goes on by a record, or forgets the stream if records in between are missing, or this one can't be understood.
    pub(crate) fn go_on(&self, stream: &Stream, record: &Record) -> Result<(), StateError> {
        match self.0.peek(stream) {
            Some(folded) if folded.revision == record.previous => match folded.absorb([record]) {
                Ok(folded) => self.renew(stream, folded),
                Err(error) => {
                    self.forget(stream);
                    return Err(error);
                }
            },
            Some(folded) if folded.revision < record.previous => self.forget(stream),
            // It may just be being read, and may have been before this record.
            None if is_common(stream) => self.forget(stream),
            _ => {}
        }
        Ok(())
    }

    /// Forgets a stream; what is just being read of it is not kept either.
    pub(crate) fn forget(&self, stream: &Stream) {
        self.0.remove(stream);
    }

    /// Forgets everything.
    pub(crate) fn forget_all(&self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use resit_domain::event::OfferWithdrawn;
    use resit_domain::{Candidate, EntitlementId, Event, Grandfather, OwnAttempt, OwnEnd, Timestamp, codec};
    use resit_event_log::{Commit, EventData, Position, Slice};
    use tokio::sync::oneshot;

    use super::*;
    use crate::stream_id;

    fn offer() -> Stream {
        Stream::Offer("o".parse().unwrap())
    }

    /// A state that stands at a position, as whoever read the log so far has it.
    fn at(stream: &Stream, position: u64) -> Folded {
        Folded { revision: Position(position), ..Folded::new(stream) }
    }

    /// The end of the offer's sale, at a position.
    fn withdrawn(position: u64, previous: u64) -> Record {
        let event: Event = OfferWithdrawn { grandfather: Grandfather::Nobody }.into();
        let at = Timestamp::from_millis(0).unwrap();
        let fact = EventData {
            kind: event.kind().into(),
            version: codec::version(event.kind()),
            happened_at: at,
            body: codec::encode(&event).into(),
        };
        let commit = Commit {
            command: "c".parse().unwrap(),
            command_body: Vec::new().into(),
            actor: "desk".parse().unwrap(),
            recorded_at: at,
            slices: vec![Slice {
                stream: stream_id(&offer()),
                expected: Position(previous),
                events: vec![fact],
            }],
        };
        commit.into_records(Position(position), at).next().unwrap()
    }

    async fn with(stream: &Stream, position: u64) -> Kept {
        let kept = Kept::new(10);
        kept.found(stream, async { Ok(at(stream, position)) }).await.unwrap();
        kept
    }

    fn revision(kept: &Kept, stream: &Stream) -> Option<u64> {
        kept.of(stream).map(|folded| folded.revision.0)
    }

    /// A candidate who registered so many times.
    fn registered(name: &str, count: u16) -> (Stream, Folded) {
        let attempt = |unit| OwnAttempt {
            entitlement: EntitlementId([7; 16]),
            unit,
            exam: "EX-1".parse().unwrap(),
            sit_at: Timestamp::from_millis(0).unwrap(),
            beta: false,
            programme: None,
            booked_at: Timestamp::from_millis(0).unwrap(),
            ended_at: None,
            plans: Vec::new(),
            end: OwnEnd::Open,
        };
        let stream = Stream::Candidate(name.parse().unwrap());
        let candidate = Candidate { attempts: (0..count).map(attempt).collect(), ..Candidate::default() };
        let folded = Folded { state: State::Candidate(Arc::new(candidate)), revision: Position(1) };
        (stream, folded)
    }

    #[test]
    fn large_states_take_the_room_of_as_many_small_ones() {
        for (registrations, least, most) in [(0, 9_000, 10_000), (80, 800, 910), (4_000, 12, 20)] {
            let kept = Kept::new(10_000);
            for n in 0..11_000 {
                let (stream, folded) = registered(&format!("c-{n}"), registrations);
                kept.renew(&stream, folded);
            }
            let count = kept.0.len();
            assert!((least..=most).contains(&count), "{count} candidates of {registrations} registrations");
        }
    }

    #[tokio::test]
    async fn an_older_state_never_takes_the_place_of_a_newer_one() {
        for stream in [offer(), Stream::Entitlement(EntitlementId([7; 16]))] {
            let kept = with(&stream, 5).await;
            kept.renew(&stream, at(&stream, 4));
            assert_eq!(revision(&kept, &stream), Some(5));
            kept.renew(&stream, at(&stream, 6));
            assert_eq!(revision(&kept, &stream), Some(6));
        }
    }

    #[tokio::test]
    async fn a_state_of_a_common_stream_is_kept_by_its_reader_alone() {
        let (kept, stream) = (Kept::new(10), offer());
        kept.renew(&stream, at(&stream, 4));
        assert_eq!(revision(&kept, &stream), None, "who knows whether there is something newer?");
        let own = Stream::Entitlement(EntitlementId([7; 16]));
        kept.renew(&own, at(&own, 4));
        assert_eq!(revision(&kept, &own), Some(4), "an append tells");
    }

    #[tokio::test]
    async fn what_was_read_before_a_change_came_is_not_kept_behind_it() {
        let stream = offer();
        let changes: [fn(&Kept); 3] = [
            |kept| kept.go_on(&offer(), &withdrawn(6, 5)).unwrap(),
            |kept| kept.renew(&offer(), at(&offer(), 6)),
            // Who follows has passed over it.
            Kept::forget_all,
        ];
        for change in changes {
            let kept = Kept::new(10);
            let (arrive, arrived) = oneshot::channel();
            let slow = kept.found(&stream, async {
                arrived.await.unwrap();
                Ok(at(&stream, 5))
            });
            let meanwhile = async {
                change(&kept);
                arrive.send(()).unwrap();
            };
            let (read, ()) = tokio::join!(slow, meanwhile);
            assert_eq!(read.unwrap().revision, Position(5), "it is what was there when it was asked for");
            assert_eq!(revision(&kept, &stream), None);
        }
    }

    #[tokio::test]
    async fn a_state_goes_on_by_the_record_right_behind_it_and_is_forgotten_where_one_is_missing() {
        let stream = offer();
        for (position, previous, then) in [(6, 5, Some(6)), (5, 4, Some(5)), (4, 3, Some(5)), (7, 6, None)] {
            let kept = with(&stream, 5).await;
            kept.go_on(&stream, &withdrawn(position, previous)).unwrap();
            assert_eq!(revision(&kept, &stream), then, "{position}");
        }
    }

    #[tokio::test]
    async fn what_a_newer_program_wrote_drops_what_is_kept() {
        let (stream, mut newer) = (offer(), withdrawn(6, 5));
        newer.events = vec![EventData { version: u16::MAX, ..newer.events[0].clone() }];
        let kept = with(&stream, 5).await;
        kept.go_on(&stream, &newer).expect_err("it can't be understood");
        assert_eq!(revision(&kept, &stream), None);
    }
}
