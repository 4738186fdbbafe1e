//! One line of a story.

use resit_domain::Timestamp;

use super::Parser;
use crate::expect::{Expect, KEYWORDS};
use crate::fault::Fault;
use crate::story::{LINE_CHARS_MAX, Move, Step, When};
use crate::time;
use crate::verb::{self, Verb};
use crate::voucher::{NOBODY, UnitRef};
use crate::words::{Word, Words};

impl Parser<'_> {
    pub(super) fn line(&mut self, text: &str) -> Result<Option<Step>, Fault> {
        if let Some((column, _)) = text.chars().enumerate().nth(LINE_CHARS_MAX) {
            let problem = format!("the line is longer than {LINE_CHARS_MAX} characters");
            return Err(Fault { column: column + 1, word: String::new(), problem });
        }
        let mut words = Words::of(text);
        let Some(first) = words.next() else { return Ok(None) };
        if first.text == "story" {
            return self.titled(&first, words).map(|()| None);
        }
        let step = self.step(&first, &mut words)?;
        words.done()?;
        Ok(Some(step))
    }

    fn step(&mut self, first: &Word<'_>, words: &mut Words<'_>) -> Result<Step, Fault> {
        match first.text {
            "at" => {
                let word = words.need("a time, like 2019-09-01T10:00Z")?;
                let at = time::forward(&word, time::instant(&word)?, self.now)?;
                Ok(self.clock(Move::Set, at))
            }
            "tick" => {
                let to = time::target(words, self.started(first)?)?;
                self.ticked = true;
                Ok(self.clock(Move::Tick, to))
            }
            "skip" => {
                let to = time::target(words, self.started(first)?)?;
                Ok(self.clock(Move::Skip, to))
            }
            "when" => {
                self.started(first)?;
                self.when(words)
            }
            "expect" => self.expect(first, words),
            _ => match verb::setup(first, words) {
                Some(verb) => {
                    self.started(first)?;
                    Ok(Step::Given(verb?))
                }
                None => Err(Self::unknown(first)),
            },
        }
    }

    fn titled(&mut self, first: &Word<'_>, mut words: Words<'_>) -> Result<(), Fault> {
        if self.title.is_some() {
            return Err(first.fault("stands here a second time; a file is one story"));
        }
        let mut title = vec![words.need("the title")?.text];
        title.extend(std::iter::from_fn(|| words.next()).map(|word| word.text));
        self.title = Some(title.join(" "));
        Ok(())
    }

    fn clock(&mut self, how: Move, at: Timestamp) -> Step {
        self.now = Some(at);
        Step::Clock(how, at)
    }

    fn started(&self, first: &Word<'_>) -> Result<Timestamp, Fault> {
        self.now
            .ok_or_else(|| first.fault("needs a clock; write a line like `at 2019-09-01T10:00Z` before it"))
    }

    fn when(&mut self, words: &mut Words<'_>) -> Result<Step, Fault> {
        let actor = words.pull("actor").map(|word| word.read()).transpose()?;
        let id = words.pull("id").map(|word| word.read()).transpose()?;
        let confirm = match words.pull("confirm") {
            None => false,
            Some(word) if word.text == "yes" => true,
            Some(word) => return Err(word.fault("is no confirmation; write confirm=yes, or leave it out")),
        };
        let first = words.need("what is asked, like `issue A` or `again`")?;
        if first.text == "again" {
            return if self.asked { Ok(Step::Again) } else { Err(first.fault("has no command before it")) };
        }
        let verb = verb::asked(&first, words)?;
        self.asked = true;
        if let Some(unit) = verb.voucher().and_then(|voucher| voucher.unit()) {
            self.named(&first, unit)?;
        }
        self.name(&first, &*verb)?;
        Ok(Step::When(When { verb, actor, id, confirm }))
    }

    /// Takes in the name that an order gives to what it buys.
    fn name(&mut self, first: &Word<'_>, verb: &dyn Verb) -> Result<(), Fault> {
        let Some((name, order)) = verb.issues() else { return Ok(()) };
        if KEYWORDS.contains(&name) {
            return Err(
                first.fault(format!("gives a name, `{name}`, that expectations begin with; choose another"))
            );
        }
        let known = self.orders.entry(name.to_owned()).or_insert_with(|| order.clone());
        if known == order {
            Ok(())
        } else {
            Err(first.fault(format!("names another order line `{name}`; choose another name")))
        }
    }

    fn named(&self, first: &Word<'_>, unit: &UnitRef) -> Result<(), Fault> {
        if unit.name == NOBODY || self.orders.contains_key(&unit.name) {
            return Ok(());
        }
        let names: Vec<&str> = self.orders.keys().map(String::as_str).chain([NOBODY]).collect();
        let names = names.join(", ");
        Err(first.fault(format!("names `{}`, which no line before has issued; issued: {names}", unit.name)))
    }

    fn expect(&mut self, first: &Word<'_>, words: &mut Words<'_>) -> Result<Step, Fault> {
        let names: Vec<&str> = self.orders.keys().map(String::as_str).collect();
        let expect = Expect::read(words, &names)?;
        if expect.of_answer() && !self.asked {
            return Err(first.fault("is about a command, and no `when` stands before it"));
        }
        if expect.of_tick() && !self.ticked {
            return Err(first.fault("is about a tick, and no `tick` stands before it"));
        }
        for unit in expect.vouchers() {
            self.named(first, unit)?;
        }
        Ok(Step::Expect(expect))
    }

    fn unknown(first: &Word<'_>) -> Fault {
        if verb::is_asked(first.text) {
            return first.fault(format!("is a command; write `when {} …`", first.text));
        }
        let names: Vec<&str> = ["story", "at", "tick", "skip", "when", "expect"]
            .into_iter()
            .chain(verb::setup_names())
            .collect();
        Fault::choose(first.column, first.text, "beginning of a line", &names)
    }
}
