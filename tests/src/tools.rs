//! Tools of other languages: got once, into a folder of their own.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file of this repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// A Python with the packages that a file of requirements names.
///
/// # Panics
///
/// If they can't be had: no test that needs them can run.
pub fn python(requirements: &str) -> PathBuf {
    let requirements = repository(requirements);
    let home = got("python", &[&requirements], |home| {
        run(Command::new("python3").args(["-m", "venv"]).arg(home));
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(Command::new(home.join("bin/python")).args(pip).arg(&requirements));
    });
    home.join("bin/python")
}

/// A copy of a folder with the Node.js packages that its lock file names.
///
/// # Panics
///
/// If they can't be had: no test that needs them can run.
pub fn node(folder: &str) -> PathBuf {
    let folder = repository(folder);
    let files: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it is read").path())
        .collect();
    let mut files: Vec<&Path> = files.iter().map(PathBuf::as_path).filter(|path| path.is_file()).collect();
    files.sort();
    got("node", &files, |home| {
        fs::create_dir_all(home).expect("a folder can be made");
        for file in &files {
            fs::copy(file, home.join(file.file_name().expect("a file has a name"))).expect("it is copied");
        }
        run(Command::new("npm").args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(home));
    })
}

/// The folder that is made of some files, by name and contents; of several processes one makes it, and the others wait.
fn got(name: &str, made_of: &[&Path], make: impl FnOnce(&Path)) -> PathBuf {
    let tools = repository("target/tools");
    fs::create_dir_all(&tools).expect("the folder of tools can be made");
    let lock = File::create(tools.join(format!("{name}.lock"))).expect("a lock file can be made");
    lock.lock().expect("the folder of tools can be locked");
    let mut hasher = DefaultHasher::new();
    for file in made_of {
        file.file_name().hash(&mut hasher);
        fs::read(file).expect("the file is there").hash(&mut hasher);
    }
    let home = tools.join(format!("{name}-{:016x}", hasher.finish()));
    let whole = home.join("whole");
    if !whole.exists() {
        if home.exists() {
            fs::remove_dir_all(&home).expect("what was left half-way can be removed");
        }
        make(&home);
        fs::write(whole, "").expect("a mark can be made");
    }
    home
}

/// Runs a program to its good end, and returns what it said.
///
/// # Panics
///
/// If it ends otherwise.
pub fn run(command: &mut Command) -> String {
    let ended = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{command:?} ended {}\n{out}\n{err}", ended.status);
    out.into_owned()
}
