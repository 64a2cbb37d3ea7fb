//! What clients send, made fit for the server's framework.
//!
//! The framework ends at the first frame that is no JSON object, drops a notification without
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
        match (header.split_once(':'), length) {
            (Some((name, value)), _) if name.eq_ignore_ascii_case("content-length") => {
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
    let absent = if message.contains_key("method") {
        "params"
    } else if message.contains_key("error") {
        return Some(without_empty_error(message, frame));
    } else {
        "result"
    };
    if message.contains_key(absent) {
        return Some(frame);
    }
    message.insert(absent.to_owned(), Value::Null);
    serde_json::to_vec(&message).ok()
}

/// An answer that says `"error": null` succeeded.
fn without_empty_error(mut message: Map<String, Value>, frame: Vec<u8>) -> Vec<u8> {
    if !message["error"].is_null() {
        return frame;
    }
    message.remove("error");
    message.entry("result").or_insert(Value::Null);
    serde_json::to_vec(&message).unwrap_or(frame)
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
            (r#"{"method":"exit"}"#, r#"{"method":"exit","params":null}"#),
            (r#"{"id":1}"#, r#"{"id":1,"result":null}"#),
            (r#"{"id":1,"error":null}"#, r#"{"id":1,"result":null}"#),
            (r#"{"id":1,"error":{}}"#, r#"{"id":1,"error":{}}"#),
        ];
        for (body, expected) in none {
            check(&format!("Content-Length: {}\r\n\r\n{body}", body.len()), &[expected]).await;
        }
    }

    #[tokio::test]
    async fn noise_is_passed_over() {
        let noise = "Content-Length: 3\r\n\r\n{x}\r\nhello\r\nContent-Length: 2\r\n\r\n[]";
        let good = r#"{"id":1,"result":2}"#;
        let frame = format!("Content-Length: {}\r\n\r\n{good}", good.len());
        check(&format!("{noise}{frame}"), &[good]).await;
        check("Content-Length: 99\r\n\r\n{", &[]).await;
        check("", &[]).await;
    }
}
