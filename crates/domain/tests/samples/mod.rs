//! One event of every type with all it can hold, and of some types more.

use std::fmt::Debug;
use std::str::FromStr;

use resit_domain::correction::*;
use resit_domain::event::*;
use resit_domain::*;

fn id<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn ids<T: FromStr<Err: Debug>>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| id(text)).collect()
}

fn some<T: FromStr<Err: Debug>>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn t(text: &str) -> Timestamp {
    id(text)
}

fn order() -> OrderLine {
    OrderLine { shop: id("shop"), number: id("PO-7"), line: 1 }
}

fn piece() -> EntitlementId {
    EntitlementId::of_order(&order(), 1)
}

fn code(last: u8) -> Fingerprint {
    Fingerprint([0xab, 0xcd, 0xef, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, last])
}

fn time_corrected() -> TimeCorrected {
    let flip = |command, position, turn, after: &str| Flip {
        command: id(command),
        position,
        turn,
        before: "accepted: VoucherIssued, CodeMinted".to_owned(),
        after: after.to_owned(),
    };
    let fact = StoredFact {
        kind: "StepTaken".to_owned(),
        version: 1,
        happened_at: t("2019-03-01"),
        body: vec![0x80, 0xff],
    };
    TimeCorrected {
        first: 4_711,
        last: 4_720,
        ahead_ms: 315_532_800_000,
        reason: "the time server was ten years ahead".to_owned(),
        latest: t("2029-03-01T12:00Z"),
        not_before: some("2019-03-01"),
        voided: Voided { expired: 3, ends_soon: 2, delivery_overdue: 1 },
        instead: vec![Replacement { position: 4_712, facts: vec![fact] }],
        flips: vec![
            flip("order-1", 4_712, Turn::Replaced, "accepted: VoucherIssued, CodeMinted, with other facts"),
            flip("order-2", 4_715, Turn::Stands, "refused by still-sold"),
            Flip {
                before: "refused by retake-sit-by".to_owned(),
                ..flip("book-3", 4_720, Turn::StaysRefused, "accepted: ExamScheduled")
            },
        ],
        turned: FlipCounts { replaced: 1, stand: 1, stay_refused: 1 },
    }
}

/// Each with the name of its file: its type, and what is special about it.
pub(crate) fn events() -> Vec<(&'static str, Event)> {
    let mut events = offers();
    events.extend(purchases());
    events.extend(exams());
    events.extend(afterwards());
    events.extend(records());
    events
}

fn offers() -> Vec<(&'static str, Event)> {
    let source = "format = 1\n".to_owned();
    let hash = TermsHash::of(source.as_bytes());
    let facts = ExamFacts {
        categories: ids(&["pro"]),
        deliveries: ids(&["online", "test-centre"]),
        providers: ids(&["provider"]),
        practice_tests: ids(&["practice-1"]),
        retires_on: some("2020-12-31"),
        successor: some("exam-2"),
        beta: true,
    };
    vec![
        ("OfferPublished", OfferPublished { source: source.clone(), hash }.into()),
        ("OfferExtended", OfferExtended { last_day: id("2008-06-30") }.into()),
        ("OfferWithdrawn", OfferWithdrawn { grandfather: Grandfather::Nobody }.into()),
        ("OfferWithdrawn-agreements", OfferWithdrawn { grandfather: Grandfather::OpenAgreements }.into()),
        ("ProviderMigrated", ProviderMigrated { from: id("old"), to: id("new") }.into()),
        ("PolicyPublished", PolicyPublished { source: source.clone(), hash }.into()),
        ("CalendarPublished", CalendarPublished { source: source.clone() }.into()),
        ("ZoneRulesPublished", ZoneRulesPublished { source, hash }.into()),
        ("ExamDefined", ExamDefined { facts }.into()),
        ("ExamDefined-smallest", ExamDefined { facts: ExamFacts::default() }.into()),
        ("PracticeTestDefined", PracticeTestDefined { offers: ids(&["offer"]) }.into()),
    ]
}

fn purchases() -> Vec<(&'static str, Event)> {
    let opened = AgreementOpened {
        programme: id("volume"),
        first_day: id("2019-07-01"),
        last_day: id("2020-06-30"),
        buyer: ids(&["accredited"]),
        branches: ids(&["north", "south"]),
        administrator: None,
        contact: None,
    };
    let amended = AgreementAmended {
        last_day: id("2020-12-31"),
        buyer: ids(&["accredited"]),
        branches: ids(&["north"]),
        administrator: None,
        contact: None,
    };
    let placed = OrderPlaced {
        order: order(),
        offer: id("offer"),
        entitlements: vec![piece()],
        subscription_last_day: some("2020-09-01"),
    };
    let smallest = VoucherIssued {
        order: order(),
        piece: 1,
        pieces: 2,
        offer: id("offer"),
        terms: TermsHash::of(b"terms"),
        purchased_at: t("2019-09-01T10:00:00.123Z"),
        paid: true,
        units: vec![IssuedUnit { benefit: 0, code: code(1) }, IssuedUnit { benefit: 1, code: code(2) }],
        channel: None,
        agreement: None,
        first_order_last_day: None,
        prorated: None,
        tier: None,
        mode: None,
        term_last_day: None,
        valid_until: None,
        said: None,
    };
    let issued = VoucherIssued {
        channel: some("web"),
        agreement: some("agreement-1"),
        first_order_last_day: some("2020-09-01"),
        prorated: Some((7, 12)),
        tier: Some("B".to_owned()),
        said: None,
        ..smallest.clone()
    };
    let with_contacts = AgreementOpened {
        administrator: some("licences@example.org"),
        contact: some("school@example.org"),
        ..opened.clone()
    };
    let by_mode = VoucherIssued {
        mode: Some(OrderMode::Subscription),
        term_last_day: some("2020-09-01"),
        valid_until: some("2020-05-31"),
        ..smallest.clone()
    };
    vec![
        ("AgreementOpened", opened.into()),
        ("AgreementOpened-contacts", with_contacts.into()),
        ("AgreementAmended", amended.into()),
        ("OrderPlaced", placed.into()),
        ("OrderRevoked", OrderRevoked { order: order(), entitlement: piece() }.into()),
        ("OrderReinstated", OrderReinstated { order: order(), entitlement: piece() }.into()),
        ("VoucherIssued", issued.into()),
        ("VoucherIssued-by-mode", by_mode.into()),
        ("VoucherIssued-smallest", smallest.into()),
        ("CodeMinted", CodeMinted { entitlement: piece(), unit: 1 }.into()),
        ("HolderBound", HolderBound { unit: Some(1), candidate: id("ann") }.into()),
        ("HolderBound-pack", HolderBound { unit: None, candidate: id("ann") }.into()),
        ("VoucherAssigned", VoucherAssigned { unit: Some(1), candidate: id("ann") }.into()),
        ("VoucherUnassigned", VoucherUnassigned { unit: Some(1) }.into()),
        ("VouchersSharedOut", VouchersSharedOut { branch: id("north"), units: vec![1, 2] }.into()),
        ("SharesTakenBack", SharesTakenBack { branch: id("north"), units: vec![2] }.into()),
        ("StepTaken", StepTaken { step: "billed".to_owned() }.into()),
        (
            "DeliveryOverdue",
            DeliveryOverdue {
                clock: "codes".to_owned(),
                due_at: t("2020-01-08"),
                clause: "S3-18".to_owned(),
            }
            .into(),
        ),
    ]
}

fn exams() -> Vec<(&'static str, Event)> {
    let (unit, sat_at) = (1, t("2019-10-01T10:00:00Z"));
    let scheduled = ExamScheduled {
        unit,
        attempt: 1,
        candidate: id("ann"),
        exam: id("exam-1"),
        categories: ids(&["pro"]),
        sit_at: sat_at,
        retires_on: some("2020-12-31"),
        terms: Some(TermsHash::of(b"terms")),
        delivery: some("online"),
        provider: some("provider"),
        region: some("eu"),
        paid: None,
    };
    let paid = ExamScheduled { paid: Some(true), ..scheduled.clone() };
    let no_time = RetakeVerdict::NoTime { ended_at: t("2019-10-02"), clause: "R2".to_owned() };
    let failed = |retake| ExamFailed { unit, sat_at, retake, booked_at: None };
    let missed = |attempt| ExamMissed { unit, sat_at, attempt, booked_at: None };
    let voided = |result, attempt| ExamVoided { unit, sat_at, result, attempt, booked_at: None };
    let corrected = ResultCorrected {
        unit,
        attempt: 1,
        was: ExamResult::Pass,
        now: ExamResult::Fail,
        sat_at: None,
        booked_at: None,
        becomes: Some(AttemptFate::Failed(RetakeVerdict::Granted)),
        flips: ids(&["command-9"]),
    };
    let granted = RetakeGranted {
        unit,
        attempt: 2,
        exam: id("exam-1"),
        wait_until: some("2019-10-02"),
        ends_at: some("2020-09-02"),
    };
    let cancelled = |by, given_back| ExamCancelled { unit, by, given_back, booked_at: None };
    vec![
        ("ExamScheduled", scheduled.into()),
        ("ExamScheduled-paid", paid.into()),
        (
            "ExamRescheduled",
            ExamRescheduled { unit, sit_at: t("2019-11-01T10:00:00Z"), booked_at: None }.into(),
        ),
        ("ExamCancelled", cancelled(Some(CancelledBy::Candidate), false).into()),
        ("ExamCancelled-provider", cancelled(Some(CancelledBy::Provider), true).into()),
        ("ExamCancelled-correction", cancelled(None, true).into()),
        ("ExamPassed", ExamPassed { unit, sat_at, booked_at: None }.into()),
        ("ExamFailed", failed(RetakeVerdict::Granted).into()),
        ("ExamFailed-no-time", failed(no_time).into()),
        ("ExamFailed-none-left", failed(RetakeVerdict::NoneLeft).into()),
        ("ExamFailed-not-paid", failed(RetakeVerdict::NotPaid).into()),
        ("ExamFailed-revoked", failed(RetakeVerdict::Revoked).into()),
        ("ExamMissed", missed(AttemptFate::Forfeited).into()),
        ("ExamMissed-failed", missed(AttemptFate::Failed(RetakeVerdict::Granted)).into()),
        ("ExamVoided", voided(ExamResult::TechnicalFault, AttemptFate::GivenBack).into()),
        ("ExamVoided-invalidated", voided(ExamResult::Invalidated, AttemptFate::Forfeited).into()),
        ("RetakeGranted", granted.into()),
        ("RetakeWithdrawn", RetakeWithdrawn { unit }.into()),
        ("ResultCorrected", corrected.clone().into()),
        ("ResultCorrected-smallest", ResultCorrected { becomes: None, flips: vec![], ..corrected }.into()),
    ]
}

fn afterwards() -> Vec<(&'static str, Event)> {
    let (unit, candidate): (_, CandidateId) = (2, id("ann"));
    let activated = PracticeTestActivated {
        unit,
        candidate: candidate.clone(),
        test: id("practice-1"),
        ends_at: t("2019-11-01"),
    };
    let extended = |gift, until| Extended {
        unit,
        gift,
        until,
        reason: "illness".to_owned(),
        approver: some("chief"),
        dispute: some("command-7"),
        proposal: None,
    };
    let longer = Gift::LongerTerm { last_day: id("2020-12-31") };
    let waiver = Gift::Waiver { rule: Rule::RetakeWait, candidate: None };
    let for_one = Gift::Waiver { rule: Rule::HolderMatches, candidate: some("ann") };
    let approved = Extended { proposal: Some(2), ..extended(for_one.clone(), None) };
    let proposed = GoodwillProposed {
        unit,
        proposal: 2,
        gift: for_one,
        reason: "illness".to_owned(),
        by: id("dana"),
        dispute: some("command-7"),
        expires_at: t("2020-09-02"),
    };
    let declined = GoodwillDeclined { unit, proposal: 2, by: id("chief"), reason: some("not this time") };
    let smallest = Extended { approver: None, dispute: None, ..extended(Gift::ExtraAttempt, None) };
    let expired =
        Expired { unit, ended_at: t("2020-09-02"), rule: Rule::RegisterBy, clause: "S0-6".to_owned() };
    let ends_soon = EndsSoon {
        unit,
        ends_at: t("2020-09-02"),
        notice_at: t("2020-08-03"),
        before: id("P30D"),
        rule: Rule::RegisterBy,
        clause: "S0-6".to_owned(),
    };
    vec![
        ("PracticeTestActivated", activated.into()),
        (
            "LibraryUnlocked",
            LibraryUnlocked {
                unit,
                candidate: candidate.clone(),
                conditions: vec!["no printing".to_owned()],
            }
            .into(),
        ),
        ("SubscriptionStarted", SubscriptionStarted { unit, candidate }.into()),
        ("CodeReplaced", CodeReplaced { unit, old: code(1), new: code(2) }.into()),
        ("Revoked", Revoked { units: vec![2, 3], rest: vec![1], reason: RevokeReason::Refund }.into()),
        (
            "Revoked-smallest",
            Revoked { units: vec![1], rest: vec![], reason: RevokeReason::Chargeback }.into(),
        ),
        ("Extended", extended(longer, some("2021-01-01")).into()),
        ("Extended-waiver", extended(waiver, None).into()),
        ("Extended-smallest", smallest.into()),
        ("Extended-approved", approved.into()),
        ("GoodwillProposed", proposed.clone().into()),
        (
            "GoodwillProposed-smallest",
            GoodwillProposed { gift: Gift::ExtraAttempt, dispute: None, ..proposed }.into(),
        ),
        ("GoodwillDeclined", declined.clone().into()),
        ("GoodwillDeclined-smallest", GoodwillDeclined { reason: None, ..declined }.into()),
        ("Reinstated", Reinstated { units: vec![1, 2], reason: ReinstateReason::DisputeWon }.into()),
        ("Expired", expired.into()),
        ("EndsSoon", ends_soon.into()),
    ]
}

fn records() -> Vec<(&'static str, Event)> {
    let (entitlement, unit, sit_at) = (piece(), 1, t("2019-10-01T10:00:00Z"));
    let refusal = Refusal {
        rule: Rule::RetakeNeedsFail,
        layer: Layer::Offer,
        clause: "S0-7".to_owned(),
        facts: vec![Fact { name: "attempts-used".to_owned(), value: "1".to_owned() }],
        remedy: "a retake opens when a fail of the exam is on record".to_owned(),
    };
    vec![
        ("CommandRefused", CommandRefused { refusal }.into()),
        ("CommandRepeated", CommandRepeated { what: "it is active already".to_owned() }.into()),
        (
            "AttemptBooked",
            AttemptBooked { entitlement, unit, exam: id("exam-1"), sit_at, beta: true, programme: None }
                .into(),
        ),
        ("AttemptMoved", AttemptMoved { entitlement, unit, sit_at, booked_at: None }.into()),
        ("AttemptCancelled", AttemptCancelled { entitlement, unit, late: true, booked_at: None }.into()),
        (
            "AttemptConcluded",
            AttemptConcluded {
                entitlement,
                unit,
                sat_at: sit_at,
                result: ExamResult::Missed,
                booked_at: None,
            }
            .into(),
        ),
        (
            "AttemptCorrected",
            AttemptCorrected { entitlement, unit, sat_at: sit_at, result: ExamResult::Pass, booked_at: None }
                .into(),
        ),
        ("AttemptRefused", AttemptRefused { entitlement, unit }.into()),
        ("ClockConfirmed", ClockConfirmed { reads: sit_at, recorded_until: some("2018-10-01") }.into()),
        ("ClockConfirmed-smallest", ClockConfirmed { reads: sit_at, recorded_until: None }.into()),
        ("TimeCorrected", time_corrected().into()),
        (
            "TimeCorrected-smallest",
            TimeCorrected {
                not_before: None,
                instead: Vec::new(),
                flips: Vec::new(),
                voided: Voided::default(),
                turned: FlipCounts::default(),
                ..time_corrected()
            }
            .into(),
        ),
    ]
}
