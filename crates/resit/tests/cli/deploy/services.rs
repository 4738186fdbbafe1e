//! Services may listen where they answer.

use resit_access::Role;
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

#[test]
fn every_role_of_the_api_asks_it_in_its_own_name_alone() {
    let names = Names::of("resit".parse().unwrap());
    for role in Role::ALL {
        let user: User = format!("{role}:anna").parse().unwrap();
        let grant = Grant::of(&names, &user);
        for asks in Role::ALL {
            let (own, others) =
                (names.api(asks.name(), "anna", "issue"), names.api(asks.name(), "ben", "issue"));
            assert_eq!(grant.may_publish(&own), role == asks, "{user} {own}");
            assert!(!grant.may_publish(&others), "{user} {others}");
            let handed_on = names.api_by_gateway(asks.name(), "anna", "issue");
            assert!(!grant.may_publish(&handed_on), "{user} {handed_on}");
        }
    }
}
