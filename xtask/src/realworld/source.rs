//! Brings sources from registries, each with its own client in a container that is thrown away: so
//! nothing is installed or configured on this machine.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::images;
use crate::shell::{command, scratch, step};

/// How one registry's client brings a source to `/out/source`; `$NAME` and `$VERSION` are given.
struct Registry {
    name: &'static str,
    /// The base image with the client.
    base: &'static str,
    script: &'static str,
}

const REGISTRIES: &[Registry] = &[
    Registry {
        name: "pypi",
        base: "python",
        script: r#"pip download --quiet --no-deps --no-binary "$NAME" --dest /tmp/it "$NAME==$VERSION"
            tar -xf /tmp/it/*.tar.gz -C /out"#,
    },
    Registry {
        name: "crate",
        base: "rust",
        script: r#"mkdir -p /tmp/fetch/src && cd /tmp/fetch && touch src/lib.rs
            printf '[package]\nname = "fetch"\n[dependencies]\n%s = "=%s"\n' "$NAME" "$VERSION" > Cargo.toml
            cargo vendor --quiet --versioned-dirs /tmp/it >/dev/null
            cp -r "/tmp/it/$NAME-$VERSION" /out/it && rm /out/it/.cargo-checksum.json"#,
    },
    // As its authors published it, without the distribution's patches.
    Registry {
        name: "debian",
        base: "cpp",
        script: r#"cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
                sed -n -e 's/^deb /deb-src /p' > /tmp/sources.list
            [ -s /tmp/sources.list ] || sed -i 's/^Types: deb$/Types: deb deb-src/' /etc/apt/sources.list.d/*
            mv /tmp/sources.list /etc/apt/sources.list.d/sources.list
            export DEBIAN_FRONTEND=noninteractive
            apt-get -qq update && apt-get -qq install --yes xz-utils >/dev/null
            cd /tmp && apt-get -qq source --tar-only --download-only "$NAME=$VERSION"
            mkdir /out/it && tar -xf *.orig.tar.* -C /out/it --strip-components=1"#,
    },
];

/// The folder of a source such as `pypi:toolz@1.0.0`, which is brought where it is not here.
pub(super) fn fetched(source: &str) -> Result<PathBuf> {
    let parts = source.split_once(':').zip(source.rsplit_once('@'));
    let ((registry, _), (named, version)) =
        parts.with_context(|| format!("`{source}` is not of the form registry:name@version"))?;
    let name = &named[registry.len() + 1..];
    let Some(registry) = REGISTRIES.iter().find(|it| it.name == registry) else {
        bail!("no registry is called {registry}");
    };
    let folder = scratch()?.join("realworld-sources");
    let whole = folder.join(source.replace(['/', ':'], "-"));
    if whole.exists() {
        return Ok(whole);
    }
    let out = folder.join("part");
    let _ = fs::remove_dir_all(&out);
    fs::create_dir_all(&out)?;
    let script = format!("set -e\n{}\nchmod -R a+rwX /out", registry.script);
    let mut fetch = command("docker", ["run", "--rm", "--volume"]);
    fetch.arg(format!("{}:/out", out.display()));
    fetch.args(["--env", &format!("NAME={name}"), "--env", &format!("VERSION={version}")]);
    fetch.arg(images::named(registry.base)?).args(["sh", "-c", &script]);
    step(&format!("fetching {source}"), &mut fetch)?;
    let brought = fs::read_dir(&out)?.next().context("nothing was brought")??.path();
    fs::rename(brought, &whole)?;
    fs::remove_dir_all(&out)?;
    Ok(whole)
}
