//! Somebody who sends commands to a server, and after a kill sends what got no answer again.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::Sender;

use resit_api::{CommandBody, Outcome, ProblemKind, Reply};
use resit_client::{Caller as Asking, Client, ClientError};
use resit_command_handler::Request;
use resit_domain::{Command, CommandId, Timestamp};

use crate::dice::Dice;
use crate::life::{LIFE, Lives};

/// How many answered commands are sent again after a kill.
const AGAIN: usize = 3;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// The clock of a rehearsal, as its callers have set it.
#[derive(Debug)]
pub(crate) struct Hand(AtomicI64);

impl Hand {
    pub(crate) fn at(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.millis()))
    }

    pub(crate) fn shows(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst)).expect("it is moved by days")
    }

    fn ahead(&self, days: i64) -> Timestamp {
        self.0.fetch_add(days * DAY_MS, Ordering::SeqCst);
        self.shows()
    }
}

/// A command that was, or will be, sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: CommandId,
    pub(crate) body: CommandBody,
    /// What the clock is set to with it.
    clock: Option<Timestamp>,
}

impl Sent {
    pub(crate) fn of(Request { id, command, .. }: Request, clock: Option<Timestamp>) -> Self {
        let body = CommandBody::of(command, |_| None).expect("vouchers are named by their ids");
        Self { id, body, clock }
    }

    /// Sends it; none if the server went away.
    fn to(&self, url: &str, client: &Client) -> Option<Reply> {
        let answer = match self.clock {
            None => client.handle(&self.id, &self.body),
            clock => asking(url, clock).handle(&self.id, &self.body),
        };
        match answer {
            Ok(reply) => Some(reply),
            Err(ClientError::Broken { .. } | ClientError::Unreachable { .. }) => None,
            Err(ClientError::Problem(problem)) if problem.r#type == ProblemKind::Unavailable => None,
            Err(error) => panic!("{} got no answer: {error}", self.id),
        }
    }
}

pub(crate) fn asking(url: &str, clock: Option<Timestamp>) -> Client {
    Client::new(Asking { url: url.to_owned(), token: None, actor: "load".parse().expect("a name"), clock })
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) id: CommandId,
    pub(crate) position: u64,
    pub(crate) refused: bool,
    /// It was taken before a kill, and answered only now.
    pub(crate) late: bool,
}

/// One of those who load the server: one voucher after the other, each in its own way.
#[derive(Debug)]
pub(crate) struct Caller {
    number: u64,
    voucher: u64,
    stage: u64,
    dice: Dice,
    lives: Lives,
    unanswered: Option<Sent>,
    answered: VecDeque<(Sent, Reply)>,
}

impl Caller {
    pub(crate) fn new(number: u64, seed: u64) -> Self {
        let dice = Dice::new(seed ^ (number << 32));
        let lives = Lives { day_one: crate::life::day_one() };
        Self { number, voucher: 0, stage: 0, dice, lives, unanswered: None, answered: VecDeque::new() }
    }

    /// Sends until the server goes away, and tells each answer. What was answered before is answered alike.
    pub(crate) fn call(
        &mut self,
        url: &str,
        hand: &Hand,
        answers: &Sender<Answer>,
        stopped: &dyn Fn() -> bool,
    ) {
        let client = asking(url, None);
        for (sent, first) in &self.answered {
            let Some(again) = sent.to(url, &client) else { return };
            assert!(again.replayed, "{} was answered before", sent.id);
            assert_eq!(
                (again.position, again.recorded_at),
                (first.position, first.recorded_at),
                "{}",
                sent.id
            );
            assert_eq!(again.outcome, first.outcome, "{}", sent.id);
        }
        while !stopped() {
            let sent = self.unanswered.take().unwrap_or_else(|| self.next(hand));
            if !self.answered_to(sent, url, &client, answers) {
                return;
            }
        }
    }

    /// Sends what got no answer until it gets one.
    pub(crate) fn finish(&mut self, url: &str, answers: &Sender<Answer>) {
        let client = asking(url, None);
        while let Some(sent) = self.unanswered.take() {
            self.answered_to(sent, url, &client, answers);
        }
    }

    /// Sends a command, and tells its answer; none if the server went away.
    fn answered_to(&mut self, sent: Sent, url: &str, client: &Client, answers: &Sender<Answer>) -> bool {
        let Some(reply) = sent.to(url, client) else {
            self.unanswered = Some(sent);
            return false;
        };
        let refused = matches!(reply.outcome, Outcome::Refused { .. });
        let (id, position) = (sent.id.clone(), reply.position.0);
        self.answered.push_back((sent, reply.clone()));
        if self.answered.len() > AGAIN {
            self.answered.pop_front();
        }
        answers
            .send(Answer { id, position, refused, late: reply.replayed })
            .expect("answers are read to the end");
        true
    }

    /// The next command: of a whole life, of one that is left after the purchase, or after a fail, or of a voucher that
    /// ends about now.
    fn next(&mut self, hand: &Hand) -> Sent {
        let begins = self.stage == 0;
        let clock = (begins && self.number == 0).then(|| hand.ahead(self.dice.between(1, 20)));
        let now = hand.shows();
        let (kind, stage) = (self.voucher % 4, self.stage);
        if begins {
            self.lives = match kind {
                3 => Lives { day_one: now.plus_millis(self.dice.between(-370, -359) * DAY_MS) },
                _ => Lives::before(now),
            };
        }
        let mut request = self.lives.command(self.number, self.voucher * LIFE + stage);
        if let (3, Command::Schedule(schedule)) = (kind, &mut request.command) {
            (schedule.booked_at, schedule.sit_at) = (None, now.plus_millis(HOUR_MS));
        }
        self.stage += 1;
        if self.stage == [LIFE, 1, 3, 2][usize::try_from(kind).expect("one of four")] {
            (self.voucher, self.stage) = (self.voucher + 1, 0);
        }
        Sent::of(request, clock)
    }
}
