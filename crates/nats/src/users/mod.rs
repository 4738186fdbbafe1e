//! Who is let in, and what each may do.

mod user;

pub use user::{Account, Naming, NoUser, User, UserKind};
