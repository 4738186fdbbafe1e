//! Rules of time zones.

use resit_command_handler::shipped_zones;
use resit_domain::calendar_time::Zone;
use resit_domain::terms::join;
use resit_domain::{Command, PublishZoneRules};

use super::offers::is_file;
use super::{Scene, Source, Verb};
use crate::fault::Fault;
use crate::words::Words;

/// A set in a file.
#[derive(Debug)]
struct FromFile(Source);

/// The rules that the program ships, of these zones.
#[derive(Debug)]
struct Shipped(Vec<Zone>);

/// A path that ends in `.toml`, or the names of zones whose rules the program ships.
pub(super) fn zones(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let first = words.need("the rules: a path that ends in .toml, or zones like Europe/Berlin")?;
    if is_file(&first) {
        return Ok(Box::new(FromFile(Source::File(first.text.to_owned()))));
    }
    let mut zones = vec![first.read()?];
    while let Some(word) = words.next() {
        zones.push(word.read()?);
    }
    Ok(Box::new(Shipped(zones)))
}

impl Verb for FromFile {
    fn source(&self) -> Option<&Source> {
        Some(&self.0)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        Ok(PublishZoneRules { source: scene.text.clone() }.into())
    }

    fn words(&self) -> String {
        let (Source::BuiltIn(name) | Source::File(name)) = &self.0;
        format!("publish the zone rules {name}")
    }
}

impl Verb for Shipped {
    fn command(&self, _: &Scene) -> Result<Command, String> {
        let source = shipped_zones().text(self.0.iter().copied());
        let source = source.ok_or_else(|| "the program ships no rules of these zones".to_owned())?;
        Ok(PublishZoneRules { source }.into())
    }

    fn words(&self) -> String {
        format!("publish the zone rules that ship, of {}", join(&self.0))
    }
}
