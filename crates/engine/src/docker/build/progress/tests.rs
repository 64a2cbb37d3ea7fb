use bollard::moby::buildkit::v1::VertexLog;
use expect_test::expect;

use super::*;

fn shown(events: &[RunEvent]) -> String {
    let lines = events.iter().map(|event| match event {
        RunEvent::Preparing(Stage::Building { step, number, of }) => {
            format!("[{number}/{of}] {step}")
        }
        RunEvent::BuildLog(line) => format!("| {line}"),
        other => format!("{other:?}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn vertex(digest: &str, name: &str) -> Vertex {
    Vertex { digest: digest.to_owned(), name: name.to_owned(), ..Default::default() }
}

fn started(vertex: Vertex) -> Vertex {
    Vertex { started: Some(Default::default()), ..vertex }
}

fn completed(vertex: Vertex, error: &str) -> Vertex {
    Vertex { completed: Some(Default::default()), error: error.to_owned(), ..started(vertex) }
}

fn log(digest: &str, text: &str) -> VertexLog {
    VertexLog { vertex: digest.to_owned(), msg: text.into(), ..Default::default() }
}

fn status(vertexes: Vec<Vertex>, logs: Vec<VertexLog>) -> BuildInfo {
    let status = StatusResponse { vertexes, logs, ..Default::default() };
    BuildInfo { aux: Some(BuildInfoAux::BuildKit(status)), ..Default::default() }
}

#[test]
fn buildkit_tells_steps_lines_and_the_one_that_failed() {
    let make = || vertex("m", "[builder 2/3] RUN make");
    let test = || vertex("t", "[stage-1 2/2] RUN pip install x");
    let messages = [
        status(vec![started(vertex("i", "[internal] load build context")), make()], vec![]),
        status(vec![started(make())], vec![]),
        status(vec![started(test())], vec![log("m", "one\ntw"), log("t", "10%\r50%\r")]),
        status(vec![], vec![log("m", "o\n"), log("t", "done\nno newline")]),
        status(vec![completed(test(), "exit code: 3")], vec![]),
        status(vec![completed(make(), "context canceled")], vec![]),
    ];
    let mut progress = Progress::default();
    let events: Vec<_> = messages.into_iter().flat_map(|m| progress.take(m)).collect();
    let (step, tail) = progress.failure();
    expect![[r#"
        [2/3] RUN make
        | [builder 2/3] RUN make
        [2/2] RUN pip install x
        | [stage-1 2/2] RUN pip install x
        | one
        | two
        | done
        | no newline
        Step { stage: Some("stage-1"), instruction: "RUN pip install x", number: 2, of: 2 }
        done
        no newline"#]]
    .assert_eq(&format!("{}\n{step:?}\n{tail}", shown(&events)));
}

#[test]
fn podman_tells_the_same_in_text() {
    let pieces = ["STEP 1/2: FROM base\n", "--> 0a1b\n", "STEP 2/2: RUN make\n", "gcc: no\n"];
    expect![[r#"
        [1/2] FROM base
        | STEP 1/2: FROM base
        [2/2] RUN make
        | STEP 2/2: RUN make
        | gcc: no
        Step { stage: None, instruction: "RUN make", number: 2, of: 2 }
        gcc: no"#]]
    .assert_eq(&of_stream(&pieces));
}

#[test]
fn the_classic_builder_tells_the_same_in_text() {
    let pieces =
        ["Step 1/2 : FROM base\n", " ---> 0a1b\nSte", "p 2/2 : RUN make\n", "gcc: no\n", "bad"];
    expect![[r#"
        [1/2] FROM base
        | Step 1/2 : FROM base
        [2/2] RUN make
        | Step 2/2 : RUN make
        | gcc: no
        Step { stage: None, instruction: "RUN make", number: 2, of: 2 }
        gcc: no
        bad"#]]
    .assert_eq(&of_stream(&pieces));
}

fn of_stream(pieces: &[&str]) -> String {
    let mut progress = Progress::default();
    let message = |text: &str| BuildInfo { stream: Some(text.to_owned()), ..Default::default() };
    let events: Vec<_> = pieces.iter().flat_map(|text| progress.take(message(text))).collect();
    let (step, tail) = progress.failure();
    format!("{}\n{step:?}\n{tail}", shown(&events))
}

#[test]
fn the_tail_is_bounded_in_lines_and_in_length() {
    let mut output = Output::default();
    for number in 0..1000 {
        output.push(&format!("line {number}\n"));
    }
    let endless = output.push(&"x".repeat(3 * LINE_BYTES));
    assert!(
        endless.iter().all(|line| line.len() <= 3 * LINE_BYTES) && output.unfinished.is_empty()
    );
    let tail = output.tail();
    assert!(tail.starts_with("line 971\n") && tail.lines().count() == TAIL_LINES, "{tail}");
}
