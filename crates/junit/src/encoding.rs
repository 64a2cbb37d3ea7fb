//! Which encoding a report is in.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The declaration stands within this many bytes, even behind a few lines of log.
pub(crate) const PREFIX: usize = 1024;

/// How to turn bytes into text.
pub(crate) struct Detected {
    pub(crate) encoding: &'static Encoding,
    /// How many bytes the byte order mark takes.
    pub(crate) bom: usize,
    /// The name that was declared, where it names no encoding.
    pub(crate) unknown: Option<String>,
}

/// Tells the encoding by byte order mark, by the look of the first bytes, or by declaration, in
/// this order: a declaration is often left as it was when a file was converted.
pub(crate) fn detect(prefix: &[u8]) -> Detected {
    let known = |encoding, bom| Detected { encoding, bom, unknown: None };
    if let Some((encoding, bom)) = Encoding::for_bom(prefix) {
        return known(encoding, bom);
    }
    match prefix {
        [b'<', 0, _, 0, ..] => return known(UTF_16LE, 0),
        [0, b'<', 0, _, ..] => return known(UTF_16BE, 0),
        _ => {}
    }
    let Some(label) = declared(&prefix[..prefix.len().min(PREFIX)]) else {
        return known(UTF_8, 0);
    };
    match for_label(label) {
        // Whoever can read the declaration byte by byte has no UTF-16 before him.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => known(UTF_8, 0),
        Some(encoding) => known(encoding, 0),
        None => Detected {
            encoding: if std::str::from_utf8(prefix).is_ok() { UTF_8 } else { WINDOWS_1252 },
            bom: 0,
            unknown: Some(String::from_utf8_lossy(label).into_owned()),
        },
    }
}

/// An encoding by its name, or by one that Java, Python or Windows give it: `ISO8859_1`, `UTF-16 LE`,
/// `cp936`.
fn for_label(label: &[u8]) -> Option<&'static Encoding> {
    if let Some(encoding) = Encoding::for_label(label) {
        return Some(encoding);
    }
    let plain: Vec<u8> =
        label.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    match plain.strip_prefix(b"cp").or_else(|| plain.strip_prefix(b"ms")) {
        Some(b"932") => return Some(encoding_rs::SHIFT_JIS),
        Some(b"936") => return Some(encoding_rs::GBK),
        Some(b"949") => return Some(encoding_rs::EUC_KR),
        Some(b"950") => return Some(encoding_rs::BIG5),
        Some(page) => return Encoding::for_label(&[b"windows-", page].concat()),
        None => {}
    }
    let with_dash = |prefix: &[u8]| {
        let rest = plain.strip_prefix(prefix)?;
        Encoding::for_label(&[prefix, b"-", rest].concat())
    };
    // `iso88591` is known, `iso885915` is not.
    let iso = || Encoding::for_label(&[b"iso-8859-", plain.strip_prefix(b"iso8859")?].concat());
    Encoding::for_label(&plain)
        .or_else(iso)
        .or_else(|| [&b"utf"[..], b"euc", b"koi8", b"shift"].into_iter().find_map(with_dash))
}

/// The value of `encoding` in the first XML declaration.
fn declared(prefix: &[u8]) -> Option<&[u8]> {
    let start = find(prefix, b"<?xml")?;
    let declaration = &prefix[start..];
    let declaration = &declaration[..find(declaration, b"?>")?];
    let value = declaration[find(declaration, b"encoding")? + 8..].trim_ascii_start();
    let value = value.strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    Some(&value[..value.iter().position(|byte| byte == quote)?])
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_mark_look_and_declaration() {
        let cases: [(&[u8], &str, usize); 17] = [
            (b"\xef\xbb\xbf<a/>", "UTF-8", 3),
            (b"\xff\xfe<\0a\0", "UTF-16LE", 2),
            (b"<\0?\0", "UTF-16LE", 0),
            (b"\0<\0?", "UTF-16BE", 0),
            (b"<?xml version='1.0' encoding = 'ISO-8859-1' ?>", "windows-1252", 0),
            (b"log\n<?xml encoding=\"Shift_JIS\"?>", "Shift_JIS", 0),
            (b"<?xml encoding=\"utf-16\"?>", "UTF-8", 0),
            (b"<?xml encoding=\"UTF 8\"?>", "UTF-8", 0),
            (b"<?xml encoding=\"ISO8859_1\"?>", "windows-1252", 0),
            (b"<?xml encoding=\"iso8859_15\"?>", "ISO-8859-15", 0),
            (b"<?xml encoding=\"Latin-1\"?>", "windows-1252", 0),
            (b"<?xml encoding=\"Cp1251\"?>", "windows-1251", 0),
            (b"<?xml encoding=\"cp936\"?>", "GBK", 0),
            (b"<?xml encoding=\"MS932\"?>", "Shift_JIS", 0),
            (b"<?xml encoding=\"EUC_JP\"?>", "EUC-JP", 0),
            (b"<?xml encoding=\"UTF_16LE\"?>", "UTF-8", 0),
            (b"<?xml encoding=?>", "UTF-8", 0),
        ];
        for (prefix, name, bom) in cases {
            let detected = detect(prefix);
            assert_eq!((detected.encoding.name(), detected.bom), (name, bom), "{prefix:?}");
        }
    }
}
