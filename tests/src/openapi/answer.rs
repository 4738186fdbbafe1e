//! Holds an answer against what the document says of its operation.

use serde_json::Value;

use super::{Answer, Document, Expected, Operation};

/// What a checked answer says.
#[derive(Debug, Default)]
pub struct Found {
    /// Its body, if that is JSON.
    pub body: Value,
    /// The kind of problem, if it is one.
    pub problem: Option<String>,
}

/// Checks an answer.
///
/// # Errors
///
/// What is wrong with it.
pub fn check(
    document: &Document,
    operation: &Operation,
    expected: &Expected,
    answer: &Answer,
) -> Result<Found, String> {
    let (status, media) = (answer.status, answer.media());
    let is_json = media.ends_with("json");
    let body: Value = if is_json {
        serde_json::from_slice(&answer.body).map_err(|error| format!("the body is no JSON: {error}"))?
    } else {
        Value::Null
    };
    if status == 500 {
        return Err("a bug, or damage".to_owned());
    }
    let described = if expected.is_elsewhere() {
        if media != "application/problem+json" {
            return Err(format!("{media:?} is no problem"));
        }
        Some(&document.problem)
    } else {
        let documented = operation.answers.get(&status).ok_or("its status is not documented")?;
        let documented = documented.get(media).ok_or_else(|| format!("{media:?} is not documented"))?;
        documented.as_ref().map(|described| &described.validator)
    };
    if let Some(error) = described.and_then(|validator| validator.iter_errors(&body).next()) {
        return Err(format!("the body is not as documented: {error} at {}", error.instance_path()));
    }
    let problem = (media == "application/problem+json").then(|| kind(&body));
    if problem.is_some() {
        in_itself(status, answer, &body)?;
    }
    expected.check(status, problem.as_deref(), &body)?;
    Ok(Found { body, problem })
}

fn kind(body: &Value) -> String {
    body["type"].as_str().unwrap_or("").rsplit('/').next().unwrap_or("").to_owned()
}

/// What every problem must be, beyond its schema.
fn in_itself(status: u16, answer: &Answer, body: &Value) -> Result<(), String> {
    if body["status"] != status {
        return Err(format!("the body says status {}", body["status"]));
    }
    let says = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    if !says(&body["detail"]) || !says(&body["title"]) {
        return Err("it does not say what to do".to_owned());
    }
    let errors = body["errors"].as_array().map_or(&[][..], Vec::as_slice);
    if kind(body) == "bad-input" && errors.is_empty() {
        return Err("bad input, and no field is named".to_owned());
    }
    for error in errors {
        if !["field", "reason", "remedy"].iter().all(|part| says(&error[part])) {
            return Err(format!("an error without field, reason and remedy: {error}"));
        }
    }
    if kind(body) == "refused" && !says(&body["remedy"]) {
        return Err("refused, and no way out is named".to_owned());
    }
    if body["retry_after_s"].as_u64().map(|seconds| seconds.to_string()).as_deref()
        != answer.header("retry-after")
    {
        return Err("Retry-After and the body differ".to_owned());
    }
    Ok(())
}
