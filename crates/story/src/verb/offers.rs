//! Offers, calendars and policies: publish, extend, withdraw, move to another provider.

use chrono::NaiveDate;
use resit_domain::{
    Command, ExtendOffer, Grandfather, MigrateProvider, OfferId, ProviderId, PublishCalendar, PublishOffer,
    PublishPolicy, WithdrawOffer,
};

use super::{Scene, Source, Verb, one_of};
use crate::fault::Fault;
use crate::time;
use crate::words::{Word, Words};

#[derive(Debug)]
struct Publish(Source);

/// `exam-replay`, or a path that ends in `.toml`.
pub(super) fn publish(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let word = words.need("the offer: a built-in id like exam-replay, or a path that ends in .toml")?;
    if is_file(&word) {
        return Ok(Box::new(Publish(Source::File(word.text.to_owned()))));
    }
    word.read::<OfferId>()?;
    Ok(Box::new(Publish(Source::BuiltIn(word.text.to_owned()))))
}

pub(super) fn is_file(word: &Word<'_>) -> bool {
    std::path::Path::new(word.text).extension().is_some_and(|extension| extension == "toml")
}

impl Verb for Publish {
    fn source(&self) -> Option<&Source> {
        Some(&self.0)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        Ok(PublishOffer { source: scene.text.clone() }.into())
    }

    fn words(&self) -> String {
        let (Source::BuiltIn(name) | Source::File(name)) = &self.0;
        format!("publish the offer {name}")
    }
}

#[derive(Debug)]
struct Calendar(Source);

/// A path that ends in `.toml`.
pub(super) fn calendar(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let word = words.need("the calendar: a path that ends in .toml")?;
    if !is_file(&word) {
        return Err(word.fault("is no calendar file; write a path that ends in .toml"));
    }
    Ok(Box::new(Calendar(Source::File(word.text.to_owned()))))
}

impl Verb for Calendar {
    fn source(&self) -> Option<&Source> {
        Some(&self.0)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        Ok(PublishCalendar { source: scene.text.clone() }.into())
    }

    fn words(&self) -> String {
        let (Source::BuiltIn(name) | Source::File(name)) = &self.0;
        format!("publish the calendar {name}")
    }
}

#[derive(Debug)]
struct OwnPolicy(Source);

/// A path that ends in `.toml`.
pub(super) fn policy(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let word = words.need("the policy: a path that ends in .toml")?;
    if !is_file(&word) {
        return Err(word.fault("is no policy file; write a path that ends in .toml"));
    }
    Ok(Box::new(OwnPolicy(Source::File(word.text.to_owned()))))
}

impl Verb for OwnPolicy {
    fn source(&self) -> Option<&Source> {
        Some(&self.0)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        Ok(PublishPolicy { source: scene.text.clone() }.into())
    }

    fn words(&self) -> String {
        let (Source::BuiltIn(name) | Source::File(name)) = &self.0;
        format!("publish the policy {name}")
    }
}

#[derive(Debug)]
struct Extend {
    offer: OfferId,
    last_day: NaiveDate,
}

/// `ID to=DATE`
pub(super) fn extend(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let offer = words.need("the offer's id")?.read()?;
    let last_day = time::day(&words.pairs(&["to"])?.need_word("to")?)?;
    Ok(Box::new(Extend { offer, last_day }))
}

impl Verb for Extend {
    fn command(&self, _: &Scene) -> Result<Command, String> {
        Ok(ExtendOffer { offer: self.offer.clone(), last_day: self.last_day }.into())
    }

    fn words(&self) -> String {
        format!("extend the offer {} to {}", self.offer, self.last_day)
    }
}

#[derive(Debug)]
struct Withdraw {
    offer: OfferId,
    grandfather: Grandfather,
}

/// `ID [grandfather=open-agreements]`
pub(super) fn withdraw(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    const WHOM: &[(&str, Grandfather)] =
        &[("nobody", Grandfather::Nobody), ("open-agreements", Grandfather::OpenAgreements)];
    let offer = words.need("the offer's id")?.read()?;
    let word = words.pairs(&["grandfather"])?.word("grandfather");
    let grandfather = word.map(|word| one_of(&word, "such right", WHOM)).transpose()?;
    Ok(Box::new(Withdraw { offer, grandfather: grandfather.unwrap_or_default() }))
}

impl Verb for Withdraw {
    fn command(&self, _: &Scene) -> Result<Command, String> {
        Ok(WithdrawOffer { offer: self.offer.clone(), grandfather: self.grandfather }.into())
    }

    fn words(&self) -> String {
        let but =
            if self.grandfather == Grandfather::Nobody { "" } else { "; open agreements may still order" };
        format!("withdraw the offer {} from sale{but}", self.offer)
    }
}

#[derive(Debug)]
struct Migrate {
    offer: OfferId,
    from: ProviderId,
    to: ProviderId,
}

/// `ID from=a to=b`
pub(super) fn migrate(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let offer = words.need("the offer's id")?.read()?;
    let pairs = words.pairs(&["from", "to"])?;
    Ok(Box::new(Migrate { offer, from: pairs.need("from")?, to: pairs.need("to")? }))
}

impl Verb for Migrate {
    fn command(&self, _: &Scene) -> Result<Command, String> {
        let Self { offer, from, to } = self;
        Ok(MigrateProvider { offer: offer.clone(), from: from.clone(), to: to.clone() }.into())
    }

    fn words(&self) -> String {
        format!("move the offer {} from provider {} to {}", self.offer, self.from, self.to)
    }
}
