//! pytest: where its projects are, and where their tests stand.

pub mod detect;
pub mod discover;
mod ini;
mod patterns;
