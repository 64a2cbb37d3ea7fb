//! `testdock init`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use testdock_core::frameworks::Kind;
use testdock_core::interpreter::init_document;
use testdock_engine::scan::{Depth, Scanner};

use crate::args::InitArguments;
use crate::project::Project;
use crate::{exit, print};

pub(crate) fn init(arguments: &InitArguments) -> Result<ExitCode> {
    let project = Project::find(&arguments.project)?;
    let scanner = Scanner::new(project.settings, Depth::Configuration);
    let (workspace, _) = scanner.read(&project.root);
    let choice = workspace.interpreters.values().find_map(|choice| choice.as_ref().ok());
    let framework = workspace.suites.first().map(|suite| suite.framework.name());
    let image = framework.and_then(Kind::named).map_or("debian:12", |kind| kind.image);
    let document = init_document(choice, image, &[]);
    if arguments.print {
        print::line(document.trim_end());
        return Ok(exit::PASSED.into());
    }
    let path = project.root.join("testdock.toml");
    let mut file = std::fs::File::create_new(&path)
        .with_context(|| format!("cannot write {path} (`--print` only shows it)"))?;
    std::io::Write::write_all(&mut file, document.as_bytes())
        .with_context(|| format!("cannot write {path}"))?;
    print::line(&format!("wrote {path}; `testdock run` uses it"));
    Ok(exit::PASSED.into())
}
