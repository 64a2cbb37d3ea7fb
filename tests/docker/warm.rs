//! What is kept between runs, and what is not.

use crate::support::project::Project;
use crate::support::{PATIENCE, images, soon};

const ONE: &str = "tests/test_orders.py::test_total";

#[test]
fn the_second_run_is_warm() {
    let Some(project) = Project::shop() else {
        return;
    };
    let (first, second) = (project.run(&[ONE]), project.run(&[ONE]));
    assert_eq!((first.code, second.code), (Some(0), Some(0)));
    assert_eq!((first.is_warm(), second.is_warm()), (false, true));
    assert_eq!(first.container(), second.container());
    assert_eq!(project.containers(), [first.container()]);
}

#[test]
fn a_fresh_container_goes_with_its_run() {
    let Some(project) = Project::shop() else {
        return;
    };
    let (warm, fresh) = (project.run(&[ONE]), project.run(&[ONE, "--fresh"]));
    assert_eq!((fresh.code, fresh.is_warm()), (Some(0), false));
    assert_ne!(fresh.container(), warm.container());
    soon("only the warm one is left", PATIENCE, || {
        (project.containers() == [warm.container()]).then_some(())
    });
}

/// The image holds a copy of the package in `/app`, installed from there with `pip install -e`.
#[test]
fn an_edited_package_is_what_the_next_run_sees() {
    let Some(project) = Project::of_fixture("python-pytest") else {
        return;
    };
    let first = project.run(&[ONE]);
    assert_eq!(first.code, Some(0), "{first:#?}");
    project.edit("shop/pricing.py", r#"CENT = Decimal("0.01")"#, r#"CENT = Decimal("1")"#);
    let second = project.run(&[ONE]);
    assert_eq!(second.code, Some(1), "{second:#?}");
    assert_eq!(second.test(ONE)["outcome"], "failed");
    assert_eq!(second.of("build-output").count(), 0);
    assert!(second.is_warm());
}

/// The most usual Dockerfile copies folder by folder; nothing but what it installs from makes it stale.
#[test]
fn an_edited_test_rebuilds_nothing_where_folders_are_copied() {
    let Some(image) = images::pytest() else {
        return;
    };
    let project = Project::empty();
    let installed = "COPY requirements requirements\nRUN cp requirements/dev.txt /installed.txt\n";
    let copied = "COPY src ./src\nCOPY tests ./tests\nENV PYTHONPATH=/app/src\n";
    project.write("Dockerfile", &format!("FROM {image}\nWORKDIR /app\n{installed}{copied}"));
    project.write("requirements/dev.txt", "one");
    project.write("src/shop.py", "PRICE = 1\n");
    let test = "import shop\n\ndef test_a():\n    assert shop.PRICE == 1\n";
    project.write("tests/test_a.py", test);
    project.write("pytest.ini", "[pytest]\n");
    assert_eq!(project.run(&[]).code, Some(0));
    project.edit("src/shop.py", "1", "2");
    project.edit("tests/test_a.py", "== 1", "== 2");
    let second = project.run(&[]);
    assert_eq!((second.code, second.is_warm()), (Some(0), true), "{second:#?}");
    project.edit("requirements/dev.txt", "one", "two");
    assert!(!project.run(&[]).is_warm());
}

/// What a command behind `COPY . .` names is as good as copied by name.
#[test]
fn a_file_that_a_command_names_rebuilds() {
    let Some(image) = images::pytest() else {
        return;
    };
    let project = Project::empty();
    let build = "WORKDIR /app\nCOPY . .\nRUN cp requirements/dev.txt /installed.txt\n";
    project.write("Dockerfile", &format!("FROM {image}\n{build}"));
    project.write("requirements/dev.txt", "one");
    let test = "def test_a():\n    assert open('/installed.txt').read() == 'two'\n";
    project.write("test_a.py", test);
    assert_eq!(project.run(&[]).code, Some(1));
    project.edit("requirements/dev.txt", "one", "two");
    assert_eq!(project.run(&[]).code, Some(0));
}

#[test]
fn an_edited_input_of_the_image_rebuilds_it() {
    let Some(image) = images::pytest() else {
        return;
    };
    let project = Project::empty();
    let dockerfile =
        format!("FROM {image}\nCOPY stock.txt /stock.txt\nRUN cp /stock.txt /sold.txt\n");
    project.write("Dockerfile", &dockerfile);
    project.write("stock.txt", "tea");
    let test = "def test_a():\n    assert open('/sold.txt').read() == 'pot'\n";
    project.write("test_a.py", test);
    let first = project.run(&[]);
    assert_eq!(first.code, Some(1), "{first:#?}");
    project.write("stock.txt", "pot");
    let second = project.run(&[]);
    assert_eq!(second.code, Some(0), "{second:#?}");
    assert!(second.of("build-output").count() > 0);
    assert!(!second.is_warm());
}

/// An empty folder is all that the host has of what the image made, and is soon removed: the container's own goes with it.
#[test]
fn a_removed_mount_point_makes_the_container_anew() {
    let Some(image) = images::pytest() else {
        return;
    };
    let project = Project::empty();
    let made = "COPY . .\nRUN mkdir -p node_modules && touch node_modules/tool\n";
    project.write("Dockerfile", &format!("FROM {image}\nWORKDIR /app\n{made}"));
    project.write(".gitignore", "node_modules\n");
    let test = "import os\n\ndef test_a():\n    assert os.path.exists('node_modules/tool')\n";
    project.write("test_a.py", test);
    let (first, second) = (project.run(&[]), project.run(&[]));
    assert_eq!((first.code, second.is_warm()), (Some(0), true), "{first:#?}");
    std::fs::remove_dir(project.root.join("node_modules")).unwrap();
    let third = project.run(&[]);
    assert_eq!((third.code, third.is_warm()), (Some(0), false), "{third:#?}");
    assert!(project.run(&[]).is_warm());
}
