//! A file of settings: one `name = value` on a line.

use std::path::Path;

use resit_story::nearest;
use toml::de::{DeTable, DeValue};

use super::key::{self, Key};
use super::source::{ConfigError, Given, Source};

/// What a file says, name by name.
#[derive(Debug, Default)]
pub(crate) struct File(Vec<(&'static str, Given)>);

impl File {
    /// Understands the text of a file.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let table = DeTable::parse(text).map_err(|e| {
            let line = e.span().map_or(1, |span| line_of(text, span.start));
            ConfigError::Form { path: path.to_owned(), problem: format!("{} (line {line})", e.message()) }
        })?;
        let mut entries = Vec::new();
        let mut said: Vec<_> = table.get_ref().iter().collect();
        said.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in said {
            let line = line_of(text, name.span().start);
            let source = Source::File(path.to_owned(), line);
            let key = known(name.get_ref(), path, line)?;
            let said = match value.get_ref() {
                _ if key.name == key::TOKEN.name => Err(
                    "a token does not belong here; put it alone into a file, and name that with token_file",
                ),
                DeValue::String(text) => Ok(text.to_string()),
                DeValue::Integer(number) => Ok(number.as_str().replace('_', "")),
                _ => Err("write a text in quotes, or a number"),
            };
            let text = said.map_err(|problem| ConfigError::Value {
                name: key.name,
                problem: problem.to_owned(),
                from: source.clone(),
            })?;
            entries.push((key.name, Given { text, source }));
        }
        Ok(Self(entries))
    }

    /// What it says of a setting.
    pub(crate) fn given(&self, key: &Key) -> Option<&Given> {
        self.0.iter().find(|(name, _)| *name == key.name).map(|(_, given)| given)
    }
}

fn known(name: &str, path: &Path, line: usize) -> Result<&'static Key, ConfigError> {
    key::ALL.iter().find(|key| key.name == name).ok_or_else(|| {
        let names: Vec<&str> = key::ALL.iter().map(|key| key.name).collect();
        let near = nearest(name, &names).map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
        ConfigError::Unknown { name: name.to_owned(), near, path: path.to_owned(), line }
    })
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        File::parse(Path::new("resit.toml"), text).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_name_is_told_with_its_line_and_the_nearest_known_one() {
        let told = error("listen = \"127.0.0.1:1\"\n\nlisten_on = 1\nlisen = 2\n");
        assert!(told.contains("\"listen_on\" is no setting") && told.contains("line 3"), "{told}");
        assert!(error("lisen = 2").contains("did you mean \"listen\"?"));
    }

    #[test]
    fn what_is_no_text_and_no_number_is_told_with_its_line() {
        assert!(
            error("\nlisten = [1]")
                .contains("listen: write a text in quotes, or a number (from resit.toml, line 2)")
        );
        assert!(error("token = \"x\"").contains("token_file"));
        assert!(error("listen = \n").contains("line 1"));
    }

    #[test]
    fn numbers_may_be_written_with_gaps() {
        let file = File::parse(Path::new("resit.toml"), "segment_bytes = 1_048_576").unwrap();
        assert_eq!(file.given(&key::SEGMENT_BYTES).unwrap().text, "1048576");
    }
}
