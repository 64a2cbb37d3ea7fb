//! What tests are given of the machine: the engine, proxies, authorities, who they are.

use std::os::unix::fs::PermissionsExt;

use crate::support::docker::{docker, is_rootless, socket};
use crate::support::images;
use crate::support::person::{self, Engine, foreign};
use crate::support::project::Project;
use crate::support::running::Story;

#[track_caller]
fn passes(story: &Story) {
    assert_eq!(story.code, Some(0), "{story:#?}");
}

fn warnings(story: &Story) -> String {
    let texts = story.of("warning").filter_map(|line| line.value["message"].as_str());
    texts.collect::<Vec<_>>().join("\n")
}

const STARTS_A_DATABASE: &str = r#"
import os, pathlib
import pg8000.native
from testcontainers.postgres import PostgresContainer

HERE = pathlib.Path(__file__).parent

def test_query():
    database = PostgresContainer(os.environ["POSTGRES_IMAGE"], driver=None)
    with database.with_volume_mapping(str(HERE), "/here") as it:
        host, port = it.get_container_host_ip(), int(it.get_exposed_port(5432))
        client = pg8000.native.Connection(it.username, host, it.dbname, port, it.password)
        assert client.run("select 1") == [[1]]
        # The engine finds the workspace where the tests do.
        assert it.exec(["cat", "/here/marker.txt"]).output == b"seen"
"#;

/// As somebody other than root, who may use the engine here: so may they in the container.
#[test]
fn tests_start_a_real_database_with_testcontainers() {
    let (Some(image), Some(postgres)) = (images::testcontainers(), images::postgres()) else {
        return;
    };
    let project = Project::empty();
    project.write("test_db.py", STARTS_A_DATABASE);
    project.write("marker.txt", "seen");
    let settings = format!(
        "[interpreter]\nimage = '{image}'\ntestcontainers = true\n\
         env = {{ TESTCONTAINERS_RYUK_DISABLED = 'true', POSTGRES_IMAGE = '{postgres}' }}\n"
    );
    project.write("testdock.toml", &settings);
    let Some(project) = person::hand_over(project, Engine::Allowed) else {
        return;
    };
    // Which is more than the project can allow itself.
    assert!(project.run(&[]).error().contains("gives the container the engine itself"));
    project.shown(&["interpreter", "allow"]);
    let story = project.run(&[]);
    passes(&story);
    assert!(warnings(&story).contains("the engine itself"), "{story:#?}");
    let mounts = docker(&["inspect", "-f", "{{json .Mounts}}", story.container()]).unwrap();
    assert!(mounts.contains("/var/run/docker.sock"), "{mounts}");
    // Without the setting there is no engine in the container.
    project.edit("testdock.toml", "testcontainers = true", "testcontainers = false");
    assert_eq!(project.run(&[]).code, Some(1));
}

#[test]
fn proxies_are_those_of_dockers_own_configuration() {
    let Some(base) = images::pytest() else { return };
    let project = Project::empty();
    let config = r#"{ "proxies": { "default": { "httpProxy": "http://me:hush@proxy:3128", "noProxy": "db" } } }"#;
    std::fs::create_dir(project.home.join(".docker")).unwrap();
    std::fs::write(project.home.join(".docker/config.json"), config).unwrap();
    let dockerfile = format!("FROM {base}\nRUN echo \"$http_proxy $NO_PROXY\" >/built-with\n");
    project.write("Dockerfile", &dockerfile);
    project.write("testdock.toml", "[interpreter]\nenv = { NO_PROXY = 'mine' }\n");
    let test = "import os

def test_proxies():
    assert os.environ['HTTP_PROXY'] == os.environ['http_proxy'] == 'http://me:hush@proxy:3128'
    assert (os.environ['no_proxy'], os.environ['NO_PROXY']) == ('db', 'mine')

def test_built():
    assert open('/built-with').read() == 'http://me:hush@proxy:3128 db\\n'
";
    project.write("test_proxies.py", test);
    passes(&project.run(&[]));
    let (code, shown) = project.shown(&["interpreter", "show", "default"]);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("HTTP_PROXY=•••") && !shown.contains("hush"), "{shown}");
    let image = docker(&["inspect", "-f", "{{.Image}}", &project.container()]).unwrap();
    let config = docker(&["inspect", "-f", "{{json .Config}}", &image]).unwrap();
    assert!(!config.contains("hush"), "no image keeps a proxy: {config}");
}

#[test]
fn the_authorities_of_this_machine_are_trusted() {
    let test = "import os, ssl

def test_bundle():
    names = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS']
    [path] = {os.environ[name] for name in names}
    assert open(path).read() == os.environ['BUNDLE']
    assert ssl.create_default_context().cert_store_stats()['x509_ca'] == 1
";
    let Some(project) = Project::with(&[("test_trust.py", test)]) else {
        return;
    };
    // One of the machine's own: a whole bundle is too long for a variable.
    let all = std::fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap();
    let one = format!("{}-----END CERTIFICATE-----\n", all.split("-----END").next().unwrap());
    let bundle = project.home.join("bundle.pem");
    std::fs::write(&bundle, &one).unwrap();
    let project = project
        .env("SSL_CERT_FILE", bundle.as_str())
        .env("TESTDOCK_INTERPRETER__ENV__BUNDLE", &one)
        .env("TESTDOCK_INTERPRETER__CA_CERTIFICATES", "host");
    passes(&project.run(&[]));
}

/// Java reads no bundle: it gets a store of the same.
#[test]
fn java_trusts_the_authorities_of_this_machine() {
    let Some(image) = images::base_of("java-maven") else { return };
    let program = "import java.security.KeyStore; import javax.net.ssl.*;
class Trust { public static void main(String[] a) throws Exception {
  var f = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
  f.init((KeyStore) null);
  int n = ((X509TrustManager) f.getTrustManagers()[0]).getAcceptedIssuers().length;
  System.out.println(\"<testsuite><testcase name='trusts \" + n + \" \" + System.getProperty(\"kept\") + \"'/></testsuite>\");
} }";
    let project = Project::empty();
    project.write("Trust.java", program);
    let settings = "[interpreter]\ndockerfile = 'Dockerfile'\nca-certificates = 'host'\n\n[[suite]]\n\
         command = ['sh', '-c', 'java Trust.java > trust.xml']\nreports = ['trust.xml']\n";
    project.write("testdock.toml", settings);
    project.write("Dockerfile", &format!("FROM {image}\nENV JAVA_TOOL_OPTIONS=-Dkept=yes\n"));
    let all = std::fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap();
    let two = all.split_inclusive("-----END CERTIFICATE-----\n").take(2).collect::<String>();
    let bundle = project.home.join("bundle.pem");
    std::fs::write(&bundle, &two).unwrap();
    let story = project.env("SSL_CERT_FILE", bundle.as_str()).run(&[]);
    assert_eq!(story.totals(), [1, 0, 0, 0], "{story:#?}");
    let id = story.only("test-finished").value["id"].to_string();
    assert!(id.contains("trusts 2 yes"), "{id}");
}

const WHO: &str = "import getpass, grp, os, pathlib, pwd

def test_who():
    assert os.getuid() == int(os.environ['EXPECTED_UID'])
    assert int(os.environ['EXPECTED_GROUP']) in {os.getgid(), *os.getgroups()}
    assert pwd.getpwuid(os.getuid()).pw_name == getpass.getuser()
    assert grp.getgrgid(os.getgid()).gr_name
    home = pathlib.Path.home()
    assert str(home) == os.environ['HOME'] == pwd.getpwuid(os.getuid()).pw_dir
    (home / 'written').write_text('x')
    pathlib.Path('made.txt').write_text('x')
";

#[test]
fn the_tests_user_has_a_name_a_home_and_the_callers_groups() {
    let Some(project) = Project::with(&[("test_who.py", WHO)]) else {
        return;
    };
    let socket = std::fs::metadata(socket()).unwrap();
    // The person's group is the socket's; on a rootless engine there are no others than the container's own.
    let (uid, group) = match is_rootless() {
        true => (0, 0),
        false => (person::uid(), std::os::unix::fs::MetadataExt::gid(&socket)),
    };
    let project = project
        .env("TESTDOCK_INTERPRETER__ENV__EXPECTED_UID", &uid.to_string())
        .env("TESTDOCK_INTERPRETER__ENV__EXPECTED_GROUP", &group.to_string());
    let Some(project) = person::hand_over(project, Engine::Allowed) else {
        return;
    };
    let story = project.run(&[]);
    passes(&story);
    assert_eq!(foreign(&project.root), [""; 0]);
    assert_eq!(warnings(&story), "");
    // An image that cannot be written has no place for a name, and tests run all the same.
    let read_only = ["--set", "interpreter.run-args = ['--read-only', '--tmpfs', '/tmp']"];
    project.edit("test_who.py", "assert pwd", "assert True or pwd");
    project.edit("test_who.py", "assert grp", "assert True or grp");
    project.edit("test_who.py", " == pwd.getpwuid(os.getuid()).pw_dir", "");
    passes(&project.run(&read_only));
}

/// Tests that run as somebody else leave files of theirs, which the caller is told of; those that were there are not.
#[test]
fn files_that_belong_to_somebody_else_are_told() {
    let test = "def test_leaves():\n    open('left.txt', 'w').close()\n    open('also.txt', 'w').close()\n";
    let Some(project) = Project::with(&[("test_leaves.py", test)]) else {
        return;
    };
    let project = project.env("TESTDOCK_INTERPRETER__ENV__PYTHONDONTWRITEBYTECODE", "1");
    let Some(project) = person::hand_over(project, Engine::Allowed) else {
        return;
    };
    std::fs::write(project.root.join("before.txt"), "").unwrap();
    std::fs::set_permissions(&project.root, PermissionsExt::from_mode(0o777)).unwrap();
    let other = ["--set", "interpreter.user = '4321:4321'", "--", "-p", "no:cacheprovider"];
    let story = project.run(&other);
    passes(&story);
    let said = warnings(&story);
    assert!(said.contains("left.txt") || said.contains("also.txt"), "{said}");
    assert!(said.contains("and 1 more") && said.contains("interpreter.user"), "{said}");
    assert!(!said.contains("before.txt"), "{said}");
    // The command takes over all of them.
    assert!(said.contains(&format!("\"$(id -u):$(id -g)\" {}", project.root)), "{said}");
    assert!(!said.contains(&format!("\"$(id -u):$(id -g)\" {}/", project.root)), "{said}");
}

#[test]
fn tests_are_told_whether_a_build_server_runs_them() {
    let test = |name: &str, value: &str| {
        format!("def test_{name}():\n    assert os.environ.get('CI') == {value}\n\n\n")
    };
    let tests = [test("unset", "None"), test("set", "'true'"), test("otherwise", "'0'")].concat();
    let text = format!("import os\n\n\n{tests}");
    let Some(project) = Project::with(&[("test_ci.py", &text)]) else {
        return;
    };
    passes(&project.run(&["test_ci.py::test_unset"]));
    let project = project.env("CI", "true");
    let story = project.run(&["test_ci.py::test_set"]);
    passes(&story);
    assert!(story.is_warm(), "it is no other container");
    let otherwise = ["--set", "interpreter.env.CI = '0'", "test_ci.py::test_otherwise"];
    passes(&project.run(&otherwise));
    passes(&project.env("CI", "").run(&["test_ci.py::test_unset"]));
}

const VARIABLES: &str = r#"
import os
NAMES = ["count", "groups", "tag", "scratch", "file", "code", "My.Dotted", "with-dash"]
HOME = "/tmp/mine"

def test_all_are_there():
    assert [os.environ.get(name) for name in NAMES] == NAMES
    assert os.environ["HOME"] == HOME and os.path.isdir(HOME)
    assert "BASH_RAN" not in os.environ
"#;

/// Whatever they are called: a shell has variables of its own, and that of many images drops what it has no name for. A
/// command in their container has the same.
#[test]
fn the_tests_variables_reach_them() {
    let Some(image) = images::pytest() else { return };
    let project = Project::empty();
    project.write("test_env.py", VARIABLES);
    project.write("env.sh", "export BASH_RAN=1\n");
    let settings = format!(
        "[interpreter]\nimage = '{image}'\n\
         env = {{ count = 'count', groups = 'groups', tag = 'tag', 'My.Dotted' = 'My.Dotted', with-dash = 'with-dash', \
         HOME = '/tmp/mine', BASH_ENV = 'env.sh' }}\n\
         [[suite]]\nframework = 'pytest'\nenv = {{ scratch = 'scratch', file = 'file', code = 'code' }}\n"
    );
    project.write("testdock.toml", &settings);
    let story = project.run(&[]);
    passes(&story);
    assert_eq!(warnings(&story), "");
    let print = "import os; print(os.environ['tag'], os.environ['My.Dotted'])";
    let exec = ["containers", "exec", "default", "python3", "-c", print];
    assert_eq!(project.shown(&exec), (0, "tag My.Dotted\n".to_owned()));
    // A shell that drops them says so.
    let bare = format!("FROM {image}\nUSER 0\nRUN rm -f /bin/bash /usr/bin/bash\n");
    project.write("Dockerfile", &bare);
    project.write(
        "testdock.toml",
        &settings.replacen(&format!("image = '{image}'"), "dockerfile = 'Dockerfile'", 1),
    );
    let story = project.run(&[]);
    assert_eq!(story.code, Some(1));
    assert!(
        warnings(&story).contains("the tests do not see `My.Dotted`, `with-dash`"),
        "{story:#?}"
    );
}
