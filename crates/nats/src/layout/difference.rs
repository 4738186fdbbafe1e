//! Where what is there differs from what is needed, and whether that can be mended without losing anything.

use std::fmt::Debug;

use async_nats::jetstream::{consumer, stream};

use super::Durable;

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is, by the name that NATS has for it.
    pub what: &'static str,
    /// How it is.
    pub has: String,
    /// How it has to be.
    pub needs: String,
    /// Who can mend it.
    pub mending: Mending,
}

/// Who can mend a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mending {
    /// This program: nothing is lost or weakened by it.
    Here,
    /// People alone, who know what they give up.
    ByHand,
}

#[derive(Default)]
struct Found(Vec<Difference>);

impl Found {
    fn unless_equal<T: Debug + PartialEq>(
        &mut self,
        what: &'static str,
        has: &T,
        needs: &T,
        mending: Mending,
    ) {
        if has != needs {
            let (has, needs) = (format!("{has:?}"), format!("{needs:?}"));
            self.0.push(Difference { what, has, needs, mending });
        }
    }

    /// A guard, which may be put up and not be taken down.
    fn guard(&mut self, what: &'static str, has: bool, needs: bool) {
        let mending = if needs { Mending::Here } else { Mending::ByHand };
        self.unless_equal(what, &has, &needs, mending);
    }

    /// A limit, which may grow; nothing, and less, is no limit at all.
    fn limit(&mut self, what: &'static str, has: impl TryInto<i64>, needs: impl TryInto<i64>) {
        let limit = |value: Option<i64>| value.filter(|value| *value > 0);
        let (has, needs) = (limit(has.try_into().ok()), limit(needs.try_into().ok()));
        let grows = needs.is_none_or(|needs| has.is_some_and(|has| has < needs));
        let text =
            |limit: Option<i64>| limit.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string());
        if has != needs {
            let mending = if grows { Mending::Here } else { Mending::ByHand };
            self.0.push(Difference { what, has: text(has), needs: text(needs), mending });
        }
    }
}

/// How a stream differs.
pub(super) fn of_stream(has: &stream::Config, needs: &stream::Config) -> Vec<Difference> {
    use Mending::{ByHand, Here};
    let mut found = Found::default();
    let covers = has.subjects.iter().all(|subject| needs.subjects.contains(subject));
    found.unless_equal("subjects", &has.subjects, &needs.subjects, if covers { Here } else { ByHand });
    found.unless_equal("storage", &has.storage, &needs.storage, ByHand);
    found.unless_equal("retention", &has.retention, &needs.retention, ByHand);
    found.unless_equal("discard", &has.discard, &needs.discard, ByHand);
    let more = if has.num_replicas < needs.num_replicas { Here } else { ByHand };
    found.unless_equal("num_replicas", &has.num_replicas, &needs.num_replicas, more);
    found.limit("max_bytes", has.max_bytes, needs.max_bytes);
    found.limit("max_msgs", has.max_messages, needs.max_messages);
    found.limit("max_msgs_per_subject", has.max_messages_per_subject, needs.max_messages_per_subject);
    found.limit("max_msg_size", has.max_message_size, needs.max_message_size);
    found.limit("max_consumers", has.max_consumers, needs.max_consumers);
    found.limit("max_age in ns", has.max_age.as_nanos(), needs.max_age.as_nanos());
    found.unless_equal("duplicate_window", &has.duplicate_window, &needs.duplicate_window, Here);
    found.guard("deny_delete", has.deny_delete, needs.deny_delete);
    found.guard("deny_purge", has.deny_purge, needs.deny_purge);
    found.guard("allow_direct", has.allow_direct, needs.allow_direct);
    found.guard("allow_atomic", has.allow_atomic_publish, needs.allow_atomic_publish);
    found.unless_equal("allow_rollup_hdrs", &has.allow_rollup, &needs.allow_rollup, Here);
    // What makes messages vanish, come twice, or come from elsewhere. A server that has these on may not turn them off.
    found.unless_equal("allow_msg_ttl", &has.allow_message_ttl, &false, ByHand);
    found.unless_equal("allow_msg_schedules", &has.allow_message_schedules, &false, ByHand);
    found.unless_equal("allow_msg_counter", &has.allow_message_counter, &false, ByHand);
    found.unless_equal("subject_delete_marker_ttl", &has.subject_delete_marker_ttl, &None, ByHand);
    found.unless_equal("no_ack", &has.no_ack, &false, ByHand);
    found.unless_equal("sealed", &has.sealed, &false, ByHand);
    found.unless_equal("discard_new_per_subject", &has.discard_new_per_subject, &false, ByHand);
    found.unless_equal("mirror", &has.mirror.is_some(), &false, ByHand);
    found.unless_equal("sources", &has.sources.as_ref().is_some_and(|all| !all.is_empty()), &false, ByHand);
    found.unless_equal("subject_transform", &has.subject_transform.is_some(), &false, ByHand);
    found.unless_equal("republish", &has.republish.is_some(), &false, ByHand);
    // Its server would acknowledge what it has not stored yet.
    let stores_later = has.persist_mode == Some(stream::PersistenceMode::Async);
    found.unless_equal("persist_mode async", &stores_later, &false, ByHand);
    found.0
}

/// How a consumer differs.
pub(super) fn of_consumer(has: &consumer::Config, needs: &Durable) -> Vec<Difference> {
    use Mending::{ByHand, Here};
    let needs = &needs.config;
    let mut found = Found::default();
    found.unless_equal("deliver_subject", &has.deliver_subject, &None, ByHand);
    found.unless_equal("deliver_policy", &has.deliver_policy, &needs.deliver_policy, ByHand);
    found.unless_equal("ack_policy", &has.ack_policy, &needs.ack_policy, ByHand);
    found.unless_equal("filter_subject", &has.filter_subject, &needs.filter_subject, ByHand);
    found.unless_equal("filter_subjects", &has.filter_subjects, &needs.filter_subjects, ByHand);
    found.unless_equal("ack_wait", &has.ack_wait, &needs.ack_wait, Here);
    found.unless_equal("memory_storage", &has.memory_storage, &false, ByHand);
    found.limit("max_deliver", has.max_deliver, needs.max_deliver);
    found.limit("max_ack_pending", has.max_ack_pending, needs.max_ack_pending);
    found.0
}
