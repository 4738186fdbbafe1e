//! What is asked of an offer file that is published or checked now. A file that is in the log already is read without it: what
//! was sold stays sold.

use toml::Value;

use super::OpenPoint;
use super::assumed::{self, ASSUMED_MAX};

/// The longest title, name or clause, in characters.
const LINE_CHARS_MAX: usize = 200;

/// The longest other text, such as a condition of use, in characters.
const TEXT_CHARS_MAX: usize = 2_000;

/// What keeps a file from being published: texts that can't be shown, an exam benefit that names no exams, examples that expect
/// nothing.
pub(crate) fn unpublishable(source: &str) -> Vec<OpenPoint> {
    let mut points = Vec::new();
    // What is no TOML was refused before.
    let Ok(file) = source.parse::<toml::Table>() else { return points };
    texts("", &Value::Table(file.clone()), &mut points);
    for (number, benefit) in (1..).zip(list(&file, "benefit")) {
        let exams = benefit.get("exams").and_then(Value::as_table);
        if exams.is_some_and(toml::Table::is_empty) {
            let question = "which exams does it reach? nothing is assumed: say exams = { categories = \"any\" } for all of them";
            points.push(point("R9", format!("benefit {number}: exams"), question));
        }
    }
    assumptions(&file, &mut points);
    for (number, example) in (1..).zip(list(&file, "example")) {
        let story = example.get("story").and_then(Value::as_str).unwrap_or_default();
        let expects = |line: &str| line.split_whitespace().next() == Some("expect");
        if !story.lines().any(expects) {
            let question = "what does it show? it proves nothing without a line that begins with `expect`";
            points.push(point("vocabulary", format!("example {number}: story"), question));
        }
    }
    points
}

/// What is assumed, or a rumour, names fields of the file.
fn assumptions(file: &toml::Table, points: &mut Vec<OpenPoint>) {
    for table in ["assumed", "rumours"] {
        let fields: Vec<_> =
            file.get(table).and_then(Value::as_table).into_iter().flat_map(toml::Table::keys).collect();
        if fields.len() > ASSUMED_MAX {
            let question = format!("it has {} entries; {ASSUMED_MAX} at most", fields.len());
            points.push(point("vocabulary", table.to_owned(), &question));
        }
        for field in fields.into_iter().filter(|field| assumed::find(file, field).is_none()) {
            let question = "which field of the file is meant? name it as a check does, such as `benefit 1.retake.sit_by`";
            points.push(point("vocabulary", format!("{table}.{field}"), question));
        }
    }
}

fn list<'a>(file: &'a toml::Table, name: &str) -> impl Iterator<Item = &'a toml::Table> {
    file.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

fn point(ruling: &'static str, field: String, question: &str) -> OpenPoint {
    OpenPoint { ruling, field, question: question.to_owned() }
}

/// Looks at every text of a file, and at every name.
fn texts(path: &str, value: &Value, points: &mut Vec<OpenPoint>) {
    match value {
        Value::String(text) => {
            let last = path.rsplit('.').next().unwrap_or_default();
            let is_story = last == "story";
            let unseen =
                text.chars().find(|&c| is_unseen(c) && !(is_story && matches!(c, '\n' | '\t' | '\r')));
            if let Some(unseen) = unseen {
                let question = format!(
                    "the text holds U+{:04X}, which is not seen or turns the text around it; take it out",
                    u32::from(unseen)
                );
                points.push(point("vocabulary", path.to_owned(), &question));
            }
            let is_line = last == "title" || last == "name" || path.contains("clauses.");
            let max = if is_line { LINE_CHARS_MAX } else { TEXT_CHARS_MAX };
            let len = text.chars().count();
            if !is_story && len > max {
                let question = format!("the text has {len} characters; {max} at most");
                points.push(point("vocabulary", path.to_owned(), &question));
            }
        }
        Value::Array(values) => {
            for (number, value) in (1..).zip(values) {
                texts(&format!("{path}.{number}"), value, points);
            }
        }
        Value::Table(table) => {
            for (name, value) in table {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                texts(&path, value, points);
            }
        }
        _ => {}
    }
}

/// Whether a character is not seen, or turns the text around it: controls, line separators, marks of direction, zero widths.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
