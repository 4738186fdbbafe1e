//! Numbers that look random and come again with the same seed.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A die (the constants are those of PCG's generator).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Thrown from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`, which is not 0.
    pub fn up_to(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// Whether it is the one in so many.
    pub fn one_in(&mut self, many: u64) -> bool {
        self.up_to(many) == 0
    }

    /// A number between two others, both inside.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        let span = u64::try_from(last - first + 1).expect("the first is not behind the last");
        first + i64::try_from(self.up_to(span)).expect("it is below a span of i64")
    }

    /// One out of a list, which is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::try_from(self.up_to(list.len() as u64)).expect("it is an index")]
    }
}

/// The seed of a run: `usually`, so that it can be repeated; or that in `RESIT_SEED`; or, if it says `any`, one that nobody
/// has tried.
pub fn seed(usually: u64) -> u64 {
    match std::env::var("RESIT_SEED").as_deref() {
        Err(_) => usually,
        Ok("any") => RandomState::new().build_hasher().finish(),
        Ok(seed) => seed.parse().expect("RESIT_SEED is a number, or `any`"),
    }
}
