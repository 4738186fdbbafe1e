//! Tokens in a folder: made, shown once, verified, revoked, seen by a server that runs.

use std::os::unix::fs::PermissionsExt as _;

use resit_access::{AccessError, NewToken, Role, TokenFile, WatchedTokens};
use resit_domain::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn new(name: &str, role: Role) -> NewToken {
    NewToken { name: name.parse().unwrap(), role, shop: None, expires_at: None }
}

#[test]
fn a_token_is_shown_once_and_kept_as_a_hash() {
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::of(folder.path());
    assert!(file.read().unwrap().is_empty());
    let shop = NewToken { shop: Some("web".parse().unwrap()), ..new("web-shop", Role::Purchase) };
    let secret = file.make(shop, [1; 32], at("2026-01-01")).unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    assert!(!text.contains(secret.expose()));
    assert_eq!(file.path().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let tokens = file.read().unwrap();
    let token = tokens.verify(secret.expose(), at("2026-01-02")).unwrap();
    assert_eq!((token.name.as_str(), token.role), ("web-shop", Role::Purchase));
    assert_eq!(token.shop.as_ref().unwrap().as_str(), "web");
    assert!(tokens.verify(&secret.expose().to_uppercase(), at("2026-01-02")).is_none());
    assert!(tokens.verify("", at("2026-01-02")).is_none());
}

#[test]
fn a_name_is_taken_once_and_a_shop_is_for_purchase() {
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::of(folder.path());
    file.make(new("desk", Role::Support), [1; 32], at("2026-01-01")).unwrap();
    let again = file.make(new("desk", Role::Operator), [2; 32], at("2026-01-01"));
    assert!(matches!(again, Err(AccessError::NameTaken(_))));
    let shop = NewToken { shop: Some("web".parse().unwrap()), ..new("other", Role::Support) };
    let bound = file.make(shop, [3; 32], at("2026-01-01"));
    assert!(matches!(bound, Err(AccessError::ShopWithoutPurchase(Role::Support))));
    let unknown = file.revoke(&"nobody".parse().unwrap());
    assert!(matches!(unknown, Err(AccessError::UnknownName(_))));
    assert_eq!(file.read().unwrap().list().len(), 1);
}

#[test]
fn a_token_ends_at_its_instant() {
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::of(folder.path());
    let brief = NewToken { expires_at: Some(at("2026-02-01")), ..new("brief", Role::Delivery) };
    let secret = file.make(brief, [1; 32], at("2026-01-01")).unwrap();
    let tokens = file.read().unwrap();
    assert!(tokens.verify(secret.expose(), at("2026-01-31T23:59:59.999Z")).is_some());
    assert!(tokens.verify(secret.expose(), at("2026-02-01")).is_none());
}

#[test]
fn a_running_server_sees_changes_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::of(folder.path());
    let start = at("2026-01-01");
    let watched = WatchedTokens::open(file.clone(), start).unwrap();
    let secret = file.make(new("desk", Role::Support), [1; 32], start).unwrap();
    let known = |after: i64| {
        let now = start.plus_millis(after);
        watched.at(now).verify(secret.expose(), now).is_some()
    };
    assert!(!known(999));
    assert!(known(1_000));
    file.revoke(&"desk".parse().unwrap()).unwrap();
    assert!(known(1_999));
    assert!(!known(2_000));
}

#[test]
fn a_file_that_somebody_broke_leaves_the_tokens_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::of(folder.path());
    let start = at("2026-01-01");
    let secret = file.make(new("desk", Role::Support), [1; 32], start).unwrap();
    let watched = WatchedTokens::open(file.clone(), start).unwrap();
    std::fs::write(file.path(), "[[token]]\nname = 3\n").unwrap();
    let now = start.plus_millis(5_000);
    assert!(watched.at(now).verify(secret.expose(), now).is_some());
    let error = file.read().unwrap_err().to_string();
    assert!(error.contains("line 2"), "{error}");
}
