//! A disk that stalls: what waits for it is bounded, whether or not anybody still waits for an answer.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use resit_embedded_log::{Config, verify};
use resit_event_log::{AppendError, EventLog};

use crate::apart::{alone_on_a_disk, child_folder};
use crate::given::{commit, open};

/// How much each of the callers asks to be written.
const BODY_BYTES: usize = 4 << 20;
const CALLERS: usize = 150;

#[test]
fn callers_who_hang_up_while_the_disk_stalls_leave_no_more_than_the_queue_holds() {
    alone_on_a_disk("stalled::hangs_up_while_the_disk_stalls");
}

fn run(program: &str, words: &[&str], path: &Path) {
    let done = Command::new(program).args(words).arg(path).status().unwrap();
    assert!(done.success(), "{program} {words:?} {}", path.display());
}

/// A file system of its own in a file, frozen: every write waits.
struct Frozen(PathBuf);

impl Frozen {
    fn freeze(disk: &Path) -> Self {
        run("fsfreeze", &["--freeze"], disk);
        Self(disk.to_owned())
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        run("fsfreeze", &["--unfreeze"], &self.0);
    }
}

fn mount_device(folder: &Path) -> PathBuf {
    let (image, disk) = (folder.join("image"), folder.join("disk"));
    File::create(&image).unwrap().set_len(1 << 30).unwrap();
    run("mkfs.ext4", &["-q", "-F"], &image);
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount").args(["-o", "loop"]).args([&image, &disk]).status().unwrap();
    assert!(mounted.success());
    disk
}

fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    resident.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

#[test]
#[ignore = "a child of another test"]
fn hangs_up_while_the_disk_stalls() {
    let folder = mount_device(&child_folder()).join("ledger");
    let config = Config::default();
    let held = open(&folder, &config);
    held.taken(commit("before", &[("before/1", 0)], b""));
    let log = Arc::new(held.log.clone());
    let (before, frozen) = (resident_bytes(), Frozen::freeze(folder.parent().unwrap()));
    let mut context = Context::from_waker(Waker::noop());
    let body = vec![0x5a; BODY_BYTES];
    let (mut waiting, mut refused) = (Vec::new(), Vec::new());
    for n in 0..CALLERS {
        let (name, stream) = (format!("c{n}"), format!("own/{n}"));
        let mut call = log.append(commit(&name, &[(&stream, 0)], &body));
        match call.as_mut().poll(&mut context) {
            Poll::Pending => waiting.push(name),
            Poll::Ready(Err(AppendError::Overloaded { reason })) => {
                assert!(reason.contains("nothing was written"), "{reason}");
                refused.push(name);
            }
            Poll::Ready(answer) => panic!("{answer:?}"),
        }
        // The caller hangs up.
        drop(call);
    }
    assert!(waiting.len() * BODY_BYTES <= config.queue_bytes_max, "{} wait", waiting.len());
    assert!(waiting.len() > 10 && refused.len() > 100, "{} wait, {} do not", waiting.len(), refused.len());
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < 3 * config.queue_bytes_max as u64, "it grew by {grown} bytes");

    drop(frozen);
    // What was refused was never written, and may be sent again; what waited is written, though nobody asks for it.
    for (n, name) in refused.iter().enumerate().step_by(30) {
        loop {
            match held.append(commit(name, &[(&format!("again/{n}"), 0)], &body)) {
                Ok(_) => break,
                Err(AppendError::Overloaded { .. }) => {}
                Err(error) => panic!("{name}: {error}"),
            }
        }
    }
    for name in &waiting {
        assert_eq!(held.found(name).unwrap().len(), 1, "{name}");
    }
    drop((held, log));
    assert!(verify(&folder).unwrap().is_sound());
}
