//! Does: Docker, files and processes; the only crate that touches the world.

pub mod doctor;
pub mod drive;
pub mod runner;
pub mod scan;
pub mod state;
pub mod world;

mod docker;
mod job;
mod local;
mod stand;

mod death;
mod frames;
mod log;
mod output;
mod pipes;
mod pump;
mod reports;
mod supervisor;
