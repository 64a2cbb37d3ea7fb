//! One run from its plan to its end.

use std::time::Duration;

use camino::Utf8Path;
use testdock_core::frameworks::{Conclusion, Exit, Reader};
use testdock_core::model::{End, Fault, RunError, RunEvent};
use testdock_core::plan::{Invocation, Job, Plan, ReportFile, Reports, Source};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::death;
use crate::docker::Fate;
use crate::frames::{Frame, Frames};
use crate::local;
use crate::log::RunLog;
use crate::output::{Budget, Decoder};
use crate::pump::{Ear, Finish, Followed, Stop, follow};
use crate::reports::Snapshot;
use crate::runner::Events;
use crate::stand::{NotStarted, Seat, Stand, Witness};
use crate::supervisor::{self, Cookie};
use crate::world::World;

/// Performs the jobs of `plan` in order.
pub(crate) async fn perform(
    world: &World,
    plan: &Plan,
    events: &Events,
    cancel: &CancellationToken,
    log: &mut RunLog,
) -> End {
    let mut run = Run {
        world,
        plan,
        events,
        cancel,
        log,
        left: plan.timeout,
    };
    let mut first = None;
    for job in &plan.jobs {
        match run.job(job).await {
            Ok(()) => {}
            Err(Break::Ended(end)) => return end,
            // Another job may have another interpreter.
            Err(Break::Broken(error)) if first.is_none() => first = Some(error),
            Err(Break::Broken(error)) => events.send(RunEvent::Warning(error.message)).await,
        }
    }
    first.map_or(End::Completed, End::Broken)
}

/// Why a job did not complete.
enum Break {
    /// The run is over.
    Ended(End),
    /// This job is.
    Broken(RunError),
}

impl From<RunError> for Break {
    fn from(error: RunError) -> Self {
        Self::Broken(error)
    }
}

struct Run<'a> {
    world: &'a World,
    plan: &'a Plan,
    events: &'a Events,
    cancel: &'a CancellationToken,
    log: &'a mut RunLog,
    /// What of the run's time is left.
    left: Option<Duration>,
}

impl Run<'_> {
    async fn job(&mut self, job: &Job) -> Result<(), Break> {
        // A container may reach the end of its lease between being found and being used.
        for last in [false, true] {
            let stand = self.stand(job).await?;
            let tried = self.attempt(job, &stand).await;
            stand.leave().await;
            match tried {
                Err(Attempt::Gone) if !last => {}
                Err(Attempt::Gone) => return Err(gone().into()),
                Err(Attempt::Break(broken)) => return Err(broken),
                Ok(()) => return Ok(()),
            }
        }
        Ok(())
    }

    /// A place for the job, however long it takes to get, unless somebody cancels.
    async fn stand(&self, job: &Job) -> Result<Stand, Break> {
        let stand = async {
            match job.interpreter.source {
                Source::Local => Ok(local::stand()),
                Source::Dockerfile(_) | Source::Image(_) => {
                    let docker = self.world.docker(&job.interpreter, self.events).await?;
                    crate::docker::stand(&docker, &self.plan.root, job, self.events, self.cancel)
                        .await
                }
            }
        };
        match self.cancel.run_until_cancelled(stand).await {
            _ if self.cancel.is_cancelled() => Err(Break::Ended(End::Cancelled)),
            None => Err(Break::Ended(End::Cancelled)),
            Some(stand) => Ok(stand?),
        }
    }

    async fn attempt(&mut self, job: &Job, stand: &Stand) -> Result<(), Attempt> {
        let mut task = Task::plan(&self.plan.root, job, stand)?;
        let snapshot = Snapshot::take(&self.plan.root, &task.invocation.reports)?;
        let limit = shorter(self.left, job.suite.timeout);
        let followed = self.follow(job, stand, &mut task, limit).await?;
        let (code, ooms) = match &followed.finish {
            Finish::Exit { code, ooms } => (*code, *ooms),
            Finish::Cancelled => return Err(Break::Ended(End::Cancelled).into()),
            Finish::TimedOut => {
                return Err(Break::Ended(End::TimedOut(limit.unwrap_or_default())).into());
            }
            Finish::Refused(frame) => {
                stand.forsake(frame).await;
                return Err(refused(frame, &task.invocation, stand).into());
            }
            Finish::Lost(why) => return Err(lost(why, &followed, job, stand).await),
        };
        let reports = match snapshot {
            None => followed
                .report
                .into_iter()
                .map(|b| scratch_report(&task.invocation, b))
                .collect(),
            Some(snapshot) => snapshot.changed()?,
        };
        let exit = death::exit(code);
        let conclusion = concluded(task.reader, reports, exit).await?;
        self.conclude(job, conclusion, exit, ooms)
            .await
            .map_err(Attempt::Break)
    }

    /// Starts the command and follows it to its end.
    async fn follow(
        &mut self,
        job: &Job,
        stand: &Stand,
        task: &mut Task,
        limit: Option<Duration>,
    ) -> Result<Followed, Attempt> {
        let began = Instant::now();
        let stop = Stop {
            cancel: self.cancel.clone(),
            deadline: limit.map(|limit| began + limit),
        };
        let pipes = stand.start(task.command.clone(), &job.interpreter).await?;
        let started = RunEvent::Started(stand.provenance.clone());
        self.events.send(started).await;
        let ear = Ear {
            frames: Frames::new(task.cookie.as_str()),
            decoder: Decoder::new(task.cookie.as_str(), stand.provenance.paths.clone()),
            budget: Budget::default(),
            reader: &mut *task.reader,
            log: &mut *self.log,
            events: self.events,
            witness: task.witness.made.take(),
        };
        let followed = follow(pipes, &stop, ear).await;
        self.left = self.left.map(|left| left.saturating_sub(began.elapsed()));
        Ok(followed)
    }

    async fn conclude(
        &self,
        job: &Job,
        conclusion: Conclusion,
        exit: Exit,
        ooms: u64,
    ) -> Result<(), Break> {
        for warning in conclusion.warnings {
            self.events.send(RunEvent::Warning(warning)).await;
        }
        if ooms > 0 && conclusion.broken.is_none() {
            let warning = death::out_of_memory(&job.interpreter.limits);
            self.events.send(RunEvent::Warning(warning)).await;
        }
        if conclusion.broken.is_none() || !conclusion.results.is_empty() {
            self.events
                .send(RunEvent::Reported(conclusion.results))
                .await;
        }
        match conclusion.broken {
            None => Ok(()),
            Some(broken) => Err(death::broken(broken, exit, ooms, &job.interpreter.limits).into()),
        }
    }
}

/// A job's command, ready to start.
struct Task {
    cookie: Cookie,
    invocation: Invocation,
    reader: Box<dyn Reader>,
    witness: Witness,
    command: supervisor::Command,
}

impl Task {
    fn plan(root: &Utf8Path, job: &Job, stand: &Stand) -> Result<Self, RunError> {
        let cookie = Cookie::random();
        let site = stand.site(root, job, &cookie);
        let mut invocation = job.suite.framework.invocation(job, &site);
        invocation.env.splice(0..0, job.suite.env.iter().cloned());
        let witness = if stand.is_new() {
            Witness::call(root)?
        } else {
            Witness::default()
        };
        let seen = witness.paths.iter();
        let seen: Vec<String> = seen.filter_map(|p| site.paths.to_container(p)).collect();
        let command = supervisor::command(&invocation, &site, &stand.base, &cookie, &seen)?;
        Ok(Self {
            reader: job.suite.framework.reader(job, &site),
            cookie,
            invocation,
            witness,
            command,
        })
    }
}

/// How one try at a job failed.
enum Attempt {
    /// The container was gone before the command began.
    Gone,
    /// For good.
    Break(Break),
}

impl From<Break> for Attempt {
    fn from(broken: Break) -> Self {
        Self::Break(broken)
    }
}

impl From<RunError> for Attempt {
    fn from(error: RunError) -> Self {
        Self::Break(Break::Broken(error))
    }
}

impl From<NotStarted> for Attempt {
    fn from(reason: NotStarted) -> Self {
        match reason {
            NotStarted::Gone => Self::Gone,
            NotStarted::Failed(error) => error.into(),
        }
    }
}

fn shorter(a: Option<Duration>, b: Option<Duration>) -> Option<Duration> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

fn scratch_report(invocation: &Invocation, bytes: Vec<u8>) -> ReportFile {
    let name = match &invocation.reports {
        Reports::Scratch(name) => name.clone(),
        Reports::None | Reports::Workspace(_) => String::new(),
    };
    ReportFile { name, bytes }
}

/// Parsing a large report takes longer than a loop of events may wait.
async fn concluded(
    mut reader: Box<dyn Reader>,
    reports: Vec<ReportFile>,
    exit: Exit,
) -> Result<Conclusion, RunError> {
    let conclusion = tokio::task::spawn_blocking(move || reader.conclude(&reports, exit));
    conclusion.await.map_err(|e| {
        tracing::error!("reading a report failed: {e}");
        RunError::new(
            Fault::Process,
            "cannot read the report: an error in Testdock itself; its log has more",
        )
    })
}

/// Why the supervisor did not start the command.
fn refused(frame: &Frame, invocation: &Invocation, stand: &Stand) -> RunError {
    let place = &stand.provenance.interpreter;
    let error = |fault, message: String| RunError::new(fault, message);
    match frame {
        Frame::Missing => {
            let tried: Vec<&str> = invocation.candidates.iter().filter_map(|c| Some(c.argv.first()?.as_str())).collect();
            let message = format!("cannot run the tests in {place}: none of {} works there", tried.join(", "));
            error(Fault::Interpreter, message).help(&invocation.remedy)
        }
        Frame::Blind(path) => error(
            Fault::Interpreter,
            format!("the container does not see the workspace: {path} is not there"),
        )
        .help("the engine must share this machine's files: use a local engine, or one that has the workspace at the same path"),
        Frame::Nowhere(dir) => error(Fault::Configuration, format!("cannot run the tests in {dir}: there is no such directory in {place}"))
            .help("correct the suite's root, or interpreter.workdir"),
        Frame::Unusable(dir) => error(Fault::Interpreter, format!("cannot write {dir} in {place}"))
            .help("give the user that runs the tests a directory to write to"),
        Frame::Line(_) | Frame::Begin(_) | Frame::Report(_) | Frame::Exit { .. } => {
            error(Fault::Interpreter, format!("cannot start the tests in {place}"))
        }
    }
}

fn gone() -> RunError {
    RunError::new(
        Fault::Interpreter,
        "cannot run the tests: the container ended before they began, twice",
    )
    .help("see whether something removes containers or restarts the engine")
}

/// Why the streams ended before the command did.
async fn lost(why: &str, followed: &Followed, job: &Job, stand: &Stand) -> Attempt {
    let Seat::Container(container) = &stand.seat else {
        return RunError::new(Fault::Process, format!("the tests' shell died {why}")).into();
    };
    match container.fate().await {
        Fate::Gone { .. } if !followed.began => Attempt::Gone,
        Fate::Gone {
            out_of_memory: true,
        } => {
            let limits = &job.interpreter.limits;
            let message = format!("the container died: {}", death::out_of_memory(limits));
            RunError::new(Fault::Interpreter, message)
                .help(death::memory_help(limits))
                .into()
        }
        Fate::Gone { .. } => RunError::new(
            Fault::Interpreter,
            "the container was stopped or removed while the tests ran",
        )
        .help("run again: a new container is made")
        .into(),
        Fate::Unreachable(error) => RunError::new(
            Fault::Interpreter,
            format!("lost the engine while the tests ran: {error}"),
        )
        .help("see whether the engine runs, then run again")
        .into(),
        Fate::Running if followed.began => RunError::new(
            Fault::Interpreter,
            format!("lost the tests' process: its stream ended without an exit code {why}"),
        )
        .help("run again; with --fresh for a new container")
        .into(),
        Fate::Running => RunError::new(
            Fault::Interpreter,
            format!(
                "cannot start a shell in {}: {why}",
                stand.provenance.interpreter
            ),
        )
        .help("the image needs a POSIX shell named sh")
        .into(),
    }
}
