//! Text as XML means it: references resolved, line ends as one character, borrowed when nothing
//! changes.

use std::borrow::Cow;

use quick_xml::escape::resolve_xml_entity;

/// How a piece of input gets into the model: borrowed from it, or owned because the input goes
/// away.
///
/// This is what lets one parser serve a slice without copying and a stream without holding it.
pub(crate) trait Keep<'e, 'a> {
    /// The most that one text of the model may grow to.
    const LIMIT: usize;

    fn keep(piece: Cow<'e, str>) -> Cow<'a, str>;
}

/// The input outlives the model.
pub(crate) struct Borrow;

/// The input is a window that moves on.
pub(crate) struct Own;

impl<'a> Keep<'a, 'a> for Borrow {
    const LIMIT: usize = usize::MAX;

    fn keep(piece: Cow<'a, str>) -> Cow<'a, str> {
        piece
    }
}

impl<'e, 'a> Keep<'e, 'a> for Own {
    const LIMIT: usize = 64 << 20;

    fn keep(piece: Cow<'e, str>) -> Cow<'a, str> {
        Cow::Owned(piece.into_owned())
    }
}

/// Adds a piece to a text, and says whether it found room.
pub(crate) fn push<'e, 'a, K: Keep<'e, 'a>>(text: &mut Cow<'a, str>, piece: Cow<'e, str>) -> bool {
    if text.len().saturating_add(piece.len()) > K::LIMIT {
        return false;
    }
    match text.is_empty() {
        true => *text = K::keep(piece),
        false => text.to_mut().push_str(&piece),
    }
    true
}

/// Character data outside of references: XML says that `\r\n` and `\r` are `\n`.
pub(crate) fn normalize(raw: &str) -> Cow<'_, str> {
    match raw.contains('\r') {
        true => Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(raw),
    }
}

/// An attribute's value with references resolved.
///
/// Line breaks stay: XML would make them spaces, but tools write whole stack traces into
/// attributes.
pub(crate) fn attribute(raw: &str) -> Cow<'_, str> {
    let text = normalize(raw);
    match text.contains('&') {
        true => Cow::Owned(resolve_all(&text)),
        false => text,
    }
}

fn resolve_all(text: &str) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        resolved.push_str(&rest[..start]);
        let (reference, length) = match reference_at(&rest[start..]) {
            Some((reference, length)) => (resolve(reference), length),
            None => (None, 1),
        };
        let literal = &rest[start..start + length];
        resolved.push_str(reference.as_deref().unwrap_or(literal));
        rest = &rest[start + length..];
    }
    resolved + rest
}

/// The name between `&` and `;` and the length with both, if it is as short as a name that we know.
fn reference_at(text: &str) -> Option<(&str, usize)> {
    let end = text.bytes().take(16).position(|byte| byte == b';')?;
    Some((&text[1..end], end + 1))
}

/// What a reference stands for: the five of XML and characters by number.
///
/// Entities that a document declares itself are never expanded: that is how few bytes become
/// gigabytes.
pub(crate) fn resolve(name: &str) -> Option<Cow<'static, str>> {
    let Some(number) = name.strip_prefix('#') else {
        return resolve_xml_entity(name).map(Cow::Borrowed);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    let character = char::from_u32(code.ok()?).filter(|&c| c != '\0')?;
    Some(Cow::Owned(character.to_string()))
}

/// The text without ANSI sequences, and without the marks that tools write for their escape
/// character.
pub(crate) fn without_colours(text: &str) -> Cow<'_, str> {
    const MARKS: [&str; 3] = ["\u{1b}", "#x1B", "[NON-XML-CHAR-0x1B]"];
    if !MARKS.iter().any(|mark| text.contains(mark)) {
        return Cow::Borrowed(text);
    }
    let text = text.replace(MARKS[1], MARKS[0]).replace(MARKS[2], MARKS[0]);
    let mut pieces = text.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    Cow::Owned(pieces.fold(first, |plain, piece| plain + after_sequence(piece)))
}

/// What follows a control sequence, whose introducer is cut off.
fn after_sequence(piece: &str) -> &str {
    let Some(parameters) = piece.strip_prefix('[') else {
        return piece;
    };
    let rest =
        parameters.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ';' | '?'));
    rest.strip_prefix(|c: char| c.is_ascii_alphabetic()).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_or_left_alone() {
        let cases = [
            ("a &lt;b&gt; &amp;&quot;&apos;", "a <b> &\"'"),
            ("&#10;&#xA;&#128512;", "\n\n😀"),
            ("&#0; &#xD800; &who; a & b &", "&#0; &#xD800; &who; a & b &"),
            ("&amp;quot;", "&quot;"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("&ééééééééééé;", "&ééééééééééé;"),
        ];
        for (raw, expected) in cases {
            assert_eq!(attribute(raw), expected);
        }
        assert!(matches!(attribute("plain\n"), Cow::Borrowed(_)));
    }
}
