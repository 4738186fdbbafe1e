//! Outcomes that fit into a message.

use super::{Answered, EventAnswered, TruncatedOrder};
use crate::Truncated;
use crate::bounded::{json_bytes, shorten, shorten_refusal};

/// How many entitlements and warnings of a command stay when an outcome is shortened.
const ENTITLEMENTS_MAX: usize = 10;
const WARNINGS_MAX: usize = 5;

impl EventAnswered {
    /// The outcome with so many bytes of JSON at most: first every command is shortened, then the last ones are left out.
    /// What the event is, how many commands it had and how many were refused stays, however few bytes that are.
    #[must_use]
    pub fn within(mut self, bytes_max: usize) -> Self {
        if json_bytes(&self) <= bytes_max {
            return self;
        }
        self.commands = self.commands.into_iter().map(Answered::shortened).collect();
        if json_bytes(&self) <= bytes_max {
            return self;
        }
        let refused = self.commands.iter().filter(|command| command.refusal.is_some()).count();
        let first = self.commands.first().map_or("ID", |command| command.command.as_str());
        self.truncated = Some(TruncatedOrder {
            commands: self.commands.len() as u64,
            refused: refused as u64,
            read: format!("GET /v1/commands/{first}"),
        });
        let commands = std::mem::take(&mut self.commands);
        let mut room = bytes_max.saturating_sub(json_bytes(&self));
        self.commands = commands
            .into_iter()
            .map_while(|command| {
                room = room.checked_sub(json_bytes(&command) + ",".len())?;
                Some(command)
            })
            .collect();
        self
    }
}

impl Answered {
    /// The same without what can be long. Its command, its line, its place in the log and the rule of a refusal stay.
    fn shortened(mut self) -> Self {
        let (bytes, mut omitted) = (json_bytes(&self), Vec::new());
        if self.entitlements.len() > ENTITLEMENTS_MAX {
            self.entitlements.truncate(ENTITLEMENTS_MAX);
            omitted.push("entitlements".to_owned());
        }
        let mut cut = self.warnings.len() > WARNINGS_MAX;
        self.warnings.truncate(WARNINGS_MAX);
        for warning in &mut self.warnings {
            cut |= shorten(&mut warning.clause) | shorten(&mut warning.text);
        }
        if cut {
            omitted.push("warnings".to_owned());
        }
        if self.refusal.as_mut().is_some_and(shorten_refusal) {
            omitted.push("refusal".to_owned());
        }
        if !omitted.is_empty() {
            let read = format!("GET /v1/commands/{}", self.command);
            self.truncated = Some(Truncated { bytes: bytes as u64, omitted, read });
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use resit_domain::{EntitlementId, Fact, Layer, Refusal, Rule, Timestamp, Warning};
    use resit_event_log::Position;

    use super::*;
    use crate::{About, REFUSED};

    fn answered(line: u32, pieces: usize, words: usize, refused: bool) -> Answered {
        let word = "\u{1}\u{e9}".repeat(words);
        let refusal = Refusal {
            rule: Rule::KnownOffer,
            layer: Layer::Ledger,
            clause: "S1-1".to_owned(),
            facts: vec![Fact { name: "offer".to_owned(), value: word.clone() }; 3],
            remedy: word.clone(),
        };
        Answered {
            command: format!("ce-{}.{line}", "0".repeat(32)).parse().unwrap(),
            line: Some(line),
            position: Position(u64::from(line)),
            recorded_at: Timestamp::default(),
            entitlements: vec![EntitlementId([line.to_le_bytes()[0]; 16]); if refused { 0 } else { pieces }],
            warnings: vec![Warning { clause: "S1-1".to_owned(), text: word }; 7],
            refusal: refused.then_some(refusal),
            truncated: None,
        }
    }

    fn outcome(lines: u32, pieces: usize, words: usize, refused_every: u32) -> EventAnswered {
        let commands = (1..=lines).map(|n| answered(n, pieces, words, n.is_multiple_of(refused_every)));
        let event = About {
            id: Some("\u{1}".repeat(1_024)),
            source: Some("s".repeat(1_024)),
            r#type: "order-placed-v1".to_owned(),
        };
        EventAnswered { event, commands: commands.collect(), truncated: None }
    }

    /// What an outcome without any command has at most: its event, and the numbers.
    const LEAST: usize = 9_000;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn an_outcome_fits_and_says_what_it_lacks(
            lines in 0_u32..80, pieces in 0_usize..100, words in 0_usize..400, every in 1_u32..9,
            bytes_max in LEAST..200_000,
        ) {
            let whole = outcome(lines, pieces, words, every);
            let (kind, commands) = (whole.kind(), whole.commands.len());
            let fits = json_bytes(&whole) <= bytes_max;
            let told = whole.clone().within(bytes_max);
            prop_assert!(json_bytes(&told) <= bytes_max);
            prop_assert_eq!(told.kind(), kind, "whether anything was refused is true all the same");
            if fits {
                prop_assert_eq!(told, whole);
            } else {
                let lacks = told.truncated.as_ref().map_or(0, |lacks| lacks.commands - told.commands.len() as u64);
                prop_assert_eq!(told.commands.len() as u64 + lacks, commands as u64);
                let said = lacks > 0 || told.commands.iter().any(|command| command.truncated.is_some());
                prop_assert!(said || told.truncated.is_some());
            }
        }
    }

    #[test]
    fn an_order_of_a_thousand_lines_has_them_all_in_one_megabyte() {
        let told = outcome(1_000, 500, 0, 7).within(1 << 20);
        assert_eq!((told.commands.len(), told.truncated.as_ref()), (1_000, None));
        let first = &told.commands[0];
        let lacks = first.truncated.as_ref().unwrap();
        assert_eq!(
            (first.entitlements.len(), &*lacks.omitted),
            (10, &["entitlements".to_owned(), "warnings".to_owned()][..])
        );
        assert_eq!(lacks.read, format!("GET /v1/commands/ce-{}.1", "0".repeat(32)));
    }

    #[test]
    fn what_was_refused_is_counted_where_its_line_is_left_out() {
        let told = outcome(1_000, 5, 3_000, 1_000).within(20_000);
        assert!(told.commands.iter().all(|command| command.refusal.is_none()));
        assert_eq!((told.kind(), told.truncated.unwrap().refused), (REFUSED, 1));
    }
}
