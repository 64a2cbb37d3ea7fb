use expect_test::{Expect, expect};

use super::*;

fn facts(
    text: &str,
    target: Option<&str>,
    args: &[(&str, &str)],
) -> Result<DockerfileFacts, DockerfileError> {
    let args = args.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    analyse(text, target, &args)
}

/// What is said of a Dockerfile, with the workspace mounted where it has a copy, else in the working directory.
fn check(text: &str, target: Option<&str>, args: &[(&str, &str)], expected: &Expect) {
    let text = match facts(text, target, args) {
        Err(error) => format!("{error}\n"),
        Ok(facts) => {
            let mount = facts.workspace_copied_to.first().or(facts.workdir.as_ref());
            format!(
                "from {:?} workdir {:?}\nworkspace {:?}\ninputs {:?}\n",
                facts.base_images,
                facts.workdir,
                facts.workspace_copied_to,
                facts.build_inputs(mount.map(String::as_str)).paths
            )
        }
    };
    expected.assert_eq(&text);
}

#[test]
fn a_typical_python_image() {
    let text = "\
# syntax=docker/dockerfile:1
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt \\
    # a comment between
    && rm -rf /root/.cache
COPY . .
RUN pip install -e .
";
    check(
        text,
        None,
        &[],
        &expect![[r#"
        from ["python:3.12-slim"] workdir Some("/app")
        workspace ["/app"]
        inputs {"requirements.txt"}
    "#]],
    );
}

#[test]
fn arguments_and_environment_are_filled_in() {
    let text = "\
ARG PYTHON=3.11
FROM python:${PYTHON}-slim AS base
ARG PYTHON
ARG SRC=src
ENV HOME_DIR=/srv/app OTHER=\"x\"
ENV OLD style value
WORKDIR $HOME_DIR
WORKDIR ${SUB:-inner}
COPY ${SRC}/a.txt ${MISSING:+no}b-$PYTHON-\\$x ./
";
    check(
        text,
        None,
        &[],
        &expect![[r#"
        from ["python:3.11-slim"] workdir Some("/srv/app/inner")
        workspace []
        inputs {"b-3.11-$x", "src/a.txt"}
    "#]],
    );
    check(
        text,
        None,
        &[("PYTHON", "3.13"), ("SRC", "lib")],
        &expect![[r#"
            from ["python:3.13-slim"] workdir Some("/srv/app/inner")
            workspace []
            inputs {"b-3.13-$x", "lib/a.txt"}
        "#]],
    );
}

const STAGES: &str = "\
FROM node:22 AS web
WORKDIR /web
COPY web/package.json .
RUN npm ci
COPY . .
RUN npm run build

FROM python:3.12 AS base
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache --mount=type=bind,source=constraints.txt,target=/c.txt pip install .

FROM base AS test
COPY --chown=1:1 . /app/
USER 1

FROM test AS release
COPY --from=web /web/dist /app/static
COPY --from=nginx:1 /etc/nginx /etc/nginx
";

#[test]
fn stages() {
    check(
        STAGES,
        Some("test"),
        &[],
        &expect![[r#"
        from ["python:3.12"] workdir Some("/app")
        workspace ["/app"]
        inputs {"constraints.txt", "pyproject.toml", "uv.lock"}
    "#]],
    );
    check(
        STAGES,
        Some("BASE"),
        &[],
        &expect![[r#"
        from ["python:3.12"] workdir Some("/app")
        workspace []
        inputs {"constraints.txt", "pyproject.toml", "uv.lock"}
    "#]],
    );
    check(
        STAGES,
        Some("0"),
        &[],
        &expect![[r#"
        from ["node:22"] workdir Some("/web")
        workspace ["/web"]
        inputs {"web/package.json"}
    "#]],
    );
    check(
        STAGES,
        None,
        &[],
        &expect![[r#"
        from ["python:3.12", "node:22"] workdir Some("/app")
        workspace ["/app"]
        inputs {".", "constraints.txt", "pyproject.toml", "uv.lock", "web/package.json"}
    "#]],
    );
    check(
        STAGES,
        Some("tst"),
        &[],
        &expect![[r#"
        it has no stage `tst`; did you mean `test`?
    "#]],
    );
    check(
        "# nothing\n",
        None,
        &[],
        &expect![[r#"
        it has no FROM instruction
    "#]],
    );
}

#[test]
fn a_copy_of_a_copy_of_the_workspace_is_one() {
    let text = "\
FROM a AS build
ADD ./ /src
RUN make
FROM b
COPY --from=build /src /opt/app
COPY --from=0 /src/dist /dist
";
    check(
        text,
        None,
        &[],
        &expect![[r#"
        from ["b", "a"] workdir None
        workspace ["/opt/app"]
        inputs {"."}
    "#]],
    );
}

/// The inputs of a Dockerfile whose workspace is mounted at `/app`.
fn check_inputs(text: &str, expected: &[&str], read: bool) {
    let facts = facts(text, None, &[]).unwrap();
    let inputs = facts.build_inputs(Some("/app"));
    let paths: Vec<&str> = inputs.paths.iter().map(String::as_str).collect();
    assert_eq!((paths, inputs.hidden_is_read), (expected.to_vec(), read), "{text}");
}

/// Where only folders are copied to their own places, that is where the workspace is.
#[test]
fn folders_at_their_own_places() {
    let copied_to = |text: &str| {
        let facts = facts(text, None, &[]).unwrap().knowing(|path| !path.contains('.'));
        let inputs = facts.build_inputs(facts.workspace_copied_to.last().map(String::as_str));
        format!("{:?} {:?}", facts.workspace_copied_to, inputs.paths)
    };
    let base = "FROM a\nWORKDIR /app\nCOPY pyproject.toml .\nRUN make\n";
    expect![[r#"["/app"] {"pyproject.toml"}"#]]
        .assert_eq(&copied_to(&format!("{base}COPY src ./src\nCOPY tests tests/\n")));
    // A command that follows may have read them.
    expect![[r#"["/app"] {"pyproject.toml", "src"}"#]]
        .assert_eq(&copied_to(&format!("{base}COPY src src\nRUN make\nCOPY tests tests\n")));
    expect![[r#"[] {"pyproject.toml", "src"}"#]]
        .assert_eq(&copied_to(&format!("{base}COPY src /opt/src\n")));
    expect![[r#"[] {"pyproject.toml", "run.sh", "src"}"#]]
        .assert_eq(&copied_to(&format!("{base}COPY src .\nCOPY run.sh ./run.sh\n")));
}

/// A command behind a copy of everything reads the files that it names.
#[test]
fn files_that_commands_name() {
    let named = |run: &str| {
        let text = format!("FROM a\nWORKDIR /app\nCOPY . .\nRUN {run}\n");
        let inputs = facts(&text, None, &[]).unwrap().build_inputs(Some("/app"));
        inputs.named.into_iter().collect::<Vec<_>>().join(" ")
    };
    expect!["bash install pip requirements/dev.txt scripts/setup.sh"]
        .assert_eq(&named("pip install -r ./requirements/dev.txt && bash /app/scripts/setup.sh"));
    expect!["a.txt b.sh pip"]
        .assert_eq(&named(r#"["pip", "--file=a.txt", "b.sh", "/etc/x", "$X"]"#));
}

#[test]
fn what_comes_by_way_of_another_stage_counts_as_if_it_came_directly() {
    let copied = "FROM a AS src\nCOPY . /src\nCOPY etc /etc/app\nFROM b\n";
    // The mount hides it, or nobody takes it.
    check_inputs(&format!("{copied}COPY --from=src /src /app\n"), &[], false);
    check_inputs(&format!("{copied}COPY --from=src /etc/app /etc/app\n"), &["etc"], false);
    check_inputs(&format!("{copied}COPY --from=src /etc/app/one /one\n"), &["etc"], false);
    check_inputs(&format!("{copied}COPY --from=src /src/data /data\n"), &["."], false);
    check_inputs(&format!("{copied}COPY --from=src / /all\n"), &[".", "etc"], false);
    check_inputs(
        &format!("{copied}RUN --mount=from=src,source=/src,target=/x make\n"),
        &["."],
        false,
    );
    // What a command makes hangs on all that it could read, and on nothing that came later.
    let built = "FROM a AS build\nCOPY go.mod /src/\nRUN make deps\nCOPY . /src\nFROM b\n";
    check_inputs(&format!("{built}COPY --from=build /deps /deps\n"), &["go.mod"], false);
    check_inputs(&format!("{built}COPY --from=build /src /app\n"), &["go.mod"], false);
    let built = built.replace("FROM b", "RUN make\nFROM b");
    check_inputs(&format!("{built}COPY --from=build /bin /bin\n"), &[".", "go.mod"], false);
    // As where a command runs over the workspace itself: the mount has all but what it installed.
    check_inputs(&format!("{built}COPY --from=build /src /app\n"), &["go.mod"], true);
    check_inputs("FROM a\nCOPY . /app\nRUN make\n", &[], true);
    // By way of two.
    let twice = "FROM a AS src\nCOPY . /src\nFROM b AS mid\nCOPY --from=src /src /mid\nFROM c\n";
    check_inputs(&format!("{twice}COPY --from=mid /mid /app\n"), &[], false);
    check_inputs(&format!("{twice}COPY --from=mid /mid /other\n"), &["."], false);
    let read = twice.replace("FROM c", "RUN make\nFROM c");
    check_inputs(&format!("{read}COPY --from=mid /made /made\n"), &["."], false);
}

#[test]
fn what_the_mount_hides_does_not_count_unless_a_command_read_it() {
    let text = "\
FROM a
WORKDIR /app
COPY setup.py setup.py
COPY src src/
RUN pip install .
COPY tests/ /app/tests
COPY conftest.py .
COPY data /data
";
    check(
        text,
        None,
        &[],
        &expect![[r#"
        from ["a"] workdir Some("/app")
        workspace []
        inputs {"conftest.py", "data", "setup.py", "src"}
    "#]],
    );
    check(
        "FROM a\nCOPY . /app\nCOPY . /other\n",
        None,
        &[],
        &expect![[r#"
            from ["a"] workdir None
            workspace ["/app", "/other"]
            inputs {"."}
        "#]],
    );
    check(
        "FROM a\nCOPY . .\n",
        None,
        &[],
        &expect![[r#"
            from ["a"] workdir None
            workspace []
            inputs {}
        "#]],
    );
}

#[test]
fn inputs_are_files_directories_and_globs() {
    let facts = facts("FROM a\nCOPY *.toml src/ !odd /x/\nRUN make\n", None, &[]).unwrap();
    let inputs = facts.build_inputs(None).matcher();
    let files = ["a.toml", "b/a.toml", "src/a/b.py", "srcs", "!odd", "odd"];
    assert_eq!(files.map(|file| inputs.contains(file)), [true, false, true, false, true, false]);
    let all = BuildInputs { paths: [".".to_owned()].into(), ..BuildInputs::default() };
    assert!(all.matcher().contains("any/file"));
    assert!(!BuildInputs::default().matcher().contains("any/file"));
}

#[test]
fn unusual_forms() {
    let text = "\
# escape=`
FROM --platform=$BUILDPLATFORM `
  scratch
workdir /c
copy [\"a b.txt\", \"c.txt\", \"/d e/\"]
ADD https://example.org/x.tar.gz git@example.org:x.git local.tar.gz /x/
COPY <<EOF /etc/motd
COPY . /not-an-instruction
EOF
RUN <<-'ONE' cat
FROM nothing
\t\tONE
RUN echo $((1<<2))
HEALTHCHECK CMD true
SOMETHING new
COPY *.toml ./last/../
";
    check(
        text,
        None,
        &[],
        &expect![[r#"
        from [] workdir Some("/c")
        workspace []
        inputs {"*.toml", "a b.txt", "c.txt", "local.tar.gz"}
    "#]],
    );
}

#[test]
fn broken_text_never_panics() {
    for text in [
        "FROM",
        "COPY",
        "FROM a\nCOPY\nENV\nARG\nWORKDIR\nRUN <<",
        "FROM a\nRUN <<X\n",
        "\\",
        "FROM ${",
        "FROM a\nCOPY ${a:- $ \\",
        "FROM a AS\nFROM 0\nCOPY --from=9 a b\nCOPY --from=1 . .",
    ] {
        let found = facts(text, None, &[]);
        assert!(found.is_ok() || found == Err(DockerfileError::NoStage), "{text:?}: {found:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_broken(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        if let Ok(facts) = facts(&pieces.concat(), None, &[("A", "b")]) {
            let inputs = facts.build_inputs(facts.workdir.as_deref());
            assert_eq!(inputs.matcher().contains("a"), inputs.paths.contains(".") || inputs.paths.contains("a"));
        }
    }
}

const PIECES: &[&str] = &[
    "FROM ",
    "a",
    " AS ",
    "b",
    "\n",
    "\n",
    "\n",
    "COPY ",
    ". ",
    "--from=",
    "0",
    "1",
    "/",
    "..",
    "ARG A",
    "ENV ",
    "=",
    "$",
    "{",
    "}",
    ":-",
    ":+",
    "\\",
    "\\\n",
    "RUN ",
    "<<EOF",
    "EOF",
    "--mount=type=bind,source=a",
    "[\"a\",",
    "\"b\"]",
    "#",
    "escape=`",
    "`",
    " ",
    "ü",
    "WORKDIR ",
    "ADD ",
    "\"",
    "'",
];

#[test]
fn arguments_that_nobody_asks_for() {
    let text = "ARG BASE=python\nFROM $BASE\narg PY LEVEL=2\nRUN echo ARG LATER\n";
    let given =
        ["BASE", "LEVEL", "PYY", "LATER", "http_proxy", "BUILDKIT_INLINE_CACHE", "TARGETARCH"];
    let build_args = given.map(|name| (name.to_owned(), String::new())).into();
    let file = crate::plan::Dockerfile {
        path: crate::paths::RelPath::new("ci/Dockerfile"),
        build_args,
        ..crate::plan::Dockerfile::default()
    };
    assert_eq!(
        unused_arguments(&file, text),
        [
            "the build argument `LATER`: no `ARG` of ci/Dockerfile asks for it",
            "the build argument `PYY`: no `ARG` of ci/Dockerfile asks for it; did you mean `PY`?",
        ]
    );
}
