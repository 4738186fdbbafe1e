//! What is wrong with the text of a story, and where.

use std::fmt;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters, from 1.
    pub column: usize,
    /// The word that is wrong; empty where one is missing.
    pub word: String,
    /// What is wrong with it, and what is allowed.
    pub problem: String,
}

/// Why a text is no story: every mistake that was found, in order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct StoryError {
    /// The file, as it was named.
    pub file: String,
    /// The mistakes, at least one.
    pub mistakes: Vec<Mistake>,
}

impl fmt::Display for StoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, Mistake { line, column, word, problem }) in self.mistakes.iter().enumerate() {
            let end = if i == 0 { "" } else { "\n" };
            write!(f, "{end}{}:{line}:{column}: ", self.file)?;
            if word.is_empty() { f.write_str(problem)? } else { write!(f, "`{word}` {problem}")? }
        }
        Ok(())
    }
}

/// A mistake in a line whose number is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) column: usize,
    pub(crate) word: String,
    pub(crate) problem: String,
}

impl Fault {
    /// Which word, out of which list, should have been there.
    pub(crate) fn choose(column: usize, word: &str, what: &str, allowed: &[&str]) -> Self {
        let near = nearest(word, allowed).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        let list = allowed.join(", ");
        Self { column, word: word.to_owned(), problem: format!("is no {what}; {near}allowed: {list}") }
    }

    pub(crate) fn on(self, line: usize) -> Mistake {
        // Long enough to be found again, and too short to flood a screen.
        let word = self.word.chars().take(60).collect();
        Mistake { line, column: self.column, word, problem: self.problem }
    }
}

/// The allowed word that differs least, if it differs little.
pub fn nearest<'a>(word: &str, allowed: &[&'a str]) -> Option<&'a str> {
    let far = word.chars().count().div_ceil(3);
    let near = allowed.iter().map(|other| (distance(word, other), *other));
    near.filter(|(distance, _)| *distance <= far).min().map(|(_, other)| other)
}

/// How many signs have to change to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().take(60).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_and_a_far_one_is_not() {
        let allowed = ["schedule", "reschedule", "cancel", "at"];
        assert_eq!(nearest("shedule", &allowed), Some("schedule"));
        assert_eq!(nearest("cancle", &allowed), Some("cancel"));
        assert_eq!(nearest("frobnicate", &allowed), None);
    }
}
