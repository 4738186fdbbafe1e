//! Names of headers, in lower case as they go over the wire.

/// The sender's id of a command: the same key with the same body is answered as the first time, for ever.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// On an answer: the log position that it shows.
pub const POSITION: &str = "resit-position";
/// On a question: the log position that the answer must show at least.
pub const AT_LEAST: &str = "resit-at-least";
/// On a question: the instant to look from. On an order to a rehearsal's server: the instant that its clock is set to.
pub const CLOCK: &str = "resit-clock";
/// On a request to an open server: who asks.
pub const ACTOR: &str = "resit-actor";
/// On a request over NATS: the path, with what stands behind the question mark.
pub const PATH: &str = "resit-path";
/// On a request over NATS: the only shop that its caller knows of. It can but narrow what the caller may do.
pub const SHOP: &str = "resit-shop";
/// On an answer over NATS: the status that HTTP has for it.
pub const STATUS: &str = "resit-status";
/// The name of the same header in the release before, which clients take for a status of the protocol. For one release a gateway
/// reads it if [`STATUS`] is missing, and a service adds it for a gateway that does not send [`ANSWER_FORM`].
pub const STATUS_BEFORE: &str = "status";
/// On a request of a gateway over NATS: the form of the answers that it reads, [`ANSWER_FORM_NOW`].
pub const ANSWER_FORM: &str = "resit-answer-form";
/// The form whose status is in [`STATUS`].
pub const ANSWER_FORM_NOW: &str = "2";
/// The trace that a request belongs to (W3C Trace Context).
pub const TRACE: &str = "traceparent";
/// On a command: `return=minimal` asks for the answer without what it shows beside its outcome (RFC 7240).
pub const PREFER: &str = "prefer";
