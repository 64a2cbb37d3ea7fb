//! UTF-32, which the library for encodings leaves out because browsers do.

use std::io::{BufRead, Read, Result};

/// The order of the bytes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

/// Tells it by byte order mark, or by the look of a first `<`.
pub(crate) fn detect(prefix: &[u8]) -> Option<Order> {
    match prefix {
        [0xff, 0xfe, 0, 0, ..] | [b'<', 0, 0, 0, ..] => Some(Order::Little),
        [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, b'<', ..] => Some(Order::Big),
        _ => None,
    }
}

/// The same text as UTF-8, without its byte order mark.
pub(crate) struct ToUtf8<R> {
    reader: R,
    order: Order,
    text: String,
    given: usize,
    ended: bool,
}

impl<R: BufRead> ToUtf8<R> {
    pub(crate) fn new(reader: R, order: Order) -> Self {
        ToUtf8 { reader, order, text: String::new(), given: 0, ended: false }
    }

    fn decode_some(&mut self) -> Result<()> {
        let mut bytes = Vec::new();
        self.reader.by_ref().take(64 << 10).read_to_end(&mut bytes)?;
        self.ended = bytes.is_empty();
        self.text.clear();
        self.given = 0;
        for unit in bytes.chunks(4) {
            let unit = <[u8; 4]>::try_from(unit).map(|unit| match self.order {
                Order::Little => u32::from_le_bytes(unit),
                Order::Big => u32::from_be_bytes(unit),
            });
            // What is cut off, or no character, counts as one that cannot be read.
            self.text
                .push(unit.ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if let Some(rest) = self.text.strip_prefix('\u{feff}') {
            self.text = rest.to_owned();
        }
        Ok(())
    }
}

impl<R: BufRead> BufRead for ToUtf8<R> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        while self.given == self.text.len() && !self.ended {
            self.decode_some()?;
        }
        Ok(&self.text.as_bytes()[self.given..])
    }

    fn consume(&mut self, count: usize) {
        self.given = (self.given + count).min(self.text.len());
    }
}

impl<R: BufRead> Read for ToUtf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}
