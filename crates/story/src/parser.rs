//! From text to a story: line by line, with a clock and a list of names beside it.

mod line;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use resit_domain::{OrderLine, Timestamp};

use crate::fault::{Mistake, StoryError};
use crate::story::{LINES_MAX, Line, MISTAKES_MAX, STORY_BYTES_MAX, Story};
use crate::words::Words;

/// What has been read so far.
pub(crate) struct Parser<'a> {
    file: &'a str,
    title: Option<String>,
    now: Option<Timestamp>,
    orders: BTreeMap<String, OrderLine>,
    asked: bool,
    ticked: bool,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(file: &'a str) -> Self {
        Self { file, title: None, now: None, orders: BTreeMap::new(), asked: false, ticked: false }
    }

    pub(crate) fn parse(mut self, text: &str) -> Result<Story, StoryError> {
        let (mut lines, mut mistakes) = (Vec::new(), Vec::new());
        let mut whole = |line, problem: String| {
            mistakes.push(Mistake { line, column: 1, word: String::new(), problem });
        };
        if text.len() > STORY_BYTES_MAX {
            whole(1, format!("the story has {} bytes; {STORY_BYTES_MAX} at most", text.len()));
        } else if text.lines().count() > LINES_MAX {
            whole(LINES_MAX + 1, format!("the story has more than {LINES_MAX} lines; cut it into several"));
        } else {
            for (number, text) in (1..).zip(text.lines()) {
                match self.line(text.trim_start_matches('\u{feff}')) {
                    Ok(Some(step)) => lines.push(Line { number, text: without_comment(text), step }),
                    Ok(None) => {}
                    Err(fault) => mistakes.push(fault.on(number)),
                }
                if mistakes.len() >= MISTAKES_MAX {
                    break;
                }
            }
        }
        if mistakes.is_empty() && lines.is_empty() {
            let problem = "here is no story; begin with a line like `at 2019-09-01T10:00Z`".to_owned();
            mistakes.push(Mistake { line: 1, column: 1, word: String::new(), problem });
        }
        if !mistakes.is_empty() {
            return Err(StoryError { file: self.file.to_owned(), mistakes });
        }
        let title = self.title.unwrap_or_else(|| stem(self.file));
        Ok(Story { file: self.file.to_owned(), title, lines, orders: self.orders })
    }
}

fn without_comment(text: &str) -> String {
    let mut words = Words::of(text);
    let words: Vec<&str> = std::iter::from_fn(|| words.next()).map(|word| word.text).collect();
    words.join(" ")
}

/// The name of a file without its folder and its ending.
fn stem(file: &str) -> String {
    let name = std::path::Path::new(file).file_stem();
    name.map_or_else(|| file.to_owned(), |name| name.to_string_lossy().replace(['-', '_'], " "))
}
