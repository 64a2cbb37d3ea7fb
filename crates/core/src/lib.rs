//! Decides: configuration, frameworks, discovery, plans, paths, results and what an editor shows.

pub mod config;
pub mod interpreter;
