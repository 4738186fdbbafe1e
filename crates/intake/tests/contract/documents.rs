//! The documents that are made from the types.

use std::fs;

use resit_intake::contract::{asyncapi, schemas, to_yaml};

use crate::{proto, writes};

/// Asks that a file is as it is made now; it is written if that is asked for.
#[track_caller]
fn check(path: &str, made: &str) {
    let file = proto(path);
    if writes() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, made).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == made, "proto/{path} differs; RESIT_GOLDEN=write writes it anew");
}

#[test]
fn the_kept_documents_are_those_that_are_made() {
    check("asyncapi.yaml", &to_yaml(&asyncapi()));
    for (name, schema) in schemas() {
        check(&format!("schemas/{name}.json"), &format!("{schema:#}\n"));
    }
}

#[test]
fn no_schema_is_kept_that_is_not_made() {
    let made: Vec<_> = schemas().into_iter().map(|(name, _)| format!("{name}.json")).collect();
    for entry in fs::read_dir(proto("schemas")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(made.contains(&name), "{name}");
    }
}

#[test]
fn every_schema_is_a_json_schema() {
    for (name, schema) in schemas() {
        let checked = jsonschema::draft7::meta::validate(&schema);
        assert!(checked.is_ok(), "{name}: {:?}", checked.err().map(|e| e.to_string()));
    }
}

#[test]
fn the_guide_names_every_type_and_every_reason() {
    let guide = fs::read_to_string(proto("GUIDE.md")).unwrap();
    for kind in resit_intake::EventType::ALL {
        assert!(guide.contains(&format!("| `{}` |", kind.name())), "{}", kind.name());
    }
    for reason in resit_intake::Reason::ALL {
        assert!(
            guide.contains(&format!("| `{reason}` | {} |", reason.says())),
            "{reason}: {}",
            reason.says()
        );
    }
}
