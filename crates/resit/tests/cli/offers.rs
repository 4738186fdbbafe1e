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
