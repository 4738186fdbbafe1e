//! Classes of subjects, and which kinds of users may use each: the one table that permissions are made from.

use UserKind::{
    Admin, CommandHandler, Delivery, ExpiryScheduler, Gateway, Intake, Operator, Projector, Purchase,
    Reporting, Support,
};

use super::{Account, User, UserKind};
use crate::{Names, token};

macro_rules! classes {
    ($($(#[doc = $says:literal])* $class:ident $way:ident [$($kind:ident),*];)*) => {
        /// A class of subjects.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Class {
            $($(#[doc = $says])* $class,)*
        }

        impl Class {
            /// Every class.
            pub(crate) const ALL: &[Class] = &[$(Class::$class),*];

            /// What those who may use it do there.
            pub(crate) fn way(self) -> Way {
                match self { $(Self::$class => Way::$way),* }
            }

            /// Who may use it.
            pub(crate) fn kinds(self) -> &'static [UserKind] {
                match self { $(Self::$class => &[$($kind),*]),* }
            }
        }
    };
}

/// What somebody does on a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Publishes.
    Publish,
    /// Subscribes.
    Subscribe,
}

classes! {
    /// Answers to what one asked.
    Inbox Subscribe [Purchase, Delivery, Support, Reporting, Gateway, Operator, CommandHandler, Projector, ExpiryScheduler, Intake, Admin];
    /// Requests of the API in one's own name.
    Ask Publish [Purchase, Delivery, Support, Reporting, Operator];
    /// The same in the name of everybody, whom one has recognised, and on subjects that nobody else may use.
    AskForOthers Publish [Gateway];
    /// Requests of the API, to answer them, and of those who look for services.
    Serve Subscribe [CommandHandler, Projector, ExpiryScheduler];
    /// Looking for services.
    Discover Publish [Operator];
    /// Events in one's own name.
    SendEvents Publish [Purchase, Delivery];
    /// Events that came before, once more.
    SendAgain Publish [Operator, Intake];
    /// Reading by one's ready-made consumers.
    ReadByConsumer Publish [Purchase, Delivery, Reporting, Intake];
    /// Records and markers of the log.
    WriteLog Publish [CommandHandler, ExpiryScheduler, Intake];
    /// Reading the log: single messages, and consumers that follow it.
    ReadLog Publish [CommandHandler, Projector, ExpiryScheduler, Intake];
    /// What came of events, and facts for those who report.
    Tell Publish [Intake];
    /// Events that could not be taken: parking them, reading them, saying what became of them.
    Park Publish [Operator, Intake];
    /// Leases.
    Lease Publish [ExpiryScheduler];
    /// How the ledger's streams and its servers are set up.
    Look Publish [Operator, CommandHandler, Projector, ExpiryScheduler, Intake, Admin];
    /// Making streams and consumers, copying them, and all else that JetStream can do.
    MakeStreams Publish [Admin];
}

impl Class {
    /// Its subjects, for a user.
    pub(crate) fn subjects(self, names: &Names, user: &User) -> Vec<String> {
        let ledger = names.ledger();
        let own = format!("{}.{}", user.kind().name(), token(user.name().unwrap_or_default()));
        match self {
            Self::Inbox => vec![format!("{}.>", user.inbox_prefix())],
            Self::Ask => vec![format!("{ledger}.api.{own}.>")],
            Self::AskForOthers => vec![names.gateway_subjects()],
            Self::Serve => serves(names, user.kind()),
            Self::Discover => vec!["$SRV.>".to_owned()],
            Self::SendEvents => vec![format!("{ledger}.intake.{own}.>")],
            Self::SendAgain => vec![names.intake_subjects()],
            Self::ReadByConsumer => by_consumer(names, user),
            Self::WriteLog => vec![names.ledger_subjects()],
            Self::ReadLog => [gets(&names.ledger_stream()), follows(&names.ledger_stream())].concat(),
            Self::Tell => {
                let told = vec![names.outcome_subjects(), names.facts_subjects()];
                [told, gets(&names.outcome_stream()), gets(&names.facts_stream())].concat()
            }
            Self::Park => [vec![names.parked_subjects()], gets(&names.parked_stream())].concat(),
            Self::Lease => {
                let bucket = names.leases_bucket();
                [vec![format!("$KV.{bucket}.>")], gets(&format!("KV_{bucket}"))].concat()
            }
            Self::Look => looks(names),
            // A copy of a stream is handed over on subjects of its own.
            Self::MakeStreams => vec!["$JS.API.>".to_owned(), "$JS.SNAPSHOT.>".to_owned()],
        }
    }
}

/// What a service answers, and looking for services. A request can hold a code: nobody hears what it does not answer.
fn serves(names: &Names, kind: UserKind) -> Vec<String> {
    let routes: &[&str] = match kind {
        Projector => &[
            "candidate-vouchers",
            "inventory",
            "offer-vouchers",
            "offers",
            "order-lines",
            "pending-goodwill",
            "rebuild",
            "status",
            "verify",
        ],
        ExpiryScheduler => &["expire-due"],
        // Everything else.
        _ => &[],
    };
    let mut subjects: Vec<String> = routes.iter().map(|route| names.api_route(route)).collect();
    if subjects.is_empty() {
        subjects.push(names.api_subjects());
    }
    subjects.push("$SRV.>".to_owned());
    subjects
}

/// Reading single messages of a stream.
fn gets(stream: &str) -> Vec<String> {
    vec![
        format!("$JS.API.STREAM.MSG.GET.{stream}"),
        format!("$JS.API.DIRECT.GET.{stream}"),
        format!("$JS.API.DIRECT.GET.{stream}.>"),
    ]
}

/// Reading a stream by consumers that one makes. Whoever may do this can have messages delivered anywhere in the account.
fn follows(stream: &str) -> Vec<String> {
    vec![
        format!("$JS.API.CONSUMER.CREATE.{stream}"),
        format!("$JS.API.CONSUMER.CREATE.{stream}.>"),
        format!("$JS.API.CONSUMER.DELETE.{stream}.*"),
        format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.*"),
        format!("$JS.ACK.{stream}.>"),
        format!("$JS.ACK.*.*.{stream}.>"),
    ]
}

/// Reading by consumers that are there, and no others.
fn by_consumer(names: &Names, user: &User) -> Vec<String> {
    // A caller's requests for them come from another account, under another name.
    let api = match user.kind().account() {
        Account::Ledger => "$JS.API".to_owned(),
        Account::Callers => names.readers_api(),
    };
    let one = |(stream, consumer): (String, String)| {
        [
            format!("{api}.CONSUMER.INFO.{stream}.{consumer}"),
            format!("{api}.CONSUMER.MSG.NEXT.{stream}.{consumer}"),
            format!("$JS.ACK.{stream}.{consumer}.>"),
            format!("$JS.ACK.*.*.{stream}.{consumer}.>"),
        ]
    };
    user.consumers(names).into_iter().flat_map(one).collect()
}

fn looks(names: &Names) -> Vec<String> {
    let leases = format!("KV_{}", names.leases_bucket());
    let streams = [
        names.ledger_stream(),
        names.intake_stream(),
        names.outcome_stream(),
        names.parked_stream(),
        names.facts_stream(),
        leases,
    ];
    let ask = ["$JS.API.INFO".to_owned(), names.server_report().to_owned()];
    let infos = streams.into_iter().flat_map(|stream| {
        [format!("$JS.API.STREAM.INFO.{stream}"), format!("$JS.API.CONSUMER.INFO.{stream}.*")]
    });
    ask.into_iter().chain(infos).collect()
}
