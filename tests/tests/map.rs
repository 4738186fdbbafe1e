//! The documents name what is there: every crate once on the map, and no file that is gone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn every_crate_stands_on_the_map_once() {
    let text = read(&root().join("ARCHITECTURE.md"));
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `crates/")?.split('`').next());
    let mut on_the_map = BTreeMap::<&str, usize>::new();
    for row in rows {
        *on_the_map.entry(row).or_default() += 1;
    }
    let folders = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().file_name());
    let crates: BTreeMap<String, usize> = folders.map(|name| (name.into_string().unwrap(), 1)).collect();
    let on_the_map: BTreeMap<String, usize> =
        on_the_map.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    assert_eq!(on_the_map, crates);
}

/// The paths that a document links to, as they stand between `](` and `)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next())
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let folders = [".", "docs", "docs/decisions", "proto"];
    let documents = folders.iter().flat_map(|folder| fs::read_dir(root().join(folder)).unwrap());
    let documents: Vec<PathBuf> = documents
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    assert!(documents.len() > 20, "{documents:?}");
    let mut dead = Vec::new();
    for document in &documents {
        let text = read(document);
        for link in links(&text).filter(|link| !link.is_empty() && !link.contains("://")) {
            if !document.parent().unwrap().join(link).exists() {
                dead.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}
