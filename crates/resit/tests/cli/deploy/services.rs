//! Services may listen where they answer.

use resit_api::routes;
use resit_nats::{Grant, Names, User};

#[test]
fn every_route_can_be_answered_by_its_service_and_read_models_hear_no_command() {
    let names = Names::of("resit".parse().unwrap());
    let grant = |user: &str| Grant::of(&names, &user.parse::<User>().unwrap());
    let mut answered = 0;
    for route in routes() {
        let Some(service) = route.operation.service() else { continue };
        answered += 1;
        let subject = names.api_route(route.id);
        assert!(grant(service.name()).may_subscribe(&subject), "{} {subject}", service.name());
        for other in ["projector", "expiry-scheduler"].into_iter().filter(|other| *other != service.name()) {
            assert!(!grant(other).may_subscribe(&subject), "{other} {subject}");
        }
    }
    assert!(answered > 30);
}
