//! The variables of the tests, and the shell that passes all of them on.

use std::collections::BTreeSet;

use bollard::Docker;
use testdock_core::model::{RunError, RunEvent};
use testdock_core::plan::{Interpreter, Job};

use super::image::Image;
use super::look;
use crate::runner::Events;
use crate::supervisor::{SH, is_name};

/// Bash passes on what it has no name for; dash and BusyBox drop it. As a POSIX shell it reads no `BASH_ENV` first.
const BASH: &[&str] = &["bash", "--posix"];

/// The shell to run the tests under in a container of `image`, such that their variables reach them. Says which do not.
pub(super) async fn shell(
    docker: &Docker,
    image: &Image,
    interpreter: &Interpreter,
    job: &Job,
    events: &Events,
) -> Result<&'static [&'static str], RunError> {
    let of_image = image.env.iter().filter_map(|line| Some(line.split_once('=')?.0));
    let of_suite = job.suite.env.iter().map(|(name, _)| name.as_str());
    let all = interpreter.options.env.keys().map(String::as_str).chain(of_suite).chain(of_image);
    let odd: BTreeSet<String> =
        all.filter(|name| !is_name(name)).map(|name| format!("`{name}`")).collect();
    if odd.is_empty() {
        return Ok(SH);
    }
    if look::has(docker, image, "bash").await? {
        return Ok(BASH);
    }
    let warning = format!(
        "the tests do not see {}: the image's sh passes on no variable of such a name, and it has no bash, which does",
        odd.into_iter().collect::<Vec<_>>().join(", ")
    );
    events.send(RunEvent::Warning(warning)).await;
    Ok(SH)
}
