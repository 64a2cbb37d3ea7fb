//! Does: Docker, files and processes; the only crate that touches the world.

pub mod containers;
pub mod doctor;
pub mod drive;
pub mod replay;
pub mod reports;
pub mod runner;
pub mod scan;
pub mod scripted;
pub mod state;
pub mod world;

pub use docker::compose::reaper;

pub mod interpreters;
pub mod register;

mod consent;
mod docker;
mod job;
mod links;
mod local;
mod lock;
mod stand;
mod task;

mod death;
mod frames;
mod log;
mod output;
mod owners;
mod pipes;
mod pump;
mod refusal;
mod sources;
mod supervisor;
mod text;
