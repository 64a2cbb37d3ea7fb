//! Neovim with its plugin, and the editors of a terminal that need none: Neovim, Helix, Emacs.
//!
//! They run in a container of their own, where the server runs beside them and uses this machine's engine:
//! so the project lies at the same path there and here. Editors without a plugin are set up by the very
//! blocks of `editors/README.md`.
//!
//! `TESTDOCK_NVIM` names the folder of another Neovim, as its releases unpack, to be driven instead of the image's
//! own; `TESTDOCK_PATIENCE` says how many seconds anything may take in it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::{Options, sample};
use crate::shell::{command, root, run, say};
use crate::{engine, images};

/// One editor, set up in one way.
struct Scenario {
    name: &'static str,
    /// Whether a change has to pass it.
    smoke: bool,
    /// The block of `editors/README.md` that sets it up: heading, language, and the file that it goes to.
    block: Option<[&'static str; 3]>,
    /// What the server plays, one after the other, in place of real runs.
    recordings: &'static [&'static str],
    /// `good` for what a person does, `bad` for what goes wrong around the editor and a project that means it no good.
    day: &'static str,
    /// What starts the editor; `{editors}` is the folder `editors`, `{home}` the home.
    words: &'static [&'static str],
}

const PLUGIN: Scenario = Scenario {
    name: "nvim",
    smoke: true,
    block: None,
    recordings: &[],
    day: "good",
    words: &[
        "nvim",
        "--headless",
        "-u",
        "{editors}/nvim/tests/init.lua",
        "-c",
        "luafile {editors}/nvim/tests/{day}.lua",
    ],
};

const BARE: Scenario = Scenario {
    name: "nvim without the plugin",
    smoke: false,
    block: Some(["Neovim without the plugin", "lua", "block.lua"]),
    recordings: &[],
    day: "good",
    words: &[
        "nvim",
        "--headless",
        "--cmd",
        "set noswapfile",
        "-u",
        "{home}/block.lua",
        "-c",
        "luafile {editors}/tests/nvim-bare.lua",
    ],
};

const HELIX: Scenario = Scenario {
    name: "helix",
    smoke: false,
    block: Some(["Helix", "toml", ".config/helix/languages.toml"]),
    recordings: &[],
    day: "good",
    words: &["sh", "{editors}/tests/helix.sh", "{day}"],
};

const EGLOT: Scenario = Scenario {
    name: "emacs, eglot",
    smoke: false,
    block: Some(["Emacs, eglot", "elisp", "block.el"]),
    recordings: &[],
    day: "good",
    words: &[
        "emacs",
        "--batch",
        "--load={home}/block.el",
        "--load={editors}/tests/emacs.el",
        "--eval=(drive 'eglot '{day})",
    ],
};

const LSP_MODE: Scenario = Scenario {
    name: "emacs, lsp-mode",
    smoke: false,
    block: Some(["Emacs, lsp-mode", "elisp", "block.el"]),
    recordings: &[],
    day: "good",
    words: &[
        "emacs",
        "--batch",
        "--eval=(package-initialize)",
        "--load={home}/block.el",
        "--load={editors}/tests/emacs.el",
        "--eval=(drive 'lsp-mode '{day})",
    ],
};

/// A run, and one of a test of it that was mended in between.
const MENDED: &[&str] = &["python-pytest", "python-pytest.mended"];

const SCENARIOS: &[Scenario] = &[
    PLUGIN.recorded("nvim, a recorded run", &["python-pytest"]),
    PLUGIN,
    PLUGIN.bad("nvim, bad days"),
    BARE.recorded("nvim without the plugin, recorded runs", MENDED),
    BARE,
    HELIX.recorded("helix, recorded runs", MENDED),
    HELIX,
    HELIX.bad("helix, bad days"),
    EGLOT.recorded("emacs, eglot, recorded runs", MENDED),
    EGLOT,
    EGLOT.bad("emacs, eglot, bad days"),
    LSP_MODE.recorded("emacs, lsp-mode, recorded runs", MENDED),
    LSP_MODE,
    LSP_MODE.bad("emacs, lsp-mode, bad days"),
];

impl Scenario {
    /// The same without an engine: it takes seconds.
    const fn recorded(self, name: &'static str, recordings: &'static [&'static str]) -> Self {
        Self { name, smoke: true, recordings, ..self }
    }

    const fn bad(self, name: &'static str) -> Self {
        Self { day: "bad", ..self.recorded(name, &["hostile"]) }
    }
}

/// Drives all of them, or those that are meant.
pub(crate) fn drive(options: &Options) -> Result<()> {
    engine::ensure()?;
    let base = images::base()?;
    let image = images::editors()?;
    say("building testdock");
    run(&mut command("cargo", ["build", "--quiet", "--package", "testdock"]))?;
    let is_meant = |it: &&Scenario| {
        let is_named = options.only.as_ref().is_none_or(|name| it.name.contains(name.as_str()));
        is_named && (it.smoke || !options.smoke)
    };
    let mut failed = Vec::new();
    for scenario in SCENARIOS.iter().filter(is_meant) {
        let (began, bed) = (Instant::now(), Bed::make(scenario)?);
        say(format_args!("── {}", scenario.name));
        let outcome = run(&mut bed.command(scenario, &image, &base)?);
        say(format_args!("   {:.1} s", began.elapsed().as_secs_f64()));
        failed.extend(outcome.err().map(|_| scenario.name));
    }
    ensure!(failed.is_empty(), "failed: {}", failed.join("; "));
    Ok(())
}

/// A home and a copy of the sample project, gone with the value.
struct Bed(PathBuf);

impl Bed {
    fn make(scenario: &Scenario) -> Result<Self> {
        let folder = env::temp_dir().join(format!("testdock-nvim-{}", std::process::id()));
        let bed = Self(folder);
        sample::project(&bed.project())?;
        sample::copy(&root().join("editors/nvim"), &bed.home().join(PACKAGE))?;
        if let Some([heading, language, file]) = scenario.block {
            let file = bed.home().join(file);
            fs::create_dir_all(file.parent().context("a file has a folder")?)?;
            fs::write(file, block(heading, language)?)?;
        }
        if scenario.day == "bad" {
            sample::hostile(&bed.project())?;
        }
        if !scenario.recordings.is_empty() {
            let runs = scenario.recordings.iter().map(|name| recording(name));
            fs::write(bed.home().join("recording.jsonl"), runs.collect::<Result<String>>()?)?;
        }
        Ok(bed)
    }

    fn project(&self) -> PathBuf {
        self.0.join("shop")
    }

    fn home(&self) -> PathBuf {
        self.0.join("home")
    }

    fn command(&self, scenario: &Scenario, image: &str, base: &str) -> Result<Command> {
        let editors = root().join("editors");
        let binary = crate::shell::target()?.join("debug/testdock");
        let filled = |word: &str| {
            word.replace("{editors}", &editors.to_string_lossy())
                .replace("{home}", &self.home().to_string_lossy())
                .replace("{day}", scenario.day)
        };
        let bound = |from: &Path, to: &Path, mode: &str| {
            format!("--volume={}:{}{mode}", from.display(), to.display())
        };
        let mut docker = command("docker", ["run", "--rm", "--init"]);
        docker
            .arg(bound(root(), root(), ":ro"))
            .arg(bound(&binary, Path::new("/opt/testdock"), ":ro"))
            .arg(bound(
                &editors.join("tests/testdock.sh"),
                Path::new("/usr/local/bin/testdock"),
                ":ro",
            ))
            .arg(bound(&self.0, &self.0, ""))
            .arg("--volume=/var/run/docker.sock:/var/run/docker.sock")
            .arg(format!("--workdir={}", self.project().display()))
            .arg(format!("--env=HOME={}", self.home().display()))
            .arg(format!("--env=TESTDOCK_NVIM_TESTS={}/nvim/tests", editors.display()))
            .args(["--env=TERM=xterm-256color", "--env=TESTDOCK_INTERPRETER__KEEP_WARM=1m"]);
        if let Some(patience) = env::var_os("TESTDOCK_PATIENCE") {
            docker.arg("--env=TESTDOCK_PATIENCE").env("TESTDOCK_PATIENCE", patience);
        }
        let other = env::var_os("TESTDOCK_NVIM");
        if let Some(folder) = &other {
            docker.arg(bound(Path::new(folder), Path::new(OTHER), ":ro"));
        }
        if let Some((name, value)) = images::override_base(base) {
            docker.arg(format!("--env={name}={value}"));
        }
        docker.arg(image).args(scenario.words.iter().map(|word| match *word {
            "nvim" if other.is_some() => format!("{OTHER}/bin/nvim"),
            word => filled(word),
        }));
        Ok(docker)
    }
}

/// Where another Neovim lies.
const OTHER: &str = "/opt/nvim";

/// Where a plugin lies that nobody manages.
const PACKAGE: &str = ".local/share/nvim/site/pack/testdock/start/testdock.nvim";

impl Drop for Bed {
    fn drop(&mut self) {
        // What the next one needs is made anew; what is left of this one does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The text of a recording.
fn recording(name: &str) -> Result<String> {
    let path = root().join(format!("tests/recordings/{name}.jsonl"));
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The first block of a language below a heading of `editors/README.md`.
fn block(heading: &str, language: &str) -> Result<String> {
    let page = root().join("editors/README.md");
    let page =
        fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    let find = || {
        let (_, section) = page.split_once(&format!("\n## {heading}\n"))?;
        let section = section.split("\n## ").next()?;
        let (_, block) = section.split_once(&format!("```{language}\n"))?;
        block.split("\n```").next()
    };
    let found = find().with_context(|| {
        format!("editors/README.md has no block of {language} below `{heading}`")
    })?;
    Ok(format!("{found}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_on_the_page() {
        for [heading, language, _] in SCENARIOS.iter().filter_map(|it| it.block) {
            assert!(block(heading, language).unwrap().contains("testdock"), "{heading}");
        }
        block("Helix", "lua").unwrap_err();
    }

    /// What the page says of these itself: how a plugin manager takes the plugin, and that nothing runs the others.
    const BY_HAND: [&str; 4] = ["Neovim", "Kate", "Sublime Text", "Zed"];

    #[test]
    fn every_block_of_the_page_is_driven_or_said_to_be_tried_by_hand() {
        let page = fs::read_to_string(root().join("editors/README.md")).unwrap();
        for section in page.split("\n## ").skip(1).filter(|it| it.contains("```")) {
            let heading = section.lines().next().unwrap();
            let driven = SCENARIOS.iter().filter_map(|it| it.block).find(|it| it[0] == heading);
            assert!(driven.is_some() != BY_HAND.contains(&heading), "{heading}");
            if driven.is_some() {
                assert_eq!(
                    section.matches("\n```").count(),
                    2,
                    "{heading} has more than the block that is driven"
                );
            }
            for json in section.split("```json\n").skip(1) {
                let json = json.split("\n```").next().unwrap();
                serde_json::from_str::<serde_json::Value>(json).unwrap();
            }
        }
    }
}
