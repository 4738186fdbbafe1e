//! Tests that run in a process of their own, some of them on a small disk that nobody else sees.

use std::{
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Runs one ignored test of this binary in a process of its own, started through `wrapper` if there is one.
pub(crate) fn child(test: &str, folder: &Path, wrapper: &[&str]) -> Child {
    let exe = std::env::current_exe().unwrap();
    let mut setting = std::ffi::OsString::from("LOG_FOLDER=");
    setting.push(folder);
    let words = wrapper.iter().copied().chain(["env"]).collect::<Vec<_>>();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).arg(setting).arg(exe);
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().unwrap()
}

/// The folder that [`child`] was given.
pub(crate) fn child_folder() -> PathBuf {
    std::env::var_os("LOG_FOLDER").expect("only run as a child of another test").into()
}

/// Starts a process in a namespace of its own, in which it may mount: root may, some systems let anybody, and others
/// let those who may become root.
const NAMESPACES: [&[&str]; 3] = [
    &["unshare", "--mount"],
    &["unshare", "--user", "--map-root-user", "--mount"],
    &["sudo", "-n", "unshare", "--mount"],
];

/// The first of these that works here. Without any, the disk can't be made to fail, and the test fails instead.
fn namespace() -> &'static [&'static str] {
    let works = |words: &&&[&str]| {
        Command::new(words[0])
            .args(&words[1..])
            .arg("true")
            .output()
            .is_ok_and(|output| output.status.success())
    };
    NAMESPACES
        .iter()
        .find(works)
        .expect("root, or the right to mount in a namespace, is needed for this test")
}

/// Mounts a small disk; only in a namespace of its own, where nobody else sees it.
pub(crate) fn mount(folder: &Path, options: &str) {
    let mut command = Command::new("mount");
    let mounted = command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder).status();
    assert!(mounted.unwrap().success(), "needs the right to mount in a namespace of its own");
}

/// Runs one ignored test of this binary alone, where it may mount; it must pass.
pub(crate) fn alone_on_a_disk(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let output = child(test, folder.path(), namespace()).wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// Fills a disk up with a file of ballast, and leaves so many bytes free.
pub(crate) fn leave_free(disk: &Path, ballast: &Path, leave: u64) {
    let free = || {
        let output = Command::new("df").args(["--output=avail", "-B1"]).arg(disk).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().nth(1).unwrap().trim().parse::<u64>().unwrap()
    };
    let size = usize::try_from(free().saturating_sub(leave)).unwrap();
    let mut file = File::create(ballast).unwrap();
    match file.write_all(&vec![1; size]) {
        // Somebody else has written since: all is full now, and so much is given back.
        Err(error) if error.kind() == io::ErrorKind::StorageFull => {
            let len = file.metadata().unwrap().len();
            file.set_len(len.saturating_sub(leave)).unwrap();
        }
        written => written.unwrap(),
    }
}
