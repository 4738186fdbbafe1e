//! Every clause of the law has a proof, and every proof is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A clause's proofs: `path/of/file.rs::name_of_test`, a story's or an offer file's path.
type Proofs = BTreeMap<String, Vec<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The ids in the first columns of the tables of docs/law.md.
fn law() -> BTreeSet<String> {
    let text = read("docs/law.md");
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let is_id = |cell: &&str| {
        cell.starts_with("V-")
            || (cell.starts_with(['S', 'R']) && cell.ends_with(|c: char| c.is_ascii_digit()))
    };
    cells.filter(is_id).map(str::to_owned).collect()
}

fn proofs() -> Proofs {
    toml::from_str(&read("tests/clauses.toml")).unwrap()
}

/// What is wrong with a proof, if anything is.
fn fault(clause: &str, proof: &str) -> Option<String> {
    let (place, test) = proof.split_once("::").map_or((proof, None), |(place, test)| (place, Some(test)));
    let Ok(content) = fs::read_to_string(root().join(place)) else {
        return Some(format!("{clause}: there is no {place}"));
    };
    match test {
        Some(test) if !content.contains(&format!("fn {test}(")) => {
            Some(format!("{clause}: {place} has no test {test}"))
        }
        None if !names(&content, clause) => Some(format!("{clause}: {place} does not name it")),
        _ => None,
    }
}

/// Whether a text names a clause, and not only a longer id that begins with it.
fn names(text: &str, clause: &str) -> bool {
    text.match_indices(clause)
        .any(|(at, _)| !text[at + clause.len()..].starts_with(|c: char| c.is_ascii_digit()))
}

#[test]
fn the_law_is_read_whole() {
    let law = law();
    assert_eq!(law.len(), 103, "a clause more or less is a change of the law");
    for id in ["S0-1", "S1-13", "S2-12", "S3-30", "R1", "R17", "V-deadlines"] {
        assert!(law.contains(id), "{id}");
    }
}

#[test]
fn every_clause_has_a_proof() {
    let proofs = proofs();
    let missing: Vec<_> = law().into_iter().filter(|id| proofs.get(id).is_none_or(Vec::is_empty)).collect();
    assert!(missing.is_empty(), "without a proof: {missing:?}");
}

#[test]
fn every_proof_is_of_a_clause_and_is_there() {
    let law = law();
    let proofs = proofs();
    let unknown = proofs.keys().filter(|id| !law.contains(*id)).map(|id| format!("{id} is no clause"));
    let faults =
        proofs.iter().flat_map(|(clause, list)| list.iter().filter_map(|proof| fault(clause, proof)));
    let all: Vec<_> = unknown.chain(faults).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn a_clause_is_not_taken_for_a_longer_one() {
    assert!(names("# S1-1: paid", "S1-1"));
    assert!(!names("# S1-13: order", "S1-1"));
}
