//! `resit`: one binary; tools and roles are its subcommands.

mod cli;
mod clock;
mod config;
mod desk;
mod durable;
mod exit;
mod file_system;
mod ledger;
mod offers;
mod output;
mod role;
mod run;
mod serve;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;

/// Answers are made on one thread and dropped on another, all day long: the system's allocator takes locks for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::try_parse().unwrap_or_else(|error| exit::misread(&error));
    let mut out = output::Out::new(&cli.global);
    let done = config::Config::load(&cli).map_err(exit::Stopped::from).and_then(|config| {
        logging(&config);
        for (name, near) in config::misspelt() {
            tracing::warn!("{name} is no setting; did you mean {near}? `resit config` lists them");
        }
        run::run(cli, &config, &mut out)
    });
    match done {
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

/// Log lines go to standard error, beside the answers and not among them.
fn logging(config: &config::Config) {
    let lines =
        tracing_subscriber::fmt().with_env_filter(config.log.value.clone()).with_writer(std::io::stderr);
    match config.log_format.value {
        config::LogFormat::Json => lines.json().init(),
        config::LogFormat::Human => lines.with_ansi(std::io::stderr().is_terminal()).init(),
    }
}
