//! Does: Docker, files and processes; the only crate that touches the world.

mod docker;
pub mod runner;
