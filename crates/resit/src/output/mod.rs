//! What is shown: tables for people, JSON for programs. Everything goes through here to standard output.

mod asked;
mod bench;
mod correction;
mod failure;
mod goodwill;
mod history;
mod impact;
mod log;
mod nats;
mod offer;
mod parked;
mod policy;
mod published;
mod repair;
mod reply;
mod settings;
mod status;
mod table;
mod view;
mod visible;

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::Value;

pub(crate) use bench::Measures;
pub(crate) use repair::{Mark, Repaired};
pub(crate) use visible::{Form as VisibleForm, visible};

use self::visible::{Form, Visible};
use crate::cli::{Colour, Global, OutputForm};

/// Where answers go, and in which form.
pub(crate) struct Out {
    json: bool,
    colour: bool,
    sink: Visible<Box<dyn Write>>,
}

/// How a word is meant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tone {
    Good,
    Bad,
    Warn,
    Dim,
    Strong,
}

impl Out {
    pub(crate) fn new(global: &Global) -> Self {
        let terminal =
            io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        let colour = match global.color {
            Colour::Auto => terminal,
            Colour::Always => true,
            Colour::Never => false,
        };
        let json = global.output == OutputForm::Json;
        let form = if json { Form::Json } else { Form::Lines { coloured: colour } };
        Self { json, colour, sink: Visible::new(Box::new(io::stdout().lock()), form) }
    }

    /// Where text is written; what can't be seen in it is written out.
    pub(crate) fn sink(&mut self) -> &mut dyn Write {
        &mut self.sink
    }

    /// Whether words may be coloured.
    pub(crate) fn coloured(&self) -> bool {
        self.colour
    }

    /// Whether programs are listening.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// A text as it is, byte for byte; only a terminal is not given what would steer it.
    pub(crate) fn raw(&mut self, text: &str) -> io::Result<()> {
        if io::stdout().is_terminal() {
            return self.sink.write_all(text.as_bytes());
        }
        self.sink.behind().write_all(text.as_bytes())
    }

    /// One sentence.
    pub(crate) fn said(&mut self, text: &str) -> io::Result<()> {
        if self.json {
            self.value(&serde_json::json!({ "message": text }))
        } else {
            writeln!(self.sink, "{text}")
        }
    }

    /// One JSON value on a line.
    pub(crate) fn value(&mut self, value: &Value) -> io::Result<()> {
        writeln!(self.sink, "{value}")
    }

    /// What has a JSON form, on a line.
    pub(crate) fn json(&mut self, answer: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string(answer).map_err(io::Error::other)?;
        writeln!(self.sink, "{text}")
    }

    /// A text in a tone, if colours are on.
    pub(crate) fn tone(&self, tone: Tone, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let style = match tone {
            Tone::Good => Style::new().fg_color(Some(AnsiColor::Green.into())),
            Tone::Bad => Style::new().fg_color(Some(AnsiColor::Red.into())),
            Tone::Warn => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
            Tone::Dim => Style::new().dimmed(),
            Tone::Strong => Style::new().bold(),
        };
        format!("{style}{text}{style:#}")
    }
}
