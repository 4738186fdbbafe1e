//! Text that can be shown as it is: what is not seen, or would steer a terminal or turn the text around it, is written out.
//!
//! Names and texts come from files, shops and people, and some lie in the log since nobody looked at them. So the way out is where
//! it is seen to.

use std::io::{self, Write};

use resit_domain::terms::is_unseen;

/// The marks by which this program colours its own words: no other steers a terminal.
const OWN_MARKS: [&str; 6] =
    ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m"];

/// What is written, and so how a character is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Lines for people, coloured or not.
    Lines { coloured: bool },
    /// JSON, where only strings hold such characters.
    Json,
}

/// A writer that writes such characters out.
pub(crate) struct Visible<W> {
    to: W,
    form: Form,
    /// The beginning of a character or of a mark, whose rest comes with the next write.
    begun: Vec<u8>,
}

impl<W: Write> Visible<W> {
    pub(crate) fn new(to: W, form: Form) -> Self {
        Self { to, form, begun: Vec::new() }
    }

    /// The writer behind it, for what has to stay as it is.
    pub(crate) fn behind(&mut self) -> &mut W {
        &mut self.to
    }
}

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = std::mem::take(&mut self.begun);
        all.extend_from_slice(bytes);
        let mut rest = all.as_slice();
        while !rest.is_empty() {
            let (text, behind) = first_text(rest);
            let whole = shown(text, self.form, &mut self.to)?;
            if whole < text.len() || behind.is_begun {
                self.begun = rest[whole..].to_vec();
                break;
            }
            rest = &rest[text.len() + behind.broken..];
            if behind.broken > 0 {
                self.to.write_all("\u{fffd}".as_bytes())?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// What stands behind the text at the beginning of some bytes.
struct Behind {
    /// How many bytes are no text.
    broken: usize,
    /// Whether a character has begun there, and is not over.
    is_begun: bool,
}

/// The text at the beginning of some bytes.
fn first_text(bytes: &[u8]) -> (&str, Behind) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text, Behind { broken: 0, is_begun: false }),
        Err(error) => {
            let text = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            let broken = error.error_len();
            (text, Behind { broken: broken.unwrap_or(0), is_begun: broken.is_none() })
        }
    }
}

/// Writes a text, and says how much of it: all, or all but a mark that is not over.
fn shown(text: &str, form: Form, to: &mut impl Write) -> io::Result<usize> {
    let mut written = 0;
    while let Some(at) = text[written..].find(is_written_out).map(|at| written + at) {
        to.write_all(&text.as_bytes()[written..at])?;
        let rest = &text[at..];
        let own = OWN_MARKS.iter().filter(|_| form == Form::Lines { coloured: true });
        if let Some(mark) = own.clone().find(|mark| rest.starts_with(**mark)) {
            to.write_all(mark.as_bytes())?;
            written = at + mark.len();
        } else if own.clone().any(|mark| mark.starts_with(rest)) {
            return Ok(at);
        } else {
            let Some(unseen) = rest.chars().next() else { break };
            write_out(unseen, form, to)?;
            written = at + unseen.len_utf8();
        }
    }
    to.write_all(&text.as_bytes()[written..])?;
    Ok(text.len())
}

fn is_written_out(c: char) -> bool {
    is_unseen(c) && !matches!(c, '\n' | '\t')
}

fn write_out(c: char, form: Form, to: &mut impl Write) -> io::Result<()> {
    match form {
        Form::Lines { .. } => write!(to, "{}", c.escape_unicode()),
        Form::Json => c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(to, "\\u{unit:04x}")),
    }
}

/// A text with such characters written out.
pub(crate) fn visible(text: &str, form: Form) -> String {
    let mut shown = Visible::new(Vec::new(), form);
    // A vector takes everything.
    let _ = shown.write_all(text.as_bytes());
    String::from_utf8(shown.to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Form = Form::Lines { coloured: false };
    const COLOURED: Form = Form::Lines { coloured: true };

    #[test]
    fn what_steers_a_terminal_is_written_out() {
        for (text, lines, json) in [
            ("Prüfung 日本\n\tzwei", "Prüfung 日本\n\tzwei", "Prüfung 日本\n\tzwei"),
            ("a\u{202e}b", r"a\u{202e}b", r"a\u202eb"),
            ("\u{1b}[2J", r"\u{1b}[2J", r"\u001b[2J"),
            ("\u{1b}]0;title\u{7}", r"\u{1b}]0;title\u{7}", r"\u001b]0;title\u0007"),
            ("x\u{9b}31m", r"x\u{9b}31m", r"x\u009b31m"),
            ("zero\u{200b}width", r"zero\u{200b}width", r"zero\u200bwidth"),
            ("tag\u{e0041}", r"tag\u{e0041}", r"tag\udb40\udc41"),
            ("over\rwritten", r"over\u{d}written", r"over\u000dwritten"),
        ] {
            assert_eq!(visible(text, PLAIN), lines);
            assert_eq!(visible(text, Form::Json), json);
        }
    }

    #[test]
    fn what_json_holds_stays_the_same() {
        let title = "a\u{202e}b\u{e0041}\u{7f}";
        let shown = visible(&serde_json::json!({ "title": title }).to_string(), Form::Json);
        assert!(shown.is_ascii(), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap()["title"], title);
    }

    #[test]
    fn only_the_own_colours_pass_and_only_where_colours_are_on() {
        assert_eq!(visible("\u{1b}[31mno\u{1b}[0m", COLOURED), "\u{1b}[31mno\u{1b}[0m");
        assert_eq!(visible("\u{1b}[8mhidden\u{1b}[3", COLOURED), "\\u{1b}[8mhidden");
        assert_eq!(visible("\u{1b}[31mno\u{1b}[0m", PLAIN), r"\u{1b}[31mno\u{1b}[0m");
    }

    #[test]
    fn it_makes_no_difference_how_the_bytes_come() {
        let text = "é\u{202e}\u{1b}[32mgood\u{1b}[0m\u{1b}[2J日".as_bytes();
        let whole = visible(std::str::from_utf8(text).unwrap(), COLOURED);
        for size in 1..text.len() {
            let mut shown = Visible::new(Vec::new(), COLOURED);
            text.chunks(size).for_each(|chunk| shown.write_all(chunk).unwrap());
            assert_eq!(String::from_utf8(shown.to).unwrap(), whole, "by {size}");
        }
        let mut broken = Visible::new(Vec::new(), PLAIN);
        broken.write_all(b"a\xffb\xe2\x28c").unwrap();
        assert_eq!(String::from_utf8(broken.to).unwrap(), "a\u{fffd}b\u{fffd}(c");
    }
}
