//! Code that is not the project's.

/// Parts of paths of what others wrote: packages, standard libraries, test runners.
const FOLDERS: &[&str] = &[
    "/.cabal/",
    "/.cargo/",
    "/.julia/",
    "/.opam/",
    "/.pub-cache/",
    "/.pyenv/",
    "/.rustup/",
    "/.stack/",
    "/.yarn/",
    "/Xcode.app/",
    "/__cypress/runner/",
    "/_opam/",
    "/dist-packages/",
    "/go/pkg/mod/",
    "/lib/erlang/",
    "/lib/perl",
    "/lib/python",
    "/lib/ruby/",
    "/nix/store/",
    "/node_modules/",
    "/pkg/mod/",
    "/rustc/",
    "/share/julia/",
    "/site-packages/",
    "/usr/include/",
    "/usr/lib/",
    "/usr/local/go/src/",
    "/usr/local/lib/",
    "/usr/share/",
];

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
    let slashed = format!("/{}", path.replace('\\', "/"));
    FOLDERS.iter().any(|folder| slashed.contains(folder))
        || SCHEMES.iter().any(|scheme| path.starts_with(scheme))
        || BARE.contains(&path)
        || path.starts_with('<')
        || path.ends_with(".erl") && ERLANG.iter().any(|name| path.starts_with(name))
        || is_language_library(&slashed)
}

/// Folders that are a library's in some languages, and may be the project's own elsewhere.
fn is_language_library(slashed: &str) -> bool {
    let is = |ends: &[&str]| ends.iter().any(|end| slashed.ends_with(end));
    let has = |folder: &str| slashed.contains(folder);
    is(&[".go", ".php", ".rb"]) && has("/vendor/")
        || is(&[".js", ".mjs", ".ts"]) && slashed.starts_with("/internal/")
        || is(&[".ex", ".erl"]) && (has("/deps/") || has("/_build/default/lib/"))
        || is(&[".rb"]) && is_installed_gem(slashed)
        || is(&[".py"]) && is_python(slashed)
}

/// An installed gem has its version behind its name.
fn is_installed_gem(slashed: &str) -> bool {
    let mut gems = slashed.split("/gems/").skip(1);
    gems.any(|rest| {
        let name = rest.split('/').next().unwrap_or_default();
        name.rsplit_once('-')
            .is_some_and(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// `C:\Python311\Lib\unittest\case.py`
fn is_python(slashed: &str) -> bool {
    let lower = slashed.to_ascii_lowercase();
    let mut homes = lower.split("/python").skip(1);
    homes.any(|rest| {
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').starts_with("/lib/")
            && rest.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Whether a class is not the project's.
pub(super) fn is_library_class(class: &str) -> bool {
    PACKAGES.iter().any(|package| class.starts_with(package))
}
