//! The examples of docs/http.md do what it says.

use resit_api::ProblemKind;
use serde_json::Value;

use crate::world::World;

/// The parts of a curl line of the page: path, key, body.
fn parts(example: &str) -> (String, String, Value) {
    let between = |from: &str, to: &str| {
        let rest = example.split_once(from).unwrap().1;
        rest.split_once(to).unwrap().0.to_owned()
    };
    let body = between("-d '", "'");
    (between("$R", " "), between("Idempotency-Key: ", "'"), serde_json::from_str(&body).unwrap())
}

#[tokio::test]
async fn the_examples_of_the_reference_are_accepted() {
    let page = include_str!("../../../../docs/http.md");
    let examples: Vec<_> =
        page.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    let examples: Vec<_> = examples.into_iter().filter(|block| block.starts_with("curl")).collect();
    assert_eq!(examples.len(), 2);
    let world = World::open();
    world.stock().await;
    for example in examples {
        let (path, key, body) = parts(example);
        assert!(example.contains("-H 'Content-Type: application/json'"), "{example}");
        world.post(path).key(&key).body(&body).send().await.is(200);
    }
}

#[test]
fn every_path_of_the_reference_is_a_route() {
    let page = include_str!("../../../../docs/http.md");
    let paths: Vec<_> = resit_api::routes().into_iter().map(|route| route.path).collect();
    let told = page.split('`').filter_map(|code| {
        let path = code.strip_prefix("GET ").or(code.strip_prefix("POST "))?;
        Some(path.split('?').next().unwrap())
    });
    let mut count = 0;
    for path in told {
        count += 1;
        assert!(paths.iter().any(|known| known == path), "{path}");
    }
    assert!(count > 12, "{count}");
}

#[tokio::test]
async fn the_type_of_every_problem_leads_to_a_page() {
    let world = World::open();
    for kind in ProblemKind::ALL {
        let uri = serde_json::to_value(kind).unwrap();
        let answer = world.get(uri.as_str().unwrap()).send().await;
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
        let page = answer.is(200);
        for part in [kind.title(), kind.when(), kind.remedy()] {
            assert!(page.as_str().unwrap().contains(part), "{page}");
        }
    }
    let problem = world.get("/problems/nothing").send().await.problem("not-found");
    assert!(problem["detail"].as_str().unwrap().contains("bad-input, key-required"), "{problem:#}");
}
