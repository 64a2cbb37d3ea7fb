//! Code that is not the project's.

/// Folders of what others wrote: packages, standard libraries, test runners.
const FOLDERS: &[&str] = &[
    ".cabal",
    ".cargo",
    ".julia",
    ".opam",
    ".pub-cache",
    ".pyenv",
    ".rustup",
    ".stack",
    ".yarn",
    "Xcode.app",
    "_opam",
    "dist-packages",
    "node_modules",
    "rustc",
    "site-packages",
];

/// Folders in folders; what follows the second name does not matter where it ends in `*`.
const NESTED: &[(&str, &str)] = &[
    ("__cypress", "runner"),
    ("lib", "erlang"),
    ("lib", "perl*"),
    ("lib", "python*"),
    ("lib", "ruby"),
    ("nix", "store"),
    ("pkg", "mod"),
    ("share", "julia"),
];

/// Where a system has what it brings.
const ROOTS: &[&str] =
    &["/usr/include/", "/usr/lib/", "/usr/local/go/src/", "/usr/local/lib/", "/usr/share/"];

/// What stands before paths that are no files of the project.
const SCHEMES: &[&str] =
    &["bun:", "deno:", "ext:", "internal:", "node:", "package:", "https://deno.land", "jsr:"];

/// Files of platforms that are told by bare names.
const BARE: &[&str] = &[
    "_testmain.go",
    "bootstrap_node.js",
    "events.js",
    "module.js",
    "node.js",
    "sandbox-script.js",
    "timers.js",
    "vm.js",
    "mc_replace_strmem.c",
    "vg_replace_malloc.c",
    "vg_replace_strmem.c",
    "testing/testing.go",
    "runtime/panic.go",
    "runtime/asm_amd64.s",
    "runtime/asm_arm64.s",
    "reflect/value.go",
];

/// Packages and namespaces of Java and .NET that are the platform's or a test tool's.
const PACKAGES: &[&str] = &[
    "Castle.",
    "FluentAssertions.",
    "MbUnit.",
    "Microsoft.",
    "Moq.",
    "NSubstitute.",
    "NUnit.Framework.",
    "Newtonsoft.",
    "Shouldly.",
    "System.",
    "Xunit.",
    "android.",
    "androidx.",
    "assertk.",
    "ch.tutteli.",
    "clojure.",
    "cloverage.",
    "com.android.",
    "com.google.common.",
    "com.intellij.",
    "com.intuit.karate.",
    "com.sun.",
    "com.thoughtworks.",
    "cucumber.",
    "dalvik.",
    "eftest.",
    "groovy.",
    "io.cucumber.",
    "io.kotest.",
    "io.mockk.",
    "io.reactivex.",
    "java.",
    "javax.",
    "jdk.",
    "junit.",
    "kaocha.",
    "kotlin.",
    "kotlinx.",
    "leiningen.",
    "munit.",
    "net.bytebuddy.",
    "orchestra.",
    "org.amshove.",
    "org.apache.maven.",
    "org.apache.tools.",
    "org.assertj.",
    "org.codehaus.groovy.",
    "org.eclipse.",
    "org.gradle.",
    "org.hamcrest.",
    "org.jboss.",
    "org.junit.",
    "org.mockito.",
    "org.openqa.",
    "org.opentest4j.",
    "org.powermock.",
    "org.robolectric.",
    "org.scalactic.",
    "org.scalatest.",
    "org.specs2.",
    "org.spockframework.",
    "org.springframework.",
    "org.testcontainers.",
    "org.testng.",
    "reactor.core.",
    "scala.",
    "strikt.",
    "sun.",
    "utest.",
    "worker.org.gradle.",
    "zio.test.",
];

/// Erlang's test runner, whose frames come with bare names.
const ERLANG: &[&str] =
    &["eunit_", "ct_", "test_server", "proc_lib", "gen_server", "timer", "erl_eval"];

/// Whether what stands right before a path says that it is no file of the project.
pub(super) fn is_library_scheme(before: &str) -> bool {
    SCHEMES.iter().any(|scheme| scheme.ends_with(':') && before.ends_with(scheme))
}

/// Whether a path leads out of the project.
pub(super) fn is_library(path: &str) -> bool {
    ROOTS.iter().any(|root| path.starts_with(root))
        || is_library_folder(path)
        || SCHEMES.iter().any(|scheme| path.starts_with(scheme))
        || BARE.contains(&path)
        || path.starts_with('<')
        || path.ends_with(".erl") && ERLANG.iter().any(|name| path.starts_with(name))
        || is_language_library(path)
}

fn is_library_folder(path: &str) -> bool {
    let mut before = "";
    let mut parts = path.split(['/', '\\']).peekable();
    while let Some(part) = parts.next() {
        let is_folder = parts.peek().is_some();
        let is_nested = |(outer, inner): &(&str, &str)| {
            before == *outer
                && inner.strip_suffix('*').map_or(part == *inner, |start| part.starts_with(start))
        };
        if is_folder && (FOLDERS.binary_search(&part).is_ok() || NESTED.iter().any(is_nested)) {
            return true;
        }
        before = part;
    }
    false
}

/// Folders that are a library's in some languages, and may be the project's own elsewhere.
fn is_language_library(path: &str) -> bool {
    let Some((_, end)) = path.rsplit_once('.') else { return false };
    let has = |folder: &str| {
        let rest = path.split_once(folder).map(|(before, _)| before);
        rest.is_some_and(|before| before.is_empty() || before.ends_with(['/', '\\']))
    };
    match end {
        "go" | "php" => has("vendor/"),
        "rb" => has("vendor/") || is_installed_gem(path),
        "js" | "mjs" | "ts" => path.starts_with("internal/"),
        "ex" | "erl" => has("deps/") || has("_build/default/lib/"),
        "py" => is_python(path),
        _ => false,
    }
}

/// An installed gem has its version behind its name.
fn is_installed_gem(path: &str) -> bool {
    let mut gems = path.split("/gems/").skip(1);
    gems.any(|rest| {
        let name = rest.split('/').next().unwrap_or_default();
        name.rsplit_once('-')
            .is_some_and(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// `C:\Python311\Lib\unittest\case.py`
fn is_python(path: &str) -> bool {
    let lower = path.replace('\\', "/").to_ascii_lowercase();
    let mut homes = lower.split("/python").skip(1);
    homes.any(|rest| {
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').starts_with("/lib/")
            && rest.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Whether a class is not the project's.
pub(super) fn is_library_class(class: &str) -> bool {
    // None of the packages begins with another, so what a class begins with sorts right before it.
    let after = PACKAGES.partition_point(|package| *package <= class);
    after.checked_sub(1).is_some_and(|at| class.starts_with(PACKAGES[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_can_be_searched() {
        assert!(FOLDERS.is_sorted());
        assert!(PACKAGES.windows(2).all(|two| two[0] < two[1] && !two[1].starts_with(two[0])));
        for class in ["java.util.List", "org.junit.Assert", "Xunit.Assert"] {
            assert!(is_library_class(class), "{class}");
        }
        for class in ["javaagent.Foo", "com.example.FooTest", "a", "", "zz.Top"] {
            assert!(!is_library_class(class), "{class}");
        }
    }

    #[test]
    fn what_others_wrote_is_told_by_its_path() {
        let libraries = [
            "/w/node_modules/chai/a.js",
            "node_modules/chai/a.js",
            "C:\\w\\node_modules\\chai\\a.js",
            "/home/me/.cargo/registry/src/x/a.rs",
            "/usr/lib/python3.11/unittest/case.py",
            "/opt/conda/lib/python3.11/asyncio/x.py",
            "C:\\Python311\\Lib\\unittest\\case.py",
            "/go/pkg/mod/github.com/x/y@v1/a.go",
            "vendor/github.com/x/a.go",
            "/usr/local/bundle/gems/rspec-core-3.12.0/lib/a.rb",
            "internal/timers.js",
            "deps/phoenix/lib/a.ex",
            "eunit_test.erl",
            "<frozen importlib>",
        ];
        for path in libraries {
            assert!(is_library(path), "{path}");
        }
        let own = [
            "internal/calc/calc_test.go",
            "src/vendor/a.ts",
            "gems/core/spec/a_spec.rb",
            "node_modules.js",
            "src/mylib/python.py",
            "lib/calc.py",
            "usr/share/a.c",
            "a_test.erl",
            "invendor/a.go",
        ];
        for path in own {
            assert!(!is_library(path), "{path}");
        }
    }
}
