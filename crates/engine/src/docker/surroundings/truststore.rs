//! Authorities as Java wants them: it reads no PEM, but a store of its own. The older of its two forms is plain
//! enough to be written here, and every Java reads it.

use std::fs;
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use sha1::{Digest as _, Sha1};

use crate::docker::cache;
use crate::supervisor::hex;

/// Stores of bundles that have changed since go after so long.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 3600);
/// What Java expects of those who name none; it protects nothing.
const PASSWORD: &str = "changeit";

/// The store of a bundle, in the caller's cache, made once for each content; `None` where it cannot be made.
pub(super) fn of(bundle: &Utf8Path) -> Option<Utf8PathBuf> {
    let meta = fs::metadata(bundle).ok()?;
    let changed = meta.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let facts = format!("{bundle} {} {}", meta.len(), changed.as_nanos());
    let hash = Sha1::digest(facts);
    let (dir, name) = (cache::dir("trust")?, format!("{}.jks", hex(&hash[..8])));
    let path = dir.join(&name);
    if !path.is_file() {
        let store = store(&fs::read(bundle).ok()?);
        fs::create_dir_all(&dir).ok()?;
        // Whole or not at all, whoever else does the same.
        let draft = dir.join(format!("{name}.{}", std::process::id()));
        fs::write(&draft, store).and_then(|()| fs::rename(&draft, &path)).ok()?;
        cache::sweep(&dir, FORGOTTEN, &name);
    }
    Some(path)
}

/// The certificates of a bundle as a Java KeyStore (JKS).
fn store(bundle: &[u8]) -> Vec<u8> {
    const MAGIC: u32 = 0xfeed_feed;
    const VERSION: u32 = 2;
    const TRUSTED: u32 = 2;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(bundle).flatten().collect();
    let mut out = Vec::new();
    for number in [MAGIC, VERSION, length(certificates.len())] {
        out.extend(number.to_be_bytes());
    }
    for (number, certificate) in certificates.iter().enumerate() {
        out.extend(TRUSTED.to_be_bytes());
        text(&mut out, &number.to_string());
        // When it was added, which nobody asks.
        out.extend(0_u64.to_be_bytes());
        text(&mut out, "X.509");
        out.extend(length(certificate.len()).to_be_bytes());
        out.extend_from_slice(certificate);
    }
    let mut seal = Sha1::new();
    PASSWORD.encode_utf16().for_each(|unit| seal.update(unit.to_be_bytes()));
    seal.update("Mighty Aphrodite");
    seal.update(&out);
    out.extend(seal.finalize());
    out
}

/// Nothing here is as long as four gigabytes.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_lie_in_it_one_after_the_other() {
        // As `keytool -list` reads it back: see the test with a real Java.
        let pem = "# words\n-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n\
                   -----BEGIN CERTIFICATE-----\nBA==\n-----END CERTIFICATE-----\n";
        let found = store(pem.as_bytes());
        assert_eq!(found[..12], [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 2]);
        let entry = |alias: u8, der: &[u8]| {
            let head = [0, 0, 0, 2, 0, 1, alias, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5];
            let length = u8::try_from(der.len()).unwrap();
            [&head[..], b"X.509", &[0, 0, 0, length], der].concat()
        };
        let entries = [entry(b'0', &[1, 2, 3]), entry(b'1', &[4])].concat();
        assert_eq!(found[12..found.len() - 20], entries);
    }
}
