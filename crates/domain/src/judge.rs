//! Judgements: what was asked, with which facts, and how it came out. A refusal is the first judgement that failed.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Contact, Rule};

/// Whose law a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The terms of the offer that the voucher was bought under.
    Offer,
    /// The programme's policy for a person, across all vouchers.
    Programme,
    /// The ledger itself: things must exist before they are used.
    Ledger,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Layer::Offer => "offer",
            Layer::Programme => "programme",
            Layer::Ledger => "ledger",
        })
    }
}

/// What stands in the place of a clause where there is none: the ledger's own law has names for its rules, and no clauses.
pub const NO_CLAUSE: &str = "ledger";

/// One fact that a judgement used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fact {
    /// What it is, in kebab case.
    pub name: String,
    /// Its value, as text.
    pub value: String,
}

/// How a rule came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The rule holds.
    Held,
    /// The rule does not hold, and was waived for this right as goodwill.
    Waived,
    /// The rule does not hold.
    Failed,
}

/// One rule, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Judgement {
    /// The rule.
    pub rule: Rule,
    /// Whose law it is.
    pub layer: Layer,
    /// The clause it stands under: the offer's own, or the ledger's default.
    pub clause: String,
    /// How it came out.
    pub outcome: Outcome,
    /// What it was judged by.
    pub facts: Vec<Fact>,
    /// What would make it yes; empty where it held.
    pub remedy: String,
}

/// The rules say no. It is an answer, not an error, and goes on record like any other fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refusal {
    /// The first rule that failed.
    pub rule: Rule,
    /// Whose law refused.
    pub layer: Layer,
    /// The clause to cite.
    pub clause: String,
    /// The facts used.
    pub facts: Vec<Fact>,
    /// What would make it yes.
    pub remedy: String,
}

impl Refusal {
    /// What to cite: the clause, with the rule and its layer; the rule alone where no clause is behind it.
    pub fn cites(&self) -> String {
        let Self { rule, layer, clause, .. } = self;
        if clause == NO_CLAUSE {
            format!("{rule} ({layer} layer)")
        } else {
            format!("{clause} ({rule}, {layer} layer)")
        }
    }
}

impl Judgement {
    /// The clause with the rule; the rule alone where no clause is behind it.
    pub fn cites(&self) -> String {
        let Self { rule, clause, .. } = self;
        if clause == NO_CLAUSE { rule.to_string() } else { format!("{clause} {rule}") }
    }
}

/// With whatever stands in the clause's place: stories expect a refusal by it.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "refused by {} ({}, {} layer): asked is that {}",
            self.clause,
            self.rule,
            self.layer,
            self.rule.asks()
        )
    }
}

/// The facts and the way out of one judgement, filled in only when somebody will read them.
#[derive(Debug, Default)]
pub struct Detail {
    facts: Vec<Fact>,
    remedy: String,
}

impl Detail {
    /// Adds a fact.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.facts.push(Fact { name: name.to_owned(), value: value.to_string() });
        self
    }

    /// Adds a fact that may be unknown.
    #[must_use]
    pub fn fact_or(self, name: &str, value: Option<impl fmt::Display>, none: &str) -> Self {
        match value {
            Some(value) => self.fact(name, value),
            None => self.fact(name, none),
        }
    }

    /// Says what would make it yes.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }
}

/// Judges rules one after the other and, if asked, keeps every judgement for an explanation.
#[derive(Debug, Default)]
pub struct Judge {
    kept: Option<Vec<Judgement>>,
}

impl Judge {
    /// Judges fast: only a refusal is spelled out.
    pub fn brief() -> Self {
        Self { kept: None }
    }

    /// Keeps each judgement.
    pub fn thorough() -> Self {
        Self { kept: Some(Vec::new()) }
    }

    /// The judgements kept, in the order they were made.
    pub fn into_judgements(self) -> Vec<Judgement> {
        self.kept.unwrap_or_default()
    }

    /// Judges by `law` the rule that something is there, and returns it. A rule of this kind is never waived.
    pub fn found<T>(
        &mut self,
        law: &Law<'_>,
        rule: Rule,
        found: Option<T>,
        detail: impl FnOnce(Detail) -> Detail,
    ) -> Result<T, Refusal> {
        let law = law.waiving(&[]);
        let Some(found) = found else { return Err(self.refuse(&law, rule, detail(Detail::default()))) };
        self.rule(&law, rule, true, detail)?;
        Ok(found)
    }

    /// Refuses by one rule.
    pub fn refuse(&mut self, law: &Law<'_>, rule: Rule, detail: Detail) -> Refusal {
        let Detail { mut facts, remedy } = detail;
        let help = law.contact.map(|contact| Fact { name: "help".to_owned(), value: contact.to_string() });
        facts.extend(help);
        let (layer, clause) = (law.layer, law.clause(rule));
        if let Some(kept) = &mut self.kept {
            let (clause, facts, remedy) = (clause.clone(), facts.clone(), remedy.clone());
            kept.push(Judgement { rule, layer, clause, outcome: Outcome::Failed, facts, remedy });
        }
        Refusal { rule, layer, clause, facts, remedy }
    }

    /// Judges one rule by `law`; `detail` is asked only when the facts are wanted.
    pub fn rule(
        &mut self,
        law: &Law<'_>,
        rule: Rule,
        held: bool,
        detail: impl FnOnce(Detail) -> Detail,
    ) -> Result<(), Refusal> {
        if held && self.kept.is_none() {
            return Ok(());
        }
        let detail = detail(Detail::default());
        let waived = !held && law.waived.contains(&rule);
        if !held && !waived {
            return Err(self.refuse(law, rule, detail));
        }
        if let Some(kept) = &mut self.kept {
            let Detail { facts, remedy } = detail;
            let outcome = if waived { Outcome::Waived } else { Outcome::Held };
            let remedy = if held { String::new() } else { remedy };
            kept.push(Judgement { rule, layer: law.layer, clause: law.clause(rule), outcome, facts, remedy });
        }
        Ok(())
    }
}

/// By which law a rule is judged: the layer, the clauses it goes by, and what was waived.
#[derive(Debug, Clone, Copy)]
pub struct Law<'a> {
    /// Whose law.
    pub layer: Layer,
    /// Its name: the offer's or the programme's id.
    pub name: &'a str,
    /// The clause of each rule that has one of its own.
    pub clauses: &'a std::collections::BTreeMap<Rule, String>,
    /// Rules waived for the right in question.
    pub waived: &'a [Rule],
    /// The clause of the date that decides, cited in the place of the rule's (ruling 21).
    pub date_clause: Option<&'a str>,
    /// Who helps; a fact of each refusal.
    pub contact: Option<&'a Contact>,
}

impl Law<'static> {
    /// The ledger's own law, which nobody waives.
    pub const LEDGER: Law<'static> = Law {
        layer: Layer::Ledger,
        name: "ledger",
        clauses: &std::collections::BTreeMap::new(),
        waived: &[],
        date_clause: None,
        contact: None,
    };
}

impl<'a> Law<'a> {
    /// The same law, with these rules not held against somebody.
    pub(crate) fn waiving(self, waived: &'a [Rule]) -> Self {
        Self { waived, ..self }
    }

    /// The same law, citing a deadline by the clause of the date that decides, if that has one.
    pub(crate) fn citing(self, date_clause: Option<&'a str>) -> Self {
        Self { date_clause, ..self }
    }

    /// The clause that a rule stands under.
    pub fn clause(&self, rule: Rule) -> String {
        if let Some(clause) = self.date_clause {
            return clause.to_owned();
        }
        match (self.clauses.get(&rule), rule.default_clause()) {
            (Some(clause), _) => clause.clone(),
            (None, "own") => format!("{}#{rule}", self.name),
            (None, clause) => clause.to_owned(),
        }
    }
}
