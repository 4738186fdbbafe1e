//! Processes that are killed while they write.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    sync::Arc,
};

use resit_embedded_log::EmbeddedLog;
use resit_event_log::{EventLog, Position};
use tokio::task::JoinSet;

use crate::apart::{child, child_folder};
use crate::given::{commit, open, runtime, tiny};

const ROUNDS: u64 = 6;

#[test]
fn what_a_killed_process_acknowledged_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    for round in 0..ROUNDS {
        let mut writer = child("kills::appends_until_killed", folder.path(), &[]);
        writer.stdin.take().unwrap().write_all(format!("{round}\n").as_bytes()).unwrap();
        let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
        let kill_after = acknowledged.len() + 200 + 977 * usize::try_from(round).unwrap() % 3_000;
        while let Some(Ok(line)) = lines.next() {
            // A line may be cut by the kill as well.
            let Some((position, command)) = line.strip_prefix("ok ").and_then(|line| line.split_once(' '))
            else {
                continue;
            };
            let Some(command) = command.strip_suffix('.') else { continue };
            acknowledged.insert(position.parse::<u64>().unwrap(), command.to_owned());
            if acknowledged.len() == kill_after {
                writer.kill().unwrap();
            }
        }
        writer.wait().unwrap();
        assert!(acknowledged.len() >= kill_after);

        let log = open(folder.path(), &tiny());
        let records = log.all().unwrap();
        assert!(records.iter().zip(1..).all(|(record, position)| record.position == Position(position)));
        for (position, command) in &acknowledged {
            let record = &records[usize::try_from(*position).unwrap() - 1];
            assert_eq!(record.command.as_str(), command, "round {round}");
        }
        let (position, command) = acknowledged.last_key_value().unwrap();
        assert_eq!(log.found(command).unwrap()[0].position.0, *position);
        assert!(log.log.verify().unwrap().is_sound());
    }
}

#[test]
#[ignore = "a child of another test"]
fn appends_until_killed() {
    let mut round = String::new();
    std::io::stdin().read_line(&mut round).unwrap();
    let (log, _) = EmbeddedLog::open(&child_folder(), &tiny()).unwrap();
    let (log, round) = (Arc::new(log), Arc::new(round.trim().to_owned()));
    runtime().block_on(async {
        let mut writers = JoinSet::new();
        for writer in 0..32 {
            let (log, round) = (log.clone(), round.clone());
            writers.spawn(async move {
                for n in 0.. {
                    let command = format!("c{round}-{writer}-{n}");
                    let appended =
                        log.append(commit(&command, &[(&format!("own/{command}"), 0)], b"body")).await;
                    let line = format!("ok {} {command}.\n", appended.unwrap().first);
                    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                }
            });
        }
        writers.join_all().await;
    });
}
