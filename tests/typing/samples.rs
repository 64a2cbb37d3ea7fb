//! The sample projects, and files in languages that have none.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use testdock_core::paths::RelPath;

/// A workspace, by paths and texts.
pub(crate) type Files = BTreeMap<RelPath, Arc<str>>;

/// Languages without a sample project, and tests that classes have from others.
const OTHERS: [(&str, &str, &str); 4] = [
    (
        "build.gradle.kts",
        "src/test/kotlin/shop/CartTest.kt",
        r#"package shop

class CartTest : Base() {
    companion object { val rows = listOf(1, 2) }

    @Test fun adds() = assertEquals(2, 1 + 1)

    @ParameterizedTest @MethodSource("rows")
    fun `counts up`(n: Int) {
        assertTrue("is $n more than ${n - 1}", n > 0)
    }

    @Nested inner class Empty { @Test fun `is free`() { call { it } } }

    @Test
    fun unlike() {
        when (1) {
            1 -> fail("a 'quote'")
        }
    }
}

class TillTest { @Test fun rings() {} }
"#,
    ),
    (
        "build.gradle",
        "src/test/java/shop/HeirTest.java",
        r#"package shop;

abstract class Base {
    @Test void inherited() {}
}

class HeirTest extends Base {
    @Test void own() { call("a 'quote'", () -> { return 1; }); }
}

class OtherTest extends HeirTest {
    @Test void last() {}
}
"#,
    ),
    (
        "Shop.csproj",
        "CartTest.cs",
        r#"using Xunit;

namespace Shop.Tests;

public class CartTest
{
    [Fact]
    public void Adds() => Assert.Equal(2, 1 + 1);

    [Theory]
    [InlineData(1, "a")]
    public void Counts(int n, string text)
    {
        Assert.True(n > 0, $"is {n} more than '{text}'");
    }

    public class Empty
    {
        [Fact] public void IsFree() { }
    }

    [Fact(Skip = "not today")]
    public void Waits() { }
}
"#,
    ),
    (
        "tests/Pest.php",
        "tests/CartTest.php",
        r#"<?php

describe('cart', function () {
    it('adds', function () {
        expect(1 + 1)->toBe(2);
    });

    describe('when empty', function () {
        it("is 'free'", fn () => expect(0)->toBeFalsy());
    });

    test('counts', function (int $n) {
        expect($n)->toBeGreaterThan(0, "is {$n}");
    })->with([1, 2]);
});

it('rings')->todo();
"#,
    ),
];

pub(crate) fn projects() -> BTreeMap<String, Files> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut projects: BTreeMap<String, Files> = BTreeMap::new();
    for entry in fs::read_dir(&fixtures).unwrap() {
        let dir = entry.unwrap().path();
        let mut files = Files::new();
        take(&dir, &dir, &mut files);
        projects.insert(dir.file_name().unwrap().to_string_lossy().into_owned(), files);
    }
    for (marker, path, text) in OTHERS {
        let files = [(RelPath::new(marker), "".into()), (RelPath::new(path), text.into())];
        projects.insert(path.to_owned(), files.into());
    }
    projects
}

fn take(root: &Path, dir: &Path, files: &mut Files) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            take(root, &path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let inner = path.strip_prefix(root).unwrap().to_str().unwrap();
            files.insert(RelPath::new(inner), text.into());
        }
    }
}
