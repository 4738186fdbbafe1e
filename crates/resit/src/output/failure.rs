//! What went wrong: the error, then each of its causes, once.

use std::error::Error;
use std::io::Write;

use super::{Form, Out, Tone, Visible};
use crate::exit::Stopped;

impl Out {
    /// Tells on standard error why a command could not be carried out.
    pub(crate) fn failure(&self, stopped: &Stopped) {
        let mut causes = Vec::new();
        let mut next: Option<&dyn Error> = stopped.source();
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        let form = if self.is_json() { Form::Json } else { Form::Lines { coloured: self.coloured() } };
        let mut stderr = Visible::new(std::io::stderr().lock(), form);
        // If even this can't be written, the exit code is all that is left to say.
        let _ = if self.is_json() {
            writeln!(stderr, "{}", serde_json::json!({ "error": stopped.to_string(), "causes": causes }))
        } else {
            causes.insert(0, format!("{} {stopped}", self.tone(Tone::Bad, "error:")));
            writeln!(stderr, "{}", causes.join("\n  "))
        };
    }
}
