//! Three nats-servers that are one.

use std::time::Duration;

use async_nats::{Client, jetstream};

use crate::{NatsServer, Ports, Proxy, ServerConfig, Way};

/// How often a cluster that has no leader yet is asked again; each time it is given a second.
const TRIES: u32 = 60;

/// A cluster of three, as long as this lives.
#[derive(Debug)]
pub struct Cluster {
    /// The servers: `n1`, `n2`, `n3`.
    pub servers: Vec<NatsServer>,
    /// If they can be cut off from each other: the ways from one to another, by who goes and where to.
    ways: Vec<(usize, usize, Proxy)>,
}

impl Cluster {
    /// Starts three servers, and waits until they have a leader.
    pub async fn start(like: &ServerConfig) -> Self {
        let ports = [(); 3].map(|()| Ports::free());
        let routes = ports.map(|ports| ports.route).to_vec();
        let config =
            |n: usize| ServerConfig { name: format!("n{}", n + 1), routes: routes.clone(), ..like.clone() };
        let servers = (0..3).map(|n| NatsServer::start_at(config(n), ports[n])).collect();
        let cluster = Self { servers, ways: Vec::new() };
        if like.lets_everybody_in() {
            cluster.led().await;
        }
        cluster
    }

    /// Starts three servers that can be cut off from each other while clients reach each of them.
    pub async fn start_divisible(like: &ServerConfig) -> Self {
        let ports = [(); 3].map(|()| Ports::free());
        let mut ways = Vec::new();
        for from in 0..3 {
            for to in (0..3).filter(|to| *to != from) {
                ways.push((from, to, Proxy::before(ports[to].route).await));
            }
        }
        let config = |n: usize| ServerConfig {
            name: format!("n{}", n + 1),
            routes: ways.iter().filter(|(from, ..)| *from == n).map(|(.., proxy)| proxy.port()).collect(),
            // Servers tell each other of others: nobody listens there, so that there is no other way.
            advertises: Some("127.0.0.1:9".into()),
            ..like.clone()
        };
        let servers = (0..3).map(|n| NatsServer::start_at(config(n), ports[n])).collect();
        let cluster = Self { servers, ways };
        if like.lets_everybody_in() {
            cluster.led().await;
            cluster.all_joined().await;
        }
        cluster
    }

    /// Cuts a server off from the two others: nothing passes, and nobody hears of it.
    ///
    /// # Panics
    ///
    /// If the cluster can't be divided.
    pub fn cut_off(&self, server: usize) {
        assert!(!self.ways.is_empty(), "these servers reach each other without a proxy");
        for (from, to, proxy) in &self.ways {
            if [*from, *to].contains(&server) {
                proxy.let_pass(Way::Silent);
            }
        }
    }

    /// Lets all servers reach each other again.
    pub fn heal(&self) {
        for (.., proxy) in &self.ways {
            proxy.let_pass(Way::Open);
        }
    }

    /// Where clients find them, as one text.
    pub fn url(&self) -> String {
        self.servers.iter().map(NatsServer::url).collect::<Vec<_>>().join(",")
    }

    /// A client of all of them.
    pub async fn client(&self) -> Client {
        let addresses: Vec<async_nats::ServerAddr> =
            self.servers.iter().map(|server| server.url().parse().expect("an address")).collect();
        async_nats::connect(addresses).await.expect("the servers take clients")
    }

    /// Waits until each of the servers takes a part of a stream.
    async fn all_joined(&self) {
        let client = self.client().await;
        let jetstream = jetstream::new(client);
        let config = jetstream::stream::Config {
            name: "joined".into(),
            num_replicas: 3,
            storage: jetstream::stream::StorageType::Memory,
            ..jetstream::stream::Config::default()
        };
        let mut pace = tokio::time::interval(Duration::from_millis(500));
        for _ in 0..TRIES {
            pace.tick().await;
            if jetstream.create_stream(config.clone()).await.is_ok() {
                jetstream.delete_stream(&config.name).await.expect("it was made just now");
                return;
            }
        }
        panic!("three servers did not find each other");
    }

    /// Waits until the servers have a leader.
    async fn led(&self) {
        let client = self.client().await;
        for _ in 0..TRIES {
            let info = client.request("$JS.API.INFO", "".into());
            let answered = tokio::time::timeout(Duration::from_secs(1), info).await;
            if let Ok(Ok(message)) = answered
                && !String::from_utf8_lossy(&message.payload).contains("\"error\"")
                && jetstream::new(client.clone()).query_account().await.is_ok()
            {
                return;
            }
        }
        panic!("three servers found no leader");
    }
}
