//! The document: its operations, what each takes, and what each may answer.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// An OpenAPI 3.1 document, with all validators made.
pub struct Document {
    whole: Value,
    /// Its operations.
    pub operations: Vec<Rc<Operation>>,
    /// What a problem looks like under a path or a method that is not in it.
    pub problem: Rc<Validator>,
}

/// One operation.
pub struct Operation {
    /// Its id.
    pub id: String,
    /// Its method, in capitals.
    pub verb: String,
    /// Its path, with parameters in braces.
    pub path: String,
    /// What is said beside the body.
    pub parameters: Vec<Parameter>,
    /// What the body must be, if it takes one.
    pub body: Option<Described>,
    /// What may come back: by status, then by media type; a schema if there is one.
    pub answers: BTreeMap<u16, BTreeMap<String, Option<Described>>>,
}

/// A parameter of an operation.
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it must be.
    pub schema: Value,
}

/// A schema, and what holds values against it.
#[derive(Clone)]
pub struct Described {
    /// The schema.
    pub schema: Value,
    /// Its validator, with formats.
    pub validator: Rc<Validator>,
}

impl Document {
    /// Reads a document. Panics at what is no OpenAPI.
    pub fn new(whole: Value) -> Self {
        let mut validators = Validators { components: whole["components"].clone(), made: HashMap::new() };
        let mut operations = Vec::new();
        for (path, verbs) in members(&whole["paths"]) {
            for (verb, operation) in members(verbs) {
                operations.push(Rc::new(validators.operation(&whole, path, verb, operation)));
            }
        }
        let problem = "/components/responses/Problem/content/application~1problem+json/schema";
        let problem = whole.pointer(problem).expect("the document has one form of problems");
        let problem = validators.of(problem).validator;
        Self { whole, operations, problem }
    }

    /// The schema itself, where another refers to it; and its name there.
    pub fn resolved<'a>(&'a self, schema: &'a Value) -> (&'a Value, Option<&'a str>) {
        match schema["$ref"].as_str() {
            None => (schema, None),
            Some(reference) => {
                let target = self.whole.pointer(reference.trim_start_matches('#'));
                (target.expect("references lead somewhere"), reference.rsplit('/').next())
            }
        }
    }
}

struct Validators {
    components: Value,
    made: HashMap<String, Rc<Validator>>,
}

impl Validators {
    fn of(&mut self, schema: &Value) -> Described {
        let make = || {
            let mut whole = schema.clone();
            whole["components"] = self.components.clone();
            let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            Rc::new(options.build(&whole).expect("the document's schemas are schemas"))
        };
        let validator = self.made.entry(schema.to_string()).or_insert_with(make).clone();
        Described { schema: schema.clone(), validator }
    }

    fn operation(&mut self, whole: &Value, path: &str, verb: &str, operation: &Value) -> Operation {
        let text = |value: &Value| value.as_str().expect("it is a text").to_owned();
        let parameter = |parameter: &Value| Parameter {
            name: text(&parameter["name"]),
            place: text(&parameter["in"]),
            required: parameter["required"] == json!(true),
            schema: parameter["schema"].clone(),
        };
        let body = operation.pointer("/requestBody/content/application~1json/schema");
        let mut answers = BTreeMap::new();
        for (status, response) in members(&operation["responses"]) {
            let response = match response["$ref"].as_str() {
                Some(reference) => whole.pointer(&reference[1..]).expect("references lead somewhere"),
                None => response,
            };
            let mut described = |content: &Value| content.get("schema").map(|schema| self.of(schema));
            let media = members(&response["content"])
                .map(|(media, content)| (media.clone(), described(content)))
                .collect();
            answers.insert(status.parse().expect("a status is a number"), media);
        }
        Operation {
            id: text(&operation["operationId"]),
            verb: verb.to_uppercase(),
            path: path.to_owned(),
            parameters: operation["parameters"].as_array().into_iter().flatten().map(parameter).collect(),
            body: body.map(|schema| self.of(schema)),
            answers,
        }
    }
}

/// The members of an object; none if it is none.
pub(super) fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}
