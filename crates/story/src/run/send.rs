//! Commands sent, and what is told of their answers.

use resit_command_handler::{Outcome, Reply, Request};
use resit_domain::terms::OfferFile;
use resit_domain::{Actor, Command, CommandId, InvalidId, Rule, Warning};
use resit_voucher_code::Code;

use super::answer::{Answer, Last};
use super::stage::Stage;
use crate::report::Stop;
use crate::story::When;
use crate::told::Told;
use crate::venue::NoAnswer;
use crate::verb::Verb;

impl Stage<'_> {
    /// The offer whose examples are told is in force from the start.
    pub(super) async fn own_offer(&mut self, line: usize) -> Result<(), Stop> {
        let Some(source) = self.runner.own_offer.clone() else { return Ok(()) };
        let command = resit_domain::PublishOffer { source }.into();
        self.setup(line, "publish the offer of this file".to_owned(), command).await
    }

    /// A line that sets the stage: it must be accepted, or be so already.
    pub(super) async fn given(&mut self, line: usize, verb: &dyn Verb) -> Result<(), Stop> {
        let (command, _) = self.command(verb).await?;
        self.setup(line, verb.words(), command).await
    }

    async fn setup(&mut self, line: usize, asked: String, command: Command) -> Result<(), Stop> {
        self.note(&command, None);
        // Of these a repetition is refused only if nothing about it is new.
        let repeatable = matches!(
            command,
            Command::PublishOffer(_) | Command::DefineExam(_) | Command::DefinePracticeTest(_)
        );
        // What sets the stage is as its author wants it.
        let request = Request { id: self.next_id(None)?, actor: actor(None)?, command, confirm: true };
        self.say_asked(line, asked.clone(), &request, true);
        match self.send(&request, None).await? {
            Answer::Error(_, reason) => Err(Stop::Line(reason)),
            Answer::Reply(reply) => match reply.outcome {
                Outcome::Accepted { .. } => Ok(()),
                Outcome::Refused(refusal) if repeatable && refusal.rule == Rule::NewVersion => {
                    self.say(Told::AlreadySo { why: refusal.remedy });
                    Ok(())
                }
                Outcome::Refused(refusal) => Err(Stop::Setup { asked, refusal: Box::new(refusal) }),
            },
        }
    }

    pub(super) async fn when(&mut self, line: usize, when: &When) -> Result<(), Stop> {
        self.nobody_expected();
        let (command, code) = self.command(&*when.verb).await?;
        self.note(&command, when.verb.issues().map(|(name, _)| name));
        let (id, actor) = (self.next_id(when.id.as_ref())?, actor(when.actor.as_ref())?);
        let request = Request { id, actor, command, confirm: when.confirm };
        self.say_asked(line, when.verb.words(), &request, false);
        let answer = self.send(&request, code.clone()).await?;
        self.last = Some(Last { line, request, code, answer, looked_at: false });
        Ok(())
    }

    pub(super) async fn again(&mut self, line: usize) -> Result<(), Stop> {
        let last = self.last.as_ref().map(|last| (last.request.clone(), last.code.clone()));
        let Some((request, code)) = last else { return Ok(()) };
        self.nobody_expected();
        self.report.commands += 1;
        self.say_asked(line, "the same command again".to_owned(), &request, false);
        let answer = self.send(&request, code.clone()).await?;
        self.last = Some(Last { line, request, code, answer, looked_at: false });
        Ok(())
    }

    async fn send(&mut self, request: &Request, code: Option<Code>) -> Result<Answer, Stop> {
        match self.venue.handle(request.clone(), code, self.now).await {
            Ok(reply) => {
                self.say_reply(&reply);
                Ok(Answer::Reply(Box::new(reply)))
            }
            Err(NoAnswer::IdReused(error)) => Ok(self.failed("id-reused", error)),
            Err(NoAnswer::TooLarge(error)) => Ok(self.failed("too-large", error)),
            Err(no_answer) => Err(no_answer.into()),
        }
    }

    fn failed(&mut self, name: &'static str, error: String) -> Answer {
        self.say(Told::Failed { error: error.clone() });
        Answer::Error(name, error)
    }

    fn say_asked(&mut self, line: usize, words: String, request: &Request, setup: bool) {
        let (id, actor) = (request.id.clone(), request.actor.clone());
        self.say(Told::Asked { line, words, id, actor, setup });
    }

    fn say_reply(&mut self, reply: &Reply) {
        if reply.replayed {
            self.say(Told::Replayed { recorded_at: reply.recorded_at });
        }
        match &reply.outcome {
            Outcome::Accepted { events, warnings } => {
                self.say_facts(events, reply.recorded_at);
                for Warning { clause, text } in warnings {
                    let (clause, text) = (clause.clone(), self.names.named(text));
                    self.say(Told::Warned(Warning { clause, text }));
                }
            }
            Outcome::Refused(refusal) => {
                let mut refusal = refusal.clone();
                for fact in &mut refusal.facts {
                    fact.value = self.names.named(&fact.value);
                }
                self.say(Told::Refused(refusal));
            }
        }
        for minted in &reply.codes {
            let shown = minted.code.expose().to_string();
            let first = shown.split('-').next().unwrap_or_default();
            let masked = format!("{first}-····-····-····-····-····");
            self.say(Told::Code { voucher: self.names.unit(minted.entitlement, minted.unit), masked });
        }
    }

    /// Ids are counted, so that the same story makes the same ones.
    fn next_id(&mut self, given: Option<&CommandId>) -> Result<CommandId, Stop> {
        self.report.commands += 1;
        match given {
            Some(id) => Ok(id.clone()),
            None => self.story.command_id(self.report.commands).map_err(|e| Stop::Line(e.to_string())),
        }
    }

    /// Notes what later lines may mean without saying it.
    fn note(&mut self, command: &Command, name: Option<&str>) {
        match (command, name) {
            (Command::Issue(order), Some(name)) => self.names.note(name, order.quantity),
            (Command::PublishOffer(c), _) => {
                let offer = OfferFile::parse(&c.source).ok().map(|file| file.terms.offer);
                self.offers.extend(offer.filter(|offer| !self.offers.contains(offer)));
            }
            _ => {}
        }
    }
}

fn actor(given: Option<&Actor>) -> Result<Actor, Stop> {
    match given {
        Some(actor) => Ok(actor.clone()),
        None => "story".parse().map_err(|e: InvalidId| Stop::Line(e.to_string())),
    }
}
