//! Answers to commands.

use std::io;

use resit_command_handler::{Judged, Outcome, Reply, Request};
use resit_domain::{Command, Judgement, Outcome as Held, Refusal, Timestamp};

use super::{Out, Tone, json};

impl Out {
    /// The answer to a command.
    pub(crate) fn reply(&mut self, request: &Request, reply: &Reply, now: Timestamp) -> io::Result<()> {
        if self.is_json() {
            return self.value(&json::reply(request, reply, now));
        }
        let again = if reply.replayed { " (answered before: this is the first answer again)" } else { "" };
        let place = format!(
            "command {} up to position {}, recorded {}{again}",
            request.id, reply.position, reply.recorded_at
        );
        let place = self.tone(Tone::Dim, &place);
        self.outcome(&reply.outcome)?;
        if let Command::Issue(issue) = &request.command {
            let order = &issue.order;
            writeln!(
                self.sink(),
                "order: shop {}, number {}, line {}",
                order.shop,
                order.number,
                order.line
            )?;
        }
        writeln!(self.sink(), "{place}")?;
        if now < reply.recorded_at {
            let note = self.tone(Tone::Warn, "note");
            writeln!(
                self.sink(),
                "{note} the ledger's time, {}, is ahead of this clock, {now}; it judges by its own",
                reply.recorded_at
            )?;
        }
        for minted in &reply.codes {
            let code = self.tone(Tone::Strong, &minted.code.expose().to_string());
            writeln!(self.sink(), "  voucher {}.{}  code {code}", minted.entitlement, minted.unit)?;
        }
        let hidden = codes_under_another_key(request, reply);
        if hidden > 0 {
            let note = self.tone(Tone::Warn, "note");
            writeln!(
                self.sink(),
                "{note} issued under another key: {hidden}, with codes that still work and can't be shown again; \
                 `resit replace-code` makes new ones"
            )?;
        }
        if matches!(reply.outcome, Outcome::Accepted { .. }) && !reply.entitlements.is_empty() {
            self.views(&reply.entitlements, now)?;
        }
        Ok(())
    }

    /// What a command would do.
    pub(crate) fn judged(&mut self, judged: &Judged) -> io::Result<()> {
        if self.is_json() {
            return self.value(&json::judged(judged));
        }
        self.judgements(&judged.judgements)?;
        self.outcome(&judged.outcome)?;
        writeln!(self.sink(), "nothing was done: this was a dry run")
    }

    fn outcome(&mut self, outcome: &Outcome) -> io::Result<()> {
        match outcome {
            Outcome::Accepted { events, warnings } => {
                let kinds: Vec<_> = events.iter().map(|happened| happened.event.kind()).collect();
                let yes = self.tone(Tone::Good, "yes");
                writeln!(self.sink(), "{yes}  {}", kinds.join(", "))?;
                for warning in warnings {
                    let word = self.tone(Tone::Warn, "note");
                    writeln!(self.sink(), "{word} {} ({})", warning.text, warning.clause)?;
                }
                Ok(())
            }
            Outcome::Refused(refusal) => self.refusal(refusal),
        }
    }

    /// Why not, and what would make it yes.
    pub(super) fn refusal(&mut self, refusal: &Refusal) -> io::Result<()> {
        let no = self.tone(Tone::Bad, "no");
        let Refusal { rule, layer, clause, facts, remedy } = refusal;
        writeln!(self.sink(), "{no}   {clause} ({rule}, {layer} layer): asked is that {}", rule.asks())?;
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
            writeln!(
                self.sink(),
                "  {word} {} {} — {}",
                judgement.clause,
                judgement.rule,
                judgement.rule.asks()
            )?;
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

/// How many vouchers the command gave a code that this ledger's key can't show again.
pub(super) fn codes_under_another_key(request: &Request, reply: &Reply) -> usize {
    let made = match (&reply.outcome, &request.command) {
        (Outcome::Accepted { .. }, Command::Issue(_)) => {
            reply.entitlements.iter().map(|view| view.units.len()).sum()
        }
        (Outcome::Accepted { .. }, Command::ReplaceCode(_)) => 1,
        _ => 0,
    };
    made.saturating_sub(reply.codes.len())
}
