//! Callers that do not stop, whatever breaks: what got no answer is sent again, under the same id.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use resit_domain::Timestamp;

use super::ClusterCounts;
use crate::kill::caller::{Answer, Caller, Hand, Sent, asking};
use crate::life;

const CALLERS: u64 = 8;

/// No disruption may keep everybody from being answered for longer.
const SILENCE_MAX: Duration = Duration::from_mins(5);

const DAY_MS: i64 = 86_400_000;

/// Callers at work.
pub(super) struct Load {
    answers: mpsc::Receiver<Answer>,
    callers: Vec<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
    hand: Arc<Hand>,
    taken: std::cell::RefCell<(HashMap<String, u64>, usize, usize)>,
}

impl Load {
    /// Publishes what vouchers are made by, and lets callers call.
    pub(super) fn begin(url: &str, seed: u64) -> Self {
        let client = asking(url, Some(life::day_one()));
        for request in life::setting() {
            let sent = Sent::of(request, None);
            client.handle(&sent.id, &sent.body).expect("the first commands of a ledger are taken");
        }
        // More than a year after the offer came out: vouchers were bought all the while.
        let hand = Arc::new(Hand::at(life::day_one().plus_millis(400 * DAY_MS)));
        let (tell, answers) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let caller = |number| {
            let (url, hand, tell, stop) = (url.to_owned(), hand.clone(), tell.clone(), stop.clone());
            std::thread::spawn(move || {
                let mut caller = Caller::new(number, seed);
                while !stop.load(Ordering::Relaxed) {
                    caller.call(&url, &hand, &tell, &|| stop.load(Ordering::Relaxed));
                }
                // What is under way gets its answer.
                caller.finish(&url, &tell);
            })
        };
        let callers = (0..CALLERS).map(caller).collect();
        Self { answers, callers, stop, hand, taken: std::cell::RefCell::default() }
    }

    /// Waits until so many more commands were answered.
    #[track_caller]
    pub(super) fn answered(&self, count: u64) {
        for _ in 0..count {
            let answer = self.answers.recv_timeout(SILENCE_MAX);
            self.take(&answer.expect("commands are answered whatever was broken"));
        }
    }

    fn take(&self, answer: &Answer) {
        let mut taken = self.taken.borrow_mut();
        let before = taken.0.insert(answer.id.to_string(), answer.position);
        assert_eq!(before, None, "{} was answered before", answer.id);
        taken.1 += usize::from(answer.refused);
        taken.2 += usize::from(answer.late);
    }

    /// Ends the load, and tells where its clock stands.
    pub(super) fn end(self, counts: &mut ClusterCounts) -> Timestamp {
        self.stop.store(true, Ordering::Relaxed);
        for caller in self.callers {
            caller.join().expect("no caller got a wrong answer");
        }
        let rest: Vec<_> = self.answers.try_iter().collect();
        let load = Self { callers: Vec::new(), ..self };
        for answer in &rest {
            load.take(answer);
        }
        let (acknowledged, refused, late) = load.taken.into_inner();
        (counts.acknowledged, counts.refused, counts.late) = (acknowledged, refused, late);
        load.hand.shows()
    }
}
