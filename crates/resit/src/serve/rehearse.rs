//! A rehearsal: the server plays a story to itself, over HTTP, and stays.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use resit_client::Caller;
use resit_domain::Actor;
use resit_event_log::Position;
use resit_story::Story;

use crate::desk::OverHttp;
use crate::exit::Stopped;
use crate::ledger::{FORMAT_FILE, Home, Ledger};
use crate::output::Out;
use crate::run::story;

/// The ledger of a rehearsal: made if there is none.
pub(super) fn ledger(home: &Home) -> Result<Ledger, Stopped> {
    if !home.folder.join(FORMAT_FILE).exists() {
        return Ledger::create_rehearsal(home);
    }
    let ledger = Ledger::open(home)?;
    if ledger.rehearsal {
        return Ok(ledger);
    }
    let text = format!(
        "the ledger in {} is a real one, on which no story is played; name another folder with --ledger",
        home.folder.display()
    );
    Err(Stopped::Input(text))
}

/// Plays a story at a server, unless its ledger has all of it on record, and says what to try next.
pub(super) async fn play(
    (file, story): &(PathBuf, Story),
    ledger: &Ledger,
    url: &str,
    token: Option<String>,
    out: &mut Out,
) -> Result<(), Stopped> {
    let played = match story.last_command() {
        Some(last) => !ledger.log.find_command(&last).await?.is_empty(),
        None => false,
    };
    if played {
        out.said(&format!(
            "{} was played on this ledger before, and is on record; it is not played again",
            file.display()
        ))?;
    } else {
        let actor: Actor = "story".parse().expect("a plain word is an actor's name");
        let caller = Caller { url: url.to_owned(), token, actor, clock: None };
        story::tell(Arc::new(OverHttp::new(caller)), story, file, out).await?;
    }
    if !out.is_json() {
        hint(ledger, url, out).await?;
    }
    Ok(())
}

/// What to ask the server next.
async fn hint(ledger: &Ledger, url: &str, out: &mut Out) -> Result<(), Stopped> {
    let records = ledger.log.read(Position::START, 10_000).await?;
    let of = |kind: &str| records.iter().find(|record| record.events.iter().any(|event| event.kind == kind));
    let program = std::env::args().next().unwrap_or_else(|| "resit".to_owned());
    let folder = ledger.folder.display();
    let mut say = |text: String| -> io::Result<()> { out.said(&text) };
    say(format!(
        "\nThe server goes on at {url}, by the story's clock; Ctrl-C stops it. From another terminal:"
    ))?;
    if let Some(record) = of("VoucherIssued") {
        let id = record.stream.id();
        say(format!("  {program} --ledger {folder} show {id}"))?;
        say(format!("  {program} --ledger {folder} history {id}"))?;
        say(format!("  curl -s {url}/v1/entitlements/{id}"))?;
    }
    if let Some(record) = of("CommandRefused") {
        let command = &record.command;
        say(format!("  {program} --ledger {folder} why {command}"))?;
        say(format!("  curl -s {url}/v1/commands/{command}/why"))?;
    }
    say(format!("  {program} --ledger {folder} issue exam-replay --order web/W-1001/1"))?;
    say(format!(
        "  curl -s {url}/v1/commands/issue -H 'Content-Type: application/json' -H 'Idempotency-Key: my-first-order' \\\n    \
         -d '{{\"order\":{{\"shop\":\"web\",\"number\":\"W-1002\",\"line\":1}},\"offer\":\"exam-replay\"}}'"
    ))?;
    say(format!("  {program} --ledger {folder} status"))?;
    Ok(())
}

/// The path as it was given.
pub(super) fn read(file: &Path) -> Result<(PathBuf, Story), Stopped> {
    let file = file.to_owned();
    let story = story::read(&file)?;
    Ok((file, story))
}
