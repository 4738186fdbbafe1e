//! Events in, outcomes and facts out, through a real server.

mod facts;
mod long;
mod parking;
mod taking;
mod waiting;
mod world;
