//! The engine behind an address of the network, with TLS or without.
//!
//! Connections stay open for the next request, and what is written goes out at once: a request is small, and would
//! wait for the other side's word on the handshake before it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bollard::Docker;
use bollard::errors::Error;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::over;

/// What an encrypted connection is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tls {
    /// The directory with `ca.pem`, and with `cert.pem` and `key.pem` where the engine wants to know its callers.
    pub(super) certs: PathBuf,
    /// Whether any engine will do, as a Docker context can say.
    pub(super) unverified: bool,
}

/// A client of the engine at `address`, a host and a port.
pub(super) fn client(address: &str, tls: Option<&Tls>) -> Result<Docker, Error> {
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    match tls {
        None => over(tcp, &format!("http://{address}")),
        Some(tls) => {
            tcp.enforce_http(false);
            let connector = HttpsConnector::from((tcp, tls.config()?));
            over(connector, &format!("https://{address}"))
        }
    }
}

impl Tls {
    fn config(&self) -> Result<ClientConfig, Error> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|_| unusable(&self.certs))?
            .dangerous()
            .with_custom_certificate_verifier(self.verifier(provider)?);
        let [cert, key] = ["cert.pem", "key.pem"].map(|name| self.certs.join(name));
        if !cert.exists() {
            return Ok(builder.with_no_client_auth());
        }
        let secret = PrivateKeyDer::from_pem_slice(&read(&key)?).map_err(|_| unusable(&key))?;
        builder.with_client_auth_cert(chain(&cert)?, secret).map_err(|_| unusable(&key))
    }

    fn verifier(
        &self,
        provider: Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ServerCertVerifier>, Error> {
        if self.unverified {
            return Ok(Arc::new(Anyone(provider)));
        }
        let path = self.certs.join("ca.pem");
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(chain(&path)?);
        let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider).build();
        Ok(verifier.map_err(|_| unusable(&path))?)
    }
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let all: Result<_, pem::Error> = CertificateDer::pem_slice_iter(&read(path)?).collect();
    all.map_err(|_| unusable(path))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|_| Error::CertPathError { path: path.to_owned() })
}

fn unusable(path: &Path) -> Error {
    Error::CertParseError { path: path.to_owned() }
}

/// Takes any engine for the one that is meant.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
