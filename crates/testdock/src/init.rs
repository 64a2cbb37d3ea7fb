//! `testdock init`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;
use testdock_core::config;
use testdock_core::frameworks::{Kind, Suite};
use testdock_core::interpreter::{Choice, OwnImage, init_document};
use testdock_core::plan::Source;
use testdock_engine::scan::{Depth, Scanner};

use crate::args::InitArguments;
use crate::project::Project;
use crate::{exit, print};

pub(crate) fn init(arguments: &InitArguments) -> Result<ExitCode> {
    let project = Project::find(&arguments.project)?;
    let scanner = Scanner::new(project.settings, Depth::Configuration);
    let (workspace, _) = scanner.read(&project.root);
    let choice = workspace.interpreters.values().find_map(|choice| choice.as_ref().ok());
    let mut suites: Vec<(config::Suite, Option<OwnImage>)> = workspace
        .suites
        .iter()
        .map(|suite| with_image(suite, own_image(suite, choice, &project.root)))
        .collect();
    // All of them are the same once none needs anything else.
    if suites.iter().all(|(_, image)| image.is_none()) {
        suites.clear();
    }
    let shared = suites.iter().find(|(_, image)| image.is_none()).map(|(suite, _)| suite);
    let framework = match shared {
        Some(suite) => suite.framework.as_deref(),
        None => workspace.suites.first().map(|suite| suite.framework.name()),
    };
    let image = framework.and_then(Kind::named).map_or("debian:12", |kind| kind.image);
    let (suites, images): (Vec<_>, Vec<_>) = suites.into_iter().unzip();
    let mut own: Vec<OwnImage> = Vec::new();
    for image in images.into_iter().flatten() {
        if !own.contains(&image) {
            own.push(image);
        }
    }
    let document = init_document(choice, image, &suites, &own);
    if arguments.print {
        print::line(document.trim_end());
        return Ok(exit::PASSED.into());
    }
    let path = project.root.join("testdock.toml");
    let mut file = match std::fs::File::create_new(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!(
                "{path} is there already: remove it first, or see with `--print` what would be written"
            )
        }
        made => made.with_context(|| format!("cannot write {path}"))?,
    };
    std::io::Write::write_all(&mut file, document.as_bytes())
        .with_context(|| format!("cannot write {path}"))?;
    print::line(&format!("wrote {path}; `testdock run` uses it"));
    Ok(exit::PASSED.into())
}

/// The image of a suite that has a Dockerfile in its own folder; a compose service of that name has one already.
fn own_image(suite: &Suite, choice: Option<&Choice>, root: &Utf8Path) -> Option<OwnImage> {
    let folder = &suite.root;
    let is_service = match choice.map(|choice| &choice.interpreter.source) {
        Some(Source::Compose(compose)) => folder.as_str() == compose.service,
        _ => false,
    };
    if folder.is_root() || is_service {
        return None;
    }
    let text = std::fs::read_to_string(OwnImage::dockerfile(folder).on(root)).ok()?;
    Some(OwnImage::of(folder, &text))
}

fn with_image(suite: &Suite, image: Option<OwnImage>) -> (config::Suite, Option<OwnImage>) {
    let written = config::Suite {
        framework: Some(suite.framework.name().to_owned()),
        root: suite.root.as_str().into(),
        interpreter: image.as_ref().map(|image| image.name.clone()),
        ..config::Suite::default()
    };
    (written, image)
}
