//! What this process takes of the machine, by the kernel's own count.

use std::fs;

/// The most memory that was resident since [`reset_peak`], in bytes.
pub fn peak_bytes() -> u64 {
    kib("VmHWM:") << 10
}

/// The memory that is resident now, in bytes.
pub fn resident_bytes() -> u64 {
    kib("VmRSS:") << 10
}

/// Lets [`peak_bytes`] begin at what is resident now.
pub fn reset_peak() {
    fs::write("/proc/self/clear_refs", "5").expect("a process may reset its own peak");
}

/// How many bytes this process has handed to the kernel to be written, to files and anywhere else.
pub fn written_bytes() -> u64 {
    number("/proc/self/io", "wchar:")
}

fn kib(key: &str) -> u64 {
    number("/proc/self/status", key)
}

fn number(path: &str, key: &str) -> u64 {
    let text = fs::read_to_string(path).expect("it is Linux");
    let found = text.lines().find_map(|line| line.strip_prefix(key));
    let number = found.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.unwrap_or_else(|| panic!("{path} has no {key}"))
}
