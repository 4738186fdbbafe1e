//! The settings that there are.

/// One setting: its name in a file, and how else it can be given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) flag: &'static str,
    pub(crate) variable: &'static str,
    /// What holds if nobody says anything, in words.
    pub(crate) default: &'static str,
    pub(crate) says: &'static str,
}

macro_rules! keys {
    ($($name:ident $text:literal $flag:literal $variable:literal $default:literal $says:literal;)*) => {
        $(pub(crate) const $name: Key =
            Key { name: $text, flag: $flag, variable: $variable, default: $default, says: $says };)*

        /// All of them, in the order in which they are shown.
        pub(crate) const ALL: &[Key] = &[$($name),*];
    };
}

keys! {
    LEDGER "ledger" "--ledger" "RESIT_LEDGER" "ledger" "the ledger's folder";
    SERVER "server" "--server" "RESIT_SERVER" "-" "the address of a running server to talk to, instead of opening the folder";
    TOKEN "token" "--token" "RESIT_TOKEN" "-" "the token that is shown to a server; never in a file of settings";
    TOKEN_FILE "token_file" "--token-file" "RESIT_TOKEN_FILE" "-" "a file that holds the token";
    LISTEN "listen" "--listen" "RESIT_LISTEN" "127.0.0.1:7480" "where the server listens";
    AUTH "auth" "--auth" "RESIT_AUTH" "tokens if there are any, else open" "who may ask the server: open, or tokens";
    LOG "log" "--log" "RESIT_LOG" "warn; info for the server" "what is logged to standard error, in the words of tracing";
    LOG_FORMAT "log_format" "--log-format" "RESIT_LOG_FORMAT" "human" "how it is logged: human, or json";
    CACHED_STATES_MAX "cached_states_max" "--cached-states-max" "RESIT_CACHED_STATES_MAX" "200000"
        "how many folded states the command handler keeps in memory";
    SEGMENT_BYTES "segment_bytes" "--segment-bytes" "RESIT_SEGMENT_BYTES" "268435456"
        "the length at which a segment of the log is sealed";
    BODY_BYTES_MAX "body_bytes_max" "--body-bytes-max" "RESIT_BODY_BYTES_MAX" "4194304"
        "the longest body that the server takes";
    IN_FLIGHT_MAX "in_flight_max" "--in-flight-max" "RESIT_IN_FLIGHT_MAX" "4096"
        "how many requests the server works at at a time; more are answered 503";
    INTAKE_WAIT_S "intake_wait_s" "--intake-wait-s" "RESIT_INTAKE_WAIT_S" "14400"
        "how many seconds an event waits for what it is about before it is parked";
    INTAKE_AT_ONCE "intake_at_once" "--intake-at-once" "RESIT_INTAKE_AT_ONCE" "64"
        "how many events intake works at at a time";
    CLOCK_SKEW_MAX_S "clock_skew_max_s" "--clock-skew-max-s" "RESIT_CLOCK_SKEW_MAX_S" "60"
        "how many seconds the clock may differ from the machine's uptime and the NATS servers' time, and be behind the last record";
    CLOCK_GAP_MAX_S "clock_gap_max_s" "--clock-gap-max-s" "RESIT_CLOCK_GAP_MAX_S" "604800"
        "how many seconds a ledger may have been off before an operator has to confirm the clock";
    NATS "nats" "--nats" "RESIT_NATS" "-"
        "the NATS servers that keep the log, instead of the ledger's folder, separated by commas";
    NATS_LEDGER "nats_ledger" "--nats-ledger" "RESIT_NATS_LEDGER" "resit"
        "the ledger's name on NATS";
    NATS_NKEY_FILE "nats_nkey_file" "--nats-nkey-file" "RESIT_NATS_NKEY_FILE" "-"
        "a file that holds the seed of the nkey that is shown to NATS";
    NATS_CREDENTIALS_FILE "nats_credentials_file" "--nats-credentials-file" "RESIT_NATS_CREDENTIALS_FILE" "-"
        "a file of credentials that are shown to NATS, instead of an nkey";
    NATS_INBOX "nats_inbox" "--nats-inbox" "RESIT_NATS_INBOX" "-"
        "what the subjects of answers from NATS begin with, if its user may not use `_INBOX`";
    NATS_CA_FILE "nats_ca_file" "--nats-ca-file" "RESIT_NATS_CA_FILE" "-"
        "a file of certificates by which those of the NATS servers are believed";
    NATS_CERTIFICATE_FILE "nats_certificate_file" "--nats-certificate-file" "RESIT_NATS_CERTIFICATE_FILE" "-"
        "a certificate that is shown to NATS";
    NATS_KEY_FILE "nats_key_file" "--nats-key-file" "RESIT_NATS_KEY_FILE" "-"
        "the key of that certificate";
    NATS_REPLICAS "nats_replicas" "--nats-replicas" "RESIT_NATS_REPLICAS" "3"
        "how many NATS servers keep each record: 1, 3 or 5";
    DURABILITY "durability" "--durability" "RESIT_DURABILITY" "durable"
        "when a commit on NATS is acknowledged: durable, or relaxed";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_setting_is_documented_with_its_flag_and_its_variable() {
        let page = include_str!("../../../../docs/operating.md");
        for key in ALL {
            let row = format!(
                "| `{}` | `{}` | `{}` | {} | {} |",
                key.name, key.flag, key.variable, key.default, key.says
            );
            assert!(page.contains(&row), "docs/operating.md lacks the row\n{row}");
        }
    }
}
