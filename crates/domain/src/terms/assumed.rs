//! What an offer file assumes because its source does not say it.

use std::collections::BTreeMap;

/// The most assumptions of one file.
pub(super) const ASSUMED_MAX: usize = 100;

/// A field whose value is not in the source that the offer was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumed {
    /// The field, as a check names it: `offer.runs`, `benefit 1.retake.sit_by`.
    pub field: String,
    /// Why it has this value.
    pub reason: String,
    /// Whether the value was only heard of: nobody confirmed it.
    pub rumour: bool,
}

/// What two tables of a file say: fields that are assumed, and fields that are a rumour.
pub(super) fn listed(assumed: BTreeMap<String, String>, rumours: BTreeMap<String, String>) -> Vec<Assumed> {
    let all = |fields: BTreeMap<String, String>, rumour| {
        fields.into_iter().map(move |(field, reason)| Assumed { field, reason, rumour })
    };
    all(assumed, false).chain(all(rumours, true)).collect()
}

/// The value that a field's name leads to.
pub(super) fn find<'a>(file: &'a toml::Table, field: &str) -> Option<&'a toml::Value> {
    let mut steps = field.split('.');
    let first = entry(file, steps.next()?)?;
    steps.try_fold(first, |value, step| entry(value.as_table()?, step))
}

/// An entry of a table; `benefit 2` is the second of a list.
fn entry<'a>(table: &'a toml::Table, step: &str) -> Option<&'a toml::Value> {
    let Some((name, number)) = step.split_once(' ') else { return table.get(step) };
    let at: usize = number.parse().ok()?;
    table.get(name)?.as_array()?.get(at.checked_sub(1)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_the_name_that_a_check_gives_it() {
        let file = "[offer]\nruns = { from = 2008-08-05 }\n[[benefit]]\ncount = 1\n[[benefit]]\ncount = 2";
        let file: toml::Table = file.parse().unwrap();
        assert!(find(&file, "offer.runs.from").is_some());
        assert_eq!(find(&file, "benefit 2.count").and_then(toml::Value::as_integer), Some(2));
        for unknown in [
            "",
            "offer.ruins",
            "benefit 0.count",
            "benefit 3.count",
            "benefit.count",
            "benefit x",
            "offer.runs.from.x",
        ] {
            assert!(find(&file, unknown).is_none(), "{unknown}");
        }
    }
}
