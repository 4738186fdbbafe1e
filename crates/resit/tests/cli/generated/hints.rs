//! What names mean to this server, so that requests that are made up are also accepted.

use std::collections::BTreeMap;

use resit_tests::openapi::Hints;
use serde_json::{Value, json};

/// When the ledger begins.
pub(super) const BEGIN: &str = "2026-01-05T00:00:00Z";

/// What is sold; the first of them is in every shop.
pub(super) const OFFERS: &[&str] = &["exam-replay", "exam-replay-practice-test", "class-pack-30"];

/// A set of zone rules.
const ZONES: &str = include_str!("../../../../../tests/stories/offers/zones-2099a.toml");

const DAY: i64 = 24 * 60;

fn list(values: &[&str]) -> Vec<Value> {
    values.iter().map(|value| json!(value)).collect()
}

/// The hints. `source` tells the text of a built-in offer.
pub(super) fn hints(source: &impl Fn(&str) -> String) -> Hints {
    let sources = OFFERS.iter().flat_map(|offer| {
        let text = source(offer);
        (0..6).map(move |version| json!(format!("{text}# {version}\n")))
    });
    let calendars = (1..12).map(|version| {
        json!(format!(
            "[calendar]\nid = \"office\"\nversion = {version}\nweekend = [\"sunday\"]\nholidays = []\n"
        ))
    });
    let policies = (1..12).map(|days| {
        json!(format!(
            "programme = \"ees\"\n[policy]\ntime_zone = \"UTC\"\ncounts = [\"sat\"]\nsame_exam = \"exact\"\n\
             wait = [{{ period = \"P{days}D\", counted = \"calendar-days\", limits = \"sit\" }}]\ncaps = \"none\"\n\
             counts_over = \"ever\"\nladder_restarts = \"never\"\nlock_after_pass = \"none\"\nbeta_once = false\n"
        ))
    });
    let zones = ('b'..='l').map(|letter| json!(ZONES.replace("2099a", &format!("2099{letter}"))));
    Hints {
        known: BTreeMap::from([
            ("OfferId", list(OFFERS)),
            ("ExamCode", list(&["EX-1", "EX-1", "EX-2"])),
            ("Category", list(&["associate", "expert", "mcsa"])),
            ("CandidateId", list(&["anna", "anna", "ben"])),
            ("DeliveryMode", list(&["online"])),
            ("ProviderId", list(&["pearson-vue"])),
            ("PracticeTestId", list(&["PT-1", "PT-2"])),
            ("AgreementId", list(&["A-1", "A-2", "A-3"])),
            ("ProgrammeId", list(&["ees", "campus-and-school"])),
            ("BuyerFact", list(&["accredited"])),
            ("BranchId", list(&["north", "south"])),
            ("Extend.reason", list(&["illness", "provider-fault"])),
            ("RecordStep.step", list(&["processed", "confirmed", "billed"])),
            ("PublishOffer.source", sources.collect()),
            ("PublishCalendar.source", calendars.collect()),
            ("PublishPolicy.source", policies.collect()),
            ("PublishZoneRules.source", zones.collect()),
        ]),
        only: BTreeMap::from([
            ("quantity", vec![json!(1), json!(2), json!(3)]),
            // Few vouchers have a second proposal.
            ("proposal", vec![json!(1), json!(1), json!(1), json!(2)]),
            // What is not there yet is waited for.
            ("wait_s", vec![json!(0)]),
            ("at_least", vec![json!(0), json!(1), json!(5)]),
            ("resit-at-least", vec![json!(0), json!(2), json!(9)]),
        ]),
        used_as: vec![
            ("UnitId", "Voucher"),
            ("EntitlementId", "Voucher"),
            ("IssuedCode.code", "Voucher"),
            ("IssuedCode.code", "LookUp.code"),
            ("next", "after"),
        ],
        often: vec!["delivery", "provider"],
        like: BTreeMap::from([("Voucher", "UnitId")]),
        minutes: BTreeMap::from([
            ("resit-clock", (0, DAY / 2)),
            ("sit_at", (1, 120)),
            ("purchased_at", (-3 * DAY, 0)),
            ("booked_at", (-DAY, 0)),
            ("taken_at", (-DAY, 0)),
            ("first_day", (-30 * DAY, 0)),
            ("last_day", (200 * DAY, 900 * DAY)),
            ("retires_on", (100 * DAY, 900 * DAY)),
        ]),
        unique: vec!["idempotency-key"],
        time: "recorded_at",
    }
}
