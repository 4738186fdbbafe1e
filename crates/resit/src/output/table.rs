//! Tables: aligned columns for people, a list of objects for programs.

use std::{fmt, io};

use comfy_table::{ContentArrangement, Table, presets};
use resit_domain::Rule;
use serde_json::{Map, Value};

use super::Out;

impl Out {
    /// A table. Column names become the keys of JSON objects, with `-` for blanks.
    pub(crate) fn table<const N: usize>(
        &mut self,
        head: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> io::Result<()> {
        if self.is_json() {
            let object = |row: [String; N]| {
                let fields =
                    head.iter().zip(row).map(|(name, cell)| (name.replace(' ', "_"), Value::String(cell)));
                Value::Object(fields.collect::<Map<_, _>>())
            };
            let list = Value::Array(rows.into_iter().map(object).collect());
            return self.value(&list);
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(head.map(str::to_uppercase));
        let mut empty = true;
        for row in rows {
            empty = false;
            table.add_row(row);
        }
        if empty {
            return writeln!(self.sink(), "nothing");
        }
        for line in table.lines() {
            writeln!(self.sink(), "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Every rule.
    pub(crate) fn rules(&mut self) -> io::Result<()> {
        let clause = |rule: &Rule| match rule.default_clause() {
            "own" => "the offer's".to_owned(),
            clause => clause.to_owned(),
        };
        self.table(
            ["rule", "clause", "asks that"],
            Rule::ALL.iter().map(|rule| [rule.name().to_owned(), clause(rule), rule.asks().to_owned()]),
        )
    }
}

/// How many there are of a thing.
pub(super) fn counted<N: Copy + fmt::Display + PartialEq + From<u8>>(count: N, one: &str) -> String {
    let many = if count == N::from(1) { "" } else { "s" };
    format!("{count} {one}{many}")
}
