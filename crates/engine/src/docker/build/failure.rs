//! Why a build failed: the instruction, its line in the Dockerfile, the end of the log, the remedy.

use testdock_core::model::{Fault, Place, RunError};
use testdock_core::paths::RelPath;

use super::super::pull;
use super::progress::{Progress, Step};
use super::recipe::Recipe;
use crate::death::room_help;

/// How much of an instruction a message shows.
const SHOWN: usize = 100;

/// How tools say that they do not know who has signed a certificate.
const UNTRUSTED: [&str; 6] = [
    "self-signed certificate in certificate chain",
    "self signed certificate in certificate chain",
    "unable to get local issuer certificate",
    "certificate signed by unknown authority",
    "CERTIFICATE_VERIFY_FAILED",
    "PKIX path building failed",
];

/// The error for a build that ended with `said`.
pub(super) fn failure(recipe: &Recipe, said: &str, progress: Progress) -> RunError {
    let (step, log) = progress.failure();
    let step = if step.instruction.is_empty() { Step::of_error(said) } else { step };
    let line = stated_line(said).or_else(|| locate(&recipe.text, &step));
    let path = recipe.path();
    let error = describe(&recipe.dockerfile.path, said, &step, line);
    let error = match UNTRUSTED.iter().any(|words| log.contains(words)) {
        true => error.help(
            "a build does not get the authorities that this machine trusts: copy its bundle into an earlier step, or \
             give it to the step as a secret (interpreter.secrets)",
        ),
        false => error,
    };
    RunError {
        place: line.map(|line| Place { path, line, column: None }),
        log: (!log.is_empty()).then(|| log.into()),
        ..error
    }
}

fn describe(path: &RelPath, said: &str, step: &Step, line: Option<u32>) -> RunError {
    let message = format!("cannot build {path}: {}", why(said, step));
    let help = room_help(said).map(str::to_owned);
    RunError::new(Fault::Interpreter, message)
        .help(help.unwrap_or_else(|| remedy(said, step, line)))
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

/// BuildKit says `exit code: 3`, the classic builder `returned a non-zero code: 3`, Podman `exit status 3`.
fn exit_code(said: &str) -> Option<i32> {
    let marks = ["exit code: ", "non-zero code: ", "exit status "];
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

/// The line where the instruction of `step` begins. Builders tell its text and not its place.
fn locate(text: &str, step: &Step) -> Option<u32> {
    if frontend(&step.instruction).is_some() {
        let directive = |line: &str| line.starts_with('#') && line.contains("syntax");
        return (1..).zip(text.lines()).find_map(|(n, line)| directive(line).then_some(n));
    }
    if let Some(image) = base_image(&step.instruction) {
        return lines_of(text, "FROM").find_map(|(line, rest)| {
            let written = rest.split_whitespace().find(|word| !word.starts_with("--"))?;
            names_same(image, written).then_some(line)
        });
    }
    let (keyword, told) = step.instruction.split_once(char::is_whitespace)?;
    let told = squeezed(told.lines());
    let candidates: Vec<u32> = lines_of(text, keyword)
        .filter(|(line, rest)| {
            let following = text.lines().skip(*line as usize);
            let written: Vec<&str> = std::iter::once(*rest).chain(following).collect();
            let written = written.join("\n");
            // An error tells the command alone.
            let told_as = |written: &str| is_told_as(&squeezed(written.lines()), &told);
            told_as(&written) || told_as(without_flags(&written))
        })
        .map(|(line, _)| line)
        .collect();
    let stage = step.stage.as_deref().and_then(|stage| stage_line(text, stage));
    let in_stage = candidates.iter().find(|line| stage.is_none_or(|stage| **line > stage));
    in_stage.or(candidates.first()).copied()
}

/// Whether `written`, and what follows it in the Dockerfile, is what a builder tells as `told`: with
/// variables filled in, and with the text of a here-document in parentheses.
fn is_told_as(written: &str, told: &str) -> bool {
    if let Some((head, _)) = told.split_once('(').filter(|(head, _)| head.contains("<<")) {
        return written.starts_with(head);
    }
    let fixed = written.split('$').next().unwrap_or_default();
    written.starts_with(told) || (fixed.len() < written.len() && told.starts_with(fixed))
}

/// The image in BuildKit's `resolve image config for docker.io/docker/dockerfile:1`, which a
/// `# syntax=` line asks for.
fn frontend(instruction: &str) -> Option<&str> {
    let image = instruction.strip_prefix("resolve image config for ")?;
    Some(image.strip_prefix("docker-image://").unwrap_or(image))
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
    let named =
        |rest: &str| rest.split_whitespace().last().is_some_and(|w| w.eq_ignore_ascii_case(stage));
    let mut stages = lines_of(text, "FROM");
    let by_name = lines_of(text, "FROM").find(|(_, rest)| named(rest));
    by_name.or_else(|| stages.nth(index?)).map(|(line, _)| line)
}

/// What follows the flags of an instruction, such as `--mount=type=secret`.
fn without_flags(written: &str) -> &str {
    let rest = written.trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
    match rest.strip_prefix("--").and_then(|flag| flag.split_once(char::is_whitespace)) {
        Some((_, rest)) => without_flags(rest),
        None => rest,
    }
}

/// The text without what joining lines changes: white space, continuations, comments.
fn squeezed<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    let code = lines.filter(|line| !line.trim_start().starts_with('#'));
    code.flat_map(str::chars).filter(|c| !c.is_whitespace() && *c != '\\').collect()
}

fn remedy(said: &str, step: &Step, line: Option<u32>) -> String {
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| said.contains(phrase));
    if let Some(image) = frontend(&step.instruction) {
        return format!(
            "let the engine reach the registry of {image}, or remove the line # syntax=…"
        );
    }
    if let Some(image) = base_image(&step.instruction) {
        return pull::remedy(image, said);
    }
    match exit_code(said) {
        Some(137) => return "give the engine more memory".to_owned(),
        Some(127) => {
            return "install the command in an earlier step, or correct its name".to_owned();
        }
        _ => {}
    }
    if says(&["not found", "no such file", "no source files", "forbidden path"])
        && matches!(step.instruction.get(..4), Some("COPY" | "ADD "))
    {
        return "check that the file is there and that .dockerignore does not exclude it"
            .to_owned();
    }
    match line {
        Some(line) => format!("correct line {line} of the Dockerfile"),
        None => "correct the Dockerfile".to_owned(),
    }
}

#[cfg(test)]
mod tests;
