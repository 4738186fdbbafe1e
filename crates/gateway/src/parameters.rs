//! What a request says beside its body: in its path, behind the question mark, in headers.

use std::any::type_name;
use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{Query, RawPathParams};
use axum::http::{HeaderMap, Uri};
use resit_api::{FieldError, Parameter, Place, Problem, said_of};

/// The parameters of one request.
#[derive(Debug)]
pub(crate) struct Parameters {
    pub(crate) path: RawPathParams,
    query: Vec<(String, String)>,
}

impl Parameters {
    /// Takes the parameters out of a request. A query parameter that the route does not have is bad input, and so is
    /// one that is said twice: who sends it means something by it.
    pub(crate) fn new(path: RawPathParams, uri: &Uri, known: &[Parameter]) -> Result<Self, Problem> {
        if uri.query().is_none_or(str::is_empty) {
            return Ok(Self { path, query: Vec::new() });
        }
        let unreadable = |_| {
            let error = FieldError::new("query", "it can't be read", "write it like ?limit=100&after=…");
            Problem::bad_input(error)
        };
        let Query(query) = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(unreadable)?;
        let known: Vec<_> = known.iter().filter(|of| of.place == Place::Query).map(|of| of.name).collect();
        for (at, (name, _)) in query.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                // A value without a name is wrong about all of it.
                let name = if name.is_empty() { "query" } else { name.as_str() };
                let reason = "there is no such parameter here";
                let remedy = format!("take it out; known are: {}", known.join(", "));
                return Err(Problem::bad_input(FieldError::new(name, reason, remedy)));
            }
            if query[..at].iter().any(|(before, _)| before == name) {
                let error = FieldError::new(name.as_str(), "it is said twice", "say it once");
                return Err(Problem::bad_input(error));
            }
        }
        Ok(Self { path, query })
    }

    /// A part of the path.
    pub(crate) fn in_path<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, Problem> {
        let found = self.path.iter().find(|(found, _)| *found == name);
        parsed(name, found.map_or("", |(_, value)| value))
    }

    /// A query parameter.
    pub(crate) fn query<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, Problem> {
        let found = self.query.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| parsed(name, value)).transpose()
    }

    /// A query parameter that must be there.
    pub(crate) fn required<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, Problem> {
        self.query(name)?.ok_or_else(|| {
            Problem::bad_input(FieldError::new(name, "it is missing", format!("add ?{name}=…")))
        })
    }

    /// Whether a query parameter says `true`.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Problem> {
        if self.query.is_empty() { Ok(false) } else { Ok(self.query(name)?.unwrap_or(false)) }
    }

    /// A number that may lie between two bounds.
    pub(crate) fn bounded(
        &self,
        name: &str,
        min: usize,
        absent: usize,
        max: usize,
    ) -> Result<usize, Problem> {
        let number = self.query(name)?.unwrap_or(absent);
        if (min..=max).contains(&number) {
            return Ok(number);
        }
        let reason = format!("{number} is not between {min} and {max}");
        Err(Problem::bad_input(FieldError::new(
            name,
            reason,
            format!("say at least {min} and at most {max}"),
        )))
    }
}

/// A header's value.
pub(crate) fn in_header<T: FromStr<Err: Display>>(
    headers: &HeaderMap,
    name: &'static str,
) -> Result<Option<T>, Problem> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::bad_input(FieldError::new(name, "it is said twice", "say it once")));
    }
    parsed(name, value.to_str().unwrap_or("\u{fffd}")).map(Some)
}

fn parsed<T: FromStr<Err: Display>>(name: &str, value: &str) -> Result<T, Problem> {
    value.parse().map_err(|error: T::Err| {
        // Numbers and flags have errors that say nothing to who does not know this program's language.
        let belongs = said_of(type_name::<T>());
        let reason =
            belongs.map_or_else(|| error.to_string(), |belongs| format!("`{value}` is not {belongs}"));
        Problem::bad_input(FieldError::new(name, reason, "correct it; /openapi.json says what it may be"))
    })
}
