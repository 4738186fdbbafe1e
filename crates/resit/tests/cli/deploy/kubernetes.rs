//! The manifests: they name each other rightly, and probe what there is.

use std::collections::BTreeSet;
use std::fs;

use resit_api::{Verb, routes};
use serde_json::{Value, json};

use super::{ROLES, check_variables, deploy, yaml};

/// Every manifest that is applied.
fn manifests() -> Vec<Value> {
    let folder = deploy("kubernetes");
    let listed = yaml(&folder.join("kustomization.yaml")).remove(0);
    let listed: BTreeSet<&str> =
        listed["resources"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    let there: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "kustomization.yaml")
        .collect();
    assert_eq!(listed, there.iter().map(String::as_str).collect());
    listed.into_iter().flat_map(|file| yaml(&folder.join(file))).collect()
}

/// What runs containers: its name, and the pods' description.
fn pods(manifests: &[Value]) -> Vec<(String, &Value)> {
    let runs = |one: &&Value| one.pointer("/spec/template/spec/containers").is_some();
    let pod = |one: &'_ Value| one["metadata"]["name"].as_str().unwrap().to_owned();
    manifests.iter().filter(runs).map(|one| (pod(one), &one["spec"]["template"])).collect()
}

#[test]
fn every_role_has_pods_that_are_found_and_may_be_moved_one_at_a_time() {
    let manifests = manifests();
    for role in ROLES.into_iter().chain(["nats"]) {
        let (_, pod) = pods(&manifests).into_iter().find(|(name, _)| name == role).expect(role);
        let labels = json!({ "app": role });
        assert_eq!(pod["metadata"]["labels"], labels);
        let of = |kind: &str| {
            let one = |one: &&Value| one["kind"] == kind && one["metadata"]["name"] == role;
            manifests.iter().find(one).unwrap_or_else(|| panic!("{role} has no {kind}"))
        };
        assert_eq!(of("Service")["spec"]["selector"], labels);
        assert_eq!(of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"], labels);
        assert_eq!(of("PodDisruptionBudget")["spec"]["maxUnavailable"], 1);
        let word = &pod["spec"]["containers"][0]["args"][0];
        assert!(role == "nats" || word == role, "{word}");
    }
}

#[test]
fn roles_are_probed_where_they_answer() {
    let gets: BTreeSet<String> =
        routes().into_iter().filter(|route| route.verb == Verb::Get).map(|route| route.path).collect();
    let manifests = manifests();
    for (name, pod) in pods(&manifests).iter().filter(|(name, _)| ROLES.contains(&name.as_str())) {
        let container = &pod["spec"]["containers"][0];
        for (probe, path) in [
            ("startupProbe", "/health/live"),
            ("livenessProbe", "/health/live"),
            ("readinessProbe", "/health/ready"),
        ] {
            let get = &container[probe]["httpGet"];
            assert_eq!(get["path"], path, "{name} {probe}");
            assert!(gets.contains(path), "{path} is a route");
            assert_eq!(get["port"], container["ports"][0]["name"], "{name} {probe}");
        }
        // A gateway tells its numbers to those who have a token, and not to whoever scrapes.
        let scraped = pod.pointer("/metadata/annotations/prometheus.io~1path").and_then(Value::as_str);
        let open = Some("/metrics").filter(|path| gets.contains(*path) && name != "gateway");
        assert_eq!(scraped, open, "{name}");
    }
}

#[test]
fn no_pod_runs_as_root_or_writes_to_its_image() {
    let manifests = manifests();
    for (name, pod) in pods(&manifests) {
        assert_eq!(pod["spec"]["securityContext"]["runAsNonRoot"], true, "{name}");
        for container in pod["spec"]["containers"].as_array().unwrap() {
            let context = &container["securityContext"];
            assert_eq!(context["readOnlyRootFilesystem"], true, "{name}");
            assert_eq!(context["allowPrivilegeEscalation"], false, "{name}");
            let volumes: BTreeSet<&str> = ["/spec/volumes"]
                .iter()
                .filter_map(|at| pod.pointer(at))
                .flat_map(|volumes| volumes.as_array().unwrap())
                .map(|volume| volume["name"].as_str().unwrap())
                .collect();
            for mount in container["volumeMounts"].as_array().unwrap() {
                let volume = mount["name"].as_str().unwrap();
                assert!(volume == "data" || volumes.contains(volume), "{name} mounts {volume}");
            }
        }
    }
}

#[test]
fn what_pods_are_told_is_what_the_programs_read() {
    let manifests = manifests();
    let common = manifests.iter().find(|one| one["kind"] == "ConfigMap").unwrap();
    for (name, pod) in pods(&manifests) {
        let container = &pod["spec"]["containers"][0];
        let own =
            container["env"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned());
        let mut told: BTreeSet<String> = own.collect();
        if container.get("envFrom").is_some() {
            told.extend(common["data"].as_object().unwrap().keys().cloned());
        }
        check_variables(&name, &told);
    }
}
