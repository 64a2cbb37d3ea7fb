//! Does: Docker, files and processes; the only crate that touches the world.

pub mod runner;
pub mod world;

mod job;
mod stand;
mod local;
mod docker;

mod supervisor;
mod pipes;
mod pump;
mod frames;
mod output;
mod reports;
mod death;
mod log;

