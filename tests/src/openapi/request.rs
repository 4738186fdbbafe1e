//! A request, as it goes onto the wire.

use std::fmt::{self, Write as _};

use serde_json::Value;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub verb: String,
    /// The path, escaped.
    pub path: String,
    /// What stands behind the question mark, escaped.
    pub query: Vec<String>,
    /// Headers, in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

/// A request that was made up for an operation.
#[derive(Debug, Clone)]
pub struct Made {
    /// The request.
    pub request: Request,
    /// The values of its path parameters, in the order of the operation's.
    pub in_path: Vec<(String, String)>,
    /// What its body says.
    pub body: Option<Value>,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| &value[..])
    }

    /// Puts a header in the place of all of its name.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self = self.without_header(name);
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same without the headers of a name.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(found, _)| !found.eq_ignore_ascii_case(name));
        self
    }

    /// The path and what is behind it.
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query.join("&"))
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |bytes: &[u8]| -> String { String::from_utf8_lossy(bytes).chars().take(2_000).collect() };
        writeln!(f, "{} {}", self.verb, self.target().chars().take(500).collect::<String>())?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", shown(value))?;
        }
        write!(f, "{}", shown(self.body.as_deref().unwrap_or_default()))
    }
}

/// A text as a part of a path or a query.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("a text takes all");
        }
    }
    escaped
}
