//! What somebody asked, on one line.

use resit_api::UnitId;
use resit_domain::{Command, OrderLine, Timestamp, VoucherRef};
use resit_story::instant_in_words;
use serde_json::Value;

/// The longest text that is shown whole.
const TEXT_CHARACTERS_MAX: usize = 80;

/// A command with the name of each field: `schedule: voucher 5F5C….1 (by its code), candidate ben, exam AZ-104`.
pub(super) fn in_full(command: &Command, voucher: Option<UnitId>) -> String {
    let (name, fields) = parts(command);
    let said: Vec<_> = fields
        .iter()
        .filter_map(|(field, value)| match (field.as_str(), command.voucher()) {
            ("voucher", Some(named)) => Some(format!("voucher {}", in_words(named, voucher))),
            _ => Some(format!("{} {}", field.replace('_', " "), text(value)?)),
        })
        .collect();
    format!("{name}: {}", said.join(", "))
}

/// A command as somebody would tell it who looks at the voucher: `schedule ben, AZ-104, 2027-01-20 09:00`.
pub(super) fn in_brief(command: &Command) -> String {
    let (name, fields) = parts(command);
    let said: Vec<_> = fields
        .iter()
        .filter(|(field, _)| !matches!(field.as_str(), "voucher" | "entitlement"))
        .filter_map(|(field, value)| match value {
            Value::String(_) => text(value),
            Value::Object(_) if field == "order" => text(value),
            _ => Some(format!("{} {}", field.replace('_', " "), text(value)?)),
        })
        .collect();
    if said.is_empty() { name } else { format!("{name} {}", said.join(", ")) }
}

/// How a voucher was named. `found` is the one that it turned out to be.
fn in_words(named: &VoucherRef, found: Option<UnitId>) -> String {
    match (named, found) {
        (VoucherRef::Id { entitlement, unit }, _) => UnitId(*entitlement, *unit).to_string(),
        (VoucherRef::Code(_), Some(found)) => format!("{found} (by its code)"),
        (VoucherRef::Code(_), None) => "by a code that led to none".to_owned(),
    }
}

/// A command's name in kebab case, and its fields: what it is about comes first.
fn parts(command: &Command) -> (String, Vec<(String, Value)>) {
    let named = match serde_json::to_value(command) {
        Ok(Value::Object(named)) => named.into_iter().next(),
        _ => None,
    };
    match named {
        Some((name, Value::Object(fields))) => {
            let mut fields: Vec<_> = fields.into_iter().collect();
            fields.sort_by_key(|(field, _)| !matches!(field.as_str(), "voucher" | "entitlement" | "order"));
            (name, fields)
        }
        _ => (command.name().to_owned(), Vec::new()),
    }
}

/// A value for people; none if it says nothing.
fn text(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Array(items) if items.is_empty() => return None,
        Value::Array(items) if items.len() > 4 => format!("[{} items]", items.len()),
        Value::Array(items) => {
            format!("[{}]", items.iter().filter_map(text).collect::<Vec<_>>().join(", "))
        }
        Value::Object(fields) => {
            if let Ok(OrderLine { shop, number, line }) = serde_json::from_value(value.clone()) {
                return Some(format!("{shop}/{number}/{line}"));
            }
            let said = fields.iter().filter_map(|(name, value)| Some(format!("{name} {}", text(value)?)));
            let said: Vec<_> = said.collect();
            return (!said.is_empty()).then(|| said.join(", "));
        }
        Value::String(text) if text.chars().count() > TEXT_CHARACTERS_MAX => {
            let begins: String = text.chars().take(TEXT_CHARACTERS_MAX - 20).collect();
            format!("{}…", begins.replace('\n', " "))
        }
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(at) if text.contains('T') => instant_in_words(at),
            _ => text.clone(),
        },
        other => other.to_string(),
    })
}
