//! One command for each habit of this repository.
fn main() {}
