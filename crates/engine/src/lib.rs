//! Does: Docker, files and processes; the only crate that touches the world.

pub mod runner;
