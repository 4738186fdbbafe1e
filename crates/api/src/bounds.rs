//! What a number may be, told to those who know nothing of this program's types.

/// What belongs where this program reads a value of a type: `a whole number from 0 to 65535` for a `u16`. None for
/// types whose own errors say it.
pub fn said_of(type_name: &str) -> Option<String> {
    let most = match type_name {
        "bool" => return Some("`true` or `false`".to_owned()),
        "u8" => u64::from(u8::MAX),
        "u16" => u64::from(u16::MAX),
        "u32" => u64::from(u32::MAX),
        "u64" | "usize" => u64::MAX,
        _ => return None,
    };
    Some(format!("a whole number from 0 to {most}"))
}
