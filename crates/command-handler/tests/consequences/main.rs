//! A correction of a result lists every decision that it turns, on whichever voucher of the candidate, and names the open
//! registrations that break the policy by it (ruling 14).

mod given;
mod limits;
mod turned;
