//! Words about the catalogue and agreements.

use chrono::NaiveDate;
use clap::{ArgGroup, Args, Subcommand};
use resit_domain::{
    AgreementId, BranchId, BuyerFact, Category, Contact, DeliveryMode, ExamCode, OfferId, PracticeTestId,
    ProgrammeId, ProviderId,
};

#[derive(Debug, Args)]
pub(crate) struct ExamWords {
    /// The exam's code.
    pub(crate) exam: ExamCode,
    /// Its categories.
    #[arg(long, value_delimiter = ',')]
    pub(crate) categories: Vec<Category>,
    /// How it is given; every way if absent.
    #[arg(long, value_delimiter = ',')]
    pub(crate) deliveries: Vec<DeliveryMode>,
    /// Who delivers it; everybody if absent.
    #[arg(long, value_delimiter = ',')]
    pub(crate) providers: Vec<ProviderId>,
    /// Practice tests for it.
    #[arg(long, value_delimiter = ',')]
    pub(crate) practice_tests: Vec<PracticeTestId>,
    /// Its last day.
    #[arg(long, value_name = "DATE")]
    pub(crate) retires: Option<NaiveDate>,
    /// The exam that follows it.
    #[arg(long)]
    pub(crate) successor: Option<ExamCode>,
    /// It is a beta.
    #[arg(long)]
    pub(crate) beta: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PracticeTestWords {
    /// The practice test.
    pub(crate) test: PracticeTestId,
    /// Offers whose promotion it belongs to; every offer if absent.
    #[arg(long, value_delimiter = ',')]
    pub(crate) offers: Vec<OfferId>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AgreementWords {
    /// Open an agreement.
    Open {
        /// The agreement.
        agreement: AgreementId,
        /// The licensing programme.
        #[arg(long)]
        programme: ProgrammeId,
        /// Its first day.
        #[arg(long, value_name = "DATE")]
        from: NaiveDate,
        /// Its last day.
        #[arg(long, value_name = "DATE")]
        to: NaiveDate,
        /// Facts about the buyer.
        #[arg(long, value_delimiter = ',')]
        buyer: Vec<BuyerFact>,
        /// Branches that vouchers may be shared out to.
        #[arg(long, value_delimiter = ',')]
        branches: Vec<BranchId>,
        /// Who gets the codes that are ordered under it.
        #[arg(long)]
        administrator: Option<Contact>,
        /// Who gets the lists of codes.
        #[arg(long)]
        contact: Option<Contact>,
    },
    /// Change an agreement's last day, buyer facts, branches or contacts; what is left out stays.
    #[command(group(ArgGroup::new("change").required(true).multiple(true).args(["to", "buyer", "branches", "administrator", "contact"])))]
    Amend {
        /// The agreement.
        agreement: AgreementId,
        /// Its last day from now on.
        #[arg(long, value_name = "DATE")]
        to: Option<NaiveDate>,
        /// All facts about the buyer from now on.
        #[arg(long, value_delimiter = ',')]
        buyer: Vec<BuyerFact>,
        /// All branches from now on, or `none`.
        #[arg(long, value_delimiter = ',')]
        branches: Vec<BranchId>,
        /// Who gets the codes that are ordered under it.
        #[arg(long)]
        administrator: Option<Contact>,
        /// Who gets the lists of codes.
        #[arg(long)]
        contact: Option<Contact>,
    },
}
