//! How long the workspace takes to an engine that does not share it: all of it, beside `tar` through
//! `docker exec`, and one changed file.
//!
//! No copy is removed before the end: a file system that looks for numbers of files passes over those that were
//! given back a moment ago, one by one, which slows whoever writes next by ten times and more.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::elsewhere::Elsewhere;
use crate::images;
use crate::shell::{answer, command, run, say, scratch, step, target};
use crate::timing::Spread;

const FILES: usize = 20_000;
const SOON: Duration = Duration::from_secs(300);

/// Measures on a second engine, over TLS.
pub(crate) fn compare(rounds: usize) -> Result<()> {
    say("building testdock (optimised)");
    run(&mut command("cargo", ["build", "--quiet", "--release", "--package", "testdock"]))?;
    let image = images::base()?;
    let workspace = workspace()?;
    let elsewhere = Elsewhere::start()?;
    elsewhere.load(&image)?;
    let bench = Bench { elsewhere, workspace, image };
    let (mut peer, mut all, mut one) = (Vec::new(), Vec::new(), Vec::new());
    bench.name_container(0)?;
    bench.run()?;
    for round in 1..=rounds {
        peer.push(bench.tar()?);
        bench.name_container(round)?;
        all.push(bench.run()?.copy);
    }
    for round in 0..rounds * 4 {
        bench.edit(round)?;
        one.push(bench.run()?.before);
    }
    let ratios = peer.iter().zip(&all).map(|(peer, own)| peer / own).collect();
    let [peer, all, one] = [peer, all, one].map(Spread::of);
    say(format_args!("\na copy of {FILES} files, {rounds} rounds in turn: median (middle half)"));
    say(format_args!("  {:<48} {peer} s", "tar | docker exec tar"));
    say(format_args!(
        "  {:<48} {all} s   speed × {}",
        "testdock run, a new container: the copy",
        Spread::of(ratios)
    ));
    say(format_args!("  {:<48} {one} s", "testdock run, one file changed: connected to start"));
    Ok(())
}

struct Bench {
    elsewhere: Elsewhere,
    workspace: PathBuf,
    image: String,
}

/// What a run says of its way to the first test.
struct Way {
    /// Seconds from the beginning of the copy to the start of the tests.
    copy: f64,
    /// Seconds from the connection to the start of the tests.
    before: f64,
}

impl Bench {
    /// The time that a container's copy takes through the engine's own command line.
    fn tar(&self) -> Result<f64> {
        let mut start = self.docker(&["run", "--detach", "--rm", "--volume", "/copy"]);
        let id = answer(start.args([&self.image, "sleep", "3600"]), SOON)?;
        let script = "tar -c . | docker exec -i \"$1\" tar -x -C /copy";
        let mut copy = command("sh", ["-c", script, "copy", &id]);
        self.elsewhere.reach(&mut copy);
        let began = Instant::now();
        answer(copy.current_dir(&self.workspace), SOON)?;
        Ok(began.elapsed().as_secs_f64())
    }

    fn docker(&self, arguments: &[&str]) -> Command {
        let mut docker = command("docker", arguments);
        self.elsewhere.reach(&mut docker);
        docker
    }

    fn edit(&self, round: usize) -> Result<()> {
        let path = self.workspace.join("src/d0/f0.txt");
        fs::write(&path, format!("{round}\n"))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Has the next run make a container of its own, and use it from then on.
    fn name_container(&self, round: usize) -> Result<()> {
        let settings = format!(
            "[interpreter]\nimage = \"{}\"\nrun-args = [\"--hostname=round-{round}\"]\n\n\
             [[suite]]\ncommand = [\"sh\", \"test.sh\"]\nreports = [\"*.xml\"]\n",
            self.image
        );
        write(&self.workspace, "testdock.toml", &settings)
    }

    /// Follows what a run says.
    fn run(&self) -> Result<Way> {
        let mut run = command(target()?.join("release/testdock"), ["run", "--format", "json"]);
        run.current_dir(&self.workspace);
        self.elsewhere.reach(&mut run);
        run.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = run.spawn().context("cannot start testdock")?;
        let lines = BufReader::new(child.stdout.take().context("the output is not piped")?).lines();
        let (mut connected, mut copying, mut started) = (None, None, None);
        for line in lines {
            let line = line?;
            let at = match line {
                _ if line.contains("\"stage\":\"connecting\"") => &mut connected,
                _ if line.contains("\"stage\":\"copying\"") => &mut copying,
                _ if line.contains("\"event\":\"interpreter-ready\"") => &mut started,
                _ => continue,
            };
            at.get_or_insert_with(Instant::now);
        }
        child.wait()?;
        let (Some(connected), Some(copying), Some(started)) = (connected, copying, started) else {
            bail!("testdock copied nothing, or ran nothing");
        };
        let since = |then| started.duration_since(then).as_secs_f64();
        Ok(Way { copy: since(copying), before: since(connected) })
    }
}

/// A workspace of many files, as a project has them: most are small.
fn workspace() -> Result<PathBuf> {
    let folder = scratch()?.join("bench-copy");
    let test = "echo '<testsuite><testcase classname=\"c\" name=\"n\"/></testsuite>' >r.xml\n";
    if !folder.is_dir() {
        step("making a workspace", command("mkdir", ["-p"]).arg(folder.join("src")))?;
        for at in 0..FILES {
            let dir = folder.join(format!("src/d{}", at / 50));
            fs::create_dir_all(&dir)?;
            let text = format!("line {at} of a file like any other\n").repeat(1 + at % 90);
            fs::write(dir.join(format!("f{}.txt", at % 50)), text)?;
        }
    }
    write(&folder, "test.sh", test)?;
    Ok(folder)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<()> {
    fs::write(folder.join(name), text).with_context(|| format!("cannot write {name}"))
}
