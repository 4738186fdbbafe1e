//! What names mean in the API that is tried, as far as a schema can't say it.

use std::collections::BTreeMap;

use serde_json::Value;

/// Hints. A *place* is a parameter's name, a property's name, `Schema.property`, or a schema's name.
#[derive(Debug, Default)]
pub struct Hints {
    /// Values that are known to mean something, by place.
    pub known: BTreeMap<&'static str, Vec<Value>>,
    /// The only values that are sent there, since others would be accepted and take minutes.
    pub only: BTreeMap<&'static str, Vec<Value>>,
    /// Where a value can be used, too, that came back in some place.
    pub used_as: Vec<(&'static str, &'static str)>,
    /// How far an instant or a day lies from the server's time, in minutes: from, to.
    pub minutes: BTreeMap<&'static str, (i64, i64)>,
    /// What is mostly said, though it need not be.
    pub often: Vec<&'static str>,
    /// By whose schema a new value is made, where the place's own says too little: place, name of the schema.
    pub like: BTreeMap<&'static str, &'static str>,
    /// Parameters that get a value that was never sent.
    pub unique: Vec<&'static str>,
    /// The property of answers that tells the server's time.
    pub time: &'static str,
}
