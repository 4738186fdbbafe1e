//! A mistake is told with its place.

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
