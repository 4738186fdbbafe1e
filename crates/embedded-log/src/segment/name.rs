//! A segment file is named after its first position, in 20 digits, so that names sort as positions do.

use std::ffi::OsStr;

/// The file name of the segment whose first position is `first`.
pub(crate) fn file_name(first: u64) -> String {
    format!("{first:020}.seg")
}

/// The first position that a file name stands for; `None` if it names no segment.
pub(crate) fn first_of(name: &OsStr) -> Option<u64> {
    let digits = name.to_str()?.strip_suffix(".seg")?;
    if digits.len() != 20 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_positions_agree() {
        for first in [1, 41, u64::MAX] {
            assert_eq!(first_of(OsStr::new(&file_name(first))), Some(first));
        }
        for name in
            ["1.seg", "00000000000000000001.seg.tmp", "99999999999999999999.seg", "+0000000000000000001.seg"]
        {
            assert_eq!(first_of(OsStr::new(name)), None, "{name}");
        }
    }
}
