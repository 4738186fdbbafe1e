//! What must hold when all is mended.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use resit_derived_store::DerivedStore;
use resit_domain::Timestamp;

use resit_api::ProblemKind;
use resit_client::ClientError;
use resit_event_log::{EventLog, MemoryLog, Position, Record};
use resit_jetstream_log::JetStreamLog;
use resit_nats::Link;
use resit_nats::layout::Layout;
use resit_projector::Projector;

use super::ClusterCounts;
use super::stage::Stage;
use crate::kill::caller::asking;
use crate::kill::record;

/// Asks again as long as something else is under way that has to end first, as a scheduler that catches up.
fn done<T>(ask: impl Fn() -> Result<T, ClientError>) -> Result<T, ClientError> {
    let is_put_off = |answer: &Result<T, ClientError>| matches!(answer, Err(ClientError::Problem(problem)) if problem.r#type == ProblemKind::UnderWay);
    let mut answers = std::iter::repeat_with(ask);
    answers.find(|answer| !is_put_off(answer)).expect("it is asked for as long as it takes")
}

/// Everything.
pub(super) async fn all(mut stage: Stage, now: Timestamp, counts: &mut ClusterCounts) {
    let url = stage.gateway.url.clone();
    let asked = tokio::task::spawn_blocking(move || {
        let client = asking(&url, Some(now));
        done(|| client.expire_due()).expect("what is due is put on record");
        assert!(
            done(|| client.due()).expect("it can be asked").due.is_empty(),
            "nothing is left that is due"
        );
        let verified = done(|| client.verify()).expect("the read models can be compared with the log");
        assert!(verified.sound && verified.differing.is_none_or(|keys| keys.is_empty()), "they are equal");
    });
    asked.await.expect("the gateway answers");
    caught_up(&stage).await;
    let copies = copies(&stage).await;
    counts.replicas = copies.len();
    let records = &copies[0];
    assert!(copies.iter().all(|copy| copy == records), "every server has the same records");
    record::check_commands(records, &counts.acknowledged);
    counts.records = records.len();
    counts.commands = records.iter().filter(|record| record.slice == 0).count();
    counts.expired =
        records.iter().flat_map(|record| &record.events).filter(|event| event.kind == "Expired").count();
    let head = records.last().map_or(Position::START, |record| record.position);
    for projector in &mut stage.projectors {
        projector.stop();
    }
    counts.rows = alike(&stage.binary.folders, head);
}

/// Waits until every server has all of every stream.
pub(super) async fn caught_up(stage: &Stage) {
    let link = stage.link(&stage.servers.url()).await;
    let layout = Layout::of(&link.names, 3, &[]);
    let mut pace = tokio::time::interval(Duration::from_millis(200));
    for name in layout.stream_names() {
        let mut tries = 0;
        while !is_everywhere(&link, name).await {
            tries += 1;
            assert!(tries < 600, "a server did not catch up with {name} in two minutes");
            pace.tick().await;
        }
    }
}

async fn is_everywhere(link: &Link, name: &str) -> bool {
    let Ok(stream) = link.jetstream.get_stream(name).await else { return false };
    let Some(cluster) = &stream.cached_info().cluster else { return false };
    let replicas = &cluster.replicas;
    cluster.leader.is_some()
        && replicas.len() == 2
        && replicas.iter().all(|replica| replica.current && !replica.offline)
}

/// The log as each server has it on its own disk: whoever is connected to a server that can answer is answered by it.
async fn copies(stage: &Stage) -> Vec<Vec<Record>> {
    let mut copies = Vec::new();
    for server in &stage.servers.servers {
        let link = stage.link(&server.url()).await;
        let name = link.client.server_info().server_name;
        assert_eq!(name, server.name(), "it is the server that is meant");
        let log: Arc<dyn EventLog> = Arc::new(JetStreamLog::open(link).await.expect("the log is fit"));
        let mut records: Vec<Record> = Vec::new();
        loop {
            let after = records.last().map_or(Position::START, |record| record.position);
            // So few at once come without a consumer, which another server could have.
            let more = log.read(after, 200).await.expect("the log can be read");
            if more.is_empty() {
                break;
            }
            records.extend(more);
        }
        copies.push(records);
    }
    copies
}

/// How many rows the two projectors have, all of them alike.
fn alike(folders: &Path, head: Position) -> usize {
    let open = |n: u8| {
        let folder = folders.join(format!("projector-{n}")).join("read-models");
        let (store, _) = DerivedStore::open(&folder).expect("a stopped projector's rows can be read");
        assert_eq!(store.checkpoint().expect("it says so"), head, "it has come to the end of the log");
        store
    };
    let (one, other) = (open(0), open(1));
    let rows = one.rows().count();
    let projector = |store| Projector::new(Arc::new(MemoryLog::new()), store);
    let differing = projector(one).differences(&projector(other), 10).expect("rows can be read");
    assert!(differing.is_empty(), "they differ in {differing:?}");
    rows
}
