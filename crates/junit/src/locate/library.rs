//! Code that is not the project's.

/// Parts of paths of what others wrote: packages, standard libraries, test runners.
const FOLDERS: &[&str] = &[
    "/.cargo/",
    "/.pyenv/",
    "/.rustup/",
    "/dist-packages/",
    "/gems/",
    "/go/pkg/mod/",
    "/lib/erlang/",
    "/lib/perl",
    "/lib/python",
    "/lib/ruby/",
    "/node_modules/",
    "/pkg/mod/",
    "/rustc/",
    "/site-packages/",
    "/usr/include/",
    "/usr/lib/",
    "/usr/local/go/src/",
    "/usr/local/lib/",
    "/usr/share/",
];

/// What stands before paths that are no files of the project.
const SCHEMES: &[&str] =
    &["bun:", "deno:", "ext:", "internal/", "internal:", "node:", "https://deno.land", "jsr:"];

/// Packages and namespaces of Java and .NET that are the platform's or a test tool's.
const PACKAGES: &[&str] = &[
    "FluentAssertions.",
    "Microsoft.",
    "Moq.",
    "NUnit.Framework.",
    "Shouldly.",
    "System.",
    "Xunit.",
    "android.",
    "androidx.",
    "clojure.",
    "com.intellij.",
    "com.sun.",
    "groovy.",
    "io.kotest.",
    "io.mockk.",
    "java.",
    "javax.",
    "jdk.",
    "junit.",
    "kotlin.",
    "kotlinx.",
    "org.apache.maven.",
    "org.assertj.",
    "org.codehaus.groovy.",
    "org.eclipse.",
    "org.gradle.",
    "org.hamcrest.",
    "org.junit.",
    "org.mockito.",
    "org.powermock.",
    "org.scalatest.",
    "org.spockframework.",
    "org.springframework.",
    "org.testng.",
    "scala.",
    "specs2.",
    "sun.",
    "worker.org.gradle.",
];

/// Erlang's test runner, whose frames come with bare names.
const ERLANG: &[&str] =
    &["eunit_", "ct_", "test_server", "proc_lib", "gen_server", "timer", "erl_eval"];

/// Whether a path leads out of the project.
pub(super) fn is_library(path: &str) -> bool {
    let slashed = format!("/{}", path.replace('\\', "/"));
    // Elsewhere a folder of that name may be the project's own.
    let vendor = [".go", ".php", ".rb"].iter().any(|end| path.ends_with(end))
        && slashed.contains("/vendor/");
    vendor
        || FOLDERS.iter().any(|folder| slashed.contains(folder))
        || SCHEMES.iter().any(|scheme| path.starts_with(scheme))
        || path.starts_with('<')
        || path.ends_with(".erl") && ERLANG.iter().any(|name| path.starts_with(name))
}

/// Whether a class is not the project's.
pub(super) fn is_library_class(class: &str) -> bool {
    PACKAGES.iter().any(|package| class.starts_with(package))
}
