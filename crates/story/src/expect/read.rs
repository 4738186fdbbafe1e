//! Reading expectations.

use resit_domain::{Event, Rule};

use super::Expect;
use crate::fault::Fault;
use crate::time;
use crate::voucher::{NOBODY, UnitRef};
use crate::words::{Word, Words};

/// Words that begin an expectation, so that nothing can be named like them.
pub(crate) const KEYWORDS: &[&str] =
    &["events", "refused", "warned", "no", "repeated", "replayed", "error", "expired", "notice", "overdue"];

const STANDS: &[&str] = &["unused", "registered", "retake", "used", "active", "revoked", "ended"];

/// Errors that a story can expect.
const ERRORS: &[&str] = &["id-reused", "too-large"];

impl Expect {
    /// Reads what stands behind `expect`; `known` says which names were given.
    pub(crate) fn read(words: &mut Words<'_>, known: &[&str]) -> Result<Self, Fault> {
        let first = words.need("what is expected, like `events …`, `refused S0-7` or `A unused`")?;
        match first.text {
            "events" => events(words),
            "refused" => refused(words),
            "warned" => Ok(Expect::Warned(words.need("the clause, like S0-5")?.text.to_owned())),
            "no" => word(words, "warning", &["warning"]).map(|_| Expect::NoWarning),
            "repeated" => Ok(Expect::Repeated),
            "replayed" => Ok(Expect::Replayed),
            "error" => word(words, "error that can be expected", ERRORS).map(Expect::Error),
            "expired" => expired(words),
            "notice" => notice(words),
            "overdue" => overdue(words),
            _ => of_voucher(&first, words, known),
        }
    }
}

fn word(words: &mut Words<'_>, what: &str, allowed: &[&'static str]) -> Result<&'static str, Fault> {
    let word = words.need(&format!("one of {}", allowed.join(", ")))?;
    let found = allowed.iter().find(|allowed| **allowed == word.text);
    found.copied().ok_or_else(|| Fault::choose(word.column, word.text, what, allowed))
}

fn events(words: &mut Words<'_>) -> Result<Expect, Fault> {
    let mut kinds = Vec::new();
    while let Some(word) = words.next() {
        if !Event::KINDS.contains(&word.text) {
            return Err(Fault::choose(word.column, word.text, "type of event", Event::KINDS));
        }
        kinds.push(word.text.to_owned());
    }
    if kinds.is_empty() {
        Err(words.missing("a type of event, like ExamFailed"))
    } else {
        Ok(Expect::Events(kinds))
    }
}

fn refused(words: &mut Words<'_>) -> Result<Expect, Fault> {
    let clause = words.need("the clause, like S0-7")?.text.to_owned();
    let Some(word) = words.next() else { return Ok(Expect::Refused { clause, rule: None }) };
    let Some(name) = word.text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return Err(word.fault("is no rule in brackets; write it like [retake-needs-fail]"));
    };
    let names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    let rule = name.parse().map_err(|_| Fault::choose(word.column + 1, name, "rule", &names))?;
    Ok(Expect::Refused { clause, rule: Some(rule) })
}

fn expired(words: &mut Words<'_>) -> Result<Expect, Fault> {
    let first = words.need("vouchers, or `nothing`")?;
    if first.text == "nothing" {
        return Ok(Expect::Expired(Vec::new()));
    }
    let mut units = vec![UnitRef::read(&first)?];
    while let Some(word) = words.next() {
        units.push(UnitRef::read(&word)?);
    }
    units.sort();
    Ok(Expect::Expired(units))
}

fn notice(words: &mut Words<'_>) -> Result<Expect, Fault> {
    let first = words.need("a voucher and how long before its end, like `A P30D`, or `nothing`")?;
    if first.text == "nothing" {
        return Ok(Expect::Notice(None));
    }
    let unit = UnitRef::read(&first)?;
    let before = words.need("how long before the end, like P30D")?.read()?;
    Ok(Expect::Notice(Some((unit, before))))
}

fn overdue(words: &mut Words<'_>) -> Result<Expect, Fault> {
    let first = words.need("what was bought and the clock, or `nothing`")?;
    if first.text == "nothing" {
        return Ok(Expect::Overdue(None));
    }
    let clock = words.need("the clock's name")?.text.to_owned();
    Ok(Expect::Overdue(Some((UnitRef::read(&first)?, clock))))
}

fn of_voucher(first: &Word<'_>, words: &mut Words<'_>, known: &[&str]) -> Result<Expect, Fault> {
    let begins = || {
        let all: Vec<&str> = KEYWORDS.iter().chain(known).copied().collect();
        Fault::choose(first.column, first.text, "expectation and no voucher", &all)
    };
    let unit = UnitRef::read(first).map_err(|_| begins())?;
    if unit.name != NOBODY && !known.contains(&unit.name.as_str()) {
        return Err(begins());
    }
    let word = words.need("where it stands, or `ends`, `holder`, `attempts`, `codes`")?;
    match word.text {
        "ends" => {
            let word = words.need("a time, or `never`")?;
            let at = if word.text == "never" { None } else { Some(time::instant(&word)?) };
            Ok(Expect::Ends(unit, at))
        }
        "holder" => {
            let word = words.need("a candidate, or `nobody`")?;
            let holder = if word.text == NOBODY { None } else { Some(word.read()?) };
            Ok(Expect::Holder(unit, holder))
        }
        "attempts" => {
            let used = words.need("how many attempts are used")?.count()?;
            self::word(words, "way to count attempts; write `attempts 1 of 2`", &["of"])?;
            Ok(Expect::Attempts(unit, used, words.need("how many there are in all")?.count()?))
        }
        "codes" => Ok(Expect::Codes(unit, words.need("how many codes it has had")?.count()?)),
        text => {
            let stands = STANDS.iter().find(|stands| **stands == text);
            let all =
                || STANDS.iter().chain(&["ends", "holder", "attempts", "codes"]).copied().collect::<Vec<_>>();
            let stands =
                stands.ok_or_else(|| Fault::choose(word.column, text, "state of a voucher", &all()))?;
            Ok(Expect::Stands(unit, stands))
        }
    }
}
