use expect_test::expect;
use testdock_core::paths::RelPath;

use super::*;

const DOCKERFILE: &str = "\
ARG PYTHON=3.12
FROM python:$PYTHON
WORKDIR /app
COPY requirements*.txt ci/constraints.txt ./
COPY tools /opt/tools
RUN pip install -r requirements.txt
COPY . .
CMD [\"pytest\"]
";

struct Project(tempfile::TempDir);

impl Project {
    fn new() -> Self {
        let project = Self(tempfile::Builder::new().prefix("My Shop_").tempdir().unwrap());
        project.write("Dockerfile", DOCKERFILE);
        for name in ["requirements.txt", "ci/constraints.txt", "tools/x/y.sh", "src/app.py"] {
            project.write(name, name);
        }
        project
    }

    fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.0.path()).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.root().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn recipe(&self) -> Recipe {
        Recipe::read(self.root(), &plain("Dockerfile")).unwrap()
    }
}

fn plain(path: &str) -> Dockerfile {
    Dockerfile { path: RelPath::new(path), ..Dockerfile::default() }
}

#[test]
fn the_key_follows_what_the_image_is_made_of() {
    let project = Project::new();
    let mut before = project.recipe().key;
    let mut lines = Vec::new();
    let edits = [
        ("src/app.py", "an edited source"),
        ("tests/test_new.py", "a new test"),
        ("requirements.txt", "requests"),
        ("requirements-dev.txt", "pytest"),
        ("ci/constraints.txt", "x<2"),
        ("tools/x/y.sh", "echo"),
        ("tools/x/new.sh", "echo"),
        ("Dockerfile", "FROM python\nCOPY a b /c/\n"),
        ("a", "1"),
        ("c", "not copied"),
        (".dockerignore", "src"),
        ("Dockerfile.dockerignore", "b"),
    ];
    for (name, text) in edits {
        project.write(name, text);
        let after = project.recipe().key;
        let verdict = if after == before { "same" } else { "rebuild" };
        lines.push(format!("{name}: {verdict}"));
        before = after;
    }
    expect![[r#"
        src/app.py: same
        tests/test_new.py: same
        requirements.txt: rebuild
        requirements-dev.txt: rebuild
        ci/constraints.txt: rebuild
        tools/x/y.sh: rebuild
        tools/x/new.sh: rebuild
        Dockerfile: rebuild
        a: rebuild
        c: same
        .dockerignore: rebuild
        Dockerfile.dockerignore: rebuild"#]]
    .assert_eq(&lines.join("\n"));
}

/// Nothing is copied by name here, and still the commands go by the manifest.
#[test]
fn a_manifest_counts_where_commands_read_the_whole_copy() {
    let project = Project::new();
    project.write("Dockerfile", "FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install -e .\n");
    let first = project.recipe().key;
    project.write("src/app.py", "edited");
    assert_eq!(project.recipe().key, first);
    project.write("pyproject.toml", "[project]");
    assert_ne!(project.recipe().key, first);
}

#[test]
fn touching_a_file_changes_nothing_and_settings_do() {
    let project = Project::new();
    let first = project.recipe().key;
    let file = std::fs::File::options().append(true).open(project.root().join("requirements.txt"));
    file.unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(project.recipe().key, first);
    let mut with_argument = plain("Dockerfile");
    with_argument.build_args.insert("PYTHON".into(), "3.13".into());
    assert_ne!(Recipe::read(project.root(), &with_argument).unwrap().key, first);
}

#[test]
fn the_name_is_one_that_engines_take() {
    let names = ["/home/me/My Shop_2", "/", "/srv/--Ünï--", "/x/a.b"];
    let slugs = names.map(|root| slug(Utf8Path::new(root)));
    expect![[r#"
        my-shop-2
        workspace
        n
        a-b"#]]
    .assert_eq(&slugs.join("\n"));
}

#[test]
fn a_dockerfile_outside_the_context_is_sent_under_another_name() {
    let project = Project::new();
    project.write("docker/Dockerfile", "FROM python\n");
    project.write("service/.dockerignore", "docker\n");
    let sent_from = |root: &Utf8Path, path: &str, context: &str| {
        let context = RelPath::new(context);
        let dockerfile = Dockerfile { context, ..plain(path) };
        let recipe = Recipe::read(root, &dockerfile).unwrap();
        format!("{} + {:?}", recipe.sent_as(), recipe.context((0, 0)).extra.map(|(name, _)| name))
    };
    let sent = |path: &str, context: &str| sent_from(project.root(), path, context);
    project.write("service/Dockerfile", "FROM python\n");
    let cases = [
        sent("docker/Dockerfile", ""),
        sent("docker/Dockerfile", "docker"),
        sent("docker/Dockerfile", "service"),
        sent("service/Dockerfile", "service"),
        sent_from(&project.root().join("service"), "../docker/Dockerfile", ""),
    ];
    expect![[r#"
        docker/Dockerfile + None
        Dockerfile + None
        .testdock.Dockerfile + Some(".testdock.Dockerfile")
        Dockerfile + None
        .testdock.Dockerfile + Some(".testdock.Dockerfile")"#]]
    .assert_eq(&cases.join("\n"));
}

#[test]
fn mistakes() {
    let project = Project::new();
    project.write("empty.Dockerfile", "# nothing\n");
    let say = |dockerfile: &Dockerfile| {
        let error = Recipe::read(project.root(), dockerfile).err().unwrap();
        let text = format!("{:?}: {}\n  {}", error.fault, error.message, error.help.unwrap());
        text.replace(project.root().as_str(), "~")
    };
    project.write("Dockerfile", "FROM python AS test\n");
    let target = Dockerfile { target: Some("tset".to_owned()), ..plain("Dockerfile") };
    let cases = [say(&plain("nope/Dockerfile")), say(&plain("empty.Dockerfile")), say(&target)];
    expect![[r#"
        Configuration: cannot read ~/nope/Dockerfile: no such file
          correct interpreter.dockerfile, or choose an image (interpreter.image)
        Configuration: cannot build empty.Dockerfile: it has no FROM instruction
          begin it with FROM and an image
        Configuration: cannot build Dockerfile: it has no stage `tset`; did you mean `test`?
          correct interpreter.target"#]]
    .assert_eq(&cases.join("\n"));
}
