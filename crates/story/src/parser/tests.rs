use crate::story::{LINE_CHARS_MAX, LINES_MAX, MISTAKES_MAX, STORY_BYTES_MAX};
use crate::{Step, Story};

const START: &str = "at 2019-09-01T10:00Z\nwhen issue A offer=exam-replay\n";

fn mistakes(text: &str) -> String {
    Story::parse("a.story", text).unwrap_err().to_string()
}

/// The third line, behind a clock and an order, is wrong as `says`.
#[track_caller]
fn check(line: &str, says: &str) {
    let found = mistakes(&format!("{START}{line}"));
    assert!(found.starts_with("a.story:3:") && found.contains(says), "{line}\n  {found}\n  {says}");
}

#[test]
fn a_mistake_names_its_place_the_word_and_what_is_allowed() {
    check(
        "wehn issue B",
        "3:1: `wehn` is no beginning of a line; did you mean `when`? allowed: story, at, tick",
    );
    check(
        "  when shedule A",
        "3:8: `shedule` is no command; did you mean `schedule`? allowed: issue, assign",
    );
    check("schedule A by=anna", "3:1: `schedule` is a command; write `when schedule …`");
    check(
        "when schedule A by=anna exma=X sit=2019-10-01",
        "3:25: `exma=X` is no setting of this line; did you mean `exam=`?",
    );
    check("when issue B fre", "3:14: `fre` is no setting of this line; did you mean `free`? allowed: offer=");
    check(
        "when result A failed",
        "3:15: `failed` is no result; did you mean `fail`? allowed: pass, fail, missed",
    );
    check("when cancel A by=me", "3:18: `me` is no party to a registration; allowed: candidate, provider");
    check("when revoke A reason=refnd", "`refnd` is no reason; did you mean `refund`?");
    check("expect A unsed", "3:10: `unsed` is no state of a voucher; did you mean `unused`?");
    check(
        "expect evnets ExamFailed",
        "3:8: `evnets` is no expectation and no voucher; did you mean `events`?",
    );
    check("expect events ExamFail", "3:15: `ExamFail` is no type of event; did you mean `ExamFailed`?");
    check(
        "expect refused S0-7 [retake-need-fail]",
        "3:22: `retake-need-fail` is no rule; did you mean `retake-needs-fail`?",
    );
    check("expect refused S0-7 retake-needs-fail", "write it like [retake-needs-fail]");
    check("expect error 7", "`7` is no error that can be expected; allowed: id-reused, too-large");
}

#[test]
fn what_is_missing_is_named_behind_the_line() {
    check("when", "3:5: here is missing what is asked");
    check("when schedule A by=anna sit=2019-10-01", "3:39: here is missing exam=");
    check("when assign A", "here is missing to=");
    check("when correct A pass", "here is missing attempt=");
    check("when extend A reason=illness", "here is missing one gift: extra-attempt, longer-term= or waiver=");
    check("when schedule A by= exam=X sit=2019-10-01", "3:17: `by=` has no value behind its `=`");
    check("tick", "here is missing how far");
    check("expect", "here is missing what is expected");
    check("expect A", "here is missing where it stands");
    check("expect A attempts 1 of", "here is missing how many there are in all");
}

#[test]
fn values_are_read_with_their_kind() {
    check("when schedule A by=anna exam=X sit=tomorrow", "3:36: `tomorrow` is no time; write it like");
    check("exam X retires=2020-6-1", "3:16: `2020-6-1` is no day");
    check("exam X categories=a,b!,c", "3:21: `b!` can't be read: category `b!` must be 1 to 64 characters");
    check("tick P1B", "`P1B` can't be counted here");
    check("tick P1X", "period `P1X` is not understood");
    check("when issue B quantity=many", "`many` is no number");
    check("when extend A waiver=everything reason=illness", "`everything` is no rule");
    check("calendar days.txt", "`days.txt` is no calendar file");
    check("policy days.txt", "`days.txt` is no policy file");
    check("when policy", "the policy: a path that ends in .toml");
    check("when issue B free free", "3:19: `free` stands here a second time");
    check("when unassign A now", "3:17: `now` is one word too many");
}

#[test]
fn names_must_have_been_given_before() {
    check("when unassign B", "names `B`, which no line before has issued; issued: A, nobody");
    check("expect B unused", "`B` is no expectation and no voucher");
    check("when issue nobody", "`nobody` can't name what is bought");
    check("when issue events", "gives a name, `events`, that expectations begin with");
    check("when issue A order=W-7", "names another order line `A`");
    assert!(Story::parse("a.story", &format!("{START}when unassign nobody.1\nexpect nobody unused")).is_ok());
}

#[test]
fn lines_stand_in_an_order_that_makes_sense() {
    check("at 2019-08-31", "lies in the past: the clock stands at 2019-09-01T10:00:00Z");
    check("tick to 2019-08-31", "never runs backwards");
    check("expect expired A", "is about a tick, and no `tick` stands before it");
    assert!(mistakes("offer exam-replay").contains("1:1: `offer` needs a clock"));
    assert!(mistakes("at 2019-09-01\nexpect repeated").contains("no `when` stands before it"));
    assert!(mistakes("at 2019-09-01\nwhen again").contains("2:6: `again` has no command before it"));
    assert!(mistakes("story A\nstory B").contains("2:1: `story` stands here a second time"));
}

#[test]
fn all_mistakes_are_named_at_once_up_to_a_limit() {
    assert_eq!(mistakes("at noon\n\nfoo\nbar").lines().count(), 3);
    assert_eq!(mistakes(&"foo\n".repeat(MISTAKES_MAX * 2)).lines().count(), MISTAKES_MAX);
}

#[test]
fn a_story_has_limits() {
    assert!(mistakes("").contains("1:1: here is no story"));
    assert!(mistakes(&"# \n".repeat(LINES_MAX + 1)).contains("more than 5000 lines"));
    assert!(mistakes(&" ".repeat(STORY_BYTES_MAX + 1)).contains("262144 at most"));
    assert!(mistakes(&"é".repeat(LINE_CHARS_MAX + 1)).contains("1:1001: the line is longer than 1000"));
}

#[test]
fn comments_blank_lines_and_line_ends_do_not_matter() {
    let text = "\u{feff}# first\r\n\r\nstory  A#1 is no comment # this is\r\n\tat 2019-09-01  # set\r\n";
    let story = Story::parse("a.story", text).unwrap();
    assert_eq!((story.title.as_str(), story.lines.len(), story.lines[0].number), ("A#1 is no comment", 1, 4));
    assert_eq!(story.lines[0].text, "at 2019-09-01");
    assert!(matches!(story.lines[0].step, Step::Clock(..)));
}

#[test]
fn a_story_without_a_title_goes_by_its_file_and_ids_by_the_title() {
    let story = |text: &str| Story::parse("stories/second-shot_2007.story", text).unwrap();
    assert_eq!(story("at 2019-09-01").title, "second shot 2007");
    assert_eq!(story("at 2019-09-01").slug(), "second-shot-2007");
    assert_eq!(story("story Exam Replay: a fail, then…\nat 2019-09-01").slug(), "exam-replay-a-fail-then");
    assert_eq!(story("story …\nat 2019-09-01").slug(), "story");
}

#[test]
fn a_mistyped_code_is_not_repeated() {
    let found = mistakes(&format!("{START}when unassign code(0123-4567-89AB-CDEF-GHJK-MNP4)"));
    assert!(found.contains("mistyped") && !found.contains("4567"), "{found}");
}
