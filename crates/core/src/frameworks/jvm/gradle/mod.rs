//! What is Gradle's own.

pub(super) mod build;
pub(super) mod detect;
pub(super) mod invocation;

#[cfg(test)]
mod tests;
