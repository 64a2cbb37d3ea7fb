//! Where tests run: which source the workspace offers, and what its Dockerfile says.
