//! From an event to the commands that it asks for.

use resit_access::Role;
use resit_api::{CommandBody, FieldError, Order, VoucherText, read_json};
use resit_command_handler::Request;
use resit_domain::{Command, CommandId, EntitlementId, ShopId, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::data::{bad, json};
use crate::sender::Sender;
use crate::{CloudEvent, EventType, Poison, Reason, Subject};

/// What an event asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) key: CommandId,
    pub(crate) sender: Sender,
    /// When it happened, if the event says.
    pub(crate) happened_at: Option<Timestamp>,
    pub(crate) commands: Vec<AskedCommand>,
}

/// One command, and the order line that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AskedCommand {
    pub(crate) line: Option<u32>,
    pub(crate) request: Request,
}

/// The id of the command that an event becomes: the same for ever, whoever makes it.
pub(crate) fn key(event: &CloudEvent) -> CommandId {
    let mut hash = Sha256::new_with_prefix(b"resit event v1");
    for part in [&event.source, &event.id] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let hash = hash.finalize();
    let digits = hash[..16].iter().fold(String::from("ce-"), |text, byte| format!("{text}{byte:02x}"));
    digits.parse().expect("letters, digits and a hyphen are an id")
}

impl Asked {
    /// What an event asks for, sent to a subject.
    ///
    /// # Errors
    ///
    /// Why nobody can say.
    pub(crate) fn of(event: &CloudEvent, subject: &Subject) -> Result<Self, Poison> {
        let sender = subject.sender()?;
        sender.must_be_source(&event.source)?;
        let kind = EventType::named(&event.kind).ok_or_else(|| unknown(&event.kind))?;
        if subject.kind != event.kind {
            let what = format!("it ends in `{}`, and the event is `{}`", subject.kind, event.kind);
            let remedy = "publish each event to the subject of its type";
            return Err(Poison::new(Reason::WrongSubject, "subject", what, remedy));
        }
        permitted(&sender, kind)?;
        let (key, happened_at) = (key(event), event.time);
        let commands = match kind {
            EventType::OrderPlaced => lines(event, &sender, &key)?,
            _ => vec![one(event, kind, &sender, &key)?],
        };
        Ok(Self { key, sender, happened_at, commands })
    }
}

fn unknown(kind: &str) -> Poison {
    let known: Vec<_> = EventType::ALL.iter().map(|kind| kind.name()).collect();
    let remedy = format!("send one of {}", known.join(", "));
    Poison::new(Reason::UnknownType, "type", format!("there is no type `{kind}`"), remedy)
}

fn permitted(sender: &Sender, kind: EventType) -> Result<(), Poison> {
    if sender.role.has(kind.right()) {
        return Ok(());
    }
    let roles: Vec<_> = kind.right().roles().iter().map(|role| role.name()).collect();
    let what = format!("{} may not be sent by the role {}", kind.name(), sender.role);
    let remedy = format!("roles that may: {}", roles.join(", "));
    Err(Poison::new(Reason::NotPermitted, "type", what, remedy))
}

/// The commands of an order, one for each line.
fn lines(event: &CloudEvent, sender: &Sender, key: &CommandId) -> Result<Vec<AskedCommand>, Poison> {
    let wrong = |error| bad(error, &event.kind);
    let mut order: Order = read_json(&json(event)?).map_err(wrong)?;
    order.check().map_err(wrong)?;
    must_serve(sender, &order.shop)?;
    order.purchased_at = order.purchased_at.or(event.time);
    let of = |line| {
        let id = Order::command_id(key, line).expect("a key of 35 signs leaves room for a number");
        let line_of = order.lines.iter().find(|of| of.line == line).expect("it is one of them");
        let request =
            Request { id, actor: sender.name.clone(), command: order.issue(line_of).into(), confirm: false };
        AskedCommand { line: Some(line), request }
    };
    Ok(order.lines.iter().map(|line| of(line.line)).collect())
}

/// Order numbers are a shop's own: a purchase system speaks for the shop of its own name.
fn must_serve(sender: &Sender, shop: &ShopId) -> Result<(), Poison> {
    if sender.role != Role::Purchase || sender.name.as_str() == shop.as_str() {
        return Ok(());
    }
    let what = format!("{} sent an order of the shop {shop}", sender.name);
    let remedy = format!("name yourself as the shop: `{}`", sender.name);
    Err(Poison::new(Reason::WrongSource, "shop", what, remedy))
}

fn one(
    event: &CloudEvent,
    kind: EventType,
    sender: &Sender,
    key: &CommandId,
) -> Result<AskedCommand, Poison> {
    let read = CommandBody::read(kind.command(), &json(event)?).ok_or_else(|| unknown(&event.kind))?;
    let body = read.map_err(|error| bad(error, &event.kind))?;
    if matches!(body.names(), Some(VoucherText::Code(_))) {
        let field = if body.names_whole_by().is_some() { "entitlement" } else { "voucher" };
        let remedy =
            "ask where the code leads (`look-up-code`), and name the voucher by the id that is answered";
        return Err(Poison::new(Reason::CodeInEvent, field, "a code stands there", remedy));
    }
    let missing =
        || bad(FieldError::new("data", "it names nothing", "name a voucher by its id"), &event.kind);
    let command = body.into_command(None).ok_or_else(missing)?;
    let request = Request {
        id: key.clone(),
        actor: sender.name.clone(),
        command: dated(command, event.time),
        confirm: false,
    };
    Ok(AskedCommand { line: None, request })
}

/// A command that says when it was done: what arrives late was done when it happened.
fn dated(command: Command, time: Option<Timestamp>) -> Command {
    match command {
        Command::Schedule(mut c) => {
            c.booked_at = c.booked_at.or(time);
            c.into()
        }
        Command::RecordStep(mut c) => {
            c.taken_at = c.taken_at.or(time);
            c.into()
        }
        Command::Activate(mut c) => {
            c.activated_at = c.activated_at.or(time);
            c.into()
        }
        other => other,
    }
}

impl AskedCommand {
    /// The entitlement that a purchase system wants changed: it must be one that the same shop ordered.
    pub(crate) fn of_a_shop(&self, sender: &Sender) -> Option<EntitlementId> {
        match (&self.request.command, sender.role) {
            (Command::Revoke(c), Role::Purchase) => Some(c.entitlement),
            (Command::Reinstate(c), Role::Purchase) => Some(c.entitlement),
            (Command::RecordStep(c), Role::Purchase) => Some(c.entitlement),
            _ => None,
        }
    }

    /// The same command about an entitlement that nobody has.
    pub(crate) fn about_nothing(&self) -> Request {
        let nothing = EntitlementId([0; 16]);
        let command = match self.request.command.clone() {
            Command::Revoke(c) => resit_domain::Revoke { entitlement: nothing, ..c }.into(),
            Command::Reinstate(c) => resit_domain::Reinstate { entitlement: nothing, ..c }.into(),
            Command::RecordStep(c) => resit_domain::RecordStep { entitlement: nothing, ..c }.into(),
            other => other,
        };
        Request { command, ..self.request.clone() }
    }
}
