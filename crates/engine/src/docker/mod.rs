//! Docker engines, through their API.

mod connect;
mod image;
mod pull;
mod build;
mod context;
