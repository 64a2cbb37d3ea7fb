//! The images that fixtures are built on, each one row: the public one that the fixture's Dockerfile
//! names, and the Debian packages that make one like it where no registry can be reached.

/// A base image.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Base {
    /// A word for it, part of the tag of what is made.
    pub(crate) name: &'static str,
    /// The fixtures' own default, `ARG BASE=…`.
    pub(crate) public: &'static str,
    /// The Debian suite whose versions are nearest.
    pub(super) suite: &'static str,
    /// Its packages.
    pub(super) packages: &'static [&'static str],
    /// What the public image has and the packages do not: shell commands, `$1` is the image's root.
    pub(super) hooks: &'static [&'static str],
    /// Its environment, beside the path and the certificates.
    pub(super) environment: &'static [(&'static str, &'static str)],
    /// Its command.
    pub(super) cmd: &'static str,
}

pub(crate) const PYTHON: Base = Base {
    name: "python",
    public: "python:3.12-slim",
    suite: "bookworm",
    packages: &["python3", "python3-pip", "python3-venv"],
    hooks: &[r#"ln -s python3 "$1/usr/bin/python""#],
    environment: &[("PIP_BREAK_SYSTEM_PACKAGES", "1")],
    cmd: "python3",
};

/// The editors of a terminal, as new as people have them. No fixture is built on it.
pub(super) const EDITORS: Base = Base {
    name: "editors",
    public: "debian:sid",
    suite: "sid",
    packages: &["elpa-lsp-mode", "emacs-nox", "git", "hx", "neovim", "procps", "tmux"],
    hooks: &[],
    environment: &[("LANG", "C.UTF-8")],
    cmd: "nvim",
};

/// A host with an engine of its own, which is reached over TLS and SSH. No fixture is built on it.
pub(super) const ENGINE: Base = Base {
    name: "engine",
    public: "debian:bookworm",
    suite: "bookworm",
    packages: &["docker.io", "iptables", "mount", "openssh-server", "openssl", "procps"],
    hooks: &[],
    environment: &[],
    cmd: "bash",
};

/// A host with Podman.
pub(super) const PODMAN: Base = Base {
    name: "podman",
    public: "debian:bookworm",
    suite: "bookworm",
    packages: &[
        "aardvark-dns",
        "catatonit",
        "iptables",
        "mount",
        "netavark",
        "podman",
        "procps",
        "runc",
        "slirp4netns",
        "uidmap",
    ],
    hooks: &[],
    environment: &[],
    cmd: "bash",
};

/// A host whose people may have an engine each.
pub(super) const ROOTLESS: Base = Base {
    name: "rootless",
    public: "debian:bookworm",
    suite: "bookworm",
    packages: &[
        "docker.io",
        "iproute2",
        "iptables",
        "mount",
        "procps",
        "rootlesskit",
        "slirp4netns",
        "uidmap",
    ],
    hooks: &[],
    environment: &[],
    cmd: "bash",
};

/// All of them.
pub(crate) const BASES: &[Base] = &[
    PYTHON,
    Base {
        name: "go",
        public: "golang:1.24",
        suite: "trixie",
        packages: &["git", "golang-go"],
        hooks: &[],
        // As the public image has them: for anyone's use.
        environment: &[("GOPATH", "/go"), ("GOTOOLCHAIN", "local"), ("GOFLAGS", "-buildvcs=false")],
        cmd: "bash",
    },
    Base {
        name: "node",
        public: "node:20-slim",
        suite: "trixie",
        packages: &["nodejs", "npm"],
        hooks: &[],
        environment: &[],
        cmd: "node",
    },
    Base {
        name: "browser",
        public: "node:22-bookworm",
        suite: "bookworm",
        packages: &["chromium", "nodejs", "npm"],
        hooks: &[],
        environment: &[],
        cmd: "node",
    },
    Base {
        name: "java",
        public: "maven:3.9-eclipse-temurin-21",
        suite: "trixie",
        packages: &[
            "default-jdk-headless",
            "junit4",
            "junit5",
            "libmaven-compiler-plugin-java",
            "libmaven-resources-plugin-java",
            "libsurefire-java",
            "maven",
        ],
        // The archive that the packages lie in is all there is.
        hooks: &[
            r#"sed -i 's|</settings>|<localRepository>/usr/share/maven-repo</localRepository><offline>true</offline>&|' "$1/etc/maven/settings.xml""#,
        ],
        environment: &[],
        cmd: "bash",
    },
    Base {
        name: "gradle",
        public: "gradle:8-jdk17",
        suite: "bookworm",
        packages: &["default-jdk-headless", "gradle", "junit4", "junit5"],
        hooks: &[],
        environment: &[],
        cmd: "bash",
    },
    Base {
        name: "php",
        public: "php:8.4-cli",
        suite: "trixie",
        packages: &["composer", "php-cli", "php-mbstring", "php-xml", "phpunit"],
        hooks: &[],
        environment: &[],
        cmd: "php",
    },
    Base {
        name: "ruby",
        public: "ruby:3.3",
        suite: "trixie",
        packages: &["ruby", "ruby-minitest", "ruby-rspec"],
        hooks: &[],
        environment: &[],
        cmd: "irb",
    },
    Base {
        name: "cpp",
        public: "debian:trixie",
        suite: "trixie",
        packages: &[
            "catch2",
            "cmake",
            "doctest-dev",
            "g++",
            "libgmock-dev",
            "libgtest-dev",
            "ninja-build",
        ],
        hooks: &[],
        environment: &[],
        cmd: "bash",
    },
    Base {
        name: "rust",
        public: "rust:1.85",
        suite: "trixie",
        packages: &["cargo", "gcc", "libc6-dev", "rustc"],
        // The public image has none, and its fixture compiles one; here this machine's will do.
        hooks: &[r#"cp "$(command -v cargo-nextest)" "$1/usr/local/bin""#],
        environment: &[],
        cmd: "bash",
    },
    Base {
        name: "elixir",
        public: "elixir:1.18-slim",
        suite: "trixie",
        packages: &["elixir", "erlang-dev"],
        hooks: &[],
        environment: &[],
        cmd: "iex",
    },
    Base {
        name: "scripts",
        public: "debian:trixie-slim",
        suite: "trixie",
        packages: &["bats", "perl"],
        hooks: &[],
        environment: &[],
        cmd: "bash",
    },
];
