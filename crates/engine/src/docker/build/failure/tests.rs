use expect_test::expect;

use super::*;

const DOCKERFILE: &str = "\
# syntax=docker/dockerfile:1
FROM python:3.12 AS base
ARG DIR=/app
WORKDIR $DIR
COPY pyproject.toml \\
     # the lock, too
     poetry.lock ./
RUN --mount=type=cache,target=/root/.cache \\
    pip install . && \\
    pip check

FROM debian AS builder
RUN make
FROM base
RUN make
run <<EOF
exit 1
EOF
COPY --from=builder ${DIR}/out /out
";

fn told(step: &Step, said: &str) -> String {
    let line = stated_line(said).or_else(|| locate(DOCKERFILE, step));
    let error = describe(&RelPath::new("Dockerfile"), said, step, line);
    let line = line.map_or_else(|| "?".to_owned(), |line| line.to_string());
    format!("{line}: {}; {}", error.message, error.help.unwrap())
}

fn progress_step(name: &str) -> Step {
    use bollard::moby::buildkit::v1::{StatusResponse, Vertex};
    use bollard::models::{BuildInfo, BuildInfoAux};
    let mut progress = Progress::default();
    let vertex = Vertex {
        digest: "d".to_owned(),
        name: name.to_owned(),
        started: Some(Default::default()),
        completed: Some(Default::default()),
        error: "failed".to_owned(),
        ..Default::default()
    };
    let status = StatusResponse { vertexes: vec![vertex], ..Default::default() };
    let aux = Some(BuildInfoAux::BuildKit(status));
    progress.take(BuildInfo { aux, ..Default::default() });
    progress.failure().0
}

#[test]
fn every_failure_points_at_its_instruction() {
    let cases = [
        (
            "[base 4/4] RUN --mount=type=cache,target=/root/.cache     pip install . &&     pip check",
            "executor failed running [/bin/sh -c pip install . &&     pip check]: exit code: 1",
        ),
        (
            "[base 3/4] COPY pyproject.toml      poetry.lock ./",
            "failed to compute cache key: \"/poetry.lock\" not found: not found",
        ),
        (
            "[builder 2/2] RUN make",
            "process \"/bin/sh -c make\" did not complete successfully: exit code: 127",
        ),
        (
            "[stage-2 2/4] RUN make",
            "process \"/bin/sh -c make\" did not complete successfully: exit code: 137",
        ),
        ("[stage-2 3/4] RUN <<EOF (exit 1)", "exit code: 1"),
        ("[stage-2 4/4] COPY --from=builder /app/out /out", "\"/app/out\": not found"),
        ("[base 2/4] WORKDIR /app", "cannot mkdir: no space left on device"),
        (
            "[internal] load metadata for docker.io/library/debian:latest",
            "failed to solve with frontend dockerfile.v0: failed to create LLB definition: failed to do request: Head \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host",
        ),
        (
            "resolve image config for docker.io/docker/dockerfile:1",
            "failed to solve with frontend dockerfile.v0: failed to solve with frontend gateway.v0: no such host",
        ),
        ("", "dockerfile parse error line 13: unknown instruction: RUNN"),
        (
            "",
            "failed to solve: dockerfile parse error on line 2: unknown instruction: FORM (did you mean FROM?)",
        ),
    ];
    let lines = cases.map(|(name, said)| told(&progress_step(name), said));
    expect![[r#"
        8: cannot build Dockerfile: RUN --mount=type=cache,target=/root/.cache pip install . && pip check failed with exit code 1; correct line 8 of the Dockerfile
        5: cannot build Dockerfile: COPY pyproject.toml poetry.lock ./: failed to compute cache key: "/poetry.lock" not found: not found; check that the file is there and that .dockerignore does not exclude it
        13: cannot build Dockerfile: RUN make failed with exit code 127; install the command in an earlier step, or correct its name
        15: cannot build Dockerfile: RUN make was killed (exit code 137); give the engine more memory
        16: cannot build Dockerfile: RUN <<EOF (exit 1) failed with exit code 1; correct line 16 of the Dockerfile
        19: cannot build Dockerfile: COPY --from=builder /app/out /out: "/app/out": not found; check that the file is there and that .dockerignore does not exclude it
        4: cannot build Dockerfile: WORKDIR /app: cannot mkdir: no space left on device; make room for the engine: docker system df shows what takes it, testdock interpreter list what is ours
        12: cannot build Dockerfile: failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host; check that the engine can reach docker.io, or load the image by hand (docker load)
        1: cannot build Dockerfile: failed to solve with frontend gateway.v0: no such host; let the engine reach the registry of docker.io/docker/dockerfile:1, or remove the line # syntax=…
        13: cannot build Dockerfile: dockerfile parse error line 13: unknown instruction: RUNN; correct line 13 of the Dockerfile
        2: cannot build Dockerfile: dockerfile parse error on line 2: unknown instruction: FORM (did you mean FROM?); correct line 2 of the Dockerfile"#]].assert_eq(&lines.join("\n"));
}

#[test]
fn the_classic_builder_names_the_instruction_too() {
    let step = Step { stage: None, instruction: "RUN make".to_owned(), number: 9, of: 9 };
    let said = "The command '/bin/sh -c make' returned a non-zero code: 2";
    expect!["13: cannot build Dockerfile: RUN make failed with exit code 2; correct line 13 of the Dockerfile"].assert_eq(&told(&step, said));
}

/// A build with secrets tells no steps; its error has the command.
#[test]
fn an_error_alone_names_the_instruction_too() {
    let cases = [
        "executor failed running [/bin/sh -c pip install . &&     pip check]: exit code: 1",
        "failed to solve: process \"/bin/bash -o pipefail -c make \\\"all\\\"\" did not complete successfully: exit code: 127",
        "\"/app/out\": not found",
    ];
    let lines = cases.map(|said| told(&Step::of_error(said), said));
    expect![[r#"
        8: cannot build Dockerfile: RUN pip install . && pip check failed with exit code 1; correct line 8 of the Dockerfile
        ?: cannot build Dockerfile: RUN make "all" failed with exit code 127; install the command in an earlier step, or correct its name
        ?: cannot build Dockerfile: "/app/out": not found; correct the Dockerfile"#]].assert_eq(&lines.join("\n"));
}
