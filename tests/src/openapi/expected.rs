//! What a server must say to a request.

use serde_json::Value;

/// What a server must answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// What was done to the request; empty if it is as it should be.
    pub fault: &'static str,
    status: Option<u16>,
    kind: Option<&'static str>,
    field: Option<String>,
    elsewhere: bool,
}

impl Expected {
    /// Anything that the document says.
    pub fn documented(fault: &'static str) -> Self {
        Self { fault, ..Self::default() }
    }

    /// This kind of problem.
    pub fn problem(fault: &'static str, status: u16, kind: &'static str) -> Self {
        Self { fault, status: Some(status), kind: Some(kind), ..Self::default() }
    }

    /// Bad input; the field in question is named, or the whole that it is a part of.
    pub fn bad_input(fault: &'static str, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::problem(fault, 400, "bad-input") }
    }

    pub(super) fn elsewhere(fault: &'static str, status: u16, kind: &'static str) -> Self {
        Self { elsewhere: true, ..Self::problem(fault, status, kind) }
    }

    /// Whether the request is none of the document's operations.
    pub fn is_elsewhere(&self) -> bool {
        self.elsewhere
    }

    pub(super) fn check(&self, status: u16, problem: Option<&str>, body: &Value) -> Result<(), String> {
        if self.status.is_some_and(|expected| expected != status)
            || (self.kind.is_some() && self.kind != problem)
        {
            return Err(format!("{}: {status} {problem:?} came instead of {self:?}", self.fault));
        }
        let Some(field) = &self.field else { return Ok(()) };
        let named = body.pointer("/errors/0/field").and_then(Value::as_str).unwrap_or("");
        let detail = body["detail"].as_str().unwrap_or("");
        let last = field.rsplit(['.', '[']).next().unwrap_or(field);
        if named == field || within(named, field) || (within(field, named) && detail.contains(last)) {
            return Ok(());
        }
        Err(format!("{}: {named:?} is named, and {field:?} is wrong", self.fault))
    }
}

/// Whether a field is a part of another.
fn within(part: &str, whole: &str) -> bool {
    whole == "body" || part.strip_prefix(whole).is_some_and(|rest| rest.starts_with(['.', '[']))
}
