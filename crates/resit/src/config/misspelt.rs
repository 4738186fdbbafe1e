//! Variables of the environment that are nearly settings. Whoever misspells one gets what holds by default, and should hear of it.

use std::env;

use resit_story::nearest;

use super::key;

/// What the names of all variables of this program begin with.
const PREFIX: &str = "RESIT_";
/// Variables that are understood beside those of settings.
const OTHERS: [&str; 2] = ["RESIT_ACTOR", "RESIT_CONFIG"];

/// The variables of this process that nothing reads, each with the one that is nearly called so.
pub(crate) fn misspelt() -> Vec<(String, String)> {
    let names = env::vars_os().filter(|(_, value)| !value.is_empty());
    among(names.filter_map(|(name, _)| name.into_string().ok()))
}

/// One that is like none is passed over: an environment is shared, and Kubernetes puts variables of its own into it that begin
/// with the name of a service.
fn among(names: impl Iterator<Item = String>) -> Vec<(String, String)> {
    let variables = key::ALL.iter().map(|key| key.variable).chain(OTHERS);
    let known: Vec<&str> = variables.filter_map(|variable| variable.strip_prefix(PREFIX)).collect();
    let wrong = |name: String| {
        let word = name.strip_prefix(PREFIX).filter(|word| !known.contains(word))?;
        let near = nearest(word, &known).filter(|near| is_near(word, near))?;
        let near = format!("{PREFIX}{near}");
        Some((name, near))
    };
    names.filter_map(wrong).collect()
}

/// Whether two names are alike beyond the words that both begin with.
fn is_near(word: &str, near: &str) -> bool {
    let same = word.char_indices().zip(near.chars()).take_while(|((_, a), b)| a == b);
    let shared = same.filter(|((_, a), _)| *a == '_').last().map_or(0, |((at, _), _)| at + 1);
    nearest(&word[shared..], &[&near[shared..]]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(name: &str) -> Option<String> {
        among([name.to_owned()].into_iter()).pop().map(|(_, near)| near)
    }

    #[test]
    fn a_variable_that_is_nearly_a_setting_is_told_with_that() {
        assert_eq!(near("RESIT_LISTNE").as_deref(), Some("RESIT_LISTEN"));
        assert_eq!(near("RESIT_DURABILTY").as_deref(), Some("RESIT_DURABILITY"));
        assert_eq!(near("RESIT_ACTR").as_deref(), Some("RESIT_ACTOR"));
    }

    #[test]
    fn what_is_known_or_somebody_elses_is_passed_over() {
        for name in ["RESIT_LISTEN", "RESIT_ACTOR", "RESIT_CONFIG", "LISTNE", "PATH"] {
            assert_eq!(near(name), None, "{name}");
        }
        // What Kubernetes and the files of this repository put there.
        for name in [
            "RESIT_SERVICE_HOST",
            "RESIT_SERVICE_PORT",
            "RESIT_PORT",
            "RESIT_PORT_7480_TCP_ADDR",
            "RESIT_GATEWAY_SERVICE_HOST",
            "RESIT_GATEWAY_PORT_7480_TCP",
            "RESIT_NATS_PORT",
            "RESIT_NATS_SERVICE_HOST",
            "RESIT_NATS_PORT_4222_TCP_PROTO",
            "RESIT_NATS_USERS",
            "RESIT_NATS_SERVER",
            "RESIT_GOLDEN",
            "RESIT_SEED",
        ] {
            assert_eq!(near(name), None, "{name}");
        }
    }
}
