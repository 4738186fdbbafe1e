//! Starts nats-servers that sync before they acknowledge, says where they are, and stops them when its input ends.
//!
//! `nats-servers 1` starts one, `nats-servers 3` a cluster of three.

use std::io::{self, Read as _, Write as _};

use resit_nats_fixture::{Cluster, NatsServer, ServerConfig};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let config = ServerConfig::default();
    let (mut one, mut three) = (None, None);
    let url = if std::env::args().nth(1).as_deref() == Some("3") {
        three.insert(Cluster::start(&config).await).url()
    } else {
        one.insert(NatsServer::start(config)).url()
    };
    writeln!(io::stdout(), "{url}")?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
