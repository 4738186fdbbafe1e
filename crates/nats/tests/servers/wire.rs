//! The protocol as it goes over the wire: the one way to hear a server say no to a single word.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use nkeys::KeyPair;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::deployment::certificates;

/// A connection of one user.
pub(crate) struct Wire(BufReader<TlsStream<TcpStream>>);

impl Wire {
    pub(crate) async fn connect(port: u16, key: &KeyPair) -> Self {
        let mut plain = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
        let mut info = String::new();
        plain.read_line(&mut info).await.unwrap();
        let nonce = info.split(r#""nonce":""#).nth(1).and_then(|rest| rest.split('"').next());
        let signature = key.sign(nonce.expect("the server asks for a signature").as_bytes()).unwrap();
        let connect = format!(
            "CONNECT {{\"verbose\":false,\"pedantic\":false,\"tls_required\":true,\"headers\":true,\"nkey\":{:?},\"sig\":{:?}}}\r\n",
            key.public_key(),
            BASE64URL_NOPAD.encode(&signature)
        );
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let stream = tls().connect(name, plain.into_inner()).await.unwrap();
        let mut wire = Self(BufReader::new(stream));
        assert!(wire.is_allowed(&connect).await, "the user is let in");
        wire
    }

    /// Whether the server lets this be published.
    pub(crate) async fn may_publish(&mut self, subject: &str) -> bool {
        self.is_allowed(&format!("PUB {subject} 0\r\n\r\n")).await
    }

    /// Whether the server lets this be subscribed to.
    pub(crate) async fn may_subscribe(&mut self, subject: &str) -> bool {
        self.is_allowed(&format!("SUB {subject} 1\r\n")).await && self.is_allowed("UNSUB 1\r\n").await
    }

    /// What the server says to a word stands before its answer to the ping behind it.
    async fn is_allowed(&mut self, word: &str) -> bool {
        self.0.write_all(format!("{word}PING\r\n").as_bytes()).await.unwrap();
        self.0.flush().await.unwrap();
        let mut allowed = true;
        loop {
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).await.unwrap(), 0, "the server hung up on {word}");
            match line.trim_end() {
                "PONG" => return allowed,
                refusal if refusal.starts_with("-ERR 'Permissions Violation") => allowed = false,
                error if error.starts_with("-ERR") => panic!("{word}: {error}"),
                _ => {}
            }
        }
    }
}

fn tls() -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificates().join("ca.pem")).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}
