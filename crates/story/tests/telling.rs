//! Small stories, told: what is met, what is not, and what stops them.

use std::sync::Arc;

use resit_event_log::MemoryLog;
use resit_story::{
    InProcess, OfferCheck, Paint, Printer, Runner, Story, StoryFailure, StoryReport, Told, Unproven,
    check_offer, check_offer_beside,
};
use resit_voucher_code::CodeKey;

const EXAM_REPLAY: &str = include_str!("../../../deploy/offers/exam-replay.toml");
const WITH_PRACTICE_TEST: &str = include_str!("../../../deploy/offers/exam-replay-practice-test.toml");

const START: &str = "\
story One voucher
at 2019-09-01T10:00Z
offer exam-replay
exam AZ-104 categories=associate
when issue A
";

fn built_in(id: &str) -> Option<String> {
    match id {
        "exam-replay" => Some(EXAM_REPLAY.to_owned()),
        "exam-replay-practice-test" => Some(WITH_PRACTICE_TEST.to_owned()),
        _ => None,
    }
}

fn runner(log: &Arc<MemoryLog>) -> Runner {
    let venue = InProcess::new(log.clone(), Arc::new(CodeKey::from_bytes([7; 32]))).unwrap();
    Runner::new(Arc::new(venue), built_in, ".")
}

async fn tell_on(log: &Arc<MemoryLog>, text: &str) -> (Result<StoryReport, StoryFailure>, Vec<Told>) {
    let story = Story::parse("test.story", text).unwrap();
    let mut told = Vec::new();
    let report = runner(log).run(&story, &mut |item| told.push(item)).await;
    (report, told)
}

async fn tell(rest: &str) -> StoryReport {
    tell_on(&Arc::default(), &format!("{START}{rest}")).await.0.unwrap()
}

/// What is found in place of the one expectation that is not met.
async fn found(rest: &str) -> String {
    let report = tell(rest).await;
    assert_eq!(report.unmet.len(), 1, "{rest}: {:?}", report.unmet);
    report.unmet[0].found.clone()
}

async fn holds(rest: &str) {
    let report = tell(rest).await;
    assert!(report.holds(), "{rest}: {:?}", report.unmet);
}

const REGISTERED: &str = "when schedule A by=anna exam=AZ-104 sit=2019-10-01T09:00Z delivery=online\n";

#[tokio::test]
async fn a_story_that_comes_out_as_it_says_holds() {
    let report = tell(&format!(
        "expect events VoucherIssued
         expect no warning
         expect A codes 1
         expect A holder nobody
         expect A ends 2020-09-02
         {REGISTERED}expect events HolderBound ExamScheduled
         expect A registered
         expect A attempts 1 of 2
         tick to 2020-09-02
         expect expired A
         expect overdue nothing
         expect A ended"
    ))
    .await;
    assert_eq!(report.unmet, []);
    assert_eq!((report.title.as_str(), report.commands, report.expectations), ("One voucher", 4, 11));
}

#[tokio::test]
async fn what_is_found_instead_is_said_in_the_words_of_the_story() {
    assert_eq!(found("expect A used").await, "A unused");
    assert_eq!(found("expect A ends never").await, "A ends 2020-09-02T00:00:00Z (S0-6)");
    assert_eq!(found("expect A holder anna").await, "A holder nobody");
    assert_eq!(found("expect A attempts 1 of 3").await, "A attempts 0 of 2");
    assert_eq!(found("expect A codes 2").await, "A codes 1");
    assert_eq!(found("expect A.2 unused").await, "A has 1 voucher, and no A.2");
    assert_eq!(found("expect nobody unused").await, "nobody was never issued");
    assert_eq!(found("expect events ExamFailed").await, "events VoucherIssued");
    assert_eq!(found("expect warned S0-5").await, "no warning");
    assert_eq!(found("expect repeated").await, "events VoucherIssued");
    assert_eq!(found("expect replayed").await, "accepted for the first time");
    assert_eq!(found("expect error id-reused").await, "accepted");
    assert_eq!(found("expect refused S0-7").await, "accepted");
    assert_eq!(found("tick P1Y\nexpect expired A").await, "expired nothing");
    assert_eq!(found("tick P13M\nexpect expired nothing").await, "expired A");
    assert_eq!(found("tick P13M\nexpect overdue A codes-list").await, "overdue nothing");
}

#[tokio::test]
async fn a_refusal_is_met_by_its_clause_and_by_its_rule_if_one_is_named() {
    let refused = "when result A pass\n";
    holds(&format!("{refused}expect refused ledger")).await;
    holds(&format!("{refused}expect refused ledger [result-awaited]")).await;
    assert!(
        found(&format!("{refused}expect refused S0-7"))
            .await
            .starts_with("refused by ledger (result-awaited")
    );
    assert!(found(&format!("{refused}expect refused ledger [due]")).await.contains("(result-awaited"));
}

#[tokio::test]
async fn a_refusal_that_no_line_expects_is_not_passed_over() {
    let report = tell("when result A pass\nexpect A unused").await;
    assert_eq!(report.unmet.len(), 1);
    assert_eq!((report.unmet[0].line, report.unmet[0].expected.starts_with("accepted")), (6, true));
}

#[tokio::test]
async fn the_same_command_again_is_replayed_and_the_same_id_for_another_is_an_error() {
    holds("when again\nexpect replayed\nexpect events VoucherIssued").await;
    holds("when issue A order=A id=other\nexpect repeated").await;
    holds("when replace-code A id=x\nwhen unassign A id=x\nexpect error id-reused").await;
    assert!(found("when replace-code A id=x\nwhen unassign A id=x").await.starts_with("error id-reused"));
    holds(
        "when publish exam-replay-practice-test
         when issue B offer=exam-replay-practice-test quantity=50001
         expect error too-large",
    )
    .await;
}

#[tokio::test]
async fn the_scheduler_sleeps_while_time_is_skipped() {
    holds("skip P13M\nexpect A ended\ntick PT1S\nexpect expired A\ntick PT1S\nexpect expired nothing").await;
}

#[tokio::test]
async fn codes_lead_to_their_voucher_until_they_are_replaced() {
    holds(&format!(
        "{}
         when replace-code code(A)
         expect events CodeReplaced
         expect A codes 2
         when schedule old-code(A) by=anna exam=AZ-104 sit=2019-10-02
         expect refused R11 [code-current]
         when cancel old-code(A)
         expect refused R11 [known-voucher]
         when cancel code(A)
         expect events ExamCancelled
         when cancel code(0123-4567-89AB-CDEF-GHJK-MNP3)
         expect refused R11 [known-voucher]
         when cancel nobody.1
         expect refused R11 [known-voucher]",
        REGISTERED.trim_end()
    ))
    .await;
}

#[tokio::test]
async fn pieces_of_an_order_have_names_of_their_own() {
    holds("when issue B quantity=3\nexpect events VoucherIssued\nexpect B#3 unused\ntick P13M\nexpect expired A B B#2 B#3")
        .await;
}

#[tokio::test]
async fn a_stage_that_is_refused_stops_the_story_with_clause_and_remedy() {
    let (report, _) =
        tell_on(&Arc::default(), &format!("{START}agreement EA-1 programme=p from=2020-01-01 to=2019-01-01"))
            .await;
    let error = report.unwrap_err().to_string();
    for says in [
        "test.story:6: ",
        "refused by ledger (dates-in-order",
        "name a last day that is not before the first",
    ] {
        assert!(error.contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_stage_that_is_set_already_is_passed_over_and_one_that_differs_is_not() {
    let agreement = "agreement EA-1 programme=p from=2019-01-01 to=2020-01-01";
    let (report, told) = tell_on(&Arc::default(), &format!("{START}offer exam-replay\n{agreement}")).await;
    assert!(report.is_ok() && told.iter().any(|item| matches!(item, Told::AlreadySo { .. })));
    let differs = format!("{START}{agreement}\n{}", agreement.replace("2020", "2021"));
    let error = tell_on(&Arc::default(), &differs).await.0.unwrap_err().to_string();
    assert!(error.contains("test.story:7: ") && error.contains("amend it instead"), "{error}");
}

#[tokio::test]
async fn what_is_missing_stops_the_story() {
    for (line, says) in [
        ("offer second-shot", "no built-in offer of this id"),
        ("offer nowhere/else.toml", "nowhere/else.toml can't be read"),
        ("when cancel old-code(A)", "`A` has had 1 code, too few"),
        ("when cancel code(nobody)", "`nobody` has had 0 codes"),
    ] {
        let (report, _) = tell_on(&Arc::default(), &format!("{START}{line}")).await;
        let error = report.unwrap_err().to_string();
        assert!(error.starts_with("test.story:6: ") && error.contains(says), "{error}");
    }
    let (report, _) = tell_on(&Arc::default(), "at 2019-09-01\nwhen issue A").await;
    assert!(report.unwrap_err().to_string().contains("no offer was published"));
}

#[tokio::test]
async fn a_story_told_twice_on_one_log_is_recognised() {
    let log = Arc::default();
    let text = format!("{START}{REGISTERED}");
    tell_on(&log, &text).await.0.unwrap();
    let (report, told) = tell_on(&log, &text).await;
    assert!(report.unwrap().holds());
    let asked = told.iter().filter(|item| matches!(item, Told::Asked { .. })).count();
    let replayed = told.iter().filter(|item| matches!(item, Told::Replayed { .. })).count();
    assert_eq!((asked, replayed), (4, 4));
}

#[tokio::test]
async fn a_printed_story_can_be_read_and_shows_no_code() {
    let story = Story::parse(
        "test.story",
        &format!("{START}expect A used\nwhen result A pass\nexpect refused ledger"),
    )
    .unwrap();
    let log = Arc::default();
    let mut printer = Printer::new(Vec::new(), Paint::Plain);
    let report = runner(&log).run(&story, &mut |told| printer.tell(&told).unwrap()).await.unwrap();
    printer.report(&report).unwrap();
    let shown = String::from_utf8(printer.into_inner()).unwrap();
    let (code, rest) = shown.split_once("-····").unwrap();
    let masked = format!("{}XXXX-····{rest}", &code[..code.len() - 4]);
    assert_eq!(masked, include_str!("printed.txt"), "\n{shown}");
    assert!(!shown.contains('\u{1b}'));
}

#[tokio::test]
async fn an_offer_is_remarked_on_if_its_own_policy_lets_no_retake_be_used() {
    let with_wait = |days: u32| {
        let policy = format!(
            "\n[policy]\ntime_zone = \"UTC\"\ncounts = [\"sat\"]\nsame_exam = \"exact\"\n\
             wait = [{{ period = \"P{days}D\", counted = \"calendar-days\", limits = \"sit\" }}]\ncaps = \"none\"\n\
             lock_after_pass = \"none\"\nbeta_once = false\n"
        );
        EXAM_REPLAY.replacen("programme = \"none\"", "programme = \"cert\"", 1) + &policy
    };
    // Twelve months from purchase are 366 days at most, and the last one is inside.
    for (days, remarks) in [(1, 0), (366, 0), (367, 1), (800, 1)] {
        let OfferCheck::Read(read) = check_offer(&with_wait(days)).await else { panic!("it loads") };
        assert_eq!(read.remarks.len(), remarks, "{days}: {:?}", read.remarks);
        assert!(read.remarks.iter().all(|remark| remark.contains("retake 1 can never be used")));
    }
}

#[tokio::test]
async fn an_offer_is_checked_by_its_examples() {
    let OfferCheck::Read(read) = check_offer(EXAM_REPLAY).await else { panic!("it loads") };
    assert!(!read.examples.is_empty() && !read.explained.is_empty());
    let wrong = EXAM_REPLAY.replace("expect A ends 2020-09-02T00:00Z", "expect A ends 2020-09-01T00:00Z");
    let check = check_offer(&wrong).await;
    assert!(!check.holds());
    assert_eq!(check.unproven(), Some(Unproven { examples: read.examples.len(), failing: 1, untold: 0 }));
    assert_eq!(check_offer(EXAM_REPLAY).await.unproven(), None);
    let open = EXAM_REPLAY.replace("time_zone = \"UTC\"", "");
    assert!(matches!(check_offer(&open).await, OfferCheck::Refused(_)));
}

#[tokio::test]
async fn examples_of_an_offer_that_somebody_sent_open_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let (path, begin) = (folder.path().join("other.toml"), "at 2019-09-01T10:00Z\n");
    std::fs::write(&path, EXAM_REPLAY.replace("id = \"exam-replay\"", "id = \"other\"")).unwrap();
    let more = format!(
        "{begin}offer {}\noffer exam-replay\nwhen issue A offer=exam-replay\nexpect A unused\n",
        path.display()
    );
    let with_files = format!("{EXAM_REPLAY}\n[[example]]\nname = \"Two\"\nstory = \"\"\"\n{more}\"\"\"\n");
    let examples = EXAM_REPLAY.matches("[[example]]").count() + 1;
    let sent = check_offer(&with_files).await;
    assert_eq!(sent.unproven(), Some(Unproven { examples, failing: 0, untold: 1 }));
    let built_in = |id: &str| (id == "exam-replay").then(|| EXAM_REPLAY.to_owned());
    assert_eq!(check_offer_beside(&with_files, built_in, folder.path()).await.unproven(), None);
}
