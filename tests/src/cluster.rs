//! Three servers that keep every record thrice, every role twice, load through a gateway; and something breaks in each round.

mod check;
mod counts;
mod disruption;
mod load;
mod stage;

pub use counts::ClusterCounts;
pub use disruption::Disruption;

use std::path::Path;

use crate::dice::Dice;
use load::Load;
use stage::Stage;

/// Plays rounds with the roles of a binary, each with the next disruption. Panics at the first thing that is wrong.
pub fn rounds(rounds: u64, seed: u64, binary: &Path) -> ClusterCounts {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let mut stage = runtime.block_on(Stage::set(binary));
    let mut dice = Dice::new(seed);
    let mut counts = ClusterCounts::default();
    let load = Load::begin(&stage.gateway.url, seed);
    load.answered(100);
    for (round, disruption) in (1..=rounds).zip(Disruption::ALL.into_iter().cycle()) {
        // One thing breaks at a time: three servers outlive the loss of one, and not of one that is behind besides.
        runtime.block_on(check::caught_up(&stage));
        disruption.play(&mut stage, &load, &mut dice, &runtime);
        // All that was broken is mended, and all goes on.
        load.answered(100 + dice.up_to(100));
        counts.rounds = round;
        *counts.played.entry(disruption.name()).or_default() += 1;
    }
    let hand = load.end(&mut counts);
    runtime.block_on(check::all(stage, hand, &mut counts));
    counts
}
