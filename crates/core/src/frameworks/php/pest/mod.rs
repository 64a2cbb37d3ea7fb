//! Pest, which makes classes for PHPUnit of its files, and methods of its tests' descriptions.

pub(super) mod discover;
pub(super) mod names;
pub(super) mod naming;
pub(super) mod notice;
pub(super) mod pattern;
#[cfg(test)]
mod tests;
