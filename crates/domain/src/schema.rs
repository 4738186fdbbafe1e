//! JSON Schemas of the types that write their own text form.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::calendar_time::Period;
use crate::{
    Actor, AgreementId, BranchId, BuyerFact, CalendarId, CandidateId, Category, Channel, CommandId,
    DeliveryMode, EntitlementId, ExamCode, Fingerprint, ID_BYTES_MAX, OfferId, OrderNumber, PracticeTestId,
    ProgrammeId, ProviderId, REMARK_CHARS_MAX, Region, Remark, Rule, ShopId, TermsHash, Timestamp,
};

macro_rules! schemas {
    ($($name:ident $schema:expr;)*) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

fn text_id(what: &str) -> Schema {
    json_schema!({
        "type": "string",
        "description": what,
        "minLength": 1,
        "maxLength": ID_BYTES_MAX,
        "pattern": "^[A-Za-z0-9._:-]+$",
    })
}

schemas! {
    CommandId text_id("The sender's id of one command; idempotency hangs on it for ever.");
    Actor text_id("Who gave a command.");
    ShopId text_id("A purchase system, whose order numbers are its own.");
    OrderNumber text_id("The number of an order in its shop.");
    OfferId text_id("An offer.");
    ProgrammeId text_id("A certification programme.");
    CalendarId text_id("A business-day calendar.");
    ExamCode text_id("An exam as the catalogue names it.");
    PracticeTestId text_id("A practice test as the catalogue names it.");
    CandidateId text_id("A person who sits exams; opaque to the ledger.");
    AgreementId text_id("A licensing agreement.");
    BranchId text_id("A branch of the party to an agreement.");
    ProviderId text_id("An organisation that delivers exams.");
    Category text_id("A category of exams in the catalogue.");
    Channel text_id("A way to buy or to register.");
    Region text_id("A region of the world, as the programme cuts it.");
    DeliveryMode text_id("A way to sit an exam.");
    BuyerFact text_id("A fact about a buyer that an offer may ask for.");
    EntitlementId json_schema!({
        "type": "string",
        "description": "One bought piece: 26 symbols, derived from its order line.",
        "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$",
    });
    TermsHash json_schema!({
        "type": "string",
        "description": "The SHA-256 of an offer file, as sha256sum prints it.",
        "pattern": "^[0-9a-f]{64}$",
    });
    Fingerprint json_schema!({
        "type": "string",
        "description": "What the ledger keeps of a voucher code, from which the code can't be had.",
        "pattern": "^[0-9a-f]{32}$",
    });
    Remark json_schema!({
        "type": "string",
        "description": "A line of text, for whoever reads the record.",
        "minLength": 1,
        "maxLength": REMARK_CHARS_MAX,
    });
    Timestamp json_schema!({
        "type": "string",
        "description": "An instant of the years 1 to 9999 in RFC 3339, to the millisecond. A request may leave out the seconds, or say a day for its start in UTC.",
        "format": "date-time",
        "examples": ["2026-09-01T10:00:00Z"],
    });
    Period json_schema!({
        "type": "string",
        "description": "A length of time in ISO 8601, or business days such as P5B.",
        "pattern": "^P",
        "examples": ["P60D", "P1Y6M"],
    });
    Rule json_schema!({
        "type": "string",
        "description": "A rule's stable name.",
        "enum": Rule::ALL.iter().map(|rule| rule.name()).collect::<Vec<_>>(),
    });
}
