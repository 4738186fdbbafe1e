//! Playing stories.

use std::path::Path;
use std::sync::Arc;

use resit_event_log::EventLog;
use resit_story::{InProcess, Paint, Printer, Runner, Story, StoryReport};
use resit_voucher_code::CodeKey;
use serde_json::json;

use crate::exit::{Status, Stopped};
use crate::ledger::{Home, Ledger};
use crate::offers;
use crate::output::Out;

/// Plays stories one after the other, each on a new ledger of its own, or all on the one that is kept.
pub(super) async fn run(
    files: &[std::path::PathBuf],
    keep: Option<&Path>,
    home: &Home,
    out: &mut Out,
) -> Result<Status, Stopped> {
    let mut stories = Vec::new();
    for file in files {
        let story = Story::parse(&file.display().to_string(), &offers::read(file)?)
            .map_err(|e| Stopped::Input(e.to_string()))?;
        stories.push((file, story));
    }
    let kept = keep.map(|folder| new_ledger(&home.elsewhere(folder))).transpose()?;
    let mut status = Status::Done;
    for (file, story) in &stories {
        let base = file.parent().unwrap_or(Path::new("."));
        let report = if let Some(ledger) = &kept {
            play(ledger, story, base, out).await?
        } else {
            let folder = tempfile::tempdir()?;
            play(&Ledger::create(&home.elsewhere(folder.path()))?, story, base, out).await?
        };
        if !report.holds() {
            status = Status::Refused;
        }
    }
    if let (Some(ledger), false) = (&kept, out.is_json()) {
        ledger.projector()?.catch_up(|_| ()).await?;
        hint(ledger, out).await?;
    }
    Ok(status)
}

fn new_ledger(home: &Home) -> Result<Ledger, Stopped> {
    let folder = &home.folder;
    if folder.join("FORMAT").exists() {
        let text = format!(
            "there is a ledger in {} already; name another folder, or remove that one first",
            folder.display()
        );
        return Err(Stopped::Input(text));
    }
    Ledger::create_rehearsal(home)
}

async fn play(ledger: &Ledger, story: &Story, base: &Path, out: &mut Out) -> Result<StoryReport, Stopped> {
    let (log, key): (Arc<dyn EventLog>, Arc<CodeKey>) = (ledger.log.clone(), ledger.key.clone());
    let venue = Arc::new(InProcess::new(log, key)?);
    let runner = Runner::new(venue, offers::built_in, base);
    if out.is_json() {
        let report = runner.run(story, &mut |_| ()).await.map_err(Box::new)?;
        let unmet: Vec<_> = report.unmet.iter().map(ToString::to_string).collect();
        let value = json!({
            "title": report.title, "holds": report.holds(), "commands": report.commands,
            "expectations": report.expectations, "unmet": unmet,
        });
        out.value(&value)?;
        return Ok(report);
    }
    let paint = if out.coloured() { Paint::Coloured } else { Paint::Plain };
    let mut printer = Printer::new(out.sink(), paint);
    let mut written = Ok(());
    let mut tell = |told| {
        let now = printer.tell(&told);
        if written.is_ok() {
            written = now;
        }
    };
    let report = runner.run(story, &mut tell).await.map_err(Box::new)?;
    written?;
    printer.report(&report)?;
    Ok(report)
}

/// What to ask the kept ledger next.
async fn hint(ledger: &Ledger, out: &mut Out) -> Result<(), Stopped> {
    let records = ledger.log.read(resit_event_log::Position::START, 10_000).await?;
    let issued =
        records.iter().find(|record| record.events.iter().any(|event| event.kind == "VoucherIssued"));
    let refused =
        records.iter().find(|record| record.events.iter().any(|event| event.kind == "CommandRefused"));
    let folder = ledger.folder.display();
    out.said(&format!("\nThe ledger stays in {folder}. Ask it:"))?;
    if let Some(record) = issued {
        let voucher = record.stream.id();
        out.said(&format!("  resit --ledger {folder} show {voucher}"))?;
        out.said(&format!("  resit --ledger {folder} history {voucher}"))?;
    }
    if let Some(record) = refused {
        out.said(&format!("  resit --ledger {folder} why {}", record.command))?;
    }
    out.said(&format!("  resit --ledger {folder} verify"))?;
    Ok(())
}
