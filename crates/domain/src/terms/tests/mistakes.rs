//! A mistake is told with its place.

use super::super::{Mistake, remarks};
use super::{OfferError, OfferFile, vary};

#[test]
fn a_mistake_is_told_with_its_line_and_what_is_allowed() {
    for (from, to, on_line, says) in [
        ("no_show = ", "no_shows = ", "", "unknown field `no_shows`"),
        ("no_show = \"forfeit\"", "no_show = \"lost\"", "", "`forfeit`, `fail`, `return`"),
        ("time_zone = \"UTC\"", "time_zone = \"Utopia\"", "", "`Utopia` is not known"),
        (
            "register_by = \"purchase + P12M\"",
            "register_by = \"purchse + P12M\"",
            "",
            "`purchse` is nothing to count from",
        ),
        ("lasts = \"P30D\"", "lasts = \"30 days\"", "", "`30 days` is not understood"),
        ("channels = \"any\"", "channels = \"all\"", "", "`all` is neither \"any\" nor a list"),
        ("channels = \"any\"", "channels = []", "", "an empty list permits nothing"),
        ("quantity_max = 10", "quantity_max = \"ten\"", "", "invalid type: string \"ten\""),
        ("to = 2008-01-31", "to = \"31 January 2008\"", "", "`31 January 2008` is no date"),
        (
            "refund_until = \"purchase + P14D\"",
            "refund_until = \"never\"",
            "",
            "`never` is nothing to count from",
        ),
        ("approver = \"optional\"", "approver = \"maybe\"", "", "unknown variant `maybe`"),
        ("[policy]", "[clauses]\nsitby = \"S0-6\"\n\n[policy]", "sitby", "`sitby` is no rule"),
        ("counted = \"calendar-days\"", "counted = \"exact-days\"", "", "unknown variant `exact-days`"),
        ("id = \"o\"", "id = \"an offer\"", "", "must be 1 to 64 characters"),
        ("title = \"An offer\"\n", "", "[offer]", "missing field `title`"),
    ] {
        let source = vary(from, to);
        let on_line = if on_line.is_empty() { to } else { on_line };
        let at = source.find(on_line).unwrap();
        let line = format!(
            "line {}",
            source[..at].lines().count() + usize::from(source[..at].ends_with('\n') || at == 0)
        );
        let message = match OfferFile::parse(&source) {
            Err(OfferError::Unreadable(message)) => message,
            other => panic!("`{to}`: {other:?}"),
        };
        assert!(message.contains(says), "`{to}` should say {says}: {message}");
        assert!(message.contains(&line), "`{to}` is at {line}: {message}");
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_told_with_its_field_and_the_right_kind() {
    const NUMBER: &str = "write a whole number up to 65535, without quotes";
    for (from, to, field, says) in [
        (
            "quantity_max = 10",
            "quantity_max = \"ten\"",
            "sale.quantity_max",
            &*format!("{NUMBER}, or \"none\"; here is string \"ten\""),
        ),
        ("count = 3", "count = \"one\"", "benefit[0].count", &format!("{NUMBER}; here is string \"one\"")),
        (
            "no_show = \"forfeit\"",
            "no_show = \"lost\"",
            "rulings.no_show",
            "unknown variant `lost`, expected one of `forfeit`",
        ),
        ("title = \"An offer\"", "title = 7", "offer.title", "write a text in quotes; here is integer `7`"),
        (
            "wait = [{ period = \"P1D\", counted = \"calendar-days\", limits = \"register\" }]",
            "wait = \"P14D\"",
            "benefit[0].retake.wait",
            "write \"none\", or a list such as [{ period =",
        ),
    ] {
        let source = vary(from, to);
        let line = source[..source.find(to).unwrap()].matches('\n').count() + 1;
        let told = Mistake::of(&source).unwrap().to_string();
        assert!(told.starts_with(&format!("line {line}, {field}: {says}")), "{told}");
    }
    assert_eq!(Mistake::of(&vary("", "")), None);
}

#[test]
fn a_table_with_one_bracket_is_told_to_have_two() {
    for (name, table) in [("benefit", "[benefit]\nkind = \"exam\""), ("example", "[example]\nname = \"One\"")]
    {
        let told = Mistake::of(&format!("format = 1\n{table}\n")).unwrap().to_string();
        assert!(
            told.contains(&format!("{name}: write [[{name}]], with two brackets; here is a table")),
            "{told}"
        );
    }
    let told = Mistake::of(&vary("format = 1", "format = ")).unwrap().to_string();
    assert!(told.starts_with("line 2: this is no TOML: "), "{told}");
}

#[test]
fn a_registration_that_may_come_after_the_sitting_is_remarked() {
    let told = |source: &str| remarks(&OfferFile::parse(source).unwrap().terms);
    assert_eq!(told(&vary("", "")), Vec::<String>::new());
    let told = told(&vary("register_by = \"purchase + P12M\"", "register_by = \"purchase + P24M\""));
    assert!(
        told[0].starts_with("benefit 1: register_by (purchase + P24M) is later than sit_by (earliest("),
        "{told:?}"
    );
}
