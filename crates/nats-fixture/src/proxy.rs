//! A way to a server that can be cut.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What a proxy does with what passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// All of it passes.
    Open,
    /// What clients send comes to the server; what it answers is lost.
    Deaf,
    /// Nothing passes either way, and neither side hears of it: as if the network between them were gone. When it opens again the
    /// connections are broken, for what was on its way is lost.
    Silent,
    /// Connections are broken, and none is made.
    Cut,
}

/// A proxy before one server, as long as this lives. Servers tell clients of each other: let them ignore that.
#[derive(Debug)]
pub struct Proxy {
    address: std::net::SocketAddr,
    way: watch::Sender<Way>,
    _accepting: JoinSet<()>,
}

impl Proxy {
    /// A proxy before the server at a port of this machine.
    ///
    /// # Panics
    ///
    /// If no port can be had.
    pub async fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (way, seen) = watch::channel(Way::Open);
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(connected(client, port, seen.clone()));
            }
        });
        Self { address, way, _accepting: accepting }
    }

    /// Where clients find it.
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Changes what it does with what passes.
    pub fn let_pass(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn connected(mut client: TcpStream, port: u16, mut way: watch::Receiver<Way>) {
    let now = *way.borrow();
    if now == Way::Cut {
        return;
    }
    if now == Way::Silent {
        // It is taken and never answered.
        drop(way.wait_for(|way| *way != Way::Silent).await);
        return;
    }
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let seen = way.clone();
    // Whichever ends first ends the connection.
    tokio::select! {
        _ = passes(&mut from_client, &mut to_server, seen.clone(), &[Way::Open, Way::Deaf]) => {}
        _ = passes(&mut from_server, &mut to_client, seen, &[Way::Open]) => {}
        () = broken(&mut way) => {}
    }
}

/// Waits until a connection is broken.
async fn broken(way: &mut watch::Receiver<Way>) {
    if way.wait_for(|way| [Way::Cut, Way::Silent].contains(way)).await.is_ok_and(|way| *way == Way::Silent) {
        drop(way.wait_for(|way| *way != Way::Silent).await);
    }
}

async fn passes(
    from: &mut tokio::net::tcp::ReadHalf<'_>,
    to: &mut tokio::net::tcp::WriteHalf<'_>,
    way: watch::Receiver<Way>,
    passing: &[Way],
) -> io::Result<()> {
    let mut bytes = vec![0; 64 << 10];
    loop {
        let count = from.read(&mut bytes).await?;
        if count == 0 {
            return Ok(());
        }
        let now = *way.borrow();
        if passing.contains(&now) {
            to.write_all(&bytes[..count]).await?;
        }
    }
}
