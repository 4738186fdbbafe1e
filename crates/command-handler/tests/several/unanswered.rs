//! A commit that the log does not take, or does not answer: its command is judged again, and counts once.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use resit_command_handler::{CommandHandler, Failure, Settings};
use resit_domain::CommandId;
use resit_event_log::{
    AppendError, Appended, Commit, EventLog, MemoryLog, Position, ReadError, Record, StreamId,
};
use resit_voucher_code::CodeKey;

use crate::given::{is_yes, now, order, publish, request, withdraw};

/// What becomes of the commits of an order, one after the other; of the rest what always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    NotSent,
    /// No answer, and it never lands.
    Lost,
    /// No answer, and it lands just before the next commit of the order comes to the log.
    Late,
    Overloaded,
    Taken,
}

use Fate::{Late, Lost, NotSent, Overloaded, Taken};

/// A log over another that a handler withdraws the offer by, as soon as the first commit of an order has come.
struct Faulty {
    log: Arc<dyn EventLog>,
    by: Arc<CommandHandler>,
    fates: Mutex<Vec<Fate>>,
    late: Mutex<Option<Commit>>,
}

impl Faulty {
    fn fate(&self) -> Fate {
        let mut fates = self.fates.lock().unwrap();
        if fates.is_empty() { Taken } else { fates.remove(0) }
    }
}

#[async_trait]
impl EventLog for Faulty {
    async fn append(&self, commit: Commit) -> Result<Appended, AppendError> {
        let late = self.late.lock().unwrap().take();
        if let Some(late) = late {
            self.log.append(late).await?;
        }
        let fate = self.fate();
        let reason = String::from("as the case wants it");
        let answer = match fate {
            NotSent => Err(AppendError::NotSent { reason }),
            Lost | Late => Err(AppendError::Unanswered { reason }),
            Overloaded => Err(AppendError::Overloaded { reason }),
            Taken => return self.log.append(commit).await,
        };
        if fate == Late {
            *self.late.lock().unwrap() = Some(commit);
        }
        withdraw(&self.by).await;
        answer
    }

    async fn read_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        self.log.read_stream(stream, after).await
    }

    async fn revision(&self, stream: &StreamId) -> Result<Position, ReadError> {
        self.log.revision(stream).await
    }

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        self.log.read(after, limit).await
    }

    async fn find_command(&self, command: &CommandId) -> Result<Vec<Record>, ReadError> {
        self.log.find_command(command).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        self.log.head().await
    }

    async fn wait_past(&self, after: Position) -> Result<Position, ReadError> {
        self.log.wait_past(after).await
    }
}

/// What an order comes to whose commits have these fates, and how many commands are on record for it.
async fn ordered(fates: &[Fate]) -> (Result<bool, Failure>, usize) {
    let memory: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
    let key = Arc::new(CodeKey::from_bytes([7; 32]));
    let alone = |log: Arc<dyn EventLog>| Arc::new(CommandHandler::new(log, key.clone(), Settings::default()));
    let by = alone(memory.clone());
    publish(&by).await;
    let faulty =
        Faulty { log: memory.clone(), by, fates: Mutex::new(fates.to_vec()), late: Mutex::default() };
    let handler = alone(Arc::new(faulty));
    let reply = handler.handle(request("order", order("W-1", None)), now()).await;
    let recorded = memory.find_command(&"order".parse().unwrap()).await.unwrap().len();
    (reply.map(|reply| is_yes(&reply)), recorded.min(1))
}

#[tokio::test]
async fn a_commit_that_is_not_on_record_is_judged_again_by_what_is_there_now() {
    for fates in [&[NotSent][..], &[Lost], &[NotSent, NotSent], &[NotSent, Lost], &[Lost, NotSent]] {
        let (sold, recorded) = ordered(fates).await;
        assert_eq!((sold.unwrap(), recorded), (false, 1), "{fates:?}: it was withdrawn meanwhile");
    }
}

#[tokio::test]
async fn a_commit_that_lands_late_is_the_only_effect_of_its_command() {
    for fates in [&[Late][..], &[NotSent, Late], &[Lost, Late]] {
        let (sold, recorded) = ordered(fates).await;
        // Only the first was judged before the withdrawal.
        let expected = fates[0] == Late;
        match sold {
            Ok(sold) => assert_eq!((sold, recorded), (expected, 1), "{fates:?}"),
            Err(error) => assert_eq!(fates, [Lost, Late], "{error}"),
        }
    }
}

#[tokio::test]
async fn what_nobody_knows_stays_unknown_whatever_is_known_of_a_later_try() {
    for (fates, is_known) in [
        (&[NotSent, NotSent, NotSent][..], true),
        (&[NotSent, Overloaded, NotSent], true),
        (&[Lost, Lost], false),
        (&[Lost, NotSent, NotSent], false),
        (&[Lost, Overloaded, Overloaded], false),
        (&[NotSent, Lost, Overloaded], false),
    ] {
        let (answer, _) = ordered(fates).await;
        let error = answer.unwrap_err();
        let Failure::Append(error) = error else { panic!("{fates:?}: {error}") };
        assert_eq!(matches!(error, AppendError::NotSent { .. }), is_known, "{fates:?}: {error}");
        assert_eq!(matches!(error, AppendError::Unanswered { .. }), !is_known, "{fates:?}: {error}");
    }
}

#[tokio::test]
async fn what_is_turned_away_since_too_much_waits_is_not_judged_again() {
    let (answer, recorded) = ordered(&[Overloaded]).await;
    let error = answer.unwrap_err();
    assert!(matches!(error, Failure::Append(AppendError::Overloaded { .. })), "{error}");
    assert_eq!(recorded, 0);
}
