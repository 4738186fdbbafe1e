//! Whether the file system of a ledger's folder keeps what a sync has acknowledged.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// What must be known of the file system that a folder is on; none if it is one that the ledger is proven on.
pub(crate) fn remark(folder: &Path) -> Option<String> {
    let kind = rustix::fs::statfs(folder).ok()?.f_type;
    let doubt = of_kind(u32::try_from(kind & 0xffff_ffff).ok()?).map(str::to_owned);
    let doubt = doubt.or_else(|| {
        let device = fs::metadata(folder).ok()?.dev();
        let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
        of_options(&mounts, rustix::fs::major(device), rustix::fs::minor(device))
    });
    doubt.map(|doubt| format!("the ledger's folder {} is on {doubt}", folder.display()))
}

/// By the magic numbers of statfs(2).
fn of_kind(kind: u32) -> Option<&'static str> {
    Some(match kind {
        // ext2 to ext4, and XFS.
        0xef53 | 0x5846_5342 => return None,
        0x0102_1994 | 0x8584_58f6 => {
            "a file system in memory: nothing of it outlives a restart of the machine"
        }
        0x6969 | 0xff53_4d42 | 0xfe53_4d42 | 0x517b => {
            "a network file system, which may lose what a sync acknowledged, and on which locks may fail: use ext4 or XFS on a disk of \
             this machine"
        }
        0x6573_5546 => "FUSE: what a sync does there is up to the program behind it; use ext4 or XFS",
        0x794c_7630 => "an overlay, as containers have it: mount a volume there, on ext4 or XFS",
        _ => "a file system that the ledger was not tried on; use ext4 or XFS",
    })
}

/// By the options of its mount, as `/proc/self/mountinfo` lists them.
fn of_options(mounts: &str, major: u32, minor: u32) -> Option<String> {
    let device = format!("{major}:{minor}");
    let line = mounts.lines().find(|line| line.split(' ').nth(2) == Some(&device))?;
    let options: Vec<&str> = line.split([' ', ',']).collect();
    let has = |option: &&str| options.contains(option);
    let doubt = if let Some(option) = ["nobarrier", "barrier=0"].iter().find(|option| has(option)) {
        format!(
            "a mount with `{option}`: a power cut may take what a sync acknowledged; mount it without that option"
        )
    } else if has(&"data=writeback") {
        "a mount with `data=writeback`: after a power cut, old bytes may be where the last write was to go, and the ledger then takes \
         them for damage; mount it with `data=ordered`"
            .to_owned()
    } else {
        return None;
    };
    Some(doubt)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
31 22 7:0 / /srv rw,relatime shared:3 - ext4 /dev/loop0 rw,nobarrier
32 22 7:1 / /data rw - ext4 /dev/loop1 rw,data=writeback
33 22 7:2 / /dev/shm rw - tmpfs tmpfs rw
";

    #[test]
    fn a_mount_that_gives_durability_away_is_named_with_its_option() {
        assert_eq!(of_options(MOUNTS, 254, 0), None);
        assert!(of_options(MOUNTS, 7, 0).unwrap().contains("`nobarrier`"));
        assert!(of_options(MOUNTS, 7, 1).unwrap().contains("`data=writeback`"));
        assert_eq!(of_options(MOUNTS, 9, 9), None, "what is not listed can't be judged");
    }

    #[test]
    fn ext4_and_xfs_are_trusted_and_nothing_else_is() {
        assert_eq!([0xef53, 0x5846_5342].map(of_kind), [None, None]);
        for kind in [0x0102_1994, 0x8584_58f6, 0x6969, 0xfe53_4d42, 0x6573_5546, 0x794c_7630, 0x9123_683e] {
            assert!(of_kind(kind).is_some(), "{kind:x}");
        }
    }
}
