//! The contract, on real servers: one alone, and three that keep every record thrice.

mod servers;

mod alone {
    use super::servers::alone as fresh;

    resit_event_log::contract!(fresh);
}

mod replicated {
    use super::servers::replicated as fresh;

    resit_event_log::contract!(fresh);
}
