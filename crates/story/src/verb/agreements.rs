//! Licensing agreements.

use chrono::NaiveDate;
use resit_domain::{
    AgreementId, AmendAgreement, BranchId, BuyerFact, Command, Contact, OpenAgreement, ProgrammeId,
};

use super::{Scene, Verb, also};
use crate::fault::Fault;
use crate::time;
use crate::words::Words;

#[derive(Debug)]
struct Open {
    agreement: AgreementId,
    programme: ProgrammeId,
    first_day: NaiveDate,
    last_day: NaiveDate,
    buyer: Vec<BuyerFact>,
    branches: Vec<BranchId>,
    administrator: Option<Contact>,
    contact: Option<Contact>,
}

/// `EA-1 programme=p from=DATE to=DATE [buyer=a,b] [branches=a,b] [administrator=WHO] [contact=WHO]`
pub(super) fn agreement(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let agreement = words.need("the agreement's id, like EA-1")?.read()?;
    let pairs = words.pairs(&["programme", "from", "to", "buyer", "branches", "administrator", "contact"])?;
    Ok(Box::new(Open {
        agreement,
        programme: pairs.need("programme")?,
        first_day: time::day(&pairs.need_word("from")?)?,
        last_day: time::day(&pairs.need_word("to")?)?,
        buyer: pairs.list("buyer")?,
        branches: pairs.list("branches")?,
        administrator: pairs.get("administrator")?,
        contact: pairs.get("contact")?,
    }))
}

impl Verb for Open {
    fn command(&self, _: &Scene) -> Result<Command, String> {
        let opened = OpenAgreement {
            agreement: self.agreement.clone(),
            programme: self.programme.clone(),
            first_day: self.first_day,
            last_day: self.last_day,
            buyer: self.buyer.clone(),
            branches: self.branches.clone(),
            administrator: self.administrator.clone(),
            contact: self.contact.clone(),
        };
        Ok(opened.into())
    }

    fn words(&self) -> String {
        let Self { agreement, programme, first_day, last_day, .. } = self;
        format!("open the agreement {agreement} ({programme}), {first_day} to {last_day}")
    }
}

#[derive(Debug)]
struct Amend {
    agreement: AgreementId,
    last_day: Option<NaiveDate>,
    buyer: Option<Vec<BuyerFact>>,
    branches: Option<Vec<BranchId>>,
    administrator: Option<Contact>,
    contact: Option<Contact>,
}

/// `EA-1 [to=DATE] [buyer=a,b] [branches=a,b|none] [administrator=WHO] [contact=WHO]`
pub(super) fn amend(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let agreement = words.need("the agreement's id, like EA-1")?.read()?;
    let pairs = words.pairs(&["to", "buyer", "branches", "administrator", "contact"])?;
    Ok(Box::new(Amend {
        agreement,
        last_day: pairs.word("to").map(|word| time::day(&word)).transpose()?,
        buyer: Some(pairs.list("buyer")?).filter(|list| !list.is_empty()),
        branches: match pairs.word("branches") {
            Some(word) if word.text == "none" => Some(Vec::new()),
            _ => Some(pairs.list("branches")?).filter(|list| !list.is_empty()),
        },
        administrator: pairs.get("administrator")?,
        contact: pairs.get("contact")?,
    }))
}

impl Verb for Amend {
    fn command(&self, _: &Scene) -> Result<Command, String> {
        let amended = AmendAgreement {
            agreement: self.agreement.clone(),
            last_day: self.last_day,
            buyer: self.buyer.clone(),
            branches: self.branches.clone(),
            administrator: self.administrator.clone(),
            contact: self.contact.clone(),
        };
        Ok(amended.into())
    }

    fn words(&self) -> String {
        let mut words = format!("amend the agreement {}", self.agreement);
        also(&mut words, ": it ends on ", self.last_day);
        let branches = self.branches.as_ref().map(resit_domain::terms::join);
        also(&mut words, ", branches: ", branches);
        words
    }
}
