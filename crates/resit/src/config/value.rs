//! From text to values; what is wrong with a text is told with what would be right.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tracing_subscriber::EnvFilter;

/// The address of a server: `http://HOST:PORT`, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server(pub(crate) String);

/// What is shown to a server as a proof of who asks. A secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(pub(crate) String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Who may ask a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthWord {
    /// Everybody on this machine.
    Open,
    /// Who has a token.
    Tokens,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Human,
    Json,
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside readers that can fail")]
pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside readers that can fail")]
pub(super) fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

pub(super) fn server(text: &str) -> Result<Server, String> {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    match host.map(|host| host.trim_end_matches('/')) {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ']) => {
            Ok(Server(text.trim_end_matches('/').to_owned()))
        }
        _ => Err(format!("{text:?} is no address of a server; write it like http://127.0.0.1:7480")),
    }
}

pub(super) fn token(text: &str) -> Result<Token, String> {
    let text = text.trim();
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_graphic()) {
        return Err(
            "the token has signs that are in no token; copy it as `resit token make` printed it".to_owned()
        );
    }
    Ok(Token(text.to_owned()))
}

pub(super) fn token_file(text: &str) -> Result<Token, String> {
    let read = std::fs::read_to_string(Path::new(text));
    token(&read.map_err(|e| format!("{text:?} can't be read: {e}"))?)
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| match text.parse::<std::net::IpAddr>() {
        Ok(ip) => format!("{text:?} has no port; write it like {}", SocketAddr::new(ip, 7480)),
        Err(_) => format!("{text:?} is no address with a port; write it like 127.0.0.1:7480"),
    })
}

pub(super) fn auth(text: &str) -> Result<AuthWord, String> {
    one_of(text, &[("open", AuthWord::Open), ("tokens", AuthWord::Tokens)])
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    one_of(text, &[("human", LogFormat::Human), ("json", LogFormat::Json)])
}

pub(super) fn filter(text: &str) -> Result<EnvFilter, String> {
    EnvFilter::try_new(text)
        .map_err(|e| format!("{text:?} is no filter ({e}); write one like info, or warn,resit_gateway=debug"))
}

/// A whole number inside two bounds.
pub(super) fn number<T>(min: T, max: T) -> impl Fn(&str) -> Result<T, String>
where
    T: std::str::FromStr + PartialOrd + fmt::Display + Copy,
{
    move |text| {
        let number = text.parse().ok().filter(|number| (min..=max).contains(number));
        number.ok_or_else(|| format!("{text:?} is no whole number from {min} to {max}"))
    }
}

pub(super) fn one_of<T: Copy>(text: &str, choices: &[(&str, T)]) -> Result<T, String> {
    let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    found.ok_or_else(|| format!("{text:?} is none of {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_what_would_be_right() {
        for (told, says) in [
            (address("127.0.0.1").unwrap_err(), "has no port; write it like 127.0.0.1:7480"),
            (address("here:80").unwrap_err(), "no address"),
            (server("127.0.0.1:7480").unwrap_err(), "http://127.0.0.1:7480"),
            (server("http://").unwrap_err(), "no address of a server"),
            (auth("closed").unwrap_err(), "none of open, tokens"),
            (number(1, 5)("6").unwrap_err(), "from 1 to 5"),
            (filter("a=b=c").unwrap_err(), "write one like"),
            (token("two words").unwrap_err(), "resit token make"),
        ] {
            assert!(told.contains(says), "{told}");
        }
    }

    #[test]
    fn an_address_may_end_in_a_slash_and_a_token_in_a_line() {
        assert_eq!(server("http://a:1/").unwrap().0, "http://a:1");
        assert_eq!(token("abc\n").unwrap().0, "abc");
        assert_eq!(format!("{:?}", token("abc").unwrap()), "Token(…)");
    }
}
