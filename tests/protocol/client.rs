//! An editor, as far as a test needs one.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use testdock_engine::drive::Services;
use testdock_engine::scan::{Depth, Scanner, Settings};
use testdock_engine::scripted::{Script, Scripted};
use testdock_engine::state::Store;
use testdock_lsp::{Farewell, Options};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::runner::{PATIENCE, Run};
use crate::workspace::Workspace;

/// An editor in a conversation with a server.
pub(crate) struct Client {
    to_server: Option<DuplexStream>,
    from_server: mpsc::UnboundedReceiver<Value>,
    server: JoinHandle<Farewell>,
    runs: mpsc::UnboundedReceiver<Script>,
    /// Where interpreters stand as the test says.
    pub(crate) engine: Scripted,
    /// What the server sent and nobody claimed yet.
    inbox: VecDeque<Value>,
    /// What this test does not care for.
    ignored: HashSet<&'static str>,
    /// The answer to `workspace/configuration`.
    pub(crate) settings: Value,
    /// What the user presses in answer to `window/showMessageRequest`; nothing, for null.
    pub(crate) press: Value,
    last_id: i64,
    shows_documents: bool,
}

impl Client {
    /// Starts a server.
    pub(crate) fn start() -> Self {
        Self::start_with(None)
    }

    /// A server that remembers outcomes there.
    pub(crate) fn start_with(store: Option<Store>) -> Self {
        let (to_server, stdin) = tokio::io::duplex(1 << 16);
        let (stdout, from_server) = tokio::io::duplex(1 << 16);
        let (runner, runs) = Scripted::new();
        let scanner = Scanner::new(Settings::default(), Depth::Tests);
        let services = Services {
            runner: Arc::new(runner.clone()),
            scanner: Arc::new(match store.clone() {
                Some(store) => scanner.with_store(store),
                None => scanner,
            }),
            store: store.map(Arc::new),
        };
        let options = Options { scan_patience: Duration::ZERO, ..Options::default() };
        let server = tokio::spawn(testdock_lsp::serve(stdin, stdout, services, options));
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(read(from_server, sender));
        Self {
            to_server: Some(to_server),
            from_server: receiver,
            server,
            runs,
            engine: runner,
            inbox: VecDeque::new(),
            ignored: HashSet::new(),
            settings: Value::Null,
            press: Value::Null,
            last_id: 0,
            shows_documents: false,
        }
    }

    /// A server that has read a workspace, for a client that can do this.
    pub(crate) async fn open(workspace: &Workspace, capabilities: Value) -> Self {
        let mut client = Self::start();
        client.read(workspace, capabilities).await;
        client
    }

    /// The first exchange, up to where the server has read the workspace.
    pub(crate) async fn read(&mut self, workspace: &Workspace, capabilities: Value) {
        self.initialize(&[workspace], capabilities, json!({})).await;
        self.ready(1).await;
    }

    /// The first exchange; nothing runs in a container here.
    pub(crate) async fn initialize(
        &mut self,
        folders: &[&Workspace],
        capabilities: Value,
        options: Value,
    ) -> Value {
        let folders: Vec<Value> = folders
            .iter()
            .map(|workspace| {
                let uri = workspace.uri("");
                let name = uri.rsplit('/').next().unwrap_or_default();
                json!({ "uri": uri, "name": name })
            })
            .collect();
        self.shows_documents = capabilities["window"]["showDocument"]["support"] == true;
        let mut all = json!({ "local": true });
        merge(&mut all, options);
        let params = json!({
            "processId": null,
            "capabilities": capabilities,
            "initializationOptions": all,
            "workspaceFolders": folders,
        });
        self.request("initialize", params).await
    }

    /// Says that the client is ready, and waits until the server has read all folders.
    pub(crate) async fn ready(&mut self, folders: usize) {
        self.notify("initialized", json!({})).await;
        self.scanned(folders).await;
    }

    /// Waits until this many folders have been read.
    pub(crate) async fn scanned(&mut self, folders: usize) {
        self.until(|text| text.matches("- tests in ").count() == folders).await;
    }

    /// Waits until nothing runs.
    pub(crate) async fn idle(&mut self) {
        self.until(|text| !text.contains("- running: ")).await;
    }

    /// Waits for all notifications that the server has put on their way: answers overtake them.
    pub(crate) async fn catch_up(&mut self) {
        if self.shows_documents {
            return;
        }
        // The folder as a whole, which no message is about else.
        self.command("testdock.showOutput", json!({ "id": "" })).await;
        let is_mark = |it: &Value| it["message"].as_str().is_some_and(|it| it.starts_with("# \n"));
        self.next_where("window/showMessage", is_mark).await;
    }

    /// Waits until the server's status says what it should.
    async fn until(&mut self, is_reached: impl Fn(&str) -> bool) {
        let waiting = async {
            loop {
                let status = self.command("testdock.status", json!({})).await;
                if status.as_str().is_some_and(&is_reached) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("it is reached");
        self.catch_up().await;
    }

    /// Messages with this method are of no interest.
    pub(crate) fn ignore(&mut self, methods: &[&'static str]) {
        self.ignored.extend(methods);
        self.inbox.retain(|message| !methods.iter().any(|method| message["method"] == *method));
    }

    pub(crate) async fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params })).await;
    }

    /// A request that succeeds.
    pub(crate) async fn request(&mut self, method: &str, params: Value) -> Value {
        match self.try_request(method, params).await {
            Ok(result) => result,
            Err(error) => panic!("{method} failed: {error}"),
        }
    }

    /// A request that fails; its error's message.
    pub(crate) async fn refused(&mut self, method: &str, params: Value) -> String {
        match self.try_request(method, params).await {
            Ok(result) => panic!("{method} succeeded: {result}"),
            Err(error) => error["message"].as_str().unwrap_or_default().to_owned(),
        }
    }

    pub(crate) async fn try_request(
        &mut self,
        method: &str,
        params: Value,
    ) -> Result<Value, Value> {
        let id = self.ask(method, params).await;
        self.answer(id).await
    }

    /// Sends a request, and does not wait for the answer.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        id
    }

    /// The answer to a request.
    pub(crate) async fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let is_answer = |message: &Value| message["id"] == id && message.get("method").is_none();
        let mut answer = self.take("an answer", is_answer).await;
        match answer.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(answer["result"].take()),
        }
    }

    /// Runs a command.
    pub(crate) async fn command(&mut self, command: &str, argument: Value) -> Value {
        let params = json!({ "command": command, "arguments": [argument] });
        self.request("workspace/executeCommand", params).await
    }

    /// The next message with this method: its parameters.
    pub(crate) async fn next(&mut self, method: &str) -> Value {
        self.next_where(method, |_| true).await
    }

    /// The next message with this method whose parameters fit.
    pub(crate) async fn next_where(
        &mut self,
        method: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> Value {
        let is_it = |message: &Value| message["method"] == method && fits(&message["params"]);
        self.take(method, is_it).await["params"].take()
    }

    /// The parameters of all messages with this method that were not claimed so far.
    pub(crate) fn claim(&mut self, method: &str) -> Vec<Value> {
        let all = std::mem::take(&mut self.inbox);
        let (claimed, rest): (VecDeque<Value>, _) =
            all.into_iter().partition(|message| message["method"] == method);
        self.inbox = rest;
        let claimed = claimed.into_iter();
        claimed.map(|mut message| message["params"].take()).collect()
    }

    /// The next run that the server starts.
    pub(crate) async fn run(&mut self) -> Run {
        let run = tokio::time::timeout(PATIENCE, self.runs.recv());
        Run::new(run.await.expect("a run is started").expect("the server lives"))
    }

    /// Whether the server started no run that the test does not know of.
    pub(crate) fn has_no_run(&mut self) -> bool {
        self.runs.try_recv().is_err()
    }

    /// Opens a document with this text.
    pub(crate) async fn did_open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "python", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document })).await;
    }

    /// Edits a document.
    pub(crate) async fn did_change(&mut self, uri: &str, version: i32, text: &str) {
        let params = json!({
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [{ "text": text }],
        });
        self.notify("textDocument/didChange", params).await;
    }

    /// Lens titles with their lines.
    pub(crate) async fn lenses(&mut self, uri: &str) -> Vec<String> {
        let params = json!({ "textDocument": { "uri": uri } });
        let lenses = self.request("textDocument/codeLens", params).await;
        let lenses = lenses.as_array().cloned().unwrap_or_default();
        let line = |lens: &Value| {
            let title = lens["command"]["title"].as_str().unwrap_or_default();
            format!("{} {title}", lens["range"]["start"]["line"])
        };
        lenses.iter().map(line).collect()
    }

    /// Ends the conversation as it should end; nothing may be left unclaimed.
    pub(crate) async fn finish(mut self) {
        self.request("shutdown", Value::Null).await;
        self.notify("exit", Value::Null).await;
        let farewell = self.gone().await;
        assert_eq!(farewell, Farewell::Orderly);
    }

    /// Closes the client's end without a word.
    pub(crate) async fn hang_up(mut self) -> Farewell {
        self.to_server = None;
        self.gone().await
    }

    /// Waits until the server is over, and checks that nothing was left unclaimed.
    pub(crate) async fn gone(&mut self) -> Farewell {
        let over = tokio::time::timeout(PATIENCE, &mut self.server);
        let farewell = over.await.expect("the server ends").expect("the server does not panic");
        while let Some(message) = self.from_server.recv().await {
            self.receive(message).await;
        }
        // Most runs here tell of no test, which is said; `progress` looks at that.
        let is_of_nothing = |text: &String| text.contains("no test ran");
        let left = self.inbox.iter().map(ToString::to_string).filter(|text| !is_of_nothing(text));
        let left: Vec<String> = left.collect();
        assert!(left.is_empty(), "nobody claimed\n{}", left.join("\n"));
        farewell
    }

    /// Sends what may be no message at all.
    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        let frame = format!("Content-Length: {}\r\n\r\n{text}", text.len());
        let Some(stream) = &mut self.to_server else {
            return;
        };
        let sent = tokio::time::timeout(PATIENCE, stream.write_all(frame.as_bytes()));
        sent.await.expect("the server reads").expect("the server lives");
    }

    async fn take(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut looked_at = 0;
        loop {
            let news = self.inbox.iter().skip(looked_at);
            if let Some(at) = news.into_iter().position(&fits) {
                return self.inbox.remove(looked_at + at).unwrap_or_default();
            }
            looked_at = self.inbox.len();
            let message = tokio::time::timeout(PATIENCE, self.from_server.recv()).await;
            let Ok(Some(message)) = message else {
                panic!("waited for {what} in vain; unclaimed: {:#?}", self.inbox);
            };
            self.receive(message).await;
        }
    }

    /// Answers a request of the server, and keeps the message for whoever claims it.
    async fn receive(&mut self, message: Value) {
        if let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) {
            let result = match method {
                "workspace/configuration" => json!([self.settings]),
                "window/showMessageRequest" => self.press.clone(),
                "window/showDocument" => json!({ "success": true }),
                _ => Value::Null,
            };
            let answer = json!({ "jsonrpc": "2.0", "id": id, "result": result });
            self.send_if_alive(&answer).await;
        }
        let method = message["method"].as_str().unwrap_or_default();
        if !self.ignored.contains(method) {
            self.inbox.push_back(message);
        }
    }

    async fn send_if_alive(&mut self, message: &Value) {
        let text = message.to_string();
        let frame = format!("Content-Length: {}\r\n\r\n{text}", text.len());
        if let Some(stream) = &mut self.to_server {
            // It may have ended meanwhile.
            let _ = stream.write_all(frame.as_bytes()).await;
        }
    }
}

/// Reads frames until the server closes its end.
async fn read(stream: DuplexStream, sender: mpsc::UnboundedSender<Value>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header).await.unwrap_or(0) == 0 {
                return;
            }
            match header.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().expect("a number"),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).await.expect("a whole message");
        let message = serde_json::from_slice(&body).expect("the server speaks JSON");
        if sender.send(message).is_err() {
            return;
        }
    }
}

/// Puts the keys of one object into another, deep.
pub(crate) fn merge(into: &mut Value, other: Value) {
    match (into, other) {
        (Value::Object(into), Value::Object(other)) => {
            for (key, value) in other {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, other) => *into = other,
    }
}

/// A client that has a test explorer with run ids.
pub(crate) fn with_explorer() -> Value {
    json!({ "experimental": { "testExplorer": true, "testRunIds": true } })
}
