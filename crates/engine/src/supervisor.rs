//! The command line that runs an invocation under the supervisor (`supervisor.sh`).

use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use testdock_core::model::{Fault, RunError};
use testdock_core::plan::{Candidate, EVENTS_FD, HelperFile, Invocation, Live, Reports, Site};

/// The shell that every image with a shell has.
pub(crate) const SH: &[&str] = &["sh"];
const SCRIPT: &str = include_str!("supervisor.sh");
/// The kernel takes no longer argument.
const MAX_ARG: usize = 120 << 10;
/// What the kernel takes of arguments and environment together, with room for the image's own.
const MAX_ARGS: usize = 1800 << 10;
/// How often the client gives a sign of life.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(2);

/// A directory of the container that is ours, and its lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// The directory.
    pub(crate) dir: String,
    /// How long the container stays when nobody renews its lease; `None` without one.
    pub(crate) lease: Option<Duration>,
}

/// What makes one run's traces different from another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cookie(String);

impl Cookie {
    /// One that no other run has.
    pub(crate) fn random() -> Self {
        // The standard library seeds each of these from the system's randomness.
        let word = || RandomState::new().build_hasher().finish();
        Self(format!("{:016x}{:016x}", word(), word()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The same as a number that a limit of resources can have.
    fn tag(&self) -> u64 {
        u64::from_str_radix(self.0.get(..12).unwrap_or_default(), 16).unwrap_or(u64::MAX >> 1)
    }

    /// The directory of this run alone. Its name is not all of the cookie: the supervisor's own
    /// environment may tell the path, and it must not take itself for one whom it has to end.
    pub(crate) fn scratch(&self, base: &Base) -> String {
        let (name, _) = self.0.split_at(self.0.len() / 2);
        format!("{}/run-{name}", base.dir)
    }
}

/// What a process is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) argv: Vec<String>,
    /// The only place for secrets: argument lists are for everyone to see.
    pub(crate) env: Vec<(String, String)>,
}

/// The directory of the container for these helpers, named by what they contain, so that a warm
/// container has them already.
pub(crate) fn helpers_dir(base: &Base, helpers: &[HelperFile]) -> String {
    let mut hash = Sha256::new();
    for file in helpers {
        hash.update(file.name.as_bytes());
        hash.update([0]);
        hash.update(file.content.as_bytes());
        hash.update([0]);
    }
    format!("{}/helpers-{}", base.dir, hex(&hash.finalize()[..8]))
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a run has to do with the workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Errand {
    /// Files that must be seen there.
    pub(crate) witnesses: Vec<String>,
    /// Files that come back when the run wrote them: a directory, and a pattern for their names.
    pub(crate) written: Vec<(String, String)>,
}

/// The command that runs `invocation` at `site`, in that shell.
pub(crate) fn command(
    invocation: &Invocation,
    site: &Site,
    base: &Base,
    cookie: &Cookie,
    errand: &Errand,
    shell: &[&str],
) -> Result<Command, RunError> {
    let pieces = pieces(invocation, site);
    let plan = plan(invocation, site, base, cookie, errand, pieces.len() / 2);
    let words = shell.iter().chain(&["-c", SCRIPT, "testdock"]);
    let mut argv: Vec<String> = words.map(|word| (*word).to_owned()).collect();
    argv.push(plan);
    argv.extend(pieces);
    argv.extend(steps(invocation));
    let mut env = invocation.env.clone();
    if invocation.live == Live::Events {
        env.push((EVENTS_FD.to_owned(), "3".to_owned()));
    }
    fits(&argv)?;
    Ok(Command { argv, env })
}

fn fits(argv: &[String]) -> Result<(), RunError> {
    let error = |message: &str| Err(RunError::new(Fault::Configuration, message));
    if argv.iter().any(|arg| arg.contains('\0')) {
        return error("cannot run the command: an argument holds a NUL character");
    }
    let longest = argv.iter().map(String::len).max().unwrap_or(0);
    let total: usize = argv.iter().map(|arg| arg.len() + 9).sum();
    if longest >= 128 << 10 || total > MAX_ARGS {
        return error(
            "cannot run the command: its arguments are too long for the system; select fewer tests",
        );
    }
    Ok(())
}

/// For each run of the command the number of its arguments, and these.
fn steps(invocation: &Invocation) -> Vec<String> {
    let once = [Vec::new()];
    let steps = if invocation.steps.is_empty() { &once[..] } else { &invocation.steps };
    let mut words = Vec::new();
    for step in steps {
        words.push((invocation.args.len() + step.len()).to_string());
        words.extend(invocation.args.iter().chain(step).cloned());
    }
    words
}

/// Pairs of a path and a piece of the text that goes there.
fn pieces(invocation: &Invocation, site: &Site) -> Vec<String> {
    let helpers = invocation.helpers.iter().map(|f| (&site.helpers, f));
    let inputs = invocation.inputs.iter().map(|f| (&site.scratch, f));
    helpers
        .chain(inputs)
        .flat_map(|(dir, file)| {
            let path = format!("{dir}/{}", file.name);
            cut(&file.content).into_iter().flat_map(move |piece| [path.clone(), piece.to_owned()])
        })
        .collect()
}

/// Cuts `text` into pieces that an argument can hold; an empty text is one empty piece.
fn cut(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.len() > MAX_ARG {
        let at = (0..=MAX_ARG).rev().find(|at| rest.is_char_boundary(*at));
        let (piece, tail) = rest.split_at(at.unwrap_or(rest.len()));
        pieces.push(piece);
        rest = tail;
    }
    pieces.push(rest);
    pieces
}

/// The variables and functions that `supervisor.sh` uses.
fn plan(
    invocation: &Invocation,
    site: &Site,
    base: &Base,
    cookie: &Cookie,
    errand: &Errand,
    pieces: usize,
) -> String {
    let reports = match &invocation.reports {
        Reports::Scratch(names) => names.join(" "),
        Reports::None | Reports::Workspace(_) => String::new(),
    };
    let live = match invocation.live {
        Live::Printed => "",
        Live::Events => "events",
        Live::Stdout => "stdout",
    };
    let lease = base.lease.map_or(String::new(), |l| l.as_secs().to_string());
    let mut text = String::new();
    for (name, value) in [
        ("_cookie", cookie.as_str()),
        ("_tag", &cookie.tag().to_string()),
        ("_lease", &lease),
        ("_lease_file", &format!("{}/lease", base.dir)),
        ("_scratch", &site.scratch),
        ("_helpers", &site.helpers),
        ("_pieces", &pieces.to_string()),
        ("_cwd", &invocation.cwd),
        ("_reports", &reports),
        ("_live", live),
        ("_returns", if errand.written.is_empty() { "" } else { "yes" }),
        ("_steps", &invocation.steps.len().max(1).to_string()),
        ("_candidates", &invocation.candidates.len().to_string()),
    ] {
        let _ = writeln!(text, "{name}={}", quote(value));
    }
    let _ = writeln!(text, "witness() {{ {} }}", all_there(&errand.witnesses));
    let _ = writeln!(text, "written() {{ {} }}", find_written(&errand.written));
    for (name, dir) in invocation.prepend.iter().filter(|(name, _)| is_name(name)) {
        let _ = writeln!(text, "export {name}={}\"${{{name}:+:${name}}}\"", quote(dir));
    }
    for (candidate, number) in invocation.candidates.iter().zip(1..) {
        text.push_str(&functions(candidate, number));
    }
    text
}

/// A shell list that fails, with the path in `$_unseen`, at the first path that is not there.
fn all_there(paths: &[String]) -> String {
    let mut list = String::new();
    for path in paths {
        let _ = write!(list, "_unseen={0}; [ -e {0} ] || return 1; ", quote(path));
    }
    list + ":;"
}

/// A shell list that prints the files that are newer than the run.
fn find_written(written: &[(String, String)]) -> String {
    let mut list = String::new();
    for (dir, name) in written {
        let (dir, name) = (quote(dir), quote(name));
        let _ =
            write!(list, "find {dir} -type f -newer \"$_scratch/.began\" -name {name} -print; ");
    }
    list + ":;"
}

fn functions(candidate: &Candidate, number: usize) -> String {
    let first = candidate.argv.first().map_or("", String::as_str);
    let check =
        if candidate.check.is_empty() { ":".to_owned() } else { quote_all(&candidate.check) };
    format!(
        "has_{number}() {{ command -v {}; }}\nrun_{number}() {{ launch {} \"$@\"; }}\ncheck_{number}() {{ {check}; }}\n",
        quote(first),
        quote_all(&candidate.argv),
    )
}

fn quote_all(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quote(word)).collect();
    words.join(" ")
}

/// `word` as the shell reads it back.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Whether every shell takes a variable of that name, and so passes it on.
pub(crate) fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use testdock_core::paths::PathMap;

    use super::*;

    fn site() -> Site {
        Site {
            root: "/home/me".into(),
            paths: PathMap::identity(),
            helpers: "/b/helpers-1".into(),
            cache: None,
            scratch: "/b/run-c".into(),
        }
    }

    fn base() -> Base {
        Base { dir: "/b".into(), lease: Some(Duration::from_secs(600)) }
    }

    fn invocation() -> Invocation {
        Invocation {
            candidates: vec![Candidate {
                argv: vec!["it's".into(), "-m".into()],
                check: vec!["it's".into(), "-c".into(), "import $x".into()],
            }],
            args: vec!["a b".into(), "$(no)".into()],
            env: vec![("K".into(), "secret".into())],
            prepend: vec![("PYTHONPATH".into(), "/b/h".into()), ("a b".into(), String::new())],
            cwd: "/app".into(),
            inputs: vec![HelperFile { name: "selection".into(), content: "x".into() }],
            steps: vec![vec!["one".into()], Vec::new()],
            reports: Reports::Scratch(vec!["r.xml".into(), "again.xml".into()]),
            live: Live::Events,
            ..Invocation::default()
        }
    }

    #[test]
    fn a_path_of_the_run_does_not_carry_the_cookie() {
        let base = Base { dir: "/b".into(), lease: None };
        let cookie = Cookie::random();
        assert!(!cookie.scratch(&base).contains(cookie.as_str()));
    }

    #[test]
    fn a_plan_is_shell_text_that_means_what_was_said() {
        let cookie = Cookie("c0ffee000000".into());
        let errand = Errand {
            witnesses: vec!["/app/.seen".to_owned()],
            written: vec![("/app/out".to_owned(), "*.xml".to_owned())],
        };
        let command = command(&invocation(), &site(), &base(), &cookie, &errand, SH).unwrap();
        expect![[r#"
            _cookie='c0ffee000000'
            _tag='212205442170880'
            _lease='600'
            _lease_file='/b/lease'
            _scratch='/b/run-c'
            _helpers='/b/helpers-1'
            _pieces='1'
            _cwd='/app'
            _reports='r.xml again.xml'
            _live='events'
            _returns='yes'
            _steps='2'
            _candidates='1'
            witness() { _unseen='/app/.seen'; [ -e '/app/.seen' ] || return 1; :; }
            written() { find '/app/out' -type f -newer "$_scratch/.began" -name '*.xml' -print; :; }
            export PYTHONPATH='/b/h'"${PYTHONPATH:+:$PYTHONPATH}"
            has_1() { command -v 'it'\''s'; }
            run_1() { launch 'it'\''s' '-m' "$@"; }
            check_1() { 'it'\''s' '-c' 'import $x'; }
        "#]]
        .assert_eq(&command.argv[4]);
        let words = ["/b/run-c/selection", "x", "3", "a b", "$(no)", "one", "2", "a b", "$(no)"];
        assert_eq!(command.argv[5..], words);
        assert!(!command.argv.concat().contains("secret"));
    }

    #[test]
    fn long_inputs_are_cut_and_endless_ones_refused() {
        let mut long = invocation();
        let with = |len: usize| HelperFile {
            name: "selection".into(),
            content: "ü".repeat(len / 2).into(),
        };
        long.inputs = vec![with(500 << 10)];
        let cookie = Cookie("c0ffee000000".into());
        let made = command(&long, &site(), &base(), &cookie, &Errand::default(), SH).unwrap();
        assert!(made.argv.iter().all(|arg| arg.len() < 128 << 10));
        let text: String =
            made.argv[5..].chunks(2).filter(|p| p[0].starts_with('/')).map(|p| &*p[1]).collect();
        assert_eq!(text.len(), 500 << 10);
        long.inputs = vec![with(2 << 20)];
        assert!(command(&long, &site(), &base(), &cookie, &Errand::default(), SH).is_err());
    }
}
