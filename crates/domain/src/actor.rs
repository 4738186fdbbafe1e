//! Who gives commands: when two names are one person's.

use crate::Actor;

impl Actor {
    /// Whether both names are one person's: they differ in capitals, or in marks before and after the name, at most.
    pub fn is_same_person(&self, other: &Actor) -> bool {
        let name = |actor: &Actor| {
            actor.as_str().trim_matches(|symbol: char| !symbol.is_ascii_alphanumeric()).to_ascii_lowercase()
        };
        name(self) == name(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(name: &str) -> Actor {
        name.parse().unwrap()
    }

    #[test]
    fn capitals_and_marks_around_a_name_make_no_second_person() {
        for other in ["dana", "Dana", "DANA", "dana.", "_dana_", "-:dana", "..DaNa.."] {
            assert!(actor("dana").is_same_person(&actor(other)), "{other}");
        }
        for other in ["dan", "dana2", "d.ana", "max", "dana-2", "_"] {
            assert!(!actor("dana").is_same_person(&actor(other)), "{other}");
        }
    }
}
