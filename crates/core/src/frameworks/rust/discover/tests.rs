//! Texts and what is found in them.

use std::sync::Arc;

use expect_test::{Expect, expect};

use super::{Wanted, discover};
use crate::frameworks::rust::{Packages, Rust, Tool};
use crate::frameworks::{Source, Suite};
use crate::paths::RelPath;

fn check(text: &str, expected: &Expect) {
    let framework = Rust { packages: Packages::default(), tool: Tool::Cargo };
    let suite = Suite::new(RelPath::default(), Arc::new(framework));
    let path = RelPath::new("src/lib.rs");
    let wanted = Wanted { has_examples: true, has_main: false };
    let items = discover(&suite, &mut Source::new(&path, text), wanted);
    let line = |item: &crate::frameworks::TestItem| {
        let (start, end) = (item.range.start.line + 1, item.range.end.line + 1);
        format!("{:?} {start}-{end} {}\n", item.kind, item.id.names.join("::"))
    };
    expected.assert_eq(&items.iter().map(line).collect::<String>());
}

#[test]
fn functions_with_the_attribute_of_a_test_are_tests() {
    check(
        r#"
use x::test;
#[test] fn plain() {}
#[cfg(feature = "x")]
/// Says what it does.
#[tokio::test(flavor = "multi_thread")]
async fn of_tokio() {}
#[test_log::test]
pub fn logged() -> Result<(), ()> { Ok(()) }
#[rstest]
fn with_fixture(pot: Pot) {}
#[rstest]
#[case(1)]
#[case::two(2)]
fn with_cases(#[case] n: u32) {}
#[test_case(1; "one")]
fn tabled(n: u32) {}
#[rstest] fn with_values(pot: Pot, #[values(1, 2)] n: u32) {}
#[rstest] fn with_files(#[files("*.txt")] path: PathBuf) {}
#[template] #[rstest] #[case(1)] fn template(#[case] n: u32) {}
#[apply(template)] fn of_template(n: u32) {}
#[apply(test!)] fn of_macro(ex: &Executor) {}
#[derive(Debug)]
fn none() {}
#[bench] fn measured() {}
impl X { #[test] fn method() {} }
"#,
        &expect![[r#"
            Test 3-3 plain
            Test 4-7 of_tokio
            Test 8-9 logged
            Test 10-11 with_fixture
            Parametrised 12-15 with_cases
            Parametrised 16-17 tabled
            Parametrised 18-18 with_values
            Parametrised 19-19 with_files
            Parametrised 21-21 of_template
        "#]],
    );
}

#[test]
fn modules_with_tests_are_groups() {
    check(
        "mod empty { fn x() {} }\nmod elsewhere;\n#[cfg(test)]\nmod tests {\n  mod deep {\n    #[test]\n    fn a() {}\n  }\n  #[test]\n  fn b() {}\n}\n",
        &expect![[r#"
            Group 4-11 tests
            Group 5-8 tests::deep
            Test 6-7 tests::deep::a
            Test 9-10 tests::b
        "#]],
    );
}

#[test]
fn tests_in_a_macro_are_found_where_they_stand() {
    check(
        "proptest! {\n  #![proptest_config(x)]\n  #[test]\n  fn halves(n in 0..10u32) { assert!(n / 2 <= n) }\n  #[test]\n  #[ignore]\n  fn more(n in 0..10u32) {}\n}\nmacro_rules! made { ($n:ident) => { #[test] fn $n() {} } }\n",
        &expect![[r#"
            Test 4-4 halves
            Test 7-7 more
        "#]],
    );
}

#[test]
fn examples_are_found_by_what_they_are_about() {
    check(
        "//! Of all.\n//!\n//! ```\n//! 1 + 1;\n//! ```\n\n/// Two.\n/// ```rust,no_run\n/// x();\n/// ```\n/// Not this:\n/// ```text\n/// x\n/// ```\n///     indented();\n/// ```should_panic\n/// y();\n/// ```\n#[inline]\npub fn two() {}\n\nimpl<T> Shop<T> {\n    /** ```\n    z();\n    ``` */\n    pub fn open(&self) {}\n}\n// ```\npub mod inner {\n    /// ```compile_fail,E0308\n    /// a\n    /// ```\n    pub struct A;\n}\n",
        &expect![[r#"
            Test 3-6 (doc)
            Test 8-11 two (doc)
            Test 16-19 two (doc 2)
            Test 23-26 Shop::open (doc)
            Group 29-34 inner
            Test 30-33 inner::A (doc)
        "#]],
    );
}

#[test]
fn a_text_that_does_not_parse_shows_what_can_be_seen() {
    check(
        "#[test]\nfn a() { assert!(\n\n#[test]\nfn b() {}\n",
        &expect![[r#"
        Test 5-5 b
    "#]],
    );
    check("", &expect![[""]]);
}
