//! A route, and how one is put together.

use resit_access::Right;
use schemars::JsonSchema;

use crate::parameter::{ACTOR, AFTER, AT_LEAST, AT_LEAST_HEADER, CLOCK, LIMIT, of};
use crate::{Operation, Page, Parameter, ProblemKind, SchemaOf};

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Asks.
    Get,
    /// Does.
    Post,
}

/// What a route answers when all goes well.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The type of its text.
    pub media: &'static str,
    /// What it says; none for plain text.
    pub schema: Option<SchemaOf>,
}

/// A route.
#[derive(Debug, Clone)]
pub struct Route {
    /// What it does.
    pub operation: Operation,
    /// Its id in the OpenAPI document.
    pub id: &'static str,
    /// The method.
    pub verb: Verb,
    /// The path, with parameters in braces.
    pub path: String,
    /// What it does, in one line.
    pub summary: &'static str,
    /// The right that it takes; none if everybody may ask.
    pub right: Option<Right>,
    /// What a request says beside its body.
    pub parameters: Vec<Parameter>,
    /// What the body is, if there is one.
    pub body: Option<SchemaOf>,
    /// What it answers when all goes well.
    pub answers: Vec<Answer>,
    /// Problems that it may answer, beside those that every route may.
    pub problems: Vec<ProblemKind>,
}

impl Route {
    pub(crate) fn get(operation: Operation, id: &'static str, path: &str, summary: &'static str) -> Self {
        let (verb, path) = (Verb::Get, path.to_owned());
        let (parameters, answers, problems) = (Vec::new(), Vec::new(), Vec::new());
        Self { operation, id, verb, path, summary, right: None, parameters, body: None, answers, problems }
    }

    pub(crate) fn post(operation: Operation, id: &'static str, path: &str, summary: &'static str) -> Self {
        Self { verb: Verb::Post, ..Self::get(operation, id, path, summary) }
    }

    pub(crate) fn takes(mut self, parameters: &[Parameter]) -> Self {
        self.parameters.extend_from_slice(parameters);
        self
    }

    pub(crate) fn body(self, schema: SchemaOf) -> Self {
        let problems =
            &[ProblemKind::RequestTimeout, ProblemKind::TooLarge, ProblemKind::UnsupportedMediaType];
        Self { body: Some(schema), ..self }.may(problems)
    }

    pub(crate) fn needs(self, right: Right) -> Self {
        Self { right: Some(right), ..self }.takes(&[ACTOR, CLOCK])
    }

    pub(crate) fn answers<T: JsonSchema>(self) -> Self {
        self.answers_with(200, "application/json", Some(of::<T>))
    }

    pub(crate) fn answers_with(mut self, status: u16, media: &'static str, schema: Option<SchemaOf>) -> Self {
        self.answers.push(Answer { status, media, schema });
        self
    }

    pub(crate) fn may(mut self, problems: &[ProblemKind]) -> Self {
        self.problems.extend_from_slice(problems);
        self
    }

    /// Answered from read models.
    pub(crate) fn reads_models(self) -> Self {
        self.takes(&[AT_LEAST, AT_LEAST_HEADER]).may(&[ProblemKind::Behind])
    }

    pub(crate) fn paged<T: JsonSchema>(self) -> Self {
        self.takes(&[AFTER, LIMIT]).answers::<Page<T>>()
    }
}
