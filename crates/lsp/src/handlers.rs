//! What the client asks and tells, one module for each group of methods.

pub(crate) mod lifecycle;
pub(crate) mod workspace;

pub(crate) mod sync;

pub(crate) mod actions;
pub(crate) mod hover;
pub(crate) mod interpreters;
pub(crate) mod lenses;

pub(crate) mod commands;
pub(crate) mod explorer;
pub(crate) mod names;
pub(crate) mod request;

pub(crate) mod containers;

mod page;
