//! What is found in Go files.

use std::sync::Arc;

use expect_test::{Expect, expect};

use super::*;
use crate::frameworks::go::Go;
use crate::paths::RelPath;

fn check(text: &str, expected: &Expect) {
    let suite = Suite::new(RelPath::default(), Arc::new(Go { modules: Default::default() }));
    let path = RelPath::new("a_test.go");
    let mut shown = String::new();
    for item in discover(&suite, &mut Source::new(&path, text)) {
        let kind = match item.kind {
            ItemKind::Group => "group",
            ItemKind::Test => "test",
            ItemKind::Parametrised => "cases",
        };
        let line = item.name.start.line + 1;
        let gaps = if item.pattern.is_some() { " (gaps)" } else { "" };
        shown.push_str(&format!("{line} {kind} {}{gaps}\n", item.id.names.join(" / ")));
    }
    expected.assert_eq(&shown);
}

#[test]
fn functions_are_tests_by_name_and_parameter() {
    check(
        r#"package a
import "testing"
func TestOne(t *testing.T) {}
func Test(t *testing.T) {}
func Test_two(t *testing.T) {}
func Testing(t *testing.T) {}
func TestMain(m *testing.M) {}
func TestHelper(t *testing.T, n int) {}
func TestNothing() {}
func testThree(t *testing.T) {}
func FuzzParse(f *testing.F) { f.Add(1) }
func BenchmarkOne(b *testing.B) {}
func ExampleOne() {
	println()
	// Output: x
}
func Example() {
	if true {
	}
	// unordered output:
	// x
}
func ExampleSilent() { println() }
func (s S) TestMethod(t *testing.T) {}
"#,
        &expect![[r#"
            3 test TestOne
            4 test Test
            5 test Test_two
            11 cases FuzzParse
            13 test ExampleOne
            17 test Example
        "#]],
    );
}

#[test]
fn subtests_stand_below_with_their_names_as_go_prints_them() {
    check(
        r#"package a
func TestX(t *testing.T) {
	t.Run("plain", func(t *testing.T) {})
	t.Run("with space\tand \"quotes\"", func(tt *testing.T) {
		tt.Run("inner/deeper", helper)
		t.Run("of the outer", nil)
	})
	t.Run(`raw \n`, nil)
	t.Run("plain", nil)
	t.Run("", nil)
	func() { t.Run("in a closure", nil) }()
	other.Run("no", nil)
}
func TestMade(t *testing.T) {
	for _, n := range numbers() {
		t.Run(fmt.Sprintf("%d of %5.2f%%", n, n), nil)
		t.Run("case "+n+"!", nil)
		t.Run("a"+"b", nil)
	}
}
func TestUnknown(t *testing.T) {
	for _, n := range numbers() {
		t.Run(n, nil)
	}
}
"#,
        &expect![[r#"
            2 cases TestX
            3 test TestX / plain
            4 cases TestX / with_space_and_"quotes"
            5 test TestX / with_space_and_"quotes" / inner / deeper
            8 test TestX / raw_\n
            9 test TestX / plain#01
            10 test TestX / #00
            11 test TestX / in_a_closure
            14 cases TestMade
            16 cases TestMade / …_of_…% (gaps)
            17 cases TestMade / case_…! (gaps)
            18 test TestMade / ab
            21 cases TestUnknown
        "#]],
    );
}

#[test]
fn rows_of_tables_are_tests() {
    check(
        r#"package a
type row struct { a, name string; n int }
var shared = []row{{"x", "shared", 1}, {name: "keyed"}}
func TestTable(t *testing.T) {
	tests := []struct {
		name string
		n    int
	}{
		{"positional", 1},
		{
			n:    2,
			name: "keyed row",
		},
		{"same", 3}, {"same", 4},
	}
	for _, tt := range tests {
		tt := tt
		t.Run(tt.name, func(t *testing.T) { t.Run("inner", nil) })
	}
}
func TestShared(t *testing.T) {
	for i, tc := range shared {
		t.Run(tc.name, nil)
	}
}
func TestMap(t *testing.T) {
	for name, tc := range map[string]*row{"one": {}, "two": {}} {
		t.Run(name, nil)
	}
}
func TestStrings(t *testing.T) {
	for _, name := range []string{"a b", "c"} {
		t.Run(name, nil)
	}
}
func TestPointers(t *testing.T) {
	for _, tc := range []*row{&row{name: "p"}, {name: "q"}} {
		t.Run(tc.name, nil)
	}
}
func TestPartly(t *testing.T) {
	for _, tc := range []row{{name: "p"}, {name: made()}} {
		t.Run(tc.name, nil)
	}
}
"#,
        &expect![[r#"
            4 cases TestTable
            9 cases TestTable / positional
            18 test TestTable / positional / inner
            12 cases TestTable / keyed_row
            18 test TestTable / keyed_row / inner
            14 cases TestTable / same
            18 test TestTable / same / inner
            14 cases TestTable / same#01
            18 test TestTable / same#01 / inner
            21 cases TestShared
            3 test TestShared / shared
            3 test TestShared / keyed
            26 cases TestMap
            27 test TestMap / one
            27 test TestMap / two
            31 cases TestStrings
            32 test TestStrings / a_b
            32 test TestStrings / c
            36 cases TestPointers
            37 test TestPointers / p
            37 test TestPointers / q
            41 cases TestPartly
        "#]],
    );
}

#[test]
fn methods_of_a_testify_suite_are_tests() {
    check(
        r#"package a
type CartSuite struct { suite.Suite }
func (s *CartSuite) SetupTest() {}
func (s *CartSuite) TestTotal() {}
func (*CartSuite) TestTax() {}
func (s *Other) TestOther() {}
func TestCart(t *testing.T) { suite.Run(t, new(CartSuite)) }
"#,
        &expect![[r#"
              7 cases TestCart
              4 test TestCart / TestTotal
              5 test TestCart / TestTax
        "#]],
    );
}

#[test]
fn a_file_under_the_keys_shows_what_can_be_seen() {
    check(
        "package a\nfunc TestOne(t *testing.T) {\n\tt.Run(\"a\", func(\n}\n\nfunc TestTwo(t *testing.T) {}\n",
        &expect![[r#"
              2 test TestOne
              6 test TestTwo
        "#]],
    );
}
