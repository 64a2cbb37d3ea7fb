//! A minimal editor: it speaks the language server protocol with `testdock lsp` over its pipes.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, ChildStdin};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::PATIENCE;
use super::project::Project;
use super::running::Line;

/// An editor with one folder open; its server is killed when it is dropped.
pub(crate) struct Editor {
    server: Child,
    stdin: Arc<Mutex<ChildStdin>>,
    inbox: Receiver<Line>,
    seen: Vec<Line>,
    requests: u64,
}

impl Editor {
    /// Opens the project's folder, and waits until its first tests are there.
    pub(crate) fn open(project: &Project) -> Self {
        Self::open_with(project, &["lsp"])
    }

    /// The same, of a server that is started so.
    pub(crate) fn open_with(project: &Project, words: &[&str]) -> Self {
        let mut command = project.testdock(words);
        command.stdin(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::inherit());
        let mut server = command.spawn().unwrap();
        let stdin = Arc::new(Mutex::new(server.stdin.take().unwrap()));
        let stdout = BufReader::new(server.stdout.take().unwrap());
        let inbox = listen(stdout, stdin.clone());
        let mut editor = Self { server, stdin, inbox, seen: Vec::new(), requests: 0 };
        editor.request("initialize", &introduction(project));
        editor.notify("initialized", &json!({}));
        editor.until("tests", |it| {
            let tests = it["params"]["tests"].as_array();
            is(it, "experimental/discoveredTests") && tests.is_some_and(|it| !it.is_empty())
        });
        editor
    }

    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        send(&self.stdin, &message);
    }

    /// Asks, and waits for the answer.
    #[track_caller]
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        self.requests += 1;
        let id = self.requests;
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        send(&self.stdin, &message);
        let answer = self.until(method, |it| it["id"] == id && it.get("method").is_none());
        assert!(answer.value.get("error").is_none(), "{answer:?}");
        answer.value["result"].clone()
    }

    /// Runs a command of the server; answers with the run's id.
    #[track_caller]
    pub(crate) fn command(&mut self, command: &str, argument: &Value) -> String {
        let params = json!({ "command": command, "arguments": [argument] });
        let answer = self.request("workspace/executeCommand", &params);
        answer["runId"].as_str().unwrap_or_default().to_owned()
    }

    /// Waits for a message that did not come yet.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Line {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.inbox.recv_timeout(left) else {
                panic!("no {what}: {:#?}", self.seen);
            };
            self.seen.push(line.clone());
            if wanted(&line.value) {
                return line;
            }
        }
    }

    /// Waits for the end of a run; what is said of it.
    #[track_caller]
    pub(crate) fn until_ended(&mut self, run: &str) -> Value {
        let over = |it: &Value| is(it, "experimental/endRunTest") && it["params"]["runId"] == run;
        let earlier = self.seen.iter().find(|it| over(&it.value)).cloned();
        let line = earlier.unwrap_or_else(|| self.until("end of the run", over));
        line.value["params"].clone()
    }

    /// The titles of the lenses over a line, from 1.
    #[track_caller]
    pub(crate) fn lenses(&mut self, uri: &str, line: u64) -> Vec<String> {
        let params = json!({ "textDocument": { "uri": uri } });
        let lenses = self.request("textDocument/codeLens", &params);
        let all = lenses.as_array().into_iter().flatten();
        let here = all.filter(|it| it["range"]["start"]["line"] == line - 1);
        here.map(|it| it["command"]["title"].as_str().unwrap().to_owned()).collect()
    }

    /// Takes in whatever else the server says within a short while.
    pub(crate) fn settle(&mut self) {
        const QUIET: Duration = Duration::from_millis(300);
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.inbox.recv_timeout(QUIET) {
                Ok(line) => self.seen.push(line),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
            assert!(Instant::now() < deadline, "the server never falls silent");
        }
    }

    /// Kills the server.
    pub(crate) fn kill(&mut self) {
        self.server.kill().unwrap();
    }

    /// What was said by this notification, oldest first.
    pub(crate) fn said<'e>(&'e self, method: &'e str) -> impl Iterator<Item = &'e Value> {
        let said = self.seen.iter().filter(move |it| is(&it.value, method));
        said.map(|it| &it.value["params"])
    }

    /// How each test of a run ended, as far as was told.
    pub(crate) fn outcomes(&self, run: &str) -> std::collections::BTreeMap<String, String> {
        let ended = |it: &&Value| {
            let tag = it["state"]["tag"].as_str().unwrap();
            it["runId"] == run && !["enqueued", "started"].contains(&tag)
        };
        let outcome = |it: &Value| {
            let word = match (it["state"]["tag"].as_str().unwrap(), &it["errored"]) {
                ("failed", Value::Bool(true)) => "errored",
                (word, _) => word,
            };
            (it["testId"].as_str().unwrap().to_owned(), word.to_owned())
        };
        let mut outcomes = std::collections::BTreeMap::new();
        for change in self.said("experimental/changeTestState").filter(ended) {
            let (id, word) = outcome(change);
            if change["retracted"] == true {
                outcomes.remove(&id);
            } else {
                outcomes.insert(id, word);
            }
        }
        outcomes
    }

    /// The last diagnostics of a file.
    pub(crate) fn diagnostics(&self, uri: &str) -> Vec<Value> {
        let of_file = self.said("textDocument/publishDiagnostics").filter(|it| it["uri"] == uri);
        let last = of_file.last().and_then(|it| it["diagnostics"].as_array());
        last.cloned().unwrap_or_default()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ended_already = self.server.kill();
        let _ended_already = self.server.wait();
    }
}

pub(crate) fn is(message: &Value, method: &str) -> bool {
    message["method"] == method
}

/// The URI of a file whose path needs no escapes.
pub(crate) fn uri(path: impl std::fmt::Display) -> String {
    format!("file://{path}")
}

fn introduction(project: &Project) -> Value {
    json!({
        "processId": std::process::id(),
        "workspaceFolders": [{ "uri": uri(&project.root), "name": "shop" }],
        "capabilities": {
            "workspace": { "codeLens": { "refreshSupport": true } },
            "window": { "workDoneProgress": true },
            "textDocument": { "publishDiagnostics": { "relatedInformation": true } },
            "experimental": {
                "testExplorer": true,
                "testRunIds": true,
                "testdockInterpreters": true,
            },
        },
    })
}

/// Reads what the server says; what it asks is answered at once, with nothing.
fn listen(
    mut stdout: impl BufRead + Send + 'static,
    stdin: Arc<Mutex<ChildStdin>>,
) -> Receiver<Line> {
    let (sender, inbox) = channel();
    std::thread::spawn(move || {
        while let Some(value) = receive(&mut stdout) {
            let at = Instant::now();
            if let (Some(id), Some(_)) = (value.get("id"), value.get("method")) {
                send(&stdin, &json!({ "jsonrpc": "2.0", "id": id, "result": null }));
            }
            if sender.send(Line { at, value }).is_err() {
                return;
            }
        }
    });
    inbox
}

fn receive(stdout: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut header = String::new();
        if stdout.read_line(&mut header).ok()? == 0 {
            return None;
        }
        let header = header.trim_end();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("Content-Length: ") {
            length = value.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stdout.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}

/// A server that is gone hears nothing; that is seen by what it does not answer.
fn send(stdin: &Mutex<ChildStdin>, message: &Value) {
    let body = message.to_string();
    let mut stdin = stdin.lock().unwrap();
    let _gone = write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len());
    let _gone = stdin.flush();
}
