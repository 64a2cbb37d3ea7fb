//! A private registry: who may pull from it is in Docker's own configuration, or known to a helper.

use std::io::Read as _;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::support::docker::docker;
use crate::support::project::Project;
use crate::support::{PATIENCE, images, soon, way};

/// A registry that knows `me` by the password `s3cret`, with one image in it.
struct Registry {
    id: String,
    /// Its address, which an engine takes for one that needs no TLS.
    address: String,
    /// The image's name, which the engine does not have.
    image: String,
    /// The same by its digest.
    pinned: String,
    project: Project,
}

impl Registry {
    fn start() -> Option<Self> {
        let server = images::registry()?;
        let id = docker(&["run", "-d", "-p", "127.0.0.1:0:5000", &server]).unwrap();
        let (address, image, pinned) = <_>::default();
        let mut registry = Self { id, address, image, pinned, project: Project::empty() };
        let port = || docker(&["port", &registry.id, "5000"]).ok().filter(|it| !it.is_empty());
        registry.address = soon("the registry's port", PATIENCE, port);
        registry.image = format!("{}/team/small:1", registry.address);
        registry.fill();
        Some(registry)
    }

    /// Puts the image in, and takes it from the engine.
    fn fill(&mut self) {
        let home = self.project.home.clone();
        let (archive, noise) = (home.join("image.tar"), home.join("noise"));
        let source = std::fs::File::open("/dev/urandom").unwrap();
        std::io::copy(&mut source.take(2 << 20), &mut std::fs::File::create(noise).unwrap())
            .unwrap();
        let mut pack = std::process::Command::new("tar");
        let packed = pack.args(["-cf", archive.as_str(), "-C", home.as_str(), "noise"]).status();
        assert!(packed.unwrap().success());
        docker(&["import", archive.as_str(), &self.image]).unwrap();
        self.know(&self.login("s3cret"));
        let config = home.join(".docker");
        let pushed = soon("the registry takes the image", PATIENCE, || {
            docker(&["--config", config.as_str(), "push", &self.image]).ok()
        });
        let digest = pushed.split_whitespace().find(|word| word.starts_with("sha256:")).unwrap();
        self.pinned = format!("{}/team/small@{digest}", self.address);
        self.forget();
    }

    /// The configuration as `docker login` writes it.
    fn login(&self, password: &str) -> Value {
        let secret = base64(&format!("me:{password}"));
        json!({ "auths": { &self.address: { "auth": secret } } })
    }

    fn know(&self, config: &Value) {
        let dir = self.project.home.join(".docker");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("config.json"), config.to_string()).unwrap();
    }

    fn forget(&self) {
        for name in [&self.image, &self.pinned] {
            let _gone_already = docker(&["rmi", name]);
        }
    }

    /// Gets the image, as the project's interpreter.
    fn get(&self, image: &str) -> (i32, String) {
        self.project.shown(&["interpreter", "build", "--image", image])
    }

    #[track_caller]
    fn gives(&self, image: &str) {
        let (code, told) = self.get(image);
        assert_eq!(code, 0, "{told}");
        assert!(told.contains(&format!("image {image} ready")), "{told}");
        assert!(!told.contains("s3cret"), "{told}");
    }

    #[track_caller]
    fn refuses(&self) {
        let (code, told) = self.get(&self.image);
        assert_eq!(code, 3, "{told}");
        let remedy = format!("docker login {}", self.address);
        assert!(told.contains(&self.image) && told.contains(&remedy), "{told}");
        assert!(!told.contains("wrong-one"), "{told}");
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.forget();
        let _gone_already = docker(&["rm", "-fv", &self.id]);
    }
}

fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for piece in text.as_bytes().chunks(3) {
        let bits = piece.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        let bits = bits << (8 * (3 - piece.len()));
        for place in 0..4 {
            let letter = LETTERS[bits >> (18 - 6 * place) & 63];
            out.push(if place > piece.len() { '=' } else { letter.into() });
        }
    }
    out
}

#[test]
fn it_is_asked_with_the_credentials_that_docker_has() {
    let Some(registry) = Registry::start() else {
        return;
    };
    registry.know(&json!({}));
    registry.refuses();
    registry.know(&registry.login("wrong-one"));
    registry.refuses();
    registry.know(&registry.login("s3cret"));
    registry.gives(&registry.image);
    // What is there needs no registry.
    registry.know(&json!({}));
    registry.gives(&registry.image);
    registry.forget();

    // By its digest, which `show` tells.
    registry.know(&registry.login("s3cret"));
    registry.gives(&registry.pinned);
    let show = ["interpreter", "show", "default", "--image", &registry.pinned];
    let (code, shown) = registry.project.shown(&show);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains(&format!("digest   {}", registry.pinned)), "{shown}");
}

#[test]
fn it_is_asked_with_what_a_helper_knows() {
    let Some(mut registry) = Registry::start() else {
        return;
    };
    let project = Project::empty();
    let bin = project.home.join("bin");
    std::fs::create_dir(&bin).unwrap();
    let helper = bin.join("docker-credential-toy");
    let script = "#!/bin/sh\nread -r server\n\
                  printf '{\"ServerURL\":\"%s\",\"Username\":\"me\",\"Secret\":\"s3cret\"}' \"$server\"\n";
    std::fs::write(&helper, script).unwrap();
    std::fs::set_permissions(&helper, PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap());
    registry.project = project.env("PATH", &path);
    registry.know(&json!({ "credHelpers": { &registry.address: "toy" } }));
    registry.gives(&registry.image);
    registry.forget();

    // So is a build that starts from an image there.
    registry.project.write("Dockerfile", &format!("FROM {}\nLABEL built=yes\n", registry.image));
    let (code, told) = registry.project.shown(&["interpreter", "build"]);
    assert_eq!(code, 0, "{told}");

    // One that fails is said, and the registry's refusal with it.
    registry.forget();
    std::fs::write(&helper, "#!/bin/sh\nread -r server\necho the keychain is locked; exit 1\n")
        .unwrap();
    let (code, told) = registry.get(&registry.image);
    assert_eq!(code, 3, "{told}");
    assert!(told.contains("cannot read the credentials for"), "{told}");
    assert!(told.contains("the keychain is locked"), "{told}");
}

#[test]
fn an_engine_that_is_lost_under_a_pull() {
    let Some(mut registry) = Registry::start() else {
        return;
    };
    // The image's one layer has twice the room.
    let narrow = way::narrow(&registry.address, 1 << 20);
    registry.image = registry.image.replace(&registry.address, &narrow);
    registry.address = narrow;
    let project = Project::empty();
    project.write("test_one.py", "def test_one():\n    pass\n");
    let at = project.home.join("engine.sock");
    let cut = way::to_the_engine(&at);
    registry.project = project.env("DOCKER_HOST", &format!("unix://{at}"));
    registry.know(&registry.login("s3cret"));
    let mut run = registry.project.start(&["--image", &registry.image]);
    run.until("the pull", |line| line["stage"] == "pulling");
    cut();
    let story = run.end();
    assert_eq!(story.code, Some(3), "{story:#?}");
    let error = story.error();
    for words in [&format!("cannot pull {}", registry.image), "cannot reach Docker at unix://"] {
        assert!(error.contains(words), "{error}");
    }
}
