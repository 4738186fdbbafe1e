//! Offers on record, and their files.

use std::fs;

use crate::shell::Shell;

/// A second version of the showcase offer, in a file beside the ledger.
fn second_version(shell: &Shell) -> String {
    let file = shell.folder.with_extension("toml");
    let text = shell.run("offer print exam-replay").with(0).out;
    fs::write(&file, text.replace("to = \"none\" }", "to = 2027-06-30 }")).unwrap();
    file.display().to_string()
}

/// The showcase offer with half the time to sit an exam, which three of its own examples deny.
fn denied_by_its_examples(shell: &Shell) -> String {
    let file = shell.folder.with_extension("toml");
    let text = shell.run("offer print exam-replay").with(0).out;
    fs::write(&file, text.replace("sit_by = \"purchase + P12M\"", "sit_by = \"purchase + P6M\"")).unwrap();
    file.display().to_string()
}

#[test]
fn an_offer_is_published_if_its_examples_come_true() {
    let shell = Shell::shop();
    let file = denied_by_its_examples(&shell);
    let publish = format!("offer publish {file}");
    let versions = || {
        let shown = shell.run("--output json offer show exam-replay").with(0).json();
        shown["versions"].as_array().unwrap().len()
    };
    let before = shell.dump();
    for words in [publish.clone(), format!("--dry-run {publish}")] {
        let told = shell.at("2026-02-01", &words).with(1).out;
        for part in ["3 of 4 examples do not come true", &format!("offer check {file}"), "--without-examples"]
        {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert_eq!(shell.dump(), before, "{words}");
    }
    let told = shell.json_at("2026-02-01", &publish).with(1).json();
    assert_eq!((&told["published"], &told["holds"]), (&false.into(), &false.into()));
    assert_eq!(versions(), 1);

    let told = shell.at("2026-02-01", &format!("{publish} --without-examples")).with(0).out;
    assert!(told.contains("3 of 4 examples do not come true"), "{told}");
    assert!(told.contains("exam-replay: version 2 is in force, version 1 is replaced"), "{told}");
    assert_eq!(versions(), 2);
}

#[test]
fn a_server_is_sent_no_offer_whose_examples_fail() {
    let shell = Shell::shop();
    let publish = format!("offer publish {}", denied_by_its_examples(&shell));
    let server = shell.serve();
    assert!(shell.at("2026-02-01", &publish).with(1).out.contains("3 of 4 examples do not come true"));
    let told = shell.at("2026-02-01", &format!("{publish} --without-examples")).with(0).out;
    // Said once, by the server and by whoever sends to it.
    assert_eq!(told.matches("3 of 4 examples do not come true").count(), 1, "{told}");
    assert!(told.contains("exam-replay: version 2 is in force, version 1 is replaced"), "{told}");
    server.stop();
}

#[test]
fn a_command_about_an_offer_says_which_version_is_in_force() {
    let shell = Shell::shop();
    let last_day = |to: &str| shell.at("2026-02-02", &format!("offer extend exam-replay --to {to}"));
    let publish = format!("offer publish {} --without-examples", second_version(&shell));
    let told = shell.at("2026-02-01", &publish).with(0).out;
    let in_force = "exam-replay: version 2 is in force, its last day is";
    assert!(told.contains(&format!("{in_force} 2027-06-30, version 1 is replaced")), "{told}");
    let told = last_day("2027-09-30").with(0).out;
    assert!(told.contains(&format!("{in_force} 2027-09-30\n")), "{told}");
    assert!(!last_day("2027-09-30").with(1).out.contains("in force,"));
    let told = shell.at("2026-02-03", "offer withdraw exam-replay").with(0).out;
    assert!(told.contains("exam-replay: version 2 is withdrawn"), "{told}");
}

#[test]
fn a_voucher_keeps_the_very_text_of_its_terms() {
    let shell = Shell::shop();
    let (voucher, code) = shell.issue("W-1");
    let first = shell.run("offer print exam-replay").with(0).out;
    shell.at("2026-02-01", &format!("offer publish {}", second_version(&shell))).with(0);
    for words in [format!("terms {voucher}"), format!("terms {code}")] {
        assert_eq!(shell.run(&words).with(0).out, first, "{words}");
    }
    let told = shell.run(&format!("--output json terms {voucher}")).with(0).json();
    assert_eq!((&told["offer"], &told["source"]), (&"exam-replay".into(), &first.as_str().into()));
    assert_eq!(told["published_at"], "2026-01-05T00:00:00Z");
    let hash = told["terms"].as_str().unwrap();
    let shown = shell.run(&format!("--output json show {voucher}")).with(0).json();
    assert_eq!(shown[0]["terms"], hash);

    shell.run(&format!("terms {hash}")).with(2);
    assert_eq!(shell.run(&format!("terms {hash} --offer exam-replay")).with(0).out, first);
    let nowhere = format!("terms {} --offer exam-replay", "0".repeat(64));
    assert!(shell.run(&nowhere).with(2).err.contains("was published"));
}

#[test]
fn an_offer_is_shown_with_all_that_moved_it() {
    let shell = Shell::shop();
    shell.run("offer show flash-sale").with(2);
    shell.at("2026-02-01", &format!("offer publish {}", second_version(&shell))).with(0);
    shell.at("2026-03-01", "offer extend exam-replay --to 2027-09-30").with(0);
    shell.at("2026-03-02", "offer migrate-provider exam-replay --from pearson-vue --to psi").with(0);
    let show = || shell.run("--output json offer show exam-replay").with(0).json();
    let shown = show();
    let versions = shown["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!((&versions[0]["in_force"], &versions[1]["in_force"]), (&false.into(), &true.into()));
    assert_eq!((&versions[0]["last_day"], &versions[1]["last_day"]), (&().into(), &"2027-09-30".into()));
    assert_eq!(versions[1]["moves"][0]["at"], "2026-03-01T00:00:00Z");
    assert_eq!(shown["provider_moves"][0]["to"], "psi");
    assert!(shown["withdrawn"].is_null());

    shell.at("2026-04-01", "offer withdraw exam-replay --grandfather open-agreements").with(0);
    assert_eq!(show()["withdrawn"]["grandfather"], "open-agreements");
    let told = shell.run("offer show exam-replay").with(0).out;
    for words in ["replaced", "withdrawn", "2027-09-30", "open before", "from provider pearson-vue to psi"] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn a_file_that_is_there_is_not_written_over() {
    let shell = Shell::nowhere();
    let file = shell.folder.with_extension("toml");
    let words = format!("offer print exam-replay --to {}", file.display());
    shell.run(&words).with(0);
    fs::write(&file, "mine").unwrap();
    assert!(shell.run(&words).with(2).err.contains("name another file"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn a_mistake_in_an_offer_is_told_in_the_words_of_who_writes_one() {
    let shell = Shell::shop();
    let file = shell.folder.with_extension("toml");
    let text = shell.run("offer print exam-replay").with(0).out;
    let check = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        fs::write(&file, text.replacen(from, to, 1)).unwrap();
        shell.run(&format!("offer check {}", file.display())).with(1).out
    };
    let told = check("[[benefit]]", "[benefit]");
    assert!(told.contains("write [[benefit]], with two brackets"), "{told}");
    let told = check("last_day = \"inclusive\"", "last_day = \"inside\"");
    assert!(told.contains(", rulings.last_day: ") && !told.contains("TOML"), "{told}");
    let told = check("sit_by = \"purchase + P12M\"", "sit_by = \"purchase + P6M\"");
    assert!(told.contains("register_by (purchase + P12M) is later than sit_by (purchase + P6M)"), "{told}");
    for words in ["offer publish nosuch", "offer check nosuch"] {
        let told = shell.run(words).with(2).err;
        assert!(told.contains("nor is it a built-in offer; `resit offer built-in` lists"), "{told}");
    }
}
