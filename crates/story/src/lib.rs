#![doc = include_str!("../README.md")]

mod expect;
mod facts;
mod fault;
mod in_process;
mod offer_check;
mod parser;
mod print;
mod report;
mod run;
mod story;
mod time;
mod told;
mod venue;
mod verb;
mod voucher;
mod words;

pub use expect::Expect;
pub use facts::words as fact_in_words;
pub use fault::{Mistake, StoryError, nearest};
pub use in_process::InProcess;
pub use offer_check::{
    ExampleError, OfferCheck, ReadOffer, ToldExample, Unproven, about_examples, check_offer,
    check_offer_beside,
};
pub use print::{Paint, Printer};
pub use report::{Stop, StoryFailure, StoryReport, Unmet};
pub use run::Runner;
pub use story::{LINE_CHARS_MAX, LINES_MAX, Line, MISTAKES_MAX, Move, STORY_BYTES_MAX, Step, Story, When};
pub use time::plain as instant_in_words;
pub use told::Told;
pub use venue::{NoAnswer, Venue};
pub use verb::{Scene, Source, Verb};
pub use voucher::{Typed, UnitRef, Voucher};
