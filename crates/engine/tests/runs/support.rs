//! A framework that runs a shell script, and what a test needs around it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::frameworks::{
    self, Broken, Conclusion, Exit, Framework, Reader, Suite, TestItem,
};
use testdock_core::id::{RunId, TestId};
use testdock_core::interpreter::Standing;
use testdock_core::model::{End, Ended, Outcome, RunEvent, TestResult};
use testdock_core::paths::RelPath;
use testdock_core::plan::{
    Build, Candidate, HelperFile, Interpreter, Invocation, Job, Live, Plan, ReportFile, Reports,
    Site, Source,
};
use testdock_engine::runner::{Events, Runner};
use testdock_engine::world::World;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Runs `script` with `sh`. A live line is an output event, a report a result for each line.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) reports: Reports,
    pub(crate) inputs: Vec<HelperFile>,
    pub(crate) live: Live,
    pub(crate) steps: Vec<Vec<String>>,
}

impl Script {
    pub(crate) fn new(script: &str) -> Self {
        let shell = Candidate {
            argv: ["sh", "-c", script, "sh"].map(String::from).into(),
            check: Vec::new(),
        };
        Self {
            candidates: vec![shell],
            reports: Reports::Scratch(vec!["report".into()]),
            inputs: Vec::new(),
            live: Live::Events,
            steps: Vec::new(),
        }
    }
}

impl Framework for Script {
    fn name(&self) -> &'static str {
        "script"
    }
    fn is_test_file(&self, _: &Suite, _: &RelPath) -> bool {
        false
    }
    fn discover(&self, _: &Suite, _: &mut frameworks::Source<'_>) -> Vec<TestItem> {
        Vec::new()
    }
    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        Invocation {
            candidates: self.candidates.clone(),
            args: vec![site.scratch.clone(), site.helpers.clone()],
            env: vec![("GIVEN".into(), "it's given".into())],
            prepend: vec![("PYTHONPATH".into(), site.helpers.clone())],
            cwd: site.workspace(&job.suite.root),
            helpers: vec![HelperFile { name: "helper".into(), content: "brought along".into() }],
            inputs: self.inputs.clone(),
            reports: self.reports.clone(),
            live: self.live,
            steps: self.steps.clone(),
            remedy: "install it".into(),
        }
    }
    fn reader(&self, _: &Job, _: &Site) -> Box<dyn Reader> {
        Box::new(Lines)
    }
}

struct Lines;

impl Reader for Lines {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        vec![RunEvent::Warning(format!("live {line}"))]
    }
    fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        let told = line.strip_prefix("tell ");
        told.map(|told| RunEvent::Warning(format!("printed {told}"))).into_iter().collect()
    }
    fn conclude(&mut self, reports: &[ReportFile], exit: Exit) -> Conclusion {
        let lines = reports.iter().flat_map(|r| r.bytes.split(|b| *b == b'\n'));
        let name = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
        let result = |line| TestResult::new(name(line).parse::<TestId>().unwrap(), Outcome::Passed);
        let broken = reports.is_empty().then(|| Broken {
            fault: testdock_core::model::Fault::Process,
            message: format!("no report after {exit:?}"),
            help: None,
        });
        Conclusion {
            results: lines.filter(|l| !l.is_empty()).map(result).collect(),
            warnings: Vec::new(),
            broken,
        }
    }
}

/// A workspace with one file in it, and the logs beside it.
pub(crate) struct Bench {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) root: Utf8PathBuf,
    pub(crate) world: World,
    pub(crate) interpreter: Interpreter,
    pub(crate) fresh: bool,
    pub(crate) timeout: Option<Duration>,
}

impl Bench {
    pub(crate) fn new(source: Source) -> Self {
        let dir = tempfile::Builder::new().prefix("work space-ü").tempdir().unwrap();
        let base = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        let root = base.join("project");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(root.join("file.txt"), "here\n").unwrap();
        Self {
            world: World::with_logs(base.join("logs")),
            dir,
            root,
            interpreter: interpreter(source),
            fresh: false,
            timeout: None,
        }
    }

    pub(crate) fn plan(&self, script: Script) -> Arc<Plan> {
        let suite = Suite::new(RelPath::default(), Arc::new(script));
        let job = Job { fresh: self.fresh, ..Job::new(suite, self.interpreter.clone()) };
        Arc::new(Plan {
            run: "run".into(),
            root: self.root.clone(),
            jobs: vec![job],
            builds: Vec::new(),
            timeout: self.timeout,
        })
    }

    /// Gets the interpreter's image, and nothing more.
    pub(crate) async fn build(&self, fresh: bool) -> Story {
        let build = Build { interpreter: Arc::new(self.interpreter.clone()), fresh };
        let plan = self.plan(Script::new(""));
        self.perform(Plan { jobs: Vec::new(), builds: vec![build], ..(*plan).clone() }).end().await
    }

    /// What of the interpreter is there.
    pub(crate) async fn look(&self) -> Standing {
        let place = Arc::new(self.interpreter.clone());
        let mut found = self.world.look(self.root.clone(), vec![place]).await;
        assert_eq!(found.len(), 1);
        found.remove(0).1
    }

    /// Starts a run of a script.
    pub(crate) fn start(&self, script: impl Into<Script>) -> Running {
        self.perform((*self.plan(script.into())).clone())
    }

    fn perform(&self, plan: Plan) -> Running {
        let (sender, events) = mpsc::channel(64);
        let cancel = CancellationToken::new();
        let plan = Arc::new(plan);
        let run = RunId::from("run");
        tokio::spawn(self.world.perform(plan, Events::new(run, sender), cancel.clone()));
        Running { events, cancel, seen: Vec::new() }
    }

    /// Runs a script to its end.
    pub(crate) async fn run(&self, script: impl Into<Script>) -> Story {
        self.start(script).end().await
    }
}

impl From<&str> for Script {
    fn from(script: &str) -> Self {
        Self::new(script)
    }
}

pub(crate) fn interpreter(source: Source) -> Interpreter {
    Interpreter { keep_warm: Duration::from_secs(30), ..Interpreter::new("default", source) }
}

/// A run under way.
pub(crate) struct Running {
    pub(crate) events: mpsc::Receiver<(RunId, RunEvent)>,
    pub(crate) cancel: CancellationToken,
    pub(crate) seen: Vec<RunEvent>,
}

impl Running {
    /// Waits until something that is printed holds `text`.
    pub(crate) async fn until_printed(&mut self, text: &str) {
        let mut printed = String::new();
        while !printed.contains(text) {
            let next = tokio::time::timeout(Duration::from_secs(30), self.events.recv()).await;
            let (_, event) =
                next.unwrap_or_else(|_| panic!("{text} never came: {printed}")).unwrap();
            if let RunEvent::Output(out) = &event {
                printed.push_str(out);
            }
            let over = matches!(event, RunEvent::Ended(_));
            self.seen.push(event);
            assert!(!over, "ended before {text}: {:?}", self.seen);
        }
    }

    /// Everything up to the end.
    pub(crate) async fn end(mut self) -> Story {
        while let Some((_, event)) = self.events.recv().await {
            self.seen.push(event);
        }
        Story(self.seen)
    }
}

/// All events of a run.
#[derive(Debug)]
pub(crate) struct Story(pub Vec<RunEvent>);

impl Story {
    pub(crate) fn printed(&self) -> String {
        let text = |e: &RunEvent| match e {
            RunEvent::Output(text) => Some(text.clone()),
            _ => None,
        };
        self.0.iter().filter_map(text).collect()
    }

    pub(crate) fn results(&self) -> Vec<String> {
        let ids = |e: &RunEvent| match e {
            RunEvent::Reported(results) => Some(results.iter().map(|r| r.id.to_string()).collect()),
            _ => None,
        };
        self.0.iter().filter_map(ids).collect::<Vec<Vec<_>>>().concat()
    }

    pub(crate) fn warnings(&self) -> Vec<String> {
        let text = |e: &RunEvent| match e {
            RunEvent::Warning(text) => Some(text.clone()),
            _ => None,
        };
        self.0.iter().filter_map(text).collect()
    }

    /// The container and whether it was warm.
    pub(crate) fn container(&self) -> (String, bool) {
        let started = |e: &RunEvent| match e {
            RunEvent::Started(p) => Some((p.container.clone(), p.warm)),
            _ => None,
        };
        self.0.iter().find_map(started).unwrap_or_default()
    }

    pub(crate) fn ended(&self) -> &Ended {
        let ends = self.0.iter().filter(|e| matches!(e, RunEvent::Ended(_)));
        assert_eq!(ends.count(), 1, "{self:?}");
        match self.0.last() {
            Some(RunEvent::Ended(ended)) => ended,
            other => panic!("the last event is {other:?}"),
        }
    }

    /// The end in words.
    pub(crate) fn end(&self) -> String {
        match &self.ended().how {
            End::Broken(e) => {
                format!("{:?}: {} [{}]", e.fault, e.message, e.help.clone().unwrap_or_default())
            }
            how => format!("{how:?}"),
        }
    }
}

/// Prints `up` and starts processes with `mark` that are hard to kill: one that left the session, one that
/// hides its environment, one that did both and lost its parent, one that ignores the polite signal.
pub(crate) fn stubborn(mark: &str) -> String {
    format!(
        "trap '' TERM; setsid sleep {mark} & env -i sleep {mark} & (trap '' TERM; sleep {mark}) & \
         (setsid env -i sleep {mark} </dev/null >/dev/null 2>&1 3>&- &); \
         echo up; while :; do sleep {mark}; done"
    )
}

/// Waits until all of them run.
pub(crate) async fn all_stubborn(mark: &str) {
    let mark = format!("sleep\0{mark}");
    gone_within(Duration::from_secs(30), || match processes(&mark).len() {
        5.. => Vec::new(),
        few => vec![format!("only {few}")],
    })
    .await;
}

/// The processes whose environment or command line holds `mark`, wherever they run on this machine.
pub(crate) fn processes(mark: &str) -> Vec<String> {
    let holds = |path: &Utf8Path| {
        std::fs::read(path).is_ok_and(|b| String::from_utf8_lossy(&b).contains(mark))
    };
    let entries = Utf8Path::new("/proc").read_dir_utf8().unwrap().flatten();
    entries
        .filter(|e| e.file_name().bytes().all(|b| b.is_ascii_digit()))
        .filter(|e| holds(&e.path().join("cmdline")) || holds(&e.path().join("environ")))
        .map(|e| {
            std::fs::read_to_string(e.path().join("cmdline")).unwrap_or_default().replace('\0', " ")
        })
        .map(|line| line.chars().take(60).collect())
        .collect()
}

/// Waits until `check` gives nothing any more.
pub(crate) async fn gone_within(limit: Duration, check: impl Fn() -> Vec<String>) {
    let deadline = Instant::now() + limit;
    loop {
        let left = check();
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "still there: {left:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
