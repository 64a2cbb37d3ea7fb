//! What is found in Go files.

use std::sync::Arc;

use expect_test::{Expect, expect};

use super::*;
use crate::frameworks::go::Go;
use crate::frameworks::sample::listed;
use crate::paths::RelPath;

fn check(text: &str, expected: &Expect) {
    let suite = Suite::new(RelPath::default(), Arc::new(Go { modules: Default::default() }));
    let path = RelPath::new("a_test.go");
    let items = discover(&suite, &mut Source::new(&path, text));
    expected.assert_eq(&listed(&items));
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
            test 3 TestOne
            test 4 Test
            test 5 Test_two
            parametrised 11 FuzzParse
            test 13 ExampleOne
            test 17 Example
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
            parametrised 2 TestX
            test 3 TestX > plain
            parametrised 4 TestX > with_space_and_"quotes"
            test 5 TestX > with_space_and_"quotes" > inner > deeper
            test 8 TestX > raw_\n
            test 9 TestX > plain#01
            test 10 TestX > #00
            test 11 TestX > in_a_closure
            parametrised 14 TestMade
            parametrised 16 TestMade > …_of_…% (gaps)
            parametrised 17 TestMade > case_…! (gaps)
            test 18 TestMade > ab
            parametrised 21 TestUnknown
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
            parametrised 4 TestTable
            parametrised 9 TestTable > positional
            test 18 TestTable > positional > inner
            parametrised 12 TestTable > keyed_row
            test 18 TestTable > keyed_row > inner
            parametrised 14 TestTable > same
            test 18 TestTable > same > inner
            parametrised 14 TestTable > same#01
            test 18 TestTable > same#01 > inner
            parametrised 21 TestShared
            test 3 TestShared > shared
            test 3 TestShared > keyed
            parametrised 26 TestMap
            test 27 TestMap > one
            test 27 TestMap > two
            parametrised 31 TestStrings
            test 32 TestStrings > a_b
            test 32 TestStrings > c
            parametrised 36 TestPointers
            test 37 TestPointers > p
            test 37 TestPointers > q
            parametrised 41 TestPartly
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
            parametrised 7 TestCart
            test 4 TestCart > TestTotal
            test 5 TestCart > TestTax
        "#]],
    );
}

#[test]
fn a_file_under_the_keys_shows_what_can_be_seen() {
    check(
        "package a\nfunc TestOne(t *testing.T) {\n\tt.Run(\"a\", func(\n}\n\nfunc TestTwo(t *testing.T) {}\n",
        &expect![[r#"
            test 2 TestOne
            test 6 TestTwo
        "#]],
    );
}
