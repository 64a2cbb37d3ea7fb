//! Decides: configuration, frameworks, discovery, plans, paths, results and what an editor shows.
//!
//! Everything here is a pure function over plain data. Files, processes, the network and the clock
//! belong to `testdock-engine`; what this crate needs of them arrives as values, and what it wants
//! done leaves as [`session::Effect`]s. That is why every decision can be tested by feeding values.

pub mod config;
pub mod containers;
pub mod frameworks;
pub mod id;
pub mod interpreter;
pub mod model;
pub mod paths;
pub mod placement;
pub mod plan;
pub mod recording;
pub mod remedy;
pub mod report;
pub mod resolve;
pub mod session;
pub mod views;
pub mod workspace;
