//! YAML, as far as a document takes it: every text that could be taken for something else is quoted.

use std::fmt::Write as _;

use serde_json::Value;

/// A value as YAML, in blocks.
pub fn to_yaml(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

fn block(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                line(depth, &format!("{}:", scalar(name)), value, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                line(depth, "-", item, text);
            }
        }
        other => {
            let _ = writeln!(text, "{}{other}", "  ".repeat(depth));
        }
    }
}

fn line(depth: usize, head: &str, value: &Value, text: &mut String) {
    let indent = "  ".repeat(depth);
    let written = match value {
        Value::Object(fields) if !fields.is_empty() => None,
        Value::Array(items) if !items.is_empty() => None,
        Value::String(text) => Some(scalar(text)),
        other => Some(other.to_string()),
    };
    if let Some(written) = written {
        let _ = writeln!(text, "{indent}{head} {written}");
    } else {
        let _ = writeln!(text, "{indent}{head}");
        block(value, depth + 1, text);
    }
}

/// Plain where nothing else can be meant; else as JSON has it, which YAML reads as well.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | ' '))
        && !text.ends_with(' ')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_could_be_something_else_is_quoted() {
        let value = json!({ "a": "yes", "b": { "$ref": "#/x" }, "c": ["1", 2, {}, []], "d": "plain text" });
        let text =
            "a: \"yes\"\nb:\n  \"$ref\": \"#/x\"\nc:\n  - \"1\"\n  - 2\n  - {}\n  - []\nd: plain text\n";
        assert_eq!(to_yaml(&value), text);
    }
}
