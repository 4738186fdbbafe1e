//! What a ledger needs on NATS.

use std::io;

use resit_nats::layout::{Deed, Difference, Flaw, Layout, Mending, Plan, Step};
use resit_nats::{Durability, Settings};
use serde_json::{Value, json};

use super::{Out, Tone};

impl Out {
    /// What would have to be done, or was.
    pub(crate) fn nats_plan(&mut self, plan: &Plan) -> io::Result<()> {
        if self.is_json() {
            return self.value(&plan.steps.iter().map(step_json).collect::<Vec<_>>().into());
        }
        let row = |step: &Step| {
            let thing = &step.thing;
            let about = match &step.deed {
                Deed::Keep | Deed::Create => thing.about().to_owned(),
                Deed::Mend(some) | Deed::Leave(some) => {
                    some.iter().map(|one| differs(one, thing.kind())).collect::<Vec<_>>().join("; ")
                }
            };
            [deed(&step.deed).to_owned(), thing.kind().to_owned(), thing.name(), about]
        };
        self.table(["deed", "what", "name", "about"], plan.steps.iter().map(row))
    }

    /// What is not as a ledger needs it.
    pub(crate) fn nats_check(
        &mut self,
        layout: &Layout,
        flaws: &[Flaw],
        settings: &Settings,
    ) -> io::Result<()> {
        let durability = settings.durability.name();
        let (streams, consumers) = (layout.streams.len(), layout.consumers.len());
        if self.is_json() {
            let flaws: Vec<String> = flaws.iter().map(ToString::to_string).collect();
            return self.value(&json!({
                "sound": flaws.is_empty(), "flaws": flaws, "streams": streams, "consumers": consumers,
                "durability": durability,
            }));
        }
        for flaw in flaws {
            let text = self.tone(Tone::Bad, &flaw.to_string());
            writeln!(self.sink(), "{text}")?;
        }
        if !flaws.is_empty() {
            return Ok(());
        }
        let synced = match settings.durability {
            Durability::Durable => "every server syncs before it acknowledges",
            Durability::Relaxed => "durability is relaxed: a power cut may lose what was acknowledged",
        };
        self.said(&format!("{streams} streams and {consumers} consumers are as they have to be; {synced}"))
    }
}

fn deed(deed: &Deed) -> &'static str {
    match deed {
        Deed::Keep => "keep",
        Deed::Create => "create",
        Deed::Mend(_) => "mend",
        Deed::Leave(_) => "leave",
    }
}

fn differs(one: &Difference, kind: &str) -> String {
    let Difference { what, has, needs, mending } = one;
    match mending {
        Mending::Here => format!("{what}: {has}, needs {needs}"),
        Mending::ByHand => format!("{what}: {has}, needs {needs}; {}", one.remedy(kind)),
    }
}

fn step_json(step: &Step) -> Value {
    let thing = &step.thing;
    let differences = match &step.deed {
        Deed::Keep | Deed::Create => &[][..],
        Deed::Mend(some) | Deed::Leave(some) => some,
    };
    let differences = differences.iter().map(|one| {
        let by_hand = one.mending == Mending::ByHand;
        json!({ "what": one.what, "has": one.has, "needs": one.needs, "by_hand": by_hand })
    });
    json!({
        "deed": deed(&step.deed), "what": thing.kind(), "name": thing.name(), "about": thing.about(),
        "differences": differences.collect::<Vec<_>>(),
    })
}
