//! Rules of time zones: published, shown, and named by `status`; in a folder and at a server.

use serde_json::{Value, json};

use crate::shell::Shell;

const VANCOUVER: &str = "offer publish tests/stories/offers/vancouver-month.toml";
const NINE_HOURS: &str = "zones publish --file tests/stories/offers/zones-2099a.toml";

fn zone_rules(shell: &Shell) -> Value {
    shell.run("--output json status").with(0).json()["zone_rules"].clone()
}

/// The version in force of each zone's rules.
fn shown(shell: &Shell) -> Vec<(String, String)> {
    let shown = shell.run("--output json zones show").with(0).json();
    let text = |zone: &Value, field: &str| zone[field].as_str().unwrap().to_owned();
    let zones = shown["zones"].as_array().unwrap();
    zones.iter().map(|zone| (text(zone, "zone"), text(zone, "version"))).collect()
}

#[test]
fn status_names_the_rules_in_force_and_those_that_ship() {
    let shell = Shell::shop();
    let rules = zone_rules(&shell);
    assert_eq!((&rules["in_force"], &rules["zones"]), (&Value::Null, &json!([])));
    let shipped = rules["shipped"].as_str().unwrap().to_owned();
    let told = shell.run("status").with(0).out;
    assert!(told.contains(&format!("none published; {shipped} ships with the program")), "{told}");
    let told = shell.at("2026-02-01", "zones publish").with(2).err;
    assert!(told.contains("UTC has none; name one with --zone"), "{told}");

    shell.at("2026-02-01", VANCOUVER).with(0);
    assert_eq!(shown(&shell), [("America/Vancouver".to_owned(), shipped.clone())]);
    assert_eq!(zone_rules(&shell)["in_force"], json!(shipped));
    let told = shell.at("2026-02-02", "zones publish").with(1).out;
    assert!(told.contains("new-version"), "{told}");
    let told = shell.at("2026-02-02", "zones publish --print").with(0).out;
    assert!(told.starts_with("format = 1\n") && told.contains("\"America/Vancouver\" = "), "{told}");
}

#[test]
fn a_set_is_published_in_a_folder_and_at_a_server_alike() {
    let shell = Shell::shop();
    shell.at("2026-02-01", VANCOUVER).with(0);
    let before = shell.dump();
    shell.at("2026-02-02", &format!("--dry-run {NINE_HOURS}")).with(0);
    assert_eq!(shell.dump(), before);
    shell.at("2026-02-02", "zones publish --zone Europe/Berlin").with(0);
    assert_eq!(shown(&shell).len(), 2);

    let server = shell.serve();
    shell.at("2026-02-03", NINE_HOURS).with(0);
    assert_eq!(zone_rules(&shell)["in_force"], json!("2099a"));
    assert_eq!(shown(&shell)[0], ("America/Vancouver".to_owned(), "2099a".to_owned()));
    let told = shell.at("2026-02-04", NINE_HOURS).with(1).out;
    assert!(told.contains("nothing to do"), "{told}");
    server.stop();
    let told = shell.run("status").with(0).out;
    assert!(told.contains("2099a of 2 zones, 1 zone older"), "{told}");
}

#[test]
fn why_of_an_old_decision_stays_true_behind_a_newer_set() {
    let shell = Shell::shop();
    shell.at("2026-11-01", VANCOUVER).with(0);
    shell.at("2026-11-01", "exam NP-1 --categories associate --deliveries online").with(0);
    let issued = shell.json_at("2026-12-10T12:00Z", "issue vancouver-month --order shop/A/1").with(0).json();
    let voucher = issued["entitlements"][0]["id"].as_str().unwrap().to_owned();
    let schedule = |at: &str, id: &str| {
        let words = format!(
            "schedule {voucher} --by anna --exam NP-1 --sit 2027-01-11T08:00Z --delivery online --command-id {id}"
        );
        shell.at(at, &words)
    };
    let ends_at = |id: &str| {
        let why = shell.run(&format!("--output json why {id}")).with(0).json();
        let judgements = why["judgements"].as_array().unwrap();
        let failed = judgements.iter().find(|judgement| judgement["outcome"] == "failed").unwrap();
        let facts = failed["facts"].as_array().unwrap();
        let ends_at = facts.iter().find(|fact| fact["name"] == "ends-at").unwrap();
        ends_at["value"].as_str().unwrap().to_owned()
    };
    schedule("2027-01-05", "early").with(1);
    assert_eq!(ends_at("early"), "2027-01-11T07:00:00Z");
    shell.at("2027-01-06", NINE_HOURS).with(0);
    assert_eq!(ends_at("early"), "2027-01-11T07:00:00Z");
    let found = shell.run("--output json look-up --order shop/A/1").with(0).json();
    assert_eq!(found[0]["units"][0]["ends_at"], json!("2027-01-11T09:00:00Z"));
    schedule("2027-01-07", "late").with(0);
    shell.run("verify").with(0);
}
