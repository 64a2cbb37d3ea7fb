//! Does: Docker, files and processes; the only crate that touches the world.

pub mod drive;
pub mod runner;
pub mod scan;
pub mod state;
