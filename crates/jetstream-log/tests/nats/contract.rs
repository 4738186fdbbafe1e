//! The contract, on real servers: one alone, and three that keep every record thrice.

mod alone {
    use crate::servers::alone as fresh;

    resit_event_log::contract!(fresh);
}

mod replicated {
    use crate::servers::replicated as fresh;

    resit_event_log::contract!(fresh);
}
