//! Vouchers as they stand.

use std::io;

use resit_api::{CandidateVoucher, Entitlement, Inventory, OrderedLine, Unit};
use resit_domain::sizing::{Plan, Time};
use resit_domain::{EntitlementId, OfferId, UnitNo};
use serde_json::json;

use super::Out;

impl Out {
    /// Entitlements with their vouchers.
    pub(crate) fn views<'a>(&mut self, views: impl IntoIterator<Item = &'a Entitlement>) -> io::Result<()> {
        let views: Vec<_> = views.into_iter().collect();
        if self.is_json() {
            return self.json(&views);
        }
        let rows =
            views.iter().flat_map(|view| view.units.iter().map(|unit| row(view.id, &view.offer, unit)));
        self.table(HEAD, rows)
    }

    /// One entitlement, and why the named unit ends when it ends; without a name, each of them.
    pub(crate) fn view(&mut self, view: &Entitlement, named: Option<UnitNo>) -> io::Result<()> {
        self.views(std::slice::from_ref(view))?;
        if self.is_json() {
            return Ok(());
        }
        for unit in view.units.iter().filter(|unit| named.is_none_or(|named| unit.view.unit == named)) {
            self.proposals(&format!("{}.{}", view.id, unit.view.unit), &unit.view.proposals)?;
        }
        let mut told = None;
        let units = view.units.iter().map(|unit| &unit.view);
        for unit in units.filter(|unit| named.is_none_or(|named| unit.unit == named)) {
            let Some(because) = unit.ends_because.as_deref() else { continue };
            // Units of a pack mostly end together: what is the same is said once.
            if told.replace(because) != Some(because) {
                writeln!(self.sink(), "why {}.{} ends then: {because}", view.id, unit.unit)?;
            }
        }
        if !view.codes_to.is_empty() {
            writeln!(self.sink(), "codes go to: {}", resit_domain::terms::join(&view.codes_to))?;
        }
        Ok(())
    }

    /// The vouchers of a candidate.
    pub(crate) fn candidate(&mut self, rows: &[CandidateVoucher]) -> io::Result<()> {
        if self.is_json() {
            return self.json(&rows);
        }
        self.table(HEAD, rows.iter().map(|row| self::row(row.entitlement, &row.offer, &row.unit)))
    }

    /// The lines of an order, what came of each, and the vouchers that they bought.
    pub(crate) fn order_lines(&mut self, lines: &[(OrderedLine, Vec<Entitlement>)]) -> io::Result<()> {
        if self.is_json() {
            let line = |(line, entitlements): &(OrderedLine, Vec<Entitlement>)| {
                let mut value = json!(line);
                value["entitlements"] = json!(entitlements);
                value
            };
            return self.value(&lines.iter().map(line).collect());
        }
        let ordered = |(line, _): &(OrderedLine, Vec<Entitlement>)| {
            let (times, last) = match &line.refused {
                None => ("-".to_owned(), "-".to_owned()),
                Some(said) => {
                    (line.refusals.to_string(), format!("{}, command {}", said.refusal.cites(), said.command))
                }
            };
            let (number, quantity) = (line.line.to_string(), line.quantity.to_string());
            [number, line.offer.to_string(), quantity, line.issued.to_string(), times, last]
        };
        self.table(
            ["line", "offer", "quantity", "issued", "refused", "last refusal"],
            lines.iter().map(ordered),
        )?;
        let vouchers = || lines.iter().flat_map(|(_, entitlements)| entitlements);
        if vouchers().next().is_none() {
            return Ok(());
        }
        writeln!(self.sink())?;
        self.views(vouchers())
    }

    /// A plan of what to order.
    pub(crate) fn plan(&mut self, plan: &Plan) -> io::Result<()> {
        if self.is_json() {
            let value = serde_json::to_value(plan).unwrap_or_default();
            return self.value(&value);
        }
        let (least, most) = plan.months_needed;
        let time = match plan.time {
            Time::Enough => "enough",
            Time::Tight => "enough only if preparation takes less than it may",
            Time::TooShort => "too short, even if preparation takes no longer than it must",
        };
        let day = |day: Option<chrono::NaiveDate>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
        let packs: Vec<_> = plan.packs.iter().map(|(size, count)| format!("{count} of {size}")).collect();
        let mut rows = vec![
            ["vouchers".to_owned(), plan.vouchers.to_string()],
            ["months of preparation".to_owned(), format!("{least} to {most}")],
            ["the time left is".to_owned(), time.to_owned()],
            ["order by".to_owned(), day(plan.order_by)],
            ["at the latest by".to_owned(), day(plan.order_by_at_the_latest)],
        ];
        if !packs.is_empty() {
            rows.push(["packs".to_owned(), format!("{}; {} to spare", packs.join(", "), plan.spare)]);
        }
        self.table(["of", "plan"], rows)
    }

    /// What an agreement has.
    pub(crate) fn inventory(&mut self, inventory: &Inventory) -> io::Result<()> {
        let rows = inventory.offers.iter().flat_map(|(offer, counts)| {
            counts.iter().map(|(stands, count)| [offer.to_string(), stands.clone(), count.to_string()])
        });
        self.table(["offer", "stands", "vouchers"], rows.collect::<Vec<_>>())
    }
}

/// What is told of a voucher.
const HEAD: [&str; 8] =
    ["voucher", "offer", "carries", "stands", "holder", "attempts", "ends at", "by clause"];

fn row(id: EntitlementId, offer: &OfferId, unit: &Unit) -> [String; 8] {
    let Unit { view: unit, stands } = unit;
    let holder = match (&unit.holder, unit.bound) {
        (None, _) => "-".to_owned(),
        (Some(holder), true) => holder.to_string(),
        (Some(holder), false) => format!("{holder} (assigned)"),
    };
    // The attempt that says most: the one that was passed, corrected or not, or else the last.
    let telling = unit.attempts.iter().find(|attempt| attempt.end == "pass").or(unit.attempts.last());
    let stands = match telling {
        Some(attempt) if attempt.end != "open" => {
            format!("{} ({} {})", stands, attempt.exam, attempt.end)
        }
        Some(attempt) => format!("{} ({} at {})", stands, attempt.exam, attempt.sit_at),
        None => stands.clone(),
    };
    let attempts = if unit.attempts_max == 0 {
        "-".to_owned()
    } else {
        format!("{} of {}", unit.attempts_used, unit.attempts_max)
    };
    [
        format!("{id}.{}", unit.unit),
        offer.to_string(),
        unit.benefit.to_string(),
        stands,
        holder,
        attempts,
        unit.ends_at.map_or_else(|| "-".to_owned(), |at| at.to_string()),
        unit.ends_by.clone().unwrap_or_else(|| "-".to_owned()),
    ]
}
