//! Playing stories.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use resit_client::Caller;
use resit_story::{InProcess, Paint, Printer, Runner, Story, StoryReport, Venue};
use serde_json::json;

use crate::cli::Global;
use crate::config::Config;
use crate::desk::OverHttp;
use crate::exit::{Status, Stopped};
use crate::ledger::{Home, Ledger};
use crate::offers;
use crate::output::Out;

/// Plays stories one after the other, each on a new ledger of its own, or all on the one that is kept.
pub(super) async fn run(
    files: &[PathBuf],
    keep: Option<&Path>,
    home: &Home,
    out: &mut Out,
) -> Result<Status, Stopped> {
    let stories = parsed(files)?;
    let kept = keep.map(|folder| new_ledger(&home.elsewhere(folder))).transpose()?;
    let mut status = Status::Done;
    for (file, story) in &stories {
        let report = if let Some(ledger) = &kept {
            tell(in_process(ledger)?, story, file, out).await?
        } else {
            let folder = tempfile::tempdir()?;
            let ledger = Ledger::create(&home.elsewhere(folder.path()))?;
            tell(in_process(&ledger)?, story, file, out).await?
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

/// Plays stories one after the other on a server's ledger, which must be one for rehearsals.
pub(super) async fn run_over(
    url: &str,
    files: &[PathBuf],
    keep: Option<&Path>,
    config: &Config,
    global: &Global,
    out: &mut Out,
) -> Result<Status, Stopped> {
    if keep.is_some() {
        let text = "--keep is for a ledger of this process; the one of a server stays by itself: leave one of them out";
        return Err(Stopped::Input(text.to_owned()));
    }
    let token = config.token.as_ref().map(|token| token.value.0.clone());
    let caller = Caller { url: url.to_owned(), token, actor: global.actor.clone(), clock: None };
    let mut status = Status::Done;
    for (file, story) in &parsed(files)? {
        // Each story begins where its server's ledger is.
        let venue = Arc::new(OverHttp::new(caller.clone()));
        if !tell(venue, story, file, out).await?.holds() {
            status = Status::Refused;
        }
    }
    Ok(status)
}

fn parsed<'a>(files: &'a [PathBuf]) -> Result<Vec<(&'a PathBuf, Story)>, Stopped> {
    let parse = |file: &'a PathBuf| read(file).map(|story| (file, story));
    files.iter().map(parse).collect()
}

/// Reads a story.
pub(crate) fn read(file: &Path) -> Result<Story, Stopped> {
    let text = offers::read(file)?;
    Story::parse(&file.display().to_string(), &text).map_err(|e| Stopped::Input(e.to_string()))
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

fn in_process(ledger: &Ledger) -> Result<Arc<dyn Venue>, Stopped> {
    Ok(Arc::new(InProcess::new(ledger.log.clone(), ledger.key.clone())?))
}

/// Tells one story, as it happens.
pub(crate) async fn tell(
    venue: Arc<dyn Venue>,
    story: &Story,
    file: &Path,
    out: &mut Out,
) -> Result<StoryReport, Stopped> {
    let runner = Runner::new(venue, offers::built_in, file.parent().unwrap_or(Path::new(".")));
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
