//! `testdock run`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use camino::Utf8Path;
use testdock_core::config::{Layer, Origin};
use testdock_core::id::{RunId, TestId};
use testdock_core::session::{Input, RunRequest, Selection, Session};
use testdock_core::views::terminal;
use testdock_engine::drive::{self, Handle, Services, Sink};
use testdock_engine::scan::{Depth, Scanner};
use tokio::sync::oneshot;

use crate::args::{RunArguments, RunFormat};
use crate::project::Project;
use crate::server::services;
use crate::sinks::{Finish, Human, Json, ServiceMessages, Verdict};
use crate::{consent, exit, print, select};

/// So many bytes of a report have its first element.
const START_OF_REPORT: u64 = 4096;

pub(crate) async fn run(arguments: Box<RunArguments>) -> Result<ExitCode> {
    let project = project(&arguments)?;
    if let Some(path) = &arguments.junit {
        make_place(path)?;
    }
    let request = request(&arguments, &project)?;
    let looks = Looks {
        format: arguments.format,
        show_output: arguments.show_output,
        timestamp: arguments.junit.as_ref().map(|_| now()),
    };
    // Which of the failed tests still stand must be known, and for an IDE where the tests stand; other
    // runs begin sooner without.
    let wants_tests = arguments.rerun_failed || arguments.format == RunFormat::Teamcity;
    let depth = if wants_tests { Depth::Tests } else { Depth::Configuration };
    let services = services(arguments.replay.as_deref(), project.settings.clone(), depth)?;
    let verdict = perform(&project, services, request, looks).await?;
    if let (RunFormat::Human, Some(verdict)) = (arguments.format, &verdict) {
        suggest(&project, &verdict.unmet);
    }
    deliver(&arguments, verdict)
}

/// Names the tests that were probably meant by those that are none.
fn suggest(project: &Project, unmet: &[TestId]) {
    let unmet: Vec<&TestId> = unmet.iter().filter(|id| !id.names.is_empty()).collect();
    if unmet.is_empty() {
        return;
    }
    let scanner = Scanner::new(project.settings.clone(), Depth::Tests);
    let (workspace, mut files) = scanner.read(&project.root);
    files.retain(|file| unmet.iter().any(|id| id.file == *file));
    let found = scanner.find(&project.root, &workspace, &files);
    let ids = || found.iter().flat_map(|file| file.items.iter()).map(|item| &item.id);
    // Of a case that is none its test's own name says nothing new.
    let is_known = |id: &TestId| ids().any(|it| it.file == id.file && it.names == id.names);
    let slips = unmet.iter().filter(|id| !is_known(id));
    for near in slips.filter_map(|id| id.nearest(ids())) {
        print::line(&format!("Did you mean {}?", terminal::shell_quoted(&near.to_string())));
    }
}

/// How a run is shown.
pub(crate) struct Looks {
    pub(crate) format: RunFormat,
    /// All that is printed, while it is.
    pub(crate) show_output: bool,
    /// The time of the JUnit report, where one is wanted.
    pub(crate) timestamp: Option<String>,
}

/// Performs a run to its end, and anew where the user allows what it needs; `None` where the user interrupted it.
pub(crate) async fn perform(
    project: &Project,
    services: Services,
    request: RunRequest,
    looks: Looks,
) -> Result<Option<Verdict>> {
    loop {
        let verdict = once(project, services.clone(), request.clone(), &looks).await?;
        let ask = verdict.as_ref().and_then(|verdict| verdict.ask.as_deref());
        let Some(ask) = ask.filter(|_| looks.format == RunFormat::Human) else {
            return Ok(verdict);
        };
        match consent::asked(project, ask).await? {
            Some(true) => {}
            Some(false) => return Ok(verdict),
            None => return Ok(None),
        }
    }
}

async fn once(
    project: &Project,
    services: Services,
    request: RunRequest,
    looks: &Looks,
) -> Result<Option<Verdict>> {
    let (finished, verdict) = oneshot::channel();
    let finish = Finish { sender: Some(finished), timestamp: looks.timestamp.clone() };
    let mut sink: Box<dyn Sink> = match looks.format {
        RunFormat::Human => Box::new(Human::new(finish, project, looks.show_output)),
        RunFormat::Json => Box::new(Json { finish }),
        RunFormat::Teamcity => Box::new(ServiceMessages::new(finish)),
    };
    let (handle, mailbox) = drive::channel();
    handle.send(Input::Open { folder: project.name(), root: project.root.clone() });
    handle.send(Input::Run(request.clone()));
    let driving = tokio::spawn(async move {
        drive::drive(Session::default(), mailbox, services, sink.as_mut()).await;
    });
    let verdict = until_over(&handle, &request.id, verdict).await;
    handle.quit().await;
    driving.await.context("the run's loop ended early")?;
    Ok(verdict)
}

/// The id of the one run of this process.
pub(crate) fn run_id() -> RunId {
    RunId::from(format!("cli-{}", std::process::id()).as_str())
}

fn project(arguments: &RunArguments) -> Result<Project> {
    let mut project = Project::find(&arguments.project)?;
    if let Some(limit) = &arguments.test_timeout {
        let origin = Origin::CommandLine("--test-timeout".into());
        project.settings.layers.push(Layer::set(origin, "test-timeout", limit.as_str()));
    }
    Ok(project)
}

fn request(arguments: &RunArguments, project: &Project) -> Result<RunRequest> {
    let file = arguments.select_file.as_deref();
    let selected = select::selected(&arguments.selectors, file, project)?;
    let selection = match arguments.rerun_failed {
        true => Selection::Failed(selected),
        false => Selection::only(selected),
    };
    Ok(RunRequest {
        args: arguments.tool.clone(),
        fresh: arguments.fresh,
        timeout: arguments.timeout,
        ..RunRequest::new(run_id(), selection)
    })
}

/// Waits for the end of the run; an interrupt cancels it, a second one does not wait for that.
async fn until_over(
    handle: &Handle,
    run: &RunId,
    mut verdict: oneshot::Receiver<Verdict>,
) -> Option<Verdict> {
    let mut interrupts = 0;
    loop {
        tokio::select! {
            verdict = &mut verdict => return verdict.ok(),
            () = interrupted() => {
                interrupts += 1;
                if interrupts > 1 {
                    return None;
                }
                handle.send(Input::Cancel(run.clone()));
            }
        }
    }
}

/// Waits for whoever wants the process to end.
#[cfg(unix)]
pub(crate) async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Waits for whoever wants the process to end.
#[cfg(not(unix))]
pub(crate) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn deliver(arguments: &RunArguments, verdict: Option<Verdict>) -> Result<ExitCode> {
    let Some(verdict) = verdict else {
        return Ok(exit::CANCELLED.into());
    };
    if let (Some(path), Some(xml)) = (&arguments.junit, &verdict.junit) {
        // Tests may clean up the folder that it is to be in.
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = folder.and_then(|()| fs::write(path, xml));
        let written = written.with_context(|| format!("cannot write the report {path}"));
        match written {
            // What the tests said counts before the report of it.
            Err(error) if verdict.code != exit::PASSED => print::note(&format!("error: {error:#}")),
            written => written?,
        }
    }
    Ok(verdict.code.into())
}

/// A place for a report, before the first test: what is in the way is said before hours have passed, and no report of an earlier
/// run is taken for that of this one, whatever becomes of it.
fn make_place(report: &Utf8Path) -> Result<()> {
    let cannot = || format!("cannot write the report {report}");
    let is_name = report.file_name().is_some() && !report.as_str().ends_with('/');
    ensure!(is_name && !report.is_dir(), "{}: it is a folder; name a file in it", cannot());
    if let Some(folder) = report.parent() {
        fs::create_dir_all(folder).with_context(cannot)?;
    }
    // What is no plain file, such as a pipe, is there to be written into.
    if report.metadata().is_ok_and(|report| !report.is_file()) {
        return Ok(());
    }
    let mut options = OpenOptions::new();
    let mut file =
        options.read(true).append(true).create(true).open(report).with_context(cannot)?;
    let is_report = is_empty_or_report(&mut file).with_context(cannot)?;
    ensure!(is_report, "{}: there is a file that is no report; name another one", cannot());
    file.set_len(0).with_context(cannot)?;
    // Where it has to stay, as where it is mounted, it is empty.
    let _stays = report.canonicalize_utf8().and_then(fs::remove_file);
    Ok(())
}

/// Whether nothing is lost that somebody wrote by hand.
fn is_empty_or_report(file: &mut File) -> io::Result<bool> {
    let mut start = Vec::new();
    file.take(START_OF_REPORT).read_to_end(&mut start)?;
    Ok(start.is_empty() || String::from_utf8_lossy(&start).contains("<testsuite"))
}

/// The time of the report, as RFC 3339.
fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
