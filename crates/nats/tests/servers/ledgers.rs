//! Several ledgers on the same servers, by the configurations that the program writes.

use std::collections::BTreeSet;
use std::fs;

use futures_util::StreamExt as _;
use nkeys::KeyPair;
use resit_nats::durability::prove;
use resit_nats::layout::{Layout, apply, check};
use resit_nats::{
    Credentials, LedgerName, Link, Names, Place, Rights, Settings, Transport, User, first_ledger,
    ledger_config, ledger_of_file, public_keys_of, server_config, with_ledgers_beside,
};
use resit_nats_fixture::Deployed;

use crate::deployment::certificates;

fn ledger(name: &str) -> LedgerName {
    name.parse().unwrap()
}

fn permissions(of: &str) -> String {
    let users: [User; 1] = ["purchase:web".parse().unwrap()];
    let files = server_config(&Names::of(ledger(of)), &users, &["one".to_owned()], Transport::Plain);
    files.into_iter().find(|(name, _)| name == "permissions.conf").unwrap().1
}

#[test]
fn a_file_says_whose_it_is() {
    for of in ["resit", "shop", "a-1"] {
        let text = permissions(of);
        assert_eq!(first_ledger(&text), Some(ledger(of)));
        let more = with_ledgers_beside(&text, &[ledger("b"), ledger("c-2")]).unwrap();
        assert_eq!(first_ledger(&more), Some(ledger(of)), "the others are in files of their own");
    }
    for text in ["", "accounts {}\n", "\"resit.ledger.>\""] {
        assert_eq!(first_ledger(text), None, "{text:?}");
    }
    assert_eq!(ledger_of_file("permissions-c-2.conf"), Some(ledger("c-2")));
    for name in
        ["permissions.conf", "permissions-.conf", "permissions-A.conf", "keys-a.conf", "permissions-a"]
    {
        assert_eq!(ledger_of_file(name), None, "{name}");
    }
}

#[test]
fn ledgers_come_and_go_beside_the_first_and_leave_it_as_it_was() {
    let alone = permissions("resit");
    let with = |others: &[&str]| {
        let others: Vec<LedgerName> = others.iter().map(|name| ledger(name)).collect();
        with_ledgers_beside(&alone, &others).unwrap()
    };
    assert_eq!(with(&[]), alone);
    let two = with(&["b", "c"]);
    for line in ["  include \"permissions-b.conf\"", "  include \"permissions-c.conf\""] {
        assert_eq!(two.lines().filter(|known| *known == line).count(), 1, "{line}");
    }
    assert!(two.contains("accounts: [LEDGER, LEDGER_b, LEDGER_c]"), "{two}");
    assert_eq!(with_ledgers_beside(&two, &[ledger("b")]).unwrap(), with(&["b"]));
    assert_eq!(with_ledgers_beside(&two, &[]).unwrap(), alone);
    assert_eq!(with_ledgers_beside(&alone.replace("system_account", "x"), &[]), None, "changed by hand");
}

#[test]
fn no_two_ledgers_share_a_variable_of_a_key() {
    let users: Vec<User> =
        ["purchase:web", "support:b", "delivery:a-b", "intake"].map(|user| user.parse().unwrap()).into();
    let keys: Vec<(User, String)> = users.into_iter().map(|user| (user, "U".to_owned())).collect();
    let places = ["purchase", "support", "a", "a-b"].map(|name| Place::beside(&Names::of(ledger(name))));
    let mut known = BTreeSet::new();
    for place in [Place::first()].iter().chain(&places) {
        let (file, text) = public_keys_of(place, &keys);
        assert!(known.insert(file));
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            assert!(known.insert(line.to_owned()), "{line}");
        }
    }
}

#[tokio::test]
async fn ledgers_on_one_server_have_their_own_users_and_see_nothing_of_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let write = |(name, text): (String, String)| fs::write(folder.path().join(name), text).unwrap();
    let users: Vec<User> =
        ["purchase:web".parse().unwrap()].into_iter().chain(User::of_every_ledger()).collect();
    let others = ["b", "c-2"].map(ledger);
    for file in server_config(&Names::of(ledger("resit")), &users, &["one".to_owned()], Transport::Tls) {
        let is_permissions = file.0 == "permissions.conf";
        write(if is_permissions { (file.0, with_ledgers_beside(&file.1, &others).unwrap()) } else { file });
    }
    let mut seeds = Vec::new();
    for name in ["resit", "b", "c-2"] {
        let names = Names::of(ledger(name));
        let place = if name == "resit" { Place::first() } else { Place::beside(&names) };
        let pairs: Vec<(User, KeyPair)> =
            users.iter().map(|user| (user.clone(), KeyPair::new_user())).collect();
        let keys: Vec<_> = pairs.iter().map(|(user, pair)| (user.clone(), pair.public_key())).collect();
        write(public_keys_of(&place, &keys));
        if name != "resit" {
            write(ledger_config(&names, &users));
        }
        seeds.push((name, pairs));
    }
    let server = Deployed::start(&[&folder.path().join("one.conf")], certificates());
    let link = async |of: &str, shown: &str, user: &str| {
        let (_, pairs) = seeds.iter().find(|(name, _)| *name == shown).unwrap();
        let (user, pair) = pairs.iter().find(|(known, _)| known.to_string() == user).unwrap();
        let seed = folder.path().join("seed");
        fs::write(&seed, pair.seed().unwrap()).unwrap();
        let settings = Settings {
            credentials: Credentials::NkeyFile(seed),
            inbox_prefix: Some(user.inbox_prefix()),
            ca_file: Some(certificates().join("ca.pem")),
            ..Settings::open(&server.url(), ledger(of))
        };
        Link::connect(settings).await.unwrap()
    };
    for name in ["resit", "b", "c-2"] {
        let admin = link(name, name, "admin").await;
        apply(&admin, &Layout::of(&admin.names, 1, &users)).await.unwrap();
        // Each of its roles may do what it must, and its servers prove to it that they sync.
        for role in ["command-handler", "projector", "expiry-scheduler", "intake", "gateway"] {
            let link = link(name, name, role).await;
            Rights::of(&link, role.parse().unwrap()).prove().await.unwrap();
        }
        prove(&link(name, name, "command-handler").await).await.unwrap();
        let shop = link(name, name, "purchase:web").await;
        let event = shop.names.intake("purchase", "web", "order");
        shop.jetstream.publish(event, "an order".into()).await.unwrap().await.unwrap();
    }
    for name in ["resit", "b", "c-2"] {
        let admin = link(name, name, "admin").await;
        let mut streams = admin.jetstream.stream_names();
        while let Some(stream) = streams.next().await {
            let stream = stream.unwrap();
            assert!(
                stream.trim_start_matches("KV_").starts_with(&format!("{name}-")),
                "{name} sees {stream}"
            );
        }
        let intake = admin.jetstream.get_stream(admin.names.intake_stream()).await.unwrap();
        assert_eq!(intake.cached_info().state.last_sequence, 1);
        for other in ["resit", "b", "c-2"].into_iter().filter(|other| *other != name) {
            let stranger = link(other, name, "admin").await;
            let lacks = check(&stranger, &Layout::of(&stranger.names, 1, &users)).await.unwrap();
            assert!(!lacks.is_empty(), "the admin of {name} finds nothing of {other}");
        }
    }
}
