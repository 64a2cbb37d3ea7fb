//! Whole programs in real editors: what a person sees there, driven and looked at.

mod code_server;
mod contained;
pub(crate) mod jetbrains;
pub(crate) mod nvim;
pub(crate) mod podman;
pub(crate) mod remapped;
pub(crate) mod remote;
pub(crate) mod rootless;
mod sample;
pub(crate) mod vscode;

use clap::{Args, Subcommand};

/// Which editor.
#[derive(Subcommand)]
pub(crate) enum Editor {
    /// VS Code in a browser, with the packaged extension
    Vscode(Options),
    /// Neovim with its plugin, and without it; Helix, Emacs
    Nvim(Options),
    /// No editor: an engine on a host of its own, over TLS and SSH
    Remote(remote::Options),
    /// No editor: the tests of a real engine, with Podman as the engine
    Podman(Options),
    /// No editor: the same, with a rootless Docker and called by whom it belongs to
    Rootless(Options),
    /// No editor: the same with Podman
    RootlessPodman(Options),
    /// No editor: the same, with a Docker that gives its containers users of their own
    Remapped(Options),
}

#[derive(Args)]
pub(crate) struct Options {
    /// Only what every change has to pass
    #[arg(long)]
    pub(crate) smoke: bool,
    /// Only scenarios, or tests, whose name holds this
    #[arg(value_name = "NAME")]
    pub(crate) only: Option<String>,
}
