//! A story for a reader: times as headings, lines of the file in the margin, facts in columns.

use std::io::{Result, Write};

use anstyle::{AnsiColor, Style};
use resit_domain::{Refusal, Timestamp};

use crate::report::{StoryReport, Unmet};
use crate::story::Move;
use crate::time::plain;
use crate::told::Told;

/// How text is set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Plain text.
    Plain,
    /// ANSI colours.
    Coloured,
}

/// Prints what is told.
#[derive(Debug)]
pub struct Printer<W> {
    out: W,
    paint: Paint,
    /// Whether the last command only set the stage; what follows from that is not worth a line.
    setup: bool,
}

/// How wide the last column is.
const COLUMN_CHARS: usize = 82;
/// A line end, and the columns before the last one.
const NEXT_LINE: &str = "\n                                      ";
const BAD: AnsiColor = AnsiColor::Red;
const GOOD: AnsiColor = AnsiColor::Green;
const WARN: AnsiColor = AnsiColor::Yellow;

impl<W: Write> Printer<W> {
    /// A printer.
    pub fn new(out: W, paint: Paint) -> Self {
        Self { out, paint, setup: false }
    }

    /// What it printed to.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// Prints one thing that happened.
    pub fn tell(&mut self, told: &Told) -> Result<()> {
        match told {
            Told::Begins { title } => {
                let bold = self.style(Style::new().bold());
                writeln!(self.out, "{bold}{title}{bold:#}")
            }
            Told::Clock { how, at, .. } => self.clock(*how, *at),
            Told::Asked { line, words, actor, setup, .. } => {
                self.setup = *setup;
                let by = if actor.as_str() == "story" { String::new() } else { format!(" (by {actor})") };
                self.mark(
                    Some(*line),
                    if *setup { "·" } else { "▸" },
                    Style::new().bold(),
                    &format!("{words}{by}"),
                )
            }
            Told::Fact { aside, .. } if *aside || self.setup => Ok(()),
            Told::Fact { about, kind, words, happened_at, recorded_at, .. } => {
                let late = Some(happened_at).filter(|at| *at != recorded_at);
                let late = late.map_or_else(String::new, |at| {
                    format!(" [happened {}, recorded {}]", plain(*at), plain(*recorded_at))
                });
                self.row(kind, Style::new(), about, &format!("{words}{late}"))
            }
            Told::Code { voucher, masked } => self.row("code", Style::new().dimmed(), voucher, masked),
            Told::Warned(warning) => self.row("warning", fg(WARN), &warning.clause, &warning.text),
            Told::Refused(refusal) => self.refused(refusal),
            Told::Replayed { recorded_at } => self.row(
                "replayed",
                Style::new().dimmed(),
                "",
                &format!("first answered {}", plain(*recorded_at)),
            ),
            Told::Failed { error } => self.row("error", fg(BAD), "", error),
            Told::AlreadySo { why } => self.row("already so", Style::new().dimmed(), "", why),
            Told::Met { line, text } => self.mark(Some(*line), "✓", fg(GOOD), text),
            Told::Unmet(Unmet { line, expected, found }) => {
                self.mark(Some(*line), "✗", fg(BAD), expected)?;
                self.row("found", fg(BAD), "", found)
            }
        }
    }

    /// Prints how it came out, in a line.
    pub fn report(&mut self, report: &StoryReport) -> Result<()> {
        let StoryReport { commands, expectations, unmet, .. } = report;
        let (style, words) = match unmet.len() {
            0 => (fg(GOOD), format!("holds: {commands} commands, {expectations} expectations, all met")),
            n => (
                fg(BAD),
                format!("does not hold: {n} not met ({commands} commands, {expectations} expectations)"),
            ),
        };
        let style = self.style(style);
        writeln!(self.out, "\n{style}{words}{style:#}")
    }

    fn clock(&mut self, how: Move, at: Timestamp) -> Result<()> {
        self.setup = false;
        let how = match how {
            Move::Set => "",
            Move::Tick => "  the clock ticks",
            Move::Skip => "  time passes, and the scheduler sleeps",
        };
        let bold = self.style(Style::new().bold());
        let dim = self.style(Style::new().dimmed());
        writeln!(self.out, "\n{bold}{}{bold:#}{dim}{how}{dim:#}", plain(at))
    }

    fn refused(&mut self, refusal: &Refusal) -> Result<()> {
        let law = format!("{} ({} layer) asks that {}", refusal.rule, refusal.layer, refusal.rule.asks());
        self.row("refused", fg(BAD), &refusal.clause, &law)?;
        for fact in &refusal.facts {
            self.row("", Style::new(), "", &format!("{}: {}", fact.name, fact.value))?;
        }
        self.row("remedy", Style::new(), "", &refusal.remedy)
    }

    /// A line of the story: its number, a mark, its words.
    fn mark(&mut self, line: Option<usize>, mark: &str, style: Style, words: &str) -> Result<()> {
        let (style, dim) = (self.style(style), self.style(Style::new().dimmed()));
        let line = line.map_or_else(String::new, |line| line.to_string());
        writeln!(self.out, "{dim}{line:>5}{dim:#} {style}{mark} {words}{style:#}")
    }

    /// What came of it: a kind, what it is about, its words.
    fn row(&mut self, kind: &str, style: Style, about: &str, words: &str) -> Result<()> {
        let style = self.style(style);
        let words = column(words);
        writeln!(self.out, "        {style}{kind:<21}{style:#} {about:<7} {words}")
    }

    fn style(&self, style: Style) -> Style {
        match self.paint {
            Paint::Plain => Style::new(),
            Paint::Coloured => style,
        }
    }
}

/// Text that stays in its column, however long it is.
fn column(words: &str) -> String {
    let mut text = String::new();
    for (i, line) in words.lines().enumerate() {
        if i > 0 {
            text.push_str(NEXT_LINE);
        }
        let mut width = 0;
        for word in line.split(' ') {
            let long = word.chars().count() + 1;
            if width > 0 && width + long > COLUMN_CHARS {
                text.push_str(NEXT_LINE);
                width = 0;
            } else if width > 0 {
                text.push(' ');
            }
            text.push_str(word);
            width += long;
        }
    }
    text
}

fn fg(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(colour.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(paint: Paint) -> String {
        let mut printer = Printer::new(Vec::new(), paint);
        printer.tell(&Told::Code { voucher: "A".to_owned(), masked: "NPSP-····".to_owned() }).unwrap();
        String::from_utf8(printer.into_inner()).unwrap()
    }

    #[test]
    fn colours_come_only_when_they_are_asked_for() {
        assert_eq!(code(Paint::Plain), format!("        {:<21} {:<7} NPSP-····\n", "code", "A"));
        assert!(code(Paint::Coloured).contains("\u{1b}[2mcode"));
    }

    #[test]
    fn long_text_and_several_lines_stay_in_their_column() {
        let text = column(&format!("{} end\nsecond", "word ".repeat(17)));
        let lines: Vec<&str> = text.split('\n').collect();
        assert_eq!((lines.len(), lines[1].trim(), lines[2].trim()), (3, "word  end", "second"));
        assert!(lines[0].chars().count() <= COLUMN_CHARS && lines[1].starts_with(&NEXT_LINE[1..]));
        assert_eq!(column(&"x".repeat(200)).len(), 200);
    }
}
