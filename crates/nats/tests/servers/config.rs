//! The configuration of servers that lies in `deploy/nats` is the one that the program writes.

use std::path::Path;
use std::{env, fs};

use resit_nats::{Names, Transport, User, server_config};

/// Those whom the example lets in, as the documentation says.
pub(crate) const EXAMPLE: [&str; 5] =
    ["purchase:shop", "delivery:provider", "support:desk", "reporting:bi", "operator:chief"];

#[test]
fn the_example_is_what_the_program_writes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/nats");
    let users: Vec<User> = EXAMPLE.map(|user| user.parse().unwrap()).into();
    let servers = ["n1", "n2", "n3"].map(str::to_owned);
    let names = Names::of("resit".parse().unwrap());
    for (name, text) in server_config(&names, &users, &servers, Transport::Tls) {
        let path = folder.join(&name);
        if env::var_os("RESIT_GOLDEN").is_some_and(|word| word == "write") {
            fs::write(&path, &text).unwrap();
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == text,
            "{} is not what `resit nats users` writes; RESIT_GOLDEN=write",
            path.display()
        );
    }
}
