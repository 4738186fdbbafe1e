//! Words that become commands.

use resit_command_handler::{Outcome, Request};
use resit_domain::{
    Activate, AmendAgreement, Assign, Cancel, CancelledBy, Command, CorrectResult, DefineExam,
    DefinePracticeTest, ExamFacts, ExamResult, Expire, Extend, ExtendOffer, Gift, Grandfather, Issue,
    MigrateProvider, OpenAgreement, PublishCalendar, PublishOffer, RecordResult, RecordStep, ReplaceCode,
    Reschedule, Revoke, RevokeReason, Schedule, ShareOut, Unassign, VoucherRef, WithdrawOffer,
};

use super::find;
use crate::cli::{AgreementWords, Came, Canceller, Global, Keeps, OfferWords, Reason, Words};
use crate::exit::{Status, Stopped};
use crate::ledger::Ledger;
use crate::output::Out;
use crate::{clock, offers};

/// Gives a command to the handler, or only judges it, and shows what came of it.
pub(super) async fn run(
    ledger: &Ledger,
    words: Words,
    global: &Global,
    out: &mut Out,
) -> Result<Status, Stopped> {
    let now = super::judging_at(ledger, global)?;
    let command = command(ledger, words).await?;
    let id = match &global.command_id {
        Some(id) => id.clone(),
        None => clock::command_id(now)?,
    };
    let request = Request { id, actor: global.actor.clone(), command };
    let refused = if global.dry_run {
        let judged = ledger.handler.judge(&request, now).await?;
        out.judged(&judged)?;
        matches!(judged.outcome, Outcome::Refused(_))
    } else {
        let reply = ledger.handler.handle(request.clone(), now).await?;
        out.reply(&request, &reply, now)?;
        matches!(reply.outcome, Outcome::Refused(_))
    };
    Ok(if refused { Status::Refused } else { Status::Done })
}

async fn command(ledger: &Ledger, words: Words) -> Result<Command, Stopped> {
    Ok(match words {
        Words::Offer(OfferWords::Publish { file }) => PublishOffer { source: offers::source(&file)? }.into(),
        Words::Offer(OfferWords::Extend { offer, to }) => ExtendOffer { offer, last_day: to }.into(),
        Words::Offer(OfferWords::Withdraw { offer, grandfather }) => {
            let grandfather =
                if grandfather == Keeps::Nobody { Grandfather::Nobody } else { Grandfather::OpenAgreements };
            WithdrawOffer { offer, grandfather }.into()
        }
        Words::Offer(OfferWords::MigrateProvider { offer, from, to }) => {
            MigrateProvider { offer, from, to }.into()
        }
        Words::Exam(w) => {
            let facts = ExamFacts {
                categories: w.categories,
                deliveries: w.deliveries,
                providers: w.providers,
                practice_tests: w.practice_tests,
                retires_on: w.retires,
                successor: w.successor,
                beta: w.beta,
            };
            DefineExam { exam: w.exam, facts }.into()
        }
        Words::PracticeTest(w) => DefinePracticeTest { test: w.test, offers: w.offers }.into(),
        Words::Calendar { file } => PublishCalendar { source: offers::read(&file)? }.into(),
        Words::Agreement(AgreementWords::Open { agreement, programme, from, to, buyer, branches }) => {
            OpenAgreement { agreement, programme, first_day: from, last_day: to, buyer, branches }.into()
        }
        Words::Agreement(AgreementWords::Amend { agreement, to, buyer, branches }) => {
            AmendAgreement { agreement, last_day: to, buyer: some(buyer), branches: some(branches) }.into()
        }
        Words::Issue(w) => Issue {
            order: w.order,
            offer: w.offer,
            quantity: w.quantity,
            pieces: None,
            purchased_at: w.purchased,
            paid: !w.free,
            channel: w.channel,
            region: w.region,
            agreement: w.agreement,
            buyer: w.buyer,
            combined_with: w.combined_with,
            holder: w.holder,
            exam: w.exam,
            tier: w.tier,
        }
        .into(),
        Words::ShareOut(w) => {
            ShareOut { entitlement: find(ledger, w.voucher).await?.0, branch: w.to, count: w.count }.into()
        }
        Words::Revoke(w) => {
            Revoke { entitlement: find(ledger, w.voucher).await?.0, reason: reason(w.reason) }.into()
        }
        Words::Step(w) => {
            RecordStep { entitlement: find(ledger, w.voucher).await?.0, step: w.step, taken_at: w.taken }
                .into()
        }
        Words::Expire(w) => match w.voucher {
            Some(voucher) => Expire { entitlement: find(ledger, voucher).await?.0 }.into(),
            None => unreachable!("everything that is due is the scheduler's business"),
        },
        words => on_voucher(words),
    })
}

/// A list, unless it was left out.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn on_voucher(words: Words) -> Command {
    match words {
        Words::Assign(w) => Assign { voucher: w.voucher.into(), candidate: w.to, branch: w.branch }.into(),
        Words::Unassign(w) => Unassign { voucher: w.voucher.into() }.into(),
        Words::Schedule(w) => Schedule {
            voucher: w.voucher.into(),
            candidate: w.by,
            exam: w.exam,
            sit_at: w.sit,
            booked_at: w.booked,
            delivery: w.delivery,
            provider: w.provider,
            channel: w.channel,
            region: w.region,
            branch: w.branch,
        }
        .into(),
        Words::Reschedule(w) => Reschedule { voucher: w.voucher.into(), sit_at: w.sit }.into(),
        Words::Cancel(w) => {
            let by = if w.by == Canceller::Provider { CancelledBy::Provider } else { CancelledBy::Candidate };
            Cancel { voucher: w.voucher.into(), by }.into()
        }
        Words::Result(w) => {
            RecordResult { voucher: w.voucher.into(), result: came(w.result), sat_at: w.sat }.into()
        }
        Words::Correct(w) => {
            CorrectResult { voucher: w.voucher.into(), attempt: w.attempt, result: came(w.result) }.into()
        }
        Words::Activate(w) => {
            Activate { voucher: w.voucher.into(), candidate: w.by, test: w.test, branch: w.branch }.into()
        }
        Words::ReplaceCode(w) => ReplaceCode { voucher: w.voucher.into() }.into(),
        Words::Extend(w) => {
            let voucher: VoucherRef = w.voucher.into();
            let gift = match (w.longer_term, w.waiver) {
                (Some(last_day), _) => Gift::LongerTerm { last_day },
                (None, Some(rule)) => Gift::Waiver { rule },
                (None, None) => Gift::ExtraAttempt,
            };
            Extend { voucher, gift, reason: w.reason, approver: w.approver, dispute: w.dispute }.into()
        }
        _ => unreachable!("every other word was taken before"),
    }
}

fn came(came: Came) -> ExamResult {
    match came {
        Came::Pass => ExamResult::Pass,
        Came::Fail => ExamResult::Fail,
        Came::Missed => ExamResult::Missed,
        Came::TechnicalFault => ExamResult::TechnicalFault,
        Came::Invalidated => ExamResult::Invalidated,
    }
}

fn reason(reason: Reason) -> RevokeReason {
    match reason {
        Reason::Refund => RevokeReason::Refund,
        Reason::Chargeback => RevokeReason::Chargeback,
        Reason::Fraud => RevokeReason::Fraud,
        Reason::Withdrawn => RevokeReason::Withdrawn,
    }
}
