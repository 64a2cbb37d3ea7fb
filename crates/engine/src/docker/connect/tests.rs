use std::path::Path;
use std::time::Instant;

use expect_test::expect;
use testdock_core::remedy::{Remedy, Services, System};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

/// The hash of `box`, which names the directory of the context `box`.
const BOX: &str = "26f8567f2569182294c3fa5b9f9cb2270b554eef628b4c149cf82a42888ff4ae";

fn resolve(host: Option<&str>, home: &Path, vars: &[(&str, &str)]) -> String {
    let text = match endpoint::resolve(host, &Environment::of(home, vars)) {
        Ok(Endpoint { address, tls, origin }) => {
            let tls = tls.map(|tls| {
                let whom = if tls.unverified { " with anyone" } else { "" };
                format!(", TLS{whom} by {}", tls.certs.display())
            });
            let origin = origin.unwrap_or("the default".to_owned());
            format!("{address}{} ({origin})", tls.unwrap_or_default())
        }
        Err(e) => format!("{}; {}", e.message, e.help.unwrap_or_default()),
    };
    text.replace(&home.display().to_string(), "~")
}

fn context(home: &Path, id: &str, host: &str) {
    let meta = home.join(".docker/contexts/meta").join(id);
    std::fs::create_dir_all(&meta).unwrap();
    let json = format!(
        r#"{{"Name":"x","Metadata":{{}},"Endpoints":{{"docker":{{"Host":"{host}","SkipTLSVerify":false}}}}}}"#
    );
    std::fs::write(meta.join("meta.json"), json).unwrap();
}

#[test]
fn the_setting_comes_first_then_the_environment_then_the_context() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    context(home, BOX, "tcp://box:2375");
    let config = r#"{"auths":{},"currentContext":"box"}"#;
    std::fs::write(home.join(".docker/config.json"), config).unwrap();
    let host = [("DOCKER_HOST", "tcp://10.0.0.1"), ("DOCKER_CONTEXT", "box")];
    let cases = [
        resolve(Some("unix:///a b.sock"), home, &host),
        resolve(None, home, &host),
        resolve(None, home, &[("DOCKER_CONTEXT", "box")]),
        resolve(None, home, &[]),
        resolve(None, home, &[("DOCKER_CONTEXT", "gone")]),
    ];
    expect![[r#"
        unix:///a b.sock (interpreter.host)
        tcp://10.0.0.1:2375 (DOCKER_HOST)
        tcp://box:2375 (the Docker context box, chosen by DOCKER_CONTEXT)
        tcp://box:2375 (the Docker context box, chosen by currentContext in ~/.docker/config.json)
        cannot use the Docker context gone from DOCKER_CONTEXT: ~/.docker/contexts/meta/283bb9deef02e6843abfb538efa1eca70801bd8a701c3f98191e123496339247/meta.json: No such file or directory (os error 2); choose one that is there (docker context ls, docker context use), or set interpreter.host"#]].assert_eq(&cases.join("\n").replace(BOX, "ID"));
}

#[test]
fn a_context_brings_its_certificates() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    context(home, BOX, "tcp://box");
    let certs = home.join(".docker/contexts/tls").join(BOX).join("docker");
    std::fs::create_dir_all(&certs).unwrap();
    std::fs::write(certs.join("ca.pem"), "").unwrap();
    let endpoint = resolve(None, home, &[("DOCKER_CONTEXT", "box")]);
    expect!["tcp://box:2376, TLS by ~/.docker/contexts/tls/ID/docker (the Docker context box, chosen by DOCKER_CONTEXT)"].assert_eq(&endpoint.replace(BOX, "ID"));
}

#[test]
fn a_context_can_do_without_verification() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    context(home, BOX, "tcp://box");
    let meta = home.join(".docker/contexts/meta").join(BOX).join("meta.json");
    let text = std::fs::read_to_string(&meta).unwrap();
    std::fs::write(&meta, text.replace("false", "true")).unwrap();
    let endpoint = resolve(None, home, &[("DOCKER_CONTEXT", "box")]);
    expect!["tcp://box:2376, TLS with anyone by ~/.docker/contexts/tls/ID/docker (the Docker context box, chosen by DOCKER_CONTEXT)"].assert_eq(&endpoint.replace(BOX, "ID"));
}

#[test]
fn without_a_choice_the_usual_sockets_are_tried() {
    let home = tempfile::tempdir().unwrap();
    let default = [("DOCKER_CONTEXT", "default")];
    expect!["unix:///var/run/docker.sock (the default)"].assert_eq(&resolve(
        None,
        home.path(),
        &default,
    ));
}

#[test]
fn addresses() {
    let home = tempfile::tempdir().unwrap();
    let tls = [("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "/certs")];
    let cases = [
        ("tcp://host", &tls[..0]),
        ("tcp://[::1]", &tls[..0]),
        ("tcp://[::1]:99/", &tls[..0]),
        ("tcp://host", &tls[..]),
        ("tcp://host", &tls[..1]),
        ("unix:///x.sock", &tls[..]),
        ("ssh://build@box", &tls[..]),
        ("tcp://", &tls[..]),
        ("box", &tls[..]),
        ("ftp://box", &tls[..]),
    ];
    let lines = cases.map(|(host, vars)| resolve(Some(host), home.path(), vars));
    expect![[r#"
        tcp://host:2375 (interpreter.host)
        tcp://[::1]:2375 (interpreter.host)
        tcp://[::1]:99 (interpreter.host)
        tcp://host:2376, TLS by /certs (interpreter.host)
        tcp://host:2376, TLS by ~/.docker (interpreter.host)
        unix:///x.sock (interpreter.host)
        ssh://build@box (interpreter.host)
        cannot use the Docker address tcp:// from interpreter.host: it is incomplete; write unix:///path/to/docker.sock, tcp://host:2376 or ssh://user@host
        cannot use the Docker address box from interpreter.host: it has no scheme; write unix:///path/to/docker.sock, tcp://host:2376 or ssh://user@host
        cannot use the Docker address ftp://box from interpreter.host: its scheme is unknown; write unix:///path/to/docker.sock, tcp://host:2376 or ssh://user@host"#]].assert_eq(&lines.join("\n"));
}

/// A person's machine: which one, that decides what is advised.
fn laptop() -> Machine {
    Machine {
        system: System::Linux,
        services: Services::Systemd,
        is_root: false,
        is_installed: true,
    }
}

async fn refusal(host: &str) -> String {
    let environment = Environment::of(Path::new("/home/me"), &[]);
    let endpoint = endpoint::resolve(Some(host), &environment).unwrap();
    let error = reach(&endpoint, laptop).await.unwrap_err();
    assert_eq!(error.fault, Fault::Interpreter);
    format!("{}\n{}", error.message, error.help.unwrap_or_default())
}

#[tokio::test]
async fn no_engine_at_the_path() {
    expect![[r#"
        cannot reach Docker at unix:///nowhere/docker.sock: no such file
        start the engine that listens there, or set interpreter.host, or run without a container: interpreter.local = true, or --local (the address comes from interpreter.host)"#]].assert_eq(&refusal("unix:///nowhere/docker.sock").await);
}

#[cfg(unix)]
#[tokio::test]
async fn a_socket_that_nobody_serves() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("docker.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let text = refusal(&format!("unix://{}", path.display())).await;
    expect![[r#"
        cannot reach Docker at unix://~/docker.sock: connection refused
        start the engine that listens there, or set interpreter.host, or run without a container: interpreter.local = true, or --local (the address comes from interpreter.host)"#]].assert_eq(&text.replace(&dir.path().display().to_string(), "~"));
}

#[tokio::test]
async fn a_port_that_nobody_serves() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let text = refusal(&format!("tcp://{address}")).await;
    expect![[r#"
        cannot reach Docker at tcp://HOST: connection refused
        start it, or check host and port, or set interpreter.host, or run without a container: interpreter.local = true, or --local (the address comes from interpreter.host)"#]].assert_eq(&text.replace(&address, "HOST"));
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    let text = refusal("tcp://no-such-host.invalid").await;
    assert!(
        text.starts_with(
            "cannot reach Docker at tcp://no-such-host.invalid:2375: failed to lookup address"
        ),
        "{text}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_login_that_fails() {
    let text = refusal("ssh://me@no-such-host.invalid").await;
    let (message, help) = text.split_once('\n').unwrap();
    assert!(
        message.starts_with("cannot reach Docker at ssh://me@no-such-host.invalid: "),
        "{text}"
    );
    let known = ["check the host's name", "install OpenSSH's client"];
    assert!(known.iter().any(|words| help.starts_with(words)), "{text}");
}

#[tokio::test]
async fn an_engine_that_never_answers() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let began = Instant::now();
    let text = refusal(&format!("tcp://{address}")).await;
    assert!(began.elapsed() < Duration::from_secs(7));
    expect![[r#"
        cannot reach Docker at tcp://HOST: no answer within 5 s
        check the address and the firewall, or set interpreter.host, or run without a container: interpreter.local = true, or --local (the address comes from interpreter.host)"#]].assert_eq(&text.replace(&address, "HOST"));
}

/// Answers one request with `response`, as an engine that is not one, or not ours.
async fn answering(status: &'static str, body: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await.unwrap();
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    let text = refusal(&format!("tcp://{address}")).await;
    server.await.unwrap();
    text.replace(&address, "HOST")
}

#[tokio::test]
async fn answers_that_are_no_use() {
    let old = answering("200 OK", r#"{"ApiVersion":"1.39"}"#).await;
    let tls = "Client sent an HTTP request to an HTTPS server.";
    let tls = answering("400 Bad Request", tls).await;
    let web = answering("200 OK", "<html>").await;
    expect![[r#"
        cannot reach Docker at tcp://HOST: its API 1.39 is older than 1.41
        install Docker 20.10 or newer, or set interpreter.host, or run without a container: interpreter.local = true, or --local (the address comes from interpreter.host)
        cannot reach Docker at tcp://HOST: it speaks TLS only
        set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, or set interpreter.host, or run without a container: interpreter.local = true, or --local (the address comes from interpreter.host)
        cannot reach Docker at tcp://HOST: what answers there is no Docker engine
        check the address, or set interpreter.host, or run without a container: interpreter.local = true, or --local (the address comes from interpreter.host)"#]].assert_eq(&[old, tls, web].join("\n"));
}

/// The error that a caller outside the group gets: root may read every socket, so it is made here.
#[test]
fn permission_denied_on_the_socket() {
    let endpoint =
        endpoint::resolve(Some("unix:///var/run/docker.sock"), &Environment::of_process());
    let denied = std::io::Error::from(ErrorKind::PermissionDenied);
    let error = unreachable(&endpoint.unwrap(), laptop(), &Error::from(denied));
    assert_eq!(error.remedy, Some(Remedy::JoinGroup));
    expect![[r#"
        cannot reach Docker at unix:///var/run/docker.sock: permission denied
        add yourself to the group docker (sudo usermod -aG docker $USER, then log in again), or set interpreter.host, or run without a container: interpreter.local = true, or --local (the address comes from interpreter.host)"#]].assert_eq(&format!(
        "{}\n{}",
        error.message,
        error.help.unwrap_or_default()
    ));
}
