//! A small ledger in memory, to say what was done, what is asked, and how it must come out.
//!
//! Every ledger here is kept twice: once as it is, and once with every end put on record before each command. The two
//! must answer alike, for the record of an end changes no answer.

mod states;

use std::str::FromStr;
use std::sync::Arc;

use states::States;

use super::{Decision, Known};
use crate::{
    Command, Entitlement, EntitlementId, Event, Expire, Fate, Fingerprint, Judge, OrderLine, Refusal, State,
    Stream, Timestamp, UnitNo, VoucherRef,
};

pub(super) fn id<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// An instant, by its text.
pub(super) fn t(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// One order line, `n` in its shop.
pub(super) fn order(n: u32) -> OrderLine {
    OrderLine { shop: id("shop"), number: id("A1"), line: n }
}

/// A voucher of the first piece of order line `n`.
pub(super) fn voucher(n: u32, unit: UnitNo) -> VoucherRef {
    VoucherRef::Id { entitlement: EntitlementId::of_order(&order(n), 1), unit }
}

/// The `generation`th code of a voucher, from 0.
pub(super) fn code(entitlement: EntitlementId, unit: UnitNo, generation: usize) -> Fingerprint {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&entitlement.0[..8]);
    bytes[8..10].copy_from_slice(&unit.to_be_bytes());
    bytes[15] = u8::try_from(generation).unwrap();
    Fingerprint(bytes)
}

/// What was done so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    plain: States,
    swept: States,
}

impl Ledger {
    /// A ledger in which each of these was done.
    pub(super) fn new(done: &[(Command, &str)]) -> Self {
        Self::default().with(done)
    }

    /// The same ledger, asked by somebody else than the operator.
    #[must_use]
    pub(super) fn asked_by(&self, actor: &str) -> Self {
        let mut ledger = self.clone();
        ledger.plain.ask_as(id(actor));
        ledger.swept.ask_as(id(actor));
        ledger
    }

    /// The ledger after these, too.
    #[must_use]
    pub(super) fn with(&self, done: &[(Command, &str)]) -> Self {
        let mut ledger = self.clone();
        for (command, at) in done {
            let at = t(at);
            match ledger.decide(command, at) {
                Ok(decision) => ledger.take_in(&decision, at),
                Err(refusal) => panic!("{} at {at} is {refusal}: {:?}", command.name(), refusal.facts),
            }
        }
        ledger
    }

    fn take_in(&mut self, decision: &Decision, at: Timestamp) {
        self.plain.take_in(decision, at);
        self.swept.sweep(at);
        self.swept.take_in(decision, at);
    }

    /// Puts a fact on record that no command of this program would.
    pub(super) fn record(&mut self, stream: Stream, at: Timestamp, event: impl Into<Event>) {
        let mut decision = Decision::default();
        decision.put(stream, at, event);
        self.take_in(&decision, at);
    }

    /// What a command is judged by.
    pub(super) fn known(&self, command: &Command) -> Known {
        self.plain.known(command)
    }

    /// Decides, and holds the judge to his promises.
    pub(super) fn decide(&self, command: &Command, at: Timestamp) -> Result<Decision, Refusal> {
        let known = self.plain.known(command);
        let decided = known.decide(command, at, &mut Judge::brief());
        let mut judge = Judge::thorough();
        let again = known.decide(command, at, &mut judge);
        assert_eq!(decided, again, "a thorough judge decides as a brief one");
        let judgements = judge.into_judgements();
        let rules: Vec<_> = judgements.iter().map(|judgement| judgement.rule).collect();
        assert!(rules.is_sorted(), "{}: not in the order of precedence: {rules:?}", command.name());
        if let Err(refusal) = &decided {
            assert_eq!(judgements.last().map(|last| last.rule), Some(refusal.rule));
            assert!(!refusal.remedy.is_empty(), "{} tells no way out", refusal.rule);
        }
        if !matches!(command, Command::Expire(_)) {
            let mut swept = self.swept.clone();
            swept.sweep(at);
            let with_ends = swept.known(command).decide(command, at, &mut Judge::brief());
            let [answered, with_ends] = [decided.clone(), with_ends].map(|d| d.map(without_what_ran_out));
            assert_eq!(answered, with_ends, "an end on record changes no answer");
        }
        decided
    }

    /// The entitlement of the first piece of order line `n`.
    pub(super) fn entitlement(&self, n: u32) -> Arc<Entitlement> {
        self.plain.entitlement(EntitlementId::of_order(&order(n), 1)).unwrap()
    }

    /// When voucher `unit` of order line 1 ends, and by which rule.
    pub(super) fn end(&self, unit: UnitNo) -> Option<(String, &'static str)> {
        let end = self.look(unit, |right| right.end());
        end.map(|end| (end.at.to_string(), end.rule.name()))
    }

    /// Where voucher `unit` of order line 1 stands.
    pub(super) fn stage(&self, unit: UnitNo) -> String {
        self.look(unit, |right| right.standing().stage.name().to_owned())
    }

    /// How many attempts of voucher `unit` of order line 1 are used.
    pub(super) fn used(&self, unit: UnitNo) -> u16 {
        self.look(unit, |right| right.standing().used)
    }

    /// What became of each registration of voucher `unit` of order line 1.
    pub(super) fn fates(&self, unit: UnitNo) -> Vec<Fate> {
        self.look(unit, |right| right.unit.attempts.iter().map(|attempt| right.fate(attempt)).collect())
    }

    fn look<T>(&self, unit: UnitNo, look: impl FnOnce(crate::Right<'_>) -> T) -> T {
        self.look_at_unit(1, unit, look)
    }

    /// Looks at voucher 1 of order line `n`.
    pub(super) fn look_at<T>(&self, n: u32, look: impl FnOnce(crate::Right<'_>) -> T) -> T {
        self.look_at_unit(n, 1, look)
    }

    fn look_at_unit<T>(&self, n: u32, unit: UnitNo, look: impl FnOnce(crate::Right<'_>) -> T) -> T {
        let command = Expire { entitlement: EntitlementId::of_order(&order(n), 1) }.into();
        let known = self.plain.known(&command);
        look(known.rights().nth(usize::from(unit - 1)).unwrap())
    }

    /// When the next thing of order line 1 falls due.
    pub(super) fn next_due(&self) -> Option<String> {
        let command = Expire { entitlement: EntitlementId::of_order(&order(1), 1) }.into();
        self.plain.known(&command).next_due().map(|due| due.to_string())
    }

    /// The state of any stream.
    pub(super) fn state(&self, stream: &Stream) -> State {
        self.plain.get(stream)
    }
}

/// A decision without the clocks that ran out: where that is on record already, nobody puts it there again.
fn without_what_ran_out(mut decision: Decision) -> Decision {
    decision.events.retain(|placed| !matches!(placed.event, Event::DeliveryOverdue(_)));
    decision
}

/// How a command must come out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expected<'a> {
    /// Accepted, whatever follows.
    Accepted,
    /// Accepted with exactly these facts, by name.
    Does(&'a [&'a str]),
    /// Accepted with a warning under this clause that says this.
    Warns(&'a str, &'a str),
    /// Refused by this rule.
    Refused(&'a str),
    /// Refused by this rule under this clause.
    RefusedBy(&'a str, &'a str),
}

pub(super) use Expected::{Accepted, Does, Refused, RefusedBy, Warns};

/// Given what was done, when a command comes, then it comes out so.
#[track_caller]
pub(super) fn check(given: &Ledger, (command, at): (Command, &str), expected: Expected<'_>) {
    check_at(given, &command, t(at), expected);
}

#[track_caller]
pub(super) fn check_at(given: &Ledger, command: &Command, at: Timestamp, expected: Expected<'_>) {
    let decided = given.decide(command, at);
    let name = command.name();
    match (&decided, expected) {
        (Ok(_), Accepted) => {}
        (Ok(decision), Does(kinds)) => {
            let facts: Vec<_> = decision.events.iter().map(|placed| placed.event.kind()).collect();
            assert_eq!(facts, kinds, "{name} at {at}");
        }
        (Ok(decision), Warns(clause, says)) => {
            let told = decision.warnings.iter().any(|w| w.clause == clause && w.text.contains(says));
            assert!(told, "{name} at {at} warns: {:?}", decision.warnings);
        }
        (Err(refusal), Refused(rule)) => {
            assert_eq!(refusal.rule.name(), rule, "{name} at {at}: {:?}", refusal.facts);
        }
        (Err(refusal), RefusedBy(rule, clause)) => {
            assert_eq!((refusal.rule.name(), refusal.clause.as_str()), (rule, clause), "{name} at {at}");
        }
        (decided, expected) => panic!("{name} at {at}: expected {expected:?}, got {decided:#?}"),
    }
}

/// A deadline: just before it the one, at it and just after it the other.
#[track_caller]
pub(super) fn edge(
    given: &Ledger,
    instant: &str,
    ask: impl Fn(Timestamp) -> (Command, Timestamp),
    before: Expected<'_>,
    from: Expected<'_>,
) {
    for (millis, expected) in [(-1, before), (0, from), (1, from)] {
        let (command, at) = ask(t(instant).plus_millis(millis));
        check_at(given, &command, at, expected);
    }
}

/// The facts of a decision, to look into.
#[track_caller]
pub(super) fn facts(given: &Ledger, (command, at): (Command, &str)) -> Vec<Event> {
    given.decide(&command, t(at)).unwrap().events.into_iter().map(|placed| placed.event).collect()
}
