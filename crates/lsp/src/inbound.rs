//! What clients send, made fit for the server's framework.
//!
//! The framework ends at the first frame that is no message of JSON-RPC, drops a notification without
//! `params` that has optional ones, and waits for ever for an answer without `result`. Clients send
//! all of these.

use std::io;

use serde_json::{Map, Value};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

/// Passes frames on until the client closes its end.
pub(crate) async fn pass_on<I: AsyncRead + Unpin, O: AsyncWrite + Unpin>(input: I, mut output: O) {
    let mut input = BufReader::new(input);
    loop {
        let frame = match read(&mut input).await {
            Ok(Some(frame)) => frame,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "cannot read from the client");
                return;
            }
        };
        let Some(frame) = fit(frame) else {
            continue;
        };
        let header = format!("Content-Length: {}\r\n\r\n", frame.len());
        // The reader is gone when the server is over.
        if output.write_all(header.as_bytes()).await.is_err()
            || output.write_all(&frame).await.is_err()
        {
            return;
        }
    }
}

/// One frame's body; `None` at the end.
async fn read<I: AsyncRead + Unpin>(input: &mut BufReader<I>) -> io::Result<Option<Vec<u8>>> {
    let mut length = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        let header = String::from_utf8_lossy(&line);
        let header = header.trim();
        match (header.rsplit_once(':'), length) {
            // What is left of a frame that is longer than was said stands before it.
            (Some((name, value)), _) if name.to_ascii_lowercase().ends_with("content-length") => {
                length = value.trim().parse::<u64>().ok();
            }
            (None, Some(length)) if header.is_empty() => {
                let mut body = Vec::new();
                let count = input.take(length).read_to_end(&mut body).await?;
                return Ok((count as u64 == length).then_some(body));
            }
            // Another header, or noise between two frames.
            _ => {}
        }
    }
}

/// A message that the framework takes; `None` for what is none.
fn fit(frame: Vec<u8>) -> Option<Vec<u8>> {
    let mut message: Map<String, Value> = match serde_json::from_slice(&frame) {
        Ok(message) => message,
        Err(error) => {
            tracing::warn!(%error, "the client sent what is no message");
            return None;
        }
    };
    if !is_message(&message) {
        tracing::warn!(
            "the client sent a message without a name, or with an id that cannot be answered"
        );
        return None;
    }
    let needed = if message.contains_key("method") { "params" } else { "result" };
    // An answer that says `"error": null` succeeded.
    let has_failed = message.get("error").is_some_and(|error| !error.is_null());
    let has_all = has_failed || message.contains_key(needed) && !message.contains_key("error");
    if has_all && message.get("jsonrpc").is_some_and(|version| version == "2.0") {
        return Some(frame);
    }
    message.insert("jsonrpc".to_owned(), "2.0".into());
    if !has_failed {
        message.remove("error");
        message.entry(needed).or_insert(Value::Null);
    }
    serde_json::to_vec(&message).ok()
}

/// Whether JSON-RPC knows its shape: the id is a whole number or a text, the method a text.
fn is_message(message: &Map<String, Value>) -> bool {
    let can_be = |name: &str, is: fn(&Value) -> bool| message.get(name).is_none_or(is);
    can_be("id", |id| id.is_i64() || id.is_string() || id.is_null())
        && can_be("method", Value::is_string)
        && (message.contains_key("method") || message.contains_key("id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(input: &str, expected: &[&str]) {
        let mut output = Vec::new();
        pass_on(input.as_bytes(), &mut output).await;
        let output = String::from_utf8(output).expect("text");
        let frames =
            expected.iter().map(|body| format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        assert_eq!(output, frames.collect::<String>());
    }

    #[tokio::test]
    async fn a_message_passes_as_it_is() {
        let body = r#"{"jsonrpc":"2.0",  "method":"a","params":{"é":1}}"#;
        let frame = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        check(&format!("{frame}{frame}"), &[body, body]).await;
        let typed = format!("content-type: x\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        check(&typed, &[body]).await;
    }

    #[tokio::test]
    async fn what_is_absent_is_null() {
        let none = [
            (r#"{"method":"exit"}"#, r#"{"method":"exit","jsonrpc":"2.0","params":null}"#),
            (r#"{"id":1}"#, r#"{"id":1,"jsonrpc":"2.0","result":null}"#),
            (r#"{"id":1,"error":null}"#, r#"{"id":1,"jsonrpc":"2.0","result":null}"#),
            (r#"{"id":1,"error":{}}"#, r#"{"id":1,"error":{},"jsonrpc":"2.0"}"#),
        ];
        for (body, expected) in none {
            check(&format!("Content-Length: {}\r\n\r\n{body}", body.len()), &[expected]).await;
        }
    }

    #[tokio::test]
    async fn noise_is_passed_over() {
        let noise = "Content-Length: 3\r\n\r\n{x}\r\nhello\r\nContent-Length: 2\r\n\r\n[]";
        let good = r#"{"id":1,"jsonrpc":"2.0","result":2}"#;
        let frame = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
        check(&format!("{noise}{}", frame(good)), &[good]).await;
        for odd in
            [r#"{"id":1.5,"method":"a"}"#, r#"{"id":{},"method":"a"}"#, r#"{"method":1}"#, "{}"]
        {
            check(&(frame(odd) + &frame(good)), &[good]).await;
        }
        let longer = "Content-Length: 2\r\n\r\n{\"id\":1}";
        check(&(longer.to_owned() + &frame(good)), &[good]).await;
        check("Content-Length: 99\r\n\r\n{", &[]).await;
        check("", &[]).await;
    }
}
