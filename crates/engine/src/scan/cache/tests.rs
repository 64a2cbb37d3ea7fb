//! When a file's tests are taken from the cache, and when the file is read.

use std::fs::{self, File, FileTimes};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use camino::Utf8PathBuf;
use tempfile::TempDir;

use super::{Cache, Fresh, UNUSED};
use crate::scan::find::Finder;
use crate::scan::{Depth, Scanner, Settings};

/// A workspace, and the bytes of its cache.
struct Shop {
    _directory: TempDir,
    root: Utf8PathBuf,
    cache: Utf8PathBuf,
}

impl Shop {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = Utf8PathBuf::from_path_buf(directory.path().into()).expect("unicode");
        let root = path.join("shop");
        fs::create_dir_all(&root).expect("made");
        let shop = Self { _directory: directory, root, cache: path.join("state/tests-1.bin") };
        for (name, text) in files {
            shop.write(name, text);
        }
        shop
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.root.join(name), text).expect("written");
    }

    /// The tests that are found, and of how many files they can be kept, where it begins so much later than now.
    fn find_after(&self, wait: Duration) -> (Vec<String>, usize) {
        let scanner = Scanner::new(Settings::default(), Depth::Tests);
        let (workspace, files) = scanner.read(&self.root);
        let bytes = fs::read(&self.cache).unwrap_or_default();
        let cache = Cache::of(&bytes);
        let mut finder = Finder::new(&self.root, &workspace, &cache);
        finder.now = SystemTime::now() + wait;
        let found = Mutex::new(Vec::new());
        let fresh: Vec<Fresh> = finder.in_parallel(&files, |files| {
            let items = files.iter().flat_map(|file| file.items.iter());
            let ids = items.map(|item| format!("{} {}", item.id, item.name.start.line));
            found.lock().expect("whole").extend(ids);
        });
        cache.write(&self.cache, &fresh, &files).expect("written");
        let mut found = found.into_inner().expect("whole");
        found.sort();
        (found, fresh.len())
    }

    /// The same of files that are not new any more.
    fn find(&self) -> (Vec<String>, usize) {
        self.find_after(Duration::from_secs(10))
    }
}

fn found(tests: &[&str], read: usize) -> (Vec<String>, usize) {
    (tests.iter().map(|&test| test.to_owned()).collect(), read)
}

const PYTEST: (&str, &str) = ("pytest.ini", "[pytest]\n");
const A: (&str, &str) = ("test_a.py", "def test_a(): pass\n");
const B: (&str, &str) = ("test_b.py", "\ndef test_b(): pass\n");

#[test]
fn what_did_not_change_is_not_read_again() {
    let shop = Shop::new(&[PYTEST, A, B]);
    let both = ["test_a.py::test_a 0", "test_b.py::test_b 1"];
    assert_eq!(shop.find(), found(&both, 2));
    assert_eq!(shop.find(), found(&both, 0));
}

#[test]
fn what_changed_is_read_again_even_where_its_size_and_time_did_not() {
    let shop = Shop::new(&[PYTEST, A, B]);
    shop.find();
    let path = shop.root.join("test_a.py");
    let modified = fs::metadata(&path).and_then(|file| file.modified()).expect("a time");
    shop.write("test_a.py", "def test_c(): pass\n");
    let times = FileTimes::new().set_modified(modified);
    File::options().write(true).open(&path).and_then(|it| it.set_times(times)).expect("set");
    assert_eq!(shop.find(), found(&["test_a.py::test_c 0", "test_b.py::test_b 1"], 1));
    assert_eq!(shop.find().1, 0);
}

#[test]
fn what_had_just_changed_is_read_by_the_next_one_too() {
    let shop = Shop::new(&[PYTEST, A]);
    let one = ["test_a.py::test_a 0"];
    assert_eq!(shop.find_after(Duration::ZERO), found(&one, 0));
    assert_eq!(shop.find(), found(&one, 1));
}

#[test]
fn what_is_gone_is_forgotten() {
    let shop = Shop::new(&[PYTEST, A, B]);
    shop.find();
    fs::remove_file(shop.root.join("test_a.py")).expect("removed");
    assert_eq!(shop.find(), found(&["test_b.py::test_b 1"], 0));
}

#[test]
fn other_settings_of_the_framework_find_other_tests() {
    let shop = Shop::new(&[PYTEST, ("test_a.py", "def test_a(): pass\ndef check_a(): pass\n")]);
    assert_eq!(shop.find(), found(&["test_a.py::test_a 0"], 1));
    shop.write("pytest.ini", "[pytest]\npython_functions = check_*\n");
    assert_eq!(shop.find(), found(&["test_a.py::check_a 1"], 1));
}

#[test]
fn tests_that_come_from_another_file_are_found_anew() {
    let base = ("base.py", "class Base:\n    def test_x(self): pass\n");
    let own = ("test_a.py", "from base import Base\n\nclass TestA(Base):\n    pass\n");
    let shop = Shop::new(&[PYTEST, base, own]);
    assert_eq!(shop.find(), found(&["test_a.py::TestA 2", "test_a.py::TestA::test_x 2"], 0));
    shop.write("base.py", "class Base:\n    def test_y(self): pass\n");
    assert_eq!(shop.find(), found(&["test_a.py::TestA 2", "test_a.py::TestA::test_y 2"], 0));
}

#[test]
fn a_broken_cache_is_none() {
    let shop = Shop::new(&[PYTEST, A]);
    let one = ["test_a.py::test_a 0"];
    shop.find();
    let bytes = fs::read(&shop.cache).expect("the cache");
    for end in [0, 1, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&shop.cache, &bytes[..end]).expect("written");
        assert_eq!(shop.find(), found(&one, 1), "{end} of {} bytes", bytes.len());
    }
}

#[test]
fn caches_that_nobody_used_for_a_month_are_removed() {
    let shop = Shop::new(&[PYTEST, A]);
    shop.find();
    let old = shop.cache.with_file_name("tests-2.bin");
    let young = shop.cache.with_file_name("tests-3.bin");
    let outcomes = shop.cache.with_file_name("outcomes-2.json");
    let then = SystemTime::now() - UNUSED - Duration::from_secs(60);
    for file in [&old, &young, &outcomes] {
        let file = File::create(file).expect("made");
        file.set_modified(then).expect("set");
    }
    File::open(&young).and_then(|it| it.set_modified(SystemTime::now())).expect("set");
    shop.write("test_b.py", B.1);
    shop.find();
    assert_eq!([&old, &young, &outcomes].map(|file| file.exists()), [false, true, true]);
}
