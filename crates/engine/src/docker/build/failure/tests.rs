use expect_test::{Expect, expect};

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

fn check(name: &str, said: &str, expect: &Expect) {
    let step = progress_step(name);
    let error = describe(DOCKERFILE, "/w/Dockerfile".into(), said, &step, String::new());
    let line = error.place.map_or(0, |place| place.line);
    expect.assert_eq(&format!("{line}: {}; {}", error.message, error.help.unwrap()));
}

fn progress_step(name: &str) -> Step {
    use bollard::models::{BuildInfo, BuildInfoAux};
    use bollard::moby::buildkit::v1::{StatusResponse, Vertex};
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
    check(
        "[base 4/4] RUN --mount=type=cache,target=/root/.cache     pip install . &&     pip check",
        "executor failed running [/bin/sh -c pip install . &&     pip check]: exit code: 1",
        &expect![""],
    );
    check(
        "[base 3/4] COPY pyproject.toml      poetry.lock ./",
        "failed to compute cache key: \"/poetry.lock\" not found: not found",
        &expect![""],
    );
    check(
        "[builder 2/2] RUN make",
        "process \"/bin/sh -c make\" did not complete successfully: exit code: 127",
        &expect![""],
    );
    check("[stage-2 2/4] RUN make", "process \"/bin/sh -c make\" did not complete successfully: exit code: 137", &expect![""]);
    check("[stage-2 3/4] RUN <<EOF (exit 1)", "exit code: 1", &expect![""]);
    check("[stage-2 4/4] COPY --from=builder /app/out /out", "\"/app/out\": not found", &expect![""]);
    check("[base 2/4] WORKDIR /app", "cannot mkdir: no space left on device", &expect![""]);
    check(
        "[internal] load metadata for docker.io/library/debian:latest",
        "failed to solve with frontend dockerfile.v0: failed to create LLB definition: failed to do request: Head \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host",
        &expect![""],
    );
    check(
        "resolve image config for docker.io/docker/dockerfile:1",
        "failed to solve with frontend dockerfile.v0: failed to solve with frontend gateway.v0: no such host",
        &expect![""],
    );
    check("", "dockerfile parse error line 13: unknown instruction: RUNN", &expect![""]);
    check("", "failed to solve: dockerfile parse error on line 2: unknown instruction: FORM (did you mean FROM?)", &expect![""]);
}

#[test]
fn the_classic_builder_names_the_instruction_too() {
    let step = Step {
        stage: None,
        instruction: "RUN make".to_owned(),
        number: 9,
        of: 9,
    };
    let said = "The command '/bin/sh -c make' returned a non-zero code: 2";
    let error = describe(DOCKERFILE, "/w/Dockerfile".into(), said, &step, "boom".to_owned());
    expect![""].assert_eq(&format!("{error:#?}"));
}
