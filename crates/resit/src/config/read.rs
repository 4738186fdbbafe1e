//! Looking for a value where it may stand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::Row;
use super::file::File;
use super::key::{self, Key};
use super::source::{ConfigError, Given as Text, Setting, Source};

/// The file that is looked for in the ledger's folder.
const FILE_NAME: &str = "resit.toml";

/// What stands on the command line: the file of settings, and settings by name.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) config: Option<PathBuf>,
    pub(crate) flags: BTreeMap<&'static str, String>,
}

/// Reads settings, and notes each.
pub(super) struct Reader {
    flags: BTreeMap<&'static str, String>,
    file: File,
    rows: Vec<Row>,
}

impl Reader {
    pub(super) fn new(given: Given) -> Result<Self, ConfigError> {
        let mut reader = Self { flags: given.flags, file: File::default(), rows: Vec::new() };
        let named = match given.config {
            Some(path) => Some((path, Source::Flag("--config"))),
            None => variable("RESIT_CONFIG")
                .map(|text| (PathBuf::from(text), Source::Environment("RESIT_CONFIG"))),
        };
        reader.file = match named {
            Some((path, said)) => match fs::read_to_string(&path) {
                Ok(text) => File::parse(&path, &text)?,
                Err(source) => return Err(ConfigError::Unread { path, said, source }),
            },
            None => reader.file_of_the_folder()?,
        };
        Ok(reader)
    }

    /// The file in the ledger's folder, if there is one.
    fn file_of_the_folder(&self) -> Result<File, ConfigError> {
        let folder =
            self.given(&key::LEDGER).map_or_else(|| key::LEDGER.default.to_owned(), |given| given.text);
        let path = Path::new(&folder).join(FILE_NAME);
        // A folder that can't be looked into is told of by who opens it.
        let Ok(text) = fs::read_to_string(&path) else { return Ok(File::default()) };
        let file = File::parse(&path, &text)?;
        match file.given(&key::LEDGER) {
            Some(given) => Err(ConfigError::Value {
                name: key::LEDGER.name,
                problem: "a file in a ledger's folder can't name another one; name it with --ledger"
                    .to_owned(),
                from: given.source.clone(),
            }),
            None => Ok(file),
        }
    }

    /// A setting that may be absent.
    pub(super) fn one<T>(
        &mut self,
        key: &'static Key,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<Setting<T>>, ConfigError> {
        let Some(Text { text, source }) = self.given(key) else {
            self.rows.push(Row { key, value: key.default.to_owned(), source: Source::Default });
            return Ok(None);
        };
        let value = parse(&text).map_err(|problem| ConfigError::Value {
            name: key.name,
            problem,
            from: source.clone(),
        })?;
        let shown = if key.name == key::TOKEN.name { "(given)".to_owned() } else { text };
        self.rows.push(Row { key, value: shown, source: source.clone() });
        Ok(Some(Setting { value, source }))
    }

    /// A setting that has a value if nobody gives one.
    pub(super) fn or<T>(
        &mut self,
        key: &'static Key,
        parse: impl Fn(&str) -> Result<T, String>,
        default: &str,
    ) -> Result<Setting<T>, ConfigError> {
        if let Some(setting) = self.one(key, &parse)? {
            return Ok(setting);
        }
        if let Some(row) = self.rows.last_mut() {
            default.clone_into(&mut row.value);
        }
        let value = parse(default).unwrap_or_else(|e| panic!("the default of {} is wrong: {e}", key.name));
        Ok(Setting { value, source: Source::Default })
    }

    pub(super) fn rows(self) -> Vec<Row> {
        self.rows
    }

    fn given(&self, key: &Key) -> Option<Text> {
        if let Some(text) = self.flags.get(key.name) {
            return Some(Text { text: text.clone(), source: Source::Flag(key.flag) });
        }
        if let Some(text) = variable(key.variable) {
            return Some(Text { text, source: Source::Environment(key.variable) });
        }
        self.file.given(key).cloned()
    }
}

/// A variable that says something; an empty one says nothing.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.is_empty())
}
