//! Conversations with the whole language server, in memory: the real loop, the real scan, a runner
//! whose every event the test decides.
//!
//! A message of the server that a test did not claim fails it.

mod book;
mod client;
mod runner;
mod workspace;

mod actions;
mod clients;
mod commands;
mod containers;
mod diagnostics;
mod document;
mod examples;
mod explorer;
mod folders;
mod interpreters;
mod large;
mod lenses;
mod lifecycle;
mod marks;
mod mirror;
mod progress;
mod robustness;
mod settings;
mod tree;
mod trust;
