//! Answers to commands.

use std::io;

use resit_api::{Judged, Outcome, Reply};
use resit_domain::{Judgement, NO_CLAUSE, OrderLine, Outcome as Held, Refusal, Timestamp};

use super::{Out, Tone};

impl Out {
    /// The answer to a command; `ordered` is the order line, where it was an order, and `clock` what the sender's clock
    /// shows, where that counts.
    pub(crate) fn reply(
        &mut self,
        reply: &Reply,
        ordered: Option<&OrderLine>,
        clock: Option<Timestamp>,
    ) -> io::Result<()> {
        if self.is_json() {
            return self.json(reply);
        }
        let again = if reply.replayed { " (answered before: this is the first answer again)" } else { "" };
        let place = format!(
            "command {} up to position {}, recorded {}{again}",
            reply.command, reply.position, reply.recorded_at
        );
        let place = self.tone(Tone::Dim, &place);
        self.outcome(&reply.outcome)?;
        if let Some(impact) = reply.impact.as_deref() {
            self.impact(impact)?;
        }
        if let Some(order) = ordered {
            writeln!(
                self.sink(),
                "order: shop {}, number {}, line {}",
                order.shop,
                order.number,
                order.line
            )?;
        }
        if let Some(offer) = &reply.offer {
            self.in_force(offer, &reply.outcome)?;
        }
        writeln!(self.sink(), "{place}")?;
        if let Some(now) = clock.filter(|now| *now < reply.recorded_at) {
            let note = self.tone(Tone::Warn, "note");
            writeln!(
                self.sink(),
                "{note} the ledger's time, {}, is ahead of this clock, {now}; it judges by its own",
                reply.recorded_at
            )?;
        }
        for issued in &reply.codes {
            let code = self.tone(Tone::Strong, &issued.code.expose().to_string());
            writeln!(self.sink(), "  voucher {}  code {code}", issued.voucher)?;
        }
        let hidden = reply.codes_under_another_key;
        if hidden > 0 {
            let note = self.tone(Tone::Warn, "note");
            writeln!(
                self.sink(),
                "{note} issued under another key: {hidden}, with codes that still work and can't be shown again; \
                 `resit replace-code` makes new ones"
            )?;
        }
        if matches!(reply.outcome, Outcome::Accepted { .. }) && !reply.entitlements.is_empty() {
            self.views(&reply.entitlements)?;
        }
        Ok(())
    }

    /// What a command would do.
    pub(crate) fn judged(&mut self, judged: &Judged) -> io::Result<()> {
        if self.is_json() {
            return self.json(judged);
        }
        self.judgements(&judged.judgements)?;
        self.outcome(&judged.outcome)?;
        if let Some(impact) = judged.impact.as_deref() {
            self.impact(impact)?;
        }
        writeln!(self.sink(), "nothing was done: this was a dry run")
    }

    fn outcome(&mut self, outcome: &Outcome) -> io::Result<()> {
        match outcome {
            Outcome::Accepted { events, warnings } => {
                let kinds = counted(events.iter().map(|event| event.0.event.kind()));
                let yes = self.tone(Tone::Good, "yes");
                writeln!(self.sink(), "{yes}  {kinds}")?;
                for warning in warnings {
                    let word = self.tone(Tone::Warn, "note");
                    let by = if warning.clause == NO_CLAUSE {
                        String::new()
                    } else {
                        format!(" ({})", warning.clause)
                    };
                    writeln!(self.sink(), "{word} {}{by}", warning.text)?;
                }
                Ok(())
            }
            Outcome::Refused { refusal } => self.refusal(refusal),
        }
    }

    /// Why not, and what would make it yes.
    pub(super) fn refusal(&mut self, refusal: &Refusal) -> io::Result<()> {
        let no = self.tone(Tone::Bad, "no");
        let Refusal { rule, facts, remedy, .. } = refusal;
        writeln!(self.sink(), "{no}   {}: asked is that {}", refusal.cites(), rule.asks())?;
        for fact in facts {
            writeln!(self.sink(), "     {}: {}", fact.name, fact.value)?;
        }
        writeln!(self.sink(), "     what would make it yes: {remedy}")
    }

    /// Every rule that was judged.
    pub(super) fn judgements(&mut self, judgements: &[Judgement]) -> io::Result<()> {
        for judgement in judgements {
            let word = match judgement.outcome {
                Held::Held => self.tone(Tone::Good, "held  "),
                Held::Waived => self.tone(Tone::Warn, "waived"),
                Held::Failed => self.tone(Tone::Bad, "failed"),
            };
            let facts: Vec<_> =
                judgement.facts.iter().map(|fact| format!("{} = {}", fact.name, fact.value)).collect();
            let facts = self.tone(Tone::Dim, &facts.join("; "));
            writeln!(self.sink(), "  {word} {} — {}", judgement.cites(), judgement.rule.asks())?;
            if !judgement.facts.is_empty() {
                writeln!(self.sink(), "         {facts}")?;
            }
            if judgement.outcome == Held::Failed {
                writeln!(self.sink(), "         what would make it yes: {}", judgement.remedy)?;
            }
        }
        Ok(())
    }
}

/// Words in the order in which they come first, each with how often it comes: an order of packs has thousands of facts.
fn counted<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let said = |(word, count): (&str, usize)| {
        if count == 1 { word.to_owned() } else { format!("{count} × {word}") }
    };
    counts.into_iter().map(said).collect::<Vec<_>>().join(", ")
}
