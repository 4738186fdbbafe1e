//! A process finds out whether it may do what its role must, and changes nothing by it.

use resit_nats::layout::Layout;
use resit_nats::{Link, Rights};

use crate::deployment::{Deployment, users};

const ROLES: [&str; 5] = ["command-handler", "projector", "expiry-scheduler", "intake", "gateway"];

/// How many messages the ledger's streams have taken.
async fn taken(admin: &Link) -> Vec<u64> {
    let mut taken = Vec::new();
    for stream in Layout::of(&admin.names, 1, &users()).stream_names() {
        taken.push(admin.jetstream.get_stream(stream).await.unwrap().cached_info().state.last_sequence);
    }
    taken
}

#[tokio::test]
async fn each_role_has_its_rights_by_its_own_key_and_leaves_no_trace() {
    let deployment = Deployment::start().laid_out().await;
    let admin = deployment.link("admin").await;
    let event = admin.names.intake("purchase", "shop", "order");
    let shop = deployment.link("purchase:shop").await;
    shop.jetstream.publish(event, "an order".into()).await.unwrap().await.unwrap();
    let before = taken(&admin).await;
    for role in ROLES {
        let link = deployment.link(role).await;
        Rights::of(&link, role.parse().unwrap()).prove().await.unwrap();
    }
    assert_eq!(taken(&admin).await, before);
    let intake = admin.jetstream.get_stream(admin.names.intake_stream()).await.unwrap();
    let info = intake.consumer_info(admin.names.intake_consumer()).await.unwrap();
    assert_eq!((info.num_pending, info.num_ack_pending), (1, 0), "the event waits for whoever takes it in");
}

#[tokio::test]
async fn with_anothers_key_a_role_is_told_what_it_lacks() {
    let deployment = Deployment::start().laid_out().await;
    for role in ROLES {
        for user in ROLES.into_iter().filter(|user| *user != role) {
            let link = deployment.link(user).await;
            let told = Rights::of(&link, role.parse().unwrap()).prove().await.unwrap_err().to_string();
            assert!(
                told.contains("NATS denies this process to ") && told.contains(role),
                "{role} by {user}: {told}"
            );
        }
    }
}
