//! Numbers as tools write them.

/// Seconds, read leniently: `0.5`, `1e-5`, `2,503.1`, `0,288`, `٠٫٥`, `0.5s`, `12 ms`, `00:01:02.5`.
///
/// What is no finite, non-negative number is no time. Some tools write micro- or nanoseconds; the
/// number alone does not tell, so it is taken for seconds.
pub(crate) fn seconds(written: &str) -> Option<f64> {
    if let Some(seconds) = plain_decimal(written) {
        return Some(seconds);
    }
    let western: String;
    let mut written = written.trim();
    if !written.is_ascii() {
        western = written.chars().map(western_digit).collect();
        written = &western;
    }
    let seconds = match written.parse::<f64>() {
        Ok(seconds) => seconds,
        Err(_) => with_unit(written)?,
    };
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
}

/// What nearly every tool writes: digits, at most fifteen, with at most one point. Both numbers of
/// the division are exact, so the quotient is the nearest there is.
fn plain_decimal(written: &str) -> Option<f64> {
    const POWERS: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    if written.len() > 16 || !written.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (mut number, mut digits, mut point) = (0_u64, 0, None);
    for byte in written.bytes() {
        match byte {
            b'0'..=b'9' => {
                number = number * 10 + u64::from(byte - b'0');
                digits += 1;
            }
            b'.' if point.is_none() => point = Some(digits),
            _ => return None,
        }
    }
    let fraction = digits - point.unwrap_or(digits);
    (digits <= 15).then(|| number as f64 / POWERS[fraction])
}

/// Some locales write with digits and separators of their own.
fn western_digit(c: char) -> char {
    let digit = |zero: char| char::from_digit(c as u32 - zero as u32, 10).unwrap_or(c);
    match c {
        '\u{660}'..='\u{669}' => digit('\u{660}'),
        '\u{6f0}'..='\u{6f9}' => digit('\u{6f0}'),
        '\u{966}'..='\u{96f}' => digit('\u{966}'),
        '\u{66b}' => '.',
        '\u{66c}' => '\'',
        _ => c,
    }
}

fn with_unit(written: &str) -> Option<f64> {
    if let Some(number) = written.strip_suffix("ms") {
        return Some(with_separators(number)? / 1000.0);
    }
    let number = written.strip_suffix('s').unwrap_or(written);
    match number.contains(':') {
        true => clock(number),
        false => with_separators(number),
    }
}

/// Hours, minutes, seconds; or minutes and seconds.
fn clock(written: &str) -> Option<f64> {
    let mut parts = written.splitn(3, ':').map(with_separators);
    parts.try_fold(0.0, |sum, part| Some(sum * 60.0 + part?))
}

/// The last of several kinds of separator is the decimal point; a lone comma is one too.
fn with_separators(written: &str) -> Option<f64> {
    let written = written.trim();
    let comma = written.rfind(',');
    let decimal = match (comma, written.rfind('.')) {
        (Some(comma), Some(point)) if comma < point => '.',
        (Some(_), _) if written.matches(',').count() == 1 => ',',
        _ => '.',
    };
    let plain: String = written
        .chars()
        .filter(|&c| {
            c == decimal || !matches!(c, ',' | '.' | ' ' | '\'' | '_' | '\u{a0}' | '\u{202f}')
        })
        .map(|c| if c == decimal { '.' } else { c })
        .collect();
    plain.parse().ok()
}

/// A line number; anything else is none.
pub(crate) fn line(written: &str) -> Option<u32> {
    written.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_all_accents() {
        let cases = [
            ("0.5", Some(0.5)),
            ("3", Some(3.0)),
            ("123.456789012345", Some(123.456789012345)),
            ("0.1234567890123456", Some(0.1234567890123456)),
            (" 1.7e-05 ", Some(1.7e-5)),
            ("2,503.1", Some(2503.1)),
            ("1,234,567.5", Some(1_234_567.5)),
            ("1.234,5", Some(1234.5)),
            ("0,288", Some(0.288)),
            ("0.5s", Some(0.5)),
            ("12 ms", Some(0.012)),
            ("00:01:02.5", Some(62.5)),
            ("1:02", Some(62.0)),
            ("1967986371", Some(1_967_986_371.0)),
            ("٠٫٢٨٨", Some(0.288)),
            ("۲٬۵۰۳٫۱", Some(2503.1)),
            ("1\u{202f}234,5", Some(1234.5)),
            ("", None),
            ("time", None),
            ("<<computed>>", None),
            ("-345345", None),
            ("NaN", None),
            ("inf", None),
        ];
        for (written, expected) in cases {
            assert_eq!(seconds(written), expected, "{written:?}");
        }
    }
}
