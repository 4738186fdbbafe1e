//! Vouchers as they stand.

use std::io;

use resit_api::{CandidateVoucher, Entitlement, Inventory, Unit};
use resit_domain::UnitNo;
use resit_domain::sizing::{Plan, Time};

use super::Out;

impl Out {
    /// Entitlements with their vouchers.
    pub(crate) fn views(&mut self, views: &[Entitlement]) -> io::Result<()> {
        if self.is_json() {
            return self.json(&views);
        }
        let head = ["voucher", "offer", "carries", "stands", "holder", "attempts", "ends at", "by clause"];
        let rows = views.iter().flat_map(|view| view.units.iter().map(move |unit| row(view, unit)));
        self.table(head, rows.collect::<Vec<_>>())
    }

    /// One entitlement, and why the named unit ends when it ends; without a name, each of them.
    pub(crate) fn view(&mut self, view: &Entitlement, named: Option<UnitNo>) -> io::Result<()> {
        self.views(std::slice::from_ref(view))?;
        if self.is_json() {
            return Ok(());
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
        Ok(())
    }

    /// The vouchers of a candidate.
    pub(crate) fn candidate(&mut self, rows: &[CandidateVoucher]) -> io::Result<()> {
        let row = |row: &CandidateVoucher| {
            [format!("{}.{}", row.entitlement, row.unit), row.offer.to_string(), row.stands.clone()]
        };
        self.table(["voucher", "offer", "stands"], rows.iter().map(row))
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

fn row(view: &Entitlement, unit: &Unit) -> [String; 8] {
    let Unit { view: unit, stands } = unit;
    let id = view.id;
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
        view.offer.to_string(),
        unit.benefit.to_string(),
        stands,
        holder,
        attempts,
        unit.ends_at.map_or_else(|| "-".to_owned(), |at| at.to_string()),
        unit.ends_by.clone().unwrap_or_else(|| "-".to_owned()),
    ]
}
