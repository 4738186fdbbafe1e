//! The same words get the same answers, from a folder and from a server.

use std::fs;
use std::path::Path;

use crate::shell::{Answer, Shell};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, to).unwrap();
        }
    }
}

/// Two ledgers that are the same.
fn twins() -> (Shell, Shell) {
    let (one, two) = (Shell::shop(), Shell::nowhere());
    copy(&one.folder, &two.folder);
    (one, two)
}

/// What was said, without what differs by nature: milliseconds in which a server's clock ran on, and the folder.
fn said(shell: &Shell, answer: &Answer) -> String {
    let text = format!("{}{}", answer.out, answer.err).replace(&shell.folder.display().to_string(), "FOLDER");
    let mut plain = String::new();
    for part in text.split_inclusive('Z') {
        match part.strip_suffix('Z').and_then(|part| part.rsplit_once('.')) {
            Some((whole, millis)) if millis.len() == 3 && millis.bytes().all(|b| b.is_ascii_digit()) => {
                plain += whole;
                plain += "Z";
            }
            _ => plain += part,
        }
    }
    plain
}

/// Words, with the instant at which they are said. `CODE` and `VOUCHER` stand for the first voucher's, `ID` for its
/// entitlement's.
const WORDS: &[(&str, &str)] = &[
    ("2026-01-05", "--command-id i1 issue exam-replay --order W-1"),
    ("2026-01-05", "--command-id i1 issue exam-replay --order W-1"),
    ("2026-01-05", "--command-id i1 issue exam-replay --order W-2"),
    ("2026-01-05", "--command-id i1:2 issue exam-replay --order W-2"),
    ("2026-01-05", "--command-id i2 issue exam-replay --order web/W-2/7 --quantity 2 --holder ben"),
    ("2026-01-05", "--command-id i3 issue no-such-offer --order W-3"),
    (
        "2026-01-05",
        "--command-id a1 agreement open A-1 --programme standard --from 2026-01-01 --to 2030-12-31",
    ),
    ("2026-01-05", "--command-id a2 agreement amend A-1 --to 2031-12-31"),
    ("2026-01-05", "--command-id i4 issue exam-replay --order W-4 --agreement A-1"),
    (
        "2026-01-06",
        "--command-id s0 --dry-run schedule CODE --by anna --exam EX-1 --delivery online --sit 2026-02-02T09:00Z",
    ),
    (
        "2026-01-06",
        "--command-id s1 schedule CODE --by anna --exam EX-1 --delivery online --sit 2026-02-02T09:00Z",
    ),
    (
        "2026-01-06",
        "--command-id s2 schedule CODE --by anna --exam EX-1 --delivery online --sit 2026-02-03T09:00Z",
    ),
    ("2026-01-06", "--command-id m1 reschedule VOUCHER --sit 2026-02-02T10:00Z"),
    ("2026-02-03", "--command-id r1 result CODE fail"),
    ("2026-02-03", "--command-id x1 correct VOUCHER fail --attempt 1"),
    (
        "2026-02-03",
        "--command-id g1 extend VOUCHER --longer-term 2027-06-30 --reason illness --approver chief",
    ),
    (
        "2026-02-03",
        "--command-id g2 extend VOUCHER --longer-term 2027-06-30 --reason illness --dispute no-such",
    ),
    ("2026-02-03", "--command-id g3 extend VOUCHER --longer-term 2027-06-30 --reason illness --dispute s2"),
    ("2026-02-03", "--command-id g4 extend VOUCHER --waiver holder-matches --reason illness"),
    ("2026-02-03", "--command-id g5 extend VOUCHER --waiver holder-matches --for ben --reason illness"),
    ("2026-02-03", "pending-goodwill"),
    ("2026-02-03", "show VOUCHER"),
    ("2026-02-03", "--command-id g6 approve-goodwill VOUCHER 1"),
    ("2026-02-03", "--command-id g7 --actor Operator approve-goodwill VOUCHER 1"),
    ("2026-02-03", "--command-id g8 --actor chief approve-goodwill VOUCHER 1"),
    ("2026-02-03", "--command-id g9 --actor chief decline-goodwill VOUCHER 2 --reason later"),
    ("2026-02-03", "pending-goodwill"),
    ("2026-02-04", "--command-id k3 reinstate VOUCHER --reason dispute-won"),
    ("2026-02-04", "--command-id k4 revoke VOUCHER --reason chargeback"),
    ("2026-02-04", "--command-id k5 reinstate VOUCHER --reason dispute-won"),
    ("2026-02-04", "--command-id c1 replace-code VOUCHER"),
    ("2026-02-04", "--command-id k1 revoke VOUCHER --reason refund"),
    ("2026-02-04", "--command-id p1 offer publish exam-replay-practice-test"),
    ("2026-02-04", "--command-id o1 offer extend exam-replay --to 2027-09-30"),
    ("2026-02-04", "--command-id o2 offer withdraw exam-replay"),
    ("2026-02-04", "offer list"),
    ("2026-02-04", "offer show exam-replay"),
    ("2026-02-04", "offer show no-such-offer"),
    ("2026-02-04", "terms VOUCHER"),
    ("2026-02-04", "show VOUCHER"),
    ("2026-02-04", "show ID --known-at 2026-01-05T12:00Z"),
    ("2026-02-04", "show ID --as-of 2026-01-20"),
    ("2026-02-04", "show 01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("2026-02-04", "history VOUCHER"),
    ("2026-02-04", "history ID --as-of 2026-01-05T12:00Z"),
    ("2026-02-04", "history 01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("2026-02-04", "why s2"),
    ("2026-02-04", "why no-such-command"),
    ("2026-02-04", "why VOUCHER"),
    ("2026-02-04", "why ID"),
    ("2026-02-04", "why CODE"),
    ("2026-02-04", "why 01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("2026-02-04", "look-up --order W-1"),
    ("2026-02-04", "look-up --order W-99"),
    ("2026-02-04", "look-up --whole-order web/W-2"),
    ("2026-02-04", "look-up --whole-order W-3"),
    ("2026-02-04", "look-up --whole-order W-99"),
    ("2026-02-04", "look-up --offer exam-replay"),
    ("2026-02-04", "look-up --offer nope"),
    ("2026-02-04", "look-up --candidate anna"),
    ("2026-02-04", "look-up --agreement A-1"),
    ("2026-02-04", "--dry-run expire"),
    ("2026-02-04", "expire"),
    ("2026-02-04", "--dry-run expire"),
    ("2026-02-04", "log dump"),
    ("2026-02-04", "verify"),
    ("2026-02-04", "rebuild"),
    ("2026-02-04", "verify"),
];

#[test]
fn a_folder_and_a_server_answer_alike() {
    for form in ["human", "json"] {
        let (stopped, running) = twins();
        let server = running.serve();
        let (mut voucher, mut code) = (String::new(), String::new());
        for (at, words) in WORDS {
            let id = voucher.split('.').next().unwrap();
            let words = words.replace("CODE", &code).replace("VOUCHER", &voucher);
            let words = format!("--output {form} {}", words.replace(" ID", &format!(" {id}")));
            let (one, two) = (stopped.at(at, &words), running.at(at, &words));
            assert_eq!((one.code, said(&stopped, &one)), (two.code, said(&running, &two)), "{words}");
            if voucher.is_empty() {
                let again = stopped.json_at(at, WORDS[0].1).with(0).json();
                let text = |field: &str| again["codes"][0][field].as_str().unwrap().to_owned();
                (voucher, code) = (text("voucher"), text("code"));
            }
        }
        server.stop();
        assert_eq!(said(&stopped, &stopped.run("log dump")), said(&running, &running.run("log dump")));
    }
}
