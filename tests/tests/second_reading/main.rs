//! A second reading of the law: written from its clauses and rulings alone, by somebody who did not read the domain.
//!
//! It keeps a plain list of what was told and accepted, and reads every answer out of the whole list, slowly, each time.
//! Random lives are lived in the real ledger, and both must agree: on each answer, and on what each voucher is afterwards.
//!
//! `RESIT_LIVES=10000` lives so many of each kind, `RESIT_SEED` begins with another seed.

mod agreement;
mod ask;
mod book;
mod day;
mod ends;
mod file;
mod goods;
mod happen;
mod judge;
mod judge_gift;
mod judge_holder;
mod judge_result;
mod judge_schedule;
mod known;
mod ledger;
mod lives;
mod offers;
mod person;
mod sale;
mod standing;
mod terms;
mod trial;

use lives::agree;

#[test]
fn lives_of_one_exam() {
    agree(lives::single);
}

#[test]
fn lives_of_packs_and_bundles() {
    agree(lives::pack);
}

#[test]
fn lives_of_two_programmes() {
    agree(lives::programmes);
}

#[test]
fn lives_of_changing_offers() {
    agree(lives::changing);
}

#[test]
fn lives_of_agreements() {
    agree(lives::agreements);
}
