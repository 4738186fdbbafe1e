//! Tables of deadlines: what is known, in which zone, and when the right ends.

use super::*;

const OPEN: &str = "open";
const NEVER: &str = "never";

fn told(resolution: Resolution) -> String {
    match resolution {
        Resolution::Never => NEVER.into(),
        Resolution::Open => OPEN.into(),
        Resolution::At(at) => at.to_string(),
    }
}

fn known<'a>(facts: &'a [(Anchor, &'a str)]) -> impl Fn(Anchor) -> Option<Moment> + 'a {
    move |wanted| facts.iter().find(|(anchor, _)| *anchor == wanted).map(|(_, at)| at.parse().unwrap())
}

fn ends(expr: &str, zone: &str, facts: &[(Anchor, &str)], last_day: LastDay) -> Resolution {
    let expr: DeadlineExpr = expr.parse().unwrap();
    expr.ends_at(&known(facts), ZoneClock::compiled_in(zone.parse().unwrap()), last_day, None)
}

/// The deadline of something bought at `purchase`, as terms with an inclusive last day see it; and that the
/// instant before is inside while the instant itself and the one after are not.
fn check(zone: &str, purchase: &str, expr: &str, ends_at: &str) {
    let resolution = ends(expr, zone, &[(Anchor::Purchase, purchase)], LastDay::Inclusive);
    assert_eq!(told(resolution), ends_at, "{expr} from {purchase} in {zone}");
    let ends_at: Timestamp = ends_at.parse().unwrap();
    let gone = |now: Timestamp| resolution.at().unwrap() <= now;
    assert_eq!([-1, 0, 1].map(|millis| gone(ends_at.plus_millis(millis))), [false, true, true]);
}

#[test]
fn months_end_after_the_same_day_or_the_month_s_last() {
    check("UTC", "2020-02-29T10:00:00Z", "purchase + P12M", "2021-03-01T00:00:00Z");
    check("UTC", "2020-02-29T00:00:00Z", "purchase + P12M", "2021-03-01T00:00:00Z");
    check("UTC", "2020-02-29T23:59:59.999Z", "purchase + P12M", "2021-03-01T00:00:00Z");
    check("UTC", "2020-03-01T00:00:00Z", "purchase + P12M", "2021-03-02T00:00:00Z");
    check("UTC", "2019-02-28T10:00:00Z", "purchase + P12M", "2020-02-29T00:00:00Z");
    check("UTC", "2019-09-01T10:00:00Z", "purchase + P1Y", "2020-09-02T00:00:00Z");
    check("UTC", "2019-01-31T10:00:00Z", "purchase + P1M", "2019-03-01T00:00:00Z");
    check("UTC", "2020-01-31T10:00:00Z", "purchase + P1M", "2020-03-01T00:00:00Z");
    check("UTC", "2019-12-31T10:00:00Z", "purchase + P6M", "2020-07-01T00:00:00Z");
}

#[test]
fn months_are_never_chained() {
    check("UTC", "2019-01-31T10:00:00Z", "purchase + P2M", "2019-04-01T00:00:00Z");
    check("UTC", "2019-01-31T10:00:00Z", "purchase + P1M15D", "2019-03-16T00:00:00Z");
}

#[test]
fn the_civil_day_is_the_zone_s() {
    check("America/Chicago", "2020-03-01T05:59:59Z", "purchase + P12M", "2021-03-01T06:00:00Z");
    check("America/Chicago", "2020-03-01T06:00:00Z", "purchase + P12M", "2021-03-02T06:00:00Z");
    check("Pacific/Apia", "2019-08-31T12:00:00Z", "purchase + P12M", "2020-09-01T11:00:00Z");
}

#[test]
fn days_are_civil_days_and_hours_are_hours_when_clocks_change() {
    // Chicago loses the hour before 08:00Z on 10 March, and repeats the one before 07:00Z on 3 November.
    check("America/Chicago", "2019-03-09T18:00:00Z", "purchase + P1D", "2019-03-11T05:00:00Z");
    check("America/Chicago", "2019-03-09T18:00:00Z", "purchase + PT24H", "2019-03-10T18:00:00Z");
    check("America/Chicago", "2019-11-02T17:00:00Z", "purchase + P1D", "2019-11-04T06:00:00Z");
    check("America/Chicago", "2019-11-02T17:00:00.001Z", "purchase + PT48H", "2019-11-04T17:00:00.001Z");
    check("Europe/Berlin", "2019-03-30T10:00:00Z", "purchase + P1D", "2019-03-31T22:00:00Z");
    check("Europe/Berlin", "2019-10-26T10:00:00Z", "purchase + P1D", "2019-10-27T23:00:00Z");
}

#[test]
fn a_skipped_midnight_ends_the_day_at_the_gap() {
    check("America/Sao_Paulo", "2018-11-01T12:00:00Z", "purchase + P2D", "2018-11-04T03:00:00Z");
    check("Asia/Beirut", "2022-03-25T12:00:00Z", "purchase + P1D", "2022-03-26T22:00:00Z");
}

#[test]
fn a_skipped_day_ends_with_the_day_before_it() {
    check("Pacific/Apia", "2011-12-28T12:00:00Z", "purchase + P1D", "2011-12-30T10:00:00Z");
    check("Pacific/Apia", "2011-12-28T12:00:00Z", "purchase + P2D", "2011-12-30T10:00:00Z");
    check("Pacific/Apia", "2011-12-28T12:00:00Z", "purchase + P3D", "2011-12-31T10:00:00Z");
}

#[test]
fn an_anchor_alone_counts_by_its_civil_day() {
    check("UTC", "2019-09-01T10:00:00Z", "purchase", "2019-09-02T00:00:00Z");
    check("UTC", "2019-09-01", "purchase", "2019-09-02T00:00:00Z");
    check("UTC", "2019-09-01", "purchase + PT24H", "2019-09-02T00:00:00Z");
    check("America/Chicago", "2019-09-01", "purchase - PT1H", "2019-09-01T04:00:00Z");
    check("UTC", "2020-03-31", "purchase - P1M", "2020-03-01T00:00:00Z");
}

#[test]
fn a_fixed_day_is_inside_or_outside_as_the_terms_say() {
    for (expr, zone, inclusive, exclusive) in [
        ("2008-01-31", "UTC", "2008-02-01T00:00:00Z", "2008-01-31T00:00:00Z"),
        ("2008-01-31", "America/Chicago", "2008-02-01T06:00:00Z", "2008-01-31T06:00:00Z"),
        ("2008-01-31 - P1W", "UTC", "2008-01-25T00:00:00Z", "2008-01-24T00:00:00Z"),
        ("2027-06-30T23:59:59", "America/Chicago", "2027-07-01T05:00:00Z", "2027-07-01T04:59:59Z"),
        ("2027-06-30T23:59:59 + P1D", "UTC", "2027-07-02T00:00:00Z", "2027-07-01T00:00:00Z"),
        ("2027-06-30T23:59:59 + PT1S", "UTC", "2027-07-01T00:00:00Z", "2027-07-01T00:00:00Z"),
        // Clocks show this second twice, or never.
        ("2018-02-17T23:59:59", "America/Sao_Paulo", "2018-02-18T03:00:00Z", "2018-02-18T01:59:59Z"),
        ("2018-11-04T00:30:00", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z"),
        ("9999-12-31", "UTC", "9999-12-31T23:59:59.999Z", "9999-12-31T00:00:00Z"),
    ] {
        assert_eq!(told(ends(expr, zone, &[], LastDay::Inclusive)), inclusive, "{expr}");
        assert_eq!(told(ends(expr, zone, &[], LastDay::Exclusive)), exclusive, "{expr}");
    }
}

#[test]
fn earliest_takes_what_is_known_and_latest_waits_for_all() {
    let both = [(Anchor::Purchase, "2019-09-01T10:00:00Z"), (Anchor::Activation, "2019-10-01T10:00:00Z")];
    for (expr, none, first, all) in [
        ("none", NEVER, NEVER, NEVER),
        ("activation", OPEN, OPEN, "2019-10-02T00:00:00Z"),
        ("earliest(purchase, activation)", OPEN, "2019-09-02T00:00:00Z", "2019-09-02T00:00:00Z"),
        ("earliest(activation, purchase + P2M)", OPEN, "2019-11-02T00:00:00Z", "2019-10-02T00:00:00Z"),
        ("latest(purchase, activation)", OPEN, OPEN, "2019-10-02T00:00:00Z"),
        ("latest(activation, purchase + P2M)", OPEN, OPEN, "2019-11-02T00:00:00Z"),
        (
            "latest(purchase, earliest(activation, 2019-12-01))",
            OPEN,
            "2019-12-02T00:00:00Z",
            "2019-10-02T00:00:00Z",
        ),
        ("earliest(latest(purchase, activation), issue)", OPEN, OPEN, "2019-10-02T00:00:00Z"),
    ] {
        let seen = [&both[..0], &both[..1], &both[..]]
            .map(|facts| told(ends(expr, "UTC", facts, LastDay::Inclusive)));
        assert_eq!(seen, [none, first, all], "{expr}");
    }
}

#[test]
fn a_start_is_the_first_instant_of_the_day_or_exact() {
    for (expr, zone, starts_at) in [
        ("purchase", "UTC", "2019-09-01T00:00:00Z"),
        ("purchase + P1D", "America/Chicago", "2019-09-02T05:00:00Z"),
        ("purchase + PT24H", "UTC", "2019-09-02T10:00:00Z"),
        ("2007-09-15", "UTC", "2007-09-15T00:00:00Z"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z"),
        ("2007-09-15T09:00:00", "America/Chicago", "2007-09-15T14:00:00Z"),
        ("latest(purchase, 2019-12-01)", "UTC", "2019-12-01T00:00:00Z"),
        ("issue", "UTC", OPEN),
        ("none", "UTC", NEVER),
    ] {
        let facts = [(Anchor::Purchase, "2019-09-01T10:00:00Z")];
        let expr: DeadlineExpr = expr.parse().unwrap();
        let zone = ZoneClock::compiled_in(zone.parse().unwrap());
        assert_eq!(told(expr.starts_at(&known(&facts), zone, None)), starts_at, "{expr}");
    }
}

#[test]
fn business_days_follow_the_calendar() {
    let calendar = "calendar = { id = 'office', version = 1, weekend = ['saturday', 'sunday'], \
                    holidays = [2019-12-25] }";
    let calendar = BusinessCalendar::parse(calendar).unwrap();
    for (expr, ends_at) in
        [("purchase + P5B", "2019-12-31T00:00:00Z"), ("purchase - P5B", "2019-12-14T00:00:00Z")]
    {
        let facts = [(Anchor::Purchase, "2019-12-20T10:00:00Z")];
        let expr: DeadlineExpr = expr.parse().unwrap();
        let resolution = expr.ends_at(&known(&facts), ZoneClock::UTC, LastDay::Inclusive, Some(&calendar));
        assert_eq!(told(resolution), ends_at, "{expr}");
    }
}
