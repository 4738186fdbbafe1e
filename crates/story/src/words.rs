//! The words of a line, each with its column, and its `key=value` pairs.

use std::collections::VecDeque;
use std::fmt::Display;
use std::str::FromStr;

use crate::fault::Fault;

/// One word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'a> {
    pub(crate) column: usize,
    pub(crate) text: &'a str,
}

impl Word<'_> {
    pub(crate) fn fault(&self, problem: impl Display) -> Fault {
        Fault { column: self.column, word: self.text.to_owned(), problem: problem.to_string() }
    }

    /// Reads the word as a value whose error says what it should look like.
    pub(crate) fn read<T: FromStr<Err: Display>>(&self) -> Result<T, Fault> {
        self.text.parse().map_err(|e| self.fault(format!("can't be read: {e}")))
    }

    pub(crate) fn count(&self) -> Result<u16, Fault> {
        self.text.parse().map_err(|_| self.fault("is no number from 0 to 65535"))
    }
}

/// The words of a line that are still to be read.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    words: VecDeque<Word<'a>>,
    end: usize,
}

impl<'a> Words<'a> {
    /// Cuts a line into words; `#` at its start or after a space begins a comment.
    pub(crate) fn of(line: &'a str) -> Self {
        let (mut words, mut column, mut end) = (VecDeque::new(), 1, 1);
        for text in line.split([' ', '\t', '\r']) {
            if text.starts_with('#') {
                break;
            }
            if !text.is_empty() {
                words.push_back(Word { column, text });
                end = column + text.chars().count();
            }
            column += text.chars().count() + 1;
        }
        Self { words, end }
    }

    pub(crate) fn next(&mut self) -> Option<Word<'a>> {
        self.words.pop_front()
    }

    /// The next word, which has to be there.
    pub(crate) fn need(&mut self, what: &str) -> Result<Word<'a>, Fault> {
        self.next().ok_or_else(|| self.missing(what))
    }

    pub(crate) fn missing(&self, what: &str) -> Fault {
        Fault { column: self.end, word: String::new(), problem: format!("here is missing {what}") }
    }

    /// Refuses words that nothing asked for.
    pub(crate) fn done(mut self) -> Result<(), Fault> {
        self.next().map_or(Ok(()), |word| Err(word.fault("is one word too many on this line")))
    }

    /// Takes `key=value` out of wherever it stands.
    pub(crate) fn pull(&mut self, key: &str) -> Option<Word<'a>> {
        let of = |word: &Word<'a>| word.text.strip_prefix(key).is_some_and(|rest| rest.starts_with('='));
        let at = self.words.iter().position(of)?;
        self.words.remove(at).map(|word| value(word, key))
    }

    /// The rest as pairs, each of `keys` at most once; a key that ends in `!` is a flag, without a value.
    pub(crate) fn pairs(&mut self, keys: &'static [&'static str]) -> Result<Pairs<'a>, Fault> {
        let mut pairs = Vec::new();
        while let Some(word) = self.next() {
            let key = word.text.split_once('=').map_or(word.text, |(key, _)| key);
            let wanted = if word.text.contains('=') { key.to_owned() } else { format!("{key}!") };
            let Some(known) = keys.iter().find(|known| **known == wanted) else {
                let allowed: Vec<String> = keys.iter().map(|key| shown(key)).collect();
                let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
                let near = format!("{key}=");
                let mut fault = Fault::choose(word.column, &near, "setting of this line", &allowed);
                word.text.clone_into(&mut fault.word);
                return Err(fault);
            };
            if pairs.iter().any(|(seen, _)| seen == known) {
                return Err(word.fault("stands here a second time"));
            }
            let value = if wanted.ends_with('!') { word } else { value(word, key) };
            if value.text.is_empty() {
                return Err(word.fault("has no value behind its `=`"));
            }
            pairs.push((*known, value));
        }
        Ok(Pairs { pairs, end: self.end })
    }
}

fn value<'a>(word: Word<'a>, key: &str) -> Word<'a> {
    Word { column: word.column + key.chars().count() + 1, text: &word.text[key.len() + 1..] }
}

fn shown(key: &str) -> String {
    key.strip_suffix('!').map_or_else(|| format!("{key}="), ToOwned::to_owned)
}

/// The pairs of a line.
#[derive(Debug)]
pub(crate) struct Pairs<'a> {
    pairs: Vec<(&'static str, Word<'a>)>,
    end: usize,
}

impl<'a> Pairs<'a> {
    pub(crate) fn word(&self, key: &str) -> Option<Word<'a>> {
        self.pairs.iter().find(|(known, _)| *known == key).map(|(_, word)| *word)
    }

    pub(crate) fn flag(&self, key: &str) -> bool {
        self.pairs.iter().any(|(known, _)| known.strip_suffix('!') == Some(key))
    }

    pub(crate) fn get<T: FromStr<Err: Display>>(&self, key: &str) -> Result<Option<T>, Fault> {
        self.word(key).map(|word| word.read()).transpose()
    }

    pub(crate) fn need_word(&self, key: &str) -> Result<Word<'a>, Fault> {
        let missing =
            || Fault { column: self.end, word: String::new(), problem: format!("here is missing {key}=") };
        self.word(key).ok_or_else(missing)
    }

    pub(crate) fn need<T: FromStr<Err: Display>>(&self, key: &str) -> Result<T, Fault> {
        self.need_word(key)?.read()
    }

    /// A value with commas.
    pub(crate) fn list<T: FromStr<Err: Display>>(&self, key: &str) -> Result<Vec<T>, Fault> {
        let Some(word) = self.word(key) else { return Ok(Vec::new()) };
        let (mut items, mut column) = (Vec::new(), word.column);
        for text in word.text.split(',') {
            items.push(Word { column, text }.read()?);
            column += text.chars().count() + 1;
        }
        Ok(items)
    }
}
