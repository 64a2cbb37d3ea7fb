//! Why a build failed: the instruction, its line in the Dockerfile, the end of the log, the remedy.

use testdock_core::model::{Fault, Place, RunError};

use super::super::pull;
use super::progress::{Progress, Step};
use super::recipe::Recipe;

/// How much of an instruction a message shows.
const SHOWN: usize = 100;

/// The error for a build that ended with `said`.
pub(super) fn failure(recipe: &Recipe, said: &str, progress: Progress) -> RunError {
    let (step, log) = progress.failure();
    describe(&recipe.text, &recipe.path(), said, &step, log)
}

fn describe(
    text: &str,
    path: &camino::Utf8Path,
    said: &str,
    step: &Step,
    log: String,
) -> RunError {
    let line = stated_line(said).or_else(|| locate(text, step));
    let why = why(said, step);
    let mut error = RunError::new(Fault::Interpreter, format!("cannot build {path}: {why}"))
        .help(remedy(said, step, line));
    error.place = line.map(|line| Place {
        path: path.to_owned(),
        line,
        column: None,
    });
    error.log = (!log.is_empty()).then_some(log);
    error
}

fn why(said: &str, step: &Step) -> String {
    let instruction = shortened(&step.instruction);
    match exit_code(said) {
        Some(137) => format!("{instruction} was killed (exit code 137)"),
        Some(code) => format!("{instruction} failed with exit code {code}"),
        None if step.number > 0 => format!("{instruction}: {}", essence(said)),
        None => essence(said).to_owned(),
    }
}

fn shortened(instruction: &str) -> String {
    let words: Vec<&str> = instruction.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// BuildKit says `exit code: 3`, the classic builder `returned a non-zero code: 3`.
fn exit_code(said: &str) -> Option<i32> {
    let marks = ["exit code: ", "non-zero code: "];
    let rest = marks.iter().find_map(|mark| Some(said.rsplit_once(mark)?.1))?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// An error without the layers of software that passed it on.
fn essence(said: &str) -> &str {
    let noise = [
        "failed to solve with frontend dockerfile.v0: ",
        "failed to solve: ",
        "failed to create LLB definition: ",
        "failed to process ",
        "rpc error: code = Unknown desc = ",
    ];
    let stripped = noise.iter().find_map(|prefix| said.strip_prefix(prefix));
    stripped.map_or(said, essence)
}

/// The line that `dockerfile parse error on line 7:` names.
fn stated_line(said: &str) -> Option<u32> {
    let (_, rest) = said.split_once("parse error")?;
    let (_, number) = rest.split_once("line ")?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The line where the instruction of `step` begins. Builders tell the text and not the place, on one
/// line and with some variables filled in, so that what comes before a variable must do.
fn locate(text: &str, step: &Step) -> Option<u32> {
    if let Some(image) = base_image(&step.instruction) {
        return lines_of(text, "FROM").find_map(|(line, rest)| {
            let written = rest.split_whitespace().find(|word| !word.starts_with("--"))?;
            names_same(image, written).then_some(line)
        });
    }
    let keyword = step.instruction.split_whitespace().next()?;
    let wanted = squeezed(step.instruction.lines())
        .split("(").next().filter(|_| step.instruction.contains("<<"))
        .map_or_else(|| squeezed(step.instruction.lines()), str::to_owned);
    let after = step.stage.as_deref().and_then(|stage| stage_line(text, stage));
    let matching = |(line, _): &(u32, &str)| {
        let written = squeezed(text.lines().skip(*line as usize - 1));
        let fixed = match written.find('$') {
            Some(end) if end < wanted.len() => &written[..end],
            _ => return written.starts_with(&wanted),
        };
        written.starts_with(&wanted) || wanted.starts_with(fixed)
    };
    let candidates = lines_of(text, keyword).filter(matching).map(|(line, _)| line);
    let candidates: Vec<u32> = candidates.collect();
    let in_stage = candidates.iter().find(|line| after.is_none_or(|after| **line > after));
    in_stage.or(candidates.first()).copied()
}

/// The lines that begin with the instruction `keyword`, and what follows it there.
fn lines_of<'t>(text: &'t str, keyword: &'t str) -> impl Iterator<Item = (u32, &'t str)> {
    (1..).zip(text.lines()).filter_map(move |(line, content)| {
        let (first, rest) = content.trim_start().split_once(char::is_whitespace)?;
        first.eq_ignore_ascii_case(keyword).then_some((line, rest))
    })
}

/// The image of BuildKit's `[internal] load metadata for docker.io/library/python:3`.
fn base_image(instruction: &str) -> Option<&str> {
    instruction.strip_prefix("[internal] load metadata for ")
}

/// Whether the full name `image` is what `written` means.
fn names_same(image: &str, written: &str) -> bool {
    let name = image.strip_prefix("docker.io/").unwrap_or(image);
    let name = name.strip_prefix("library/").unwrap_or(name);
    let written = written.strip_prefix("docker.io/").unwrap_or(written);
    name == written || name.strip_suffix(":latest") == Some(written)
}

/// The `FROM` of the stage that BuildKit calls by its name or `stage-1`.
fn stage_line(text: &str, stage: &str) -> Option<u32> {
    let index = stage.strip_prefix("stage-").and_then(|n| n.parse().ok());
    let named = |rest: &str| rest.split_whitespace().last().is_some_and(|w| w.eq_ignore_ascii_case(stage));
    let mut stages = lines_of(text, "FROM");
    let by_name = lines_of(text, "FROM").find(|(_, rest)| named(rest));
    by_name.or_else(|| stages.nth(index?)).map(|(line, _)| line)
}

/// The text without what joining lines changes: white space, continuations, comments.
fn squeezed<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    let code = lines.filter(|line| !line.trim_start().starts_with('#'));
    code.flat_map(str::chars)
        .filter(|c| !c.is_whitespace() && *c != '\\')
        .collect()
}

fn remedy(said: &str, step: &Step, line: Option<u32>) -> String {
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| said.contains(phrase));
    if let Some(image) = step.instruction.strip_prefix("resolve image config for ") {
        return format!("let the engine reach the registry of {image}, or remove the line # syntax=…");
    }
    if let Some(image) = base_image(&step.instruction) {
        return pull::remedy(image, said);
    }
    match exit_code(said) {
        Some(137) => return "give the engine more memory".to_owned(),
        Some(127) => return "install the command in an earlier step, or correct its name".to_owned(),
        _ => {}
    }
    if says(&["not found", "no such file", "no source files", "forbidden path"])
        && matches!(step.instruction.get(..4), Some("COPY" | "ADD "))
    {
        return "check that the file is there and that .dockerignore does not exclude it".to_owned();
    }
    match line {
        Some(line) => format!("correct line {line}; the end of the build log shows what happened"),
        None => "correct the Dockerfile".to_owned(),
    }
}

#[cfg(test)]
mod tests;
