//! What is broken in a request beside its body.

use super::request::escaped;
use super::{Expected, Made, Maker, Operation, Request, body_faults};

/// A way to break requests: what it does, and what must come of it; none if it can't break this one.
pub type Fault = fn(&mut Maker, &Operation, &mut Made) -> Option<Expected>;

const FAULTS: &[Fault] = &[
    body_faults::value,
    body_faults::value,
    body_faults::value,
    body_faults::value,
    body_faults::bytes,
    media_type,
    key,
    path,
    query,
    query,
    header,
    elsewhere,
];

impl Maker<'_> {
    /// Breaks a request in one way.
    pub fn break_it(&mut self, operation: &Operation, made: &mut Made) -> Expected {
        loop {
            let fault = *self.dice.pick(FAULTS);
            if let Some(expected) = fault(self, operation, made) {
                return expected;
            }
        }
    }
}

fn edit(made: &mut Made, change: impl FnOnce(Request) -> Request) {
    made.request = change(made.request.clone());
}

fn media_type(maker: &mut Maker, _: &Operation, made: &mut Made) -> Option<Expected> {
    made.body.as_ref()?;
    let other =
        ["", "text/plain", "application/x-www-form-urlencoded", "json", "application/jsonx", "\u{fc}/x"];
    edit(made, |request| match *maker.dice.pick(&other) {
        "" => request.without_header("content-type"),
        other => request.with_header("content-type", other),
    });
    Some(Expected::problem("another media type", 415, "unsupported-media-type"))
}

fn key(maker: &mut Maker, operation: &Operation, made: &mut Made) -> Option<Expected> {
    let unique = |name: &str| maker.hints.unique.contains(&name);
    let name = operation.parameters.iter().find(|parameter| unique(&parameter.name))?.name.clone();
    if maker.dice.one_in(3) {
        edit(made, |request| request.without_header(&name));
        // A parameter may make a question of it, which needs none.
        return Some(if made.request.query.is_empty() {
            Expected::problem("no key", 400, "key-required")
        } else {
            Expected::documented("no key, and a parameter")
        });
    }
    edit(made, |request| request.with_header(&name, no_name(maker)));
    Some(Expected::bad_input("a key that is none", name))
}

/// Bytes that are a header's value, and no name of anything.
fn no_name(maker: &mut Maker) -> Vec<u8> {
    let long = "x".repeat(65);
    let longer = "x".repeat(5_000);
    let names: [&[u8]; 7] =
        [b"", b"a b", b"a/b", b"\xff\xfe", "\u{e4}".as_bytes(), long.as_bytes(), longer.as_bytes()];
    maker.dice.pick(&names).to_vec()
}

fn path(maker: &mut Maker, _: &Operation, made: &mut Made) -> Option<Expected> {
    if made.in_path.is_empty() {
        return None;
    }
    let (_, value) = maker.dice.pick(&made.in_path);
    let long = "x".repeat(70);
    let broken = ["%FF", "%00", "a%2Fb", "%20", "%C3%84", "%F0%9F%98%80", "-1", "%25", "..", long.as_str()];
    let broken = *maker.dice.pick(&broken);
    let (path, query) = made.request.path.split_once('?').unwrap_or((&made.request.path, ""));
    let (value, end) = (escaped(value), if query.is_empty() { "" } else { "?" });
    let mut segments: Vec<_> = path.split('/').collect();
    // A value may be a word that stands in the path as well; the parameter is the last of them.
    let place = segments.iter().rposition(|segment| *segment == value)?;
    segments[place] = broken;
    made.request.path = format!("{}{end}{query}", segments.join("/"));
    Some(Expected::documented("a path that names nothing"))
}

fn query(maker: &mut Maker, operation: &Operation, made: &mut Made) -> Option<Expected> {
    let known: Vec<_> = operation.parameters.iter().filter(|of| of.place == "query").collect();
    let choice = maker.dice.up_to(4);
    if choice == 0 {
        made.request.query.push("colour=red".to_owned());
        // What everybody may ask for takes no parameters at all, and reads none.
        let reads = !operation.parameters.is_empty();
        let expected = Expected::bad_input("a query parameter that is not known", "colour");
        return Some(if reads { expected } else { Expected::documented("a query nobody reads") });
    }
    if choice == 1 {
        made.request.query.push((*maker.dice.pick(&["", "&&", "=", "=1", "%zz", "a=%FF", "?"])).to_owned());
        return Some(Expected::documented("a query that is none"));
    }
    if known.is_empty() {
        return None;
    }
    let parameter = *maker.dice.pick(&known);
    let name = parameter.name.clone();
    // What else may be wrong in it would be told first.
    let required: Vec<_> = known.iter().filter(|of| of.required && of.name != name).collect();
    let stays = |said: &str| required.iter().any(|of| said.starts_with(&format!("{}=", of.name)));
    made.request.query.retain(|said| stays(said));
    if choice == 2 {
        let value = maker.value(&parameter.schema, &name);
        let said = format!("{name}={}", escaped(&value.to_string().replace('"', "")));
        made.request.query.extend([said.clone(), said]);
        return Some(Expected::bad_input("a query parameter twice", name));
    }
    let (schema, _) = maker.document.resolved(&parameter.schema);
    let broken: &[&str] = match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), _) => &["-1", "1.5", "x", "1e3", "99999999999999999999999", "", "0x10", " 1"],
        (Some("boolean"), _) => &["yes", "1", "TRUE", "", "null"],
        (_, Some("date-time")) => &["yesterday", "2026-13-01T00:00:00Z", "", "2026-02-30", "12345678901234"],
        _ => return None,
    };
    let broken: &str = maker.dice.pick::<&str>(broken);
    made.request.query.push(format!("{name}={}", escaped(broken)));
    Some(Expected::bad_input("a query parameter of another type", name))
}

fn header(maker: &mut Maker, operation: &Operation, made: &mut Made) -> Option<Expected> {
    let others = [
        ("accept", "text/plain"),
        ("accept", "application/xml"),
        ("authorization", "Bearer nonsense"),
        ("range", "bytes=0-1"),
        ("if-none-match", "*"),
        ("accept-encoding", "gzip"),
        ("x-colour", "red"),
    ];
    if maker.dice.one_in(2) {
        let (name, value) = *maker.dice.pick(&others);
        edit(made, |request| request.with_header(name, value));
        return Some(Expected::documented("a header beside the document"));
    }
    // A header that may be any text can't be said wrongly.
    let any_text = serde_json::json!({ "type": "string" });
    let known: Vec<_> =
        operation.parameters.iter().filter(|of| of.place == "header" && of.schema != any_text).collect();
    if known.is_empty() {
        return None;
    }
    let name = maker.dice.pick(&known).name.clone();
    edit(made, |request| request.with_header(&name, no_name(maker)));
    Some(Expected::bad_input("a header that can't be read", name))
}

#[expect(clippy::unnecessary_wraps, reason = "it is one fault among those that do not fit every request")]
fn elsewhere(maker: &mut Maker, _: &Operation, made: &mut Made) -> Option<Expected> {
    if maker.dice.one_in(2) {
        let verb = *maker.dice.pick(&["PUT", "DELETE", "PATCH", "OPTIONS", "BREW"]);
        verb.clone_into(&mut made.request.verb);
        return Some(Expected::elsewhere("another method", 405, "method-not-allowed"));
    }
    made.request.path = match maker.dice.up_to(5) {
        0 => format!("{}/x/y/z/w", made.request.path),
        1 => format!("{}/", made.request.path),
        2 => format!("/{}", made.request.path),
        3 => "/".to_owned(),
        _ => "/v0/%FF".to_owned(),
    };
    Some(Expected::elsewhere("a path that is not there", 404, "not-found"))
}
