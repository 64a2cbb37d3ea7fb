//! Runs your tests in your project's own container: a language server and a command line.
fn main() {}
