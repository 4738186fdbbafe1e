//! Remedies are true (ruling 22): what a refusal recommends is permitted by the terms that refused.
//!
//! A life is drawn at random. Each command in it that is refused is given again as its remedy says, in a copy of the ledger, until it
//! is accepted or nothing is left to do. A remedy that is refused itself, or that leads back to where it came from, is untrue.

mod draw;
mod follow;

use self::draw::{BOUGHT, Draw, HOUR, TERMS, sold, tried};
use self::follow::{Again, follow};
use super::testing::t;

#[test]
fn what_a_refusal_recommends_is_accepted() {
    let mut untrue = Vec::new();
    let mut followed = std::collections::BTreeMap::new();
    for seed in 0..400 {
        let mut draw = Draw(seed);
        let terms = &TERMS[usize::try_from(seed).unwrap() % TERMS.len()];
        let paid = draw.below(3) > 0;
        let mut ledger = sold(terms, paid);
        let units = u16::try_from(ledger.entitlement(1).units.len()).unwrap();
        let mut at = t(BOUGHT).plus_millis(HOUR);
        for _ in 0..40 {
            at = at.plus_millis(draw.days(12) + HOUR * i64::try_from(draw.below(9)).unwrap());
            let command = tried(&mut draw, at, &ledger, units);
            match ledger.decide(&command, at) {
                Ok(_) => ledger = ledger.with(&[(command, &at.to_string())]),
                Err(refusal) => {
                    *followed.entry(refusal.rule).or_insert(0) += 1;
                    let again = Again {
                        ledger: ledger.clone(),
                        command: command.clone(),
                        at,
                        lines: 2,
                        may_buy: true,
                    };
                    if let Err(why) = follow(again) {
                        untrue.push(format!(
                            "seed {seed}, {}, {terms:?}, at {at}\n  {command:?}\n  {why}",
                            refusal.rule
                        ));
                    }
                }
            }
        }
    }
    assert!(untrue.is_empty(), "{} untrue remedies of {followed:?}\n{}", untrue.len(), untrue.join("\n"));
    assert!(followed.len() > 20, "{followed:?}");
}
