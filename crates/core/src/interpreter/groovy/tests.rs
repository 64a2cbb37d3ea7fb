use expect_test::{Expect, expect};

use super::*;

/// The statements, each with its arguments, indented by depth.
fn check(text: &str, expected: &Expect) {
    let shown = match read(text) {
        Ok(calls) => calls.iter().map(|call| shown(call, 0)).collect(),
        Err(problem) => format!("{}: {}\n", problem.line, problem.message),
    };
    expected.assert_eq(&shown);
}

fn shown(call: &Call, depth: usize) -> String {
    let args = call.args.iter().map(|arg| {
        let name = arg.name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        format!("{name}{}", value(&arg.value))
    });
    let args = args.collect::<Vec<_>>().join(", ");
    let block = if call.block.is_some() { " {}" } else { "" };
    let indent = "  ".repeat(depth);
    let line = format!("{indent}{} {} ({args}){block}\n", call.line, call.name);
    line + &call.children().map(|call| shown(call, depth + 1)).collect::<String>()
}

fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{:?}", text.plain()),
        Value::Bool(value) => value.to_string(),
        Value::Word(word) => word.clone(),
        Value::Call(call) => shown(call, 0).trim().to_owned(),
        Value::Other => "…".to_owned(),
    }
}

#[test]
fn a_declarative_pipeline() {
    check(
        r#"#!/usr/bin/env groovy
@Library('shared') _
/* a comment
   of two lines */
pipeline {
  agent none // nowhere
  environment { CI = 'true'; HOME = "${env.WORKSPACE}/x" }
  stages {
    stage('Test') {
      agent { dockerfile { filename 'Dockerfile.ci'; dir "build"
        additionalBuildArgs '--build-arg A=1' } }
      steps {
        sh(script: """
          pytest --junitxml="r.xml"
        """, returnStdout: true)
        junit testResults: '*.xml', allowEmptyResults: true
        script { def x = [a: 1, b: { it + 1 }]; if (x =~ /a b{2}/) { echo "no ${x} $y" } else { error 'x' } }
      }
    }
  }
}
"#,
        &expect![[r#"
            2  (…)
            5 pipeline () {}
              6 agent (none)
              7 environment () {}
                7 CI (=: "true")
                7 HOME (=: "${env.WORKSPACE}/x")
              8 stages () {}
                9 stage ("Test") {}
                  10 agent () {}
                    10 dockerfile () {}
                      10 filename ("Dockerfile.ci")
                      10 dir ("build")
                      11 additionalBuildArgs ("--build-arg A=1")
                  12 steps () {}
                    13 sh (script: "\n          pytest --junitxml=\"r.xml\"\n        ", returnStdout: true)
                    16 junit (testResults: "*.xml", allowEmptyResults: true)
                    17 script () {}
                      17 def (x: …)
                      17 if (…) {}
                        17 echo ("no ${x} ${y}")
                      17 else () {}
                        17 error ("x")
        "#]],
    );
}

#[test]
fn strings() {
    check(
        r#"a 'it\'s $x', "it is $x.y.", '\\', "a${b}c", /re\/gex/, $/dollar/$"#,
        &expect![[r#"
            1 a ("it's $x", "it is ${x.y}.", "\\", "a${b}c", "re\\/gex", "dollar")
        "#]],
    );
    check(
        "sh '''\na\n''' \nb \"\"\"x\n${y}\"\"\"",
        &expect![[r#"
        1 sh ("\na\n")
        4 b ("x\n${y}")
    "#]],
    );
    check(
        "x = 1 / 2\ny = a / b / c",
        &expect![[r#"
        1 x (=: …)
        2 y (=: …)
    "#]],
    );
}

#[test]
fn definitions_sums_and_branches() {
    check(
        "final String a = 'b' + c +\n 'd'\nassert a =~ 'b'\nx = 'a' + b * 2\ny = i++\nz = 'a' + 1 + f()",
        &expect![[r#"
            1 def (a: "b${c}d")
            3 assert (…)
            4 x (=: …)
            5 y (=: …)
            6 z (=: …)
        "#]],
    );
    check(
        "if (a)\n  b = 'c'\nelse d = 'e'\nif (a) if (b)\n{ c 'd' }\ne 'f'",
        &expect![[r#"
        1 if (a) {}
          2 b (=: "c")
        3 def (d: "e")
        4 if (a) {}
          4 if (b) {}
            5 c ("d")
        6 e ("f")
    "#]],
    );
    check(
        "a('b').c('d') { e, f -> g 'h' }",
        &expect![[r#"
        1 a ("b") {}
          1 g ("h")
    "#]],
    );
}

#[test]
fn half_typed_files_say_where() {
    check(
        "pipeline {\n  agent { docker 'x' }\n",
        &expect![[r#"
        1: a `{` that nothing closes
    "#]],
    );
    check(
        "pipeline {\n  agent { docker 'x }\n}\n",
        &expect![[r#"
        2: a string that nothing closes
    "#]],
    );
    check(
        "a {\n} }",
        &expect![[r#"
        2: a `}` that closes nothing
    "#]],
    );
    check(
        "a(\n1,\n",
        &expect![[r#"
        1: a `(` that nothing closes
    "#]],
    );
    check(
        "a(1 }",
        &expect![[r#"
        1: a `(` that nothing closes
    "#]],
    );
    check(
        "/* no end",
        &expect![[r#"
        1: a comment that nothing closes
    "#]],
    );
    check(
        "\"\"\"a",
        &expect![[r#"
        1: a string that nothing closes
    "#]],
    );
    check(
        &"a {".repeat(1000),
        &expect![[r#"
        1: blocks in blocks without end
    "#]],
    );
    check(
        &"if (a) ".repeat(1000),
        &expect![[r#"
        1: blocks in blocks without end
    "#]],
    );
    check(
        &"(".repeat(1000),
        &expect![[r#"
        1: blocks in blocks without end
    "#]],
    );
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_broken(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        let text = pieces.concat();
        if let Ok(calls) = read(&text) {
            assert!(calls.len() <= text.len());
        }
    }
}

const PIECES: &[&str] = &[
    "a", " ", "\n", "{", "}", "(", ")", "[", "]", ",", ":", "=", ".", ";", "'", "\"", "'''",
    "\"\"\"", "/", "$/", "/$", "\\", "$", "${", "//", "/*", "*/", "true", "ü", "1", "#!",
];
