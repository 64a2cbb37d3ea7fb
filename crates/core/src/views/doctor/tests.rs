use expect_test::expect;

use super::*;
use crate::model::Fault;
use crate::remedy::Services;

fn findings() -> Vec<Finding> {
    let start = Remedy::Start { services: Services::Systemd, again: false, sudo: true };
    let error = RunError::new(Fault::Interpreter, "cannot reach Docker at unix:///x: no such file");
    let error = RunError { remedy: Some(start), ..error.help("start it") };
    vec![
        Finding::good("project", "/home/me/my_shop*"),
        Finding::note("suite", "no tests were found"),
        Finding::bad("engine", &error),
    ]
}

#[test]
fn a_page_has_marks_and_commands() {
    expect![[r#"
        ## my_shop

        One thing keeps tests from running.

        - ✓ **project**: /home/me/my_shop\*
        - ℹ **suite**: no tests were found
        - ✗ **engine**: cannot reach Docker at unix:///x: no such file
          - start it

          ```sh
          sudo systemctl start docker
          ```

    "#]]
    .assert_eq(&doctor_page("my_shop", &findings()));
    let good = doctor_page("a", &[Finding::good("engine", "answers")]);
    assert_eq!(good, "## a\n\nTests can run here.\n\n- ✓ **engine**: answers\n");
}

#[test]
fn nothing_that_was_found_means_anything_on_a_page() {
    let mut finding = Finding::note("`suite`", "no <b>tests</b> in `a_b`");
    finding.help.push("[write](command:x) one".to_owned());
    finding.command = Some("echo '```'".to_owned());
    expect![[r#"
        ## \`a\`

        Tests can run here.

        - ℹ **\`suite\`**: no \<b\>tests\</b\> in `a_b`
          - \[write\](command:x) one

          ````sh
          echo '```'
          ````

    "#]]
    .assert_eq(&doctor_page("`a`", &[finding]));
}

#[test]
fn a_text_has_the_same_on_lines() {
    expect![[r#"
        ok    project  /home/me/my_shop*
        note  suite    no tests were found
        FAIL  engine   cannot reach Docker at unix:///x: no such file
                       start it
                       $ sudo systemctl start docker
    "#]]
    .assert_eq(&doctor_text(&findings()));
}

#[test]
fn a_suite_stands_somewhere_and_has_tests() {
    let workspace = sample_workspace();
    let of = |stock| {
        let findings = workspace_findings(&workspace, &[stock]);
        let suite = findings.iter().find(|it| it.subject == "suite").unwrap().clone();
        (suite.verdict, suite.text)
    };
    let check = |stock, verdict, text: &str| assert_eq!(of(stock), (verdict, text.to_owned()));
    check(Stock::Nowhere, Verdict::Bad, "pytest in nope; there is no such directory");
    let none = Stock::Tests { tests: 0, files: 0 };
    check(none, Verdict::Note, "pytest in nope; no tests were found there");
    let some = Stock::Tests { tests: 2, files: 1 };
    check(some, Verdict::Good, "pytest in nope; 2 tests in 1 file");
}

fn sample_workspace() -> Workspace {
    use crate::frameworks::Kind;
    use crate::paths::RelPath;
    use crate::resolve::Contents;
    let contents = Contents { root: "/w".into(), files: &[], read: &|_| None };
    let root = RelPath::new("nope");
    let kind = Kind::named("pytest").unwrap();
    let suite = Suite::new(root.clone(), (kind.at)(&root, contents));
    Workspace { suites: vec![suite.into()], ..Workspace::default() }
}

#[test]
fn an_image_that_is_not_here_is_worth_knowing() {
    let view = |state, detail: &str| InterpreterView {
        name: "default".to_owned(),
        kind: "image",
        source: "python:3.12".to_owned(),
        file: None,
        engine: String::new(),
        state,
        detail: detail.to_owned(),
        error: None,
        is_chosen: true,
    };
    let absent = view(InterpreterState::Absent, "not here yet: the next run pulls it");
    let text = "python:3.12: not here yet: the next run pulls it";
    assert_eq!(image_finding(&absent), Some(Finding::note("image", text)));
    let ready = view(InterpreterState::Ready, "1.2 GB, made 3 h ago");
    let text = "python:3.12: 1.2 GB, made 3 h ago";
    assert_eq!(image_finding(&ready), Some(Finding::good("image", text)));
    assert_eq!(image_finding(&view(InterpreterState::Unreachable, "")), None);
}
