use expect_test::{Expect, expect};

use super::super::folder::Folder;
use super::*;

const FILES: [&str; 2] = ["Dockerfile", "ci/Dockerfile"];

fn addition(kind: &str, name: &str, values: &[(&str, &str)]) -> Addition {
    let values = values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Addition { kind: kind.to_owned(), name: name.to_owned(), values: values.collect() }
}

fn try_add(text: Option<&str>, addition: &Addition) -> Result<String, NotAdded> {
    try_add_to(&Origin::Repository("/shop/testdock.toml".into()), text, addition)
}

fn try_add_to(
    origin: &Origin,
    text: Option<&str>,
    addition: &Addition,
) -> Result<String, NotAdded> {
    let layers: Vec<Layer> =
        text.map(|text| Layer::from_toml(origin.clone(), text)).into_iter().collect();
    let resolution = config::resolve(&layers, None);
    let read = |path: &str| {
        FILES.contains(&path).then(|| "FROM python:3.12 AS base\nFROM base AS test\n".to_owned())
    };
    let folder = Folder { read: &read, ..Folder::empty("/shop".into()) };
    let document = Document { origin, text, resolution: &resolution, folder };
    add(document, addition)
}

fn check(text: Option<&str>, addition: &Addition, expected: &Expect) {
    let after = match try_add(text, addition) {
        Ok(after) => after,
        Err(NotAdded { field, error }) => {
            let field = field.unwrap_or_else(|| "-".to_owned());
            let help = error.help.unwrap_or_default();
            let line = error.place.map(|it| format!(" at line {}", it.line)).unwrap_or_default();
            format!("{field}: {}{line}\n  {help}\n", error.message)
        }
    };
    expected.assert_eq(&after);
}

fn image(name: &str) -> Addition {
    addition("image", name, &[("image", "node:22")])
}

#[test]
fn into_nothing() {
    let dockerfile = [("dockerfile", "ci/Dockerfile"), ("target", "test"), ("user", "")];
    check(
        None,
        &addition("dockerfile", "ci", &dockerfile),
        &expect![[r#"
            [interpreters.ci]
            dockerfile = "ci/Dockerfile"
            target = "test"
        "#]],
    );
    check(
        Some(""),
        &image("default"),
        &expect![[r#"
            [interpreter]
            image = "node:22"
        "#]],
    );
}

#[test]
fn comments_and_order_stay_and_what_is_new_comes_last() {
    let text = "# ours\n[interpreter] # here\n  image   = 'python:3.12'\n# env = { A = \"1\" }\n\n\
                [[suite]]\nframework = \"pytest\"\n# args = [\"-x\"]\n";
    check(
        Some(text),
        &image("it's \"odd\""),
        &expect![[r#"
            # ours
            [interpreter] # here
              image   = 'python:3.12'
            # env = { A = "1" }

            [[suite]]
            framework = "pytest"
            # args = ["-x"]

            [interpreters."it's \"odd\""]
            image = "node:22"
        "#]],
    );
}

#[test]
fn beside_others_however_they_are_written() {
    check(
        Some(
            "[interpreters.b]\nimage = \"b\"\n\n\n[interpreters.c]\nimage = \"c\"\n[profile.x]\ntimeout = \"1m\"",
        ),
        &image("a"),
        &expect![[r#"
            [interpreters.b]
            image = "b"


            [interpreters.c]
            image = "c"
            [profile.x]
            timeout = "1m"

            [interpreters.a]
            image = "node:22"
        "#]],
    );
    check(
        Some("interpreters = { b = { image = \"b\" } } # all\ntimeout = \"1m\"\n"),
        &image("a"),
        &expect![[r#"
            interpreters = { b = { image = "b" }, a = { image = "node:22" } } # all
            timeout = "1m"
        "#]],
    );
    check(
        Some("interpreters.b.image = \"b\"\n[interpreter]\nimage = \"x\"\n"),
        &image("a"),
        &expect![[r#"
            interpreters.b.image = "b"
            [interpreter]
            image = "x"

            [interpreters.a]
            image = "node:22"
        "#]],
    );
    check(
        Some("[interpreters]\nb.image = \"b\"\n"),
        &image("a"),
        &expect![[r#"
            [interpreters]
            b.image = "b"

            [interpreters.a]
            image = "node:22"
        "#]],
    );
}

#[test]
fn the_default_ones_table_takes_its_source() {
    check(
        Some("[interpreter]\nenv = { A = \"1\" } # a\n# more\n\n[interpreters.b]\nimage = \"b\"\n"),
        &image("default"),
        &expect![[r#"
            [interpreter]
            env = { A = "1" } # a
            image = "node:22"
            # more

            [interpreters.b]
            image = "b"
        "#]],
    );
    check(
        Some("interpreter.user = \"image\"\n"),
        &image("default"),
        &expect![[r#"
            interpreter.user = "image"
            interpreter.image = "node:22"
        "#]],
    );
}

#[test]
fn line_ends_and_marks_stay() {
    let after = try_add(Some("\u{feff}# ours\r\n[interpreter]\r\nimage = \"x\"\r\n"), &image("a"));
    assert_eq!(
        after.unwrap(),
        "\u{feff}# ours\r\n[interpreter]\r\nimage = \"x\"\r\n\r\n[interpreters.a]\r\nimage = \"node:22\"\r\n"
    );
}

#[test]
fn a_mistake_is_told_with_its_field() {
    let text = Some("[interpreter]\nimage = \"x\"\n[interpreters.b]\nimage = \"b\"\n");
    let cases = [
        addition("podman", "a", &[]),
        image("b"),
        image("default"),
        image("local"),
        image(" "),
        addition("image", "a", &[]),
        addition("image", "a", &[("image", "x"), ("tagret", "y")]),
        addition("image", "a", &[("image", "x"), ("host", "box")]),
        addition("image", "a", &[("image", "x"), ("user", "me")]),
        addition("image", "a", &[("image", "fresh5/ py")]),
        addition("image", "a", &[("image", "Shop/py:3")]),
        addition("dockerfile", "a", &[("dockerfile", "gone/Dockerfile")]),
        addition("dockerfile", "a", &[("dockerfile", "Dockerfile"), ("target", "tset")]),
        addition("compose", "a", &[("compose.service", "web"), ("compose.file", "gone.yaml")]),
        addition("dockerfile", "a", &[("dockerfile", "Dockerfile"), ("image", "python:3.12")]),
    ];
    let told = cases.iter().map(|addition| match try_add(text, addition) {
        Ok(after) => panic!("{after}"),
        Err(NotAdded { field, error }) => {
            let help = error.help.unwrap_or_default();
            format!("{}: {}; {help}\n", field.unwrap_or_default(), error.message)
        }
    });
    expect![[r#"
        kind: no kind of interpreter is named `podman`; name one of dockerfile, image, compose, devcontainer, jenkinsfile
        name: an interpreter is named `b` already; give it another name, or change that one in its file
        name: an interpreter is named `default` already; give it another name, or change that one in its file
        name: `local` is the name of this machine; give it another name
        name: an interpreter needs a name, of one line; give it a short one, such as py312
        image: `image` needs `image`; the image's name, such as python:3.12
        tagret: `image` has no field `tagret`; valid here: image, host, user
        host: `interpreter.host`: expected an engine's address such as "unix:///var/run/docker.sock", "ssh://user@host" or "tcp://host:2376", found `box`; 
        user: `interpreter.user`: expected "host", "image" or numbers such as "1000:1000", found `me`; 
        image: `fresh5/ py` is not the name of an image; write it as [registry/]name[:tag], in lower case
        image: `Shop/py:3` is not the name of an image; write it as [registry/]name[:tag], in lower case
        dockerfile: cannot build gone/Dockerfile: there is no such file in the workspace; nothing was added: give another answer
        target: cannot build Dockerfile: it has no stage `tset`; did you mean `test`?; correct Dockerfile, or `interpreters.a.target`
        compose.file: cannot read gone.yaml: there is no such file in the workspace; nothing was added: give another answer
        image: an interpreter is made from `dockerfile` or from `image`; leave one of them out
    "#]].assert_eq(&told.collect::<String>());
}

#[test]
fn a_file_that_cannot_be_read_stays_as_it_is() {
    check(
        Some("[interpreter]\nimage = \n"),
        &image("a"),
        &expect![[r#"
        -: cannot add to testdock.toml: not valid TOML: string values must be quoted, expected literal string at line 2
          correct it first
    "#]],
    );
    check(
        Some("interpreters = 3\n"),
        &image("a"),
        &expect![[r#"
        -: cannot add `a` to testdock.toml: something else stands in its place
          correct it first
    "#]],
    );
    check(
        Some("[[interpreters]]\n"),
        &image("a"),
        &expect![[r#"
        -: cannot add `a` to testdock.toml: something else stands in its place
          correct it first
    "#]],
    );
}

#[test]
fn mistakes_that_were_there_are_not_ours_to_judge() {
    check(
        Some("tiemout = \"1m\"\n"),
        &image("a"),
        &expect![[r#"
            tiemout = "1m"

            [interpreters.a]
            image = "node:22"
        "#]],
    );
}

#[test]
fn for_a_person() {
    let origin = Origin::Person("/home/me/.config/testdock/testdock.toml".into());
    let added = try_add_to(&origin, None, &image("node"));
    assert_eq!(added.unwrap(), "[interpreters.node]\nimage = \"node:22\"\n");
    let refused = try_add_to(&origin, None, &image("default")).unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("name"));
}

#[test]
fn names_of_images_and_numbers_of_users() {
    for image in
        ["a", "box:5000/a/b:1.2-X", "Registry.Example/a@sha256:0af", "localhost/a_b", "a/b.c"]
    {
        let after = try_add(None, &addition("image", "a", &[("image", image), ("user", "12:34")]));
        let after = after.unwrap();
        assert!(after.contains(image) && after.contains("user = \"12:34\""), "{after}");
    }
}
