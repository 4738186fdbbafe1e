//! Words that become commands.

use resit_api::{
    Activate, ApproveGoodwill, Assign, Cancel, CommandBody, CorrectResult, DeclineGoodwill, Expire, Extend,
    Judged, Outcome, PUBLICATIONS, RecordResult, RecordStep, Reinstate, ReplaceCode, Reply, Reschedule,
    Revoke, Schedule, ShareOut, TakeBackShare, Unassign, VoucherText,
};
use resit_domain::{
    AmendAgreement, BranchId, CancelledBy, ConfirmClock, DefineExam, DefinePracticeTest, ExamFacts,
    ExamResult, ExtendOffer, Gift, Grandfather, Issue, MigrateProvider, OpenAgreement, OrderMode,
    PublishCalendar, PublishPolicy, ReinstateReason, RevokeReason, Warning, WithdrawOffer,
};

use crate::cli::{
    Again, AgreementWords, Came, Canceller, ClockWords, Global, Keeps, Mode, OfferWords, PolicyWords, Reason,
    Words,
};
use crate::desk::{Desk, Order, find};
use crate::exit::{Status, Stopped};
use crate::output::Out;
use crate::{clock, offers};

/// Gives a command, or only lets it be judged, and shows what came of it.
pub(super) fn run(desk: &dyn Desk, words: Words, global: &Global, out: &mut Out) -> Result<Status, Stopped> {
    give(desk, body(desk, words)?, None, global, out)
}

/// The same, of a command that is made already; with a warning that goes along with the answer if it is yes.
pub(super) fn give(
    desk: &dyn Desk,
    body: CommandBody,
    warning: Option<Warning>,
    global: &Global,
    out: &mut Out,
) -> Result<Status, Stopped> {
    let id = match &global.command_id {
        Some(id) => id.clone(),
        None => clock::command_id(global.clock.unwrap_or_else(clock::now))?,
    };
    if global.confirm && !PUBLICATIONS.contains(&body.name()) {
        let text = format!("--confirm is for publications: {}", PUBLICATIONS.join(", "));
        return Err(Stopped::Input(text));
    }
    let ordered = match &body {
        CommandBody::Issue(issue) => Some(issue.order.clone()),
        _ => None,
    };
    let confirm = global.confirm;
    let order = Order { id: id.clone(), actor: global.actor.clone(), body, confirm };
    let outcome = if global.dry_run {
        let judged = desk.judge(order)?;
        let judged = Judged { outcome: judged.outcome.warning(warning), ..judged };
        out.judged(&judged)?;
        judged.outcome
    } else {
        let reply = desk.handle(order).map_err(|stopped| stopped.of_command(id))?;
        let reply = Reply { outcome: reply.outcome.warning(warning), ..reply };
        out.reply(&reply, ordered.as_ref(), desk.clock())?;
        reply.outcome
    };
    Ok(if matches!(outcome, Outcome::Refused { .. }) { Status::Refused } else { Status::Done })
}

fn body(desk: &dyn Desk, words: Words) -> Result<CommandBody, Stopped> {
    // What is about the whole entitlement takes any of its vouchers.
    let whole = |voucher| find(desk, voucher).map(|(id, _)| VoucherText::Id(id, None));
    Ok(match words {
        Words::ShareOut(w) => {
            CommandBody::ShareOut(ShareOut { entitlement: whole(w.voucher)?, branch: w.to, count: w.count })
        }
        Words::TakeBackShare(w) => CommandBody::TakeBackShare(TakeBackShare {
            entitlement: whole(w.voucher)?,
            branch: w.from,
            count: w.count,
        }),
        Words::Revoke(w) => {
            CommandBody::Revoke(Revoke { entitlement: whole(w.voucher)?, reason: reason(w.reason) })
        }
        Words::Reinstate(w) => {
            let Again::DisputeWon = w.reason;
            let (entitlement, reason) = (whole(w.voucher)?, ReinstateReason::DisputeWon);
            CommandBody::Reinstate(Reinstate { entitlement, reason })
        }
        Words::Step(w) => CommandBody::RecordStep(RecordStep {
            entitlement: whole(w.voucher)?,
            step: w.step,
            taken_at: w.taken,
        }),
        Words::Expire(w) => match w.voucher {
            Some(voucher) => CommandBody::Expire(Expire { entitlement: whole(voucher)? }),
            None => unreachable!("everything that is due is the scheduler's business"),
        },
        words => return without_voucher(words),
    })
}

fn without_voucher(words: Words) -> Result<CommandBody, Stopped> {
    Ok(match words {
        Words::Clock(ClockWords::Confirm { reads }) => CommandBody::ConfirmClock(ConfirmClock { reads }),
        Words::Offer(OfferWords::Extend { offer, to }) => {
            CommandBody::ExtendOffer(ExtendOffer { offer, last_day: to })
        }
        Words::Offer(OfferWords::Withdraw { offer, grandfather }) => {
            let grandfather =
                if grandfather == Keeps::Nobody { Grandfather::Nobody } else { Grandfather::OpenAgreements };
            CommandBody::WithdrawOffer(WithdrawOffer { offer, grandfather })
        }
        Words::Offer(OfferWords::MigrateProvider { offer, from, to }) => {
            CommandBody::MigrateProvider(MigrateProvider { offer, from, to })
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
            CommandBody::DefineExam(DefineExam { exam: w.exam, facts })
        }
        Words::PracticeTest(w) => {
            CommandBody::DefinePracticeTest(DefinePracticeTest { test: w.test, offers: w.offers })
        }
        Words::Calendar { file } => {
            CommandBody::PublishCalendar(PublishCalendar { source: offers::read(&file)? })
        }
        Words::Policy(PolicyWords::Publish { file }) => {
            CommandBody::PublishPolicy(PublishPolicy { source: offers::read(&file)? })
        }
        Words::Agreement(AgreementWords::Open {
            agreement,
            programme,
            from,
            to,
            buyer,
            branches,
            administrator,
            contact,
        }) => CommandBody::OpenAgreement(OpenAgreement {
            agreement,
            programme,
            first_day: from,
            last_day: to,
            buyer,
            branches,
            administrator,
            contact,
        }),
        Words::Agreement(AgreementWords::Amend {
            agreement,
            to,
            buyer,
            branches,
            administrator,
            contact,
        }) => CommandBody::AmendAgreement(AmendAgreement {
            agreement,
            last_day: to,
            buyer: some(buyer),
            branches: some(branches).map(unless_none),
            administrator,
            contact,
        }),
        Words::Issue(w) => CommandBody::Issue(Issue {
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
            contact: w.contact,
            mode: w.mode.map(mode),
            valid_until: w.valid_until,
        }),
        words => on_voucher(words),
    })
}

/// A list, unless it was left out.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

/// The list, or an empty one where it says `none` and nothing else.
fn unless_none(list: Vec<BranchId>) -> Vec<BranchId> {
    if list.iter().map(BranchId::as_str).eq(["none"]) { Vec::new() } else { list }
}

fn on_voucher(words: Words) -> CommandBody {
    match words {
        Words::Assign(w) => {
            CommandBody::Assign(Assign { voucher: w.voucher, candidate: w.to, branch: w.branch })
        }
        Words::Unassign(w) => CommandBody::Unassign(Unassign { voucher: w.voucher }),
        Words::Schedule(w) => CommandBody::Schedule(Schedule {
            voucher: w.voucher,
            candidate: w.by,
            exam: w.exam,
            sit_at: w.sit,
            booked_at: w.booked,
            delivery: w.delivery,
            provider: w.provider,
            channel: w.channel,
            region: w.region,
            branch: w.branch,
            paid: w.paid,
        }),
        Words::Reschedule(w) => {
            CommandBody::Reschedule(Reschedule { voucher: w.voucher, sit_at: w.sit, moved_at: w.moved })
        }
        Words::Cancel(w) => {
            let by = if w.by == Canceller::Provider { CancelledBy::Provider } else { CancelledBy::Candidate };
            CommandBody::Cancel(Cancel { voucher: w.voucher, by, cancelled_at: w.cancelled })
        }
        Words::Result(w) => CommandBody::RecordResult(RecordResult {
            voucher: w.voucher,
            result: came(w.result),
            sat_at: w.sat,
        }),
        Words::Correct(w) => CommandBody::CorrectResult(CorrectResult {
            voucher: w.voucher,
            attempt: w.attempt,
            result: came(w.result),
            sat_at: w.sat,
        }),
        Words::Activate(w) => CommandBody::Activate(Activate {
            voucher: w.voucher,
            candidate: w.by,
            test: w.test,
            branch: w.branch,
            provider: w.provider,
            activated_at: w.activated,
        }),
        Words::ReplaceCode(w) => CommandBody::ReplaceCode(ReplaceCode { voucher: w.voucher }),
        Words::Extend(w) => {
            let voucher = w.voucher;
            let gift = match (w.longer_term, w.waiver) {
                (Some(last_day), _) => Gift::LongerTerm { last_day },
                (None, Some(rule)) => Gift::Waiver { rule, candidate: w.candidate },
                (None, None) => Gift::ExtraAttempt,
            };
            CommandBody::Extend(Extend {
                voucher,
                gift,
                reason: w.reason,
                approver: w.approver,
                dispute: w.dispute,
            })
        }
        Words::ApproveGoodwill(w) => {
            CommandBody::ApproveGoodwill(ApproveGoodwill { voucher: w.voucher, proposal: w.proposal })
        }
        Words::DeclineGoodwill(w) => CommandBody::DeclineGoodwill(DeclineGoodwill {
            voucher: w.voucher,
            proposal: w.proposal,
            reason: w.reason,
        }),
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

fn mode(mode: Mode) -> OrderMode {
    match mode {
        Mode::Subscription => OrderMode::Subscription,
        Mode::Prorated => OrderMode::Prorated,
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
