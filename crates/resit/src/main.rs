//! `resit`: one binary; tools and roles are its subcommands.

mod cli;
mod clock;
mod exit;
mod ledger;
mod offers;
mod output;
mod run;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let terminal = std::io::stderr().is_terminal();
    let filter = tracing_subscriber::EnvFilter::try_from_env("RESIT_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(terminal).with_writer(std::io::stderr).init();
    let mut out = output::Out::new(&cli.global);
    match run::run(cli, &mut out) {
        Ok(status) => status.into(),
        // Whoever reads has read enough.
        Err(exit::Stopped::Write(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => {
            exit::Status::Done.into()
        }
        Err(failure) => {
            out.failure(&failure);
            failure.status().into()
        }
    }
}
