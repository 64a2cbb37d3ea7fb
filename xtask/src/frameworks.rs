//! Every framework's sample project, run in its own image and held against what it must come to.

use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::shell::{command, root, run};
use crate::{engine, images, test};

/// Makes the base images of these fixtures, all for none, and runs their checks.
pub(crate) fn check(names: &[String]) -> Result<()> {
    engine::ensure()?;
    test::ensure_nextest()?;
    let fixtures = fixtures()?;
    for name in names {
        if !fixtures.iter().any(|fixture| fixture.name == *name) {
            let known: Vec<&str> = fixtures.iter().map(|it| it.name.as_str()).collect();
            bail!("no fixture is named {name}; there are {}", known.join(", "));
        }
    }
    let mut python = images::PYTHON.public.to_owned();
    let wanted = |fixture: &&Fixture| names.is_empty() || names.contains(&fixture.name);
    for fixture in fixtures.iter().filter(wanted) {
        let base = images::BASES.iter().find(|base| base.public == fixture.base);
        let Some(base) = base else {
            bail!("fixtures/{}: no base image is described for {}", fixture.name, fixture.base);
        };
        let tag = images::of(base)?;
        if base.public == images::PYTHON.public {
            python = tag;
        }
    }
    let filters = names.iter().map(|name| format!("test(/^{name}::/)"));
    let filter = match names {
        [] => "all()".to_owned(),
        _ => filters.collect::<Vec<_>>().join(" + "),
    };
    let (variable, bases) = images::told();
    let tests = ["nextest", "run", "--package", "testdock", "--test", "frameworks", "-E", &filter];
    run(command("cargo", tests)
        .env("TESTDOCK_REQUIRE_BASES", "1")
        .env("TESTDOCK_REQUIRE_DOCKER", "1")
        .env("TESTDOCK_TEST_BASE", python)
        .env(variable, bases))
}

/// The fixtures whose base image is not among those that were [told](images::told).
pub(crate) fn without_base(told: &str) -> Result<Vec<String>> {
    let is_told = |base: &str| {
        told.split(' ').any(|pair| pair.split_once('=').is_some_and(|(public, _)| public == base))
    };
    let fixtures = fixtures()?.into_iter().filter(|fixture| !is_told(&fixture.base));
    Ok(fixtures.map(|fixture| fixture.name).collect())
}

struct Fixture {
    name: String,
    /// The public image that its Dockerfile begins with.
    base: String,
}

fn fixtures() -> Result<Vec<Fixture>> {
    let folder = root().join("fixtures");
    let entries =
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut fixtures = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(dockerfile) = fs::read_to_string(entry.path().join("Dockerfile")) else {
            continue;
        };
        let base = dockerfile.lines().find_map(|line| line.strip_prefix("ARG BASE="));
        let base = base.with_context(|| format!("fixtures/{name}/Dockerfile has no ARG BASE"))?;
        fixtures.push(Fixture { name, base: base.trim().to_owned() });
    }
    fixtures.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(fixtures)
}
