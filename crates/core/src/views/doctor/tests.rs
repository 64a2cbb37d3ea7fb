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
