//! One run from its plan to its end.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use testdock_core::frameworks::{Conclusion, Exit};
use testdock_core::model::{End, RunError, RunEvent};
use testdock_core::plan::{Build, Interpreter, Job, Plan, Source};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::death;
use crate::docker::connect::address;
use crate::docker::{compose, now};
use crate::frames::Frames;
use crate::local;
use crate::log::RunLog;
use crate::output::{Budget, Decoder, Lines};
use crate::owners::Watch;
use crate::pump::{Ear, Finish, Followed, Stop, follow};
use crate::refusal::{gone, lost, refused};
use crate::runner::Events;
use crate::stand::{NotStarted, Stand};
use crate::task::Task;
use crate::world::World;

/// Performs the jobs of `plan` in order.
pub(crate) async fn perform(
    world: &World,
    plan: &Plan,
    events: &Events,
    cancel: &CancellationToken,
    log: &mut RunLog,
) -> End {
    let left = plan.timeout;
    let mut run = Run { world, plan, events, cancel, log, left, unready: Vec::new() };
    let mut first = None;
    for part in plan.builds.iter().map(Part::Build).chain(plan.jobs.iter().map(Part::Job)) {
        let ended = match run.part(part).await {
            Ok(()) => Ok(()),
            Err(Break::Ended(end)) => return end,
            // Another job may have another interpreter.
            Err(Break::Broken(error)) => Err(error),
        };
        if let Part::Job(_) = part {
            events.send(RunEvent::JobEnded(ended.clone())).await;
        }
        match (ended, &first) {
            (Ok(()), _) => {}
            (Err(error), None) => first = Some(error),
            (Err(error), Some(said)) if *said == error => {}
            (Err(error), Some(_)) => events.send(RunEvent::Warning(error.message)).await,
        }
    }
    first.map_or(End::Completed, End::Broken)
}

/// One thing that a run does.
#[derive(Clone, Copy)]
enum Part<'p> {
    Build(&'p Build),
    Job(&'p Job),
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
    /// What could not be made ready, and why: what failed for one job is not tried again for the next.
    unready: Vec<(Arc<Interpreter>, RunError)>,
}

impl Run<'_> {
    async fn part(&mut self, part: Part<'_>) -> Result<(), Break> {
        match part {
            Part::Build(build) => self.build(build).await,
            Part::Job(job) => self.job(job).await,
        }
    }

    async fn build(&self, build: &Build) -> Result<(), Break> {
        let interpreter = &build.interpreter;
        let got = Box::pin(async {
            let docker = self.world.docker(interpreter, self.events).await?;
            crate::docker::get(&docker, &self.plan.root, build, self.events, self.cancel).await
        });
        let image = self.prepared(interpreter, got).await?;
        self.events.send(RunEvent::Built(image)).await;
        Ok(())
    }

    async fn job(&mut self, job: &Job) -> Result<(), Break> {
        // A container may reach the end of its lease between being found and being used.
        for last in [false, true] {
            let stand = self.stand(job).await?;
            let watch = Watch::over(stand.is_caller);
            let tried = self.attempt(job, &stand).await;
            if let Some(watch) = watch
                && let Some(left) = watch.end(&self.plan.root).await
            {
                self.events.send(RunEvent::Warning(left)).await;
            }
            stand.leave().await;
            match tried {
                Err(Attempt::Gone) => match stand.entry_error().await {
                    Some(error) => return Err(error.into()),
                    None if last => return Err(gone().into()),
                    None => {}
                },
                Err(Attempt::Break(broken)) => return Err(broken),
                Ok(()) => return Ok(()),
            }
        }
        Ok(())
    }

    /// A place for the job, however long it takes to get, unless somebody cancels.
    async fn stand(&mut self, job: &Job) -> Result<Stand, Break> {
        if let Some((_, why)) = self.unready.iter().find(|(it, _)| *it == job.interpreter) {
            return Err(why.clone().into());
        }
        let stand = self.new_stand(job).await;
        if let Err(Break::Broken(why)) = &stand {
            self.unready.push((job.interpreter.clone(), why.clone()));
        }
        stand
    }

    async fn new_stand(&self, job: &Job) -> Result<Stand, Break> {
        let stand = Box::pin(async {
            match job.interpreter.source {
                Source::Local => Ok(local::stand(&job.interpreter.options)),
                Source::Dockerfile(_) | Source::Image(_) | Source::Compose(_) => {
                    let docker = self.world.docker(&job.interpreter, self.events).await?;
                    Box::pin(crate::docker::stand(
                        &docker,
                        &self.plan.root,
                        job,
                        self.events,
                        self.cancel,
                    ))
                    .await
                }
            }
        });
        let mut stand = self.prepared(&job.interpreter, stand).await?;
        stamp(&mut stand, &job.interpreter);
        Ok(stand)
    }

    /// The outcome of getting something ready, unless somebody cancels.
    async fn prepared<T>(
        &self,
        interpreter: &Interpreter,
        work: impl Future<Output = Result<T, RunError>>,
    ) -> Result<T, Break> {
        match self.cancel.run_until_cancelled(work).await {
            _ if self.cancel.is_cancelled() => Err(Break::Ended(End::Cancelled)),
            None => Err(Break::Ended(End::Cancelled)),
            Some(Ok(done)) => Ok(done),
            Some(Err(error)) => {
                Err(self.world.explain(interpreter.host.as_deref(), error).await.into())
            }
        }
    }

    async fn attempt(&mut self, job: &Job, stand: &Stand) -> Result<(), Attempt> {
        let mut task = Task::plan(&self.plan.root, job, stand)?;
        let began = now();
        let begun = self.cancel.run_until_cancelled(task.begin(&self.plan.root, self.events));
        begun.await.ok_or(Break::Ended(End::Cancelled))??;
        let limit = shorter(self.left, job.suite.timeout);
        let followed = self.follow(stand, &mut task, limit).await?;
        let (code, ooms) = match &followed.finish {
            Finish::Exit { code, ooms } => (*code, *ooms),
            Finish::Cancelled => return Err(Break::Ended(End::Cancelled).into()),
            Finish::TimedOut => {
                return Err(Break::Ended(End::TimedOut(limit.unwrap_or_default())).into());
            }
            Finish::Refused(frame) => {
                if stand.forsake(frame).await {
                    return Err(Attempt::Gone);
                }
                let framework = job.suite.framework.name();
                return Err(refused(frame, framework, &task.invocation, stand).into());
            }
            Finish::Lost(why) => {
                let limits = &job.interpreter.options.limits;
                let error = lost(why, followed.began, limits, stand).await;
                return Err(error.map_or(Attempt::Gone, Attempt::from));
            }
        };
        let exit = death::exit(code);
        let mut conclusion = task.conclude(followed.sent, exit).await?;
        if code != 0 {
            conclusion.warnings.extend(self.services_ended(job, began).await);
        }
        self.conclude(job, conclusion, exit, ooms).await.map_err(Attempt::Break)
    }

    /// What is to be said of the services that the tests need, and that ended since then.
    async fn services_ended(&self, job: &Job, since: i64) -> Vec<String> {
        let Source::Compose(service) = &job.interpreter.source else {
            return Vec::new();
        };
        match self.world.docker(&job.interpreter, self.events).await {
            Ok(docker) => compose::ended(&docker, &service.project, since).await,
            Err(_) => Vec::new(),
        }
    }

    /// Starts the command and follows it to its end.
    async fn follow(
        &mut self,
        stand: &Stand,
        task: &mut Task,
        limit: Option<Duration>,
    ) -> Result<Followed, Attempt> {
        let began = Instant::now();
        let stop = Stop { cancel: self.cancel.clone(), deadline: limit.map(|limit| began + limit) };
        let starting = stand.start(&task.command);
        let started = self.cancel.run_until_cancelled(starting).await;
        let pipes = started.ok_or(Break::Ended(End::Cancelled))??;
        let started = RunEvent::Started(stand.provenance.clone());
        self.events.send(started).await;
        let ear = Ear {
            frames: Frames::new(task.cookie.as_str()),
            decoder: Decoder::new(task.cookie.as_str()),
            lines: Lines::default(),
            paths: stand.provenance.paths.clone(),
            budget: Budget::default(),
            readers: &mut task.readers,
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
            let warning = death::out_of_memory(&job.interpreter.options.limits);
            self.events.send(RunEvent::Warning(warning)).await;
        }
        if conclusion.broken.is_none() || !conclusion.results.is_empty() {
            self.events.send(RunEvent::Reported(conclusion.results)).await;
        }
        match conclusion.broken {
            None => Ok(()),
            Some(broken) => {
                let limits = &job.interpreter.options.limits;
                Err(death::broken(broken, exit, ooms, limits, self.log.recent()).into())
            }
        }
    }
}

/// Stamps what will come from a place with the interpreter and its engine.
fn stamp(stand: &mut Stand, interpreter: &Interpreter) {
    let provenance = Arc::make_mut(&mut stand.provenance);
    provenance.name.clone_from(&interpreter.name);
    if interpreter.source != Source::Local {
        provenance.engine = address(interpreter.host.as_deref()).unwrap_or_default();
    }
}

/// How one try at a job failed.
enum Attempt {
    /// The container was gone before the command began, or was no good.
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
