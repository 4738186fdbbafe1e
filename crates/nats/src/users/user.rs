//! Who may be let in.

use std::fmt;
use std::str::FromStr;

use crate::{Names, token};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $reach:ident $named:ident;)*) => {
        /// A kind of user. What each may do stands in the table of permissions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum UserKind {
            $($(#[$doc])* $kind,)*
        }

        impl UserKind {
            /// Every kind, in the order in which tables show them.
            pub const ALL: &[UserKind] = &[$(UserKind::$kind),*];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }

            /// The account that its users are in.
            pub fn account(self) -> Account {
                match self { $(Self::$kind => Account::$reach),* }
            }

            /// How its users are told from each other.
            pub fn naming(self) -> Naming {
                match self { $(Self::$kind => Naming::$named),* }
            }
        }
    };
}

/// An account: subjects of one do not reach into another, unless that is agreed upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// Those who are trusted with the ledger's streams.
    Ledger,
    /// Those who ask, send and read, and are not.
    Callers,
}

impl Account {
    /// Its name in a server's configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ledger => "LEDGER",
            Self::Callers => "CALLERS",
        }
    }
}

/// Whether there can be several users of a kind that differ by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// Each is a person or a system with a name of its own, which is its actor on record.
    ByActor,
    /// There is one, which all processes of that kind use.
    One,
}

kinds! {
    /// A purchase system.
    Purchase "purchase" Callers ByActor;
    /// A delivery provider.
    Delivery "delivery" Callers ByActor;
    /// The support desk.
    Support "support" Callers ByActor;
    /// Whoever reports.
    Reporting "reporting" Callers ByActor;
    /// The HTTP door, which has checked the callers that it speaks for.
    Gateway "gateway" Callers One;
    /// Whoever runs the ledger.
    Operator "operator" Ledger ByActor;
    /// Serves commands, and what reads the log.
    CommandHandler "command-handler" Ledger One;
    /// Serves lists out of read models.
    Projector "projector" Ledger One;
    /// Puts ends on record.
    ExpiryScheduler "expiry-scheduler" Ledger One;
    /// Takes events in.
    Intake "intake" Ledger One;
    /// Makes streams. Used by `resit nats apply`, and by nothing that runs.
    Admin "admin" Ledger One;
}

/// A user: `purchase:shop`, or `intake`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct User {
    kind: UserKind,
    name: Option<String>,
}

/// A text that is no user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoUser {
    /// Its kind is none.
    #[error("`{0}` is no kind of user on NATS; it is one of {kinds}", kinds = kinds())]
    Kind(String),
    /// Users of the kind have names, and this has none.
    #[error("a user of the kind {0} has a name; write it like {0}:NAME")]
    Nameless(&'static str),
    /// There is but one of the kind.
    #[error("there is one user {0} alone; write it without a name")]
    Named(&'static str),
}

impl User {
    /// Its kind.
    pub fn kind(&self) -> UserKind {
        self.kind
    }

    /// Its name, if there are several of its kind.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What its name is in files and variables: `purchase_shop`.
    pub fn slug(&self) -> String {
        match &self.name {
            Some(name) => format!("{}_{}", self.kind.name(), token(name)),
            None => self.kind.name().to_owned(),
        }
    }

    /// What the subjects of answers to it begin with. Nobody else may listen there.
    pub fn inbox_prefix(&self) -> String {
        format!("_INBOX_{}", self.slug())
    }

    /// The users that every ledger has, one for each service, and the admin.
    pub fn of_every_ledger() -> Vec<Self> {
        let one = |kind: &&UserKind| kind.naming() == Naming::One;
        UserKind::ALL.iter().filter(one).map(|kind| Self { kind: *kind, name: None }).collect()
    }

    /// The ready-made consumers that it may read by, each with its stream.
    pub fn consumers(&self, names: &Names) -> Vec<(String, String)> {
        let name = self.name.as_deref().unwrap_or_default();
        match self.kind {
            UserKind::Purchase | UserKind::Delivery => {
                vec![(names.outcome_stream(), names.outcomes_consumer(name))]
            }
            UserKind::Reporting => vec![(names.facts_stream(), names.facts_consumer(name))],
            UserKind::Intake => vec![(names.intake_stream(), names.intake_consumer().to_owned())],
            _ => Vec::new(),
        }
    }
}

fn kinds() -> String {
    UserKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{}:{name}", self.kind.name()),
            None => f.pad(self.kind.name()),
        }
    }
}

impl FromStr for User {
    type Err = NoUser;
    fn from_str(text: &str) -> Result<Self, NoUser> {
        let (kind, name) = text.split_once(':').map_or((text, None), |(kind, name)| (kind, Some(name)));
        let kind = UserKind::ALL
            .iter()
            .find(|known| known.name() == kind)
            .ok_or_else(|| NoUser::Kind(kind.chars().take(64).collect()))?;
        match (kind.naming(), name) {
            (Naming::ByActor, None | Some("")) => Err(NoUser::Nameless(kind.name())),
            (Naming::One, Some(_)) => Err(NoUser::Named(kind.name())),
            _ => Ok(Self { kind: *kind, name: name.map(str::to_owned) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_its_text_and_the_other_way_round() {
        for text in ["purchase:shop", "delivery:a.b", "operator:x:y", "intake", "admin"] {
            assert_eq!(text.parse::<User>().unwrap().to_string(), text);
        }
        assert_eq!("shop:x".parse::<User>(), Err(NoUser::Kind("shop".into())));
        assert_eq!("purchase:".parse::<User>(), Err(NoUser::Nameless("purchase")));
        assert_eq!("intake:x".parse::<User>(), Err(NoUser::Named("intake")));
    }
}
