//! Places in Erlang's terms: `{file,"a.erl"},{line,3}` and `{module,m},{line,3}`, also over two
//! lines.

use super::frames::{Frame, Trust};
use super::line::{frame, number};

/// Adds them, and says whether there were any.
pub(super) fn frames(line: &str, previous: &str, frames: &mut Vec<Frame>) -> bool {
    let mut from = 0;
    let mut found = false;
    while let Some(at) = line[from..].find("{line,").map(|at| from + at) {
        let before = &line[from..at];
        from = at + "{line,".len();
        let path =
            path_in(before).or_else(|| path_in(previous).filter(|_| !before.contains("{line,")));
        let frame = number(&line[from..]).and_then(|(line, _)| frame(&path?, line, Trust::Stated));
        found |= frame.is_some();
        frames.extend(frame);
    }
    found
}

/// The last file, or module, that is named.
fn path_in(text: &str) -> Option<String> {
    let file = text.rfind("{file,\"").map(|at| (at, &text[at + 7..]));
    let module = text.rfind("{module,").map(|at| (at, &text[at + 8..]));
    match file.max(module)? {
        (at, rest) if Some(at) == file.map(|(at, _)| at) => {
            Some(rest.split_once('"')?.0.to_owned())
        }
        (_, rest) => Some(format!("{}.erl", rest.split_once('}')?.0)),
    }
}
