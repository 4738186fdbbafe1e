//! What breaks, and how it is mended.

use resit_nats_fixture::{Proxy, Way};
use tokio::runtime::Runtime;

use super::load::Load;
use super::stage::Stage;
use crate::dice::Dice;

/// Something that breaks under load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disruption {
    /// `kill -9` of any server.
    KillServer,
    /// `kill -9` of the server that leads the ledger's stream.
    KillLeader,
    /// `kill -9` of a command handler.
    KillHandler,
    /// `kill -9` of the scheduler that works.
    KillScheduler,
    /// `SIGSTOP` of the server that leads the ledger's stream, until others have taken over.
    PauseLeader,
    /// `SIGSTOP` of the scheduler that works, until the other one has taken over.
    PauseScheduler,
    /// What a handler sends is stored, and the acknowledgement is lost.
    CutLink,
}

impl Disruption {
    /// Each of them, in the order in which rounds play them.
    pub const ALL: [Self; 7] = [
        Self::KillServer,
        Self::KillHandler,
        Self::PauseLeader,
        Self::KillScheduler,
        Self::CutLink,
        Self::KillLeader,
        Self::PauseScheduler,
    ];

    /// What it is called in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::KillServer => "kill -9 of a server",
            Self::KillLeader => "kill -9 of the stream's leader",
            Self::KillHandler => "kill -9 of a command handler",
            Self::KillScheduler => "kill -9 of the working scheduler",
            Self::PauseLeader => "SIGSTOP of the stream's leader",
            Self::PauseScheduler => "SIGSTOP of the working scheduler",
            Self::CutLink => "a cut between store and acknowledgement",
        }
    }

    /// Breaks something, lets others go on, and mends it.
    pub(super) fn play(self, stage: &mut Stage, load: &Load, dice: &mut Dice, runtime: &Runtime) {
        let go_on = |dice: &mut Dice| load.answered(50 + dice.up_to(50));
        match self {
            Self::KillServer | Self::KillLeader => {
                let any = usize::try_from(dice.up_to(3)).expect("one of three") % 3;
                let server = if self == Self::KillLeader { runtime.block_on(stage.leader()) } else { any };
                stage.servers.servers[server].kill();
                go_on(dice);
                stage.servers.servers[server].start_again();
                runtime.block_on(super::check::caught_up(stage));
            }
            Self::PauseLeader => {
                let server = runtime.block_on(stage.leader());
                stage.servers.servers[server].signal("-STOP");
                go_on(dice);
                stage.servers.servers[server].signal("-CONT");
                runtime.block_on(super::check::caught_up(stage));
            }
            Self::KillHandler => {
                let n = usize::try_from(dice.up_to(2)).expect("one of two") % 2;
                stage.handlers[n].kill();
                go_on(dice);
                stage.handlers[n] =
                    stage.binary.start("command-handler", &stage.servers.url(), &format!("handler-{n}"));
            }
            Self::KillScheduler => {
                let n = runtime.block_on(stage.working_scheduler());
                stage.schedulers[n].kill();
                runtime.block_on(stage.other_works(n));
                go_on(dice);
                stage.schedulers[n] =
                    stage.binary.start("expiry-scheduler", &stage.servers.url(), &format!("scheduler-{n}"));
            }
            Self::PauseScheduler => {
                let n = runtime.block_on(stage.working_scheduler());
                stage.schedulers[n].signal("-STOP");
                runtime.block_on(stage.other_works(n));
                go_on(dice);
                stage.schedulers[n].signal("-CONT");
            }
            Self::CutLink => {
                let port = stage.servers.servers[0].ports().client;
                let proxy = runtime.block_on(Proxy::before(port));
                let mut handler = stage.binary.start("command-handler", &proxy.url(), "handler-2");
                go_on(dice);
                proxy.let_pass(Way::Deaf);
                go_on(dice);
                proxy.let_pass(Way::Cut);
                proxy.let_pass(Way::Open);
                go_on(dice);
                handler.stop();
            }
        }
    }
}
