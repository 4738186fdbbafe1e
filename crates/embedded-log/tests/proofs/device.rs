//! A device that fails: a loop device whose backing file is on a disk that can be filled. What is written to blocks that the
//! backing file does not have yet then fails at write-back, as on a thin device or a dying disk.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

/// The file system's blocks, and the pages of the page cache.
const BLOCK: u64 = 4_096;

/// A file system on a device that can be made to fail. Only in a namespace of its own, where nobody else sees it.
pub(crate) struct Device {
    image: PathBuf,
    ballast: PathBuf,
    /// Where the file system is mounted.
    pub(crate) root: PathBuf,
}

fn run(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().unwrap_or_else(|e| panic!("{program}: {e}"));
    assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Where a file's blocks are: the first in the file, the first on the device, and how many follow each other. What has no
/// place on the device yet is left out.
fn extents(file: &Path) -> Vec<(u64, u64, u64)> {
    let listed = run("filefrag", &["-v", "-e", text(file)]);
    let extent = |line: &str| {
        let mut fields = line.split(':').map(str::trim);
        fields.next()?.parse::<u32>().ok()?;
        let first = |field: &str| field.split("..").next()?.trim().parse::<u64>().ok();
        let (logical, physical) = (first(fields.next()?)?, first(fields.next()?)?);
        let len = fields.next()?.parse::<u64>().ok()?;
        let is_placed = !fields.any(|flags| flags.contains("unknown") || flags.contains("delalloc"));
        is_placed.then_some((logical, physical, len))
    };
    listed.lines().filter_map(extent).collect()
}

impl Device {
    /// Makes a device of so many bytes below a folder, with ext4 on it.
    pub(crate) fn below(folder: &Path, bytes: usize) -> Self {
        let (backing, root) = (folder.join("backing"), folder.join("root"));
        for folder in [&backing, &root] {
            fs::create_dir(folder).unwrap();
        }
        let size = format!("size={}", bytes + (8 << 20));
        run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", text(&backing)]);
        let image = backing.join("image");
        // No byte of it is zero: every block is there.
        fs::write(&image, vec![0xa5; bytes]).unwrap();
        let options = "nodiscard,lazy_itable_init=0,lazy_journal_init=0";
        // Not in the file itself: there it would make holes of what is zero.
        let device = run("losetup", &["--find", "--show", text(&image)]).trim().to_owned();
        run("mkfs.ext4", &["-q", "-b", "4096", "-E", options, &device]);
        run("losetup", &["--detach", &device]);
        let device = Self { image, ballast: backing.join("ballast"), root };
        device.mount();
        device
    }

    /// Mounts it through a loop device of its own, which is gone when it is mounted no more.
    fn mount(&self) {
        let device = run("losetup", &["--find", "--show", text(&self.image)]).trim().to_owned();
        let name = Path::new(&device).file_name().unwrap().to_str().unwrap();
        // A request of many blocks of which the first is there would be answered with success.
        fs::write(format!("/sys/block/{name}/queue/max_sectors_kb"), "4").unwrap();
        run("mount", &[&device, text(&self.root)]);
        run("losetup", &["--detach", &device]);
    }

    /// From now on, writes to a file from this byte on fail, in whole blocks. Only zeros may be there.
    pub(crate) fn fail_behind(&self, file: &Path, offset: u64) {
        for (logical, physical, len) in extents(file) {
            let skipped = offset.div_ceil(BLOCK).saturating_sub(logical).min(len);
            self.punch(physical + skipped, len - skipped);
        }
        self.fill_up();
    }

    /// From now on, writes to blocks that no file has now fail.
    pub(crate) fn fail_new_blocks(&self) {
        let filler = self.root.join("filler");
        let mut file = File::create(&filler).unwrap();
        let chunk = vec![1; 65_536];
        while file.write_all(&chunk).is_ok() {}
        drop(file);
        run("sync", &["--file-system", text(&self.root)]);
        let all = extents(&filler);
        fs::remove_file(&filler).unwrap();
        run("sync", &["--file-system", text(&self.root)]);
        for (_, physical, len) in all {
            self.punch(physical, len);
        }
        self.fill_up();
    }

    /// Takes blocks out of the backing file.
    fn punch(&self, block: u64, len: u64) {
        if len > 0 {
            let (from, len) = (block * BLOCK, len * BLOCK);
            run("fallocate", &["-p", "-o", &from.to_string(), "-l", &len.to_string(), text(&self.image)]);
        }
    }

    /// Leaves the backing file no room to grow.
    fn fill_up(&self) {
        let mut ballast = File::create(&self.ballast).unwrap();
        while ballast.write_all(&[1; 4_096]).is_ok() {}
    }

    /// The device takes writes again.
    pub(crate) fn heal(&self) {
        fs::remove_file(&self.ballast).unwrap();
    }

    /// Drops the page cache of its files: what is read then is on the device.
    pub(crate) fn drop_cache(&self) {
        run("umount", &[text(&self.root)]);
        self.mount();
    }

    /// Drops the page cache while the device still fails, then lets it take writes again. The file system's own tables may have
    /// been among what could not be written: its journal brings them there at the mount.
    #[allow(dead_code, reason = "not every program that fails a device needs it")]
    pub(crate) fn drop_cache_and_heal(&self) {
        run("umount", &[text(&self.root)]);
        self.heal();
        self.mount();
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(&self.root).status());
    }
}
