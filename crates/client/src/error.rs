//! What can go wrong between a caller and a server.

use resit_api::Problem;

/// Why a server gave no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers there.
    #[error("cannot connect to {url}: is the server running? `resit serve` starts one")]
    Unreachable {
        /// The server's address.
        url: String,
        /// What the system said.
        source: Box<ureq::Error>,
    },
    /// The connection broke. A command may have been taken or not: the same id tells.
    #[error("the connection to {url} broke; send the same again, with the same command id")]
    Broken {
        /// The server's address.
        url: String,
        /// What the system said.
        source: Box<ureq::Error>,
    },
    /// What came back is no answer of such a server.
    #[error("what {url} answered can't be understood: {reason}; is a server of this release there?")]
    Garbled {
        /// The server's address.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The server wants a token, or another one.
    #[error("{url} wants to know who asks: {detail}; set RESIT_TOKEN to a token of `resit token make`")]
    Unauthenticated {
        /// The server's address.
        url: String,
        /// What the server said.
        detail: String,
    },
    /// The server says what is wrong.
    #[error("{}", .0.detail)]
    Problem(Box<Problem>),
    /// A command names a voucher by a fingerprint whose code nobody here knows.
    #[error("a voucher is named by a code that is not known here; name it by its id")]
    CodeUnknown,
}
