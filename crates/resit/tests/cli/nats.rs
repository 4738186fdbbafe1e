//! What a ledger needs on NATS, by the words of the command line.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use resit_nats_fixture::{Deployed, NatsServer, ServerConfig};
use serde_json::Value;

use crate::shell::{Answer, Shell};

/// Words to a ledger on one server.
fn on(server: &NatsServer, words: &str) -> Answer {
    let at = format!("--nats {} --nats-replicas 1 --output json", server.url());
    Shell::nowhere().run(&format!("{at} {words}"))
}

fn deeds(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let steps = answer.json();
    steps.as_array().unwrap().iter().map(|step| (text(&step["name"]), text(&step["deed"]))).collect()
}

#[test]
fn what_is_planned_is_made_and_then_holds() {
    let server = NatsServer::start(ServerConfig::default());
    let who = "--user purchase:shop,reporting:bi";
    let planned = on(&server, &format!("nats plan {who}")).with(0);
    assert!(deeds(&planned).iter().all(|(_, deed)| deed == "create"), "{planned:?}");
    assert!(deeds(&planned).contains(&("resit-facts/facts-bi".into(), "create".into())));
    assert_eq!(deeds(&on(&server, &format!("--dry-run nats apply {who}")).with(0)), deeds(&planned));
    let missing = on(&server, &format!("nats check {who}")).with(1).json();
    assert_eq!(missing["flaws"].as_array().unwrap().len(), deeds(&planned).len());
    assert_eq!(deeds(&on(&server, &format!("nats apply {who}")).with(0)), deeds(&planned));
    let checked = on(&server, &format!("nats check {who}")).with(0).json();
    assert_eq!((&checked["sound"], &checked["durability"]), (&true.into(), &"durable".into()));
    let again = on(&server, &format!("nats apply {who}")).with(0);
    assert!(deeds(&again).iter().all(|(_, deed)| deed == "keep"), "{again:?}");
}

#[test]
fn a_server_that_does_not_sync_fails_the_check_unless_that_was_chosen() {
    let server = NatsServer::start(ServerConfig { syncs_always: false, ..ServerConfig::default() });
    on(&server, "nats apply").with(0);
    let told = on(&server, "nats check").with(1).json();
    let flaw = told["flaws"][0].as_str().unwrap();
    assert!(
        flaw.contains("set `sync_interval: always`") && flaw.contains("`--durability relaxed`"),
        "{flaw}"
    );
    let relaxed = on(&server, "--durability relaxed nats check").with(0).json();
    assert_eq!(relaxed["durability"], "relaxed");
}

#[test]
fn without_servers_it_says_how_to_name_them() {
    let told = Shell::nowhere().run("nats plan").with(2).err;
    assert!(told.contains("name them with --nats"), "{told}");
    let told = Shell::nowhere().run("--nats nats://127.0.0.1:1 nats plan").with(3).err;
    assert!(told.contains("no NATS server at nats://127.0.0.1:1 can be used"), "{told}");
}

#[test]
fn keys_are_made_once_and_shown_to_nobody_else() {
    let shell = Shell::nowhere();
    let to = shell.folder.join("nats");
    let words = |who: &str| format!("nats users --to {} --user {who}", to.display());
    let dry = shell.run(&format!("--dry-run {}", words("purchase:shop"))).with(0);
    assert!(dry.out.contains("write the configuration of the servers n1, n2, n3") && !to.exists(), "{dry:?}");
    shell.run(&words("purchase:shop")).with(0);
    let seed = to.join("keys/purchase_shop.nk");
    let (first, keys) = (fs::read(&seed).unwrap(), fs::read_to_string(to.join("keys.conf")).unwrap());
    assert_eq!(fs::metadata(&seed).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(
        keys.contains("NKEY_purchase_shop = \"U") && !keys.contains(str::from_utf8(&first).unwrap().trim())
    );
    shell.run(&words("purchase:shop,reporting:bi")).with(0);
    let more = fs::read_to_string(to.join("keys.conf")).unwrap();
    assert_eq!(fs::read(&seed).unwrap(), first);
    assert!(keys.lines().all(|line| more.contains(line)) && more.contains("NKEY_reporting_bi"));
    fs::write(&seed, "no seed").unwrap();
    let told = shell.run(&words("purchase:shop")).with(2).err;
    assert!(told.contains("holds no seed of a user's nkey"), "{told}");
}

#[test]
fn one_server_without_tls_is_let_in_by_keys_all_the_same() {
    let shell = Shell::nowhere();
    let to = shell.folder.join("nats");
    shell.run(&format!("nats users --to {} --servers one --plain --nats-ledger shop", to.display())).with(0);
    let [common, permissions] =
        ["common.conf", "permissions.conf"].map(|name| fs::read_to_string(to.join(name)).unwrap());
    assert!(!common.contains("tls") && !common.contains("cluster"), "{common}");
    assert!(common.contains("sync_interval: always") && to.join("one.conf").exists());
    assert!(
        permissions.contains("\"shop.ledger.>\"") && !permissions.contains("resit.ledger"),
        "{permissions}"
    );
    let server = Deployed::start(&[&to.join("one.conf")], &to);
    let at = format!("nats://127.0.0.1:{}", server.ports()[0].client);
    let words = format!("--nats {at} --nats-ledger shop --nats-replicas 1 nats apply");
    shell.run(&words).with(3);
    let key = to.join("keys/admin.nk");
    shell.run(&format!("--nats-nkey-file {} --nats-inbox _INBOX_admin {words}", key.display())).with(0);
}

#[test]
fn two_ledgers_are_let_in_by_one_server_whichever_was_written_first() {
    for [first, second] in [["resit", "shop"], ["shop", "resit"], ["a-1", "b"]] {
        let shell = Shell::nowhere();
        let to = shell.folder.join("nats");
        let users = |ledger: &str, who: &str| {
            let servers = "--servers one --plain";
            shell.run(&format!(
                "nats users --to {} {servers} --nats-ledger {ledger} --user {who}",
                to.display()
            ))
        };
        let table = users(first, "purchase:web").with(0).out;
        assert!(table.contains("LEDGER") && !table.contains("LEDGER_"), "{table}");
        let before = fs::read(to.join("keys/admin.nk")).unwrap();
        let table = users(second, "purchase:web").with(0).out;
        assert!(table.contains(&format!("LEDGER_{second}")), "{table}");
        assert_eq!(fs::read(to.join("keys/admin.nk")).unwrap(), before);
        let server = Deployed::start(&[&to.join("one.conf")], &to);
        let at = format!("nats://127.0.0.1:{}", server.ports()[0].client);
        let seed = |ledger: &str| {
            if ledger == first {
                to.join("keys/admin.nk")
            } else {
                to.join("keys").join(ledger).join("admin.nk")
            }
        };
        let admin = |ledger: &str, shown: &str, words: &str| {
            let key = format!("--nats-nkey-file {} --nats-inbox _INBOX_admin", seed(shown).display());
            shell.run(&format!("{key} --nats {at} --nats-ledger {ledger} --nats-replicas 1 nats {words}"))
        };
        for ledger in [first, second] {
            admin(ledger, ledger, "apply").with(0);
        }
        for (ledger, other) in [(first, second), (second, first)] {
            admin(ledger, ledger, "check").with(0);
            admin(other, ledger, "check").with(1);
        }
        // One user more of either changes nothing for the other.
        for ledger in [first, second] {
            users(ledger, "purchase:web,reporting:bi").with(0);
            server.reload();
            for ledger in [first, second] {
                assert!((0..60).any(|_| admin(ledger, ledger, "check").code == 0), "{ledger} is let in");
            }
        }
    }
}

#[test]
fn a_second_ledger_is_refused_where_it_would_change_the_servers_of_the_first() {
    let shell = Shell::nowhere();
    let to = shell.folder.join("nats");
    let users = |words: &str| shell.run(&format!("nats users --to {} {words}", to.display()));
    users("--servers one --plain").with(0);
    let files = || {
        let mut files: Vec<_> = fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap_or_default())).collect::<Vec<_>>()
    };
    let before = files();
    for other in ["--servers one", "--plain", "--servers one,two --plain"] {
        let told = users(&format!("{other} --nats-ledger shop")).with(2).err;
        assert!(
            told.contains("was written for the ledger resit") && told.contains("--to"),
            "{other}: {told}"
        );
        assert_eq!(files(), before, "{other}");
    }
    fs::write(to.join("permissions.conf"), "accounts {}\n").unwrap();
    let told = users("--servers one --plain --nats-ledger shop").with(2).err;
    assert!(told.contains("is not as `resit nats users` writes it"), "{told}");
}

#[test]
fn words_to_a_ledger_on_nats_are_shown_to_its_gateway() {
    let shell = Shell::nowhere();
    let told = shell.run("--nats nats://127.0.0.1:1 status").with(2).err;
    assert!(told.contains("the ledger resit is on NATS") && told.contains("--server"), "{told}");
}

#[test]
fn users_are_what_they_can_be() {
    let shell = Shell::nowhere();
    let told = |who: &str| shell.run(&format!("nats users --to nowhere --user {who}")).with(2).err;
    assert!(
        told("shop:a").contains("it is one of purchase, delivery, support, reporting, gateway, operator")
    );
    assert!(told("purchase").contains("write it like purchase:NAME"));
    assert!(told("purchase:a,delivery:a").contains("purchase:a and delivery:a have the same name"));
}
