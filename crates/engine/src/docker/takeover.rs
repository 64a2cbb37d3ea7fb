//! The bare connection to a command that has a terminal, or to BuildKit.
//!
//! What a terminal prints is not framed. bollard takes it for frames all the same where it begins with a
//! byte that could begin one (a NUL will do), and waits for the rest of what never comes: a terminal in
//! which somebody looks at a binary file stands still. So the connection is taken over here, as far as
//! it is no encrypted one.

use std::io;
use std::pin::Pin;

use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader,
};

use super::connect::dial;

/// The engine's head of an answer is shorter than this.
const LONGEST_HEAD: usize = 16 << 10;

/// What the other side writes, and what it reads.
pub(crate) type Streams = (Output, Input);
pub(crate) type Output = Pin<Box<dyn AsyncBufRead + Send>>;
pub(crate) type Input = Pin<Box<dyn AsyncWrite + Send>>;

/// Starts an exec with a terminal at the engine at `host`; `None` where its connection cannot be taken over.
pub(crate) async fn start(host: Option<&str>, exec: &str) -> io::Result<Option<Streams>> {
    taken(host, &format!("exec/{exec}/start"), "tcp", r#"{"Detach":false,"Tty":true}"#).await
}

/// Speaks to the BuildKit in the engine at `host`, likewise.
pub(crate) async fn grpc(host: Option<&str>) -> io::Result<Option<Streams>> {
    taken(host, "grpc", "h2c", "").await
}

async fn taken(
    host: Option<&str>,
    path: &str,
    protocol: &str,
    body: &str,
) -> io::Result<Option<Streams>> {
    let Some((read, write)) = dial(host).await? else {
        return Ok(None);
    };
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    take_over(BufReader::with_capacity(64 << 10, read), write, &request).await.map(Some)
}

async fn take_over(
    mut read: BufReader<Pin<Box<dyn AsyncRead + Send>>>,
    mut write: Input,
    request: &str,
) -> io::Result<Streams> {
    write.write_all(request.as_bytes()).await?;
    write.flush().await?;
    let head = head(&mut read).await?;
    match head.split(' ').nth(1) {
        Some("101" | "200") => Ok((Box::pin(read), write)),
        _ => {
            let status = head.lines().next().unwrap_or_default();
            Err(io::Error::other(format!("the engine answered {status}")))
        }
    }
}

/// The lines up to the empty one.
async fn head(read: &mut (impl AsyncBufRead + Unpin)) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if read.read_until(b'\n', &mut head).await? == 0 || head.len() > LONGEST_HEAD {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    async fn check(answer: &[u8]) -> Result<Vec<u8>, String> {
        let (ours, mut engine) = tokio::io::duplex(1 << 10);
        let (read, write) = tokio::io::split(ours);
        engine.write_all(answer).await.unwrap();
        engine.shutdown().await.unwrap();
        let taken = take_over(BufReader::new(Box::pin(read)), Box::pin(write), "POST /e1").await;
        let mut asked = vec![0; 8];
        engine.read_exact(&mut asked).await.unwrap();
        assert_eq!(asked, b"POST /e1");
        drop(engine);
        let (mut output, _input) = taken.map_err(|error| error.to_string())?;
        let mut printed = Vec::new();
        output.read_to_end(&mut printed).await.unwrap();
        Ok(printed)
    }

    #[tokio::test]
    async fn what_follows_the_head_is_printed() {
        let answer = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\n\r\n\0\x01\x02text";
        assert_eq!(check(answer).await.unwrap(), b"\0\x01\x02text");
    }

    #[tokio::test]
    async fn a_refusal_is_an_error() {
        let refused = check(b"HTTP/1.1 409 Conflict\r\n\r\n{}").await;
        assert_eq!(refused.unwrap_err(), "the engine answered HTTP/1.1 409 Conflict");
        assert!(check(b"HTTP/1.1 101").await.is_err());
    }
}
