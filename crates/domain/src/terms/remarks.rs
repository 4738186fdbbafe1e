//! What an offer may mean, and hardly does. It loads all the same; whoever checks it is asked.

use super::{BenefitKind, Terms};
use crate::calendar_time::{DeadlineExpr, Direction, Origin, Span};

/// What whoever wrote the terms should look at again.
pub fn remarks(terms: &Terms) -> Vec<String> {
    let mut remarks = Vec::new();
    for (number, benefit) in (1..).zip(&terms.benefits) {
        let BenefitKind::Exam(exam) = &benefit.kind else { continue };
        let tries = [
            ("", &exam.register_by, &exam.sit_by),
            ("retake.", &exam.retake.register_by, &exam.retake.sit_by),
        ];
        for (which, register_by, sit_by) in tries {
            if is_surely_later(register_by, sit_by) {
                remarks.push(format!(
                    "benefit {number}: {which}register_by ({register_by}) is later than {which}sit_by ({sit_by}); what is \
                     registered in between can't be sat any more"
                ));
            }
        }
    }
    remarks
}

/// Whether one deadline comes after another, whenever both are counted from.
fn is_surely_later(one: &DeadlineExpr, other: &DeadlineExpr) -> bool {
    if let DeadlineExpr::Earliest(others) = other.uncited() {
        return others.iter().any(|other| is_surely_later(one, other));
    }
    let (Some((origin, least, _)), Some((same, _, most))) = (days(one), days(other)) else { return false };
    origin == same && least > most
}

/// A point's origin, and how many days it is from there, at least and at most.
fn days(expr: &DeadlineExpr) -> Option<(Origin, i64, i64)> {
    let DeadlineExpr::Point(point) = expr.uncited() else { return None };
    let (least, most) = match point.offset.map(|(direction, period)| (direction, period.span())) {
        None => (0, 0),
        Some((direction, Span::Civil { years, months, weeks, days })) => {
            let months = i64::from(years) * 12 + i64::from(months);
            let days = i64::from(weeks) * 7 + i64::from(days);
            let (least, most) = (months * 28 + days, months * 31 + days);
            if direction == Direction::After { (least, most) } else { (-most, -least) }
        }
        Some(_) => return None,
    };
    Some((point.origin, least, most))
}
