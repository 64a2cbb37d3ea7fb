//! An editor as small as can be: it starts a language server, and asks it for runs.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

/// What the server said of a test.
pub(crate) struct Outcome {
    pub(crate) test: String,
    pub(crate) told: SystemTime,
}

impl Outcome {
    fn told(message: &Value) -> Option<Self> {
        let of = &message["params"];
        let is_over = matches!(of["state"]["tag"].as_str()?, "passed" | "failed" | "skipped");
        let test = of["testId"].as_str()?.to_owned();
        (is_over && of["runId"].is_string()).then(|| Self { test, told: SystemTime::now() })
    }
}

/// A language server with one folder open; it ends with this.
pub(crate) struct Editor {
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    asked: u64,
}

impl Editor {
    /// Starts the server, and waits until it has found tests in the folder.
    pub(crate) fn open(mut server: Command, folder: &Path) -> Result<Self> {
        server.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = server.spawn().context("cannot start the language server")?;
        let input = server.stdin.take().context("its input is not piped")?;
        let output = BufReader::new(server.stdout.take().context("its output is not piped")?);
        let mut editor = Self { server, input, output, asked: 0 };
        let uri = format!("file://{}", folder.display());
        editor.ask(
            "initialize",
            &json!({
                "processId": std::process::id(),
                "workspaceFolders": [{ "uri": uri, "name": "bench" }],
                "capabilities": { "experimental": { "testExplorer": true, "testRunIds": true } },
            }),
        )?;
        editor.tell(&json!({ "method": "initialized", "params": {} }))?;
        editor.until(|it| {
            let tests = it["params"]["tests"].as_array();
            it["method"] == "experimental/discoveredTests" && tests.is_some_and(|it| !it.is_empty())
        })?;
        Ok(editor)
    }

    /// Has tests run, waits for the end of the run, and says when each test's outcome was told.
    pub(crate) fn run(&mut self, tests: &[String]) -> Result<Vec<Outcome>> {
        let id = self.ask("experimental/runTest", &json!({ "include": tests }))?["runId"].clone();
        let mut outcomes = Vec::new();
        let end = self.until(|it| {
            outcomes.extend(Outcome::told(it));
            it["method"] == "experimental/endRunTest" && it["params"]["runId"] == id
        })?;
        ensure!(end["params"]["how"] == "completed", "a run did not complete: {}", end["params"]);
        Ok(outcomes)
    }

    /// How much memory of the machine the server has, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id()))
            .context("cannot read what the server has; this needs Linux")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        Ok(number.context("the system tells no resident memory")? << 10)
    }

    fn ask(&mut self, method: &str, params: &Value) -> Result<Value> {
        self.asked += 1;
        let id = self.asked;
        self.tell(&json!({ "id": id, "method": method, "params": params }))?;
        let answer = self.until(|it| it["id"] == id && it.get("method").is_none())?;
        ensure!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
        Ok(answer["result"].clone())
    }

    fn tell(&mut self, message: &Value) -> Result<()> {
        let mut message = message.clone();
        message["jsonrpc"] = "2.0".into();
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        Ok(self.input.flush()?)
    }

    /// What the server says next that is wanted; what it asks meanwhile is answered with nothing.
    fn until(&mut self, mut wanted: impl FnMut(&Value) -> bool) -> Result<Value> {
        loop {
            let message = self.hear()?;
            if let (Some(id), Some(_)) = (message.get("id"), message.get("method")) {
                self.tell(&json!({ "id": id, "result": null }))?;
            } else if wanted(&message) {
                return Ok(message);
            }
        }
    }

    fn hear(&mut self) -> Result<Value> {
        let mut length = 0;
        loop {
            let mut header = String::new();
            if self.output.read_line(&mut header)? == 0 {
                bail!("the language server is gone");
            }
            match header.trim_end().strip_prefix("Content-Length: ") {
                Some(value) => length = value.parse()?,
                None if header.trim_end().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        std::io::Read::read_exact(&mut self.output, &mut body)?;
        Ok(serde_json::from_slice(&body)?)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // One that is gone already is no matter.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
