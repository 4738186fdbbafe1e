//! A venue whose callers leave, and come back to ask what became of it.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use async_trait::async_trait;
use resit_command_handler::{AsOf, CommandHandler, Happened, Reply, Request, stream_of};
use resit_domain::{EntitlementId, EntitlementView, Timestamp, UnitNo};
use resit_event_log::{EventLog, Position};
use resit_story::{InProcess, NoAnswer, Venue};
use resit_voucher_code::{Code, CodeKey};

/// A ledger whose callers leave behind so many awaits of each command.
pub(crate) struct Leaving {
    ledger: InProcess,
    log: Arc<dyn EventLog>,
    awaits: usize,
    left: Mutex<BTreeSet<&'static str>>,
    /// Up to here the states were compared with the log.
    compared: Mutex<Position>,
}

impl Leaving {
    pub(crate) fn new(log: Arc<dyn EventLog>, awaits: usize) -> Self {
        let ledger = InProcess::new(log.clone(), Arc::new(CodeKey::from_bytes([7; 32]))).unwrap();
        Self { ledger, log, awaits, left: Mutex::default(), compared: Mutex::default() }
    }

    /// The commands whose callers left before they had an answer.
    pub(crate) fn left(&self) -> BTreeSet<&'static str> {
        self.left.lock().unwrap().clone()
    }

    fn handler(&self) -> &Arc<CommandHandler> {
        self.ledger.handler()
    }

    /// Every state of what was written since the last time is the one that the log makes, if it is kept.
    async fn compare(&self, request: &Request) {
        let fresh = resit_tests::handler(&self.log);
        let after = *self.compared.lock().unwrap();
        let records = self.log.read(after, usize::MAX).await.unwrap();
        if let Some(last) = records.last() {
            *self.compared.lock().unwrap() = last.position;
        }
        let names: BTreeSet<_> = records.iter().map(|record| record.stream.clone()).collect();
        for name in names {
            let stream = stream_of(&name).unwrap();
            let Some(kept) = self.handler().states().kept(&stream) else { continue };
            let by_log = fresh.states().load(&stream, AsOf::Head).await.unwrap();
            let place = format!("{name:?} behind {:?}, left behind {} awaits", request.command, self.awaits);
            assert_eq!(kept.revision, by_log.revision, "{place}");
            assert_eq!(kept.state, by_log.state, "{place}");
        }
    }
}

/// Polls a future until it waited so often; none if it is not done by then.
async fn leave_behind<T>(awaits: usize, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut waited) = (pin!(work), 0);
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending if waited == awaits => Poll::Ready(None),
        Poll::Pending => {
            waited += 1;
            Poll::Pending
        }
    })
    .await
}

#[async_trait]
impl Venue for Leaving {
    async fn handle(&self, request: Request, code: Option<Code>, now: Timestamp) -> Result<Reply, NoAnswer> {
        let answer = leave_behind(self.awaits, self.handler().handle(request.clone(), now)).await;
        if answer.is_none() {
            self.left.lock().unwrap().insert(request.command.name());
        }
        self.handler().completion().settled().await;
        self.compare(&request).await;
        self.ledger.handle(request, code, now).await
    }

    async fn view(&self, id: EntitlementId, now: Timestamp) -> Result<Option<EntitlementView>, NoAnswer> {
        self.ledger.view(id, now).await
    }

    async fn code(&self, id: EntitlementId, unit: UnitNo, generation: u16) -> Result<Option<Code>, NoAnswer> {
        self.ledger.code(id, unit, generation).await
    }

    async fn tick(&self, now: Timestamp) -> Result<Vec<(Happened, Timestamp)>, NoAnswer> {
        self.ledger.tick(now).await
    }
}
