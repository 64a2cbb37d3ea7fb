//! Whole-program tests: the real binary, a real engine, real projects.
//!
//! Without an engine each of them says why it was skipped; with `TESTDOCK_REQUIRE_DOCKER` it fails instead.
//! Each has a workspace, a state and a cache of its own, so that they may run beside each other.

#![expect(
    clippy::unwrap_used,
    reason = "the tests' own helpers are tests too: what goes wrong in them is to be loud"
)]

mod expected;
mod interpreters;
mod warm;

mod cancel;
mod ci;
mod command;
mod deaths;
mod helper;
mod live;
mod together;

mod containers;

mod bad_engine;
mod bad_tests;
mod bad_workspace;
mod compose;
mod foreign;
mod hostile;
mod inside;
mod leftovers;
mod mounts;
mod recording;
mod registry;
mod remote;
mod shape;
mod sources;
mod surroundings;

mod support;
