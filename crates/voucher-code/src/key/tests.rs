//! Keys as text, and what codes made from them must be like.

use std::collections::HashSet;

use super::*;
use crate::CODE_SYMBOLS;

fn key() -> CodeKey {
    CodeKey::from_bytes(std::array::from_fn(|place| place.to_le_bytes()[0]))
}

fn entitlement(number: u8) -> EntitlementId {
    EntitlementId([number; 16])
}

fn code(number: u8, unit: UnitNo, generation: u16) -> String {
    key().derive(entitlement(number), unit, generation).expose().to_string()
}

/// Codes that were handed out must come out of their order again for ever: a change here is a new version.
#[test]
fn derivation_is_pinned() {
    for (number, unit, generation, written) in [
        (0, 1, 0, "BQCV-D7KF-GCTE-HBD2-STEW-V9H4"),
        (0, 1, 1, "H066-YSDB-BC65-WY6Z-Q8VD-FKTW"),
        (0, 2, 0, "07C5-5NRN-0G2G-J90Y-41TB-PG85"),
        (255, 65535, 65535, "DJHP-CJJG-RGDV-5P87-5HD4-NCH4"),
    ] {
        assert_eq!(code(number, unit, generation), written);
    }
    assert_eq!(key().key_id().to_string(), "ad0f925ab7c52b63");
}

#[test]
fn the_same_order_gets_the_same_codes_and_anything_else_gets_others() {
    assert_eq!(code(1, 1, 0), code(1, 1, 0));
    let other_key = CodeKey::from_bytes([9; KEY_BYTES]).derive(entitlement(1), 1, 0).expose().to_string();
    let codes = HashSet::from([
        code(1, 1, 0),
        code(2, 1, 0),
        code(1, 2, 0),
        code(1, 1, 1),
        code(1, 256, 0),
        other_key,
    ]);
    assert_eq!(codes.len(), 6);
}

#[test]
fn every_derived_code_passes_its_own_check() {
    for unit in 1..=500 {
        assert!(code(1, unit, 0).parse::<Code>().unwrap().same_as(&key().derive(entitlement(1), unit, 0)));
    }
}

/// Chi-square against even use. With 31 degrees of freedom 61.1 is passed once in a thousand times, 79 once
/// in three hundred thousand; the key is fixed, so this never wavers.
#[test]
fn ten_thousand_codes_are_distinct_and_use_all_signs_evenly_in_every_place() {
    let mut counts = [[0u32; 32]; CODE_SYMBOLS];
    let mut codes = HashSet::new();
    for unit in 1..=10_000 {
        let written = code(3, unit, 0).replace('-', "");
        for (place, letter) in written.chars().enumerate() {
            counts[place][usize::from(crate::symbols::symbol(letter).unwrap())] += 1;
        }
        codes.insert(written);
    }
    assert_eq!(codes.len(), 10_000);
    let chi_square = |counts: &[u32; 32]| {
        let expected = f64::from(counts.iter().sum::<u32>()) / 32.0;
        counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum::<f64>()
    };
    for (place, counts) in counts.iter().enumerate() {
        assert!(chi_square(counts) < 79.0, "place {place}: {}", chi_square(counts));
    }
    let all = std::array::from_fn(|symbol| counts.iter().map(|place| place[symbol]).sum());
    assert!(chi_square(&all) < 61.1, "{}", chi_square(&all));
}

#[test]
fn neighbouring_units_share_no_more_signs_than_chance() {
    let codes: Vec<_> = (1..=10_000).map(|unit| code(4, unit, 0).replace('-', "")).collect();
    let shared: usize = codes
        .windows(2)
        .map(|pair| pair[0].chars().zip(pair[1].chars()).filter(|(a, b)| a == b).count())
        .sum();
    // Of 24 signs one in 32 is shared by chance: 0.75 a pair.
    assert!((7_150..7_850).contains(&shared), "{shared}");
}

#[test]
fn a_key_reads_as_it_is_written() {
    let text = key().to_text();
    assert_eq!(*text, "resit-code-key-v1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
    for text in [text.to_string(), format!("\r\n {}\r\n", text.trim()), text.replace("0a0b", "0A0B")] {
        assert_eq!(*CodeKey::from_text(&text).unwrap().to_text(), *key().to_text());
    }
}

#[test]
fn what_is_no_key_is_refused_without_showing_it() {
    let text = key().to_text().trim().to_owned();
    for (text, fault) in [
        (String::new(), InvalidKey::Prefix),
        (text.replace("v1", "v2"), InvalidKey::Prefix),
        (text.replace("1d1e1f", ""), InvalidKey::Length { found: 58 }),
        (format!("{text}00"), InvalidKey::Length { found: 66 }),
        (text.replace("0a0b", "0g0b"), InvalidKey::Digit { place: 22 }),
        (text.replace("0a0b", "0é0b"), InvalidKey::Digit { place: 22 }),
    ] {
        let refused = CodeKey::from_text(&text).unwrap_err();
        assert_eq!(refused, fault);
        assert!(!refused.to_string().contains("0001"), "{refused}");
    }
}

#[test]
fn debug_shows_the_public_name_alone() {
    assert_eq!(format!("{:?}", key()), format!("CodeKey({}, …)", key().key_id()));
    assert!(!format!("{:?}", key()).contains("000102"));
}
