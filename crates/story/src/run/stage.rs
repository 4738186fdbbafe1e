//! Where a story is told: its clock, its last command, its last tick.

use resit_command_handler::Happened;
use resit_domain::{OfferId, Timestamp};

use super::Runner;
use super::answer::Last;
use super::names::Names;
use crate::report::{Stop, StoryFailure, StoryReport, Unmet};
use crate::story::{Line, Move, Step, Story};
use crate::told::Told;
use crate::venue::Venue;

/// A story that is being told.
pub(super) struct Stage<'a> {
    pub(super) runner: &'a Runner,
    pub(super) story: &'a Story,
    pub(super) venue: &'a dyn Venue,
    pub(super) names: Names<'a>,
    pub(super) now: Timestamp,
    /// Offers that were published so far; an order that names none means the only one.
    pub(super) offers: Vec<OfferId>,
    pub(super) last: Option<Last>,
    /// What the last tick put on record.
    pub(super) ticked: Vec<Happened>,
    pub(super) report: StoryReport,
    begun: bool,
    tell: &'a mut dyn FnMut(Told),
}

impl<'a> Stage<'a> {
    pub(super) fn new(runner: &'a Runner, story: &'a Story, tell: &'a mut dyn FnMut(Told)) -> Self {
        let title = story.title.clone();
        Self {
            runner,
            story,
            venue: &*runner.venue,
            names: Names::new(story),
            now: Timestamp::default(),
            offers: Vec::new(),
            last: None,
            ticked: Vec::new(),
            report: StoryReport { title, commands: 0, expectations: 0, unmet: Vec::new() },
            begun: false,
            tell,
        }
    }

    pub(super) async fn tell(mut self) -> Result<StoryReport, StoryFailure> {
        self.say(Told::Begins { title: self.story.title.clone() });
        let story = self.story;
        for line in &story.lines {
            let told = self.line(line).await;
            told.map_err(|stop| StoryFailure { file: story.file.clone(), line: line.number, stop })?;
        }
        self.nobody_expected();
        Ok(self.report)
    }

    async fn line(&mut self, line: &Line) -> Result<(), Stop> {
        match &line.step {
            Step::Clock(how, at) => self.clock(line.number, *how, *at).await,
            Step::Given(verb) => self.given(line.number, &**verb).await,
            Step::When(when) => self.when(line.number, when).await,
            Step::Again => self.again(line.number).await,
            Step::Expect(expect) => self.expect(line, expect).await,
        }
    }

    async fn clock(&mut self, line: usize, how: Move, at: Timestamp) -> Result<(), Stop> {
        self.now = at;
        self.say(Told::Clock { line, how, at });
        if !self.begun {
            self.begun = true;
            self.own_offer(line).await?;
        }
        if how == Move::Tick {
            self.ticked.clear();
            for (fact, recorded_at) in self.venue.tick(at).await? {
                self.say_facts(std::slice::from_ref(&fact), recorded_at);
                self.ticked.push(fact);
            }
        }
        Ok(())
    }

    /// A no that no line expects is not passed over.
    pub(super) fn nobody_expected(&mut self) {
        if let Some(last) = self.last.take().filter(|last| !last.looked_at && last.answer.is_no()) {
            let expected = "accepted, since no line expects anything else".to_owned();
            self.unmet(Unmet { line: last.line, expected, found: last.answer.found() });
        }
    }

    pub(super) fn unmet(&mut self, unmet: Unmet) {
        self.report.unmet.push(unmet.clone());
        self.say(Told::Unmet(unmet));
    }

    pub(super) fn say(&mut self, told: Told) {
        (self.tell)(told);
    }

    pub(super) fn say_facts(&mut self, facts: &[Happened], recorded_at: Timestamp) {
        for Happened { stream, happened_at, event } in facts {
            self.say(Told::Fact {
                about: self.names.about(stream, event),
                kind: event.kind(),
                words: crate::facts::words(event),
                happened_at: *happened_at,
                recorded_at,
                aside: crate::facts::aside(stream),
            });
        }
    }
}
