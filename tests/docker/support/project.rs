//! A project in a folder of its own, with a person's state, cache and configuration of its own.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::expected::fixture;
use super::running::{Running, Story};
use super::{docker, images};

/// A project. What it left on the engine goes when it is dropped.
pub(crate) struct Project {
    _dir: TempDir,
    pub(crate) home: Utf8PathBuf,
    pub(crate) root: Utf8PathBuf,
    binary: Utf8PathBuf,
    env: Vec<(String, String)>,
    wrapper: Vec<String>,
}

impl Project {
    /// A project of some files, in an image with pytest; `None` where there is no engine.
    pub(crate) fn with(files: &[(&str, &str)]) -> Option<Self> {
        let project = Self::empty().in_pytest_image(&images::pytest()?);
        for (path, text) in files {
            project.write(path, text);
        }
        Some(project)
    }

    /// The sample service, in an image with pytest.
    pub(crate) fn shop() -> Option<Self> {
        Some(Self::empty().in_pytest_image(&images::pytest()?).with_the_shop())
    }

    /// A fixture, in the image that its own Dockerfile describes; `None` where that cannot be built.
    pub(crate) fn of_fixture(name: &str) -> Option<Self> {
        let base = images::base_of(name)?;
        let project = Self::named(name).env("TESTDOCK_INTERPRETER__BUILD_ARGS__BASE", &base);
        Some(project.with_the_fixture(name))
    }

    /// With the files of the sample service.
    pub(crate) fn with_the_shop(self) -> Self {
        self.with_the_fixture("python-pytest")
    }

    /// With the files of a fixture.
    pub(crate) fn with_the_fixture(self, name: &str) -> Self {
        copy(&fixture(name), &self.root);
        self
    }

    /// A fixture whose own files say where its tests run; their base image is in the environment.
    pub(crate) fn fixture(name: &str) -> Option<Self> {
        let project = Self::empty().env("BASE", &images::base()?).with_the_fixture(name);
        let root = project.root.to_string();
        Some(project.env("TESTDOCK_INTERPRETER__ENV__EXPECTED_ROOT", &root))
    }

    /// No files, and no interpreter.
    pub(crate) fn empty() -> Self {
        Self::named("shop")
    }

    /// The same, in a folder whose name begins so.
    pub(crate) fn named(name: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("testdock-e2e-").tempdir().unwrap();
        let home = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        // Images are named after the folder: so the name is as unique as the temporary one.
        let unique = home.file_name().unwrap().to_lowercase();
        let root = home.join(format!("{name}-{}", unique.replace("testdock-e2e-", "")));
        fs::create_dir(&root).unwrap();
        Self {
            _dir: dir,
            home,
            root,
            binary: env!("CARGO_BIN_EXE_testdock").into(),
            env: Vec::new(),
            wrapper: Vec::new(),
        }
    }

    /// With an image that has pytest and nothing of the project: the workspace is the import path.
    pub(crate) fn in_pytest_image(self, image: &str) -> Self {
        self.env("TESTDOCK_INTERPRETER__IMAGE", image)
            .env("TESTDOCK_INTERPRETER__ENV__PYTHONPATH", ".")
    }

    /// With a variable in the environment of Testdock.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With words in front of the binary's, such as those of another user.
    pub(crate) fn through(mut self, wrapper: &[&str]) -> Self {
        self.wrapper = wrapper.iter().map(|&word| word.to_owned()).collect();
        self
    }

    /// With a copy of the binary beside the project: another user may not see where it was built.
    pub(crate) fn with_reachable_binary(mut self) -> Self {
        let copy = self.home.join("testdock");
        fs::copy(&self.binary, &copy).unwrap();
        self.binary = copy;
        self
    }

    /// With another name for the same folder, which is where the binary is started.
    pub(crate) fn seen_as(mut self, root: Utf8PathBuf) -> Self {
        self.root = root;
        self
    }

    /// Writes a file, a second later than it was written before at the soonest: Python knows a changed source by
    /// its size and its time in whole seconds, and runs what it compiled of it before where neither has changed.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let before = fs::metadata(&path).and_then(|file| file.modified()).ok();
        fs::write(&path, text).unwrap();
        if let Some(soonest) = before.map(|time| time + Duration::from_secs(1)) {
            let file = fs::File::options().append(true).open(&path).unwrap();
            file.set_modified(soonest.max(SystemTime::now())).unwrap();
        }
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// Replaces a text that is in a file.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no {from}");
        self.write(path, &text.replace(from, to));
    }

    /// The binary, in the project's folder.
    pub(crate) fn testdock(&self, args: &[&str]) -> Command {
        let mut words = self.wrapper.iter().map(String::as_str).chain([self.binary.as_str()]);
        let mut command = self.at_home(words.next().unwrap());
        command.args(words).args(args);
        command
    }

    /// A shell, in the same place.
    pub(crate) fn shell(&self) -> Command {
        self.at_home("sh")
    }

    fn at_home(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.root)
            .env_remove("TESTDOCK_REQUIRE_DOCKER")
            .env_remove("TESTDOCK_TEST_BASE")
            .env_remove("CI")
            .env("HOME", &self.home)
            .env("XDG_STATE_HOME", self.home.join("state"))
            .env("XDG_CACHE_HOME", self.home.join("cache"))
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .envs(self.env.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts `testdock run --format json`.
    pub(crate) fn start(&self, args: &[&str]) -> Running {
        let words = ["run", "--format", "json"];
        Running::start(self.testdock(&[&words, args].concat()))
    }

    /// The same, to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Story {
        self.start(args).end()
    }

    /// Runs the binary as a person does; its exit code, and what it printed to either stream.
    pub(crate) fn shown(&self, args: &[&str]) -> (i32, String) {
        let out = self.testdock(args).output().unwrap();
        let text = [out.stdout, out.stderr].concat();
        let code = out.status.code().unwrap();
        (code, String::from_utf8(text).unwrap())
    }

    pub(crate) fn containers(&self) -> Vec<String> {
        docker::containers(&self.root)
    }

    /// Its only container.
    #[track_caller]
    pub(crate) fn container(&self) -> String {
        let all = self.containers();
        assert_eq!(all.len(), 1, "{all:?}");
        all[0].clone()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        docker::clean(&self.root);
    }
}

/// Copies a folder, without what a tool may have left in it.
fn copy(from: &Utf8Path, to: &Utf8Path) {
    const LEFT_BEHIND: [&str; 4] = ["__pycache__", ".pytest_cache", "node_modules", "target"];
    fs::create_dir_all(to).unwrap();
    for entry in from.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if LEFT_BEHIND.contains(&name) || name.ends_with(".egg-info") {
            continue;
        }
        let target = to.join(name);
        if entry.file_type().unwrap().is_dir() {
            copy(entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
