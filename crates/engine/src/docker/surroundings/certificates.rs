//! The certificate authorities that this machine trusts, for tests behind a proxy that signs anew.

use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::plan::{Interpreter, Mount, MountFrom};

use super::truststore;
use crate::docker::connect;
use crate::docker::own::Own;
use crate::docker::recipe::BASE;

/// Where systems keep them in one file: Debian and Alpine, Fedora, openSUSE, older Red Hats, macOS.
const BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// Each tool reads one of its own: OpenSSL, Go and Ruby; requests; pip; curl; Node.js; Cargo; Git; Deno; AWS;
/// Composer and Google's tools follow one of these.
const VARIABLES: [&str; 9] = [
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "PIP_CERT",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "CARGO_HTTP_CAINFO",
    "GIT_SSL_CAINFO",
    "DENO_CERT",
    "AWS_CA_BUNDLE",
];

/// Options that every Java reads, and says that it has.
const JAVA: &str = "JAVA_TOOL_OPTIONS";

pub(super) fn lay(interpreter: &mut Interpreter, own: &Own) {
    let told = std::env::var("SSL_CERT_FILE").ok().map(Utf8PathBuf::from);
    if let Some(missing) = told.as_ref().filter(|path| !path.is_file()) {
        interpreter.unheeded.push(format!(
            "ca-certificates: SSL_CERT_FILE names {missing}, and no such file is there"
        ));
    }
    match bundle(told, &|path| path.is_file()) {
        Some(bundle) => {
            lay_store(interpreter, &bundle, own);
            lay_over(interpreter, bundle);
        }
        None => interpreter.unheeded.push(format!(
            "ca-certificates: this machine has none of {} (SSL_CERT_FILE names another)",
            BUNDLES.join(", ")
        )),
    }
}

/// Java's own store of them, which is made on this machine.
fn lay_store(interpreter: &mut Interpreter, bundle: &Utf8Path, own: &Own) {
    let is_here = connect::socket(interpreter.host.as_deref()).is_some();
    let store = truststore::of(bundle).filter(|store| is_here && own.there(store).is_some());
    let Some(store) = store else {
        let words = "ca-certificates for Java: a store of them is made on this machine, in the cache directory, and \
                     the engine does not have that";
        interpreter.unheeded.push(words.to_owned());
        return;
    };
    let target = format!("{BASE}/cacerts.jks");
    // What the image asks of every Java stays.
    let options = format!("${{containerEnv:{JAVA}}} -Djavax.net.ssl.trustStore={target}");
    interpreter.options.env.entry(JAVA.to_owned()).or_insert(options);
    let from = MountFrom::Host { path: store, make: false, label: None };
    interpreter.options.mounts.push(Mount { target, from, read_only: true });
}

fn lay_over(interpreter: &mut Interpreter, bundle: Utf8PathBuf) {
    let target = format!("{BASE}/ca-certificates.crt");
    for variable in VARIABLES {
        interpreter.options.env.entry(variable.to_owned()).or_insert_with(|| target.clone());
    }
    let from = MountFrom::Host { path: bundle, make: false, label: None };
    interpreter.options.mounts.push(Mount { target, from, read_only: true });
}

fn bundle(told: Option<Utf8PathBuf>, is_file: &dyn Fn(&Utf8Path) -> bool) -> Option<Utf8PathBuf> {
    let usual = BUNDLES.into_iter().map(Utf8PathBuf::from);
    let found = told.into_iter().chain(usual).find(|path| is_file(path))?;
    // A link may lead where the engine's machine has nothing of that name.
    Some(found.canonicalize_utf8().unwrap_or(found))
}

#[cfg(test)]
mod tests {
    use testdock_core::plan::Source;

    use super::*;

    #[test]
    fn what_the_caller_trusts_comes_first() {
        let known = |path: &Utf8Path| path == "/mine.pem" || path == "/etc/ssl/ca-bundle.pem";
        assert_eq!(bundle(Some("/mine.pem".into()), &known), Some("/mine.pem".into()));
        assert_eq!(bundle(Some("/gone.pem".into()), &known), Some("/etc/ssl/ca-bundle.pem".into()));
        assert_eq!(bundle(None, &|_| false), None);
    }

    #[test]
    fn a_variable_that_is_set_stays() {
        let mut interpreter = Interpreter::new("x", Source::Local);
        interpreter.options.env.insert("PIP_CERT".to_owned(), "/own.pem".to_owned());
        lay_over(&mut interpreter, "/mine.pem".into());
        let options = &interpreter.options;
        assert_eq!(options.env["PIP_CERT"], "/own.pem");
        assert_eq!(options.env["NODE_EXTRA_CA_CERTS"], "/run/testdock/ca-certificates.crt");
        assert!(options.mounts[0].read_only);
    }
}
