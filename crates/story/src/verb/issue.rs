//! Orders.

use chrono::NaiveDate;
use resit_domain::{
    AgreementId, BuyerFact, CandidateId, Channel, Command, Contact, ExamCode, Issue as Order, OfferId,
    OrderLine, OrderMode, Region, Timestamp,
};

use super::{Scene, Verb, also, one_of};
use crate::fault::Fault;
use crate::time;
use crate::voucher::{NOBODY, is_name};
use crate::words::Words;

#[derive(Debug)]
struct Issue {
    name: String,
    order: OrderLine,
    offer: Option<OfferId>,
    quantity: u16,
    purchased_at: Option<Timestamp>,
    paid: bool,
    channel: Option<Channel>,
    region: Option<Region>,
    agreement: Option<AgreementId>,
    buyer: Vec<BuyerFact>,
    combined_with: Vec<OfferId>,
    holder: Option<CandidateId>,
    exam: Option<ExamCode>,
    tier: Option<String>,
    contact: Option<Contact>,
    mode: Option<OrderMode>,
    valid_until: Option<NaiveDate>,
}

const MODES: &[(&str, OrderMode)] =
    &[("subscription", OrderMode::Subscription), ("prorated", OrderMode::Prorated)];

const KEYS: &[&str] = &[
    "offer",
    "order",
    "line",
    "shop",
    "quantity",
    "purchased",
    "free!",
    "channel",
    "region",
    "agreement",
    "buyer",
    "combined-with",
    "holder",
    "exam",
    "tier",
    "contact",
    "mode",
    "valid-until",
];

/// `A [offer=ID] [order=W-1] [line=1] [shop=shop] [quantity=2] [purchased=T] [free] …`
pub(super) fn issue(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let name = words.need("a name for what is bought, like A")?;
    if !is_name(name.text) || name.text == NOBODY {
        return Err(name.fault("can't name what is bought; write letters and digits, a letter first, like A"));
    }
    let pairs = words.pairs(KEYS)?;
    let line = pairs.word("line").map(|word| word.count()).transpose()?.unwrap_or(1);
    let order = OrderLine {
        shop: match pairs.word("shop") {
            Some(word) => word.read()?,
            None => crate::words::Word { column: name.column, text: "shop" }.read()?,
        },
        number: pairs.word("order").unwrap_or(name).read()?,
        line: line.into(),
    };
    Ok(Box::new(Issue {
        name: name.text.to_owned(),
        order,
        offer: pairs.get("offer")?,
        quantity: pairs.word("quantity").map(|word| word.count()).transpose()?.unwrap_or(1),
        purchased_at: pairs.word("purchased").map(|word| time::instant(&word)).transpose()?,
        paid: !pairs.flag("free"),
        channel: pairs.get("channel")?,
        region: pairs.get("region")?,
        agreement: pairs.get("agreement")?,
        buyer: pairs.list("buyer")?,
        combined_with: pairs.list("combined-with")?,
        holder: pairs.get("holder")?,
        exam: pairs.get("exam")?,
        tier: pairs.word("tier").map(|word| word.text.to_owned()),
        contact: pairs.get("contact")?,
        mode: pairs.word("mode").map(|word| one_of(&word, "mode", MODES)).transpose()?,
        valid_until: pairs.word("valid-until").map(|word| time::day(&word)).transpose()?,
    }))
}

impl Verb for Issue {
    fn issues(&self) -> Option<(&str, &OrderLine)> {
        Some((&self.name, &self.order))
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        let offer = match (&self.offer, scene.offers.as_slice()) {
            (Some(offer), _) | (None, [offer]) => Ok(offer.clone()),
            (None, []) => Err("offer= is missing, and no offer was published"),
            (None, _) => Err("offer= is missing, and more than one offer was published"),
        };
        let order = Order {
            order: self.order.clone(),
            offer: offer?,
            quantity: self.quantity,
            pieces: None,
            purchased_at: self.purchased_at,
            paid: self.paid,
            channel: self.channel.clone(),
            region: self.region.clone(),
            agreement: self.agreement.clone(),
            buyer: self.buyer.clone(),
            combined_with: self.combined_with.clone(),
            holder: self.holder.clone(),
            exam: self.exam.clone(),
            tier: self.tier.clone(),
            contact: self.contact.clone(),
            mode: self.mode,
            valid_until: self.valid_until,
        };
        Ok(order.into())
    }

    fn words(&self) -> String {
        let mut words = format!("issue {}", self.name);
        also(&mut words, ": ", self.offer.as_ref());
        also(&mut words, " × ", Some(self.quantity).filter(|quantity| *quantity != 1));
        also(&mut words, "", (!self.paid).then_some(", free"));
        also(&mut words, ", bought ", self.purchased_at.map(time::plain));
        also(&mut words, ", under ", self.agreement.as_ref());
        also(&mut words, ", for ", self.holder.as_ref());
        let mode = MODES.iter().find(|(_, mode)| Some(*mode) == self.mode);
        also(&mut words, ", as ", mode.map(|(name, _)| name));
        also(&mut words, ", valid until ", self.valid_until);
        words
    }
}
