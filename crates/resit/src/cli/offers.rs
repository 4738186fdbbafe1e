//! Words about offers and policies.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use resit_domain::{OfferId, ProgrammeId, ProviderId};

#[derive(Debug, Subcommand)]
pub(crate) enum OfferWords {
    /// Read an offer file, explain it in plain words, and run the examples in it.
    Check {
        /// Offer files, or ids of built-in offers.
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// Publish an offer, or a new version of it.
    Publish(PublishWords),
    /// List the published offers: which version is in force, since when, until when.
    List,
    /// Show a published offer: its versions, its last day and what moved it, its withdrawal, its provider's moves.
    Show {
        /// The offer.
        offer: OfferId,
    },
    /// Move the end of an offer to a later day.
    Extend {
        /// The offer.
        offer: OfferId,
        /// Its new last day.
        #[arg(long, value_name = "DATE")]
        to: NaiveDate,
    },
    /// End the sale of an offer; what was sold goes on.
    Withdraw {
        /// The offer.
        offer: OfferId,
        /// Who may still order.
        #[arg(long, value_enum, default_value_t = Keeps::Nobody)]
        grandfather: Keeps,
    },
    /// Move an offer's exams to another delivery provider while vouchers are live.
    MigrateProvider {
        /// The offer.
        offer: OfferId,
        /// The old provider.
        #[arg(long)]
        from: ProviderId,
        /// The new one.
        #[arg(long)]
        to: ProviderId,
    },
    /// List the offers that come with the program, published or not.
    BuiltIn,
    /// Print the file of a built-in offer, to publish it or to write another one after it.
    Print {
        /// Its id.
        offer: String,
        /// Write it here instead.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyWords {
    /// Read a policy file, and explain it in plain words.
    Check {
        /// Policy files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Publish a programme's policy, or a new version of it. What is registered from then on is judged by it.
    Publish {
        /// The policy file.
        file: PathBuf,
    },
    /// Show a programme's policy: the version in force and what it says, and all versions.
    Show {
        /// The programme.
        programme: ProgrammeId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PublishWords {
    /// An offer file, or the id of a built-in offer. The examples in it must come true.
    pub(crate) file: String,
    /// Publish it also if they do not.
    #[arg(long)]
    pub(crate) without_examples: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Keeps {
    Nobody,
    OpenAgreements,
}
